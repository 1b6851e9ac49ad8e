// A fill and what follows from it at once: position, fee, wallet, liquidation price, the order's own sums, the position's stop.

import { applyFill, isFlat, type PositionChange } from "../../account/position.ts";
import type { Fill, FillCause } from "../../orders/fill.ts";
import { addUsdt, minusQty, NO_QTY, NO_USDT, negate, plusQty, scaleUsdt } from "../../units/grid.ts";
import type { Ms, Price, Qty, Usdt } from "../../units/unit.ts";
import type { CreateType } from "../event.ts";
import { type Account, idOf, type Market, nextSequence, type Order } from "./account.ts";
import { followPosition } from "./attached.ts";
import { reliquidate } from "./liquidation.ts";
import { endOrder, removeOrder } from "./order-life.ts";
import { fillable } from "./reduce-only.ts";
import { markOf } from "./reference.ts";

type Terms = { readonly price: Price; readonly maker: boolean; readonly most?: Qty };
type Charged = { readonly qty: Qty; readonly value: Usdt; readonly fee: Usdt; readonly feeRate: number };

const CAUSES: Readonly<Record<CreateType, FillCause>> = {
	CreateByUser: "order",
	CreateByStopLoss: "stopLoss",
	CreateByTakeProfit: "takeProfit",
	CreateByPartialStopLoss: "stopLoss",
	CreateByPartialTakeProfit: "takeProfit",
	CreateByTrailingStop: "trailingStop",
	CreateByLiq: "liquidation",
	CreateByTakeOver_PassThrough: "liquidation",
	CreateByAdl_PassThrough: "adl",
};

/** Fills what is left of the order, `most` of it at most, and no more of a reduce-only order than there is to reduce: how much that was. */
export function fill(account: Account, market: Market, order: Order, terms: Terms, at: Ms): Qty {
	const left = fillable(market, order);
	if (left === 0) {
		endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
		return NO_QTY;
	}
	const qty = Math.min(left, terms.most ?? left) as Qty; // the smaller of two quantities
	const feeRate = terms.maker ? account.rates.makerFee : account.rates.takerFee;
	const value = market.instrument.grid.value(qty, terms.price);
	const charged: Charged = { qty, value, fee: scaleUsdt(value, feeRate), feeRate };
	const change = movePosition(account, market, { side: order.side, qty, price: terms.price, fee: charged.fee }, at);
	countFill(order, charged, change, at);
	const complete = order.status === "Filled";
	if (complete) removeOrder(market, order);
	tellFill(account, market, order, { ...terms, ...charged, ...change }, at);
	if (!complete && order.type === "market" && fillable(market, order) === 0)
		endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	followPosition(account, market, order, minusQty(qty, change.closedQty), at);
	tellMoney(account, market, at);
	return qty;
}

function movePosition(
	account: Account,
	market: Market,
	{ fee, ...traded }: Pick<Fill, "side" | "qty" | "price" | "fee">,
	at: Ms,
): PositionChange {
	const wasFlat = isFlat(market.position);
	const change = applyFill(market.position, traded, market.instrument.grid);
	market.position = change.position;
	if (wasFlat) {
		market.realised = NO_USDT;
		market.openedAt = at;
	}
	credit(account, market, addUsdt(change.realised, negate(fee)));
	return change;
}

/** Moves the wallet by what a market has brought, or taken when negative; liquidation prices follow. */
export function credit(account: Account, market: Market, amount: Usdt): void {
	account.wallet = addUsdt(account.wallet, amount);
	market.realised = addUsdt(market.realised, amount);
	market.realisedEver = addUsdt(market.realisedEver, amount);
	reliquidate(account);
}

function countFill(order: Order, { qty, value, fee }: Charged, { realised }: PositionChange, at: Ms): void {
	order.filled = plusQty(order.filled, qty);
	order.filledValue = addUsdt(order.filledValue, value);
	order.fee = addUsdt(order.fee, fee);
	order.realised = addUsdt(order.realised, realised);
	order.status = order.filled === order.qty ? "Filled" : "PartiallyFilled";
	order.updatedAt = at;
}

function tellFill(account: Account, market: Market, order: Order, told: Terms & Charged & PositionChange, at: Ms): void {
	const seq = nextSequence(account);
	const snapshot = { ...order };
	const fill: Fill = {
		execId: idOf(account, seq),
		orderId: order.orderId,
		linkId: order.linkId,
		symbol: order.symbol,
		side: order.side,
		qty: told.qty,
		price: told.price,
		maker: told.maker,
		value: told.value,
		fee: told.fee,
		cause: CAUSES[order.createType],
		closedQty: told.closedQty,
		realised: told.realised,
		leaves: minusQty(order.qty, order.filled),
		at,
	};
	account.events.push({ kind: "execution", at, fill, order: snapshot, feeRate: told.feeRate, mark: markOf(market), seq });
	account.events.push({ kind: "order", at, order: snapshot });
}

/** Tells that a position has changed and what the wallet holds now. */
export function tellMoney(account: Account, market: Market, at: Ms): void {
	account.events.push({ kind: "position", at, symbol: market.instrument.symbol }, { kind: "wallet", at, balance: account.wallet });
}
