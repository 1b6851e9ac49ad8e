// The paths beside the daily ones, as npm bybit-api asks them, and the lists page by page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RestClientV5 } from "bybit-api";
import fc from "fast-check";
import { HOUR, MINUTE } from "../units/unit.ts";
import { DAY_START, minutes, still, wave } from "./testing/candles.ts";
import { type Json, KEY, market, Rig, SECRET, TERMS } from "./testing/rig.ts";

async function frozen(terms = TERMS): Promise<{ rig: Rig; rest: RestClientV5 }> {
	const markets = [market("BTCUSDT", minutes(wave(26 * 60, 20_000))), market("ETHUSDT", minutes(wave(26 * 60, 1500)))];
	const rig = await Rig.open({ markets, speed: "max", terms });
	await rig.sim.finished;
	return { rig, rest: new RestClientV5({ key: KEY, secret: SECRET, baseUrl: rig.sim.addresses.rest, parseAPIRateLimits: false }) };
}

const BTC = { category: "linear", symbol: "BTCUSDT" } as const;

test("bybit-api asks for what the market says beside prices (B1)", async () => {
	const { rig, rest } = await frozen();
	const premium = (await rest.getPremiumIndexPriceKline({ ...BTC, interval: "60", limit: 2 })).result.list;
	assert.deepEqual(
		premium.map(([at, open]) => [(Number(at) - DAY_START) / HOUR, open]),
		[
			[25, "0"],
			[24, "0"],
		],
	);
	const interest = (await rest.getOpenInterest({ ...BTC, intervalTime: "1h", limit: 2 })).result;
	assert.deepEqual(
		interest.list.map(({ timestamp }) => (Number(timestamp) - DAY_START) / HOUR),
		[26, 25],
	);
	assert.notEqual(interest.nextPageCursor, "");
	const last = Number((await rest.getTickers(BTC)).result.list[0]?.lastPrice);
	const { buyLmt, sellLmt } = (await rest.getOrderPriceLimit(BTC)).result;
	assert.ok(Math.abs(Number(buyLmt) - last * 1.01) < 0.1 && Math.abs(Number(sellLmt) - last * 0.99) < 0.1);
	assert.equal((await rest.getADLAlert()).result.list.length, 2);
	assert.deepEqual((await rest.getSystemStatus()).result, { list: [] });
	assert.equal((await rig.ask("/v5/announcements/index?locale=en-US")).result.total, 1);
	for (const category of ["spot", "inverse", "option"] as const) {
		assert.deepEqual((await rest.getTickers({ category } as never)).result.list, []);
		assert.deepEqual((await rest.getPositionInfo({ category } as never)).result.list, []);
		assert.deepEqual((await rest.getActiveOrders({ category } as never)).result.list, []);
	}
});

test("bybit-api sets what an account may set, and abandoned calls are answered as Bybit answers them (B2)", async () => {
	const { rest } = await frozen();
	assert.equal((await rest.setAutoAddMargin({ ...BTC, autoAddMargin: 1, positionIdx: 0 })).retCode, 0);
	assert.equal((await rest.getPositionInfo(BTC)).result.list[0]?.autoAddMargin, 1);
	assert.deepEqual((await rest.getFuturesLeverage(BTC)).result.list, [{ symbol: "BTCUSDT", leverage: "3", side: "", positionIdx: 0 }]);
	assert.equal((await rest.confirmNewRiskLimit(BTC)).retCode, 110082);
	assert.equal((await rest.switchIsolatedMargin({ ...BTC, tradeMode: 1, buyLeverage: "5", sellLeverage: "5" })).retCode, 100028);
	assert.equal((await rest.setRiskLimit({ ...BTC, riskId: 1 })).result.riskId, 1);
	assert.deepEqual((await rest.setTPSLMode({ ...BTC, tpSlMode: "Partial" })).result, { tpSlMode: "Partial" });
	assert.equal((await rest.switchPositionMode({ ...BTC, mode: 3 })).retCode, 110029);
	assert.equal((await rest.getLimitPriceAction()).result.lpaPerp, false);
	const far = { ...BTC, side: "Buy", orderType: "Limit", qty: "0.01", price: "30000", timeInForce: "PostOnly" } as const;
	assert.equal((await rest.submitOrder(far)).retCode, 0, "moved to the band's edge by default");
	const { buyLmt } = (await rest.getOrderPriceLimit(BTC)).result;
	assert.equal((await rest.getHistoricOrders(BTC)).result.list[0]?.price, buyLmt);
	assert.equal((await rest.setLimitPriceAction({ category: "linear", modifyEnable: false })).retCode, 0);
	assert.equal((await rest.getLimitPriceAction()).result.lpaPerp, true);
	assert.equal((await rest.submitOrder(far)).retCode, 110121);
	assert.equal((await rest.submitOrder({ ...far, side: "Sell", price: "10000" })).retCode, 110120);
	assert.equal((await rest.preCheckOrder({ ...far, price: "19000" })).retCode, 10001, "not for isolated margin");
	assert.equal((await rest.getCoinInfo("USDT")).result.rows[0]?.coin, "USDT");
});

test("an order's effect on the margin rates can be asked beforehand in cross margin (D1)", async () => {
	const { rest } = await frozen({ ...TERMS, marginMode: "cross" });
	const order = { ...BTC, side: "Buy", orderType: "Market", qty: "0.1" } as const;
	const { result } = await rest.preCheckOrder(order);
	assert.deepEqual([result.preImrE4, result.preMmrE4], [0, 0]);
	assert.ok(result.postImrE4 > 600 && result.postImrE4 < 700, "2000 / 3 of 10000, and fees");
	const tooMuch = await rest.preCheckOrder({ ...order, qty: "10" });
	assert.equal(tooMuch.retCode, 110007);
	assert.deepEqual(Object.keys(tooMuch.retExtInfo as object), ["future_order_id", "future_order_link_id", "post_imr_e4", "post_mmr_e4"]);
	assert.equal((await rest.setAutoAddMargin({ ...BTC, autoAddMargin: 1 })).retCode, 110076);
});

test("a batch has a code for each row, by REST and by socket, and the whole succeeds even when rows fail (D1)", async () => {
	const { rig, rest } = await frozen();
	const row = { symbol: "BTCUSDT", side: "Buy", orderType: "Limit", qty: "0.01", price: "19000" } as const;
	const placed = await rest.batchSubmitOrders("linear", [
		{ ...row, orderLinkId: "a" },
		{ ...row, orderLinkId: "a" },
		{ ...row, orderLinkId: "b", qty: "0" },
		{ ...row, orderLinkId: "c" },
	]);
	assert.deepEqual([placed.retCode, (placed.retExtInfo.list ?? []).map(({ code }) => code)], [0, [0, 110072, 10001, 0]]);
	assert.deepEqual(
		placed.result.list.map(({ orderLinkId, orderId }) => [orderLinkId, orderId !== ""]),
		[
			["a", true],
			["a", false],
			["b", false],
			["c", true],
		],
	);
	const amended = await rest.batchAmendOrders("linear", [{ symbol: "BTCUSDT", orderLinkId: "a", price: "18000" }]);
	assert.deepEqual(amended.retExtInfo, { list: [{ code: 0, msg: "OK" }] });
	const trade = await rig.authenticated("trade");
	const header = { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) };
	const request = [
		{ symbol: "BTCUSDT", orderLinkId: "a" },
		{ symbol: "BTCUSDT", orderLinkId: "none" },
	];
	trade.send({ reqId: "1", header, op: "order.cancel-batch", args: [{ category: "linear", request }] });
	const answer = await trade.next();
	assert.deepEqual([answer.retCode, (answer.retExtInfo as { list: Json[] }).list.map(({ code }) => code)], [0, [0, 110001]]);
	assert.equal((await rest.batchCancelOrders("linear", [])).retCode, 10001);
});

test("pages of every list hold each row once, whatever the page size and whatever arrives meanwhile (B2)", async () => {
	const { rig } = await frozen();
	for (let i = 0; i < 12; i++) await rig.done("/v5/order/create", { ...BTC, side: "Buy", orderType: "Limit", qty: "0.01", price: "19000" });
	for (let i = 0; i < 9; i++)
		await rig.done("/v5/order/create", { ...BTC, side: i % 2 === 0 ? "Buy" : "Sell", orderType: "Market", qty: "0.01" });
	const lists = [
		["/v5/order/realtime", BTC, "orderId"],
		["/v5/order/history", BTC, "orderId"],
		["/v5/execution/list", BTC, "execId"],
		["/v5/account/transaction-log", {}, "id"],
		["/v5/market/open-interest", { ...BTC, intervalTime: "1h" }, "timestamp"],
		["/v5/market/instruments-info", { category: "linear" }, "symbol"],
	] as const;
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...lists), fc.integer({ min: 1, max: 7 }), fc.boolean(), async ([path, query, id], limit, arrives) => {
			const idsOf = async (extra: Record<string, string>): Promise<{ ids: unknown[]; cursor: string }> => {
				const { result } = await rig.get(path, { ...query, ...extra });
				return { ids: (result.list as Json[]).map((row) => row[id]), cursor: String(result.nextPageCursor) };
			};
			const all = (await idsOf({ limit: "50" })).ids;
			const seen: unknown[] = [];
			for (let cursor = ""; ; ) {
				const page = await idsOf({ limit: String(limit), ...(cursor === "" ? {} : { cursor }) });
				seen.push(...page.ids);
				cursor = page.cursor;
				if (cursor === "") break;
				if (arrives && all.length < 45)
					await rig.done("/v5/order/create", { ...BTC, side: "Buy", orderType: "Limit", qty: "0.01", price: "18000" });
				arrives = false;
			}
			assert.deepEqual(seen, all);
		}),
		{ numRuns: 25 },
	);
});

test("query windows: seven days at most, a start alone where Bybit wants an end is an error (B2)", async () => {
	const { rig } = await frozen();
	const now = rig.sim.clock.now();
	const code = async (path: string, query: Record<string, string>): Promise<number> => (await rig.get(path, query)).retCode;
	const week = 7 * 24 * HOUR;
	for (const path of ["/v5/order/history", "/v5/execution/list", "/v5/position/closed-pnl"]) {
		assert.equal(await code(path, { ...BTC, startTime: String(now - week), endTime: String(now) }), 0, path);
		assert.equal(await code(path, { ...BTC, startTime: String(now - week - 1), endTime: String(now) }), 10001, path);
		assert.equal(await code(path, { ...BTC, startTime: String(now), endTime: String(now - 1) }), 10001, path);
		assert.equal(await code(path, { ...BTC, startTime: String(now - week) }), 0, path);
	}
	assert.equal(await code("/v5/market/funding/history", { ...BTC, startTime: String(now - week) }), 10001);
	assert.equal(await code("/v5/market/funding/history", { ...BTC, endTime: String(now) }), 0);
});

test("an order that ended without a fill leaves the history after a day, a filled one stays (B2)", async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(25 * 60, 20_000)))] });
	const order = { ...BTC, side: "Buy", qty: "0.01" };
	const stream = await rig.socket("public");
	const shown: number[] = [];
	const look = async (): Promise<void> => void shown.push((await rig.list("/v5/order/history", { category: "linear" })).length);
	stream.onFrame = (frame) => {
		if (frame.ts === DAY_START + MINUTE) {
			void rig.done("/v5/order/create", { ...order, orderType: "Market" });
			void rig.done("/v5/order/create", { ...order, orderType: "Limit", price: "19000", orderLinkId: "x" });
			void rig.done("/v5/order/cancel", { ...BTC, orderLinkId: "x" });
		}
		if (frame.ts === DAY_START + 24 * HOUR || frame.ts === DAY_START + 24 * HOUR + 2 * MINUTE) void look();
	};
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	assert.deepEqual(shown, [2, 1]);
});
