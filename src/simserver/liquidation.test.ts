// A position above the first risk tier is liquidated on the wire: a rung that trades, then the take-over, in every list and topic.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeInstrument } from "../market/instrument.ts";
import { MINUTE } from "../units/unit.ts";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { type Json, market, TERMS } from "./testing/rig.ts";
import { buy, CREATE, standing } from "./testing/standing.ts";

const BTC = { category: "linear", symbol: "BTCUSDT" };
const TIERS = [
	{ limit: 10_000, maintenance: 0.005, maxLeverage: 100 },
	{ limit: 100_000, maintenance: 0.02, maxLeverage: 50 },
];

function rowsOf(frames: readonly Json[], topic: string): Json[] {
	return frames.filter((frame) => frame.topic === topic).flatMap((frame) => frame.data as Json[]); // the tests look at what they hold
}

test("a rung of the ladder trades like an order, the take-over is a bust, and the tiers are shown (D2)", async () => {
	const falling = [...still(3, 20_000), { open: 20_000, high: 20_000, low: 17_000, close: 17_000 }, ...still(3, 17_000)];
	const bundle = market("BTCUSDT", minutes(falling, DAY_START + MINUTE));
	const grid = { symbol: "BTCUSDT", baseCoin: "BTC", tick: "0.1", step: "0.001", minQty: "0.001" };
	const instrument = makeInstrument({ ...grid, minNotional: 5, maxLeverage: 100, fundingHours: 8, tiers: TIERS })!; // on its grid
	const rig = await standing([], { terms: { ...TERMS, leverage: 10, slippage: 0 }, markets: [{ ...bundle, instrument }] });
	const account = await rig.account();
	account.send({ op: "subscribe", args: ["execution.fast"] });
	await account.next((frame) => frame.op === "subscribe" && frame.success === true);
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["allLiquidation.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe" && frame.success === true);
	await rig.done(CREATE, buy("entry", { qty: "1" }));
	await rig.done(CREATE, buy("rests", { qty: "0.1", orderType: "Limit", price: "15000" }));
	const [position] = await rig.list("/v5/position/list", BTC);
	assert.deepEqual([position?.riskId, position?.riskLimitValue], [2, "100000"]);
	await rig.sim.control.step({ ms: 4 * MINUTE });
	const told = (list: readonly Json[]): unknown[] =>
		list.map(({ createType, execType, orderType, execQty, side }) => [createType, execType, orderType, execQty, side]);
	const expected = [
		["CreateByLiq", "Trade", "Limit", "0.5", "Sell"],
		["CreateByTakeOver_PassThrough", "BustTrade", "Market", "0.5", "Sell"],
	];
	assert.deepEqual(told((await rig.list("/v5/execution/list", BTC)).slice(0, 2).reverse()), expected);
	assert.deepEqual(told(rowsOf(account.frames, "execution").slice(-2)), expected);
	assert.equal((await rig.list("/v5/execution/list", { ...BTC, execType: "BustTrade" })).length, 1);
	assert.equal((await rig.list("/v5/account/transaction-log", { type: "LIQUIDATION" })).length, 2);
	const closed = await rig.list("/v5/position/closed-pnl", BTC);
	assert.deepEqual(
		closed.map(({ execType, closedSize }) => [execType, closedSize]),
		[
			["BustTrade", "0.5"],
			["Trade", "0.5"],
		],
	);
	const [rested] = await rig.list("/v5/order/history", { ...BTC, orderLinkId: "rests" });
	assert.deepEqual([rested?.orderStatus, rested?.cancelType], ["Cancelled", "CancelByPrepareLiq"]);
	assert.deepEqual(
		rowsOf(stream.frames, "allLiquidation.BTCUSDT").map(({ S, v }) => [S, v]),
		[
			["Buy", "0.5"],
			["Buy", "0.5"],
		],
	);
	assert.equal(rowsOf(account.frames, "execution.fast").length, 2, "the entry and the rung are trades");
	const rung = rowsOf(account.frames, "position").find(({ size }) => size === "0.5");
	assert.deepEqual([rung?.riskId, rung?.riskLimitValue], [1, "10000"]);
});
