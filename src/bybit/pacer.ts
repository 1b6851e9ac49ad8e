// Rate limits respected with a queue: each endpoint has so many requests in a rolling second, the address so many in five, and what is
// over it waits its turn, the urgent first: cancels, stops and closing orders before amends before entries, which also leave a reserve.
// A request under the limit starts inside the call itself. Source: docs/v5/rate-limit (default tier; the answers' headers correct it);
// order entry by socket and by REST share their counters, so both name the REST path. The address's limit is for HTTP alone.

import { err, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import { type Fault, offlineFault } from "./fault.ts";
import { HOLD_MAX_MS, Lane, type Told, URGENCIES, type Urgency } from "./lane.ts";
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
/** Market data has no limit per account, only the address's; a share of that for each endpoint. */
const MARKET_PER_SECOND = 20;
/** A little over a second: requests sent a second apart may arrive closer together. */
const WINDOW_MS: Ms = 1050;
/** 600 requests in 5 s by HTTP, and ten minutes outside for the one above: the last ten are nobody's. */
const ADDRESS = { cap: 590, windowMs: 5250, keptFrom: "adjust" } as const;
/** Requests of one urgency that may wait for one endpoint. */
const WAITING_MAX = 200;
/** Where the exchange refuses without a reset time. */
const HOLD_DEFAULT_MS: Ms = 1000;

/** The counters of one endpoint, as its last answer told them. */
export type RateLimit = { readonly limit: number; readonly remaining: number; readonly resetAt: Ms | undefined };

/** How a request travels: an address can be shut out of HTTP and still hold its sockets. */
export type Road = "http" | "socket";

export type Errand = { readonly path: string; readonly urgency: Urgency; readonly road: Road };

/** One limit as it stands: what is left of its window, who waits, and for how long it is held. */
export type Headroom = {
	/** The endpoint, or "address". */
	readonly lane: string;
	readonly cap: number;
	readonly left: number;
	readonly waiting: number;
	readonly heldMs: Ms;
};

type Job = { readonly road: Road; readonly start: () => void };
type Queues = Readonly<Record<Urgency, Job[]>>;
type Endpoint = { readonly lane: Lane; readonly queues: Queues };

export class Pacer {
	readonly #clock: Clock;
	readonly #timers: Timers;
	readonly #unlimited: boolean;
	readonly #endpoints = new Map<string, Endpoint>();
	readonly #address = new Lane(ADDRESS);
	readonly #shutUntil: Record<Road, Ms> = { http: Number.NEGATIVE_INFINITY, socket: Number.NEGATIVE_INFINITY };
	#wake: Cancel | undefined;
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
		for (const { queues } of this.#endpoints.values()) count += waitingIn(queues);
		return count;
	}

	/** Every limit that was used so far, the address's first. */
	headroom(): readonly Headroom[] {
		const now = this.#clock.now();
		const view = (name: string, lane: Lane, waiting: number): Headroom => ({
			lane: name,
			cap: lane.cap,
			left: Math.max(0, lane.cap - lane.used(now)),
			waiting,
			heldMs: lane.heldFor(now),
		});
		return [
			{ ...view("address", this.#address, 0), heldMs: this.shutOutFor("http") },
			...[...this.#endpoints].map(([path, { lane, queues }]) => view(path, lane, waitingIn(queues))),
		];
	}

	/** Starts now, inside this call, or when the limits allow: the urgent first, among equals first come, first served. */
	run<T>(errand: Errand, start: () => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> {
		const { path, urgency, road } = errand;
		const { lane, queues } = this.#endpoint(path);
		if (this.#closed || this.#unlimited || this.shutOutFor(road) > 0) return start();
		const nobodyBefore = URGENCIES.slice(0, URGENCIES.indexOf(urgency) + 1).every((other) => queues[other].length === 0);
		if (nobodyBefore && this.#waitMs(lane, errand) === 0) {
			this.#count(lane, road);
			return start();
		}
		const queue = queues[urgency];
		if (queue.length >= WAITING_MAX)
			return Promise.resolve(err(offlineFault({ what: path, access: "write" }, `${WAITING_MAX} requests wait for the rate limit already`)));
		return new Promise((resolve) => {
			queue.push({ road, start: () => resolve(start()) });
			this.#arm();
		});
	}

	/** What an answer's headers said of its endpoint. */
	learn(path: string, told: Told): void {
		this.#endpoint(path).lane.learn(told, this.#clock.now());
		this.#arm();
	}

	/** The exchange said "too many": nothing more on this endpoint before its reset. The answer is how long that is. */
	hold(path: string, resetInMs: Ms | undefined): Ms {
		const forMs = resetInMs === undefined ? HOLD_DEFAULT_MS : Math.min(HOLD_MAX_MS, Math.max(50, resetInMs));
		this.#endpoint(path).lane.hold(this.#clock.now() + forMs);
		this.#arm();
		return forMs;
	}

	/** The exchange has shut this address out: whoever waits for that road is let go, to be told so. True when that is news. */
	shutOut(road: Road, forMs: Ms): boolean {
		const news = this.shutOutFor(road) === 0;
		this.#shutUntil[road] = Math.max(this.#shutUntil[road], this.#clock.now() + forMs);
		for (const { queues } of this.#endpoints.values())
			for (const urgency of URGENCIES) {
				const leaving = queues[urgency].filter((job) => job.road === road);
				queues[urgency].splice(0, Number.POSITIVE_INFINITY, ...queues[urgency].filter((job) => job.road !== road));
				for (const { start } of leaving) start();
			}
		return news;
	}

	shutOutFor(road: Road): Ms {
		return Math.max(0, this.#shutUntil[road] - this.#clock.now());
	}

	/** Lets everything go: the lines behind are closed and answer so. */
	close(): void {
		this.#closed = true;
		this.#wake?.();
		this.#wake = undefined;
		for (const { queues } of this.#endpoints.values())
			for (const urgency of URGENCIES) for (const { start } of queues[urgency].splice(0)) start();
	}

	#endpoint(path: string): Endpoint {
		let endpoint = this.#endpoints.get(path);
		if (endpoint === undefined) {
			const lane = new Lane({ cap: PER_SECOND[path] ?? MARKET_PER_SECOND, windowMs: WINDOW_MS, keptFrom: "enter" });
			endpoint = { lane, queues: { protect: [], adjust: [], enter: [] } };
			this.#endpoints.set(path, endpoint);
		}
		return endpoint;
	}

	#count(lane: Lane, road: Road): void {
		const now = this.#clock.now();
		lane.count(now);
		if (road === "http") this.#address.count(now);
	}

	#waitMs(lane: Lane, { urgency, road }: Pick<Errand, "urgency" | "road">): Ms {
		const now = this.#clock.now();
		return Math.max(lane.waitMs(urgency, now), road === "http" ? this.#address.waitMs(urgency, now) : 0);
	}

	/** Everybody who may go, the urgent of all endpoints first: they may share the address's limit. */
	#pump(): void {
		for (const urgency of URGENCIES)
			for (const { lane, queues } of this.#endpoints.values()) {
				const queue = queues[urgency];
				for (let job = queue[0]; job !== undefined && this.#waitMs(lane, { urgency, road: job.road }) === 0; job = queue[0]) {
					queue.shift();
					this.#count(lane, job.road);
					job.start();
				}
			}
		this.#arm();
	}

	/** Wakes when the first who waits may go. */
	#arm(): void {
		this.#wake?.();
		this.#wake = undefined;
		let next = Number.POSITIVE_INFINITY;
		for (const urgency of URGENCIES)
			for (const { lane, queues } of this.#endpoints.values()) {
				const [job] = queues[urgency];
				if (job !== undefined) next = Math.min(next, this.#waitMs(lane, { urgency, road: job.road }));
			}
		if (next === Number.POSITIVE_INFINITY || this.#closed) return;
		this.#wake = this.#timers.after(next, () => {
			this.#wake = undefined;
			this.#pump();
		});
	}
}

function waitingIn(queues: Queues): number {
	return URGENCIES.reduce((sum, urgency) => sum + queues[urgency].length, 0);
}
