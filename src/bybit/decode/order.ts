// An order and an execution as the exchange reports them, by REST and by the private stream.
// Source: docs/v5/order/{open-order,order-list,execution}, docs/v5/websocket/private/{order,execution}, docs/v5/enum.

import { ORDER_STATUSES as STATUSES } from "../../orders/order.ts";
import type { Side } from "../../orders/side.ts";
import type { Ms } from "../../units/unit.ts";
import { asDecimal, type Decimal } from "./decimal.ts";
import { type Decoded, isObject, Row } from "./row.ts";

/** The states of an order, and the one that only spot orders take, which an account's history may hold. */
const ORDER_STATUSES = [...STATUSES, "PartiallyFilledCanceled"] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export type BybitOrder = {
	readonly symbol: string;
	readonly orderId: string;
	readonly orderLinkId: string | undefined;
	readonly parentOrderLinkId: string | undefined;
	readonly side: Side;
	readonly orderType: string;
	readonly timeInForce: string | undefined;
	readonly orderStatus: OrderStatus;
	/** For a market order the protective cap, not the fill price. */
	readonly price: Decimal | undefined;
	readonly qty: Decimal;
	readonly avgPrice: Decimal | undefined;
	readonly leavesQty: Decimal | undefined;
	readonly cumExecQty: Decimal;
	readonly cumExecValue: Decimal | undefined;
	/** Deprecated by the exchange for linear, still sent. */
	readonly cumExecFee: Decimal | undefined;
	/** Fee by coin. */
	readonly cumFeeDetail: Readonly<Record<string, Decimal>>;
	readonly reduceOnly: boolean;
	readonly closeOnTrigger: boolean;
	readonly positionIdx: number;
	readonly stopOrderType: string | undefined;
	readonly triggerPrice: Decimal | undefined;
	readonly triggerDirection: number | undefined;
	readonly triggerBy: string | undefined;
	readonly takeProfit: Decimal | undefined;
	readonly stopLoss: Decimal | undefined;
	readonly tpslMode: string | undefined;
	readonly tpTriggerBy: string | undefined;
	readonly slTriggerBy: string | undefined;
	readonly tpLimitPrice: Decimal | undefined;
	readonly slLimitPrice: Decimal | undefined;
	/** Profit of what it closed, before funding; the stream has it, REST does not. */
	readonly closedPnl: Decimal | undefined;
	readonly lastPriceOnCreated: Decimal | undefined;
	readonly createType: string | undefined;
	/** `undefined` for the exchange's UNKNOWN: not cancelled. */
	readonly cancelType: string | undefined;
	/** `undefined` for the exchange's EC_NoError. */
	readonly rejectReason: string | undefined;
	readonly createdTime: Ms | undefined;
	readonly updatedTime: Ms | undefined;
};

export function decodeOrder(value: unknown): Decoded<BybitOrder> {
	const row = new Row(value, "an order");
	return row.finish({
		symbol: row.text("symbol"),
		orderId: row.text("orderId"),
		orderLinkId: row.optionalText("orderLinkId"),
		parentOrderLinkId: row.optionalText("parentOrderLinkId"),
		side: row.side("side"),
		orderType: row.text("orderType"),
		timeInForce: row.optionalText("timeInForce"),
		orderStatus: row.oneOf("orderStatus", ORDER_STATUSES),
		price: row.optionalPrice("price"),
		qty: row.size("qty"),
		avgPrice: row.optionalPrice("avgPrice"),
		leavesQty: row.optionalDecimal("leavesQty"),
		cumExecQty: row.size("cumExecQty"),
		cumExecValue: row.optionalDecimal("cumExecValue"),
		cumExecFee: row.optionalDecimal("cumExecFee"),
		cumFeeDetail: feeDetail(row),
		reduceOnly: row.flag("reduceOnly"),
		closeOnTrigger: row.optionalFlag("closeOnTrigger") === true,
		positionIdx: row.optionalInteger("positionIdx") ?? 0,
		stopOrderType: known(row, "stopOrderType"),
		triggerPrice: row.optionalPrice("triggerPrice"),
		triggerDirection: row.optionalInteger("triggerDirection"),
		triggerBy: known(row, "triggerBy"),
		takeProfit: row.optionalPrice("takeProfit"),
		stopLoss: row.optionalPrice("stopLoss"),
		tpslMode: known(row, "tpslMode"),
		tpTriggerBy: known(row, "tpTriggerBy"),
		slTriggerBy: known(row, "slTriggerBy"),
		tpLimitPrice: row.optionalPrice("tpLimitPrice"),
		slLimitPrice: row.optionalPrice("slLimitPrice"),
		closedPnl: row.optionalDecimal("closedPnl"),
		lastPriceOnCreated: row.optionalPrice("lastPriceOnCreated"),
		createType: known(row, "createType"),
		cancelType: known(row, "cancelType"),
		rejectReason: row.raw("rejectReason") === "EC_NoError" ? undefined : row.optionalText("rejectReason"),
		createdTime: row.optionalTime("createdTime"),
		updatedTime: row.optionalTime("updatedTime"),
	});
}

/** Text, with the exchange's own word for "none" taken as none. */
function known(row: Row, name: string): string | undefined {
	const text = row.optionalText(name);
	return text === "UNKNOWN" ? undefined : text;
}

function feeDetail(row: Row): Readonly<Record<string, Decimal>> {
	const detail = row.raw("cumFeeDetail");
	if (detail === undefined || detail === "") return {};
	if (!isObject(detail)) {
		row.fail("cumFeeDetail is no object");
		return {};
	}
	const fees: [string, Decimal][] = [];
	for (const [coin, amount] of Object.entries(detail)) {
		const fee = asDecimal(amount);
		if (fee === undefined) row.fail("cumFeeDetail holds an amount that is not a decimal");
		else fees.push([coin, fee]);
	}
	return Object.fromEntries(fees);
}

export type BybitExecution = {
	readonly symbol: string;
	readonly execId: string;
	/** `Trade`, `Funding`, `AdlTrade`, `BustTrade`, `Settle`, …: funding is reported here too, and is no fill. */
	readonly execType: string;
	readonly orderId: string;
	readonly orderLinkId: string | undefined;
	/** For funding the side of the position. */
	readonly side: Side;
	readonly orderType: string | undefined;
	readonly stopOrderType: string | undefined;
	readonly createType: string | undefined;
	/** Of the order; for a market order the protective cap. */
	readonly orderPrice: Decimal | undefined;
	readonly execPrice: Decimal;
	readonly execQty: Decimal;
	readonly execValue: Decimal | undefined;
	/** Positive: paid. For funding too, where `feeRate` is rounded and this is not. */
	readonly execFee: Decimal;
	readonly feeRate: Decimal | undefined;
	readonly feeCurrency: string | undefined;
	readonly isMaker: boolean;
	readonly execTime: Ms;
	readonly orderQty: Decimal | undefined;
	readonly leavesQty: Decimal | undefined;
	readonly closedSize: Decimal | undefined;
	/** Profit before fees; the stream has it, REST does not. */
	readonly execPnl: Decimal | undefined;
	readonly markPrice: Decimal | undefined;
	readonly indexPrice: Decimal | undefined;
	readonly seq: number | undefined;
};

export function decodeExecution(value: unknown): Decoded<BybitExecution> {
	const row = new Row(value, "an execution");
	return row.finish({
		symbol: row.text("symbol"),
		execId: row.text("execId"),
		execType: row.text("execType"),
		orderId: row.text("orderId"),
		orderLinkId: row.optionalText("orderLinkId"),
		side: row.side("side"),
		orderType: known(row, "orderType"),
		stopOrderType: known(row, "stopOrderType"),
		createType: known(row, "createType"),
		orderPrice: row.optionalPrice("orderPrice"),
		execPrice: row.price("execPrice"),
		execQty: row.size("execQty"),
		execValue: row.optionalDecimal("execValue"),
		execFee: row.decimal("execFee"),
		feeRate: row.optionalDecimal("feeRate"),
		feeCurrency: row.optionalText("feeCurrency"),
		isMaker: row.flag("isMaker"),
		execTime: row.time("execTime"),
		orderQty: row.optionalDecimal("orderQty"),
		leavesQty: row.optionalDecimal("leavesQty"),
		closedSize: row.optionalDecimal("closedSize"),
		execPnl: row.optionalDecimal("execPnl"),
		markPrice: row.optionalPrice("markPrice"),
		indexPrice: row.optionalPrice("indexPrice"),
		seq: row.optionalInteger("seq"),
	});
}

/** What a create, amend or cancel is answered with: accepted, not executed. */
export type OrderAck = { readonly orderId: string; readonly orderLinkId: string | undefined };

export function decodeOrderAck(value: unknown): Decoded<OrderAck> {
	const row = new Row(value, "the result");
	return row.finish({ orderId: row.text("orderId"), orderLinkId: row.optionalText("orderLinkId") });
}
