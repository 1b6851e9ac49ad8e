// The venue client: REST, the public, private and trade sockets and the server's clock in one owner, which tells everything it hears
// through one callback and leaves nothing open when it is closed. It decides nothing: what a fault or a silence means for trading is
// the caller's matter.

import type { WebSocket } from "ws";
import { err, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { BybitRest } from "./calls.ts";
import { type ClockEstimate, ClockSync } from "./clock-sync.ts";
import type { OrderBook } from "./decode/book.ts";
import type { OrderAck } from "./decode/order.ts";
import type { JsonObject } from "./decode/row.ts";
import type { Endpoints } from "./endpoints.ts";
import type { OnEvent } from "./events.ts";
import { configFault, exchangeFault, type Fault, offlineFault } from "./fault.ts";
import { Heard } from "./heard.ts";
import { type Headroom, Pacer, type RateLimit } from "./pacer.ts";
import {
	type Cancel,
	type Clock,
	type Credentials,
	type OnAsked,
	type Stopwatch,
	SYSTEM_STOPWATCH,
	SYSTEM_TIMERS,
	type Timers,
} from "./ports.ts";
import { PRIVATE_TOPICS, PrivateFeed } from "./private-feed.ts";
import { type ProxyEnv, proxyFor } from "./proxy.ts";
import { PublicFeed } from "./public-feed.ts";
import { type Redact, redactor } from "./redact.ts";
import type { AmendOrder, CancelOrder, CreateOrder } from "./requests.ts";
import { RestTransport } from "./rest.ts";
import { authFrame } from "./sign.ts";
import { type Refusal, Socket, type SocketOptions, type SocketState, type Stream } from "./socket.ts";
import { TradeSocket } from "./trade-socket.ts";
import { Work } from "./work.ts";

export type BybitClientOptions = {
	readonly endpoints: Endpoints;
	/** Without them: public data alone. */
	readonly credentials?: Credentials | undefined;
	readonly clock: Clock;
	readonly timers?: Timers;
	/** Draws from [0, 1); jitter alone depends on it. */
	readonly random: () => number;
	/** Ids for requests and frames, each at most 36 characters and never the same twice. */
	readonly ids?: () => string;
	readonly onEvent: OnEvent;
	/** Default 5,000. */
	readonly recvWindowMs?: Ms;
	/** A request without an answer is given up after this long. Default 10,000. */
	readonly deadlineMs?: Ms;
	/** How often the server's clock is measured again. Default 10 minutes; null: only when it is asked for, or a stamp was refused. */
	readonly clockSyncEveryMs?: Ms | null;
	/** Order entry goes by REST although there is a trade socket. */
	readonly restOrdersOnly?: boolean;
	/** Requests wait for the exchange's rate limits. Default true; a simulated exchange whose clock stands still has none to wait for. */
	readonly paced?: boolean;
	/** Names the proxy to go through, if any: HTTPS_PROXY and NO_PROXY. Default: the process's environment. */
	readonly proxyEnv?: ProxyEnv;
	/** An order was written to the trade socket: what the stopwatch showed then, and when the public frame arrived that led to it, if one did. */
	readonly onOrderSent?: (frameReceivedAt: number | undefined, sentAt: number) => void;
	/** A request was answered, or given up. */
	readonly onAsked?: OnAsked;
	/** For `frameReceivedAt`, `onAsked` and `onOrderSent`. Default: performance.now. */
	readonly stopwatch?: Stopwatch;
	/** Makes a WebSocket; only tests bring their own. It must be made with `autoPong: false`. */
	readonly connect?: (url: string) => WebSocket;
};

/** An `auth` frame is good for so long; the exchange states no upper bound, other clients use 5 to 10 s. */
const AUTH_VALID_MS: Ms = 10_000;
/** A request refused for its stamp is sent again only when the clock was measured within this: what comes later may be stale. */
const CLOCK_RETRY_MAX_MS: Ms = 2000;
/** A topic's snapshot is asked for again at most this often. */
const RESYNC_EVERY_MS: Ms = 5000;

/** How old a request may be when it arrives: Bybit's default. */
export const RECV_WINDOW_DEFAULT: Ms = 5000;

export class BybitClient {
	readonly rest: BybitRest;
	readonly clock: ClockSync;
	readonly #options: BybitClientOptions;
	readonly #timers: Timers;
	readonly #redact: Redact;
	readonly #work: Work;
	readonly #pacer: Pacer;
	readonly #transport: RestTransport;
	readonly #public: Socket;
	readonly #private: Socket | undefined;
	readonly #trade: TradeSocket | undefined;
	readonly #feed: PublicFeed;
	readonly #stopwatch: Stopwatch;
	readonly #heard = new Heard();
	/** NaN outside the handling of a public frame; a number throughout, so that setting it allocates nothing. */
	#frameReceivedAt = Number.NaN;
	readonly #resyncs = new Map<string, Cancel>();
	readonly #ids: () => string;
	#cancelClock: Cancel = () => {};
	#closed = false;

	constructor(options: BybitClientOptions) {
		const { endpoints, credentials, timers = SYSTEM_TIMERS, recvWindowMs = RECV_WINDOW_DEFAULT, deadlineMs = 10_000 } = options;
		this.#options = options;
		this.#timers = timers;
		this.#stopwatch = options.stopwatch ?? SYSTEM_STOPWATCH;
		this.#redact = redactor(credentials);
		this.#work = new Work(timers);
		this.#pacer = new Pacer({ clock: options.clock, timers, unlimited: options.paced === false });
		this.#ids = options.ids ?? counter(options.clock);
		const common = {
			timers,
			stopwatch: this.#stopwatch,
			onAsked: options.onAsked,
			work: this.#work,
			pacer: this.#pacer,
			redact: this.#redact,
			recvWindowMs,
			deadlineMs,
			serverNow: (): Ms => this.clock.serverNow(),
			resyncClock: () => this.#resyncClock(),
			onShutOut: (forMs: Ms, fault: Fault): void => options.onEvent({ kind: "banned", until: options.clock.now() + forMs, fault }),
		};
		const { proxyEnv = process.env } = options;
		this.#transport = new RestTransport({ ...common, baseUrl: endpoints.rest, credentials, proxyEnv, absent: endpoints.absent });
		this.rest = new BybitRest(this.#transport, (what, reason) => this.#malformed("rest", what, reason));
		this.clock = new ClockSync({ clock: options.clock, serverTime: () => this.rest.getServerTime() });
		this.#feed = new PublicFeed({
			onEvent: (event) => this.#tell(event),
			onMalformed: (topic, reason) => this.#malformed("public", topic, reason),
			onLost: (topic, reason) => this.#resync(topic, reason),
		});
		this.#public = this.#socket("public", endpoints.public, undefined, {
			onFrame: (frame) => this.#take(frame),
			onArrival: () => {
				this.#frameReceivedAt = this.#stopwatch();
			},
			onHandled: () => {
				this.#frameReceivedAt = Number.NaN;
			},
			onDown: (reason, refusal) => {
				this.#feed.reset();
				this.#down("public", reason, refusal);
			},
		});
		if (credentials === undefined) return;
		const auth = (id: string): string => authFrame(credentials, { id, expires: this.clock.serverNow() + AUTH_VALID_MS });
		const feed = new PrivateFeed({
			onEvent: (event) => this.#tell(event),
			onMalformed: (topic, reason) => this.#malformed("private", topic, reason),
		});
		this.#private = this.#socket("private", endpoints.private, auth, { onFrame: (frame) => feed.take(frame) });
		this.#private.subscribe(PRIVATE_TOPICS);
		const { trade } = endpoints;
		if (trade === undefined || options.restOrdersOnly === true) return;
		this.#trade = new TradeSocket({
			...common,
			ids: this.#ids,
			socket: (handlers) => this.#socket("trade", trade, auth, handlers),
			onUp: () => this.#up("trade"),
			onDown: (reason, refusal) => this.#down("trade", reason, refusal),
			onMalformed: (reason) => this.#malformed("trade", undefined, reason),
			onWritten: () => options.onOrderSent?.(this.frameReceivedAt, this.#stopwatch()),
		});
	}

	/** Requests in flight or waiting for a rate limit, by REST and by the trade socket, and whatever `hold` holds. */
	get pending(): number {
		return this.#work.pending;
	}

	get rateLimits(): ReadonlyMap<string, RateLimit> {
		return new Map([...this.#transport.rateLimits, ...(this.#trade?.rateLimits ?? [])]);
	}

	/** What is left of every limit used so far. */
	get headroom(): readonly Headroom[] {
		return this.#pacer.headroom();
	}

	/** While a public frame is being handled: what the stopwatch showed when it arrived, before it was read. */
	get frameReceivedAt(): number | undefined {
		return Number.isNaN(this.#frameReceivedAt) ? undefined : this.#frameReceivedAt;
	}

	/**
	 * The local time of the last message of a public topic (`tickers.BTCUSDT`), or of any topic of a symbol (`BTCUSDT`); before the
	 * first one, of the subscription. Undefined when nothing of that name is subscribed.
	 */
	quietSince(name: string): Ms | undefined {
		return this.#heard.at(name);
	}

	/** Subscribed topics of which nothing has come for at least so long. */
	quietTopics(forMs: Ms): readonly string[] {
		return this.#heard.quietSince(this.#options.clock.now() - forMs);
	}

	/** The local time of a line's last sign of life, pongs included; undefined while it is not open. */
	lineHeardAt(stream: Stream): Ms | undefined {
		return { public: this.#public, private: this.#private, trade: this.#trade }[stream]?.heardAt;
	}

	/** There is a trade socket, open or not. */
	get takesOrders(): boolean {
		return this.#trade !== undefined;
	}

	/** Whether orders would go by the trade socket now. */
	get tradeReady(): boolean {
		return this.#trade?.ready === true;
	}

	stateOf(stream: "public" | "private"): SocketState | undefined {
		return stream === "public" ? this.#public.state : this.#private?.state;
	}

	/** The live book of a topic such as `orderbook.50.BTCUSDT`. */
	book(topic: string): OrderBook | undefined {
		return this.#feed.book(topic);
	}

	/** Counts work of the caller's own as pending until the answer is called. */
	hold(): () => void {
		return this.#work.begin();
	}

	/** Runs `callback` now when nothing is pending, else as soon as nothing is, at the latest after a second. */
	whenIdle(callback: () => void): void {
		this.#work.whenIdle(callback);
	}

	/** Measures the server's clock, then begins to connect; `stream` events tell when the lines are up. After a fault it may be called again. */
	async start(): Promise<Result<ClockEstimate, Fault>> {
		const estimate = await this.syncClock();
		if (!estimate.ok) return estimate;
		if (this.#closed) return err(offlineFault({ what: "start", access: "read" }, "the client is closed"));
		this.#public.start();
		this.#private?.start();
		this.#trade?.start();
		this.#scheduleClock();
		return estimate;
	}

	/** Measures the server's clock now. */
	async syncClock(): Promise<Result<ClockEstimate, Fault>> {
		const estimate = await this.clock.sync();
		if (estimate.ok && !this.#closed) this.#options.onEvent({ kind: "clock", estimate: estimate.value });
		return estimate;
	}

	/** Public topics (`tickers.BTCUSDT`, `orderbook.50.BTCUSDT`, `kline.60.BTCUSDT`, `publicTrade.BTCUSDT`), over every reconnection. */
	subscribe(topics: readonly string[]): void {
		this.#heard.expect(topics, this.#options.clock.now());
		this.#public.subscribe(topics);
	}

	unsubscribe(topics: readonly string[]): void {
		this.#heard.forget(topics);
		this.#public.unsubscribe(topics);
	}

	/** Gives a line up for a new one, at once and without farewell; orders in flight on it are answered as ambiguous. False when it is not connected. */
	reconnect(stream: Stream, reason: string): boolean {
		return { public: this.#public, private: this.#private, trade: this.#trade }[stream]?.restart(reason) ?? false;
	}

	/** By the trade socket when it is open, written inside this call; else by REST. */
	place(order: CreateOrder): Promise<Result<OrderAck, Fault>> {
		return this.#enter(
			(trade) => trade.create(order),
			() => this.rest.placeOrder(order),
		);
	}

	amend(change: AmendOrder): Promise<Result<OrderAck, Fault>> {
		return this.#enter(
			(trade) => trade.amend(change),
			() => this.rest.amendOrder(change),
		);
	}

	cancel(order: CancelOrder): Promise<Result<OrderAck, Fault>> {
		return this.#enter(
			(trade) => trade.cancel(order),
			() => this.rest.cancelOrder(order),
		);
	}

	/** Ends everything: lines, timers, requests (a write in flight is answered as ambiguous). */
	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		this.#cancelClock();
		for (const cancel of this.#resyncs.values()) cancel();
		this.#resyncs.clear();
		const closing = [this.#public.close(), this.#private?.close(), this.#trade?.close(), this.#transport.close()];
		this.#pacer.close();
		await Promise.all(closing);
		this.#work.close();
	}

	async #enter(
		byTrade: (trade: TradeSocket) => Promise<Result<OrderAck, Fault>>,
		byRest: () => Promise<Result<OrderAck, Fault>>,
	): Promise<Result<OrderAck, Fault>> {
		if (this.#trade?.ready !== true) return byRest();
		const answer = await byTrade(this.#trade);
		// The line closed while the request waited for the rate limit: it was never written, so REST may take it.
		return !answer.ok && answer.error.kind === "offline" && !this.#closed ? byRest() : answer;
	}

	#socket(
		stream: Stream,
		url: string,
		auth: ((id: string) => string) | undefined,
		handlers: Pick<SocketOptions, "onFrame"> & Partial<SocketOptions>,
	): Socket {
		const { clock, random, connect, proxyEnv = process.env } = this.#options;
		// A variable that names no usable proxy keeps the client from starting (rest.ts); no line is opened then.
		const proxy = proxyFor(url, proxyEnv);
		return new Socket({
			stream,
			url,
			authFrame: auth,
			clock,
			timers: this.#timers,
			random,
			ids: this.#ids,
			redact: this.#redact,
			whenIdle: (callback) => this.#work.whenIdle(callback),
			connect,
			proxy: proxy.ok ? proxy.value : undefined,
			onUp: () => this.#up(stream),
			onDown: (reason, refusal) => this.#down(stream, reason, refusal),
			onTopic: (topic, problem) => this.#options.onEvent({ kind: "topic", stream, topic, up: problem === undefined, reason: problem }),
			onMalformed: (reason) => this.#malformed(stream, undefined, reason),
			...handlers,
		});
	}

	#take(frame: JsonObject): void {
		if (typeof frame.topic === "string") this.#heard.note(frame.topic, this.#options.clock.now());
		this.#feed.take(frame);
	}

	async #resyncClock(): Promise<boolean> {
		const began = this.#options.clock.now();
		const estimate = await this.syncClock();
		return estimate.ok && !this.#closed && this.#options.clock.now() - began <= CLOCK_RETRY_MAX_MS;
	}

	/** A message of the exchange, which also says how far its clock has come. */
	#tell(event: Parameters<OnEvent>[0]): void {
		if ("at" in event) this.clock.heard(event.at);
		this.#options.onEvent(event);
	}

	#up(stream: Stream): void {
		this.#options.onEvent({ kind: "stream", stream, up: true, reason: undefined, fault: undefined });
	}

	#down(stream: Stream, reason: string, refusal?: Refusal): void {
		const fault = refusal === undefined ? undefined : refusalFault(stream, refusal);
		this.#options.onEvent({ kind: "stream", stream, up: false, reason, fault });
		// The private socket gives no code; a clock that is off is the one cause that heals.
		if (refusal?.by === "exchange" && !this.#closed) void this.syncClock();
	}

	#malformed(stream: Stream | "rest", topic: string | undefined, reason: string): void {
		const shown = topic === undefined ? undefined : this.#redact(topic).slice(0, 100);
		this.#options.onEvent({ kind: "malformed", stream, topic: shown, reason: this.#redact(reason) });
	}

	/** Asks for a new snapshot, at once the first time, and again while the book still waits for one. */
	#resync(topic: string, reason: string): void {
		if (this.#resyncs.has(topic) || this.#closed) return;
		this.#resyncs.set(
			topic,
			this.#timers.after(RESYNC_EVERY_MS, () => {
				this.#resyncs.delete(topic);
				if (this.#feed.book(topic)?.ready === false && this.#public.isOpen) this.#resync(topic, "no snapshot came");
			}),
		);
		this.#options.onEvent({ kind: "topic", stream: "public", topic, up: false, reason: this.#redact(reason) });
		this.#public.resubscribe(topic);
	}

	#scheduleClock(): void {
		const { clockSyncEveryMs: every = 600_000 } = this.#options;
		this.#cancelClock();
		if (every === null) return;
		this.#cancelClock = this.#timers.after(every, () => {
			void this.syncClock();
			this.#scheduleClock();
		});
	}
}

function refusalFault(stream: Stream, refusal: Refusal): Fault {
	const { message } = refusal;
	if (refusal.by === "us") return configFault({ what: `connect ${stream}`, access: "read" }, message);
	const asked = { what: `auth ${stream}`, access: "read" } as const;
	const { retCode } = refusal;
	return retCode === undefined ? offlineFault(asked, message) : exchangeFault(asked, { retCode, message });
}

/** Ids that no other run of ours used: the start time and a count. */
function counter(clock: Clock): () => string {
	const run = Math.floor(clock.now()).toString(36);
	let count = 0;
	return () => {
		count += 1;
		return `aw-${run}-${count.toString(36)}`;
	};
}
