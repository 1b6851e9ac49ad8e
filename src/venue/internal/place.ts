// What becomes of an order that was accepted, and of one whose terms are changed: it waits, rests, fills or ends at once.

import type { Ms, Price, Qty } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import { refuseTrigger } from "./accept.ts";
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

export type Amendment = { readonly qty?: Qty | undefined; readonly price?: Price | undefined; readonly triggerPrice?: Price | undefined };

/** Gives a live order other terms, or says why not. */
export function amendOrder(account: Account, market: Market, order: Order, change: Amendment, at: Ms): Refusal | undefined {
	const next = amended(order, change);
	const refusal = refuseAmendment(market, order, next);
	if (refusal !== undefined) return refusal;
	setOrder(account, order, next, at);
	if (matches(account, market) && order.status !== "Untriggered" && crosses(account, market, order)) take(account, market, order, at);
	return undefined;
}

type Terms = Pick<Order, "qty" | "price" | "trigger">;

function amended(order: Order, { qty, price, triggerPrice }: Amendment): Terms {
	return {
		qty: qty ?? order.qty,
		price: order.type === "limit" ? (price ?? order.price) : order.price,
		trigger: order.trigger && triggerPrice !== undefined ? { ...order.trigger, price: triggerPrice } : order.trigger,
	};
}

function refuseAmendment(market: Market, order: Order, next: Terms): Refusal | undefined {
	const moves = next.trigger?.price !== order.trigger?.price;
	if (next.qty === order.qty && next.price === order.price && !moves) return REFUSALS.notModified;
	if (next.qty <= order.filled) return REFUSALS.qtyFilled;
	if (next.qty < market.instrument.minQty) return REFUSALS.qtyMin;
	if (next.trigger !== undefined && next.trigger !== order.trigger) return refuseTrigger(market, next.trigger);
	return undefined;
}
