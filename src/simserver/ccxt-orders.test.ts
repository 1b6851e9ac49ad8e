// The exchange as npm ccxt sees it, part two: what its unified calls do to orders, to the position and to the account. Time stands but for
// the steps that the control takes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequest, InsufficientFunds, NoChange, type Order, OrderNotFound, PermissionDenied } from "ccxt";
import { HOUR } from "../units/unit.ts";
import { BTC, type Ccxt, ccxtOf } from "./testing/ccxt-client.ts";
import type { Rig } from "./testing/rig.ts";
import { standing } from "./testing/standing.ts";

async function opened(): Promise<{ rig: Rig; client: Ccxt }> {
	const rig = await standing();
	return { rig, client: await ccxtOf(rig) };
}

/** Places an order and returns its id. */
async function place(
	client: Ccxt,
	...order: [type: string, side: string, amount: number, price?: number, params?: object]
): Promise<string> {
	const [type, side, amount, price, params] = order;
	return String((await client.createOrder(BTC, type, side, amount, price, params)).id);
}

const byId = async (client: Ccxt, id: string): Promise<Order> => await client.fetchOrder(id, BTC, { acknowledged: true });

test("ccxt sets margin mode, position mode and leverage, and reads them back (D2)", async () => {
	const { client } = await opened();
	await client.setMarginMode("cross");
	assert.equal((await client.fetchMarginMode(BTC)).marginMode, "cross");
	await client.setMarginMode("isolated", BTC);
	assert.equal((await client.fetchMarginMode(BTC)).marginMode, "isolated");
	await assert.rejects(client.setPositionMode(false, BTC), NoChange);
	await assert.rejects(client.setPositionMode(false), NoChange);
	await client.setLeverage(7, BTC);
	await assert.rejects(client.setLeverage(7, BTC), BadRequest, "110043, as ccxt reads it");
	const { longLeverage, shortLeverage } = await client.fetchLeverage(BTC);
	assert.deepEqual([longLeverage, shortLeverage], [7, 7]);
	const { USDT } = await client.fetchBalance({ type: "swap" });
	assert.deepEqual([USDT?.total, USDT?.free], [10_000, 10_000]);
	const flat = await client.fetchPosition(BTC);
	assert.deepEqual([flat.contracts, flat.leverage], [0, 7]);
	assert.deepEqual(await client.fetchPositions(), []);
	for (const call of [client.transfer("USDT", 1, "spot", "swap"), client.fetchDepositAddress("USDT")])
		await assert.rejects(call, PermissionDenied, "the key may trade and nothing else");
	assert.deepEqual(
		[await client.fetchDeposits("USDT"), await client.fetchWithdrawals("USDT"), await client.fetchTransfers("USDT")],
		[[], [], []],
	);
});

test("ccxt places, edits, finds and cancels resting orders, one by one and many at once (D1)", async () => {
	const { client } = await opened();
	const first = await place(client, "limit", "buy", 0.01, 19_000, { clientOrderId: "first" });
	const order = await byId(client, first);
	assert.deepEqual(
		[order.status, order.clientOrderId, order.type, order.side, order.price, order.amount, order.filled, order.remaining],
		["open", "first", "limit", "buy", 19_000, 0.01, 0, 0.01],
	);
	assert.equal((await client.editOrder(first, BTC, "limit", "buy", 0.02, 18_900)).id, first);
	const [edited] = await client.fetchOpenOrders(BTC);
	assert.deepEqual([edited?.id, edited?.amount, edited?.price], [first, 0.02, 18_900]);
	assert.equal((await client.fetchOpenOrder(first, BTC)).id, first);
	assert.equal((await client.fetchOpenOrders()).length, 1, "every contract in USDT");
	await client.cancelOrder(first, BTC);
	await assert.rejects(client.cancelOrder(first, BTC), OrderNotFound);
	assert.equal((await byId(client, first)).status, "canceled");

	const many = await client.createOrders(
		[1, 2, 3].map((i) => ({ symbol: BTC, type: "limit", side: "buy", amount: 0.01, price: 18_000 + i }) as const),
	);
	assert.equal(many.length, 3);
	const ids = many.map(({ id }) => String(id));
	await client.editOrders(ids.map((id) => ({ id, symbol: BTC, type: "limit", side: "buy", amount: 0.03, price: 17_500 }) as const));
	assert.deepEqual(
		(await client.fetchOpenOrders(BTC)).map(({ amount, price }) => [amount, price]),
		ids.map(() => [0.03, 17_500]),
	);
	await client.cancelOrders(ids.slice(0, 1), BTC);
	await client.cancelOrdersForSymbols([{ id: ids[1] ?? "", symbol: BTC }] as never); // typed without the id that it reads
	assert.deepEqual(
		(await client.fetchOpenOrders(BTC)).map(({ id }) => id),
		ids.slice(2),
	);
	await place(client, "limit", "sell", 0.01, 21_000);
	assert.equal((await client.cancelAllOrders(BTC)).length, 2);
	await place(client, "limit", "sell", 0.01, 21_000);
	assert.equal((await client.cancelAllOrders()).length, 1, "every contract in USDT");
	assert.deepEqual(await client.fetchOpenOrders(BTC), []);
	assert.equal((await client.fetchCanceledOrders(BTC)).length, 6);
	await assert.rejects(place(client, "limit", "buy", 10, 19_900), InsufficientFunds);
});

test("ccxt's times in force end as they do at Bybit (D1)", async () => {
	const { client } = await opened();
	const ends: [params: object, price: number, status: string, tif: string][] = [
		[{ postOnly: true }, 19_900, "open", "PO"],
		[{ postOnly: true }, 20_050, "canceled", "PO"],
		[{ timeInForce: "IOC" }, 19_900, "canceled", "IOC"],
		[{ timeInForce: "FOK" }, 19_900, "canceled", "FOK"],
		[{ timeInForce: "FOK" }, 20_050, "closed", "FOK"],
		[{ timeInForce: "IOC" }, 20_050, "closed", "IOC"],
	];
	for (const [params, price, status, tif] of ends) {
		const order = await byId(client, await place(client, "limit", "buy", 0.01, price, params));
		assert.deepEqual([order.status, order.timeInForce], [status, tif], JSON.stringify([params, price]));
	}
});

test("ccxt's conditional orders wait for their price, on the side that was said (D4)", async () => {
	const { rig, client } = await opened();
	await place(client, "market", "buy", 0.2);
	const rising = await place(client, "market", "buy", 0.01, undefined, { triggerPrice: 20_500, triggerDirection: "ascending" });
	const falling = await place(client, "limit", "sell", 0.01, 19_400, { triggerPrice: 19_500, triggerDirection: "descending" });
	const stop = await place(client, "market", "sell", 0.01, undefined, { stopLossPrice: 19_000 });
	const take = await place(client, "limit", "sell", 0.01, 20_800, { takeProfitPrice: 20_700 });
	const waiting = (await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).reverse(); // placed in one millisecond
	assert.deepEqual(
		waiting.map(({ id, triggerPrice, stopLossPrice, takeProfitPrice, reduceOnly }) => [
			id,
			triggerPrice,
			stopLossPrice,
			takeProfitPrice,
			reduceOnly,
		]),
		[
			[rising, 20_500, undefined, undefined, false],
			[falling, 19_500, undefined, undefined, false],
			[stop, 19_000, 19_000, undefined, true],
			[take, 20_700, undefined, 20_700, true],
		],
	);
	await client.editOrder(rising, BTC, "market", "buy", 0.02, undefined, { triggerPrice: 20_600 });
	rig.sim.control.setPrice("BTCUSDT", 20_550);
	assert.equal((await byId(client, rising)).status, "open");
	rig.sim.control.setPrice("BTCUSDT", 20_650);
	const filled = await byId(client, rising);
	assert.deepEqual([filled.status, filled.filled], ["closed", 0.02]);
	assert.equal((await client.cancelAllOrders(BTC, { trigger: true })).length, 3);
});

test("ccxt protects a position, is paid and pays, is stopped out, and finds all of it again (D2, D4)", async () => {
	const { rig, client } = await opened();
	const legs = { stopLoss: { triggerPrice: 19_500 }, takeProfit: { triggerPrice: 21_500 } };
	const entry = await place(client, "market", "buy", 0.1, undefined, legs);
	await client.createOrder(BTC, "market", "sell", 0.1, undefined, { trailingAmount: 200, trailingTriggerPrice: 20_300 });
	await client.createReduceOnlyOrder(BTC, "limit", "sell", 0.04, 20_250);
	const position = await client.fetchPosition(BTC);
	assert.deepEqual(
		[position.side, position.contracts, position.entryPrice, position.stopLossPrice, position.takeProfitPrice, position.leverage],
		["long", 0.1, 20_002, 19_500, 21_500, 3],
	);
	assert.ok((position.liquidationPrice ?? 0) > 13_000 && (position.unrealizedPnl ?? 0) < 0);
	assert.deepEqual(
		(await client.fetchPositions()).map(({ symbol }) => symbol),
		[BTC],
	);
	const stops = await client.fetchOpenOrders(BTC, undefined, undefined, { trigger: true });
	assert.deepEqual(stops.map(({ info }) => info.stopOrderType).sort(), ["StopLoss", "TakeProfit", "TrailingStop"]);

	await rig.sim.control.step({ ms: 8 * HOUR });
	const [funding] = await client.fetchFundingHistory(BTC);
	assert.deepEqual([funding?.symbol, funding?.amount], [BTC, 0.2]);
	rig.sim.control.setPrice("BTCUSDT", 20_400); // the limit order fills, the trail begins
	rig.sim.control.setPrice("BTCUSDT", 20_150);
	assert.equal((await client.fetchPosition(BTC)).contracts, 0);
	assert.deepEqual(await client.fetchOpenOrders(BTC), [], "nothing is left that protects what is gone");

	const trades = await client.fetchMyTrades(BTC);
	assert.deepEqual(
		trades.map(({ side, amount, takerOrMaker }) => [side, amount, takerOrMaker]),
		[
			["buy", 0.1, "taker"],
			["sell", 0.04, "maker"],
			["sell", 0.06, "taker"],
		],
	);
	assert.deepEqual(
		(await client.fetchOrderTrades(entry, BTC)).map(({ id }) => id),
		[trades[0]?.id],
	);
	assert.equal((await client.fetchMyTrades(BTC, undefined, undefined, { paginate: true })).length, 3);
	const closed = await client.fetchClosedOrders(BTC);
	assert.deepEqual(closed.map(({ filled, status }) => `${filled} ${status}`).sort(), ["0.04 closed", "0.06 closed", "0.1 closed"]);
	assert.equal((await client.fetchClosedOrder(entry, BTC)).average, 20_002);
	assert.deepEqual(
		(await client.fetchCanceledAndClosedOrders(BTC)).map(({ status }) => status).sort(),
		["canceled", "canceled", "closed", "closed", "closed"],
		"the stop and the target went with the position",
	);
	const rows = await client.fetchPositionsHistory([BTC]);
	assert.deepEqual(rows.map(({ contracts, side }) => [contracts, side]).sort(), [
		[0.04, "long"],
		[0.06, "long"],
	]);
	const ledger = await client.fetchLedger("USDT");
	assert.deepEqual(ledger.map(({ info }) => info.type).sort(), ["SETTLEMENT", "TRADE", "TRADE", "TRADE"]);
	const newest = ledger.find(({ timestamp }) => timestamp === ledger.at(-1)?.timestamp); // of one millisecond the newest comes first
	assert.equal((await client.fetchBalance({ type: "swap" })).USDT?.total, newest?.after);
});
