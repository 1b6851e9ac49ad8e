import assert from "node:assert/strict";
import { test } from "node:test";
import { generateMarket } from "../candles/generate.ts";
import { aggregate } from "../market/aggregate.ts";
import { type Columns, columnsOf, slice } from "../market/candle.ts";
import { HOUR, MINUTE } from "../units/unit.ts";
import { alignedReference, drawnReferences, type References } from "./references.ts";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { type Json, market, Rig } from "./testing/rig.ts";

const NAMES = ["open", "high", "low", "close"] as const;

function rows(columns: Columns): number[][] {
	return Array.from({ length: columns.length }, (_, i) => NAMES.map((name) => columns[name][i]!));
}

test("a drawn basis is the seed's, slow, of the size that was asked for, and its candles are candles", () => {
	const candles = generateMarket({ seed: 5, days: 30 });
	const draw = (seed: string): References => drawnReferences(candles, { bps: 10, seed, tick: "0.1", interval: "1" });
	const { mark, index } = draw("a");
	assert.deepEqual(rows(draw("a").mark).slice(0, 50), rows(mark).slice(0, 50));
	assert.notDeepEqual(rows(draw("b").mark).slice(0, 50), rows(mark).slice(0, 50));
	let [squares, steps, marks] = [0, 0, 0];
	for (let i = 0; i < candles.length; i++) {
		const basis = index.open[i]! / candles.open[i]! - 1;
		squares += basis ** 2;
		marks += (mark.open[i]! / candles.open[i]! - 1) ** 2;
		if (i > 0) steps += (basis - (index.open[i - 1]! / candles.open[i - 1]! - 1)) ** 2;
		for (const { open, high, low, close } of [mark, index]) {
			assert.ok(low[i]! <= Math.min(open[i]!, close[i]!) && high[i]! >= Math.max(open[i]!, close[i]!));
			assert.equal(Math.round(open[i]! * 100) / 100, open[i], "one decimal more than the tick");
		}
	}
	const size = Math.sqrt(squares / candles.length);
	assert.ok(size > 0.0006 && size < 0.0014, `about ten basis points: ${size}`);
	assert.ok(Math.sqrt(marks / candles.length) < size, "the mark price keeps nearer to the last price");
	assert.ok(Math.sqrt(steps / candles.length) < size / 5, "from minute to minute it hardly moves");
});

test("no basis leaves mark and index price at the last price", () => {
	const candles = minutes(still(10, 20_000));
	const { mark, index } = drawnReferences(candles, { bps: 0, seed: "a", tick: "0.1", interval: "1" });
	assert.deepEqual([rows(mark), rows(index)], [rows(candles), rows(candles)]);
});

const LAST = minutes([...still(3, 20_000), ...still(3, 21_000)]);

test("recorded mark candles of the same interval are taken as they are; where one is missing its distance from the last price stays", () => {
	const recorded = minutes([
		{ open: 20_010, high: 20_012, low: 20_005, close: 20_008 },
		{ open: 20_008, high: 20_020, low: 20_008, close: 20_020 },
		{ open: 21_001, high: 21_003, low: 21_001, close: 21_002, at: DAY_START + 4 * MINUTE },
	]);
	const mark = alignedReference(LAST, "1", { columns: recorded, interval: "1", tick: "0.1" });
	assert.ok(mark !== undefined);
	assert.deepEqual(rows(mark), [
		[20_010, 20_012, 20_005, 20_008],
		[20_008, 20_020, 20_008, 20_020],
		[20_020, 20_020, 20_020, 20_020],
		[21_021, 21_021, 21_021, 21_021],
		[21_001, 21_003, 21_001, 21_002],
		[21_002, 21_002, 21_002, 21_002],
	]);
});

test("finer mark candles are joined, coarser ones give the distance at their opens, and others do not fit", () => {
	const base = minutes(still(240, 20_000));
	const fine = alignedReference(aggregate(base, "1", "60").columns, "60", { columns: base, interval: "1", tick: "0.1" });
	assert.deepEqual(
		fine && rows(fine),
		Array.from({ length: 4 }, () => [20_000, 20_000, 20_000, 20_000]),
	);
	const hours = columnsOf(
		[20_000, 20_120, 20_120, 20_000].map((open, i) => {
			return { openTime: DAY_START + i * HOUR, open, high: open, low: open, close: open, volume: Number.NaN, turnover: Number.NaN };
		}),
	);
	const mark = alignedReference(base, "1", { columns: hours, interval: "60", tick: "0.1" });
	assert.ok(mark !== undefined);
	assert.deepEqual(
		[0, 30, 60, 90, 150, 239].map((i) => mark.open[i]),
		[20_000, 20_060, 20_120, 20_120, 20_060, 20_000],
	);
	const fives = aggregate(base, "1", "5").columns;
	assert.equal(alignedReference(aggregate(base, "1", "3").columns, "3", { columns: fives, interval: "5", tick: "0.1" }), undefined);
	assert.equal(alignedReference(slice(base, 0, 5), "1", { columns: slice(base, 10, 15), interval: "1", tick: "0.1" }), undefined);
});

/** Ten flat minutes at 20 000 before a funding time and five after it, the mark price 30 above and the index 40 below. */
function apart(): { rig: Promise<Rig>; start: number } {
	const start = DAY_START - 10 * MINUTE;
	const last = minutes(still(15, 20_000), start);
	const references = { mark: minutes(still(15, 20_030), start), index: minutes(still(15, 19_960), start) };
	return { rig: Rig.open({ markets: [{ ...market("BTCUSDT", last), references }] }), start };
}

test("ticker, candles and triggers know the mark and the index price; without a basis they are the last price (C1, C6, D4)", async () => {
	const { rig: opened, start } = apart();
	const rig = await opened;
	const socket = await rig.socket("public");
	const order = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.01", triggerDirection: 1 };
	socket.onFrame = (frame) => {
		if (frame.ts !== start + MINUTE || !String(frame.topic).startsWith("tickers")) return;
		void rig.during(
			(async () => {
				for (const [triggerBy, triggerPrice] of [
					["LastPrice", "20025"],
					["IndexPrice", "20025"],
					["MarkPrice", "20031"],
				] as const)
					await rig.done("/v5/order/create", { ...order, triggerBy, triggerPrice, orderLinkId: triggerBy });
			})(),
		);
	};
	socket.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	const told = socket.topic("tickers.BTCUSDT")[0]?.data as Json;
	assert.deepEqual([told.lastPrice, told.markPrice, told.indexPrice], ["20000", "20030", "19960"]);
	const candle = async (path: string): Promise<unknown> => {
		const { result } = await rig.ask(`/v5/market/${path}?category=linear&symbol=BTCUSDT&interval=5&limit=2`);
		return (result.list as string[][]).at(-1)?.slice(1, 5);
	};
	assert.deepEqual(await candle("mark-price-kline"), ["20030", "20030", "20030", "20030"]);
	assert.deepEqual(await candle("index-price-kline"), ["19960", "19960", "19960", "19960"]);
	assert.deepEqual(await candle("premium-index-price-kline"), ["0.00200401", "0.00200401", "0.00200401", "0.00200401"]);
	assert.deepEqual(await candle("kline"), ["20000", "20000", "20000", "20000"]);
	const open = await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual(open.map(({ orderLinkId }) => orderLinkId).sort(), ["IndexPrice", "LastPrice", "MarkPrice"], "nothing has come so far");
});

test("a stop by mark price is reached by the mark price alone (D4)", async () => {
	const start = DAY_START;
	const last = minutes(still(6, 20_000), start);
	const mark = minutes([...still(3, 20_000), ...still(3, 19_900)], start);
	const rig = await Rig.open({ markets: [{ ...market("BTCUSDT", last), references: { mark, index: last } }], autostart: false });
	await rig.sim.control.step({ ms: MINUTE + 10 });
	await rig.done("/v5/order/create", { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1" });
	const stop = { category: "linear", symbol: "BTCUSDT", tpslMode: "Full", stopLoss: "19950", slTriggerBy: "MarkPrice", positionIdx: 0 };
	await rig.done("/v5/position/trading-stop", stop);
	await rig.sim.control.step({ ms: MINUTE });
	assert.equal(rig.sim.venue.position("BTCUSDT").qty, 100);
	await rig.sim.control.step({ ms: MINUTE });
	assert.equal(rig.sim.venue.position("BTCUSDT").qty, 0);
	const [execution] = await rig.list("/v5/execution/list", { category: "linear" });
	assert.equal(execution?.execPrice, "19998", "at the last price, which never fell");
});

test("funding follows the premium and is charged at the mark price, and the history says so (D2)", async () => {
	const { rig: opened } = apart();
	const rig = await opened;
	const socket = await rig.socket("public");
	socket.onFrame = (frame) => {
		if (frame.ts !== DAY_START - 5 * MINUTE || !String(frame.topic).startsWith("tickers")) return;
		void rig.done("/v5/order/create", { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1" });
	};
	socket.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	// P = 20000 / 19960 − 1 = 0.00200401; F = P + clamp(0.0001 − P, ±0.0005) = 0.00150401
	const { result } = await rig.ask("/v5/market/funding/history?category=linear&symbol=BTCUSDT");
	assert.deepEqual((result.list as Json[])[0]?.fundingRate, "0.00150401");
	const [row] = await rig.list("/v5/account/transaction-log", { type: "SETTLEMENT" });
	assert.equal(Number(row?.funding), -3.01253203, "0.1 × 20030 × 0.00150401");
});

test("best prices that stand for three seconds are told again under the same number, at a real speed alone (C1)", async () => {
	for (const [speed, told] of [
		[1, 2],
		["lockstep", 1],
		["max", 1],
	] as const) {
		const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(3, 20_000)))], autostart: false, speed });
		const stream = await rig.socket("public");
		stream.send({ op: "subscribe", args: ["orderbook.1.BTCUSDT", "orderbook.50.BTCUSDT"] });
		await stream.next((frame) => frame.op === "subscribe");
		await rig.sim.control.step({ ms: 10 });
		for (const ms of [2500, 490, 1, 1]) await rig.sim.control.step({ ms });
		stream.send({ op: "ping" });
		await stream.next((frame) => frame.op === "ping");
		const frames = stream.topic("orderbook.1.BTCUSDT");
		assert.equal(frames.length, told, String(speed));
		assert.equal(stream.topic("orderbook.50.BTCUSDT").length, 1);
		const [first, again] = frames.map(({ type, ts, data }) => ({ type, ts: Number(ts), data: data as Json }));
		if (again === undefined) continue;
		assert.deepEqual([again.type, again.ts - (first?.ts ?? 0)], ["snapshot", 3000]);
		assert.deepEqual([again.data.u, again.data.b, again.data.a], [first?.data.u, first?.data.b, first?.data.a]);
		await rig.sim.control.step({ to: "point" });
		await stream.next((frame) => frame.topic === "orderbook.1.BTCUSDT" && (frame.data as Json).u !== first?.data.u);
	}
});
