// Made-up heartbeats for tests: the life of a bot, piece by piece, and what it writes of itself while it lives so.

import { roundUsdt } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import { HEARTBEAT_EVERY, type Heartbeat } from "../heartbeat.ts";
import type { KpiEvidence } from "../kpi.ts";
import type { Beat } from "../uptime.ts";
import { START } from "./sample-run.ts";

export type EquitySeen = NonNullable<Heartbeat["equity"]>;

/** `at` is after START. Equity: one number for all three. */
export function beatAt(at: Ms, told: Partial<Omit<Heartbeat, "equity">> & { run?: string; equity?: number | EquitySeen } = {}): Beat {
	const { run = "a", equity, ...rest } = told;
	const seen = typeof equity === "number" ? { now: equity, high: equity, low: equity } : equity;
	return { at: START + at, run, beat: { what: "heartbeat", failing: [], logLines: 0, logLinesLost: 0, ...rest, equity: seen } };
}

/** Nothing happened but what is said. `to` is after START. */
export function evidenceOf(to: Ms, told: Partial<Omit<KpiEvidence, "from" | "to">> = {}): KpiEvidence {
	return {
		from: START,
		to: START + to,
		before: undefined,
		beats: [],
		trades: [],
		movements: [],
		channels: [],
		unprotectedSeconds: 0,
		unexplained: [],
		lateFunding: roundUsdt(0),
		differences: [],
		tripped: [],
		...told,
	};
}

/** One run: well or ill for so long, one after the other; how it ended, and for how long nobody was there afterwards. */
export type Life = {
	readonly pieces: readonly { readonly ill: boolean; readonly time: Ms }[];
	readonly end: "stopped" | "failed" | "killed";
	readonly away: Ms;
};

/** What a bot writes that lives so, from `at` after START on, run after run. */
export function beatsOf(lives: readonly Life[], at: Ms = 0): Beat[] {
	const beats: Beat[] = [];
	let now = at;
	for (const [i, { pieces, end, away }] of lives.entries()) {
		const run = `run${i}`;
		let failing: readonly string[] = [];
		for (const { ill, time } of pieces) {
			failing = ill ? ["streams"] : [];
			for (const until = now + time; now < until; now = Math.min(until, now + HEARTBEAT_EVERY)) beats.push(beatAt(now, { run, failing }));
		}
		if (end !== "killed") beats.push(beatAt(now, { run, failing, end }));
		now += away;
	}
	return beats;
}
