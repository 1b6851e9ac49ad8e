// The exchange as npm ccxt sees it, part three: what it watches over the sockets, and orders by the trade socket. A watch resolves with the
// next thing it hears; what makes it speak is done when the exchange has confirmed the subscription.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderNotFound } from "ccxt";
import { MINUTE } from "../units/unit.ts";
import { BTC, type Ccxt, ccxtOf } from "./testing/ccxt-client.ts";
import type { Rig } from "./testing/rig.ts";
import { standing, until } from "./testing/standing.ts";

type Opened = { rig: Rig; client: Ccxt; confirmed(count: number): Promise<void> };

/** `confirmed`: so many subscriptions were, since the beginning. */
async function opened(): Promise<Opened> {
	const rig = await standing();
	const client = await ccxtOf(rig);
	let confirmations = 0;
	client.handleSubscriptionStatus = (_, message) => {
		confirmations++;
		return message;
	};
	return { rig, client, confirmed: (count) => until(() => confirmations >= count) };
}

test("ccxt watches the market: ticker, best prices, book, trades and candles (C1)", async () => {
	const { rig, client, confirmed } = await opened();
	assert.equal((await client.watchTicker(BTC)).last, 20_000, "the snapshot");
	const book = await client.watchOrderBook(BTC, 50);
	assert.deepEqual([book.bids.length, book.asks.length, book.bids[0]?.[0]], [50, 50, 20_000]);
	assert.equal((await client.watchBidsAsks([BTC]))[BTC]?.bid, 20_000);
	const trades = client.watchTrades(BTC);
	const candles = client.watchOHLCV(BTC, "1m");
	await confirmed(5);
	const [ticker, deeper] = [client.watchTicker(BTC), client.watchOrderBook(BTC, 50)];
	rig.sim.control.setPrice("BTCUSDT", 20_100);
	assert.equal((await trades).at(-1)?.price, 20_100);
	const [, open, high, , close] = (await candles).at(-1) ?? [];
	assert.deepEqual([open, high, close], [20_000, 20_100, 20_100]);
	assert.equal((await ticker).last, 20_100);
	const moved = await deeper;
	assert.deepEqual([moved.bids.length, moved.asks.length, moved.bids[0]?.[0], moved.asks[0]?.[0]], [50, 50, 20_100, 20_100.1]);
	const several = client.watchTradesForSymbols([BTC]);
	rig.sim.control.setPrice("BTCUSDT", 20_200);
	assert.equal((await several).at(-1)?.price, 20_200);
	for (const over of [client.unWatchTicker(BTC), client.unWatchTrades(BTC), client.unWatchOHLCV(BTC, "1m")]) assert.equal(await over, true);
});

test("ccxt watches its orders, its trades, its position and its balance, from the first to the last (C4)", async () => {
	const { rig, client, confirmed } = await opened();
	const [orders, trades, balance] = [client.watchOrders(BTC), client.watchMyTrades(BTC), client.watchBalance()];
	assert.deepEqual(await client.watchPositions([BTC]), [], "what REST says, at first");
	const positions = client.watchPositions([BTC]);
	await confirmed(4);
	const entry = await client.createOrder(BTC, "market", "buy", 0.1);
	const [order] = await orders;
	assert.deepEqual([order?.id, order?.status, order?.filled, order?.average, order?.fee?.cost], [entry.id, "closed", 0.1, 20_002, 1.10011]);
	const [trade] = await trades;
	assert.deepEqual([trade?.order, trade?.side, trade?.amount, trade?.price, trade?.takerOrMaker], [entry.id, "buy", 0.1, 20_002, "taker"]);
	assert.equal((await balance).USDT?.total, 9998.69989, "the equity: less the fee, and 0.2 that the entry lies above the last price");
	const [position] = await positions;
	assert.deepEqual([position?.symbol, position?.side, position?.contracts, position?.entryPrice], [BTC, "long", 0.1, 20_002]);

	// It watches them once more, for every symbol: a second subscription of the same topics.
	const all = client.watchOrders();
	await confirmed(5);
	const resting = await client.createOrder(BTC, "limit", "sell", 0.04, 20_250);
	const newest = (await all).at(-1);
	assert.deepEqual([newest?.id, newest?.status], [resting.id, "open"]);
	const [again, sales] = [client.watchOrders(), client.watchMyTrades()];
	await confirmed(6);
	rig.sim.control.setPrice("BTCUSDT", 20_300);
	const [filled, sold] = [(await again).at(-1), (await sales).at(-1)];
	assert.deepEqual([filled?.id, filled?.status, sold?.order, sold?.takerOrMaker], [resting.id, "closed", resting.id, "maker"]);
	assert.equal(await client.unWatchOrders(), true);
	assert.equal(await client.unWatchMyTrades(), true);
});

test("ccxt hears of its liquidation, as the public does (C1, D5)", async () => {
	const { rig, client, confirmed } = await opened();
	await client.createOrder(BTC, "market", "buy", 0.1);
	const told = client.watchLiquidations(BTC);
	await confirmed(1);
	rig.sim.control.setPrice("BTCUSDT", 12_000);
	const [liquidation] = await told;
	assert.deepEqual([liquidation?.symbol, liquidation?.side, liquidation?.contracts], [BTC, "buy", 0.1]);
	assert.equal((await client.fetchPosition(BTC)).contracts, 0);
	assert.equal((await client.fetchMyLiquidations(BTC)).length, 1);
});

test("ccxt places, edits and cancels by the trade socket (D1)", async () => {
	const { client } = await opened();
	const { id } = await client.createOrderWs(BTC, "limit", "buy", 0.01, 19_000);
	assert.equal((await client.editOrderWs(String(id), BTC, "limit", "buy", 0.02, 18_900)).id, id);
	const [resting] = await client.fetchOpenOrders(BTC);
	assert.deepEqual([resting?.id, resting?.amount, resting?.price], [id, 0.02, 18_900]);
	assert.equal((await client.cancelOrderWs(String(id), BTC)).id, id);
	await assert.rejects(client.cancelOrderWs(String(id), BTC), OrderNotFound);
	await assert.rejects(client.createOrderWs(BTC, "limit", "buy", 10, 19_900), /110007/);
	assert.deepEqual(await client.fetchOpenOrders(BTC), []);
});

test("a candle that ccxt watches goes on from minute to minute (C1)", async () => {
	const { rig, client, confirmed } = await opened();
	const first = client.watchOHLCV(BTC, "1m");
	await confirmed(1);
	await rig.sim.control.step({ ms: 5 * MINUTE });
	const begun = Number((await first).at(-1)?.[0]);
	const next = client.watchOHLCV(BTC, "1m");
	await rig.sim.control.step({ ms: MINUTE });
	assert.ok(Number((await next).at(-1)?.[0]) > begun);
});
