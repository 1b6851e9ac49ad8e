// Everything that may go wrong, by name. Each seed draws which of these it knows and how often they strike, so that some seeds have one
// fault alone and others all of them at once. A fault that struck is counted and stands in the transcript.

import type { Prng } from "../../src/std/prng.ts";

/** May strike each time that something of its kind happens: a request, an answer, a message. */
export const ON_TRAFFIC = [
	...["request lost", "request late", "request too late", "answer lost", "answer late"],
	...["rate limited", "server error before", "server error after", "read failed"],
	...["position not stated", "all positions missing", "balance missing", "balance zero", "executions not shown yet", "order not shown yet"],
	...["message lost", "message doubled", "message late", "message reordered"],
	...["ticker lost", "candle late"],
] as const;

/** May strike at each step of the market. */
export const ON_STEPS = [
	...["line down, noticed", "line down, noticed late", "line silent", "line blinks"],
	...["public data gap", "exchange restart", "key refused", "clock steps", "clock jumps", "clock said to be off"],
	...["crash at rest", "crash at a write", "disk full"],
	...["adl", "price crash", "funding", "volatile minute"],
	...["person closes a part", "person closes all", "person adds", "person trades against us", "person rests an order"],
	...["person cancels an order of ours", "person amends an order of ours", "person moves the stop", "person removes the stop"],
	...["person sets a target", "person trades elsewhere", "money in", "money out"],
	...["operator pauses", "operator flattens", "another bot", "delisted"],
] as const;

/** Follow from the ones above: counted to show that they are reached. */
export const CONSEQUENCES = [
	...["accepted, yet timed out", "arrived after a crash", "refused by the window", "message lost with its line"],
	...["crash before a commit", "crash in a commit, lost", "crash in a commit, kept", "crash before a send", "crash after a send"],
	...["partial fill", "liquidated", "tripped", "post-only turned away", "refused by the exchange", "target in passed territory"],
	...[
		"our closing met what is not ours",
		"entered",
		"target taken",
		"stopped out",
		"reversed",
		"stop refused",
		"foreign share",
		"ended by stop",
	],
] as const;

export type TrafficFault = (typeof ON_TRAFFIC)[number];
export type StepFault = (typeof ON_STEPS)[number];
export type Happened = TrafficFault | StepFault | (typeof CONSEQUENCES)[number];

export const HAPPENINGS: readonly Happened[] = [...ON_TRAFFIC, ...ON_STEPS, ...CONSEQUENCES];

/** Seeds with too many of these would show nothing else: how much rarer they are than the rest. */
const RARER: Partial<Record<Happened, number>> = {
	...{ "another bot": 8, "person trades against us": 4, "operator flattens": 3, "operator pauses": 3, "exchange restart": 2 },
	...{ "balance zero": 2, "price crash": 2, "disk full": 2, "clock jumps": 2, "person adds": 2, adl: 2, delisted: 4 },
};

type Rates = ReadonlyMap<Happened, number>;

const OUT_OF = 10_000;

export class Faults {
	readonly counts = new Map<Happened, number>();
	readonly #random: Prng;
	readonly #rates: Rates;
	readonly #onHit: (name: Happened) => void;
	/** Once healed nothing strikes any more. */
	healed = false;

	constructor(random: Prng, rates: Rates, onHit: (name: Happened) => void) {
		this.#random = random;
		this.#rates = rates;
		this.#onHit = onHit;
	}

	/** Whether the fault strikes now. */
	hits(name: TrafficFault | StepFault): boolean {
		if (this.healed) return false;
		const rate = this.#rates.get(name);
		if (rate === undefined || this.#random.below(OUT_OF) >= rate) return false;
		this.note(name);
		return true;
	}

	/** It has happened, drawn here or not. */
	note(name: Happened): void {
		this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
		this.#onHit(name);
	}
}

/** Which faults a seed knows, and how often of 10 000 each strikes. */
export function drawRates(random: Prng): Map<Happened, number> {
	const rates = new Map<Happened, number>();
	const [known, traffic, steps] = random.chance(1, 12)
		? [0, 0, 0]
		: random.chance(1, 4)
			? [1, 200, 60]
			: random.chance(1, 2)
				? [3, 300, 60]
				: [5, 800, 120];
	const draw = (names: readonly (TrafficFault | StepFault)[], most: number): void => {
		for (const name of names) {
			if (random.below(10) >= known) continue;
			rates.set(name, Math.ceil((1 + random.below(most)) / (RARER[name] ?? 1)));
		}
	};
	draw(ON_TRAFFIC, traffic);
	draw(ON_STEPS, steps);
	return rates;
}
