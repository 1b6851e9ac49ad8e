// The prices that a rule may refer to: last, mark and index, of which the latter two follow the first until they are told; and the worst
// price at which a market order may fill, by the band around the mark price and by its own slippage tolerance.

import type { Tolerance, TriggerSource } from "../../orders/order.ts";
import type { Side } from "../../orders/side.ts";
import { shiftPrice } from "../../units/grid.ts";
import type { Price } from "../../units/unit.ts";
import type { Account, Market } from "./account.ts";
import { bestOffer, isWorse } from "./quote.ts";

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

type Taker = { readonly side: Side; readonly tolerance?: Tolerance | undefined };

/** The worst price at which a market order may fill: the nearer of the band's edge and of its own tolerance. */
export function marketCap(account: Account, market: Market, { side, tolerance }: Taker): Price {
	const edge = bandEdge(account, market, side);
	const offer = tolerance === undefined ? undefined : bestOffer(account, market, side);
	if (tolerance === undefined || offer === undefined) return edge;
	const limit = tolerated(market, side, offer, tolerance);
	return isWorse(side, limit, edge) ? edge : limit;
}

/** Beyond the best offer by whole ticks, or by per cent, cut to the tick inward. */
function tolerated({ instrument }: Market, side: Side, offer: Price, { by, most }: Tolerance): Price {
	const sign = side === "buy" ? 1 : -1;
	if (by === "TickSize") return Math.max(instrument.minPrice, shiftPrice(offer, sign * most)) as Price; // the larger of two prices
	const { grid } = instrument;
	const limit = grid.priceNumber(offer) * (1 + (sign * most) / 100);
	return side === "buy" ? grid.floorToTick(limit) : grid.ceilToTick(limit);
}

/**
 * The band's edge for that side: mark · (1 ± band), cut to the tick inward.
 * Worked: mark 66472.02, 5 %: a buy is capped at 69795.6.
 */
function bandEdge({ bands }: Account, market: Market, side: Side): Price {
	const { grid, symbol } = market.instrument;
	const band = bands[symbol] ?? BAND;
	return side === "buy" ? grid.floorToTick(markOf(market) * (1 + band)) : grid.ceilToTick(markOf(market) * (1 - band));
}
