// Orders and executions: docs/v5/order. An answer to create, amend and cancel says "accepted", not "done": what becomes of an order comes
// on the private streams afterwards.

import { DAY } from "../../units/unit.ts";
import type { VenueOrder } from "../../venue/event.ts";
import { batch, ORDERS_A_SECOND } from "../batch.ts";
import { DCP_PRODUCTS } from "../dead-man.ts";
import { refuse } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import type { Numbered } from "../ledger.ts";
import { amendOrder, cancelOrder, createOrder, idsOf } from "../order-request.ts";
import { pageOf } from "../page.ts";
import { invalid, type Params } from "../params.ts";
import { preCheck } from "../pre-check.ts";
import { type ExecutionEvent, executionType, listExecution } from "../wire/execution.ts";
import { historyOrder, realtimeOrder } from "../wire/order.ts";
import { linearOr, needLinear, type Route, symbolsOf, timeRange } from "./route.ts";

export const TRADE_ROUTES: readonly Route[] = [
	{ method: "POST", path: "/v5/order/create", handle: createOrder, limit: 10 },
	{ method: "POST", path: "/v5/order/amend", handle: amendOrder, limit: 10 },
	{ method: "POST", path: "/v5/order/cancel", handle: cancelOrder, limit: 10 },
	{ method: "POST", path: "/v5/order/cancel-all", handle: cancelAll, limit: 10 },
	{ method: "POST", path: "/v5/order/create-batch", handle: batch("create"), limit: ORDERS_A_SECOND, batch: true },
	{ method: "POST", path: "/v5/order/amend-batch", handle: batch("amend"), limit: ORDERS_A_SECOND, batch: true },
	{ method: "POST", path: "/v5/order/cancel-batch", handle: batch("cancel"), limit: ORDERS_A_SECOND, batch: true },
	{ method: "POST", path: "/v5/order/pre-check", handle: preCheck, limit: 10 },
	{ method: "POST", path: "/v5/order/disconnected-cancel-all", handle: deadManSwitch, limit: 5 },
	{ method: "GET", path: "/v5/order/realtime", handle: realtime, limit: 50 },
	{ method: "GET", path: "/v5/order/history", handle: history, limit: 50 },
	{ method: "GET", path: "/v5/execution/list", handle: executions, limit: 50 },
];

/** The orders that ended last, of all symbols together, are what `realtime` still shows when asked for closed ones. */
const CLOSED_SHOWN = 500;
const UNFILLED_KEPT = DAY;

function cancelAll(params: Params, exchange: Exchange): object {
	needLinear(params);
	const symbols = symbolsOf(params, exchange) ?? refuse(10001, "params error: symbol, baseCoin or settleCoin is required");
	const filter = params.oneOf("orderFilter", ["Order", "StopOrder", "OpenOrder"], undefined);
	const plainStops = params.text("stopOrderType") === "Stop";
	const which = (order: VenueOrder): boolean => {
		if (filter === "Order") return order.status !== "Untriggered";
		if (filter === "StopOrder") return order.status === "Untriggered" && (!plainStops || order.stopOrderType === "Stop");
		return true;
	};
	const at = exchange.clock.now();
	const list = symbols.flatMap((symbol) => exchange.venue.cancelAll(symbol, at, which).map((order) => idsOf(order, exchange)));
	return { list, success: "1" };
}

function deadManSwitch(params: Params, { deadMan }: Exchange): object {
	const product = params.oneOf("product", DCP_PRODUCTS, "OPTIONS" as const);
	const seconds = Number(params.need("timeWindow"));
	if (!(Number.isInteger(seconds) && seconds >= 3 && seconds <= 300)) invalid("timeWindow");
	deadMan.set(product, seconds);
	return {};
}

function realtime(params: Params, exchange: Exchange): object {
	return linearOr(params, () => realtimeOrders(params, exchange));
}

/** `openOnly` 1 (2 in the classic account) asks for closed orders alone, and says nothing where an id is given. */
function realtimeOrders(params: Params, exchange: Exchange): object {
	const byId = idFilter(params);
	const symbols = symbolsOf(params, exchange);
	if (symbols === undefined && byId === undefined) refuse(10001, "params error: symbol, baseCoin or settleCoin is required");
	const openOnly = params.oneOf("openOnly", ["0", "1", "2"], "0" as const);
	const closed = (): VenueOrder[] => exchange.ledger.closedOrders.slice(-CLOSED_SHOWN).map(({ entry }) => entry);
	const open = (): VenueOrder[] => (symbols ?? exchange.venue.symbols()).flatMap((symbol) => exchange.venue.openOrders(symbol));
	const candidates = byId !== undefined ? [...closed(), ...open()] : openOnly === "0" ? open() : closed();
	const filter = params.text("orderFilter");
	const rows = candidates
		.map((entry) => ({ number: createdNumber(entry), entry }))
		.filter(({ entry }) => byId?.(entry) ?? true)
		.filter(({ entry }) => symbols?.includes(entry.symbol) ?? true)
		.filter(({ entry }) => filter === undefined || (filter === "StopOrder") === (entry.stopOrderType !== ""))
		.sort((a, b) => b.number - a.number);
	return orderPage(rows, params, (order) => realtimeOrder(order, exchange.ledger.instrument(order.symbol)));
}

function history(params: Params, exchange: Exchange): object {
	return linearOr(params, () => closedOrders(params, exchange));
}

/** An order that ended without a fill is kept for a day only. */
function closedOrders(params: Params, exchange: Exchange): object {
	const byId = idFilter(params);
	const symbols = symbolsOf(params, exchange);
	const { start, end } = timeRange(params, exchange);
	const status = params.text("orderStatus");
	const filter = params.text("orderFilter");
	const since = exchange.clock.now() - UNFILLED_KEPT;
	const rows = exchange.ledger.closedOrders
		.filter(({ entry }) => entry.filled > 0 || entry.updatedAt >= since)
		.filter(({ entry }) => byId?.(entry) ?? (entry.createdAt >= start && entry.createdAt <= end))
		.filter(({ entry }) => symbols?.includes(entry.symbol) ?? true)
		.filter(({ entry }) => status === undefined || entry.status === status)
		.filter(({ entry }) => filter === undefined || (filter === "StopOrder") === (entry.stopOrderType !== ""))
		.reverse();
	return orderPage(rows, params, (order) => historyOrder(order, exchange.ledger.instrument(order.symbol)));
}

function orderPage(rows: readonly Numbered<VenueOrder>[], params: Params, render: (order: VenueOrder) => object): object {
	const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: 20, max: 50 });
	return { category: "linear", list: page.rows.map(({ entry }) => render(entry)), nextPageCursor: page.nextPageCursor };
}

function executions(params: Params, exchange: Exchange): object {
	return linearOr(params, () => linearExecutions(params, exchange));
}

function linearExecutions(params: Params, exchange: Exchange): object {
	const orderId = params.text("orderId");
	const linkId = params.text("orderLinkId");
	const execType = params.text("execType");
	const symbols = symbolsOf(params, exchange);
	const { start, end } = timeRange(params, exchange);
	const rows = exchange.ledger.executions
		.filter(({ entry }) => {
			if (orderId !== undefined) return orderIdOf(entry) === orderId;
			if (linkId !== undefined) return entry.kind === "execution" && entry.fill.linkId === linkId;
			if (execType !== undefined && execType !== executionType(entry)) return false;
			return entry.at >= start && entry.at <= end && (symbols?.includes(symbolOf(entry)) ?? true);
		})
		.reverse();
	const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: 50, max: 100 });
	const list = page.rows.map(({ entry }) => listExecution(entry, exchange.ledger.instrument(symbolOf(entry))));
	return { category: "linear", list, nextPageCursor: page.nextPageCursor };
}

/** Bybit's priority: orderId, then orderLinkId. Undefined when neither is given. */
function idFilter(params: Params): ((order: VenueOrder) => boolean) | undefined {
	const orderId = params.text("orderId");
	const linkId = params.text("orderLinkId");
	if (orderId !== undefined) return (order) => order.orderId === orderId;
	return linkId === undefined ? undefined : (order) => order.linkId === linkId;
}

/** Newest first means created last: the sequence is in the venue's ids. */
function createdNumber({ orderId }: VenueOrder): number {
	return Number.parseInt(orderId.slice(-12), 16);
}

function symbolOf(event: ExecutionEvent): string {
	return event.kind === "funding" ? event.symbol : event.fill.symbol;
}

function orderIdOf(event: ExecutionEvent): string {
	return event.kind === "funding" ? event.execId : event.fill.orderId;
}
