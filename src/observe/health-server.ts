// /metrics, /healthz and /readyz over HTTP, for a Prometheus and a service manager on this machine. It only shows: there is nothing to
// send here, and whatever it answers has gone through `mask`. A port that is taken keeps nobody from trading: it is tried again.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf } from "../std/message-of.ts";
import type { Ms } from "../units/unit.ts";
import type { Check } from "./figures.ts";

export type Pages = {
	readonly metrics: () => Promise<string>;
	/** The process is worth keeping. */
	readonly health: () => readonly Check[];
	/** It trades, or could. */
	readonly ready: () => readonly Check[];
};

export type HealthOptions = {
	readonly host: string;
	/** 0: any free one. */
	readonly port: number;
	readonly pages: Pages;
	readonly mask?: (text: string) => string;
	readonly onLine: (level: "info" | "warn", text: string) => void;
	readonly retryMs?: Ms;
};

/** How long a taken port is left alone. */
const RETRY: Ms = 30_000;
const PATIENCE: Ms = 5000;
const CONNECTIONS_MAX = 32;
const TEXT = "text/plain; version=0.0.4; charset=utf-8";

export class HealthServer {
	readonly #options: HealthOptions;
	readonly #server: Server;
	#retry: ReturnType<typeof setTimeout> | undefined;
	#complained = false;
	#closed = false;

	constructor(options: HealthOptions) {
		this.#options = options;
		this.#server = createServer({ requestTimeout: PATIENCE, headersTimeout: PATIENCE, keepAliveTimeout: PATIENCE });
		this.#server.maxConnections = CONNECTIONS_MAX;
		this.#server.on("request", (request, response) => void this.#answer(request, response));
		this.#server.on("error", (error: NodeJS.ErrnoException) => this.#failed(error));
	}

	/** Resolves when it listens for the first time, or has found that it cannot yet. */
	start(): Promise<void> {
		return new Promise((resolve) => {
			this.#server.once("error", () => resolve());
			this.#server.once("listening", () => resolve());
			this.#server.on("listening", () => {
				this.#complained = false;
				this.#options.onLine("info", `metrics, health and readiness: ${this.url}/metrics /healthz /readyz`);
			});
			this.#listen();
		});
	}

	/** Undefined while it does not listen. */
	get url(): string | undefined {
		const address = this.#server.address() as AddressInfo | null; // it listens on TCP
		if (address === null) return undefined;
		return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
	}

	close(): Promise<void> {
		this.#closed = true;
		clearTimeout(this.#retry);
		this.#server.closeAllConnections();
		return new Promise((resolve) => this.#server.close(() => resolve()));
	}

	#listen(): void {
		const { host, port } = this.#options;
		this.#server.listen({ host, port });
	}

	#failed(error: NodeJS.ErrnoException): void {
		if (this.#closed || this.#server.listening) return;
		const { host, port, onLine, retryMs = RETRY } = this.#options;
		if (!this.#complained)
			onLine(
				"warn",
				`metrics: ${host}:${port} cannot be listened on (${error.code ?? error.message}): it is tried again, trading goes on; change metrics.port where another program has it`,
			);
		this.#complained = true;
		this.#retry = setTimeout(() => this.#listen(), retryMs);
	}

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		request.resume();
		const path = (request.url ?? "").split("?")[0];
		const page = { "/metrics": "metrics", "/healthz": "health", "/readyz": "ready" }[path ?? ""];
		if (page === undefined) return this.#send(response, 404, TEXT, "not found: /metrics, /healthz or /readyz\n");
		if (request.method !== "GET") {
			response.setHeader("allow", "GET");
			return this.#send(response, 405, TEXT, "only GET\n");
		}
		try {
			if (page === "metrics") return this.#send(response, 200, TEXT, await this.#options.pages.metrics());
			this.#sendChecks(response, page === "health" ? this.#options.pages.health() : this.#options.pages.ready());
		} catch (error) {
			this.#send(response, 500, TEXT, `${messageOf(error)}\n`);
		}
	}

	#sendChecks(response: ServerResponse, checks: readonly Check[]): void {
		const ok = checks.every((check) => check.ok);
		const body = { ok, checks: Object.fromEntries(checks.map(({ name, ok: holds, detail }) => [name, { ok: holds, detail }])) };
		this.#send(response, ok ? 200 : 503, "application/json; charset=utf-8", `${JSON.stringify(body)}\n`);
	}

	#send(response: ServerResponse, status: number, type: string, text: string): void {
		const { mask = (shown: string) => shown } = this.#options;
		response.writeHead(status, { "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff" });
		response.end(mask(text));
	}
}
