// A conditional order's moment: it becomes what it was waiting to be. It bound no margin while it waited: when that is short now, it is
// cancelled. A reduce-only one is cut to what there is to reduce.

import type { Ms, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { take } from "./execute.ts";
import { cancelPaired } from "./legs.ts";
import { availableMargin, orderMargin } from "./margin-use.ts";
import { endOrder, setOrder } from "./order-life.ts";
import { enterLimit, matches } from "./place.ts";
import { reducible } from "./reduce-only.ts";

export function triggerOrder(account: Account, market: Market, order: Order, at: Ms): void {
	order.status = "Triggered";
	cancelPaired(account, market, order, at);
	if (order.reduceOnly && reducible(market, order.side) === 0)
		return endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	if (order.reduceOnly) clip(market, order);
	else if (isShort(account, market, order)) return endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_Others" }, at);
	if (order.type === "market" && matches(account, market)) return take(account, market, order, at);
	setOrder(account, order, { status: "New" }, at);
	if (order.type === "limit") enterLimit(account, market, order, at);
}

/** A leg or a closing order fills no more than the position; one of quantity zero all of it. */
function clip(market: Market, order: Order): void {
	const most = reducible(market, order.side);
	order.qty = (order.qty === 0 ? most : Math.min(order.qty, most)) as Qty; // the smaller of two quantities
}

function isShort(account: Account, market: Market, order: Order): boolean {
	const needed = orderMargin(market, order, account.rates.takerFee); // now that it is triggered, it is among what is bound
	return needed > 0 && availableMargin(account) < 0;
}
