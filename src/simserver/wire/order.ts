// An order on the wire: REST realtime and history, and the private topic `order`. Source: docs/v5/order/open-order, order-list,
// websocket/private/order. The simulated exchange knows no options: their fields stand at "none".

import type { Instrument } from "../../market/instrument.ts";
import { isOpen, type TpslMode } from "../../orders/order.ts";
import { plainDecimal } from "../../units/decimal.ts";
import { minusQty, NO_QTY } from "../../units/grid.ts";
import type { Price, Qty, Usdt } from "../../units/unit.ts";
import type { VenueOrder } from "../../venue/event.ts";
import { averageText, estimateText, moneyText, numberText, priceText, qtyText, sideText } from "./text.ts";

/** A market order is kept as an IOC limit at this distance from the last price, cut to the tick inward. */
const MARKET_CAP = 0.01;
const SOURCES = { last: "LastPrice", mark: "MarkPrice", index: "IndexPrice" } as const;

/** `closedPnl`: what the order has closed so far, net; the figure of closed-pnl. */
export function streamOrder(order: VenueOrder, instrument: Instrument, closedPnl: Usdt): object {
	return {
		category: "linear",
		...orderFields(order, instrument),
		...toleranceFields(order),
		rpiTakerAccess: false,
		rpiMatchedQty: "0",
		closedPnl: moneyText(closedPnl),
		feeCurrency: "USDT",
		brokerOrderPrice: "",
	};
}

export function realtimeOrder(order: VenueOrder, instrument: Instrument): object {
	return orderFields(order, instrument);
}

export function historyOrder(order: VenueOrder, instrument: Instrument): object {
	return {
		...orderFields(order, instrument),
		...toleranceFields(order),
		rpiTakerAccess: false,
		rpiMatchedQty: "0",
		extraFees: "",
	};
}

function orderFields(order: VenueOrder, instrument: Instrument): object {
	const { grid } = instrument;
	const leaves = leavesOf(order);
	const price = shownPrice(order, instrument);
	return {
		orderId: order.orderId,
		orderLinkId: order.linkId,
		parentOrderLinkId: order.parentLinkId,
		blockTradeId: "",
		symbol: order.symbol,
		price,
		qty: qtyText(grid, order.qty),
		side: sideText(order.side),
		isLeverage: "",
		positionIdx: 0,
		orderStatus: order.status,
		createType: order.createType,
		cancelType: order.cancelType,
		rejectReason: order.rejectReason,
		avgPrice: order.filled === 0 ? "" : averageText(grid, order.filledValue, order.filled),
		leavesQty: qtyText(grid, leaves),
		leavesValue: leaves === 0 ? "0" : estimateText(grid.qtyNumber(leaves) * Number(price)),
		cumExecQty: qtyText(grid, order.filled),
		cumExecValue: moneyText(order.filledValue),
		cumExecFee: moneyText(order.fee),
		cumFeeDetail: order.fee === 0 ? {} : { USDT: moneyText(order.fee) },
		timeInForce: order.timeInForce,
		orderType: order.type === "market" ? "Market" : "Limit",
		stopOrderType: order.stopOrderType,
		orderIv: "",
		triggerPrice: priceText(grid, order.trigger?.price),
		takeProfit: priceText(grid, order.takeProfit),
		stopLoss: priceText(grid, order.stopLoss),
		tpslMode: tpslModeOf(order),
		ocoTriggerBy: "",
		tpLimitPrice: priceText(grid, order.tpLimitPrice) || "0",
		slLimitPrice: priceText(grid, order.slLimitPrice) || "0",
		tpTriggerBy: order.takeProfit === undefined ? "" : SOURCES[order.tpTriggerBy ?? "last"],
		slTriggerBy: order.stopLoss === undefined ? "" : SOURCES[order.slTriggerBy ?? "last"],
		triggerDirection: order.trigger === undefined ? 0 : order.trigger.direction === "rise" ? 1 : 2,
		triggerBy: order.trigger === undefined ? "" : SOURCES[order.trigger.by],
		lastPriceOnCreated: numberText(order.lastPriceOnCreated),
		reduceOnly: order.reduceOnly,
		closeOnTrigger: order.closeOnTrigger,
		placeType: "",
		smpType: order.smp,
		smpGroup: 0, // groups are for institutions
		smpOrderId: order.smpOrderId,
		marketUnit: "",
		createdTime: String(order.createdAt),
		updatedTime: String(order.updatedAt),
	};
}

function toleranceFields({ tolerance }: VenueOrder): object {
	return {
		slippageToleranceType: tolerance?.by ?? "UNKNOWN",
		slippageTolerance: tolerance === undefined ? "0" : plainDecimal(tolerance.most),
	};
}

/** Of an order with legs, and of the legs themselves. */
function tpslModeOf({ stopOrderType, takeProfit, stopLoss, tpslMode }: VenueOrder): "" | TpslMode {
	if (stopOrderType === "PartialTakeProfit" || stopOrderType === "PartialStopLoss") return "Partial";
	if (stopOrderType === "TakeProfit" || stopOrderType === "StopLoss") return "Full";
	return takeProfit === undefined && stopLoss === undefined ? "" : (tpslMode ?? "Full");
}

/** Nothing is left of an order that is over. */
function leavesOf(order: VenueOrder): Qty {
	return isOpen(order.status) ? minusQty(order.qty, order.filled) : NO_QTY;
}

/** For a market order not the fill's price but its cap; "0" while it waits for a trigger. */
export function shownPrice(order: VenueOrder, instrument: Instrument): string {
	const { grid } = instrument;
	if (order.price !== undefined) return priceText(grid, order.price);
	if (order.status === "Untriggered" || order.status === "Deactivated" || Number.isNaN(order.lastPriceOnCreated)) return "0";
	const last = order.lastPriceOnCreated;
	const cap: Price = order.side === "buy" ? grid.floorToTick(last * (1 + MARKET_CAP)) : grid.ceilToTick(last * (1 - MARKET_CAP));
	return priceText(grid, cap);
}
