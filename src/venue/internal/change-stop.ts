// trading-stop: what is asked of a position's protection is checked, then done all at once (bybit-v5.md §6.4).

import { isFlat } from "../../account/position.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import type { TradingStop } from "../trading-stop.ts";
import type { Account, Market } from "./account.ts";
import { PARTIAL_MAX, refuseSide } from "./attached-refusal.ts";
import { addPair, bindFull, type LegKind, type LegTerms, legOf, upsertLeg } from "./legs.ts";
import { cancelByUser } from "./order-life.ts";
import { setTrailing } from "./trailing.ts";

/** Does it, or says why not. */
export function changeTradingStop(account: Account, market: Market, stop: TradingStop, at: Ms): Refusal | undefined {
	if (isFlat(market.position)) return REFUSALS.zeroPosition;
	const refusal = refuseForm(stop) ?? (stop.tpslMode === "Partial" ? refusePartial(market, stop) : refuseFull(market, stop));
	if (refusal !== undefined) return refusal;
	const passed = refuseSide(market, market.position.direction, stop) ?? refuseActivation(market, stop);
	if (passed !== undefined) return passed;
	if (stop.tpslMode === "Partial") addPartial(account, market, stop, at);
	else editFull(account, market, stop, at);
	changeTrailing(account, market, stop, at);
	return undefined;
}

function refuseForm({ tpslMode, tpOrderType, slOrderType, tpLimitPrice, slLimitPrice, tpSize, slSize }: TradingStop): Refusal | undefined {
	const limited = tpOrderType === "limit" || slOrderType === "limit" || tpLimitPrice !== undefined || slLimitPrice !== undefined;
	if (tpslMode === undefined && (tpOrderType === "limit" || slOrderType === "limit")) return REFUSALS.stopTypeWithoutMode;
	if (tpslMode !== "Partial" && limited) return REFUSALS.fullConflict;
	if (tpOrderType === "limit" && tpLimitPrice === undefined) return REFUSALS.legPriceNeeded;
	if (slOrderType === "limit" && slLimitPrice === undefined) return REFUSALS.legPriceNeeded;
	if (tpSize !== undefined && slSize !== undefined && tpSize !== slSize) return REFUSALS.legSizes;
	return undefined;
}

function refuseFull(market: Market, stop: TradingStop): Refusal | undefined {
	const { takeProfit, stopLoss, tpTriggerBy, slTriggerBy } = stop;
	if (differs(market, "TakeProfit", takeProfit, tpTriggerBy) || differs(market, "StopLoss", stopLoss, slTriggerBy)) return undefined;
	return trailingDiffers(market, stop) ? undefined : REFUSALS.stopUnchanged;
}

function refusePartial(market: Market, stop: TradingStop): Refusal | undefined {
	const size = sizeOf(stop);
	if (!stop.takeProfit && !stop.stopLoss) return trailingDiffers(market, stop) ? undefined : REFUSALS.stopUnchanged;
	if (size === undefined) return REFUSALS.stopUnchanged;
	if (size < market.instrument.minQty) return REFUSALS.legTooSmall;
	for (const kind of ["PartialTakeProfit", "PartialStopLoss"] as const)
		if (market.orders.filter(({ stopOrderType }) => stopOrderType === kind).length >= PARTIAL_MAX) return REFUSALS.tooManyPartial;
	return undefined;
}

function refuseActivation(market: Market, { trailingStop, activePrice }: TradingStop): Refusal | undefined {
	if (!trailingStop || !activePrice) return undefined;
	const active = market.instrument.grid.priceNumber(activePrice);
	if (market.position.direction === "long") return active <= market.last ? REFUSALS.activeLong : undefined;
	return active >= market.last ? REFUSALS.activeShort : undefined;
}

function differs(market: Market, kind: LegKind, price: Price | undefined, by: LegTerms["by"] | undefined): boolean {
	if (price === undefined) return false;
	const leg = legOf(market, kind);
	if (price === 0) return leg !== undefined;
	return leg?.trigger?.price !== price || (by !== undefined && leg.trigger.by !== by);
}

function trailingDiffers(market: Market, { trailingStop, activePrice }: TradingStop): boolean {
	if (trailingStop === undefined) return false;
	const leg = legOf(market, "TrailingStop");
	if (trailingStop === 0) return leg !== undefined;
	return leg?.trailing?.distance !== trailingStop || leg.trailing.activePrice !== (activePrice || undefined);
}

function editFull(account: Account, market: Market, { takeProfit, stopLoss, tpTriggerBy, slTriggerBy }: TradingStop, at: Ms): void {
	const edit = (kind: LegKind, price: Price | undefined, by: LegTerms["by"] | undefined): boolean => {
		if (!differs(market, kind, price, by) || price === undefined) return false;
		const leg = legOf(market, kind);
		if (price > 0) upsertLeg(account, market, kind, { price, by: by ?? leg?.trigger?.by ?? "last" }, at);
		else if (leg !== undefined) cancelByUser(account, market, leg, at);
		return true;
	};
	const target = edit("TakeProfit", takeProfit, tpTriggerBy);
	const loss = edit("StopLoss", stopLoss, slTriggerBy);
	if (target || loss) bindFull(market, !!takeProfit && !!stopLoss);
}

function addPartial(account: Account, market: Market, stop: TradingStop, at: Ms): void {
	const size = sizeOf(stop);
	if (size === undefined) return;
	const qty = Math.min(size, market.position.qty) as Qty; // the smaller of two quantities
	const { takeProfit, stopLoss, tpTriggerBy, slTriggerBy, tpLimitPrice, slLimitPrice } = stop;
	const target: LegTerms | undefined = takeProfit ? { price: takeProfit, by: tpTriggerBy ?? "last", limit: tpLimitPrice, qty } : undefined;
	const loss: LegTerms | undefined = stopLoss ? { price: stopLoss, by: slTriggerBy ?? "last", limit: slLimitPrice, qty } : undefined;
	addPair(account, market, { takeProfit: target, stopLoss: loss }, at);
}

function sizeOf({ tpSize, slSize }: TradingStop): Qty | undefined {
	return tpSize ?? slSize;
}

function changeTrailing(account: Account, market: Market, stop: TradingStop, at: Ms): void {
	if (!trailingDiffers(market, stop)) return;
	const leg = legOf(market, "TrailingStop");
	if (stop.trailingStop) setTrailing(account, market, { distance: stop.trailingStop, activePrice: stop.activePrice || undefined }, at);
	else if (leg !== undefined) cancelByUser(account, market, leg, at);
}
