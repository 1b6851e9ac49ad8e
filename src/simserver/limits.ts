// How often one may ask (bybit-v5.md §3): per account and endpoint in a rolling second, per address, per connection of order entry. All by
// the wall clock, since clients wait by theirs. Without settings nothing is counted and nothing refused.

import type { Ms } from "../units/unit.ts";
import type { Refusal } from "../venue/refusal.ts";
import type { WallClock } from "./clock.ts";

export type LimitSettings = {
	/** Each endpoint's own limit a second, times this: 1 is the default tier. */
	readonly tier: number;
	/** REST requests of one address within `window`; beyond, it is shut out for `ban`. */
	readonly address: { readonly requests: number; readonly window: Ms; readonly ban: Ms };
	/** Frames a second on one order-entry connection, of one address, and of all. The first and the last are not documented. */
	readonly trade: { readonly session: number; readonly address: number; readonly system: number };
	/** A silent connection is cut after `max`, or after its own `max_active_time` from `min` on; looked at every so often. */
	readonly silence: { readonly min: Ms; readonly max: Ms; readonly every: Ms };
	/** Sockets open at once, and new ones within `window`. */
	readonly sockets: { readonly open: number; readonly opened: number; readonly window: Ms };
};

export const BYBIT_LIMITS: LimitSettings = {
	tier: 1,
	address: { requests: 600, window: 5000, ban: 600_000 },
	trade: { session: 500, address: 3000, system: 10_000 },
	silence: { min: 30_000, max: 600_000, every: 30_000 },
	sockets: { open: 1000, opened: 500, window: 300_000 },
};

export const TOO_MANY: Refusal = { code: 10006, message: "Too many visits. Exceeded the API Rate Limit." };

const SECOND: Ms = 1000;

/** What is left of an endpoint's limit, and in how many wall ms there will be more (0 while something is left). */
export type Standing = { readonly limit: number; readonly left: number; readonly wait: Ms };

export class Limits {
	readonly #settings: LimitSettings | undefined;
	readonly #wall: WallClock;
	readonly #windows = new Map<string, Window>();
	readonly #bans = new Map<string, Ms>();

	constructor(settings: LimitSettings | undefined, wall: WallClock) {
		this.#settings = settings;
		this.#wall = wall;
	}

	/** Undefined: nothing is counted. */
	get silence(): LimitSettings["silence"] | undefined {
		return this.#settings?.silence;
	}

	/** Takes up to `count` of an endpoint's limit; how many it got. */
	take(endpoint: string, limit: number, count = 1): number {
		const settings = this.#settings;
		if (settings === undefined) return count;
		return this.#window(endpoint).take(this.#wall(), { limit: limit * settings.tier, length: SECOND, count });
	}

	standing(endpoint: string, limit: number): Standing {
		const settings = this.#settings;
		if (settings === undefined) return { limit, left: limit - 1, wait: 0 };
		const most = limit * settings.tier;
		const window = this.#window(endpoint);
		const left = most - window.count(this.#wall(), SECOND);
		return { limit: most, left, wait: left > 0 ? 0 : window.wait(this.#wall(), SECOND) };
	}

	/** False: the address asks too often by REST, and is shut out for a while. */
	admitsAddress(address: string): boolean {
		const settings = this.#settings;
		if (settings === undefined) return true;
		const { requests, window, ban } = settings.address;
		const now = this.#wall();
		if (now < (this.#bans.get(address) ?? 0)) return false;
		if (this.#window(`address ${address}`).take(now, { limit: requests, length: window, count: 1 }) === 1) return true;
		this.#bans.set(address, now + ban);
		return false;
	}

	/** Why an order-entry frame is refused before it is read; undefined when it is not. */
	refuseFrame(connection: string, address: string): Refusal | undefined {
		const settings = this.#settings;
		if (settings === undefined) return undefined;
		const now = this.#wall();
		const { trade } = settings;
		const takes = (name: string, limit: number): boolean => this.#window(name).take(now, { limit, length: SECOND, count: 1 }) === 1;
		if (!takes("trade", trade.system)) return { code: 10429, message: "System level frequency protection" };
		if (!takes(`trade address ${address}`, trade.address)) return { code: 10403, message: "Exceeded the IP rate limit" };
		if (!takes(`trade session ${connection}`, trade.session))
			return { code: 20003, message: "Too frequent requests under the same session" };
		return undefined;
	}

	/** Whether one more socket may open beside `open` others of its kind. */
	admitsSocket(kind: string, open: number): boolean {
		const settings = this.#settings;
		if (settings === undefined) return true;
		const { sockets } = settings;
		if (open >= sockets.open) return false;
		return this.#window(`sockets ${kind}`).take(this.#wall(), { limit: sockets.opened, length: sockets.window, count: 1 }) === 1;
	}

	/** A connection has gone: what was counted for it is let go. */
	forget(connection: string): void {
		this.#windows.delete(`trade session ${connection}`);
	}

	#window(name: string): Window {
		const known = this.#windows.get(name) ?? new Window();
		this.#windows.set(name, known);
		return known;
	}
}

/** When things were done, as far back as the longest limit asks. */
class Window {
	#times: Ms[] = [];
	#first = 0;

	take(now: Ms, { limit, length, count }: { limit: number; length: Ms; count: number }): number {
		const granted = Math.max(0, Math.min(count, limit - this.count(now, length)));
		for (let i = 0; i < granted; i++) this.#times.push(now);
		return granted;
	}

	count(now: Ms, length: Ms): number {
		while (this.#first < this.#times.length && this.#times[this.#first]! <= now - length) this.#first++;
		if (this.#first > 1024 && this.#first > this.#times.length / 2) {
			this.#times = this.#times.slice(this.#first);
			this.#first = 0;
		}
		return this.#times.length - this.#first;
	}

	/** Until the oldest falls out. */
	wait(now: Ms, length: Ms): Ms {
		const oldest = this.#times[this.#first];
		return oldest === undefined ? 0 : Math.max(0, oldest + length - now);
	}
}
