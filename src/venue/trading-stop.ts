// What may be asked of a position's protection. Source: docs/v5/position/trading-stop.

import type { Attached, OrderType } from "../orders/order.ts";
import type { Price, Qty } from "../units/unit.ts";

/**
 * `Full` (the default) edits the position's one stop and one target, at market; a price of zero removes. `Partial` always adds a pair of
 * legs of one size. The trailing stop belongs to the whole position in either mode.
 */
export type TradingStop = Attached & {
	/** Distance from the best last price so far, in ticks; zero removes. */
	readonly trailingStop?: Price | undefined;
	/** The trailing stop starts only once the last price gets here. */
	readonly activePrice?: Price | undefined;
	readonly tpSize?: Qty | undefined;
	readonly slSize?: Qty | undefined;
	readonly tpOrderType?: OrderType | undefined;
	readonly slOrderType?: OrderType | undefined;
};

/** What protects the whole position now. */
export type Protection = {
	readonly takeProfit: Price | undefined;
	readonly stopLoss: Price | undefined;
	readonly trailingStop: Price | undefined;
	readonly activePrice: Price | undefined;
};
