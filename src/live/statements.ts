// The exchange's rows as statements: decimal text becomes whole ticks and steps. A number off the instrument's grid is reported, never
// rounded, and the row is left out.

import type { Transaction as BybitTransaction, BybitWallet } from "../bybit/decode/account.ts";
import type { BybitExecution, BybitOrder } from "../bybit/decode/order.ts";
import type { BybitPosition } from "../bybit/decode/position.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Execution, OrderStatement, PositionStatement, Transaction } from "../oms/statement.ts";
import type { FillCause } from "../orders/fill.ts";
import { err, ok, type Result } from "../std/result.ts";
import { NO_QTY, NO_USDT, parseUsdt } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";

const CAUSES: Readonly<Record<string, FillCause>> = {
	CreateByStopLoss: "stopLoss",
	CreateByPartialStopLoss: "stopLoss",
	CreateByTakeProfit: "takeProfit",
	CreateByPartialTakeProfit: "takeProfit",
	CreateByTrailingStop: "trailingStop",
	CreateByTrailingProfit: "trailingStop",
	CreateByLiq: "liquidation",
	CreateByTakeOver_PassThrough: "liquidation",
	CreateByAdl_PassThrough: "adl",
	CreateBySettle: "settlement",
};
/** Executions that change a position, and what they are by themselves. */
const FILLS: Readonly<Record<string, FillCause>> = {
	Trade: "order",
	BustTrade: "liquidation",
	AdlTrade: "adl",
	Delivery: "settlement",
	Settle: "settlement",
};
/** The position's own protection, as the exchange keeps it among the orders. */
const PROTECTION = ["StopLoss", "TakeProfit", "TrailingStop", "PartialStopLoss", "PartialTakeProfit"];

export function orderStatement(order: BybitOrder, { grid }: Instrument, at: Ms): Result<OrderStatement, string> {
	const qty = grid.parseQty(order.qty);
	const filled = grid.parseQty(order.cumExecQty);
	if (qty === undefined || filled === undefined)
		return err(`order ${order.orderId}: ${order.qty}, filled ${order.cumExecQty}, is off the grid of ${order.symbol}`);
	const { symbol, orderId, side, stopOrderType } = order;
	const status = order.orderStatus === "PartiallyFilledCanceled" ? "Cancelled" : order.orderStatus;
	return ok({
		at,
		symbol,
		orderId,
		linkId: order.orderLinkId ?? "",
		side,
		status,
		qty,
		filled,
		price: order.orderType === "Limit" && order.price !== undefined ? grid.parsePrice(order.price) : undefined,
		triggerPrice: order.triggerPrice === undefined ? undefined : grid.parsePrice(order.triggerPrice),
		isProtection: stopOrderType !== undefined && PROTECTION.includes(stopOrderType),
		reason: order.rejectReason ?? order.cancelType ?? status,
	});
}

export function executionOf(execution: BybitExecution, { grid }: Instrument): Result<Execution, string> {
	const { symbol, execId, execType, execTime: at } = execution;
	const fee = parseUsdt(execution.execFee);
	if (fee === undefined) return err(`execution ${execId}: the fee "${execution.execFee}" is no amount`);
	if (execType === "Funding")
		return ok({ kind: "funding", funding: { execId, symbol, at, amount: fee, rate: Number(execution.feeRate ?? Number.NaN) } });
	const kind = FILLS[execType];
	if (kind === undefined) return err(`execution ${execId} is of the kind ${execType}, which the bot does not book`);
	const qty = grid.parseQty(execution.execQty);
	const price = grid.parsePrice(execution.execPrice);
	const leaves = grid.parseQty(execution.leavesQty ?? "0");
	if (qty === undefined || price === undefined || leaves === undefined)
		return err(`execution ${execId}: ${execution.execQty} at ${execution.execPrice} is off the grid of ${symbol}`);
	const { orderId, side, isMaker: maker, orderLinkId: linkId = "" } = execution;
	const cause = CAUSES[execution.createType ?? ""] ?? kind;
	const value = grid.value(qty, price);
	const closed = { closedQty: NO_QTY, realised: NO_USDT }; // follow from our own position
	return ok({ kind: "fill", fill: { execId, orderId, linkId, symbol, side, qty, price, value, fee, maker, cause, ...closed, leaves, at } });
}

export function positionStatement(position: BybitPosition, { grid }: Instrument, at: Ms): Result<PositionStatement, string> {
	const { symbol, side, size, stopLoss } = position;
	const qty = grid.parseQty(size);
	if (qty === undefined) return err(`position of ${size} is off the grid of ${symbol}`);
	const stop = stopLoss === undefined ? undefined : grid.parsePrice(stopLoss);
	return ok({ at, symbol, direction: side === "sell" ? "short" : "long", qty, stopLoss: stop });
}

/** Undefined where none is stated that can be read. */
export function usdtBalance({ coins }: Pick<BybitWallet, "coins">): Usdt | undefined {
	const coin = coins.find((entry) => entry.coin === "USDT");
	return coin === undefined ? undefined : parseUsdt(coin.walletBalance);
}

export function transactionOf(row: BybitTransaction): Result<Transaction, string> {
	const change = parseUsdt(row.change);
	if (change === undefined) return err(`ledger row ${row.id}: the change "${row.change}" is no amount`);
	return ok({ id: row.id, at: row.transactionTime, symbol: row.symbol ?? "", type: row.type, change });
}
