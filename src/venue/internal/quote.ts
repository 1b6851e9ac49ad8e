// Where the market stands, and where a limit order stands against it. Without a book it is one level deep: a tick around the last price.

import type { Side } from "../../orders/side.ts";
import { shiftPrice } from "../../units/grid.ts";
import type { Price } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";

export type Quote = { bid: Price; ask: Price };

/** The best price that an order of `side` could take; undefined when there is none. */
export function bestOffer({ liquidity }: Account, { last, instrument }: Market, side: Side): Price | undefined {
	if (Number.isNaN(last)) return undefined;
	if (liquidity !== "candle") {
		for (const { price } of liquidity.levels(instrument.symbol, side, last)) return price;
		return undefined;
	}
	const bid = instrument.grid.floorToTick(last);
	return side === "sell" ? bid : shiftPrice(bid, 1);
}

/** Best bid and ask; without a book one tick apart, the bid at the last price or just below it. */
export function quoteOf(account: Account, market: Market): Quote | undefined {
	const bid = bestOffer(account, market, "sell");
	const ask = bestOffer(account, market, "buy");
	return bid === undefined || ask === undefined ? undefined : { bid, ask };
}

/** A limit order that would take from the other side at once, what the account itself has resting there included. */
export function crosses(account: Account, market: Market, order: Order): boolean {
	if (order.price === undefined || order.type !== "limit") return false;
	const offer = bestOffer(account, market, order.side);
	if (offer !== undefined && !isWorse(order.side, offer, order.price)) return true;
	for (const own of market.orders) if (isAhead(account, market, { own, taker: order, limit: order.price })) return true;
	return false;
}

type Meeting = { readonly own: Order; readonly taker: { readonly side: Side }; readonly limit: Price };

/** `own` rests on the other side, at `limit` or better for the taker. Without a book one that the price has passed is the market's. */
export function isAhead({ liquidity }: Account, market: Market, { own, taker, limit }: Meeting): boolean {
	const { side, type, status, price } = own;
	if (side === taker.side || type !== "limit" || price === undefined || isWorse(taker.side, price, limit)) return false;
	return (status === "New" || status === "PartiallyFilled") && (liquidity !== "candle" || !betters(market, own));
}

/** The price stands strictly better than a resting limit order asks. */
export function betters(market: Market, order: Order): boolean {
	if (order.price === undefined) return false;
	const limit = market.instrument.grid.priceNumber(order.price);
	return order.side === "buy" ? market.last < limit : market.last > limit;
}

/** Whether `price` is worse for that side than `limit`. */
export function isWorse(side: Side, price: number, limit: number): boolean {
	return side === "buy" ? price > limit : price < limit;
}
