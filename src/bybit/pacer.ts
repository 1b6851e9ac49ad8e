// Rate limits respected with a queue: each endpoint has so many requests in a rolling second, and what is over it waits its turn.
// A request under the limit starts inside the call itself. Source: docs/v5/rate-limit (default tier); order entry by socket and by
// REST share their counters, so both name the REST path. Market data has no limit per account, only the one per address.

import { err, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { type Fault, offlineFault } from "./fault.ts";
import type { Cancel, Clock, Timers } from "./ports.ts";

const PER_SECOND: Readonly<Record<string, number>> = {
	"/v5/order/create": 10,
	"/v5/order/amend": 10,
	"/v5/order/cancel": 10,
	"/v5/order/cancel-all": 10,
	"/v5/order/realtime": 50,
	"/v5/order/history": 50,
	"/v5/execution/list": 50,
	"/v5/position/list": 50,
	"/v5/position/closed-pnl": 50,
	"/v5/position/set-leverage": 10,
	"/v5/position/switch-mode": 10,
	"/v5/position/trading-stop": 10,
	"/v5/account/wallet-balance": 50,
	"/v5/account/info": 50,
	"/v5/account/transaction-log": 25,
	"/v5/account/fee-rate": 5,
	"/v5/account/set-margin-mode": 5,
	"/v5/user/query-api": 10,
};
/** 600 requests in 5 s per address; a share of it for each market endpoint. */
const MARKET_PER_SECOND = 20;
/** A little over a second: requests sent a second apart may arrive closer together. */
const WINDOW_MS: Ms = 1050;
const WAITING_MAX = 200;

type Lane = { readonly cap: number; readonly starts: Ms[]; readonly waiting: (() => void)[]; heldUntil: Ms; cancel: Cancel | undefined };

export class Pacer {
	readonly #clock: Clock;
	readonly #timers: Timers;
	readonly #unlimited: boolean;
	readonly #lanes = new Map<string, Lane>();
	#closed = false;

	/** `unlimited`: nothing waits, for an exchange without limits whose clock may stand still. */
	constructor(options: { clock: Clock; timers: Timers; unlimited?: boolean }) {
		this.#unlimited = options.unlimited === true;
		this.#clock = options.clock;
		this.#timers = options.timers;
	}

	/** Requests that wait for their turn. */
	get waiting(): number {
		let count = 0;
		for (const lane of this.#lanes.values()) count += lane.waiting.length;
		return count;
	}

	/** Starts now, inside this call, or when the endpoint's limit allows; first come, first served. */
	run<T>(path: string, start: () => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> {
		const lane = this.#lane(path);
		if (this.#closed || this.#unlimited || (lane.waiting.length === 0 && this.#waitMs(lane) === 0)) {
			this.#count(lane);
			return start();
		}
		if (lane.waiting.length >= WAITING_MAX)
			return Promise.resolve(err(offlineFault({ what: path, access: "write" }, `${WAITING_MAX} requests wait for the rate limit already`)));
		return new Promise((resolve) => {
			lane.waiting.push(() => resolve(start()));
			this.#wake(lane);
		});
	}

	/** The exchange said "too many": nothing more on this endpoint before then. */
	hold(path: string, forMs: Ms): void {
		const lane = this.#lane(path);
		lane.heldUntil = Math.max(lane.heldUntil, this.#clock.now() + forMs);
	}

	/** Lets everything go: the lines behind are closed and answer so. */
	close(): void {
		this.#closed = true;
		for (const lane of this.#lanes.values()) {
			lane.cancel?.();
			for (const start of lane.waiting.splice(0)) start();
		}
	}

	#lane(path: string): Lane {
		let lane = this.#lanes.get(path);
		if (lane === undefined) {
			lane = {
				cap: PER_SECOND[path] ?? MARKET_PER_SECOND,
				starts: [],
				waiting: [],
				heldUntil: Number.NEGATIVE_INFINITY,
				cancel: undefined,
			};
			this.#lanes.set(path, lane);
		}
		return lane;
	}

	#count(lane: Lane): void {
		lane.starts.push(this.#clock.now());
		if (lane.starts.length > lane.cap) lane.starts.shift();
	}

	/** How long the next start has to wait. A clock set back never makes it wait longer than a window. */
	#waitMs(lane: Lane): Ms {
		const now = this.#clock.now();
		const oldest = lane.starts.length < lane.cap ? undefined : lane.starts[0];
		const turn = oldest === undefined ? 0 : Math.min(WINDOW_MS, oldest + WINDOW_MS - now);
		return Math.max(0, turn, lane.heldUntil - now);
	}

	#wake(lane: Lane): void {
		lane.cancel ??= this.#timers.after(this.#waitMs(lane), () => {
			lane.cancel = undefined;
			while (lane.waiting.length > 0 && this.#waitMs(lane) === 0) {
				this.#count(lane);
				lane.waiting.shift()?.();
			}
			if (lane.waiting.length > 0) this.#wake(lane);
		});
	}
}
