// The way a price takes through a candle of which only four prices are known: open, one extreme, the other, close (spec §9).

import type { Direction } from "../orders/side.ts";
import type { Ms } from "../units/unit.ts";

export const PATHS = ["pessimistic", "nearest", "optimistic"] as const;
export type PathPolicy = (typeof PATHS)[number];

/**
 * Which extreme comes first. `nearest`: the one nearer to the open, a tie takes the low. `pessimistic` takes the one adverse to the
 * position first, the reading that never flatters; `optimistic` the favourable one; both fall back to `nearest` when flat.
 */
export function lowFirst(policy: PathPolicy, candle: { open: number; high: number; low: number }, held: Direction | undefined): boolean {
	// A tie in decimals is a tie, whatever their binary noise.
	if (policy === "nearest" || held === undefined) return candle.open - candle.low <= candle.high - candle.open + candle.open * 1e-11;
	return (policy === "pessimistic") === (held === "long");
}

/** When the four points of a candle are passed: just after the open, a third, two thirds, just before the end. */
export function pathTimes(openTime: Ms, length: Ms): readonly [Ms, Ms, Ms, Ms] {
	return [openTime + 1, openTime + Math.floor(length / 3), openTime + Math.floor((2 * length) / 3), openTime + length - 1];
}
