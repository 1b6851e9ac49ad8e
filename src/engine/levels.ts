// The prices that protect a position (spec §6), from the average entry price `X`. Rounded to the tick towards the entry.

import { type Direction, signOf } from "../orders/side.ts";
import type { Grid } from "../units/grid.ts";
import type { Price } from "../units/unit.ts";

/** X·(1 ∓ stop): the whole position, at market. */
export function stopLevel(entry: number, direction: Direction, stop: number, grid: Grid): Price {
	return grid.towards(entry * (1 - signOf(direction) * stop), entry);
}

/** X·(1 ± takeProfit). */
export function takeProfitLevel(entry: number, direction: Direction, takeProfit: number, grid: Grid): Price {
	return grid.towards(entry * (1 + signOf(direction) * takeProfit), entry);
}

/** The entry price itself; off the grid (an average), the tick on the winning side. */
export function breakEvenLevel(entry: number, direction: Direction, grid: Grid): Price {
	return direction === "long" ? grid.ceilToTick(entry) : grid.floorToTick(entry);
}

/**
 * Best price since activation less the distance, which is a fraction of the entry price as all the other exits are (and as the venue's own
 * trailing stop, an absolute distance, would be); undefined until the price has moved far enough in favour.
 */
export function trailingLevel(
	entry: number,
	direction: Direction,
	best: number,
	trailing: { activation: number; distance: number },
	grid: Grid,
): Price | undefined {
	const sign = signOf(direction);
	if (sign * (best - entry) < entry * trailing.activation - entry * 1e-12) return undefined;
	return grid.towards(best - sign * entry * trailing.distance, entry);
}

/** The stop nearer to the price counts. */
export function nearer(direction: Direction, a: Price, b: Price): Price {
	return direction === "long" ? (a > b ? a : b) : a < b ? a : b;
}
