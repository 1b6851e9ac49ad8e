// What the other side offers to an order that takes, within the order's limit or, at market, its cap; best first.

import { minusQty } from "../../units/grid.ts";
import type { Price } from "../../units/unit.ts";
import type { BookLevel } from "../liquidity.ts";
import type { Account, Market, Order } from "./account.ts";
import { isWorse } from "./quote.ts";

export function* offersTo(account: Account, market: Market, order: Order): Generator<BookLevel, void, void> {
	const { liquidity } = account;
	if (liquidity === "candle") {
		if (!isBanded(account, market, order)) yield { price: candlePrice(account, market, order), qty: minusQty(order.qty, order.filled) };
		return;
	}
	for (const level of liquidity.levels(order.symbol, order.side, market.last)) {
		if (order.price !== undefined && isWorse(order.side, level.price, order.price)) return;
		yield level;
	}
}

/** Something is offered to a market order, beyond its cap. Without a book, the last price itself is held against the cap. */
export function isBanded({ liquidity }: Account, { instrument, last }: Market, { symbol, type, side, price }: Order): boolean {
	if (type !== "market" || price === undefined) return false;
	if (liquidity === "candle") return isWorse(side, last, instrument.grid.priceNumber(price));
	for (const level of liquidity.levels(symbol, side, last)) if (isWorse(side, level.price, price)) return true;
	return false;
}

/** The worst price that all of the order would need to fill at once, `own` of it by the account itself; undefined when it could not. */
export function wholePrice(account: Account, market: Market, order: Order, own: number): Price | undefined {
	let left = order.qty - order.filled - own;
	for (const { price, qty } of offersTo(account, market, order)) {
		left -= qty;
		if (left <= 0) return price;
	}
	return left <= 0 ? order.price : undefined;
}

/** The last price, made worse by the slippage and rounded to the tick against the trader; never worse than an order's own limit or tolerance. */
function candlePrice({ rates }: Account, { instrument, last }: Market, { side, type, price, tolerance }: Order): Price {
	const { grid } = instrument;
	const slipped = side === "buy" ? grid.ceilToTick(last * (1 + rates.slippage)) : grid.floorToTick(last * (1 - rates.slippage));
	const limited = (type === "limit" || tolerance !== undefined) && price !== undefined;
	return limited && isWorse(side, slipped, price) ? price : slipped;
}
