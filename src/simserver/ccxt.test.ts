// The exchange as npm ccxt sees it: unified calls by REST, and one watch call.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pro } from "ccxt";
import { HOUR } from "../units/unit.ts";
import { DAY_START, minutes, wave } from "./testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "./testing/rig.ts";

const SYMBOL = "BTC/USDT:USDT";

async function open(): Promise<InstanceType<typeof pro.bybit>> {
	const markets = [market("BTCUSDT", minutes(wave(26 * 60, 20_000))), market("ETHUSDT", minutes(wave(26 * 60, 1500)))];
	const rig = await Rig.open({ markets, speed: "max" });
	await rig.sim.finished;
	const client = new pro.bybit({ apiKey: KEY, secret: SECRET, enableRateLimit: false });
	const { rest, public: stream, private: account, trade } = rig.sim.addresses;
	afterwards(() => client.close());
	await client.loadHttpProxyAgent(); // it asks for this before it opens a ws:// address
	client.urls = {
		...client.urls,
		api: {
			...(client.urls.api as object),
			public: rest,
			private: rest,
			ws: {
				public: { spot: stream, inverse: stream, option: stream, linear: stream },
				private: { spot: { unified: account, nonUnified: account }, contract: account, usdc: account, trade },
			},
		},
	} as never; // the client types its addresses more narrowly than it reads them
	return client;
}

test("ccxt loads the markets of every category, reads prices, trades and looks up by its unified calls (B1, D1)", async () => {
	const client = await open();
	const known = await client.loadMarkets();
	assert.deepEqual(Object.keys(known).sort(), [SYMBOL, "ETH/USDT:USDT"]);
	const ticker = await client.fetchTicker(SYMBOL);
	assert.ok((ticker.last ?? 0) > 19_000 && (ticker.vwap ?? 0) > 19_000);
	const candles = await client.fetchOHLCV(SYMBOL, "1h", undefined, 3);
	assert.deepEqual(
		candles.map(([at]) => (Number(at) - DAY_START) / HOUR),
		[23, 24, 25],
	);
	assert.equal((await client.fetchOrderBook(SYMBOL, 50)).bids.length, 50);
	assert.equal((await client.fetchBalance({ type: "swap" })).USDT?.total, 10_000);
	await client.setLeverage(5, SYMBOL);
	const placed = await client.createOrder(SYMBOL, "limit", "buy", 0.01, 19_000, { postOnly: true });
	const [resting] = await client.fetchOpenOrders(SYMBOL);
	assert.deepEqual([resting?.id, resting?.status, resting?.price], [placed.id, "open", 19_000]);
	await client.editOrder(String(placed.id), SYMBOL, "limit", "buy", 0.02, 18_900);
	await client.cancelOrder(String(placed.id), SYMBOL);
	assert.deepEqual(await client.fetchOpenOrders(SYMBOL), []);
	assert.equal((await client.fetchPositions([SYMBOL]))[0]?.contracts, 0);
});

test("ccxt watches a ticker and its own orders over the sockets (C1, C4)", async () => {
	const client = await open();
	await client.loadMarkets();
	const ticker = await client.watchTicker(SYMBOL);
	assert.equal(ticker.symbol, SYMBOL);
	const orders = client.watchOrders(SYMBOL);
	const subscribed = await client.createOrder(SYMBOL, "limit", "buy", 0.01, 19_000);
	assert.notEqual(subscribed.id, undefined);
	orders.catch(() => undefined); // closed with the client where no frame came
});
