// An order that takes meets the account's own resting orders before those of others at the same price (docs/v5/smp). Without prevention
// the two trade with each other; otherwise the flag of the one that takes says which of them is cancelled. What rests has no say.

import type { Side } from "../../orders/side.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { fill } from "./charge.ts";
import { endOrder } from "./order-life.ts";
import { bestOffer, isAhead, isWorse } from "./quote.ts";
import { cancelExcess, fillable } from "./reduce-only.ts";

type Taker = { readonly side: Side; readonly price?: Price | undefined };

/** Whether the account has anything resting on the other side at all: mostly it has not, and nothing else needs to be asked. */
export function standsAcross({ orders }: Market, taker: Taker): boolean {
	for (const { side, type, status } of orders) if (side !== taker.side && type === "limit" && status !== "Untriggered") return true;
	return false;
}

/** The own order that a taker would meet first, when it goes as far as `limit`: the best price, then the oldest. */
export function ownAhead(account: Account, market: Market, taker: Taker, limit: Price): Order | undefined {
	let first: Order | undefined;
	for (const order of market.orders) {
		if (!isAhead(account, market, { own: order, taker, limit })) continue;
		if (first === undefined || isWorse(taker.side, first.price ?? 0, order.price ?? 0)) first = order;
	}
	return first;
}

/** How much of its own account's a taker could take, as far as `limit`. */
export function ownWithin(account: Account, market: Market, taker: Taker, limit: Price): number {
	let sum = 0;
	for (const order of market.orders) if (isAhead(account, market, { own: order, taker, limit })) sum += fillable(market, order);
	return sum;
}

/** How far a taker goes that is offered `price`: to what is shown as the best offer at least, and never beyond its own limit. */
export function reachOf(account: Account, market: Market, taker: Taker, price: Price): Price {
	const best = bestOffer(account, market, taker.side);
	const shown = best !== undefined && isWorse(taker.side, best, price) ? best : price;
	return taker.price !== undefined && isWorse(taker.side, shown, taker.price) ? taker.price : shown;
}

/** Settles with the own orders up to `limit`; false when nothing is left of the taker afterwards. */
export function meetOwn(account: Account, market: Market, taker: Order, limit: Price, at: Ms): boolean {
	for (let own = ownAhead(account, market, taker, limit); own !== undefined; own = ownAhead(account, market, taker, limit)) {
		if (taker.smp === "None") tradeWithSelf(account, market, { taker, own }, at);
		else prevent(account, market, { taker, own }, at);
		if (!market.orders.includes(taker)) return false;
	}
	return true;
}

function tradeWithSelf(account: Account, market: Market, { taker, own }: { taker: Order; own: Order }, at: Ms): void {
	const price = own.price as Price; // see ownAhead
	const qty = Math.min(fillable(market, taker), fillable(market, own)) as Qty; // the smaller of two quantities
	if (qty === 0) return endOrder(account, market, own, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	fill(account, market, taker, { price, maker: false, most: qty }, at);
	if (market.orders.includes(own)) fill(account, market, own, { price, maker: true, most: qty }, at);
	cancelExcess(account, market, own, at);
}

function prevent(account: Account, market: Market, { taker, own }: { taker: Order; own: Order }, at: Ms): void {
	const how = { status: "Cancelled", cancelType: "CancelBySmp", rejectReason: "EC_BySelfMatch" } as const;
	if (taker.smp !== "CancelTaker") endOrder(account, market, own, { ...how, smpOrderId: taker.orderId }, at);
	if (taker.smp !== "CancelMaker") endOrder(account, market, taker, { ...how, smpOrderId: own.orderId }, at);
}
