import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../market/candle.ts";
import { HOUR, MINUTE } from "../units/unit.ts";
import { bundled, DAY_START, minutes, type Row, still, wave } from "./testing/candles.ts";
import { type Json, market, Rig } from "./testing/rig.ts";

/** Runs a replay to its end; `react` is called with each public frame and may send requests, which hold the lockstep up. */
async function replay(rows: readonly Row[], react: (frame: Json, rig: Rig) => Promise<unknown> | undefined, topics = ["tickers.BTCUSDT"]) {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(rows))] });
	const account = await rig.account();
	const stream = await rig.socket("public");
	const reactions: Promise<unknown>[] = [];
	stream.onFrame = (frame) => {
		const reaction = react(frame, rig);
		if (reaction !== undefined) reactions.push(reaction);
	};
	stream.send({ op: "subscribe", args: topics });
	await rig.sim.finished;
	await Promise.all(reactions);
	return { rig, account: account.frames, stream: stream.frames };
}

const BUY = { category: "linear", symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1", orderLinkId: "entry-1" };

function rowsOf(frames: readonly Json[], topic: string): Json[] {
	return frames.filter((frame) => frame.topic === topic).flatMap((frame) => frame.data as Json[]);
}

function balanceOf(wallet: Json | undefined): unknown {
	const coins = wallet?.coin as Json[] | undefined; // a wallet row's coins
	return coins?.[0]?.walletBalance;
}

test("an order decided at T fills at the open of the candle that starts at T, made worse by the slippage (J2, D1)", async () => {
	const rows = [...still(2, 20_000), { open: 20_010, high: 20_020, low: 20_000, close: 20_015 }];
	const at = DAY_START + 2 * MINUTE;
	const { rig, account } = await replay(rows, (frame, exchange) => (frame.ts === at ? exchange.done("/v5/order/create", BUY) : undefined));
	const topics = account.filter((frame) => frame.topic !== undefined).map((frame) => frame.topic);
	assert.deepEqual(
		topics,
		["order", "position", "execution", "order", "position", "wallet"],
		"accepted, then filled, then what it made of the account",
	);
	const [execution] = rowsOf(account, "execution");
	assert.equal(execution?.execPrice, "20012.1", "20010 × 1.0001 = 20012.001, rounded up to the tick");
	assert.equal(execution?.execTime, String(at));
	assert.equal(execution?.orderLinkId, "entry-1");
	assert.equal(execution?.execFee, "1.1006655", "0.1 × 20012.1 × 0.00055");
	assert.deepEqual(
		rowsOf(account, "order").map((order) => order.orderStatus),
		["New", "Filled"],
	);
	const [position] = await rig.list("/v5/position/list", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual([position?.side, position?.size, position?.avgPrice, position?.positionValue], ["Buy", "0.1", "20012.1", "2001.21"]);
	const [wallet] = await rig.list("/v5/account/wallet-balance", { accountType: "UNIFIED" });
	assert.equal(balanceOf(wallet), "9998.8993345");
});

test("a stop attached to the entry is an order of its own and closes the whole position when the price gets there (D4)", async () => {
	const rows = [...still(1, 20_000), { open: 20_000, high: 20_010, low: 19_700, close: 19_750 }];
	const { rig, account } = await replay(rows, (frame, exchange) =>
		frame.ts === DAY_START + MINUTE ? exchange.done("/v5/order/create", { ...BUY, stopLoss: "19800" }) : undefined,
	);
	const orders = rowsOf(account, "order").map((order) => [order.stopOrderType, order.orderStatus, order.orderType]);
	assert.deepEqual(orders, [
		["", "New", "Market"],
		["", "Filled", "Market"],
		["StopLoss", "Untriggered", "Market"],
		["StopLoss", "Filled", "Market"],
	]);
	const [leg] = rowsOf(account, "order").filter((order) => order.stopOrderType === "StopLoss");
	assert.deepEqual([leg?.side, leg?.qty, leg?.triggerPrice, leg?.triggerDirection, leg?.reduceOnly], ["Sell", "0.1", "19800", 2, true]);
	const exits = rowsOf(account, "execution").filter((execution) => execution.side === "Sell");
	assert.deepEqual(
		exits.map((exit) => [exit.execPrice, exit.closedSize]),
		[["19798", "0.1"]],
	);
	assert.equal(rowsOf(account, "position").at(-1)?.size, "0");
	assert.deepEqual(await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT" }), []);
	const [newest] = await rig.list("/v5/order/history", { category: "linear" });
	assert.equal(newest?.stopOrderType, "StopLoss");
});

test("a resting order is amended, then cancelled, and each change comes by the private stream after its answer (D3, C4)", async () => {
	const target = { category: "linear", symbol: "BTCUSDT", orderLinkId: "rest-1" };
	const heard: string[] = [];
	const { rig, account } = await replay(still(4, 20_000), (frame, exchange) => {
		if (frame.ts === DAY_START + MINUTE)
			return exchange.done("/v5/order/create", { ...BUY, ...target, orderType: "Limit", price: "19000", timeInForce: "PostOnly" });
		if (frame.ts === DAY_START + 2 * MINUTE) return exchange.done("/v5/order/amend", { ...target, price: "19100", qty: "0.2" });
		return frame.ts === DAY_START + 3 * MINUTE ? exchange.done("/v5/order/cancel", target) : undefined;
	});
	for (const order of rowsOf(account, "order")) heard.push(`${order.orderStatus} ${order.price} ${order.qty} ${order.cancelType}`);
	assert.deepEqual(heard, ["New 19000 0.1 UNKNOWN", "New 19100 0.2 UNKNOWN", "Cancelled 19100 0.2 CancelByUser"]);
	const again = await rig.post("/v5/order/cancel", target);
	assert.deepEqual([again.retCode, again.retMsg], [110001, "order not exists or too late to cancel/replace"]);
});

test("a post-only order that would cross is acknowledged and then cancelled (D1)", async () => {
	const { account } = await replay(still(3, 20_000), (frame, exchange) =>
		frame.ts === DAY_START + MINUTE
			? exchange.done("/v5/order/create", { ...BUY, orderType: "Limit", price: "20100", timeInForce: "PostOnly" })
			: undefined,
	);
	const [order] = rowsOf(account, "order");
	assert.deepEqual([order?.orderStatus, order?.rejectReason, order?.leavesQty], ["Cancelled", "EC_PostOnlyWillTakeLiquidity", "0"]);
});

test("the trade socket takes orders like REST, echoes the request id only when it was sent, and checks the header's time (D1, A4)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(3, 20_000)))] });
	const trade = await rig.authenticated("trade");
	const header = { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) };
	trade.send({ reqId: "r1", header, op: "order.create", args: [BUY] });
	const early = await trade.next();
	assert.deepEqual([early.reqId, early.retCode, early.op], ["r1", 110118, "order.create"], "before the first price");
	assert.ok(
		["X-Bapi-Limit", "X-Bapi-Limit-Status", "X-Bapi-Limit-Reset-Timestamp", "Traceid", "Timenow"].every(
			(name) => name in (early.header as Json),
		),
	);
	trade.send({ header: { "X-BAPI-TIMESTAMP": "1000" }, op: "order.create", args: [BUY] });
	const stale = await trade.next();
	assert.deepEqual(["reqId" in stale, stale.retCode], [false, 10002]);
	trade.send({ reqId: "r1", header, op: "order.create", args: [BUY] });
	assert.equal((await trade.next()).retCode, 20006);
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	const now = { "X-BAPI-TIMESTAMP": rig.sim.clock.now() };
	trade.send({ reqId: "r2", header: now, op: "order.create", args: [{ ...BUY, orderType: "Limit", price: "19000" }] });
	const accepted = await trade.next();
	assert.deepEqual([accepted.retCode, accepted.retMsg, (accepted.data as Json).orderLinkId], [0, "OK", "entry-1"]);
	trade.send({ reqId: "r3", header: now, op: "order.cancel", args: [{ category: "linear", symbol: "BTCUSDT", orderLinkId: "entry-1" }] });
	assert.equal((await trade.next()).retCode, 0);
	trade.send({ op: "order.levitate", args: [{}] });
	assert.equal((await trade.next()).retCode, 10404);
});

test("a ticker bears the clock of its candle boundary, the previous close, and 24-hour figures from the 24th hour on (C1, C2)", async () => {
	const { stream } = await replay(wave(24 * 60 + 2, 20_000), () => undefined);
	const merged: Json = {};
	let firstWithFigures: unknown;
	for (const frame of stream.filter((each) => each.topic === "tickers.BTCUSDT")) {
		Object.assign(merged, frame.data);
		if (merged.volume24h !== undefined) firstWithFigures ??= frame.ts;
	}
	assert.equal(firstWithFigures, DAY_START + 24 * HOUR);
	assert.equal(merged.volume24h, "14400", "1440 candles of volume 10");
	assert.equal(
		stream.some((frame) => frame.ts === DAY_START && frame.topic !== undefined),
		false,
		"before the first candle opens there is no ticker",
	);
	assert.equal(
		stream.some((frame) => frame.ts === DAY_START + (24 * 60 + 2) * MINUTE),
		false,
		"none at the end of the data",
	);
});

test("candles are confirmed when they close, the shorter ones first, and one that the data enter midway is never confirmed (C3)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(wave(12, 20_000), DAY_START + 3 * MINUTE))] });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["kline.5.BTCUSDT", "kline.1.BTCUSDT", "kline.3.BTCUSDT", "kline.15.BTCUSDT"] });
	await rig.sim.finished;
	const confirmed = stream.frames
		.filter((frame) => frame.topic !== undefined)
		.map((frame) => ({ at: frame.ts as number, candle: (frame.data as Json[])[0]! }))
		.filter(({ candle }) => candle.confirm === true)
		.map(({ at, candle }) => `${(at - DAY_START) / MINUTE}:${candle.interval}`);
	const expected = [
		"4:1",
		"5:1",
		"6:1",
		"6:3",
		"7:1",
		"8:1",
		"9:1",
		"9:3",
		"10:1",
		"10:5",
		"11:1",
		"12:1",
		"12:3",
		"13:1",
		"14:1",
		"15:1",
		"15:3",
		"15:5",
	];
	assert.deepEqual(confirmed, expected);
});

test("a gap in the candles has its boundaries, each with a ticker of the last close and no candle (C3)", async () => {
	const rows: Row[] = [...still(2, 20_000), { open: 21_000, high: 21_000, low: 21_000, close: 21_000, at: DAY_START + 5 * MINUTE }];
	const { stream } = await replay(rows, () => undefined, ["tickers.BTCUSDT", "kline.1.BTCUSDT"]);
	const at = (minute: number): unknown[] => stream.filter((frame) => frame.ts === DAY_START + minute * MINUTE).map((frame) => frame.topic);
	assert.deepEqual(at(3), ["tickers.BTCUSDT"]);
	assert.deepEqual(at(4), ["tickers.BTCUSDT"]);
	assert.deepEqual(at(2), ["kline.1.BTCUSDT", "tickers.BTCUSDT"]);
	assert.deepEqual(at(6), ["kline.1.BTCUSDT"]);
});

test("funding is charged at the open of its candle, to the position held before it, and stands in every ledger (D2)", async () => {
	const start = DAY_START + 8 * HOUR - 2 * MINUTE;
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(4, 20_000), start))] });
	const account = await rig.account();
	const stream = await rig.socket("public");
	stream.onFrame = (frame) => {
		if (frame.ts === start + MINUTE) void rig.done("/v5/order/create", BUY);
	};
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	const funding = rowsOf(account.frames, "execution").find((execution) => execution.execType === "Funding");
	assert.deepEqual(
		[funding?.execFee, funding?.execPrice, funding?.execTime, funding?.side],
		["0.2", "20000", String(DAY_START + 8 * HOUR), "Buy"],
	);
	const [log] = await rig.list("/v5/account/transaction-log", { type: "SETTLEMENT" });
	assert.deepEqual([log?.funding, log?.change, log?.size], ["-0.2", "-0.2", "0.1"]);
	const [wallet] = rowsOf(account.frames, "wallet").slice(-1);
	assert.equal(balanceOf(wallet), log?.cashBalance);
	const [rate] = await rig.list("/v5/market/funding/history", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual(rate, { symbol: "BTCUSDT", fundingRate: "0.0001", fundingRateTimestamp: String(DAY_START + 8 * HOUR) });
});

test("a position whose margin is used up is taken over at its bankruptcy price, and every ledger says so (D2)", async () => {
	const rows = [...still(1, 20_000), { open: 20_000, high: 20_010, low: 19_000, close: 19_100 }];
	const { rig, account } = await replay(rows, async (frame, exchange) => {
		if (frame.ts !== DAY_START + MINUTE) return;
		await exchange.done("/v5/position/set-leverage", { category: "linear", symbol: "BTCUSDT", buyLeverage: "50", sellLeverage: "50" });
		await exchange.done("/v5/order/create", BUY);
	});
	const bust = rowsOf(account, "execution").find((execution) => execution.execType === "BustTrade");
	assert.deepEqual(
		[bust?.createType, bust?.side, bust?.execPrice],
		["CreateByTakeOver_PassThrough", "Sell", "19601.9"],
		"20002 × (1 − 1/50) = 19601.96",
	);
	const [log] = await rig.list("/v5/account/transaction-log", { type: "LIQUIDATION" });
	assert.equal(log?.size, "0");
	const [closed] = await rig.list("/v5/position/closed-pnl", { category: "linear" });
	assert.deepEqual([closed?.execType, closed?.cumEntryValue, closed?.cumExitValue], ["BustTrade", "2000.2", "1960.19"]);
});

test("symbols of different base intervals share one clock as well (E6)", async () => {
	const fives = columnsOf(
		Array.from({ length: 3 }, (_, i) => ({
			openTime: DAY_START + i * 5 * MINUTE,
			open: 1500,
			high: 1510,
			low: 1490,
			close: 1500,
			volume: 9,
			turnover: 13_500,
		})),
	);
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(wave(12, 20_000))), market("ETHUSDT", fives, "5")] });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["kline.5.BTCUSDT", "kline.5.ETHUSDT"] });
	await rig.sim.finished;
	const confirmed = stream.frames.filter((frame) => frame.topic !== undefined && (frame.data as Json[])[0]?.confirm === true);
	const seen = confirmed.map((frame) => `${frame.topic} ${((frame.ts as number) - DAY_START) / MINUTE}`);
	assert.deepEqual(seen, ["kline.5.BTCUSDT 5", "kline.5.ETHUSDT 5", "kline.5.BTCUSDT 10", "kline.5.ETHUSDT 10", "kline.5.ETHUSDT 15"]);
	assert.equal(rig.sim.clock.now(), DAY_START + 15 * MINUTE);
});

test("at a real speed the replay keeps to the wall clock, and the exchange stays up, frozen, when the data are exhausted (J2)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(30, 20_000)))], speed: 120_000, autostart: false });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	assert.equal(rig.sim.clock.now(), DAY_START, "time has not started");
	const began = performance.now();
	rig.sim.start();
	await rig.sim.finished;
	assert.ok(performance.now() - began > 12, "30 minutes at two minutes per millisecond");
	const end = DAY_START + 30 * MINUTE;
	assert.deepEqual([rig.sim.clock.now(), (await rig.ask("/v5/market/time")).time, rig.sim.progress()], [end, end, 1]);
	await rig.done("/v5/order/create", { ...BUY, orderType: "Limit", price: "19000" });
	assert.equal((await rig.list("/v5/order/realtime", { category: "linear", symbol: "BTCUSDT" }))[0]?.orderStatus, "New");
});

test("several symbols share one clock: their walks pass their points in the order of time (E6)", async () => {
	const markets = [market("BTCUSDT", minutes(wave(3, 20_000))), market("ETHUSDT", minutes(wave(2, 1500), DAY_START + MINUTE))];
	const rig = await Rig.open({ markets });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT", "tickers.ETHUSDT"] });
	await rig.sim.finished;
	const times = stream.frames.filter((frame) => frame.topic !== undefined).map((frame) => frame.ts as number);
	assert.deepEqual(
		times,
		times.toSorted((a, b) => a - b),
	);
	assert.equal(stream.topic("tickers.BTCUSDT").length, 3 * 4 + 2);
	assert.equal(stream.topic("tickers.ETHUSDT").length, 2 * 4 + 1);
	assert.equal(bundled("ETHUSDT").grid.tick, "0.01");
});
