// The position's own stop: one leg for all of it, at market, which follows its size and goes with it (trading-stop in Full mode).

import { isFlat } from "../../account/position.ts";
import { closing, directionOf } from "../../orders/side.ts";
import type { Ms, Price } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import type { Account, Market, Order } from "./account.ts";
import { cancelByUser, closingRequest, createOrder, endOrder, setOrder } from "./order-life.ts";
import { cancelReductions } from "./reduce-only.ts";

export function stopLeg(market: Market): Order | undefined {
	return market.orders.find((order) => order.stopOrderType === "StopLoss");
}

/** Sets, moves or (with undefined) removes the stop of the whole position, or says why not. */
export function changeStop(account: Account, market: Market, stopLoss: Price | undefined, at: Ms): Refusal | undefined {
	if (isFlat(market.position)) return REFUSALS.zeroPosition;
	const leg = stopLeg(market);
	if (leg?.trigger?.price === stopLoss) return REFUSALS.stopUnchanged;
	if (stopLoss === undefined) {
		if (leg !== undefined) cancelByUser(account, market, leg, at);
		return undefined;
	}
	const stop = market.instrument.grid.priceNumber(stopLoss);
	if (market.position.direction === "long" && stop >= market.last) return REFUSALS.stopLong;
	if (market.position.direction === "short" && stop <= market.last) return REFUSALS.stopShort;
	placeStop(account, market, stopLoss, at);
	return undefined;
}

function placeStop(account: Account, market: Market, stopLoss: Price, at: Ms): void {
	const { position } = market;
	const trigger = { price: stopLoss, direction: position.direction === "long" ? "fall" : "rise", by: "last" } as const;
	const leg = stopLeg(market);
	if (leg !== undefined) return setOrder(account, leg, { trigger, qty: position.qty }, at);
	const request = { ...closingRequest(market), trigger };
	const order = createOrder(account, market, request, { createType: "CreateByStopLoss", stopOrderType: "StopLoss" }, at);
	setOrder(account, order, { status: "Untriggered" }, at);
}

/** After a fill of `order`: its attached stop begins, a standing one is matched to the position, and with the position all legs go. */
export function followPosition(account: Account, market: Market, order: Order, at: Ms): void {
	const { position } = market;
	if (isFlat(position)) return clearLegs(account, market, at);
	const attached = position.direction === directionOf(order.side) ? order.stopLoss : undefined;
	if (attached !== undefined && stopLeg(market) === undefined) placeStop(account, market, attached, at);
	else resizeStop(account, market, at);
}

/** The stop covers the whole position, whatever its size has become. */
function resizeStop(account: Account, market: Market, at: Ms): void {
	const { position } = market;
	const leg = stopLeg(market);
	if (leg === undefined || leg.qty === position.qty) return;
	if (leg.side !== closing(position.direction)) clearLegs(account, market, at);
	else setOrder(account, leg, { qty: position.qty }, at);
}

function clearLegs(account: Account, market: Market, at: Ms): void {
	for (const order of market.orders.filter((candidate) => candidate.createType !== "CreateByUser"))
		endOrder(account, market, order, { status: "Deactivated", cancelType: "CancelByTpSlTsClear" }, at);
	cancelReductions(account, market, at);
}
