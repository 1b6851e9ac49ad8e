// What is wrong with a take-profit or stop-loss before it begins: the wrong side of the price that it is measured from, or terms that its
// mode does not know.

import type { Attached, OrderRequest } from "../../orders/order.ts";
import { type Direction, directionOf } from "../../orders/side.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import type { Market } from "./account.ts";
import { referenceOf } from "./reference.ts";

export const PARTIAL_MAX = 20;

/** The target lies beyond the price, the stop before it; `base` stands for the last price where that says nothing about the fill. */
export function refuseSide(market: Market, direction: Direction, attached: Attached, base?: number): Refusal | undefined {
	const { takeProfit, stopLoss, tpTriggerBy = "last", slTriggerBy = "last" } = attached;
	const { grid } = market.instrument;
	const from = (by: typeof tpTriggerBy): number => (by === "last" ? base : undefined) ?? referenceOf(market, by);
	const sign = direction === "long" ? 1 : -1;
	if (takeProfit && sign * (grid.priceNumber(takeProfit) - from(tpTriggerBy)) <= 0)
		return direction === "long" ? REFUSALS.targetLong : REFUSALS.targetShort;
	if (stopLoss && sign * (grid.priceNumber(stopLoss) - from(slTriggerBy)) >= 0)
		return direction === "long" ? REFUSALS.stopLong : REFUSALS.stopShort;
	return undefined;
}

/** An order's own legs; `base` is the price at which it expects to fill. */
export function refuseAttached(market: Market, request: OrderRequest, base: number): Refusal | undefined {
	const { takeProfit, stopLoss, tpLimitPrice, slLimitPrice, tpslMode } = request;
	if (!takeProfit && !stopLoss) return undefined;
	if (tpslMode !== "Partial" && (tpLimitPrice || slLimitPrice)) return REFUSALS.fullConflict;
	if (tpslMode === "Partial" && partialPairs(market) >= PARTIAL_MAX) return REFUSALS.tooManyPartial;
	return refuseSide(market, directionOf(request.side), request, base);
}

/** Pairs that wait, and orders that will bring one. */
function partialPairs({ orders }: Market): number {
	const targets = orders.filter(({ stopOrderType }) => stopOrderType === "PartialTakeProfit").length;
	const stops = orders.filter(({ stopOrderType }) => stopOrderType === "PartialStopLoss").length;
	const coming = orders.filter(
		({ tpslMode, takeProfit, stopLoss, filled }) => tpslMode === "Partial" && !!(takeProfit || stopLoss) && filled === 0,
	);
	return Math.max(targets, stops) + coming.length;
}
