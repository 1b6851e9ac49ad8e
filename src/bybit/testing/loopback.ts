// A small exchange on the loopback for tests: real HTTP and WebSocket servers on ports of the system's choosing. It checks nothing and
// answers what the test tells it to.

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { isObject, type JsonObject } from "../decode/row.ts";

export type Heard = { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string };

/** Answers HTTP requests; `respond` may also leave one unanswered. */
export class LoopbackHttp {
	readonly heard: Heard[] = [];
	readonly #server: Server;
	readonly #arrivals = new Arrivals<Heard>();

	private constructor(server: Server) {
		this.#server = server;
	}

	static async open(respond: (heard: Heard, response: ServerResponse) => void): Promise<LoopbackHttp> {
		const server = createServer();
		const self = new LoopbackHttp(server);
		server.on("request", (request, response) => {
			const chunks: Buffer[] = [];
			request.on("data", (chunk: Buffer) => chunks.push(chunk));
			request.on("end", () => {
				const { method = "", url = "", headers } = request;
				const heard = { method, url, headers, body: Buffer.concat(chunks).toString() };
				self.heard.push(heard);
				respond(heard, response);
				self.#arrivals.add(heard);
			});
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		return self;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** The next request that is not yet taken. */
	next(): Promise<Heard> {
		return this.#arrivals.next();
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, "close");
	}
}

/** One connection as the server sees it; frames wait until the test takes them. */
export class Line {
	readonly ws: WebSocket;
	readonly #frames = new Arrivals<JsonObject>();
	readonly #pongs = new Arrivals<string>();
	readonly closed: Promise<unknown>;

	constructor(ws: WebSocket, onFrame: ((line: Line, frame: JsonObject) => void) | undefined) {
		this.ws = ws;
		this.closed = once(ws, "close");
		ws.on("message", (data) => {
			const frame: unknown = JSON.parse(String(data));
			if (!isObject(frame)) return;
			onFrame?.(this, frame);
			this.#frames.add(frame);
		});
		ws.on("pong", (data) => this.#pongs.add(String(data)));
		ws.on("error", () => {});
	}

	next(): Promise<JsonObject> {
		return this.#frames.next();
	}

	pong(): Promise<string> {
		return this.#pongs.next();
	}

	/** Pongs that have arrived and were not taken. */
	get pongsWaiting(): number {
		return this.#pongs.waiting;
	}

	send(frame: unknown): void {
		this.ws.send(typeof frame === "string" ? frame : JSON.stringify(frame));
	}
}

export class LoopbackWs {
	readonly #server: WebSocketServer;
	readonly #lines = new Arrivals<Line>();

	private constructor(server: WebSocketServer) {
		this.#server = server;
	}

	static async open(onFrame?: (line: Line, frame: JsonObject) => void): Promise<LoopbackWs> {
		const server = new WebSocketServer({ host: "127.0.0.1", port: 0, autoPong: true });
		const self = new LoopbackWs(server);
		server.on("connection", (ws) => self.#lines.add(new Line(ws, onFrame)));
		await once(server, "listening");
		return self;
	}

	get url(): string {
		return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	/** The next connection. */
	next(): Promise<Line> {
		return this.#lines.next();
	}

	async close(): Promise<void> {
		for (const client of this.#server.clients) client.terminate();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}

/** Things that arrive, each taken once, in order. */
export class Arrivals<T> {
	readonly #here: T[] = [];
	readonly #takers: ((value: T) => void)[] = [];

	get waiting(): number {
		return this.#here.length;
	}

	add(value: T): void {
		const taker = this.#takers.shift();
		if (taker === undefined) this.#here.push(value);
		else taker(value);
	}

	next(): Promise<T> {
		if (this.#here.length > 0) return Promise.resolve(this.#here.shift() as T);
		return new Promise((resolve) => this.#takers.push(resolve));
	}
}

/** The usual answers to `auth`, `subscribe`, `unsubscribe` and `ping`; the trade socket's are shaped differently. */
export function obliging(line: Line, frame: JsonObject): void {
	const { op, req_id } = frame;
	if (op === "auth" || op === "subscribe" || op === "unsubscribe") line.send({ success: true, ret_msg: "", op, req_id, conn_id: "c1" });
	else if (op === "ping") line.send({ success: true, ret_msg: "pong", op: "ping", req_id, conn_id: "c1" });
}

export function obligingTrade(line: Line, frame: JsonObject): void {
	if (frame.op === "auth") line.send({ retCode: 0, retMsg: "OK", op: "auth", connId: "c1" });
	else if (frame.op === "ping") line.send({ retCode: 0, retMsg: "OK", op: "pong", data: ["1"], connId: "c1" });
}
