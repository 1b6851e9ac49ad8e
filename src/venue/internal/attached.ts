// What an order's own take-profit and stop-loss become as it fills. In Full mode they become the position's pair, at the first fill that
// opens (later ones leave alone what trading-stop has changed since); in Partial mode a pair of the order's own grows with its fills.

import { isFlat } from "../../account/position.ts";
import type { Attached } from "../../orders/order.ts";
import { directionOf } from "../../orders/side.ts";
import { plusQty } from "../../units/grid.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { addPair, bindFull, clearLegs, type LegTerms, resizeLegs, upsertLeg } from "./legs.ts";
import { setOrder } from "./order-life.ts";

/** After a fill of `order`, of which `opened` was no reduction. */
export function followPosition(account: Account, market: Market, order: Order, opened: Qty, at: Ms): void {
	const { position } = market;
	if (isFlat(position)) return clearLegs(account, market, at);
	if (opened === position.qty) clearLegs(account, market, at); // another position than before
	if (opened > 0 && position.direction === directionOf(order.side)) {
		if (order.tpslMode === "Partial") growPair(account, market, order, opened, at);
		else if (order.armed !== true) armFull(account, market, order, at);
	}
	resizeLegs(account, market, at);
}

function armFull(account: Account, market: Market, order: Order, at: Ms): void {
	const { takeProfit, stopLoss } = legTerms(order);
	order.armed = true;
	if (takeProfit !== undefined) upsertLeg(account, market, "TakeProfit", takeProfit, at);
	if (stopLoss !== undefined) upsertLeg(account, market, "StopLoss", stopLoss, at);
	if (takeProfit !== undefined || stopLoss !== undefined) bindFull(market, takeProfit !== undefined && stopLoss !== undefined);
}

function growPair(account: Account, market: Market, order: Order, opened: Qty, at: Ms): void {
	const legs = market.orders.filter(({ parentId, status }) => parentId === order.orderId && status === "Untriggered");
	for (const leg of legs) setOrder(account, leg, { qty: plusQty(leg.qty, opened) }, at);
	if (legs.length > 0) return;
	const { takeProfit, stopLoss } = legTerms(order);
	const sized = (terms: LegTerms | undefined): LegTerms | undefined => terms && { ...terms, qty: opened };
	addPair(account, market, { takeProfit: sized(takeProfit), stopLoss: sized(stopLoss) }, at);
}

function legTerms(order: Order): { takeProfit: LegTerms | undefined; stopLoss: LegTerms | undefined } {
	const { takeProfit, stopLoss, tpTriggerBy, slTriggerBy, tpLimitPrice, slLimitPrice }: Attached = order;
	const terms = (price: Price | undefined, by: LegTerms["by"] | undefined, limit: Price | undefined): LegTerms | undefined =>
		price === undefined ? undefined : { price, by: by ?? "last", limit, parent: order };
	return { takeProfit: terms(takeProfit, tpTriggerBy, tpLimitPrice), stopLoss: terms(stopLoss, slTriggerBy, slLimitPrice) };
}
