// The way to Telegram, which can be down in three ways: it refuses connections, something on it answers 5xx, or nothing ever answers. What was
// on its way when that began comes through; a poll that waits is cut.

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Ms } from "../../src/units/unit.ts";

export const WAYS_DOWN = ["refused", "failing", "silent"] as const;
export type LineState = "open" | (typeof WAYS_DOWN)[number];

/** What the bot's own patience with Telegram is, here in market time: the other end of a silent line is given up for so long. */
const PATIENCE: Ms = 30_000;

const ANSWERS = [
	{ status: 500, type: "application/json", text: '{"ok":false,"error_code":500,"description":"Internal Server Error"}' },
	{ status: 502, type: "text/html", text: "<html><title>502 Bad Gateway</title></html>" },
	{ status: 503, type: "application/json", text: '{"ok":false,"error_code":503,"description":"Service Unavailable"}' },
] as const;

export class Line {
	readonly #target: URL;
	readonly #port: number;
	#server: Server;
	#state: LineState = "open";
	#now: Ms = Number.NEGATIVE_INFINITY;
	#turns = 0;
	readonly #polls = new Set<ServerResponse>();
	readonly #silent = new Map<ServerResponse, Ms>();
	/** Calls that came to grief here. */
	readonly counts = { failing: 0, silent: 0 };

	private constructor(target: string, server: Server) {
		this.#target = new URL(target);
		this.#server = server;
		this.#port = (server.address() as AddressInfo).port; // listening on TCP
		server.on("request", this.#take);
	}

	static async open(target: string): Promise<Line> {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		return new Line(target, server);
	}

	get url(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	get state(): LineState {
		return this.#state;
	}

	/** How it is at that market time. */
	become(state: LineState, now: Ms): void {
		this.#now = now;
		for (const [response, since] of this.#silent) if (now - since >= PATIENCE) this.#hangUp(response);
		if (state === this.#state) return;
		if (state === "refused") this.#server.close();
		else if (this.#state === "refused") this.#server = this.#listen();
		this.#state = state;
		if (state !== "open") for (const poll of this.#polls) poll.destroy();
		else for (const response of this.#silent.keys()) this.#hangUp(response);
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		if (!this.#server.listening) return;
		this.#server.close();
		await once(this.#server, "close");
	}

	/** At the port of before; where somebody has taken it for a moment, again and again. */
	#listen(): Server {
		const server = createServer(this.#take).listen(this.#port, "127.0.0.1");
		server.on("error", () => setTimeout(() => server.listen(this.#port, "127.0.0.1"), 50));
		return server;
	}

	#hangUp(response: ServerResponse): void {
		this.#silent.delete(response);
		response.destroy();
	}

	readonly #take = (asked: IncomingMessage, response: ServerResponse): void => {
		if (this.#state === "silent") {
			this.counts.silent++;
			this.#silent.set(response, this.#now);
			response.once("close", () => this.#silent.delete(response));
			return;
		}
		if (this.#state !== "open") return this.#fail(response);
		if (asked.url?.endsWith("/getUpdates") === true) {
			this.#polls.add(response);
			response.once("close", () => this.#polls.delete(response));
		}
		const { method, url, headers } = asked;
		const onward = request(this.#target, { method, path: url, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		onward.on("error", () => response.destroy());
		response.once("close", () => onward.destroy());
		asked.pipe(onward);
	};

	#fail(response: ServerResponse): void {
		this.counts.failing++;
		const answer = ANSWERS[this.#turns++ % ANSWERS.length] ?? ANSWERS[0];
		response.writeHead(answer.status, { "content-type": answer.type, connection: "close" });
		response.end(answer.text);
	}
}
