// The band of limit prices around the mark price. Source: docs/v5/market/order-price-limit, account/set-price-limit. The mean premium of the
// last half minute (bybit-v5.md §5.6) is taken as none: the simulated book stands around the last price.

import type { Instrument } from "../../market/instrument.ts";
import type { Price } from "../../units/unit.ts";
import { priceText } from "./text.ts";

export const PRICE_LIMIT_RATIOS = { x: 0.01, y: 0.05 } as const;

export type PriceBand = { readonly buy: Price; readonly sell: Price };
export type PriceLimit = { readonly symbol: string; readonly buyLmt: string; readonly sellLmt: string };

/** The highest price to buy at and the lowest to sell at, cut to the tick inward; undefined before the first price. */
export function priceBand({ grid }: Instrument, { mark, index }: { mark: number; index: number }): PriceBand | undefined {
	if (!(mark > 0)) return undefined;
	const { x, y } = PRICE_LIMIT_RATIOS;
	const buy = Math.min(mark * (1 + y), Math.max(index, mark * (1 + x)));
	const sell = Math.max(mark * (1 - y), Math.min(index, mark * (1 - x)));
	return { buy: grid.floorToTick(buy), sell: grid.ceilToTick(sell) };
}

export function priceLimitOf({ symbol, grid }: Instrument, band: PriceBand | undefined): PriceLimit {
	return { symbol, buyLmt: priceText(grid, band?.buy), sellLmt: priceText(grid, band?.sell) };
}
