// One WebSocket to the exchange that comes back by itself: connect, authenticate, subscribe, ping, and after a loss wait and start over.
// Source: docs/v5/websocket/wss-authentication. Frames are handed over inside the `message` event itself, without a queue or an await.
//
// Two heartbeats cross here. Ours is the exchange's JSON ping, every 20 s; no frame at all for 10 s after it means the line is dead.
// The other side's WebSocket-level ping is answered only when the client is idle: that pong promises that everything before the ping
// was dealt with, so a simulated exchange can use it as its barrier. The real exchange only sees a pong that is a little late.

import { type RawData, WebSocket } from "ws";
import type { Ms } from "../units/unit.ts";
import { backoffMs } from "./backoff.ts";
import { asInteger, isObject, type JsonObject } from "./decode/row.ts";
import type { Cancel, Clock, Timers } from "./ports.ts";
import { socketAgent, type WebProxy } from "./proxy.ts";
import type { Redact } from "./redact.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

const STREAMS = ["public", "private", "trade"] as const;
export type Stream = (typeof STREAMS)[number];

/** What happens to a connection in each state; what a state does not list cannot happen in it, and is ignored. */
const NEXT = {
	idle: { start: "connecting", close: "closed" },
	connecting: { connected: "open", connectedPrivately: "authenticating", lost: "waiting", close: "closed" },
	authenticating: { authenticated: "open", lost: "waiting", close: "closed" },
	open: { lost: "waiting", close: "closed" },
	waiting: { retry: "connecting", close: "closed" },
	closed: {},
} as const satisfies Record<string, Record<string, string>>;
export type SocketState = keyof typeof NEXT;
type SocketStep = "start" | "connected" | "connectedPrivately" | "authenticated" | "lost" | "retry" | "close";

/** The state after a step; undefined where the table has no such cell. */
export function nextState(state: SocketState, step: SocketStep): SocketState | undefined {
	const row: Partial<Record<SocketStep, SocketState>> = NEXT[state];
	return row[step];
}

export type SocketOptions = {
	readonly stream: Stream;
	readonly url: string;
	/** Makes the `auth` frame for a socket that needs one. */
	readonly authFrame?: ((id: string) => string) | undefined;
	readonly clock: Clock;
	readonly timers: Timers;
	readonly random: () => number;
	readonly ids: () => string;
	readonly redact: Redact;
	readonly whenIdle: (callback: () => void) => void;
	readonly connect?: ((url: string) => WebSocket) | undefined;
	readonly proxy?: WebProxy | undefined;
	/** A frame has arrived and is about to be read, and then: it has been dealt with. */
	readonly onArrival?: (() => void) | undefined;
	readonly onHandled?: (() => void) | undefined;
	/** Every frame that is neither a heartbeat nor an answer to `auth`, `subscribe` or `unsubscribe`. */
	readonly onFrame: (frame: JsonObject) => void;
	readonly onUp: () => void;
	/** `refusal` is set when the exchange refused the authentication, or its certificate cannot be trusted. */
	readonly onDown: (reason: string, refusal?: Refusal) => void;
	readonly onTopic: (topic: string, problem: string | undefined) => void;
	readonly onMalformed: (reason: string) => void;
};

/** The trade socket says with a code why it lets nobody in, the private one with a text. */
export type AuthRefusal = { readonly by: "exchange"; readonly retCode: number | undefined; readonly message: string };
/** It is we who do not go in. */
type Distrust = { readonly by: "us"; readonly message: string };
export type Refusal = AuthRefusal | Distrust;

const PING_EVERY_MS: Ms = 20_000;
const SILENCE_MAX_MS: Ms = 10_000;
const ANSWER_MAX_MS: Ms = 10_000;
/** A connection that lasted this long was a good one: the next loss starts the back-off anew. */
const STEADY_MS: Ms = 30_000;
/** The exchange's limit for one frame's `args` is 21,000 characters. */
const ARGS_LENGTH_MAX = 20_000;
const TOPICS_PER_FRAME = 100;
const ALREADY_AUTHENTICATED = 20001;
const PAYLOAD_MAX = 16 * 1024 * 1024;

function connectByWs(url: string, proxy: WebProxy | undefined): WebSocket {
	const agent = proxy === undefined ? {} : { agent: socketAgent(proxy) };
	return new WebSocket(url, { autoPong: false, perMessageDeflate: false, followRedirects: false, maxPayload: PAYLOAD_MAX, ...agent });
}

export class Socket {
	readonly #options: SocketOptions;
	#state: SocketState = "idle";
	#ws: WebSocket | undefined;
	/** Topics wanted, in the order asked for. */
	readonly #wanted = new Set<string>();
	/** Subscriptions sent and not answered, by `req_id`. */
	readonly #asked = new Map<string, readonly string[]>();
	/** Timers of this connection, all cancelled when it ends. */
	readonly #timers = new Map<string, Cancel>();
	#heard = false;
	/** Local time of the last frame of any kind, pongs included. */
	#heardAt: Ms | undefined;
	#attempt = 0;
	#openedAt: Ms | undefined;
	readonly #gone: Promise<void>;
	#onGone: () => void = () => {};

	constructor(options: SocketOptions) {
		this.#options = options;
		this.#gone = new Promise((resolve) => {
			this.#onGone = resolve;
		});
	}

	get state(): SocketState {
		return this.#state;
	}

	get isOpen(): boolean {
		return this.#state === "open";
	}

	/** Local time of the line's last sign of life: a frame of any kind, or its coming up; undefined while it is not open. */
	get heardAt(): Ms | undefined {
		return this.isOpen ? this.#heardAt : undefined;
	}

	/** Bytes handed to the line and not yet taken by it. */
	get bufferedBytes(): number {
		return this.#ws?.bufferedAmount ?? 0;
	}

	start(): void {
		if (this.#step("start")) this.#connect();
	}

	/** Wants these topics from now on, over every reconnection. */
	subscribe(topics: readonly string[]): void {
		const fresh = topics.filter((topic) => !this.#wanted.has(topic));
		for (const topic of fresh) this.#wanted.add(topic);
		if (this.isOpen) this.#sendSubscriptions(fresh);
	}

	unsubscribe(topics: readonly string[]): void {
		const known = topics.filter((topic) => this.#wanted.delete(topic));
		if (this.isOpen && known.length > 0) this.#ws?.send(JSON.stringify({ req_id: this.#options.ids(), op: "unsubscribe", args: known }));
	}

	/** Asks for a topic's snapshot once more. */
	resubscribe(topic: string): void {
		if (!this.#wanted.has(topic)) return;
		this.unsubscribe([topic]);
		this.subscribe([topic]);
	}

	/** Writes a frame inside this call; false when the connection is not open. */
	send(frame: string): boolean {
		if (!this.isOpen || this.#ws?.readyState !== WebSocket.OPEN) return false;
		this.#ws.send(frame);
		return true;
	}

	/** Gives the connection up for a new one; without farewell, since the other side may be gone. False when there is none. */
	restart(reason: string): boolean {
		if (this.#ws === undefined) return false;
		this.#lose(this.#ws, reason);
		return true;
	}

	/** Ends for good; resolves when the line is gone. */
	async close(): Promise<void> {
		const wasUp = this.isOpen;
		if (!this.#step("close")) return this.#gone;
		const ws = this.#ws;
		this.#ws = undefined;
		this.#forget();
		if (wasUp) this.#options.onDown("closed by us");
		if (ws === undefined || ws.readyState === WebSocket.CLOSED) this.#onGone();
		else {
			ws.once("close", this.#onGone);
			// The farewell is written before the line is cut; waiting for the other side's would keep a dead line alive.
			if (ws.readyState === WebSocket.OPEN) ws.close(1000);
			ws.terminate();
		}
		return this.#gone;
	}

	#step(step: SocketStep): boolean {
		const next = nextState(this.#state, step);
		if (next === undefined) return false;
		this.#state = next;
		return true;
	}

	#connect(): void {
		const { connect, url, proxy } = this.#options;
		const ws = connect === undefined ? connectByWs(url, proxy) : connect(url);
		this.#ws = ws;
		this.#openedAt = undefined;
		const current = (): boolean => this.#ws === ws;
		this.#after("answer", ANSWER_MAX_MS, () => this.#lose(ws, `no connection within ${ANSWER_MAX_MS} ms`));
		ws.on("open", () => current() && this.#opened(ws));
		ws.on("message", (data) => current() && this.#arrived(ws, data));
		ws.on("ping", (data) => this.#options.whenIdle(() => ws.readyState === WebSocket.OPEN && ws.pong(data)));
		ws.on("close", (code, reason) => current() && this.#lose(ws, `the line was closed (${code}${reason.length > 0 ? ` ${reason}` : ""})`));
		// "close" follows; until then the reason is the error's. The listener stays for good: an error without one would end the process.
		ws.on("error", (error) => current() && this.#failed(ws, error));
	}

	/** Where the other side answered with something else than a socket, its own words say it best. */
	#failed(ws: WebSocket, error: Error): void {
		const { url, proxy } = this.#options;
		const trouble: Trouble = troubleOf(error, { host: new URL(url).host, proxy });
		const reason = "code" in error ? trouble.text : error.message;
		this.#lose(ws, reason, trouble.kind === "config" ? { by: "us", message: this.#options.redact(reason) } : undefined);
	}

	#arrived(ws: WebSocket, data: RawData): void {
		const { onArrival, onHandled, clock } = this.#options;
		onArrival?.();
		this.#heard = true;
		this.#heardAt = clock.now();
		try {
			this.#received(ws, String(data));
		} finally {
			onHandled?.();
		}
	}

	#opened(ws: WebSocket): void {
		const { authFrame, ids } = this.#options;
		this.#cancel("answer");
		if (authFrame === undefined) {
			this.#step("connected");
			this.#ready();
			return;
		}
		this.#step("connectedPrivately");
		this.#after("answer", ANSWER_MAX_MS, () => this.#lose(ws, `no answer to auth within ${ANSWER_MAX_MS} ms`));
		ws.send(authFrame(ids()));
	}

	#ready(): void {
		this.#openedAt = this.#options.clock.now();
		this.#heardAt = this.#openedAt;
		this.#schedulePing();
		this.#options.onUp();
		this.#sendSubscriptions([...this.#wanted]);
	}

	#received(ws: WebSocket, text: string): void {
		let frame: unknown;
		try {
			frame = JSON.parse(text);
		} catch {
			this.#options.onMalformed("the frame is no JSON");
			return;
		}
		if (!isObject(frame)) this.#options.onMalformed("the frame is no object");
		else if (frame.op === undefined) this.#options.onFrame(frame);
		else this.#operation(ws, frame);
	}

	#operation(ws: WebSocket, frame: JsonObject): void {
		switch (frame.op) {
			case "ping":
			case "pong":
				return;
			case "auth":
				this.#authenticated(ws, frame);
				return;
			case "subscribe":
				this.#subscribed(frame);
				return;
			case "unsubscribe":
				// Nothing hangs on it: data of a topic that is no longer wanted is harmless.
				return;
			default:
				this.#options.onFrame(frame);
				return;
		}
	}

	#authenticated(ws: WebSocket, frame: JsonObject): void {
		if (this.#state !== "authenticating") return;
		const retCode = asInteger(frame.retCode);
		if (frame.success === true || retCode === 0 || retCode === ALREADY_AUTHENTICATED) {
			this.#cancel("answer");
			this.#step("authenticated");
			this.#ready();
			return;
		}
		const said = frame.ret_msg ?? frame.retMsg;
		const message = this.#options.redact(typeof said === "string" && said !== "" ? said : "no reason given");
		this.#lose(ws, `authentication refused: ${message}`, { by: "exchange", retCode, message });
	}

	#sendSubscriptions(topics: readonly string[]): void {
		let batch: string[] = [];
		let length = 0;
		for (const topic of topics) {
			if (batch.length > 0 && (batch.length >= TOPICS_PER_FRAME || length + topic.length > ARGS_LENGTH_MAX)) {
				this.#ask(batch);
				batch = [];
				length = 0;
			}
			batch.push(topic);
			length += topic.length + 3;
		}
		if (batch.length > 0) this.#ask(batch);
	}

	#ask(topics: readonly string[]): void {
		const { ids } = this.#options;
		const ws = this.#ws;
		if (ws === undefined) return;
		const id = ids();
		this.#asked.set(id, topics);
		this.#after(`subscribe ${id}`, ANSWER_MAX_MS, () => this.#lose(ws, `no answer to a subscription within ${ANSWER_MAX_MS} ms`));
		ws.send(JSON.stringify({ req_id: id, op: "subscribe", args: topics }));
	}

	/** One bad topic voids the whole frame, so each topic of a refused frame is asked for again by itself, and the bad one is known. */
	#subscribed(frame: JsonObject): void {
		const id = typeof frame.req_id === "string" && this.#asked.has(frame.req_id) ? frame.req_id : this.#asked.keys().next().value;
		const topics = id === undefined ? undefined : this.#asked.get(id);
		if (id === undefined || topics === undefined) return;
		this.#asked.delete(id);
		this.#cancel(`subscribe ${id}`);
		const { onTopic, redact } = this.#options;
		const said = typeof frame.ret_msg === "string" ? frame.ret_msg : "";
		const [first] = topics;
		if (frame.success === true || (topics.length === 1 && said.includes("already subscribed")))
			for (const topic of topics) onTopic(topic, undefined);
		else if (topics.length > 1) for (const topic of topics) this.#ask([topic]);
		else if (first !== undefined) onTopic(first, redact(said === "" ? "refused without a reason" : said));
	}

	#schedulePing(): void {
		const ws = this.#ws;
		if (ws === undefined) return;
		this.#after("ping", PING_EVERY_MS, () => {
			this.#heard = false;
			ws.send(this.#options.stream === "trade" ? '{"op":"ping"}' : JSON.stringify({ req_id: this.#options.ids(), op: "ping" }));
			this.#after("silence", SILENCE_MAX_MS, () => {
				if (!this.#heard) this.#lose(ws, `silent for ${SILENCE_MAX_MS} ms after a ping`);
			});
			this.#schedulePing();
		});
	}

	#lose(ws: WebSocket, reason: string, refusal?: Refusal): void {
		if (this.#ws !== ws || !this.#step("lost")) return;
		this.#ws = undefined;
		this.#forget();
		ws.terminate();
		const { clock, timers, random, redact, onDown } = this.#options;
		const steady = this.#openedAt !== undefined && clock.now() - this.#openedAt >= STEADY_MS;
		if (steady) this.#attempt = 0;
		const delay = backoffMs(this.#attempt, random);
		this.#attempt += 1;
		this.#timers.set(
			"retry",
			timers.after(delay, () => {
				if (this.#step("retry")) this.#connect();
			}),
		);
		onDown(redact(reason), refusal);
	}

	/** Leaves nothing of the connection behind but the topics wanted. */
	#forget(): void {
		for (const cancel of this.#timers.values()) cancel();
		this.#timers.clear();
		this.#asked.clear();
	}

	#after(name: string, delay: Ms, run: () => void): void {
		this.#cancel(name);
		this.#timers.set(
			name,
			this.#options.timers.after(delay, () => {
				this.#timers.delete(name);
				run();
			}),
		);
	}

	#cancel(name: string): void {
		this.#timers.get(name)?.();
		this.#timers.delete(name);
	}
}
