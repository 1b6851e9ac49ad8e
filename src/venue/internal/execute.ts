// How an order meets the other side: it takes what is offered until nothing fits any more, or it rests and is met.

import type { Side } from "../../orders/side.ts";
import { minusQty } from "../../units/grid.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { fill } from "./charge.ts";
import { isBanded, offersTo, wholePrice } from "./offers.ts";
import { endOrder } from "./order-life.ts";
import { isWorse } from "./quote.ts";
import { cancelExcess, reducible } from "./reduce-only.ts";
import { marketCap } from "./reference.ts";
import { meetOwn, ownAhead, ownWithin, reachOf, standsAcross } from "./self-match.ts";

/** The order takes what is offered. What is left of a GTC limit order stays; what is left of any other is cancelled. */
export function take(account: Account, market: Market, order: Order, at: Ms): void {
	if (order.reduceOnly && reducible(market, order.side) === 0)
		return endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	if (order.type === "market") order.price = marketCap(account, market, order);
	if (order.timeInForce === "FOK" && !completes(account, market, order, at)) return;
	const across = standsAcross(market, order);
	for (const { price, qty } of offersTo(account, market, order)) {
		if (across && !meetOwn(account, market, order, reachOf(account, market, order, price), at)) break;
		fill(account, market, order, { price, maker: false, most: qty }, at);
		if (!market.orders.includes(order)) break;
	}
	if (across && order.price !== undefined && market.orders.includes(order)) meetOwn(account, market, order, order.price, at);
	if (market.orders.includes(order) && order.timeInForce !== "GTC") endTaker(account, market, order, at);
	cancelExcess(account, market, order, at);
}

/** All or nothing: false when the order was cancelled, because too little is offered, or because its own account stands in the way. */
function completes(account: Account, market: Market, order: Order, at: Ms): boolean {
	const own = order.smp === "None" && order.price !== undefined ? ownWithin(account, market, order, order.price) : 0;
	const worst = wholePrice(account, market, order, own);
	if (worst === undefined) {
		endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_CancelForNoFullFill" }, at);
		return false;
	}
	const stops = order.smp === "CancelTaker" || order.smp === "CancelBoth";
	const reach = reachOf(account, market, order, worst);
	return !stops || ownAhead(account, market, order, reach) === undefined || meetOwn(account, market, order, reach, at);
}

function endTaker(account: Account, market: Market, order: Order, at: Ms): void {
	const none = order.filled === 0 ? "EC_NoImmediateQtyToFill" : "EC_CancelForNoFullFill";
	const rejectReason = isBanded(account, market, order) ? "EC_ReachMarketPriceLimit" : none;
	endOrder(account, market, order, { status: "Cancelled", rejectReason }, at);
}

/** A resting limit order: at its own price when traded through; where an opening jump offers better, at the open. */
export function fillResting(account: Account, market: Market, order: Order, at: Ms): void {
	const limit = order.price as Price; // resting orders are limit orders
	const open = offeredPrice(market, order);
	const price = market.jumped && !isWorse(order.side, open, limit) ? open : limit;
	fill(account, market, order, { price, maker: true }, at);
	cancelExcess(account, market, order, at);
}

/** A public trade fills the resting orders at its price or beyond, up to its size: the better price first, then the older order. */
export function meetTrade(account: Account, market: Market, trade: { price: Price; qty: Qty; side?: Side | undefined }, at: Ms): void {
	const met = market.orders.filter((order) => isMet(order, trade));
	met.sort((a, b) => (isWorse(a.side, a.price ?? 0, b.price ?? 0) ? -1 : a.price === b.price ? 0 : 1));
	let left = trade.qty;
	for (const order of met) {
		if (left === 0) return;
		if (!market.orders.includes(order)) continue; // it went with what an earlier one closed
		left = minusQty(left, fill(account, market, order, { price: order.price as Price, maker: true, most: left }, at)); // see isMet
		cancelExcess(account, market, order, at);
	}
}

/** Resting, and on the other side of the trade's taker where that is known. */
function isMet({ type, status, side, price }: Order, trade: { price: Price; side?: Side | undefined }): boolean {
	if (type !== "limit" || price === undefined || status === "Untriggered" || side === trade.side) return false;
	return !isWorse(side, trade.price, price);
}

/** Where the market stands, rounded to the tick against the trader. */
function offeredPrice({ instrument, last }: Market, { side }: Order): Price {
	return side === "buy" ? instrument.grid.ceilToTick(last) : instrument.grid.floorToTick(last);
}
