// The three pages over real HTTP: what is answered, to whom, and what a taken port leads to.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Check } from "./figures.ts";
import { HealthServer, type Pages } from "./health-server.ts";

const GOOD: Check = { name: "journal", ok: true, detail: "fine" };
const BAD: Check = { name: "streams", ok: false, detail: "down: private" };
const PAGES: Pages = { metrics: async () => "a_metric 1\n", health: () => [GOOD], ready: () => [GOOD, BAD] };

test("metrics, health and readiness are shown to GET, nothing else is, and nothing can be sent", async (t) => {
	const server = new HealthServer({ host: "127.0.0.1", port: 0, pages: PAGES, onLine: () => {} });
	await server.start();
	t.after(() => server.close());
	const asked = async (path: string, method = "GET"): Promise<[number, string]> => {
		const response = await fetch(`${server.url}${path}`, { method });
		return [response.status, await response.text()];
	};
	assert.deepEqual(await asked("/metrics?x=1"), [200, "a_metric 1\n"]);
	assert.deepEqual(await asked("/healthz"), [200, '{"ok":true,"checks":{"journal":{"ok":true,"detail":"fine"}}}\n']);
	const [status, body] = await asked("/readyz");
	assert.equal(status, 503);
	assert.match(body, /"streams":\{"ok":false,"detail":"down: private"\}/);
	for (const path of ["/", "/metrics/", "/../etc/passwd", "/__proto__", "/config"]) assert.equal((await asked(path))[0], 404);
	for (const method of ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"]) assert.equal((await asked("/metrics", method))[0], 405);
});

test("a port that is taken is said once and tried again until it is free", async (t) => {
	const other = createServer();
	other.listen(0, "127.0.0.1");
	await once(other, "listening");
	const { port } = other.address() as AddressInfo; // it listens on TCP
	const lines: string[] = [];
	let up = (): void => {};
	const listening = new Promise<void>((resolve) => {
		up = resolve;
	});
	const onLine = (level: string, text: string): void => {
		lines.push(`${level} ${text}`);
		if (level === "info") up();
	};
	const server = new HealthServer({ host: "127.0.0.1", port, pages: PAGES, onLine, retryMs: 1 });
	await server.start();
	t.after(() => server.close());
	assert.equal(server.url, undefined);
	other.close();
	await listening;
	assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
	assert.equal(lines.length, 2);
	assert.match(
		lines[0] ?? "",
		/^warn metrics: 127\.0\.0\.1:\d+ cannot be listened on \(EADDRINUSE\): it is tried again, trading goes on; change metrics\.port/,
	);
});
