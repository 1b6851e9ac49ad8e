// One life of a trading program, as npm bybit-api leads it over REST and all three sockets: it connects, trades against a book that holds
// less than it asks for, protects itself, pays funding, is stopped out, looks everything up and leaves. Time stands but for the steps that the
// control takes. What the streams have told must be what the lists say, field by field.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DefaultLogger, RestClientV5, WebsocketClient } from "bybit-api";
import { roundUsdt } from "../units/grid.ts";
import { HOUR, MINUTE } from "../units/unit.ts";
import { afterwards, type Json, KEY, type Rig, SECRET, TERMS } from "./testing/rig.ts";
import { standing, turns, until } from "./testing/standing.ts";

const SILENT = Object.assign({ ...DefaultLogger }, { trace: () => {}, info: () => {}, error: () => {} });
const BTC = { category: "linear", symbol: "BTCUSDT" } as const;
const WHOLE = { ...BTC, positionIdx: 0, tpslMode: "Full" } as const;
const PRIVATE = ["order", "execution", "position", "wallet"];
const PUBLIC = ["tickers", "orderbook.50", "publicTrade", "kline.1"].map((topic) => `${topic}.BTCUSDT`);

type Frame = { readonly topic: string; readonly type?: string; readonly data: Json | Json[] };

/** A socket of the client's and all that it was told. */
class Line {
	readonly client: WebsocketClient;
	readonly frames: Frame[] = [];

	constructor(wsUrl: string) {
		this.client = new WebsocketClient({ key: KEY, secret: SECRET, wsUrl, market: "v5" }, SILENT);
		this.client.on("update", (frame: Frame) => this.frames.push(frame));
		afterwards(() => this.client.closeAll(true));
	}

	rows(topic: string): Json[] {
		return this.frames.filter((frame) => frame.topic === topic).flatMap(({ data }): Json[] => (Array.isArray(data) ? data : [data]));
	}

	/** The first row of a topic in which these fields stand, whenever it comes. */
	async row(topic: string, fields: Json): Promise<Json> {
		const found = (): Json | undefined =>
			this.rows(topic).find((row) => Object.entries(fields).every(([name, value]) => row[name] === value));
		await until(() => found() !== undefined);
		return found() ?? {};
	}
}

type Session = { rig: Rig; rest: RestClientV5; stream: Line; account: Line; trade: Line };

async function connected(): Promise<Session> {
	const rig = await standing([], { liquidity: "book", terms: { ...TERMS, balance: roundUsdt(1_000_000) } });
	const { addresses } = rig.sim;
	const rest = new RestClientV5({ key: KEY, secret: SECRET, baseUrl: addresses.rest, parseAPIRateLimits: false });
	const [stream, account, trade] = [new Line(addresses.public), new Line(addresses.private), new Line(addresses.trade)];
	await Promise.all(stream.client.subscribeV5(PUBLIC, "linear"));
	await Promise.all(account.client.subscribeV5(PRIVATE, "linear", true));
	await until(() => new Set(stream.frames.map(({ topic }) => topic)).size >= 2); // the ticker's and the book's snapshot
	return { rig, rest, stream, account, trade };
}

function sum(rows: readonly Json[], name: string): number {
	return Number(rows.reduce((total, row) => total + Number(row[name]), 0).toFixed(8));
}

/** The fields that both have are the same. */
function assertSame(told: Json | undefined, listed: object | undefined, without: readonly string[] = []): void {
	assert.ok(told !== undefined && listed !== undefined);
	const shared = Object.keys(listed).filter((name) => name in told && !without.includes(name));
	const pick = (row: Json): Json => Object.fromEntries(shared.map((name) => [name, row[name]]));
	assert.ok(shared.length > 10);
	assert.deepEqual(pick(told), pick(listed as Json));
}

/** Places a resting order, amends it into the book, and takes what the book holds up to its price; the rest is cancelled. Returns the size. */
async function enter({ rest, account, trade }: Session): Promise<string> {
	const order = { ...BTC, side: "Buy", orderType: "Limit", price: "19900", orderLinkId: "entry" } as const;
	const { a: asks } = (await rest.getOrderbook({ ...BTC, limit: 50 })).result;
	const within = asks.filter(([price]) => Number(price) <= 20_001);
	const offered = Number(within.reduce((total, [, size]) => total + Number(size), 0).toFixed(3));
	assert.ok(within.length >= 9 && offered > 1);
	const placed = await trade.client.sendWSAPIRequest("v5PrivateTrade", "order.create", { ...order, qty: (offered + 10).toFixed(3) });
	assert.equal(placed.retCode, 0, placed.retMsg);
	await account.row("order", { orderLinkId: "entry", orderStatus: "New", price: "19900" });
	const amended = await trade.client.sendWSAPIRequest("v5PrivateTrade", "order.amend", { ...BTC, orderLinkId: "entry", price: "20001" });
	assert.equal(amended.retCode, 0, amended.retMsg);
	const told = await account.row("order", { orderLinkId: "entry", orderStatus: "PartiallyFilled", leavesQty: "10" });
	assert.deepEqual([told.price, told.cumExecQty, told.leavesQty], ["20001", String(offered), "10"]);
	assertSame(
		account.rows("order").findLast((row) => row.orderLinkId === "entry"),
		(await rest.getActiveOrders(BTC)).result.list[0],
	);
	assert.deepEqual(
		account.rows("execution").map(({ execPrice, execQty, isMaker }) => [Number(execPrice), Number(execQty), isMaker]),
		within.map(([price, size]) => [Number(price), Number(size), false]),
		"level by level what the book showed",
	);
	const cancelled = await trade.client.sendWSAPIRequest("v5PrivateTrade", "order.cancel", { ...BTC, orderLinkId: "entry" });
	assert.equal(cancelled.retCode, 0, cancelled.retMsg);
	const over = await account.row("order", { orderLinkId: "entry", orderStatus: "Cancelled" });
	assert.deepEqual([over.cumExecQty, over.leavesQty, over.cancelType], [String(offered), "0", "CancelByUser"]);
	return String(offered);
}

/** A stop, a target, and a trail that begins at 20300; then eight hours pass, and funding is paid. */
async function protect({ rig, rest, stream, account }: Session, size: string): Promise<void> {
	assert.equal((await rest.setTradingStop({ ...WHOLE, stopLoss: "19500", takeProfit: "21500" })).retMsg, "OK");
	assert.equal((await rest.setTradingStop({ ...WHOLE, trailingStop: "200", activePrice: "20300" })).retMsg, "OK");
	assert.equal((await rest.setTradingStop({ ...WHOLE, stopLoss: "20500" })).retCode, 10001, "no stop above a long position's price");
	for (const stopOrderType of ["StopLoss", "TakeProfit", "TrailingStop"])
		await account.row("order", { stopOrderType, orderStatus: "Untriggered", qty: size, side: "Sell", reduceOnly: true });
	const [held] = (await rest.getPositionInfo(BTC)).result.list;
	assert.deepEqual([held?.size, held?.stopLoss, held?.takeProfit, held?.trailingStop], [size, "19500", "21500", "200"]);
	assertSame(account.rows("position").at(-1), held);
	await rig.sim.control.step({ ms: 8 * HOUR });
	const paid = await account.row("execution", { execType: "Funding", execQty: size });
	assert.equal(Number(paid.execFee), Number((Number(size) * 20_000 * 0.0001).toFixed(8)));
	await until(() => stream.rows("kline.1.BTCUSDT").filter((row) => row.confirm === true).length >= 8 * 60);
	assert.ok(stream.rows("publicTrade.BTCUSDT").length > 0);
}

/** The price passes the activation, goes on, and falls back through the trail. */
async function stoppedOut({ rig, account }: Session, size: string): Promise<Json> {
	const { control } = rig.sim;
	const trail = (): unknown => account.rows("order").findLast((row) => row.stopOrderType === "TrailingStop")?.triggerPrice;
	control.setPrice("BTCUSDT", 20_250);
	control.setPrice("BTCUSDT", 20_040); // less than the activation: 210 below the top is nothing yet
	await turns();
	assert.equal(control.state().symbols.BTCUSDT?.position?.size, size);
	for (const price of [20_300, 20_400, 20_350]) control.setPrice("BTCUSDT", price);
	await until(() => trail() === "20200");
	control.setPrice("BTCUSDT", 20_150);
	const exit = await account.row("order", { stopOrderType: "TrailingStop", orderStatus: "Filled" });
	assert.deepEqual(
		[exit.createType, exit.cumExecQty, exit.reduceOnly],
		["CreateByTrailingProfit", size, true],
		"a trail that began in profit",
	);
	await account.row("position", { size: "0", side: "", trailingStop: "0" });
	for (const stopOrderType of ["StopLoss", "TakeProfit"])
		await account.row("order", { stopOrderType, orderStatus: "Deactivated", cancelType: "CancelByTpSlTsClear" });
	return exit;
}

/** Every list, against every stream. */
async function lookedUp({ rest, account }: Session, size: string, exit: Json): Promise<void> {
	const told = account.rows("execution");
	const { list: executions } = (await rest.getExecutionList({ ...BTC, limit: 100 })).result;
	assert.equal(executions.length, told.length);
	for (const [i, row] of told.toReversed().entries()) assertSame(row, executions[i]);
	const trades = told.filter((row) => row.execType === "Trade");
	const bySide = (side: string): Json[] => trades.filter((row) => row.side === side);
	assert.deepEqual([sum(bySide("Buy"), "execQty"), sum(bySide("Sell"), "execQty")], [Number(size), Number(size)]);

	const { list: orders } = (await rest.getHistoricOrders(BTC)).result;
	assert.deepEqual(orders.map(({ orderLinkId, stopOrderType, orderStatus }) => orderLinkId || `${stopOrderType} ${orderStatus}`).sort(), [
		"StopLoss Deactivated",
		"TakeProfit Deactivated",
		"TrailingStop Filled",
		"entry",
	]);
	for (const order of orders)
		assertSame(
			account.rows("order").findLast((row) => row.orderId === order.orderId),
			order,
		);
	assert.deepEqual((await rest.getActiveOrders(BTC)).result.list, []);
	assertSame(account.rows("position").at(-1), (await rest.getPositionInfo(BTC)).result.list[0]);

	const gained = sum(trades, "execPnl") - sum(trades, "execFee");
	const [closed, ...others] = (await rest.getClosedPnL(BTC)).result.list;
	assert.deepEqual([closed?.orderId, closed?.closedSize, closed?.execType, others.length], [exit.orderId, size, "Trade", 0]);
	assert.equal(Number(closed?.closedPnl), Number(gained.toFixed(8)));
	assert.equal(closed?.closedPnl, account.rows("order").findLast((row) => row.orderId === exit.orderId)?.closedPnl);
	const { list } = (await rest.getTransactionLog({ category: "linear", limit: 50 })).result;
	const log = list as unknown as Json[]; // the client types a row more narrowly than it comes
	const funding = sum(
		told.filter((row) => row.execType === "Funding"),
		"execFee",
	);
	assert.deepEqual([log.length, sum(log, "change"), sum(log, "funding")], [told.length, Number((gained - funding).toFixed(8)), -funding]);
	const wallet = (await rest.getWalletBalance({ accountType: "UNIFIED" })).result.list[0];
	assert.equal(Number(wallet?.totalWalletBalance), Number((1_000_000 + gained - funding).toFixed(8)));
	assert.equal(log[0]?.cashBalance, wallet?.totalWalletBalance);
	assert.deepEqual(account.rows("wallet").at(-1), wallet);
}

test("bybit-api trades from its first connection to its last, and what it was told is what the lists say (B1, C1, C4, D1, D2, D4)", async () => {
	const session = await connected();
	const { rig, rest, stream, account, trade } = session;
	assert.equal((await rest.setLeverage({ ...BTC, buyLeverage: "10", sellLeverage: "10" })).retCode, 0);
	const size = await enter(session);
	await protect(session, size);
	const exit = await stoppedOut(session, size);
	await lookedUp(session, size, exit);

	// It leaves: it hears no more of what it does.
	await Promise.all(account.client.unsubscribeV5(PRIVATE, "linear", true));
	const before = account.frames.length;
	const later = { ...BTC, side: "Buy", orderType: "Limit", qty: "0.01", price: "19900", orderLinkId: "later" } as const;
	assert.equal((await rest.submitOrder(later)).retCode, 0);
	assert.equal((await rest.cancelAllOrders(BTC)).result.list.length, 1);
	await rig.sim.control.step({ ms: MINUTE });
	assert.equal(account.frames.length, before);
	for (const { client } of [stream, account, trade]) client.closeAll(true);
	assert.deepEqual(rig.warnings, []);
});
