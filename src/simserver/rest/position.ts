// Positions: docs/v5/position. One-way mode; the position's stop is that of trading-stop in Full mode.

import { isFlat } from "../../account/position.ts";
import { granted, refuse } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import { isSet, unsupported } from "../order-request.ts";
import { pageOf } from "../page.ts";
import { invalid, type Params } from "../params.ts";
import { closedProfitRow } from "../wire/closed-profit.ts";
import { listPosition } from "../wire/position.ts";
import { feedOf, needLinear, type Route, timeRange } from "./route.ts";

export const POSITION_ROUTES: readonly Route[] = [
	{ method: "GET", path: "/v5/position/list", handle: list, limit: 50 },
	{ method: "GET", path: "/v5/position/closed-pnl", handle: closedProfits, limit: 50 },
	{ method: "POST", path: "/v5/position/set-leverage", handle: setLeverage, limit: 10 },
	{ method: "POST", path: "/v5/position/switch-mode", handle: switchMode, limit: 10 },
	{ method: "POST", path: "/v5/position/trading-stop", handle: tradingStop, limit: 10 },
];

/** A named symbol has a row even when flat; by settle coin only what is held is listed. */
function list(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { venue, ledger } = exchange;
	const named = params.text("symbol") === undefined ? undefined : feedOf(params, exchange).symbol;
	const settleCoin = params.text("settleCoin");
	if (named === undefined && settleCoin === undefined) refuse(10001, "params error: symbol or settleCoin is required");
	const held = venue.symbols().filter((symbol) => settleCoin === "USDT" && !isFlat(venue.position(symbol)));
	const rows = (named === undefined ? held : [named]).map((symbol, index, all) => ({ symbol, number: all.length - index }));
	const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: 20, max: 200 });
	return {
		category: "linear",
		list: page.rows.map(({ symbol }) => listPosition(venue, symbol, ledger.record(symbol))),
		nextPageCursor: page.nextPageCursor,
	};
}

function closedProfits(params: Params, exchange: Exchange): object {
	needLinear(params);
	const symbol = params.text("symbol") === undefined ? undefined : feedOf(params, exchange).symbol;
	const { start, end } = timeRange(params, exchange);
	const rows = [...exchange.ledger.closedProfits]
		.filter(({ entry }) => entry.updatedAt >= start && entry.updatedAt <= end)
		.filter(({ entry }) => symbol === undefined || entry.order.symbol === symbol)
		.reverse();
	const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: 50, max: 100 });
	return {
		category: "linear",
		list: page.rows.map(({ entry }) => closedProfitRow(entry, exchange.ledger.instrument(entry.order.symbol))),
		nextPageCursor: page.nextPageCursor,
	};
}

function setLeverage(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const buy = params.number("buyLeverage") ?? invalid("buyLeverage");
	const sell = params.number("sellLeverage") ?? invalid("sellLeverage");
	if (buy !== sell) refuse(10001, "buy leverage must equal sell leverage");
	granted(exchange.venue.setLeverage(symbol, buy, exchange.clock.now()));
	exchange.absorb();
	return {};
}

function switchMode(params: Params): object {
	needLinear(params);
	const mode = params.oneOf("mode", ["0", "3"], undefined) ?? invalid("mode");
	if (mode === "3") unsupported("hedge mode");
	return refuse(110025, "Position mode is not modified");
}

function tradingStop(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const { grid } = exchange.ledger.instrument(symbol);
	const positionIdx = params.text("positionIdx");
	if (positionIdx !== undefined && positionIdx !== "0") refuse(10001, "position idx not match position mode");
	if (params.text("tpslMode") === "Partial") unsupported("tpslMode Partial");
	if (isSet(params, "takeProfit")) unsupported("takeProfit");
	if (isSet(params, "trailingStop")) unsupported("trailingStop");
	if ((params.text("slTriggerBy") ?? "LastPrice") !== "LastPrice") unsupported("slTriggerBy other than LastPrice");
	const text = params.text("stopLoss");
	if (text === undefined) return refuse(34040, "not modified");
	const stopLoss = isSet(params, "stopLoss") ? (grid.parsePrice(text) ?? invalid("stopLoss")) : undefined;
	granted(exchange.venue.setStop(symbol, stopLoss, exchange.clock.now()));
	exchange.absorb();
	return {};
}
