// Public market data: docs/v5/market. Everything is answered as it stands at the exchange's own time.

import type { Candle } from "../../market/candle.ts";
import type { Instrument } from "../../market/instrument.ts";
import { closeOf, INTERVALS, type Interval, openOf } from "../../market/interval.ts";
import { plainDecimal } from "../../units/decimal.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../../units/unit.ts";
import { fundingDue } from "../../venue/walk.ts";
import { refuse } from "../envelope.ts";
import type { Exchange } from "../exchange.ts";
import type { CandleKind } from "../feed.ts";
import type { MarketFeed } from "../market-feed.ts";
import { pageOf } from "../page.ts";
import { invalid, type Params } from "../params.ts";
import { adlRow, insuranceRow } from "../wire/adl.ts";
import { instrumentRow, riskLimitRows } from "../wire/instrument.ts";
import { klineRow, priceKlineRow } from "../wire/kline.ts";
import { numberText } from "../wire/text.ts";
import { tickerRow } from "../wire/ticker.ts";
import { recentTradeRow } from "../wire/trade.ts";
import { feedOf, linearOr, needLinear, type Route } from "./route.ts";

const LIMIT = 120;

export const MARKET_ROUTES: readonly Route[] = [
	{ method: "GET", path: "/v5/market/time", handle: time, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/instruments-info", handle: instruments, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/kline", handle: klines("last", klineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/mark-price-kline", handle: klines("mark", priceKlineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/index-price-kline", handle: klines("index", priceKlineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/premium-index-price-kline", handle: klines("premium", priceKlineRow), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/tickers", handle: tickers, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/orderbook", handle: orderbook, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/recent-trade", handle: recentTrades, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/funding/history", handle: fundingHistory, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/risk-limit", handle: riskLimits, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/open-interest", handle: openInterest, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/price-limit", handle: priceLimit, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/adlAlert", handle: adlAlert, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/account-ratio", handle: accountRatio, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/insurance", handle: insurance, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/delivery-price", handle: (params) => linearOr(params, noDeliveries), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/index-price-components", handle: indexComponents, open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/fee-group-info", handle: () => ({ list: [] }), open: true, limit: LIMIT },
	{ method: "GET", path: "/v5/market/historical-volatility", handle: () => [], open: true, limit: LIMIT },
];

function time(_: Params, { clock }: Exchange): object {
	const now = clock.now();
	return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
}

/**
 * A category that is not traded here is an empty list, so that a client which loads every market goes on. Without a status those that
 * trade, unless one is asked for by name.
 */
export function instruments(params: Params, { venue, start, halted }: Exchange): object {
	const category = params.need("category");
	const symbol = params.text("symbol");
	const baseCoin = params.text("baseCoin");
	const given = params.text("status");
	const wanted = given ?? (symbol === undefined ? "Trading" : undefined);
	const statusOf = (instrument: Instrument | undefined): string | undefined =>
		instrument !== undefined && halted.has(instrument.symbol) ? "Closed" : instrument?.status;
	const rows = venue
		.symbols()
		.map((each, index) => ({ id: index, instrument: venue.instrument(each) }))
		.filter(({ instrument }) => symbol === undefined || instrument?.symbol === symbol)
		.filter(({ instrument }) => baseCoin === undefined || instrument?.baseCoin === baseCoin)
		.filter(({ instrument }) => category === "linear" && (wanted === undefined || statusOf(instrument) === wanted))
		.map((row, index) => ({ ...row, index }));
	// Pages count downwards; the list goes up.
	const page = pageOf(rows, params, { numberOf: ({ index }) => rows.length - index, fallback: 500, max: 1000 });
	const list = page.rows.map(({ id, instrument }) =>
		instrument === undefined ? {} : { ...instrumentRow(instrument, { index: id, launchTime: start }), status: statusOf(instrument) },
	);
	return { category, list, nextPageCursor: page.nextPageCursor };
}

/** Newest first, the running candle included, both ends inclusive. */
function klines(kind: CandleKind, row: (candle: Candle) => string[]): Route["handle"] {
	return (params, exchange) => {
		const category = params.text("category") ?? "linear";
		if (category !== "linear") refuse(10001, `category ${category} is not simulated`);
		const feed = feedOf(params, exchange);
		const interval = params.oneOf("interval", INTERVALS, undefined) ?? invalid("interval");
		if (!feed.canShow(interval)) refuse(10001, `interval ${interval} cannot be made from the exchange's ${feed.market.interval} candles`);
		const limit = params.count("limit", { fallback: 200, max: 1000 });
		const start = params.time("start") ?? 0;
		const end = params.time("end") ?? (start === 0 ? Number.MAX_SAFE_INTEGER - 1 : nth(interval, Math.max(start, feed.beginning), limit));
		const list = feed.newest(kind, interval, { start, end, limit, now: exchange.clock.now() }).map(row);
		return { category, symbol: feed.symbol, list };
	};
}

/** The open of the `count`th candle that opens at or after `from`: a start alone asks for what follows it, and clients page by it. */
function nth(interval: Interval, from: Ms, count: number): Ms {
	let open = openOf(interval, from);
	if (open < from) open = closeOf(interval, open);
	for (let i = 1; i < count; i++) open = closeOf(interval, open);
	return open;
}

function tickers(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const feeds = params.text("symbol") === undefined ? [...exchange.feeds.values()] : [feedOf(params, exchange)];
		const now = exchange.clock.now();
		const list = feeds.filter((feed) => feed.open).map((feed) => tickerRow(feed.tickerAt(now)));
		return { category: "linear", list };
	});
}

function orderbook(params: Params, exchange: Exchange): object {
	needLinear(params);
	const feed = feedOf(params, exchange);
	const depth = params.count("limit", { fallback: 25, max: 1000 });
	return feed.bookAt(depth, exchange.clock.now()) ?? { s: feed.symbol, b: [], a: [], ts: exchange.clock.now(), u: 0, seq: 0, cts: 0 };
}

function recentTrades(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const limit = params.count("limit", { fallback: 500, max: 1000 });
		return { category: "linear", list: feedOf(params, exchange).trades.slice(-limit).reverse().map(recentTradeRow) };
	});
}

/** What has been settled since the data begin, newest first. */
function fundingHistory(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const feed = feedOf(params, exchange);
		const limit = params.count("limit", { fallback: 200, max: 200 });
		const startTime = params.time("startTime");
		const endTime = params.time("endTime");
		if (startTime !== undefined && endTime === undefined) invalid("endTime");
		const { symbol } = feed;
		const from = Math.max(startTime ?? 0, feed.beginning);
		const until = Math.min(endTime ?? Number.MAX_SAFE_INTEGER, exchange.clock.now());
		const times = fundingDue(feed.market.instrument.fundingInterval, from - 1, until)
			.slice(-limit)
			.reverse();
		const list = times.map((at) => ({ symbol, fundingRate: plainDecimal(feed.rateFor(at)), fundingRateTimestamp: String(at) }));
		return { category: "linear", list };
	});
}

/** Without a symbol, so many symbols a page. */
const RISK_SYMBOLS_A_PAGE = 15;

function riskLimits(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const tiersOf = (symbol: string): object[] => riskLimitRows(exchange.ledger.instrument(symbol));
		if (params.text("symbol") !== undefined)
			return { category: "linear", list: tiersOf(feedOf(params, exchange).symbol), nextPageCursor: "" };
		const symbols = exchange.venue.symbols();
		const rows = symbols.map((symbol, i) => ({ symbol, number: symbols.length - i }));
		const page = pageOf(rows, params, { numberOf: ({ number }) => number, fallback: RISK_SYMBOLS_A_PAGE, max: RISK_SYMBOLS_A_PAGE });
		return { category: "linear", list: page.rows.flatMap(({ symbol }) => tiersOf(symbol)), nextPageCursor: page.nextPageCursor };
	});
}

const STEPS = { "5min": 5 * MINUTE, "15min": 15 * MINUTE, "30min": 30 * MINUTE, "1h": HOUR, "4h": 4 * HOUR, "1d": DAY } as const;

/** A constant, at each step of the time that has passed. */
function openInterest(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const feed = feedOf(params, exchange);
		const { times, nextPageCursor } = stepsOf(params, "intervalTime", exchange, { feed, max: 200 });
		const [both, single] = [feed.openInterest, feed.openInterest / 2].map((coins) => coins.toFixed(8));
		const list = times.map((at) => ({ openInterest: both, singleOpenInterest: single, timestamp: String(at) }));
		return { symbol: feed.symbol, category: "linear", list, nextPageCursor };
	});
}

/** As many accounts are long as are short. */
function accountRatio(params: Params, exchange: Exchange): object {
	return linearOr(params, () => {
		const feed = feedOf(params, exchange);
		const { times, nextPageCursor } = stepsOf(params, "period", exchange, { feed, max: 500 });
		const list = times.map((at) => ({ symbol: feed.symbol, buyRatio: "0.5", sellRatio: "0.5", timestamp: String(at) }));
		return { list, nextPageCursor };
	});
}

/** A page of the steps that have passed since the data begin, newest first. `name`: the parameter that says how long one is. */
function stepsOf(
	params: Params,
	name: string,
	exchange: Exchange,
	{ feed, max }: { feed: MarketFeed; max: number },
): { times: Ms[]; nextPageCursor: string } {
	const names = Object.keys(STEPS) as (keyof typeof STEPS)[]; // the table's own keys
	const step = STEPS[params.oneOf(name, names, undefined) ?? invalid(name)];
	const from = Math.max(params.time("startTime") ?? 0, feed.beginning);
	const until = Math.min(params.time("endTime") ?? Number.MAX_SAFE_INTEGER, exchange.clock.now());
	const first = Math.ceil(from / step);
	const count = Math.max(0, Math.floor(until / step) - first + 1);
	const numbers = Array.from({ length: count }, (_, i) => first + count - 1 - i);
	const page = pageOf(numbers, params, { numberOf: (number) => number, fallback: 50, max });
	return { times: page.rows.map((number) => number * step), nextPageCursor: page.nextPageCursor };
}

/** Perpetuals are never delivered. */
function noDeliveries(): object {
	return { category: "linear", list: [], nextPageCursor: "" };
}

function priceLimit(params: Params, exchange: Exchange): object {
	const category = params.text("category") ?? "linear";
	if (category !== "linear") refuse(10001, `category ${category} is not simulated`);
	const feed = feedOf(params, exchange);
	return { ...feed.priceLimit(), ts: String(exchange.clock.now()) };
}

function adlAlert(params: Params, exchange: Exchange): object {
	const symbols = params.text("symbol") === undefined ? exchange.venue.symbols() : [feedOf(params, exchange).symbol];
	const now = exchange.clock.now();
	return { updatedTime: String(now), list: symbols.map((symbol) => adlRow(exchange.ledger.insurance, symbol, now)) };
}

function insurance(params: Params, exchange: Exchange): object {
	const coin = params.text("coin");
	const row = insuranceRow(exchange.ledger.insurance, exchange.venue.symbols());
	return { updatedTime: String(exchange.clock.now()), list: coin === undefined || coin === "USDT" ? [row] : [] };
}

/** The index is the contract's own price. */
function indexComponents(params: Params, exchange: Exchange): object {
	const indexName = params.need("indexName");
	const index = exchange.feeds.has(indexName) ? exchange.venue.index(indexName) : Number.NaN;
	if (Number.isNaN(index)) return { indexName, lastPrice: "", updateTime: String(exchange.clock.now()), components: [] };
	const price = numberText(index);
	const component = { exchange: "Bybit", spotPair: indexName, equivalentPrice: price, multiplier: "1", price, weight: "1" };
	return { indexName, lastPrice: price, updateTime: String(exchange.clock.now()), components: [component] };
}
