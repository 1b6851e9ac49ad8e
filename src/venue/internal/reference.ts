// The prices that a rule may refer to: last, mark and index, of which the latter two follow the first until they are told; and the band
// around the mark price in which market orders fill.

import type { TriggerSource } from "../../orders/order.ts";
import type { Side } from "../../orders/side.ts";
import type { Price } from "../../units/unit.ts";
import type { Account, Market } from "./account.ts";

/** Fraction of the mark price, where the terms name none for the symbol. Source: bybit-v5.md §5.6, frames of 2024 to 2026. */
const BAND = 0.05;

export function referenceOf(market: Market, by: TriggerSource): number {
	return (by === "last" ? undefined : market[by]) ?? market.last;
}

export function markOf(market: Market): number {
	return market.mark ?? market.last;
}

/** The price follows the last one: what waits for it lies on the path of the last price. */
export function followsLast(market: Market, by: TriggerSource): boolean {
	return by === "last" || market[by] === undefined;
}

/**
 * The worst price at which a market order of that side may fill: mark · (1 ± band), cut to the tick inward.
 * Worked: mark 66472.02, 5 %: a buy is capped at 69795.6.
 */
export function marketCap({ bands }: Account, market: Market, side: Side): Price {
	const { grid, symbol } = market.instrument;
	const band = bands[symbol] ?? BAND;
	return side === "buy" ? grid.floorToTick(markOf(market) * (1 + band)) : grid.ceilToTick(markOf(market) * (1 - band));
}
