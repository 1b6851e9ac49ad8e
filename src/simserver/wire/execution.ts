// A fill or a funding payment on the wire: REST execution/list and the private topic `execution`. Source: docs/v5/order/execution,
// websocket/private/execution. Funding is reported here too: side of the position, fee positive when paid (bybit-v5.md §10).

import type { Instrument } from "../../market/instrument.ts";
import { plainDecimal } from "../../units/decimal.ts";
import type { CreateType, VenueEvent } from "../../venue/event.ts";
import { shownPrice } from "./order.ts";
import { moneyText, numberText, priceText, qtyText, sideText } from "./text.ts";

export type ExecutionEvent = Extract<VenueEvent, { kind: "execution" | "funding" }>;

export type TradeType = "Trade" | "BustTrade" | "AdlTrade";

/** What is taken over or deleveraged has names of its own; all else trades, the liquidation ladder too. Source: enum `execType`. */
export function tradeType(createType: CreateType): TradeType {
	return createType === "CreateByTakeOver_PassThrough" ? "BustTrade" : createType === "CreateByAdl_PassThrough" ? "AdlTrade" : "Trade";
}

export function executionType(event: ExecutionEvent): TradeType | "Funding" {
	return event.kind === "funding" ? "Funding" : tradeType(event.order.createType);
}

export function streamExecution(event: ExecutionEvent, instrument: Instrument): object {
	return {
		category: "linear",
		...executionFields(event, instrument),
		isLeverage: "",
		execPnl: event.kind === "execution" ? moneyText(event.fill.realised) : "0",
		marketUnit: "",
	};
}

/** Bybit leaves the client's id out for maker fills. */
export function fastExecution({ fill, seq }: Extract<VenueEvent, { kind: "execution" }>, { grid }: Instrument): object {
	return {
		category: "linear",
		symbol: fill.symbol,
		orderId: fill.orderId,
		isMaker: fill.maker,
		orderLinkId: fill.maker ? "" : fill.linkId,
		execId: fill.execId,
		execPrice: priceText(grid, fill.price),
		execQty: qtyText(grid, fill.qty),
		side: sideText(fill.side),
		execTime: String(fill.at),
		seq,
	};
}

export function listExecution(event: ExecutionEvent, instrument: Instrument): object {
	return { ...executionFields(event, instrument), execFeeV2: "" };
}

function executionFields(event: ExecutionEvent, instrument: Instrument): object {
	return { ...(event.kind === "execution" ? tradeFields(event, instrument) : fundingFields(event, instrument)), ...NOTHING };
}

const NOTHING = {
	feeCurrency: "USDT",
	tradeIv: "",
	markIv: "",
	underlyingPrice: "",
	blockTradeId: "",
	extraFees: "",
};

function tradeFields({ fill, order, feeRate, mark, seq }: Extract<VenueEvent, { kind: "execution" }>, instrument: Instrument): object {
	const { grid } = instrument;
	return {
		symbol: fill.symbol,
		orderId: fill.orderId,
		orderLinkId: fill.linkId,
		side: sideText(fill.side),
		orderPrice: shownPrice(order, instrument),
		orderQty: qtyText(grid, order.qty),
		leavesQty: qtyText(grid, fill.leaves),
		createType: order.createType,
		orderType: order.type === "market" ? "Market" : "Limit",
		stopOrderType: order.stopOrderType === "" ? "UNKNOWN" : order.stopOrderType,
		execFee: moneyText(fill.fee),
		execId: fill.execId,
		execPrice: priceText(grid, fill.price),
		execQty: qtyText(grid, fill.qty),
		execType: tradeType(order.createType),
		execValue: moneyText(fill.value),
		execTime: String(fill.at),
		isMaker: fill.maker,
		feeRate: plainDecimal(feeRate),
		markPrice: numberText(mark),
		indexPrice: numberText(mark),
		closedSize: qtyText(grid, fill.closedQty),
		seq,
	};
}

function fundingFields(event: Extract<VenueEvent, { kind: "funding" }>, instrument: Instrument): object {
	const { grid } = instrument;
	const size = qtyText(grid, event.qty);
	return {
		symbol: event.symbol,
		orderId: event.execId,
		orderLinkId: "",
		side: sideText(event.side),
		orderPrice: "0",
		orderQty: "0",
		leavesQty: "0",
		createType: "",
		orderType: "UNKNOWN",
		stopOrderType: "UNKNOWN",
		execFee: moneyText(event.amount),
		execId: event.execId,
		execPrice: numberText(event.price),
		execQty: size,
		execType: "Funding",
		execValue: moneyText(grid.valueAt(event.qty, event.price)),
		execTime: String(event.at),
		isMaker: false,
		feeRate: plainDecimal(event.side === "buy" ? event.rate : -event.rate),
		markPrice: numberText(event.price),
		indexPrice: "",
		closedSize: "0",
		seq: event.seq,
	};
}
