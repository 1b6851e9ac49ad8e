import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../units/unit.ts";
import { Pacer } from "./pacer.ts";
import { DAY_START, minutes, still, wave } from "./testing/candles.ts";
import { type Json, market, Rig } from "./testing/rig.ts";

const BUY = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1", orderLinkId: "entry" };

test("a liquidation is told to the public with the side of the position that was taken over, and fills in short form (C1, C4)", async () => {
	const rows = [...still(2, 20_000), { open: 20_000, high: 20_010, low: 19_000, close: 19_100 }];
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(rows))] });
	const account = await rig.authenticated("private");
	account.send({ op: "subscribe", args: ["execution.fast", "dcp.future"] });
	assert.equal((await account.next()).success, true);
	const stream = await rig.socket("public");
	stream.onFrame = (frame) => {
		if (frame.ts !== DAY_START + MINUTE) return;
		const leverage = { category: "linear", symbol: "BTCUSDT", buyLeverage: "50", sellLeverage: "50" };
		void rig.done("/v5/position/set-leverage", leverage).then(() => rig.done("/v5/order/create", BUY));
	};
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT", "allLiquidation.BTCUSDT", "priceLimit.BTCUSDT", "adlAlert.USDT"] });
	await rig.sim.finished;
	const [liquidation] = stream.topic("allLiquidation.BTCUSDT");
	const [row] = (liquidation?.data ?? []) as Json[];
	assert.deepEqual([liquidation?.type, row?.s, row?.S, row?.v, typeof row?.T], ["snapshot", "BTCUSDT", "Buy", "0.1", "number"]);
	const [fast] = account.topic("execution.fast");
	assert.deepEqual(Object.keys(fast ?? {}), ["topic", "creationTime", "data"]);
	const [fill] = (fast?.data ?? []) as Json[];
	assert.deepEqual([fill?.orderLinkId, fill?.execQty, fill?.isMaker, typeof fill?.seq], ["entry", "0.1", false, "number"]);
	assert.equal(account.topic("execution.fast").length, 1, "a takeover is no trade");
	const [band] = stream.topic("priceLimit.BTCUSDT").map((frame) => frame.data as Json);
	assert.deepEqual(band, { symbol: "BTCUSDT", buyLmt: "20200", sellLmt: "19800" });
	const [alert] = stream.topic("adlAlert.USDT");
	assert.deepEqual(
		((alert?.data ?? []) as Json[]).map(({ c, s }) => [c, s]),
		[["USDT", "BTCUSDT"]],
	);
});

test("system.status has a socket of its own (C1)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(2, 20_000)))], speed: "max" });
	const socket = await rig.socket("status");
	for (const [args, success] of [
		[["tickers.BTCUSDT"], false],
		[["system.status"], true],
		[["system.status"], false],
	] as const) {
		socket.send({ op: "subscribe", args });
		assert.equal((await socket.next()).success, success);
	}
	socket.send({ op: "ping" });
	assert.equal((await socket.next()).ret_msg, "pong");
});

test("a topic that has spoken waits for its turn, and is called when it comes (C1)", (t) => {
	t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
	let called = 0;
	const pacer = new Pacer(Date.now, () => called++);
	assert.equal(pacer.ready("a", 100), true);
	assert.equal(pacer.ready("b", 20), true);
	t.mock.timers.tick(10);
	assert.deepEqual([pacer.ready("a", 100), pacer.ready("b", 20)], [false, false]);
	t.mock.timers.tick(9);
	assert.equal(called, 0);
	t.mock.timers.tick(1);
	assert.deepEqual([called, pacer.ready("b", 20), pacer.ready("a", 100)], [1, true, false]);
	t.mock.timers.tick(80);
	assert.deepEqual([called, pacer.ready("a", 100)], [2, true]);
	pacer.stop();
});

test("at a real speed a stream that changes all the time is told at its interval, and the merged frames are the book (C1)", async () => {
	let now = 0;
	const wall = (): number => {
		now += 0.05;
		return now;
	};
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(wave(20, 20_000)))], speed: 60_000, wall });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["orderbook.50.BTCUSDT", "tickers.BTCUSDT"] });
	await rig.sim.finished;
	const frames = stream.topic("orderbook.50.BTCUSDT");
	const updates = frames.map(({ data }) => (data as Json).u as number);
	assert.ok(updates.every((u, i) => i === 0 || u === updates[i - 1]! + 1));
	const sequences = frames.map(({ data }) => (data as Json).seq as number);
	assert.ok(sequences.every((seq, i) => i === 0 || seq > sequences[i - 1]!));
	assert.ok(frames.length < 80, "four points of twenty candles, some of them together");
});
