// What becomes of an order that was accepted: it waits, rests, fills or ends at once.

import type { Ms } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { take } from "./execute.ts";
import { endOrder, setOrder } from "./order-life.ts";
import { crosses } from "./quote.ts";

/** The first moment of an accepted order. */
export function placeOrder(account: Account, market: Market, order: Order, at: Ms): void {
	if (order.trigger !== undefined) return setOrder(account, order, { status: "Untriggered" }, at);
	if (order.type === "market" && matches(account, market)) return take(account, market, order, at);
	if (order.type === "limit" && enterLimit(account, market, order, at)) return;
	setOrder(account, order, { status: "New" }, at);
}

/** Between candles nothing trades; a book is always there. */
export function matches({ liquidity }: Account, { trading, last }: Market): boolean {
	return trading || (liquidity !== "candle" && !Number.isNaN(last));
}

/** A limit order comes to the market: it takes or is turned away, or (false) it rests and nothing has happened yet. */
export function enterLimit(account: Account, market: Market, order: Order, at: Ms): boolean {
	const { timeInForce } = order;
	const crossing = crosses(account, market, order);
	if (crossing && timeInForce === "PostOnly") {
		endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" }, at);
		return true;
	}
	if (crossing && matches(account, market)) {
		take(account, market, order, at);
		return order.filled > 0 || !market.orders.includes(order);
	}
	if (timeInForce === "IOC" || timeInForce === "FOK") {
		endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_NoImmediateQtyToFill" }, at);
		return true;
	}
	if (timeInForce === "PostOnly" && !market.trading) market.arriving.push(order);
	return false;
}
