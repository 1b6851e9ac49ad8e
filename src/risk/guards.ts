// The guards that are judged on market data (spec §8), one function each, and the ordered list that an entry passes.

import type { Ticker } from "../market/ticker.ts";
import { never } from "../std/assert.ts";
import type { GuardSettings } from "./settings.ts";

export const GUARDS = ["halted", "paused", "start", "clock", "doubt", "stale", "spread", "jump"] as const;
export type GuardName = (typeof GUARDS)[number];

export type EntryView = {
	readonly halted: string | undefined;
	readonly paused: boolean;
	readonly beforeStart: boolean;
	readonly clockOff: boolean;
	/** Why the account as the venue states it does not agree with what the bot believes. */
	readonly doubt: string | undefined;
	readonly stale: boolean;
	readonly ticker: Ticker | undefined;
	/** Lowest and highest last price within the window. */
	readonly range: { readonly min: number; readonly max: number } | undefined;
};

/** One guard as it stands: closed with its reason, or open with the figure that it judged. */
export type GuardState = { readonly name: GuardName; readonly closed: boolean; readonly why: string };

/** The first guard that closes the way to an entry, with its reason; undefined when all are open. */
export function closedGuard(view: EntryView, guard: GuardSettings): { name: GuardName; why: string } | undefined {
	for (const name of GUARDS) {
		const why = closing(name, view, guard);
		if (why !== undefined) return { name, why };
	}
	return undefined;
}

/** Every guard, in the order in which an entry passes them. */
export function guardStates(view: EntryView, guard: GuardSettings): GuardState[] {
	return GUARDS.map((name) => {
		const why = closing(name, view, guard);
		return { name, closed: why !== undefined, why: why ?? figure(name, view, guard) };
	});
}

/** Why that guard lets no entry pass; undefined while it is open. */
function closing(name: GuardName, view: EntryView, guard: GuardSettings): string | undefined {
	switch (name) {
		case "halted":
			return view.halted;
		case "paused":
			return view.paused ? "paused by the operator" : undefined;
		case "start":
			return view.beforeStart ? "before the configured start" : undefined;
		case "clock":
			return view.clockOff ? "the local clock is off the exchange's" : undefined;
		case "doubt":
			return view.doubt;
		case "stale":
			return view.stale ? "no fresh market data" : undefined;
		case "spread": {
			const [spread, limit] = [spreadPct(view.ticker), guard.maxSpreadPct];
			return limit !== undefined && spread !== undefined && spread > limit ? `spread ${spread.toFixed(3)} % above ${limit} %` : undefined;
		}
		case "jump": {
			const [move, limit] = [movePct(view.range), guard.maxMovePct];
			if (limit === undefined || move === undefined || move <= limit) return undefined;
			return `the price moved ${move.toFixed(2)} % within ${guard.moveWindowS} s, more than ${limit} %`;
		}
		default:
			return never(name);
	}
}

/** What an open guard has to show. */
function figure(name: GuardName, view: EntryView, guard: GuardSettings): string {
	if (name === "spread") return measured(spreadPct(view.ticker), guard.maxSpreadPct, 3);
	if (name === "jump") return measured(movePct(view.range), guard.maxMovePct, 2);
	return "";
}

function measured(value: number | undefined, limit: number | undefined, decimals: number): string {
	if (limit === undefined) return "off";
	return `${value === undefined ? "–" : value.toFixed(decimals)} of ${limit} %`;
}

function movePct(range: EntryView["range"]): number | undefined {
	return range === undefined ? undefined : ((range.max - range.min) / range.min) * 100;
}

function spreadPct(ticker: Ticker | undefined): number | undefined {
	if (ticker?.bid === undefined || ticker.ask === undefined) return undefined;
	return ((ticker.ask - ticker.bid) / ((ticker.ask + ticker.bid) / 2)) * 100;
}

/** Why an open position must be closed at once; undefined when it need not. `liquidation` is undefined while the venue names none. */
export function dangerOf(view: { last: number; mark: number; liquidation: number | undefined }, guard: GuardSettings): string | undefined {
	const { last, mark, liquidation } = view;
	const apart = (Math.abs(last - mark) / mark) * 100;
	if (guard.maxDivergencePct !== undefined && apart > guard.maxDivergencePct)
		return `last and mark price are ${apart.toFixed(2)} % apart, more than ${guard.maxDivergencePct} %`;
	if (guard.minLiquidationDistancePct === undefined || liquidation === undefined) return undefined;
	const distance = (Math.abs(mark - liquidation) / mark) * 100;
	return distance < guard.minLiquidationDistancePct
		? `liquidation is ${distance.toFixed(2)} % away, nearer than ${guard.minLiquidationDistancePct} %`
		: undefined;
}

/** The mark prices between which `dangerOf` stays silent for a position with that liquidation price. */
export function safeRange(liquidation: number | undefined, long: boolean, guard: GuardSettings): { below: number; above: number } {
	const limit = guard.minLiquidationDistancePct;
	const none = { below: Number.NEGATIVE_INFINITY, above: Number.POSITIVE_INFINITY };
	if (limit === undefined || liquidation === undefined) return none;
	return long ? { ...none, below: liquidation / (1 - limit / 100) } : { ...none, above: liquidation / (1 + limit / 100) };
}
