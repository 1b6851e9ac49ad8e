// Public market data: docs/v5/market. Everything is answered as it stands at the exchange's own time.

import type { Candle } from "../../market/candle.ts";
import { INTERVALS } from "../../market/interval.ts";
import { plainDecimal } from "../../units/decimal.ts";
import { fundingDue } from "../../venue/walk.ts";
import { refuse } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import { pageOf } from "../page.ts";
import { invalid, type Params } from "../params.ts";
import { instrumentRow, riskLimitRows } from "../wire/instrument.ts";
import { klineRow, priceKlineRow } from "../wire/kline.ts";
import { tickerRow } from "../wire/ticker.ts";
import { recentTradeRow } from "../wire/trade.ts";
import { feedOf, needLinear, type Route } from "./route.ts";

const LIMIT = 120;

export const MARKET_ROUTES: readonly Route[] = [
	{ method: "GET", path: "/v5/market/time", handle: time, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/instruments-info", handle: instruments, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/kline", handle: klines(klineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/mark-price-kline", handle: klines(priceKlineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/index-price-kline", handle: klines(priceKlineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/tickers", handle: tickers, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/orderbook", handle: orderbook, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/recent-trade", handle: recentTrades, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/funding/history", handle: fundingHistory, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/risk-limit", handle: riskLimits, open: true, limit: LIMIT },
];

function time(_: Params, { clock }: Exchange): object {
	const now = clock.now();
	return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
}

/** A category that is not traded here is an empty list, so that a client which loads every market goes on. */
function instruments(params: Params, { venue, start }: Exchange): object {
	const category = params.need("category");
	const symbol = params.text("symbol");
	const baseCoin = params.text("baseCoin");
	const status = params.text("status") ?? "Trading";
	const rows = venue
		.symbols()
		.map((each, index) => ({ index, instrument: venue.instrument(each) }))
		.filter(({ instrument }) => symbol === undefined || instrument?.symbol === symbol)
		.filter(({ instrument }) => baseCoin === undefined || instrument?.baseCoin === baseCoin)
		.filter(({ instrument }) => category === "linear" && (symbol !== undefined || instrument?.status === status));
	// Pages count downwards; the list goes up.
	const page = pageOf(rows, params, { numberOf: ({ index }) => rows.length - index, fallback: 500, max: 1000 });
	const list = page.rows.map(({ index, instrument }) =>
		instrument === undefined ? {} : instrumentRow(instrument, { index, launchTime: start }),
	);
	return { category, list, nextPageCursor: page.nextPageCursor };
}

/** Newest first, the running candle included, both ends inclusive. */
function klines(row: (candle: Candle) => string[]): Route["handle"] {
	return (params, exchange) => {
		const category = params.text("category") ?? "linear";
		if (category !== "linear") refuse(10001, `category ${category} is not simulated`);
		const feed = feedOf(params, exchange);
		const interval = params.oneOf("interval", INTERVALS, undefined) ?? invalid("interval");
		if (!feed.canShow(interval)) refuse(10001, `interval ${interval} cannot be made from the exchange's ${feed.market.interval} candles`);
		const limit = params.count("limit", { fallback: 200, max: 1000 });
		const start = params.time("start") ?? 0;
		const end = params.time("end") ?? Number.MAX_SAFE_INTEGER - 1;
		const list = feed.candles.newest(interval, { start, end, limit, now: exchange.clock.now() }).map(row);
		return { category, symbol: feed.symbol, list };
	};
}

function tickers(params: Params, exchange: Exchange): object {
	needLinear(params);
	const feeds = params.text("symbol") === undefined ? [...exchange.feeds.values()] : [feedOf(params, exchange)];
	const now = exchange.clock.now();
	const list = feeds.filter((feed) => feed.open).map((feed) => tickerRow(feed.tickerAt(now)));
	return { category: "linear", list };
}

function orderbook(params: Params, exchange: Exchange): object {
	needLinear(params);
	const feed = feedOf(params, exchange);
	const depth = params.count("limit", { fallback: 25, max: 1000 });
	return feed.bookAt(depth, exchange.clock.now()) ?? { s: feed.symbol, b: [], a: [], ts: exchange.clock.now(), u: 0, seq: 0, cts: 0 };
}

function recentTrades(params: Params, exchange: Exchange): object {
	needLinear(params);
	const limit = params.count("limit", { fallback: 500, max: 1000 });
	return { category: "linear", list: feedOf(params, exchange).trades.slice(-limit).reverse().map(recentTradeRow) };
}

/** What has been settled since the data begin, newest first. */
function fundingHistory(params: Params, exchange: Exchange): object {
	needLinear(params);
	const feed = feedOf(params, exchange);
	const limit = params.count("limit", { fallback: 200, max: 200 });
	const startTime = params.time("startTime");
	const endTime = params.time("endTime");
	if (startTime !== undefined && endTime === undefined) invalid("endTime");
	const { symbol } = feed;
	const from = Math.max(startTime ?? 0, feed.market.candles.openTime[0] ?? 0);
	const until = Math.min(endTime ?? Number.MAX_SAFE_INTEGER, exchange.clock.now());
	const times = fundingDue(feed.market.instrument.fundingInterval, from - 1, until)
		.slice(-limit)
		.reverse();
	const list = times.map((at) => ({ symbol, fundingRate: plainDecimal(feed.rateFor(at)), fundingRateTimestamp: String(at) }));
	return { category: "linear", list };
}

function riskLimits(params: Params, exchange: Exchange): object {
	needLinear(params);
	const symbols = params.text("symbol") === undefined ? exchange.venue.symbols() : [feedOf(params, exchange).symbol];
	return { category: "linear", list: symbols.flatMap((symbol) => riskLimitRows(exchange.ledger.instrument(symbol))), nextPageCursor: "" };
}
