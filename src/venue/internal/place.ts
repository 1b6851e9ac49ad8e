// What becomes of an order that was accepted, and of one whose terms are changed: it waits, rests, fills or ends at once.

import type { Ms, Price, Qty } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import { refuseTrigger } from "./accept.ts";
import type { Account, Market, Order } from "./account.ts";
import { executeMarket, takeLimit } from "./execute.ts";
import { endOrder, setOrder } from "./order-life.ts";
import { crosses } from "./quote.ts";

/** The first moment of an accepted order. */
export function placeOrder(account: Account, market: Market, order: Order, at: Ms): void {
	if (order.trigger !== undefined) return setOrder(account, order, { status: "Untriggered" }, at);
	if (order.type === "limit") return placeLimit(account, market, order, at);
	if (market.trading) return executeMarket(account, market, order, at);
	setOrder(account, order, { status: "New" }, at);
}

function placeLimit(account: Account, market: Market, order: Order, at: Ms): void {
	const { timeInForce } = order;
	const crossing = crosses(market, order);
	const rests = timeInForce === "GTC" || timeInForce === "PostOnly";
	if (crossing && timeInForce === "PostOnly")
		return endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" }, at);
	if (crossing && market.trading) return takeLimit(account, market, order, at);
	if (!rests) return endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_NoImmediateQtyToFill" }, at);
	setOrder(account, order, { status: "New" }, at);
	if (timeInForce === "PostOnly" && !market.trading) market.arriving.push(order);
}

export type Amendment = { readonly qty?: Qty | undefined; readonly price?: Price | undefined; readonly triggerPrice?: Price | undefined };

/** Gives a live order other terms, or says why not. */
export function amendOrder(account: Account, market: Market, order: Order, change: Amendment, at: Ms): Refusal | undefined {
	const next = amended(order, change);
	const refusal = refuseAmendment(market, order, next);
	if (refusal !== undefined) return refusal;
	setOrder(account, order, next, at);
	if (market.trading && order.status !== "Untriggered" && crosses(market, order)) takeLimit(account, market, order, at);
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
