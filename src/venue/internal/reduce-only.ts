// Reduce-only orders never open: each is cut to what there is to reduce, and when the position shrinks under those that rest, the newest of
// them are cancelled until the others fit (which go first is undocumented: the older order keeps its claim). An order that is just being
// filled counts first. Conditional orders claim nothing before they are triggered, market orders nothing while they wait for the open.

import { isFlat } from "../../account/position.ts";
import { directionOf, type Side } from "../../orders/side.ts";
import { minusQty, NO_QTY } from "../../units/grid.ts";
import type { Ms, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { endOrder } from "./order-life.ts";

/** What an order of that side could reduce: all of the position, or nothing. */
export function reducible({ position }: Market, side: Side): Qty {
	return isFlat(position) || position.direction === directionOf(side) ? NO_QTY : position.qty;
}

/** How much of an order may still fill. */
export function fillable(market: Market, order: Order): Qty {
	const left = minusQty(order.qty, order.filled);
	if (!order.reduceOnly) return left;
	return Math.min(left, reducible(market, order.side)) as Qty; // the smaller of two quantities
}

/** After `filling` has reduced the position: cancels the newest reduce-only orders that no longer fit. */
export function cancelExcess(account: Account, market: Market, filling: Order, at: Ms): void {
	const resting = market.orders.filter(isResting);
	let claimed = 0;
	for (const order of resting) claimed += minusQty(order.qty, order.filled);
	const newestFirst = resting.filter((order) => order !== filling).reverse();
	for (const order of newestFirst) {
		if (claimed <= reducible(market, order.side)) return;
		claimed -= minusQty(order.qty, order.filled);
		cancelByReduceOnly(account, market, order, at);
	}
}

/** The position is gone: so is every reduce-only order that waits to be filled. */
export function cancelReductions(account: Account, market: Market, at: Ms): void {
	for (const order of market.orders.filter((live) => live.reduceOnly && live.status !== "Untriggered"))
		cancelByReduceOnly(account, market, order, at);
}

function isResting({ reduceOnly, type, status }: Order): boolean {
	return reduceOnly && type === "limit" && status !== "Untriggered";
}

function cancelByReduceOnly(account: Account, market: Market, order: Order, at: Ms): void {
	endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
}
