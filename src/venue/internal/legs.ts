// The legs of a position: conditional orders of the venue's own that close it or a part of it. Those of Full mode and the trailing stop
// follow its size; a partial leg keeps its own, and is never larger than the position. When the position goes, they go with it.

import { isFlat } from "../../account/position.ts";
import type { TriggerSource } from "../../orders/order.ts";
import { closing } from "../../orders/side.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { CreateType, StopOrderType, Trailing } from "../event.ts";
import type { Account, Market, Order } from "./account.ts";
import { closingRequest, createOrder, endOrder, setOrder } from "./order-life.ts";
import { cancelReductions } from "./reduce-only.ts";

export type LegKind = Exclude<StopOrderType, "" | "Stop">;

const CREATED_BY = {
	StopLoss: "CreateByStopLoss",
	TakeProfit: "CreateByTakeProfit",
	TrailingStop: "CreateByTrailingStop",
	PartialStopLoss: "CreateByPartialStopLoss",
	PartialTakeProfit: "CreateByPartialTakeProfit",
} as const satisfies Record<LegKind, CreateType>;

export type LegTerms = {
	readonly price: Price;
	readonly by: TriggerSource;
	/** All of the position when not given. */
	readonly qty?: Qty;
	/** Makes it a limit order at this price once it is triggered. */
	readonly limit?: Price | undefined;
	/** The order that it came with. */
	readonly parent?: Order | undefined;
	readonly trailing?: Trailing;
};

/** The leg of that kind that waits; one that was triggered is an order like any other. */
export function legOf(market: Market, kind: LegKind): Order | undefined {
	return market.orders.find((order) => order.stopOrderType === kind && order.status === "Untriggered");
}

export function isTarget(kind: StopOrderType): boolean {
	return kind === "TakeProfit" || kind === "PartialTakeProfit";
}

/** A leg that waits, and is not told of yet. */
function createLeg(account: Account, market: Market, kind: LegKind, terms: LegTerms, at: Ms): Order {
	const { price, by, limit, qty, parent } = terms;
	const direction = (market.position.direction === "long") === isTarget(kind) ? "rise" : "fall";
	const whole = closingRequest(market);
	const request = { ...whole, qty: qty ?? whole.qty, trigger: { price, direction, by } } as const;
	const typed = limit === undefined ? request : ({ ...request, type: "limit", price: limit, timeInForce: "GTC" } as const);
	const order = createOrder(account, market, typed, { createType: createdBy(kind, terms), stopOrderType: kind }, at);
	order.status = "Untriggered";
	order.trailing = terms.trailing;
	order.parentId = parent?.orderId ?? "";
	order.parentLinkId = parent?.linkId ?? "";
	return order;
}

/** A trailing stop that waits for its activation price, and so begins in profit, is told from one that trails at once. */
function createdBy(kind: LegKind, { trailing }: LegTerms): CreateType {
	return kind === "TrailingStop" && trailing?.activePrice !== undefined ? "CreateByTrailingProfit" : CREATED_BY[kind];
}

/** Places or moves the one leg of that kind for the whole position. */
export function upsertLeg(account: Account, market: Market, kind: LegKind, terms: LegTerms, at: Ms): void {
	const leg = legOf(market, kind);
	if (leg?.trigger === undefined) return setOrder(account, createLeg(account, market, kind, terms, at), {}, at);
	const trigger = { ...leg.trigger, price: terms.price, by: terms.by };
	const createType = createdBy(kind, terms);
	setOrder(account, leg, { trigger, qty: market.position.qty, trailing: terms.trailing, createType }, at);
}

/** The legs become a pair that is cancelled as one; without one of them, or once one is changed alone, each stands for itself. */
function bindLegs(a: Order | undefined, b: Order | undefined): void {
	for (const leg of [a, b]) if (leg !== undefined) leg.boundTo = "";
	if (a === undefined || b === undefined) return;
	a.boundTo = b.orderId;
	b.boundTo = a.orderId;
}

/** The legs of Full mode were set together, or one of them alone. */
export function bindFull(market: Market, together: boolean): void {
	const [target, stop] = [legOf(market, "TakeProfit"), legOf(market, "StopLoss")];
	bindLegs(target, together ? stop : undefined);
	if (!together) bindLegs(stop, undefined);
}

/** A leg is changed one-sidedly: its pair is bound no more. */
export function unbind(market: Market, leg: Order): void {
	if (leg.boundTo === "") return;
	const other = market.orders.find(({ orderId }) => orderId === leg.boundTo);
	if (other !== undefined) other.boundTo = "";
	leg.boundTo = "";
}

/** Adds the legs of a pair; each goes when the other is triggered. */
export function addPair(
	account: Account,
	market: Market,
	pair: { takeProfit: LegTerms | undefined; stopLoss: LegTerms | undefined },
	at: Ms,
): void {
	const target = pair.takeProfit && createLeg(account, market, "PartialTakeProfit", pair.takeProfit, at);
	const stop = pair.stopLoss && createLeg(account, market, "PartialStopLoss", pair.stopLoss, at);
	if (target !== undefined && stop !== undefined) {
		target.pairedWith = stop.orderId;
		stop.pairedWith = target.orderId;
		bindLegs(target, stop);
	}
	for (const leg of [target, stop]) if (leg !== undefined) setOrder(account, leg, {}, at);
}

/** One leg of a pair is triggered: the other goes. */
export function cancelPaired(account: Account, market: Market, order: Order, at: Ms): void {
	const other = market.orders.find(({ orderId, status }) => orderId === order.pairedWith && status === "Untriggered");
	if (other === undefined) return;
	const cancelType = isTarget(order.stopOrderType) ? "CancelByOCOSlCanceledByTpTriggered" : "CancelByOCOTpCanceledBySlTriggered";
	endOrder(account, market, other, { status: "Deactivated", cancelType }, at);
}

/** Matches the legs to the position; on the other side of flat, or without one, they go. */
export function resizeLegs(account: Account, market: Market, at: Ms): void {
	const { position } = market;
	for (const leg of waitingLegs(market)) {
		if (isFlat(position) || leg.side !== closing(position.direction)) clearLeg(account, market, leg, at);
		else if (leg.qty > position.qty || (leg.qty < position.qty && !isPartial(leg))) setOrder(account, leg, { qty: position.qty }, at);
	}
}

/** The position is gone: all that only reduces goes with it. */
export function clearLegs(account: Account, market: Market, at: Ms): void {
	for (const leg of waitingLegs(market)) clearLeg(account, market, leg, at);
	cancelReductions(account, market, at);
}

function clearLeg(account: Account, market: Market, leg: Order, at: Ms): void {
	endOrder(account, market, leg, { status: "Deactivated", cancelType: "CancelByTpSlTsClear" }, at);
}

function waitingLegs(market: Market): Order[] {
	return market.orders.filter(({ createType, status }) => createType !== "CreateByUser" && status === "Untriggered");
}

function isPartial({ stopOrderType }: Order): boolean {
	return stopOrderType === "PartialStopLoss" || stopOrderType === "PartialTakeProfit";
}
