// A live order is given other terms (docs/v5/order/amend-order): quantity, price, trigger, and the legs that it will bring. `qty` is the
// total, what has filled included. The legs of a position are orders too, and amended by their own id.

import type { Attached, TriggerSource } from "../../orders/order.ts";
import { usdtNumber } from "../../units/grid.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { StopOrderType } from "../event.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import { refuseTrigger } from "./accept.ts";
import type { Account, Market, Order } from "./account.ts";
import { refuseAttached } from "./attached-refusal.ts";
import { take } from "./execute.ts";
import { unbind } from "./legs.ts";
import { availableMargin, orderMargin } from "./margin-use.ts";
import { endOrder, setOrder } from "./order-life.ts";
import { matches } from "./place.ts";
import { crosses } from "./quote.ts";
import { reducible } from "./reduce-only.ts";

/** What is not given stays; a take-profit or stop-loss of zero goes. */
export type Amendment = Attached & {
	readonly qty?: Qty | undefined;
	readonly price?: Price | undefined;
	readonly triggerPrice?: Price | undefined;
	readonly triggerBy?: TriggerSource | undefined;
};

type Terms = Pick<Order, "qty" | "price" | "trigger"> & Attached;

const WHOLE: readonly StopOrderType[] = ["StopLoss", "TakeProfit", "TrailingStop"];
const LEG_TERMS = ["takeProfit", "stopLoss", "tpslMode", "tpTriggerBy", "slTriggerBy", "tpLimitPrice", "slLimitPrice"] as const;

/** Gives a live order other terms, or says why not. */
export function amendOrder(account: Account, market: Market, order: Order, change: Amendment, at: Ms): Refusal | undefined {
	const next = amended(market, order, change);
	const refusal = refuseAmendment(market, order, next) ?? refuseLegs(market, order, next) ?? refuseCost(account, market, order, next);
	if (refusal !== undefined) return refusal;
	const crossing = order.status !== "Untriggered" && crosses(account, market, { ...order, ...next });
	if (crossing && order.timeInForce === "PostOnly" && matches(account, market)) {
		const how = { ...next, status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" } as const;
		endOrder(account, market, order, how, at);
		return undefined;
	}
	unbind(market, order);
	setOrder(account, order, next, at);
	if (crossing && matches(account, market)) take(account, market, order, at);
	return undefined;
}

function amended(market: Market, order: Order, change: Amendment): Terms {
	const { price, triggerPrice, triggerBy } = change;
	const waits = order.trigger !== undefined && order.status === "Untriggered";
	const moved = waits &&
		order.trigger && { ...order.trigger, price: triggerPrice ?? order.trigger.price, by: triggerBy ?? order.trigger.by };
	return {
		qty: amendedQty(market, order, change),
		price: order.type === "limit" ? (price ?? order.price) : order.price,
		trigger: moved && (moved.price !== order.trigger?.price || moved.by !== order.trigger.by) ? moved : order.trigger,
		takeProfit: (change.takeProfit ?? order.takeProfit) || undefined,
		stopLoss: (change.stopLoss ?? order.stopLoss) || undefined,
		tpslMode: change.tpslMode ?? order.tpslMode,
		tpTriggerBy: change.tpTriggerBy ?? order.tpTriggerBy,
		slTriggerBy: change.slTriggerBy ?? order.slTriggerBy,
		tpLimitPrice: (change.tpLimitPrice ?? order.tpLimitPrice) || undefined,
		slLimitPrice: (change.slLimitPrice ?? order.slLimitPrice) || undefined,
	};
}

/** A reduce-only order that rests asks for no more than there is to reduce beyond what it has filled. */
function amendedQty(market: Market, order: Order, { qty = order.qty }: Amendment): Qty {
	if (!order.reduceOnly || qty <= order.qty || (order.status === "Untriggered" && order.createType === "CreateByUser")) return qty;
	return Math.max(order.qty, Math.min(qty, order.filled + reducible(market, order.side))) as Qty; // quantities of this order
}

function refuseAmendment(market: Market, order: Order, next: Terms): Refusal | undefined {
	const { minQty, maxQty, maxMarketQty, maxPrice } = market.instrument;
	const same = next.qty === order.qty && next.price === order.price && next.trigger === order.trigger;
	if (same && LEG_TERMS.every((name) => next[name] === order[name])) return REFUSALS.notModified;
	if (next.qty <= order.filled && next.qty !== order.qty) return REFUSALS.qtyFilled;
	if (next.qty !== order.qty && WHOLE.includes(order.stopOrderType)) return REFUSALS.fullConflict;
	if (next.qty < minQty && next.qty !== order.qty) return REFUSALS.qtyMin;
	if (next.qty > order.qty && next.qty > (order.type === "market" ? maxMarketQty : maxQty)) return REFUSALS.qtyMax;
	if (order.type === "limit" && (next.price === undefined || next.price <= 0)) return REFUSALS.priceNeeded;
	if (order.type === "limit" && next.price !== undefined && next.price > maxPrice) return REFUSALS.priceRange;
	if (next.trigger !== undefined && next.trigger !== order.trigger) return refuseTrigger(market, next.trigger);
	return undefined;
}

function refuseLegs(market: Market, order: Order, next: Terms): Refusal | undefined {
	if (LEG_TERMS.every((name) => next[name] === order[name])) return undefined;
	if (order.reduceOnly) return REFUSALS.reduceOnlyStop;
	if (order.filled > 0) return REFUSALS.stopOfPartlyFilled;
	const fills = order.type === "limit" ? next.price : next.trigger?.price;
	const base = fills === undefined ? market.last : market.instrument.grid.priceNumber(fills);
	return refuseAttached(market, { ...order, ...next }, base);
}

/** An order that would bind more than it did must find that free. */
function refuseCost(account: Account, market: Market, order: Order, next: Terms): Refusal | undefined {
	const { takerFee } = account.rates;
	const more = usdtNumber(orderMargin(market, { ...order, ...next }, takerFee)) - usdtNumber(orderMargin(market, order, takerFee));
	return more > 0 && more > availableMargin(account) ? REFUSALS.margin : undefined;
}
