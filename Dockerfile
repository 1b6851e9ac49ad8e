# Anchorwatch in a container: docs/operations.md says how. Nothing in the image is secret, and nothing in it is written to.
FROM node:26.10.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image's own Node runs the program: the pinned ones among the optional packages are left out.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE config.example.yaml ./
COPY bin bin
COPY src src
# Named volumes take their owner from these folders.
RUN mkdir -p /bot/state /bot/logs /bot/data && chown -R node:node /bot
USER node
WORKDIR /bot
VOLUME ["/bot/state", "/bot/logs", "/bot/data"]
# Needs metrics.enabled: true.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
	CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/anchorwatch.js"]
CMD ["run"]
