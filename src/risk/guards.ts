// The guards that are judged on market data (spec §8), one function each, and the ordered list that an entry passes.

import type { Ticker } from "../market/ticker.ts";
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

/** The first guard that closes the way to an entry, with its reason; undefined when all are open. */
export function closedGuard(view: EntryView, guard: GuardSettings): { name: GuardName; why: string } | undefined {
	if (view.halted !== undefined) return { name: "halted", why: view.halted };
	if (view.paused) return { name: "paused", why: "paused by the operator" };
	if (view.beforeStart) return { name: "start", why: "before the configured start" };
	if (view.clockOff) return { name: "clock", why: "the local clock is off the exchange's" };
	if (view.doubt !== undefined) return { name: "doubt", why: view.doubt };
	if (view.stale) return { name: "stale", why: "no fresh market data" };
	const spread = spreadPct(view.ticker);
	if (guard.maxSpreadPct !== undefined && spread !== undefined && spread > guard.maxSpreadPct)
		return { name: "spread", why: `spread ${spread.toFixed(3)} % above ${guard.maxSpreadPct} %` };
	const move = view.range === undefined ? undefined : ((view.range.max - view.range.min) / view.range.min) * 100;
	if (guard.maxMovePct !== undefined && move !== undefined && move > guard.maxMovePct)
		return { name: "jump", why: `the price moved ${move.toFixed(2)} % within ${guard.moveWindowS} s, more than ${guard.maxMovePct} %` };
	return undefined;
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
