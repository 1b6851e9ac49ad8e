// The fields of an order beyond its price and size on the wire, and which orders are listed: self-match prevention, slippage tolerance,
// split reductions, pairs, added margin, the closed orders of realtime.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeInstrument } from "../market/instrument.ts";
import { HOUR, MINUTE } from "../units/unit.ts";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { type Json, market, type Rig, TERMS } from "./testing/rig.ts";
import { buy, CREATE, REALTIME, standing } from "./testing/standing.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };
const STOP = "/v5/position/trading-stop";

async function orderOf(rig: Rig, orderLinkId: string): Promise<Json> {
	const [order] = await rig.list(REALTIME, { ...BTC, orderLinkId });
	assert.ok(order, orderLinkId);
	return order;
}

function rowsOf(frames: readonly Json[], topic: string): Json[] {
	return frames.filter((frame) => frame.topic === topic).flatMap((frame) => frame.data as Json[]); // the tests look at what they hold
}

/** Lets what was asked be told. */
async function told(rig: Rig): Promise<void> {
	await rig.sim.control.step({ to: "point" });
}

test("smpType is taken, shown and obeyed; an unknown one is refused (B2)", async () => {
	const rig = await standing();
	const account = await rig.account();
	const maker = buy("maker", { side: "Sell", orderType: "Limit", price: "20000.1", smpType: "CancelBoth" });
	const { orderId } = await rig.done(CREATE, maker);
	const taker = await rig.done(CREATE, buy("taker", { smpType: "CancelTaker" }));
	const fields = ({ orderStatus, cancelType, rejectReason, smpType, smpGroup, smpOrderId }: Json): unknown[] => [
		...[orderStatus, cancelType, rejectReason, smpType, smpGroup, smpOrderId],
	];
	const cancelled = ["Cancelled", "CancelBySmp", "EC_BySelfMatch", "CancelTaker", 0, orderId];
	assert.deepEqual(fields(await orderOf(rig, "taker")), cancelled);
	assert.deepEqual(fields(await orderOf(rig, "maker")), ["New", "UNKNOWN", "EC_NoError", "CancelBoth", 0, ""]);
	const [history] = await rig.list("/v5/order/history", { ...BTC, orderId: String(taker.orderId) });
	assert.deepEqual(fields(history ?? {}), cancelled);
	await told(rig);
	const streamed = rowsOf(account.frames, "order").find((order) => order.orderId === taker.orderId);
	assert.deepEqual(fields(streamed ?? {}), cancelled);
	const plain = await rig.done(CREATE, buy("both"));
	assert.deepEqual(
		(await rig.list("/v5/execution/list", BTC)).map(({ orderLinkId, execPrice, isMaker }) => [orderLinkId, execPrice, isMaker]),
		[
			["maker", "20000.1", true],
			["both", "20000.1", false],
		],
		"without prevention it trades with itself",
	);
	assert.ok(plain.orderId);
	assert.equal((await rig.post(CREATE, buy("odd", { smpType: "CancelNobody" }))).retCode, 10001);
	assert.deepEqual((await rig.get("/v5/account/smp-group")).result, { smpGroup: 0 });
});

test("slippage tolerance: shown where it is given, bounded by its kind, alone and in a batch (B2)", async () => {
	const rig = await standing();
	const rows: [Json, number][] = [
		[{ slippageToleranceType: "TickSize", slippageTolerance: "5" }, 0],
		[{ slippageToleranceType: "Percent", slippageTolerance: 0.05 }, 0],
		[{ slippageToleranceType: "UNKNOWN", slippageTolerance: "0" }, 0],
		[{ slippageToleranceType: "TickSize", slippageTolerance: "10001" }, 110108],
		[{ slippageToleranceType: "TickSize", slippageTolerance: "0" }, 110108],
		[{ slippageToleranceType: "Percent", slippageTolerance: "10.01" }, 110109],
		[{ slippageToleranceType: "Percent", slippageTolerance: "0.005" }, 110109],
		[{ slippageToleranceType: "Ticks", slippageTolerance: "5" }, 10001],
		[{ slippageToleranceType: "TickSize" }, 10001],
		[{ slippageTolerance: "5" }, 10001],
		[{ slippageToleranceType: "TickSize", slippageTolerance: "5", orderType: "Limit", price: "19000" }, 10001],
		[{ slippageToleranceType: "TickSize", slippageTolerance: "5", triggerPrice: "21000", triggerDirection: 1 }, 10001],
	];
	const orders = rows.map(([fields], i) => buy(`t${i}`, { qty: "0.001", ...fields }));
	for (const [i, [fields, code]] of rows.entries())
		assert.equal((await rig.post(CREATE, orders[i] ?? {})).retCode, code, JSON.stringify(fields));
	const request = orders.map((order) => ({ ...order, orderLinkId: `b-${order.orderLinkId}` }));
	const { retExtInfo } = await rig.post("/v5/order/create-batch", { category: "linear", request });
	assert.deepEqual(
		(retExtInfo.list as Json[]).map(({ code }) => code),
		rows.map(([, code]) => code),
	);
	const shown = async (orderLinkId: string): Promise<unknown[]> => {
		const [order] = await rig.list("/v5/order/history", { ...BTC, orderLinkId });
		return [order?.slippageToleranceType, order?.slippageTolerance, order?.price];
	};
	assert.deepEqual(await shown("t0"), ["TickSize", "5", "20000.6"], "five ticks beyond the best ask");
	assert.deepEqual(await shown("b-t1"), ["Percent", "0.05", "20010.1"]);
	assert.deepEqual(await shown("t2"), ["UNKNOWN", "0", "21000"]);
});

test("a reduction larger than an order may be is split, and answers with its first part (B2)", async () => {
	const bundle = market("BTCUSDT", minutes(still(600, 20_000), DAY_START + MINUTE));
	const grid = { symbol: "BTCUSDT", baseCoin: "BTC", tick: "0.1", step: "0.001", minQty: "0.001", maxMarketQty: "0.02", maxQty: "0.1" };
	const instrument = makeInstrument({ ...grid, minNotional: 5, maxLeverage: 100, fundingHours: 8 })!; // on its grid
	const rig = await standing([], { markets: [{ ...bundle, instrument }] });
	for (const id of ["a", "b", "c"]) await rig.done(CREATE, buy(id, { qty: "0.015" }));
	assert.equal((await rig.post(CREATE, buy("over", { qty: "0.021" }))).retCode, 10001);
	const { orderId } = await rig.done(CREATE, buy("all", { side: "Sell", qty: "1000000", reduceOnly: true }));
	const parts = (await rig.list("/v5/order/history", BTC)).filter(({ side }) => side === "Sell").reverse();
	assert.deepEqual(
		parts.map((part) => [part.qty, part.orderLinkId, part.orderStatus, part.orderId === orderId]),
		[
			["0.02", "all", "Filled", true],
			["0.02", "", "Filled", false],
			["0.005", "", "Filled", false],
		],
	);
	assert.deepEqual(await rig.list("/v5/position/list", { category: "linear", settleCoin: "USDT" }), []);
});

test("cancelling a leg of an unbroken pair by its id cancels both; a trailing profit says what it is (B2)", async () => {
	const rig = await standing();
	await rig.done(CREATE, buy("entry"));
	const legs = async (): Promise<Json[]> => await rig.list(REALTIME, { ...BTC, orderFilter: "StopOrder" });
	await rig.done(STOP, { ...BTC, tpslMode: "Full", positionIdx: 0, takeProfit: "21000", stopLoss: "19000" });
	const [leg] = await legs();
	await rig.done("/v5/order/cancel", { ...BTC, orderId: leg?.orderId });
	assert.deepEqual(await legs(), []);
	await rig.done(STOP, { ...BTC, tpslMode: "Full", positionIdx: 0, takeProfit: "21000", stopLoss: "19000" });
	await rig.done(STOP, { ...BTC, tpslMode: "Full", positionIdx: 0, stopLoss: "19500" });
	const [target] = (await legs()).filter(({ stopOrderType }) => stopOrderType === "TakeProfit");
	await rig.done("/v5/order/cancel", { ...BTC, orderId: target?.orderId });
	await rig.done(STOP, { ...BTC, tpslMode: "Full", positionIdx: 0, trailingStop: "100", activePrice: "20500" });
	assert.deepEqual(
		(await legs()).map(({ stopOrderType, createType }) => [stopOrderType, createType]),
		[
			["TrailingStop", "CreateByTrailingProfit"],
			["StopLoss", "CreateByStopLoss"],
		],
	);
});

test("margin is added by itself once that is set, and the position says so (B2)", async () => {
	const falling = [...still(3, 20_000), { open: 20_000, high: 20_000, low: 13_400, close: 13_400 }, ...still(5, 13_400)];
	const rig = await standing([], { markets: [market("BTCUSDT", minutes(falling, DAY_START + MINUTE))] });
	const account = await rig.account();
	await rig.done(CREATE, buy("entry"));
	const position = async (): Promise<Json> => (await rig.list("/v5/position/list", BTC))[0] ?? {};
	assert.deepEqual([(await position()).autoAddMargin, (await position()).adlRankIndicator], [0, 1]);
	await rig.done("/v5/position/set-auto-add-margin", { ...BTC, autoAddMargin: 1, positionIdx: 0 });
	assert.equal((await position()).autoAddMargin, 1);
	const before = Number((await position()).positionIM);
	await rig.sim.control.step({ ms: 5 * MINUTE });
	const after = await position();
	assert.equal(after.size, "0.1");
	assert.ok(Number(after.positionIM) > before + 660 && Number(after.liqPrice) < 7000, JSON.stringify(after));
	const frames = rowsOf(account.frames, "position");
	assert.equal(frames.at(-1)?.positionIM, after.positionIM);
	const cross = await standing([], { terms: { ...TERMS, marginMode: "cross" } });
	assert.equal((await cross.post("/v5/position/set-auto-add-margin", { ...BTC, autoAddMargin: 1 })).retCode, 110076);
});

test("hedge mode is refused with Bybit's code, one-way is not modified (B2)", async () => {
	const rig = await standing();
	const rows: [Json, number][] = [
		[{ symbol: "BTCUSDT", mode: 3 }, 110029],
		[{ coin: "USDT", mode: 3 }, 110029],
		[{ symbol: "BTCUSDT", mode: 0 }, 110025],
		[{ coin: "USDT", mode: 0 }, 110025],
		[{ symbol: "BTCUSDT", mode: 1 }, 10001],
		[{ mode: 3 }, 10001],
	];
	for (const [fields, code] of rows)
		assert.equal((await rig.post("/v5/position/switch-mode", { category: "linear", ...fields })).retCode, code, JSON.stringify(fields));
});

test("realtime lists the open orders, or the last 500 that ended, newest first and page by page (B2)", async () => {
	const rig = await standing();
	const open = await rig.done(CREATE, buy("open", { orderType: "Limit", price: "19000" }));
	const miss = { orderType: "Limit", price: "19500", timeInForce: "IOC", qty: "0.01" };
	const ids: unknown[] = [];
	for (let i = 0; i < 26; i++) {
		const request = Array.from({ length: 20 }, (_, k) => buy(`c${i}-${k}`, miss));
		const { list } = await rig.done("/v5/order/create-batch", { category: "linear", request });
		ids.push(...(list as Json[]).map(({ orderId }) => orderId));
	}
	const pages: unknown[][] = [];
	for (let cursor = ""; pages.length === 0 || cursor !== ""; ) {
		const { result } = await rig.get(REALTIME, { ...BTC, openOnly: "1", limit: "50", ...(cursor === "" ? {} : { cursor }) });
		pages.push((result.list as Json[]).map(({ orderId }) => orderId));
		cursor = String(result.nextPageCursor);
	}
	assert.equal(pages.length, 10);
	assert.deepEqual(pages.flat(), ids.slice(-500).reverse());
	for (const query of [{ openOnly: "0" }, {}] as const)
		assert.deepEqual(
			(await rig.list(REALTIME, { ...BTC, ...query })).map(({ orderId }) => orderId),
			[open.orderId],
		);
	assert.equal((await rig.list(REALTIME, { ...BTC, openOnly: "0", orderLinkId: "c25-19" })).length, 1, "an id is found in either");
	assert.equal((await rig.list(REALTIME, { ...BTC, openOnly: "1", orderLinkId: "open" })).length, 1);
	assert.equal((await rig.list(REALTIME, { ...BTC, orderLinkId: "c0-0" })).length, 0, "beyond the last 500 history knows it");
	assert.equal((await rig.list("/v5/order/history", { ...BTC, orderLinkId: "c0-0" })).length, 1);
	assert.equal((await rig.get(REALTIME, { ...BTC, openOnly: "7" })).retCode, 10001);
});

test("without times the transaction log goes back a day, the other lists a week; seven days at most (B2)", async () => {
	const rig = await standing([], { markets: [market("BTCUSDT", minutes(still(26 * 60, 20_000), DAY_START + MINUTE))] });
	await rig.done(CREATE, buy("in"));
	await rig.done(CREATE, buy("out", { side: "Sell", reduceOnly: true }));
	const from = rig.sim.clock.now();
	const count = async (path: string, query: Record<string, string> = {}): Promise<number> => (await rig.list(path, query)).length;
	await rig.sim.control.step({ ms: 24 * HOUR });
	assert.equal(await count("/v5/account/transaction-log"), 2, "a day to the millisecond");
	await rig.sim.control.step({ ms: HOUR });
	assert.equal(await count("/v5/account/transaction-log"), 0);
	const log = { startTime: String(from), endTime: String(rig.sim.clock.now()) };
	assert.equal(await count("/v5/account/transaction-log", log), 2);
	for (const path of ["/v5/order/history", "/v5/execution/list"]) assert.equal(await count(path, BTC), 2, path);
	assert.equal(await count("/v5/position/closed-pnl", BTC), 1);
	const late = { startTime: String(from), endTime: String(from + 7 * 24 * HOUR + 1) };
	assert.equal((await rig.get("/v5/account/transaction-log", late)).retCode, 10001);
});
