// Order entry by WebSocket: a request is written inside the call, its answer is matched by `reqId`. An answer says "accepted", never
// "executed". No answer, or a line that breaks meanwhile, leaves the outcome unknown. Source: docs/v5/websocket/trade/guideline.

import { err, ok, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { decodeOrderAck, type OrderAck } from "./decode/order.ts";
import { asInteger, isObject, type JsonObject } from "./decode/row.ts";
import { exchangeFault, type Fault, isClockFault, malformedFault, networkFault, offlineFault, timeoutFault } from "./fault.ts";
import type { Pacer, RateLimit } from "./pacer.ts";
import type { OnAsked, Stopwatch, Timers } from "./ports.ts";
import type { Redact } from "./redact.ts";
import {
	type AmendOrder,
	amendBody,
	type CancelOrder,
	type CreateOrder,
	cancelBody,
	createBody,
	type Params,
	urgencyOf,
} from "./requests.ts";
import type { Refusal, Socket, SocketOptions } from "./socket.ts";
import type { Work } from "./work.ts";

export type TradeOp = "order.create" | "order.amend" | "order.cancel";

/** The REST path that counts against the same limit. */
const PATH_OF: Record<TradeOp, string> = {
	"order.create": "/v5/order/create",
	"order.amend": "/v5/order/amend",
	"order.cancel": "/v5/order/cancel",
};

/** "Restarting": no new requests on this connection, those in flight are still answered. */
const RESTARTING = 10019;
const ADDRESS_BANNED = 10018;
/** Too many: of this account, from this address, on this connection. */
const TOO_MANY: ReadonlySet<number> = new Set([10006, 10403, 20003]);

export type TradeSocketOptions = {
	/** Makes the underlying socket with these handlers. */
	readonly socket: (handlers: Pick<SocketOptions, "onFrame" | "onUp" | "onDown" | "onTopic">) => Socket;
	readonly serverNow: () => Ms;
	readonly timers: Timers;
	readonly stopwatch: Stopwatch;
	/** A request that was written was answered, or given up. */
	readonly onAsked?: OnAsked | undefined;
	readonly work: Work;
	readonly pacer: Pacer;
	readonly redact: Redact;
	readonly ids: () => string;
	readonly recvWindowMs: Ms;
	readonly deadlineMs: Ms;
	readonly onUp: () => void;
	readonly onDown: (reason: string, refusal?: Refusal) => void;
	readonly onMalformed: (reason: string) => void;
	/** The exchange says that our clock is off: measures it again, and answers whether requests will now be stamped better. */
	readonly resyncClock: () => Promise<boolean>;
	/** The exchange has shut this address out for so long. Told once. */
	readonly onShutOut: (forMs: Ms, fault: Fault) => void;
	/** A request has just been written to the line. */
	readonly onWritten: () => void;
};

type InFlight = { readonly op: TradeOp; readonly settle: (answer: Result<OrderAck, Fault>) => void };

export class TradeSocket {
	readonly #options: TradeSocketOptions;
	readonly #socket: Socket;
	readonly #inFlight = new Map<string, InFlight>();
	readonly #limits = new Map<string, RateLimit>();
	#draining = false;
	#pending = 0;

	constructor(options: TradeSocketOptions) {
		this.#options = options;
		this.#socket = options.socket({
			onFrame: (frame) => this.#answered(frame),
			onUp: () => {
				this.#draining = false;
				options.onUp();
			},
			onDown: (reason, refusal) => {
				this.#broken(reason);
				options.onDown(reason, refusal);
			},
			onTopic: () => {},
		});
	}

	/** Requests asked for and not yet answered, those that wait for a rate limit included. */
	get pending(): number {
		return this.#pending;
	}

	/** Whether a request would be taken now. */
	get ready(): boolean {
		return this.#socket.isOpen && !this.#draining;
	}

	get rateLimits(): ReadonlyMap<string, RateLimit> {
		return this.#limits;
	}

	get heardAt(): Ms | undefined {
		return this.#socket.heardAt;
	}

	start(): void {
		this.#socket.start();
	}

	/** Gives the line up for a new one; what is in flight on it is answered as ambiguous. */
	restart(reason: string): boolean {
		return this.#socket.restart(reason);
	}

	async close(): Promise<void> {
		await this.#socket.close();
		this.#broken("closed by us");
	}

	/** https://bybit-exchange.github.io/docs/v5/order/create-order */
	create(order: CreateOrder): Promise<Result<OrderAck, Fault>> {
		return this.#request("order.create", createBody(order));
	}

	/** https://bybit-exchange.github.io/docs/v5/order/amend-order */
	amend(change: AmendOrder): Promise<Result<OrderAck, Fault>> {
		return this.#request("order.amend", amendBody(change));
	}

	/** https://bybit-exchange.github.io/docs/v5/order/cancel-order */
	cancel(order: CancelOrder): Promise<Result<OrderAck, Fault>> {
		return this.#request("order.cancel", cancelBody(order));
	}

	async #request(op: TradeOp, body: Params): Promise<Result<OrderAck, Fault>> {
		this.#pending += 1;
		const done = this.#options.work.begin();
		try {
			const answer = await this.#paced(op, body);
			// A refused stamp is refused before the order is looked at; the same `orderLinkId` may be sent again.
			if (answer.ok || !isClockFault(answer.error) || !(await this.#options.resyncClock())) return answer;
			return await this.#paced(op, body);
		} finally {
			this.#pending -= 1;
			done();
		}
	}

	#paced(op: TradeOp, body: Params): Promise<Result<OrderAck, Fault>> {
		const path = PATH_OF[op];
		return this.#options.pacer.run({ path, urgency: urgencyOf(path, body), road: "socket" }, () => this.#write(op, body));
	}

	/** Writes at once and synchronously: the promise executor runs inside the call. */
	#write(op: TradeOp, body: Params): Promise<Result<OrderAck, Fault>> {
		const { ids, timers, deadlineMs, serverNow, recvWindowMs, stopwatch, onAsked } = this.#options;
		return new Promise((resolve) => {
			const reqId = ids();
			const header = { "X-BAPI-TIMESTAMP": String(serverNow()), "X-BAPI-RECV-WINDOW": String(recvWindowMs) };
			const frame = JSON.stringify({ reqId, header, op, args: [body] });
			const asked = { what: op, access: "write" } as const;
			const ban = this.#options.pacer.shutOutFor("socket");
			if (ban > 0 || !this.ready || !this.#socket.send(frame)) {
				const fault = offlineFault(asked, ban > 0 ? "the exchange has shut this address out" : "the trade socket is not open");
				resolve(err(ban > 0 ? { ...fault, retryAfterMs: ban } : fault));
				return;
			}
			const began = stopwatch();
			this.#options.onWritten();
			const settle = (answer: Result<OrderAck, Fault>): void => {
				cancel();
				this.#inFlight.delete(reqId);
				resolve(answer);
				onAsked?.({ what: op, ms: stopwatch() - began, fault: answer.ok ? undefined : answer.error });
				if (this.#draining && this.#inFlight.size === 0) this.#socket.restart("the trading service restarts");
			};
			this.#inFlight.set(reqId, { op, settle });
			const cancel = timers.after(deadlineMs, () => settle(err(timeoutFault(asked, deadlineMs))));
		});
	}

	#answered(frame: JsonObject): void {
		const request = this.#requestOf(frame);
		// An answer that comes after its deadline has nobody waiting: the outcome was declared unknown and is being asked for.
		if (request === undefined) return;
		request.settle(this.#read(request.op, frame));
	}

	/** Some refusals come without a `reqId`; one belongs to the only request of its kind in flight, and to none when there are more. */
	#requestOf(frame: JsonObject): InFlight | undefined {
		if (typeof frame.reqId === "string" && frame.reqId !== "") return this.#inFlight.get(frame.reqId);
		const candidates = [...this.#inFlight.values()].filter(({ op }) => op === frame.op);
		if (candidates.length === 1) return candidates[0];
		this.#options.onMalformed("an answer without a reqId");
		return undefined;
	}

	#read(op: TradeOp, frame: JsonObject): Result<OrderAck, Fault> {
		const asked = { what: op, access: "write" } as const;
		const limit = this.#noteLimit(PATH_OF[op], frame.header);
		const retCode = asInteger(frame.retCode);
		if (retCode === undefined) return err(malformedFault(asked, "the answer has no retCode"));
		if (retCode === 0) {
			const ack = decodeOrderAck(frame.data);
			return ack.ok ? ok(ack.value) : err(malformedFault(asked, ack.error));
		}
		if (retCode === RESTARTING) this.#draining = true;
		const fault = exchangeFault(asked, {
			retCode,
			message: this.#options.redact(typeof frame.retMsg === "string" ? frame.retMsg : ""),
			retryAfterMs: TOO_MANY.has(retCode) ? this.#options.pacer.hold(PATH_OF[op], this.#until(limit?.resetAt)) : undefined,
		});
		if (retCode === ADDRESS_BANNED && fault.retryAfterMs !== undefined) this.#shutOut(fault.retryAfterMs, fault);
		return err(fault);
	}

	#noteLimit(path: string, header: unknown): RateLimit | undefined {
		if (!isObject(header)) return undefined;
		const limit = asInteger(header["X-Bapi-Limit"]);
		const remaining = asInteger(header["X-Bapi-Limit-Status"]);
		if (limit === undefined || remaining === undefined) return undefined;
		const noted = { limit, remaining, resetAt: asInteger(header["X-Bapi-Limit-Reset-Timestamp"]) };
		this.#limits.set(path, noted);
		this.#options.pacer.learn(path, { limit, remaining, resetInMs: this.#until(noted.resetAt) });
		return noted;
	}

	/** The socket's own word: it is meant for every road. */
	#shutOut(forMs: Ms, fault: Fault): void {
		const { pacer, onShutOut } = this.#options;
		const news = [pacer.shutOut("socket", forMs), pacer.shutOut("http", forMs)];
		if (news.includes(true)) onShutOut(forMs, fault);
	}

	#until(serverTime: Ms | undefined): Ms | undefined {
		return serverTime === undefined ? undefined : serverTime - this.#options.serverNow();
	}

	#broken(reason: string): void {
		for (const { op, settle } of [...this.#inFlight.values()])
			settle(err(networkFault({ what: op, access: "write" }, `the line broke: ${reason}`)));
	}
}
