// One rate limit: so many starts in a rolling window, some of them kept for what protects a position. Who waits, and in which order, is
// the pacer's matter.

import type { Ms } from "../units/unit.ts";

/**
 * What a request is for, the most urgent first: `protect` cancels, moves a stop or closes · `adjust` amends, sets and asks ·
 * `enter` adds to a position.
 */
export const URGENCIES = ["protect", "adjust", "enter"] as const;
export type Urgency = (typeof URGENCIES)[number];

/** The cap that a header may teach lies in here; what lies outside is no limit of a single endpoint. */
const CAP_MAX = 10_000;

/** A reset time further ahead than this is not believed: the window is a second. */
export const HOLD_MAX_MS: Ms = 10_000;

/** What an answer's headers say of a limit; `resetInMs` counts from now. */
export type Told = { readonly limit: number; readonly remaining: number; readonly resetInMs: Ms | undefined };

export type LaneOptions = {
	readonly cap: number;
	readonly windowMs: Ms;
	/** The most urgent kind of request that must leave the reserve alone; less urgent ones must too. */
	readonly keptFrom: Urgency;
};

export class Lane {
	readonly #options: LaneOptions;
	/** Local times of the last starts, at most as many as the cap. */
	readonly #starts: Ms[] = [];
	#cap: number;
	#heldUntil: Ms = Number.NEGATIVE_INFINITY;
	#keptUntil: Ms = Number.NEGATIVE_INFINITY;

	constructor(options: LaneOptions) {
		this.#options = options;
		this.#cap = options.cap;
	}

	get cap(): number {
		return this.#cap;
	}

	/** How many starts of the cap are not for everybody: a fifth, and never the last one. */
	get kept(): number {
		return this.#cap === 1 ? 0 : Math.max(1, Math.floor(this.#cap / 5));
	}

	/** Starts that still count. */
	used(now: Ms): number {
		return this.#starts.filter((at) => at > now - this.#options.windowMs).length;
	}

	heldFor(now: Ms): Ms {
		return Math.max(0, this.#heldUntil - now);
	}

	count(now: Ms): void {
		this.#starts.push(now);
		if (this.#starts.length > this.#cap) this.#starts.shift();
	}

	/** How long a start of this urgency has to wait. A clock set back never makes it wait longer than a window. */
	waitMs(urgency: Urgency, now: Ms): Ms {
		const { windowMs } = this.#options;
		const outside = this.#leavesReserve(urgency);
		const allowed = outside ? this.#cap - this.kept : this.#cap;
		const blocking = this.#starts.at(-allowed);
		const turn = this.#starts.length < allowed || blocking === undefined ? 0 : Math.min(windowMs, blocking + windowMs - now);
		return Math.max(0, turn, this.#heldUntil - now, outside ? Math.min(windowMs, this.#keptUntil - now) : 0);
	}

	/** Nothing at all before then. */
	hold(until: Ms): void {
		this.#heldUntil = Math.max(this.#heldUntil, until);
	}

	/** The exchange's own word on this limit. When it leaves less than the reserve, somebody else spends from it too; when nothing, all wait. */
	learn(told: Told, now: Ms): void {
		const { limit, remaining, resetInMs } = told;
		if (limit >= 1 && limit <= CAP_MAX) this.#cap = limit;
		if (this.#starts.length > this.#cap) this.#starts.splice(0, this.#starts.length - this.#cap);
		if (remaining <= 0 && resetInMs !== undefined && resetInMs > 0) this.hold(now + Math.min(HOLD_MAX_MS, resetInMs));
		else if (remaining < this.kept) this.#keptUntil = now + this.#options.windowMs;
	}

	#leavesReserve(urgency: Urgency): boolean {
		return URGENCIES.indexOf(urgency) >= URGENCIES.indexOf(this.#options.keptFrom);
	}
}
