// A fill and what follows from it at once: position, fee, wallet, liquidation price, the order's own sums, the position's stop.

import { applyFill, isFlat, type PositionChange } from "../../account/position.ts";
import type { Fill, FillCause } from "../../orders/fill.ts";
import { addUsdt, minusQty, NO_QTY, NO_USDT, plusQty, scaleUsdt } from "../../units/grid.ts";
import type { Ms, Price, Qty, Usdt } from "../../units/unit.ts";
import type { CreateType, Transaction } from "../event.ts";
import { type Account, idOf, type Market, nextSequence, type Order } from "./account.ts";
import { followPosition } from "./attached.ts";
import { keepAdded } from "./isolated-margin.ts";
import { endOrder, removeOrder } from "./order-life.ts";
import { fillable } from "./reduce-only.ts";
import { markOf } from "./reference.ts";
import { book, type Entry, tellWallet } from "./wallet.ts";

type Terms = { readonly price: Price; readonly maker: boolean; readonly most?: Qty };
type Charged = { readonly qty: Qty; readonly value: Usdt; readonly fee: Usdt; readonly feeRate: number };

const CAUSES: Readonly<Record<CreateType, FillCause>> = {
	CreateByUser: "order",
	CreateByStopLoss: "stopLoss",
	CreateByTakeProfit: "takeProfit",
	CreateByPartialStopLoss: "stopLoss",
	CreateByPartialTakeProfit: "takeProfit",
	CreateByTrailingStop: "trailingStop",
	CreateByTrailingProfit: "trailingStop",
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
	const change = movePosition(market, { side: order.side, qty, price: terms.price }, at);
	countFill(order, charged, change, at);
	const execId = idOf(account, account.sequence + 1);
	const transaction = book(
		account,
		market,
		entryOf(market, order, { ...charged, execId, price: terms.price, cashFlow: change.realised }),
		at,
	);
	const complete = order.status === "Filled";
	if (complete) removeOrder(market, order);
	tellFill(account, market, order, { ...terms, ...charged, ...change }, at);
	if (!complete && order.type === "market" && fillable(market, order) === 0)
		endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	followPosition(account, market, order, minusQty(qty, change.closedQty), at);
	tellMoney(account, market, transaction, at);
	return qty;
}

function movePosition(market: Market, traded: Pick<Fill, "side" | "qty" | "price">, at: Ms): PositionChange {
	const before = market.position;
	const change = applyFill(before, traded, market.instrument.grid);
	market.position = change.position;
	if (isFlat(before)) {
		market.realised = NO_USDT;
		market.openedAt = at;
	}
	if (change.closedQty > 0) market.added = keepAdded(market.added, (before.qty - change.closedQty) / before.qty);
	return change;
}

type Booked = Charged & { readonly execId: string; readonly price: Price; readonly cashFlow: Usdt };

function entryOf({ instrument }: Market, order: Order, { qty, fee, feeRate, execId, price, cashFlow }: Booked): Entry {
	const cause = CAUSES[order.createType];
	const type = cause === "liquidation" ? "LIQUIDATION" : cause === "adl" ? "ADL" : "TRADE";
	const { side, orderId, linkId } = order;
	const money = { funding: NO_USDT, fee, cashFlow };
	return { type, side, qty, price: instrument.grid.priceNumber(price), feeRate, ...money, tradeId: execId, orderId, linkId };
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
export function tellMoney(account: Account, market: Market, transaction: Transaction, at: Ms): void {
	account.events.push({ kind: "position", at, symbol: market.instrument.symbol });
	tellWallet(account, transaction, at);
}
