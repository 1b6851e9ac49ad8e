// A conditional order's moment: it becomes what it was waiting to be. It bound no margin while it waited: when that is short now, it is
// cancelled. A reduce-only one is cut to what there is to reduce.

import type { Ms, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { take } from "./execute.ts";
import { cancelPaired } from "./legs.ts";
import { availableMargin, orderMargin } from "./margin-use.ts";
import { createOrder, endOrder, setOrder } from "./order-life.ts";
import { enterLimit, largest, matches } from "./place.ts";
import { reducible } from "./reduce-only.ts";

export function triggerOrder(account: Account, market: Market, order: Order, at: Ms): void {
	order.status = "Triggered";
	cancelPaired(account, market, order, at);
	if (order.reduceOnly && reducible(market, order.side) === 0)
		return endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	if (order.reduceOnly) return reduce(account, market, order, at);
	if (isShort(account, market, order)) return endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_Others" }, at);
	act(account, market, order, at);
}

function act(account: Account, market: Market, order: Order, at: Ms): void {
	if (order.type === "market" && matches(account, market)) return take(account, market, order, at);
	setOrder(account, order, { status: "New" }, at);
	if (order.type === "limit") enterLimit(account, market, order, at);
}

/**
 * A leg or a closing order fills no more than the position. Beyond what one order may hold it is split into several of its kind; one of
 * quantity zero closes up to that, as when it is not conditional.
 */
function reduce(account: Account, market: Market, order: Order, at: Ms): void {
	const there = reducible(market, order.side);
	const most = largest(market, order.type);
	const whole = Math.min(order.qty === 0 ? most : order.qty, there);
	order.qty = Math.min(whole, most) as Qty; // the smaller of two quantities
	act(account, market, order, at);
	for (let left = whole - most; left > 0 && reducible(market, order.side) > 0; left -= most)
		act(account, market, partOf(account, market, order, Math.min(left, most) as Qty, at), at); // the smaller of two quantities
}

/** Another order like a triggered one, under an id of its own. */
function partOf(account: Account, market: Market, order: Order, qty: Qty, at: Ms): Order {
	const { createType, stopOrderType, trigger, parentId, parentLinkId, closeOnTrigger } = order;
	const part = createOrder(account, market, { ...order, linkId: "", qty, trigger: undefined }, { createType, stopOrderType }, at);
	return Object.assign(part, { trigger, parentId, parentLinkId, closeOnTrigger, stopOrderType, status: "Triggered" } as const);
}

function isShort(account: Account, market: Market, order: Order): boolean {
	const needed = orderMargin(market, order, account.rates.takerFee); // now that it is triggered, it is among what is bound
	return needed > 0 && availableMargin(account) < 0;
}
