// Where the market stands, and where a limit order stands against it. The order book is one level deep: a tick around the last price.

import { shiftPrice } from "../../units/grid.ts";
import type { Price } from "../../units/unit.ts";
import type { Market, Order } from "./account.ts";

export type Quote = { bid: Price; ask: Price };

/** Best bid and ask around a last price: one tick apart, the bid at the last price or just below it. */
export function quoteOf({ last, instrument }: Market): Quote | undefined {
	if (Number.isNaN(last)) return undefined;
	const bid = instrument.grid.floorToTick(last);
	return { bid, ask: shiftPrice(bid, 1) };
}

/** A limit order that would take from the other side at once. */
export function crosses(market: Market, order: Order): boolean {
	const quote = quoteOf(market);
	if (quote === undefined || order.price === undefined || order.type !== "limit") return false;
	return order.side === "buy" ? order.price >= quote.ask : order.price <= quote.bid;
}

/** The price stands strictly better than a resting limit order asks. */
export function betters(market: Market, order: Order): boolean {
	if (order.price === undefined) return false;
	const limit = market.instrument.grid.priceNumber(order.price);
	return order.side === "buy" ? market.last < limit : market.last > limit;
}
