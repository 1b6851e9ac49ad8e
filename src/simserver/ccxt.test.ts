// The exchange as npm ccxt sees it, part one: what its unified calls say of the market.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationError, BadSymbol } from "ccxt";
import { HOUR } from "../units/unit.ts";
import { DAY_START, minutes, wave } from "./testing/candles.ts";
import { BTC, type Ccxt, ccxtOf, ETH } from "./testing/ccxt-client.ts";
import { market, Rig } from "./testing/rig.ts";

const END = DAY_START + 26 * HOUR;

/** An exchange that stands, its replay over, at its last price. */
async function frozen(): Promise<{ rig: Rig; client: Ccxt }> {
	const markets = [market("BTCUSDT", minutes(wave(26 * 60, 20_000))), market("ETHUSDT", minutes(wave(26 * 60, 1500)))];
	const rig = await Rig.open({ markets, speed: "max" });
	await rig.sim.finished;
	return { rig, client: await ccxtOf(rig) };
}

test("ccxt loads the markets of every category, and what they demand of an order (B1)", async () => {
	const { client } = await frozen();
	assert.deepEqual(Object.keys(client.markets ?? {}).sort(), [BTC, ETH]);
	const { precision, limits, contractSize, linear, swap, active, settle } = client.market(BTC);
	assert.deepEqual([precision.price, precision.amount, limits.amount?.min, limits.cost?.min], [0.1, 0.001, 0.001, 5]);
	assert.deepEqual([limits.leverage?.max, contractSize, linear, swap, active, settle], [100, 1, true, true, true, "USDT"]);
	assert.equal(await client.fetchTime(), END);
	assert.equal((await client.fetchStatus()).status, "ok");
	assert.deepEqual(Object.keys((await client.fetchCurrencies()) ?? {}), ["USDT"]);
	await assert.rejects(client.fetchTicker("DOGE/USDT:USDT"), BadSymbol);
});

test("ccxt reads prices: tickers, book, trades, candles of all four kinds (B1)", async () => {
	const { client } = await frozen();
	const ticker = await client.fetchTicker(BTC);
	const { last = 0, bid = 0, ask = 0, vwap = 0, baseVolume } = ticker;
	assert.ok(last > 19_000 && bid > 0 && ask > bid && vwap > 19_000);
	assert.equal(baseVolume, 14_400);
	assert.deepEqual(Object.keys(await client.fetchTickers()).sort(), [BTC, ETH]);
	assert.deepEqual((await client.fetchTickers([BTC]))[BTC]?.last, last);
	assert.deepEqual((await client.fetchBidsAsks([BTC]))[BTC]?.bid, bid);
	const book = await client.fetchOrderBook(BTC, 50);
	assert.deepEqual([book.bids.length, book.asks.length, book.bids[0]?.[0], book.asks[0]?.[0]], [50, 50, bid, ask]);
	const trades = await client.fetchTrades(BTC, undefined, 5);
	assert.deepEqual([trades.length, trades.at(-1)?.price], [5, last]);
	const hours = async (params: object): Promise<unknown[][]> => await client.fetchOHLCV(BTC, "1h", undefined, 3, params);
	const candles = await hours({});
	assert.deepEqual(
		candles.map(([at]) => (Number(at) - DAY_START) / HOUR),
		[23, 24, 25],
	);
	for (const price of ["mark", "index"])
		assert.deepEqual(
			(await hours({ price })).map((row) => row.slice(0, 5)),
			candles.map((row) => row.slice(0, 5)),
			price,
		);
	assert.deepEqual(
		(await hours({ price: "premiumIndex" })).map((row) => row.slice(1, 5)),
		candles.map(() => [0, 0, 0, 0]),
	);
	const since = await client.fetchOHLCV(BTC, "15m", END - HOUR, 10);
	assert.deepEqual(
		since.map(([at]) => END - Number(at)),
		[HOUR, 0.75 * HOUR, 0.5 * HOUR, 0.25 * HOUR],
	);
	const forward: number[] = [];
	for (let from = DAY_START - HOUR; forward.length < 26; from = (forward.at(-1) ?? 0) + 1)
		forward.push(...(await client.fetchOHLCV(BTC, "1h", from, 10)).map(([at]) => Number(at)));
	assert.deepEqual(
		forward,
		Array.from({ length: 26 }, (_, i) => DAY_START + i * HOUR),
		"page by page from a time on, as downloads do",
	);
});

test("ccxt reads what a contract costs to hold: funding, interest, tiers, fees (B1)", async () => {
	const { client } = await frozen();
	const funding = await client.fetchFundingRate(BTC);
	assert.deepEqual([funding.fundingRate, funding.fundingTimestamp, funding.interval], [0.0001, DAY_START + 32 * HOUR, "8h"]);
	assert.deepEqual(Object.keys(await client.fetchFundingRates([BTC, ETH])).sort(), [BTC, ETH]);
	const history = await client.fetchFundingRateHistory(BTC, DAY_START, 4, { until: END });
	assert.deepEqual(
		history.map(({ timestamp }) => (Number(timestamp) - DAY_START) / HOUR),
		[0, 8, 16, 24],
	);
	const interest = (await client.fetchOpenInterest(BTC)).openInterestAmount;
	assert.ok(Number(interest) > 0);
	const before = await client.fetchOpenInterestHistory(BTC, "1h", undefined, 2);
	assert.deepEqual(
		before.map(({ openInterestAmount, timestamp }) => [openInterestAmount, timestamp]),
		[
			[interest, END - HOUR],
			[interest, END],
		],
	);
	const [ratio] = await client.fetchLongShortRatioHistory(BTC, "1h", undefined, 1);
	assert.deepEqual([ratio?.timestamp, ratio?.longShortRatio], [END, 1]);
	const tiers = await client.fetchMarketLeverageTiers(BTC);
	assert.deepEqual([tiers[0]?.maxLeverage, tiers[0]?.maintenanceMarginRate, tiers[0]?.minNotional], [100, 0.005, 0]);
	assert.deepEqual(Object.keys(await client.fetchLeverageTiers([BTC, ETH])).sort(), [BTC, ETH]);
	const fee = await client.fetchTradingFee(BTC);
	assert.deepEqual([fee.maker, fee.taker], [0.0002, 0.00055]);
	assert.deepEqual(Object.keys(await client.fetchTradingFees()).sort(), [BTC, ETH]);
	assert.deepEqual(await client.fetchSettlementHistory(BTC), []);
});

test("ccxt hears of a wrong key as one (A4)", async () => {
	const { rig } = await frozen();
	for (const credentials of [{ key: "stranger" }, { secret: "wrong" }]) await assert.rejects(ccxtOf(rig, credentials), AuthenticationError);
});
