// A halted symbol: nothing trades, nothing fills, its streams are silent and its candles stand, until trading goes on with a candle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../../units/unit.ts";
import { DAY_START, minutes } from "../testing/candles.ts";
import { type Json, market } from "../testing/rig.ts";
import { buy, CREATE, openIds, resting, standing } from "../testing/standing.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };
const TOPICS = ["tickers", "publicTrade", "kline.1", "kline.5", "orderbook.50", "priceLimit"];

/** Falls by 100 a minute, from 20000. */
const FALLING = minutes(
	Array.from({ length: 60 }, (_, i) => ({
		open: 20_000 - 100 * i,
		high: 20_000 - 100 * i,
		low: 19_900 - 100 * i,
		close: 19_900 - 100 * i,
	})),
	DAY_START + MINUTE,
);

test("while a symbol is halted nothing trades or fills, its streams are silent, and its candles stand; then it goes on with a gap", async () => {
	const rig = await standing([], { markets: [market("BTCUSDT", FALLING)] });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: TOPICS.map((topic) => `${topic}.BTCUSDT`) });
	await stream.next(({ success }) => success === true);
	await rig.done(CREATE, resting("rests")); // 19000 is met in the tenth minute
	await rig.done(CREATE, buy("stop", { side: "Sell", triggerPrice: "19400", triggerDirection: 2, orderType: "Market" }));
	await rig.sim.control.step({ ms: 2 * MINUTE + 30_000 });
	const last = rig.sim.venue.last("BTCUSDT");
	rig.sim.control.inject({ fault: "halt", symbol: "BTCUSDT", for: "10m" });
	stream.send({ op: "ping" });
	await stream.next(({ ret_msg }) => ret_msg === "pong");
	const told = stream.frames.length;

	await rig.sim.control.step({ ms: 9 * MINUTE });
	stream.send({ op: "ping" });
	await stream.next(({ ret_msg }) => ret_msg === "pong");
	assert.equal(stream.frames.length, told + 1, "the pong alone");
	assert.equal(rig.sim.venue.last("BTCUSDT"), last);
	assert.deepEqual(await openIds(rig), ["stop", "rests"]);
	assert.equal((await rig.post(CREATE, resting("no"))).retCode, 110074);
	const candles = async (interval: string): Promise<string[][]> =>
		(await rig.ask(`/v5/market/kline?category=linear&symbol=BTCUSDT&interval=${interval}`)).result.list as string[][];
	const text = String(last);
	for (const [, ...row] of (await candles("1")).slice(0, 8)) assert.deepEqual(row, [text, text, text, text, "0", "0"]);
	const [ticker] = (await rig.ask("/v5/market/tickers?category=linear&symbol=BTCUSDT")).result.list as Json[];
	assert.deepEqual([ticker?.lastPrice, ticker?.lowPrice24h], [text, text]);
	assert.throws(() => rig.sim.control.setPrice("BTCUSDT", 15_000), /trading is halted/);

	await rig.sim.control.step({ ms: 3 * MINUTE });
	assert.deepEqual(await openIds(rig), [], "the gap has met both");
	const [filled] = await rig.list("/v5/order/history", { ...BTC, orderLinkId: "stop" });
	assert.ok(Number(filled?.avgPrice) < 19_000, "far beyond its trigger");
	for (const topic of TOPICS)
		assert.ok(
			stream.frames.slice(told).some((frame) => frame.topic === `${topic}.BTCUSDT`),
			topic,
		);
	const kept = (await candles("1")).filter(([, open, high, , , volume]) => open === text && high === text && volume === "0");
	assert.ok(kept.length >= 9, "what was shown while it was halted stays shown");
	const [five] = (await candles("5")).slice(1);
	assert.ok(Number(five?.[2]) <= last && Number(five?.[5]) < 50, "longer candles are made of the same");
	rig.sim.control.heal();
	assert.equal((await rig.post(CREATE, resting("again"))).retCode, 0);
});

test("another symbol trades on while one is halted, and the columns that were given stay as they were", async () => {
	const before = [...FALLING.close];
	const rig = await standing([], { markets: [market("BTCUSDT", FALLING), market("ETHUSDT", FALLING)] });
	rig.sim.control.inject({ fault: "halt", symbol: "BTCUSDT" });
	const [btc, eth] = [rig.sim.venue.last("BTCUSDT"), rig.sim.venue.last("ETHUSDT")];
	await rig.sim.control.step({ ms: 30 * MINUTE });
	assert.equal(rig.sim.venue.last("BTCUSDT"), btc);
	assert.ok(rig.sim.venue.last("ETHUSDT") < eth - 2000);
	await rig.sim.control.step({ ms: 60 * MINUTE });
	assert.deepEqual([...FALLING.close], before);
	await rig.sim.finished;
});

test("a halted symbol is not in the list of those that trade, is found by its name and status, and comes back", async () => {
	const rig = await standing([], { markets: [market("BTCUSDT", FALLING), market("ETHUSDT", FALLING)] });
	const shown = async (query: string): Promise<unknown[]> =>
		((await rig.ask(`/v5/market/instruments-info?category=linear${query}`)).result.list as Json[]).map(({ symbol, status }) => [
			symbol,
			status,
		]);
	rig.sim.control.inject({ fault: "halt", symbol: "BTCUSDT", for: "1m" });
	assert.deepEqual(await shown(""), [["ETHUSDT", "Trading"]]);
	assert.deepEqual(await shown("&symbol=BTCUSDT"), [["BTCUSDT", "Closed"]]);
	assert.deepEqual(await shown("&status=Closed"), [["BTCUSDT", "Closed"]]);
	await rig.sim.control.step({ ms: MINUTE });
	assert.equal((await shown("")).length, 2);
});
