// Whether the venue takes an order: a ladder of refusals in the exchange's own order, the first that holds is the answer.

import { orderCost } from "../../account/margin.ts";
import { isFlat } from "../../account/position.ts";
import { tierOf } from "../../market/instrument.ts";
import type { OrderRequest, Trigger } from "../../orders/order.ts";
import { directionOf } from "../../orders/side.ts";
import { addUsdt, usdtNumber } from "../../units/grid.ts";
import type { Qty } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import type { Account, Market } from "./account.ts";
import { refuseAttached } from "./attached-refusal.ts";
import { riskValue } from "./leverage.ts";
import { availableMargin, openingValue } from "./margin-use.ts";
import { largest } from "./place.ts";
import { reducible } from "./reduce-only.ts";
import { referenceOf } from "./reference.ts";

const ACTIVE_MAX = 500;
const CONDITIONAL_MAX = 10;

/** Why the order cannot be taken; undefined when it can. */
export function refusalOf(account: Account, market: Market, request: OrderRequest): Refusal | undefined {
	if (request.linkId !== "" && account.linkIds.has(request.linkId)) return REFUSALS.duplicateLink;
	const malformed = refuseForm(market, request);
	if (malformed !== undefined) return malformed;
	if (request.trigger !== undefined) return refuseConditional(market, request, request.trigger);
	if (market.orders.filter(({ status }) => status !== "Untriggered").length >= ACTIVE_MAX) return REFUSALS.tooManyActive;
	return request.reduceOnly || request.closeOnTrigger ? refuseReduction(market, request) : refuseOpening(account, market, request);
}

/** `qty: 0` that closes all of the position: now, or when it is triggered. */
function closesAll({ qty, reduceOnly, closeOnTrigger }: OrderRequest): boolean {
	return qty === 0 && reduceOnly && closeOnTrigger === true;
}

/** A reduce-only order asks for no more than there is to reduce, and one of quantity zero for as much as one order may hold. */
export function clipped(market: Market, request: OrderRequest): OrderRequest {
	const most = reducible(market, request.side);
	const { reduceOnly, closeOnTrigger, trigger, type } = request;
	if (!(reduceOnly || closeOnTrigger) || trigger !== undefined || most === 0) return request;
	const wanted = closesAll(request) ? largest(market, type) : request.qty;
	return { ...request, qty: Math.min(wanted, most) as Qty }; // the smaller of two quantities
}

/** What is wrong with the order itself, whatever the account holds. */
function refuseForm({ instrument, last }: Market, request: OrderRequest): Refusal | undefined {
	const { qty, type, price, reduceOnly } = request;
	if (qty < instrument.minQty && !reduceOnly) return REFUSALS.qtyMin;
	if (qty <= 0 && !closesAll(request)) return REFUSALS.qtyMin;
	if (!reduceOnly && request.closeOnTrigger !== true && qty > (type === "market" ? instrument.maxMarketQty : instrument.maxQty))
		return REFUSALS.qtyMax;
	if (type === "limit" && (price === undefined || price <= 0)) return REFUSALS.priceNeeded;
	if (type === "limit" && price !== undefined && price > instrument.maxPrice) return REFUSALS.priceRange;
	if (Number.isNaN(last)) return REFUSALS.noPrice;
	const intolerant = refuseTolerance(request);
	if (intolerant !== undefined) return intolerant;
	if (reduceOnly && (request.stopLoss !== undefined || request.takeProfit !== undefined)) return REFUSALS.reduceOnlyStop;
	return undefined;
}

/** For market orders that take at once. */
function refuseTolerance({ tolerance, type, trigger }: OrderRequest): Refusal | undefined {
	if (tolerance === undefined) return undefined;
	if (type !== "market" || trigger !== undefined) return REFUSALS.toleranceMarket;
	const { by, most } = tolerance;
	if (by === "TickSize") return Number.isInteger(most) && most >= 1 && most <= 10_000 ? undefined : REFUSALS.toleranceTicks;
	const hundredths = Math.round(most * 100);
	const exact = Math.abs(most * 100 - hundredths) < 1e-9;
	return exact && hundredths >= 1 && hundredths <= 1000 ? undefined : REFUSALS.tolerancePercent;
}

function refuseConditional(market: Market, request: OrderRequest, trigger: Trigger): Refusal | undefined {
	const conditional = market.orders.filter((order) => order.stopOrderType === "Stop" && order.status === "Untriggered").length;
	if (conditional >= CONDITIONAL_MAX) return REFUSALS.tooManyConditional;
	const fills = request.type === "limit" && request.price !== undefined ? request.price : trigger.price;
	return refuseTrigger(market, trigger) ?? refuseAttached(market, request, market.instrument.grid.priceNumber(fills));
}

/** A trigger must lie ahead of the price. */
export function refuseTrigger(market: Market, { price, direction, by }: Trigger): Refusal | undefined {
	const level = market.instrument.grid.priceNumber(price);
	const current = referenceOf(market, by);
	if (direction === "rise" && level <= current) return REFUSALS.fallsPast;
	if (direction === "fall" && level >= current) return REFUSALS.risesPast;
	return undefined;
}

function refuseReduction({ position }: Market, request: OrderRequest): Refusal | undefined {
	if (isFlat(position)) return REFUSALS.reduceOnlyFlat;
	if (position.direction === directionOf(request.side)) return REFUSALS.reduceOnlySame;
	return undefined;
}

function refuseOpening(account: Account, market: Market, request: OrderRequest): Refusal | undefined {
	const { instrument, last, leverage } = market;
	const { side, qty } = request;
	const { grid } = instrument;
	const price = request.type === "limit" && request.price !== undefined ? grid.priceNumber(request.price) : last;
	const value = grid.valueAt(qty, price);
	if (value < instrument.minNotional) return REFUSALS.notional;
	const attached = refuseAttached(market, request, price);
	if (attached !== undefined) return attached;
	if (leverage > tierOf(instrument, addUsdt(riskValue(market), openingValue(market, side, qty, value))).maxLeverage)
		return REFUSALS.riskLimit;
	const cost = orderCost(openingValue(market, side, qty, value), side, leverage, account.rates.takerFee);
	if (usdtNumber(cost) > availableMargin(account)) return REFUSALS.margin;
	return undefined;
}
