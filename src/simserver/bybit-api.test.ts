// The exchange as npm bybit-api sees it: what that client signs, subscribes, matches and reads, it must be able to here.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { DefaultLogger, RestClientV5, WebsocketClient } from "bybit-api";
import { HOUR } from "../units/unit.ts";
import { DAY_START, minutes, wave } from "./testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "./testing/rig.ts";

const SILENT = Object.assign({ ...DefaultLogger }, { trace: () => {}, info: () => {}, error: () => {} });

/** An exchange that stands, its replay over, at its last price. */
async function frozen(): Promise<Rig> {
	const markets = [market("BTCUSDT", minutes(wave(26 * 60, 20_000))), market("ETHUSDT", minutes(wave(26 * 60, 1500)))];
	const rig = await Rig.open({ markets, speed: "max" });
	await rig.sim.finished;
	return rig;
}

function restOf(rig: Rig): RestClientV5 {
	return new RestClientV5({ key: KEY, secret: SECRET, baseUrl: rig.sim.addresses.rest, parseAPIRateLimits: false });
}

function socketOf(wsUrl: string): WebsocketClient {
	const client = new WebsocketClient({ key: KEY, secret: SECRET, wsUrl, market: "v5" }, SILENT);
	afterwards(() => client.closeAll(true));
	return client;
}

test("bybit-api reads the market by REST (B1, C3)", async () => {
	const rig = await frozen();
	const rest = restOf(rig);
	assert.equal(await rest.fetchServerTime(), (DAY_START + 26 * HOUR) / 1000);
	const { list: instruments } = (await rest.getInstrumentsInfo({ category: "linear" })).result;
	assert.deepEqual(
		instruments.map(({ symbol }) => symbol),
		["BTCUSDT", "ETHUSDT"],
	);
	assert.deepEqual((await rest.getInstrumentsInfo({ category: "spot" })).result.list, []);
	const first = (await rest.getInstrumentsInfo({ category: "linear", limit: 1 })).result;
	const second = (await rest.getInstrumentsInfo({ category: "linear", limit: 1, cursor: first.nextPageCursor ?? "" })).result;
	assert.deepEqual([first.list[0]?.symbol, second.list[0]?.symbol, second.nextPageCursor], ["BTCUSDT", "ETHUSDT", ""]);
	const { list: candles } = (await rest.getKline({ category: "linear", symbol: "BTCUSDT", interval: "60", limit: 3 })).result;
	assert.deepEqual(
		candles.map(([start]) => Number(start)),
		[25, 24, 23].map((hour) => DAY_START + hour * HOUR),
	);
	const [ticker] = (await rest.getTickers({ category: "linear", symbol: "BTCUSDT" })).result.list;
	assert.equal(ticker?.volume24h, "14400");
	const book = (await rest.getOrderbook({ category: "linear", symbol: "BTCUSDT", limit: 50 })).result;
	assert.deepEqual([book.b.length, book.a.length, book.b[0]?.[0]], [50, 50, ticker?.bid1Price]);
	assert.equal((await rest.getPublicTradingHistory({ category: "linear", symbol: "BTCUSDT", limit: 5 })).result.list.length, 5);
	const { list: funding } = (await rest.getFundingRateHistory({ category: "linear", symbol: "BTCUSDT" })).result;
	assert.deepEqual(
		funding.map(({ fundingRateTimestamp }) => (Number(fundingRateTimestamp) - DAY_START) / HOUR),
		[24, 16, 8, 0],
	);
	const { list: limits } = (await rest.getRiskLimit({ category: "linear", symbol: "BTCUSDT" })).result;
	assert.equal(limits[0]?.isLowestRisk, 1);
});

test("bybit-api trades by REST: place, amend, cancel, look up page by page (D1, D2, B2)", async () => {
	const rig = await frozen();
	const rest = restOf(rig);
	const both = { category: "linear", symbol: "BTCUSDT" } as const;
	assert.equal((await rest.setLeverage({ ...both, buyLeverage: "5", sellLeverage: "5" })).retCode, 0);
	assert.equal((await rest.setLeverage({ ...both, buyLeverage: "5", sellLeverage: "5" })).retCode, 110043);
	assert.equal((await rest.setLeverage({ ...both, buyLeverage: "101", sellLeverage: "101" })).retCode, 110013);
	assert.deepEqual((await rest.setMarginMode("ISOLATED_MARGIN")).result, { reasons: [] });
	assert.equal((await rest.switchPositionMode({ ...both, mode: 0 })).retCode, 110025);
	for (let i = 1; i <= 5; i++) {
		const order = {
			...both,
			side: "Buy",
			orderType: "Limit",
			qty: "0.01",
			price: `${19_000 + i}`,
			orderLinkId: `o-${i}`,
			timeInForce: "PostOnly",
		} as const;
		assert.equal((await rest.submitOrder(order)).result.orderLinkId, `o-${i}`);
	}
	assert.equal((await rest.amendOrder({ ...both, orderLinkId: "o-2", price: "18000" })).retCode, 0);
	assert.equal((await rest.cancelOrder({ ...both, orderLinkId: "o-3" })).retCode, 0);
	const seen: string[] = [];
	let cursor = "";
	do {
		const { result } = await rest.getActiveOrders({ ...both, limit: 2, ...(cursor === "" ? {} : { cursor }) });
		seen.push(...result.list.map(({ orderLinkId, price }) => `${orderLinkId} ${price}`));
		cursor = result.nextPageCursor ?? "";
	} while (cursor !== "");
	assert.deepEqual(seen, ["o-5 19005", "o-4 19004", "o-2 18000", "o-1 19001"], "newest first, the cursor encoded and signed by the client");
	const [byId] = (await rest.getActiveOrders({ ...both, orderLinkId: "o-3" })).result.list;
	assert.equal(byId?.orderStatus, "Cancelled", "an id finds a closed order as well");
	assert.equal((await rest.cancelAllOrders(both)).result.list.length, 4);
	assert.equal((await rest.getHistoricOrders(both)).result.list.length, 5);
	const wallet = (await rest.getWalletBalance({ accountType: "UNIFIED" })).result.list[0];
	assert.equal(wallet?.coin[0]?.walletBalance, "10000");
	assert.equal((await rest.getAccountInfo()).result.unifiedMarginStatus, 5);
	assert.equal((await rest.getFeeRate({ category: "linear", symbol: "BTCUSDT" })).result.list[0]?.takerFeeRate, "0.00055");
	assert.deepEqual((await rest.getQueryApiKey()).result.permissions.Wallet, []);
	assert.equal((await rest.getPositionInfo(both)).result.list[0]?.size, "0");
	assert.deepEqual((await rest.getPositionInfo({ category: "linear", settleCoin: "USDT" })).result.list, []);
	assert.equal(
		(await rest.setTradingStop({ ...both, stopLoss: "18000", tpslMode: "Full", positionIdx: 0 })).retMsg,
		"can not set tp/sl/ts for zero position",
	);
});

test("bybit-api listens to the public and private streams and places orders on the trade socket (C1, C4, D1)", async () => {
	const rig = await frozen();
	const [stream, account, trade] = [
		socketOf(rig.sim.addresses.public),
		socketOf(rig.sim.addresses.private),
		socketOf(rig.sim.addresses.trade),
	];
	const ticker = once(stream, "update");
	stream.subscribeV5("tickers.BTCUSDT", "linear");
	const [shown] = (await ticker) as [{ topic: string; type: string; data: { symbol: string } }]; // what the client emits
	assert.deepEqual([shown.topic, shown.type, shown.data.symbol], ["tickers.BTCUSDT", "snapshot", "BTCUSDT"]);
	await Promise.all(account.subscribeV5(["order", "wallet"], "linear", true));
	const told = once(account, "update");
	const body = {
		category: "linear",
		symbol: "BTCUSDT",
		side: "Buy",
		orderType: "Limit",
		qty: "0.01",
		price: "19000",
		orderLinkId: "by-socket",
	} as const;
	const answer = await trade.sendWSAPIRequest("v5PrivateTrade", "order.create", body);
	assert.deepEqual([answer.retCode, answer.data.orderLinkId], [0, "by-socket"]);
	const [order] = (await told) as [{ topic: string; data: { orderLinkId: string; orderStatus: string }[] }]; // what the client emits
	assert.deepEqual([order.topic, order.data[0]?.orderLinkId, order.data[0]?.orderStatus], ["order", "by-socket", "New"]);
});
