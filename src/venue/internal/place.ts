// What becomes of an order that was accepted: it waits, rests, fills or ends at once.

import type { OrderRequest } from "../../orders/order.ts";
import type { Ms, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { take } from "./execute.ts";
import { BY_USER, createOrder, endOrder, setOrder } from "./order-life.ts";
import { crosses } from "./quote.ts";

/** The most that one order of that kind may hold. */
export function largest({ instrument }: Market, type: OrderRequest["type"]): Qty {
	return type === "market" ? instrument.maxMarketQty : instrument.maxQty;
}

/** An accepted order begins: the first one's id. A reduction beyond what one order may hold is split, and the rest has no client id. */
export function placeRequest(account: Account, market: Market, request: OrderRequest, at: Ms): string {
	const most = request.trigger === undefined ? largest(market, request.type) : request.qty;
	const first = createOrder(account, market, { ...request, qty: Math.min(request.qty, most) as Qty }, BY_USER, at); // the smaller of two
	placeOrder(account, market, first, at);
	for (let left = request.qty - most; left > 0; left -= most) {
		const part = { ...request, linkId: "", qty: Math.min(left, most) as Qty }; // the smaller of two
		placeOrder(account, market, createOrder(account, market, part, BY_USER, at), at);
	}
	return first.orderId;
}

/** The first moment of an accepted order. */
function placeOrder(account: Account, market: Market, order: Order, at: Ms): void {
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
