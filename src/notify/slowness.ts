// Whether answers of the exchange, or the bot itself, are slow for a while: the middle of the latest times against a limit. One message when
// it begins and one when it is over; a single slow answer is nobody's business.

import type { Ms } from "../units/unit.ts";
import type { Happening } from "./happenings.ts";

type Whose = "bot" | "exchange";
type Taken = { readonly at: Ms; readonly ms: number };
/** How many of the latest times count, how many there must be, and how old they may be. Orders are rare, answers come every minute. */
const WINDOWS: Readonly<Record<Whose, { readonly most: number; readonly least: number; readonly within: Ms }>> = {
	bot: { most: 5, least: 3, within: 3_600_000 },
	exchange: { most: 20, least: 8, within: 300_000 },
};

/** It is over when the middle has come so far below the limit: one that lies about it would tell of itself all day. */
const OVER = 0.6;

export class Slowness {
	readonly #limit: number;
	readonly #tell: (happening: Happening) => void;
	readonly #taken: Record<Whose, Taken[]> = { bot: [], exchange: [] };
	readonly #since: Record<Whose, Ms | undefined> = { bot: undefined, exchange: undefined };

	/** `limit` in ms; undefined: never slow. */
	constructor(limit: number | undefined, tell: (happening: Happening) => void) {
		this.#limit = limit ?? Number.POSITIVE_INFINITY;
		this.#tell = tell;
	}

	add(whose: Whose, ms: number, now: Ms): void {
		if (this.#limit === Number.POSITIVE_INFINITY) return;
		const { most, least, within } = WINDOWS[whose];
		const taken = [...this.#taken[whose], { at: now, ms }].slice(-most).filter(({ at }) => now - at <= within);
		this.#taken[whose] = taken;
		if (taken.length < least) return;
		const middle = median(taken.map((each) => each.ms));
		const since = this.#since[whose];
		if (since === undefined && middle > this.#limit) {
			this.#since[whose] = now;
			this.#tell({ event: "slow", whose, ms: middle, limit: this.#limit });
		} else if (since !== undefined && middle <= OVER * this.#limit) {
			this.#since[whose] = undefined;
			this.#tell({ event: "quick", whose, ms: middle, seconds: Math.round((now - since) / 1000) });
		}
	}
}

function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[sorted.length >> 1] ?? 0;
}
