// Positions: docs/v5/position. One-way mode.

import { isFlat } from "../../account/position.ts";
import type { Instrument } from "../../market/instrument.ts";
import { type OrderType, TPSL_MODES } from "../../orders/order.ts";
import { plainDecimal } from "../../units/decimal.ts";
import { NO_USDT, parseUsdt } from "../../units/grid.ts";
import type { Price, Qty } from "../../units/unit.ts";
import type { TradingStop } from "../../venue/trading-stop.ts";
import { granted, refuse } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import { isSet, parsed, priceOf, sourceOf } from "../order-request.ts";
import { pageOf } from "../page.ts";
import { invalid, type Params } from "../params.ts";
import { closedProfitRow } from "../wire/closed-profit.ts";
import { listPosition } from "../wire/position.ts";
import { moneyText } from "../wire/text.ts";
import { feedOf, linearOr, needLinear, type Route, timeRange } from "./route.ts";

export const POSITION_ROUTES: readonly Route[] = [
	{ method: "GET", path: "/v5/position/list", handle: list, limit: 50 },
	{ method: "GET", path: "/v5/position/closed-pnl", handle: closedProfits, limit: 50 },
	{ method: "POST", path: "/v5/position/set-leverage", handle: setLeverage, limit: 10 },
	{ method: "POST", path: "/v5/position/switch-mode", handle: switchMode, limit: 10 },
	{ method: "POST", path: "/v5/position/trading-stop", handle: tradingStop, limit: 10 },
	{ method: "POST", path: "/v5/position/add-margin", handle: addMargin, limit: 10 },
	{ method: "POST", path: "/v5/position/set-auto-add-margin", handle: setAutoAddMargin, limit: 10 },
	{ method: "POST", path: "/v5/position/confirm-pending-mmr", handle: confirmPendingMmr, limit: 10 },
	{ method: "GET", path: "/v5/position/symbol-info", handle: symbolInfo, limit: 50 },
	// Abandoned at Bybit, and answered as there (bybit-v5.md §6.3).
	{ method: "POST", path: "/v5/position/switch-isolated", handle: () => refuse(100028, "unified account is forbidden"), limit: 10 },
	{ method: "POST", path: "/v5/position/set-risk-limit", handle: setRiskLimit, limit: 10 },
	{ method: "POST", path: "/v5/position/set-tpsl-mode", handle: setTpslMode, limit: 10 },
];

/** A named symbol has a row even when flat; by settle coin only what is held is listed. */
function list(params: Params, exchange: Exchange): object {
	return linearOr(params, () => positions(params, exchange));
}

function positions(params: Params, exchange: Exchange): object {
	const { venue } = exchange;
	const named = params.text("symbol") === undefined ? undefined : feedOf(params, exchange).symbol;
	const settleCoin = params.text("settleCoin");
	if (named === undefined && settleCoin === undefined) refuse(10001, "params error: symbol or settleCoin is required");
	const held = venue.symbols().filter((symbol) => settleCoin === "USDT" && !isFlat(venue.position(symbol)));
	const rows = (named === undefined ? held : [named]).map((symbol, index, all) => ({ symbol, number: all.length - index }));
	const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: 20, max: 200 });
	return {
		category: "linear",
		list: page.rows.map(({ symbol }) => listPosition(exchange, symbol)),
		nextPageCursor: page.nextPageCursor,
	};
}

function closedProfits(params: Params, exchange: Exchange): object {
	return linearOr(params, () => linearClosedProfits(params, exchange));
}

function linearClosedProfits(params: Params, exchange: Exchange): object {
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

/** One-way mode is all there is: it is never modified, and hedge mode is refused as for a symbol that has none. */
function switchMode(params: Params, exchange: Exchange): object {
	needLinear(params);
	if (params.text("symbol") !== undefined) feedOf(params, exchange);
	else if (params.text("coin") === undefined) invalid("symbol");
	const mode = params.oneOf("mode", ["0", "3"], undefined) ?? invalid("mode");
	if (mode === "3") refuse(110029, "Hedge mode is not supported for this symbol");
	return refuse(110025, "Position mode is not modified");
}

function tradingStop(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const instrument = exchange.ledger.instrument(symbol);
	oneWay(params);
	granted(exchange.venue.setTradingStop(symbol, tradingStopOf(params, exchange, instrument), exchange.clock.now()));
	exchange.absorb();
	return {};
}

/** Absent leaves as it is, "0" removes. */
function tradingStopOf(params: Params, exchange: Exchange, instrument: Instrument): TradingStop {
	const { grid, symbol } = instrument;
	const price = (name: string): Price | undefined => priceOf(params, name, grid);
	const [takeProfit, stopLoss, trailingStop] = [price("takeProfit"), price("stopLoss"), price("trailingStop")];
	if (takeProfit === undefined && stopLoss === undefined && trailingStop === undefined && price("activePrice") === undefined)
		return refuse(34040, "not modified");
	const given = params.oneOf("tpslMode", TPSL_MODES, undefined);
	const typeOf = (name: string): OrderType | undefined => {
		const type = params.oneOf(name, ["Market", "Limit"], undefined);
		return type === undefined ? undefined : type === "Limit" ? "limit" : "market";
	};
	const size = (name: string): Qty | undefined => (isSet(params, name) ? parsed(params, name, (text) => grid.parseQty(text)) : undefined);
	const limit = (name: string): Price | undefined => (isSet(params, name) ? price(name) : undefined);
	return {
		takeProfit,
		stopLoss,
		tpslMode:
			given ?? (typeOf("tpOrderType") === "limit" || typeOf("slOrderType") === "limit" ? undefined : exchange.settings.tpslMode(symbol)),
		tpTriggerBy: sourceOf(params, "tpTriggerBy"),
		slTriggerBy: sourceOf(params, "slTriggerBy"),
		tpLimitPrice: limit("tpLimitPrice"),
		slLimitPrice: limit("slLimitPrice"),
		trailingStop,
		activePrice: limit("activePrice"),
		tpSize: size("tpSize"),
		slSize: size("slSize"),
		tpOrderType: typeOf("tpOrderType"),
		slOrderType: typeOf("slOrderType"),
	};
}

const SHOWN_AFTER_MARGIN = [
	"symbol",
	"positionIdx",
	"riskId",
	"riskLimitValue",
	"size",
	"positionValue",
	"avgPrice",
	"liqPrice",
	"bustPrice",
	"markPrice",
	"leverage",
	"autoAddMargin",
	"positionStatus",
	"positionIM",
	"positionMM",
	"unrealisedPnl",
	"cumRealisedPnl",
	"stopLoss",
	"takeProfit",
	"trailingStop",
	"createdTime",
	"updatedTime",
] as const;

/** Unlike the other calls it answers with what it has made of the position. */
function addMargin(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	oneWay(params);
	const amount = parsed(params, "margin", parseUsdt) ?? invalid("margin");
	granted(exchange.venue.addMargin(symbol, amount, exchange.clock.now()));
	exchange.absorb();
	const row = listPosition(exchange, symbol);
	return { category: "linear", ...Object.fromEntries(SHOWN_AFTER_MARGIN.map((name) => [name, row[name]])) };
}

/** Kept until it is set otherwise, over positions, and however often it is set. */
function setAutoAddMargin(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	oneWay(params);
	const wanted = params.oneOf("autoAddMargin", ["0", "1"], undefined) ?? invalid("autoAddMargin");
	const { venue, clock } = exchange;
	if (venue.marginMode !== "isolated") refuse(110076, "Only isolated mode can set auto-add-margin");
	granted(venue.setAutoAddMargin(symbol, wanted === "1", clock.now()));
	exchange.absorb();
	return {};
}

/** Only a position that Bybit has set to reduce-only has something to confirm, and here none ever is. */
function confirmPendingMmr(params: Params, exchange: Exchange): never {
	needLinear(params);
	feedOf(params, exchange);
	return refuse(110082, "The position is not in reduce-only status: nothing is pending");
}

/** Leverage with or without a position. */
function symbolInfo(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const { venue } = exchange;
		const symbols = params.text("symbol") === undefined ? venue.symbols() : [feedOf(params, exchange).symbol];
		const row = (symbol: string): object => ({ symbol, leverage: plainDecimal(venue.leverage(symbol)), side: "", positionIdx: 0 });
		return { category: "linear", list: symbols.map(row) };
	});
}

/** Taken, and without effect since the tiers follow the position's value by themselves. */
function setRiskLimit(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const riskId = params.count("riskId", { fallback: 1, max: 1_000_000 });
	const { tiers } = exchange.ledger.instrument(symbol);
	return { category: "linear", riskId, riskLimitValue: moneyText((tiers[riskId - 1] ?? tiers[0])?.limit ?? NO_USDT) };
}

/** Only what an order or trading-stop without `tpslMode` means. */
function setTpslMode(params: Params, exchange: Exchange): object {
	needLinear(params);
	const { symbol } = feedOf(params, exchange);
	const mode = params.oneOf("tpSlMode", TPSL_MODES, undefined) ?? invalid("tpSlMode");
	exchange.settings.setTpslMode(symbol, mode);
	return { tpSlMode: mode };
}

function oneWay(params: Params): void {
	const positionIdx = params.text("positionIdx");
	if (positionIdx !== undefined && positionIdx !== "0") refuse(10001, "position idx not match position mode");
}
