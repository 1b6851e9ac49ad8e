// Legs, trailing stops and partial fills as npm bybit-api asks for them and as the private stream tells them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RestClientV5 } from "bybit-api";
import { roundUsdt } from "../units/grid.ts";
import { MINUTE } from "../units/unit.ts";
import type { SimulationOptions } from "./simulation.ts";
import { DAY_START, minutes, type Row, still } from "./testing/candles.ts";
import { type Json, KEY, market, Rig, SECRET, TERMS } from "./testing/rig.ts";

type Plan = Readonly<Record<number, (rest: RestClientV5) => Promise<unknown>>>;

/** Plays the rows in lockstep; `plan` says what is asked at which minute. */
async function play(rows: readonly Row[], plan: Plan, options: Partial<SimulationOptions> = {}) {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(rows))], ...options });
	const rest = new RestClientV5({ key: KEY, secret: SECRET, baseUrl: rig.sim.addresses.rest, parseAPIRateLimits: false });
	const account = await rig.account();
	const stream = await rig.socket("public");
	const asked: Promise<unknown>[] = [];
	stream.onFrame = (frame) => {
		const step = String(frame.topic).startsWith("tickers") ? plan[((frame.ts as number) - DAY_START) / MINUTE] : undefined;
		if (step !== undefined) asked.push(rig.during(step(rest)));
	};
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await rig.sim.finished;
	await Promise.all(asked);
	const rowsOf = (topic: string): Json[] => account.topic(topic).flatMap((frame) => frame.data as Json[]);
	return { rig, rest, orders: rowsOf("order"), executions: rowsOf("execution"), positions: rowsOf("position") };
}

const BTC = { category: "linear", symbol: "BTCUSDT" } as const;
const BUY = { ...BTC, side: "Buy", orderType: "Market", qty: "0.1", orderLinkId: "entry" } as const;

async function accepted(answer: Promise<{ retCode: number; retMsg: string }>): Promise<void> {
	const { retCode, retMsg } = await answer;
	assert.equal(retCode, 0, retMsg);
}

test("a take-profit and a stop that come with an order are legs of the position; the one that is reached clears the other (D4)", async () => {
	const rows = [...still(2, 20_000), { open: 20_000, high: 20_310, low: 19_990, close: 20_300 }, ...still(1, 20_300)];
	const { rest, orders, executions, positions } = await play(rows, {
		1: (client) => accepted(client.submitOrder({ ...BUY, takeProfit: "20300", stopLoss: "19700", tpTriggerBy: "LastPrice" })),
	});
	const held = positions.find(({ size, takeProfit }) => size === "0.1" && takeProfit === "20300");
	assert.equal(held?.stopLoss, "19700");
	const [take, stop] = ["TakeProfit", "StopLoss"].map((kind) => orders.filter(({ stopOrderType }) => stopOrderType === kind));
	assert.deepEqual(
		[take?.[0]?.orderStatus, take?.at(-1)?.orderStatus, take?.[0]?.createType],
		["Untriggered", "Filled", "CreateByTakeProfit"],
	);
	assert.deepEqual([stop?.at(-1)?.orderStatus, stop?.at(-1)?.cancelType], ["Deactivated", "CancelByTpSlTsClear"]);
	assert.deepEqual(
		executions.map(({ side, stopOrderType }) => [side, stopOrderType]),
		[
			["Buy", "UNKNOWN"],
			["Sell", "TakeProfit"],
		],
	);
	const [closed] = (await rest.getClosedPnL(BTC)).result.list;
	assert.deepEqual([closed?.execType, closed?.closedSize], ["Trade", "0.1"]);
});

test("partial legs have a size of their own, and a limit leg rests at its price once it is triggered (D4)", async () => {
	const rows = [...still(3, 20_000), { open: 20_000, high: 20_250, low: 20_000, close: 20_200 }, ...still(1, 20_200)];
	const { rest, orders, positions } = await play(rows, {
		1: (client) => accepted(client.submitOrder(BUY)),
		2: (client) =>
			accepted(
				client.setTradingStop({
					...BTC,
					positionIdx: 0,
					tpslMode: "Partial",
					takeProfit: "20200",
					stopLoss: "19500",
					tpSize: "0.04",
					slSize: "0.04",
					tpOrderType: "Limit",
					tpLimitPrice: "20210",
				}),
			),
	});
	const take = orders.filter(({ stopOrderType }) => stopOrderType === "PartialTakeProfit");
	assert.deepEqual(
		[take[0]?.qty, take[0]?.tpslMode, take.at(-1)?.orderStatus, take.at(-1)?.avgPrice],
		["0.04", "Partial", "Filled", "20210"],
	);
	assert.equal(positions.at(-1)?.size, "0.06");
	assert.equal(positions.at(-1)?.takeProfit, "", "partial legs live as orders");
	assert.equal((await rest.getPositionInfo(BTC)).result.list[0]?.size, "0.06");
});

test("a trailing stop follows the price, is told again as it moves, and stops the position out (D4)", async () => {
	const rise = { open: 20_000, high: 20_400, low: 20_000, close: 20_400 };
	const fall = { open: 20_400, high: 20_400, low: 20_100, close: 20_150 };
	const { orders, positions } = await play([...still(3, 20_000), rise, fall], {
		1: (client) => accepted(client.submitOrder(BUY)),
		2: (client) => accepted(client.setTradingStop({ ...BTC, positionIdx: 0, tpslMode: "Full", trailingStop: "200" })),
	});
	assert.equal(positions.find(({ trailingStop }) => trailingStop !== "0")?.trailingStop, "200");
	const trail = orders.filter(({ stopOrderType }) => stopOrderType === "TrailingStop");
	assert.deepEqual(
		[trail[0]?.triggerPrice, trail.at(-1)?.orderStatus, trail.at(-1)?.createType],
		["19800", "Filled", "CreateByTrailingStop"],
	);
	assert.ok(trail.some(({ triggerPrice, orderStatus }) => triggerPrice === "20200" && orderStatus === "Untriggered"));
	assert.equal(positions.at(-1)?.size, "0");
});

test("with a book an order takes level by level, FOK all or nothing, and a resting one waits for trades (D1, D4)", async () => {
	const { orders, executions } = await play(
		[...still(6, 20_000)],
		{
			1: (client) => accepted(client.submitOrder({ ...BUY, qty: "25", price: "20002", orderType: "Limit", timeInForce: "IOC" })),
			2: (client) =>
				accepted(client.submitOrder({ ...BUY, orderLinkId: "fok", qty: "300", price: "20000.5", orderType: "Limit", timeInForce: "FOK" })),
		},
		{ liquidity: "book", terms: { ...TERMS, balance: roundUsdt(1_000_000), leverage: 50 } },
	);
	const fills = executions.filter(({ orderLinkId }) => orderLinkId === "entry");
	assert.ok(fills.length > 1, "several levels");
	assert.deepEqual(new Set(fills.map(({ isMaker }) => isMaker)), new Set([false]));
	assert.ok(fills.every(({ execPrice }) => Number(execPrice) > 20_000 && Number(execPrice) <= 20_002));
	const partly = orders.filter(({ orderLinkId }) => orderLinkId === "entry");
	assert.ok(partly.some(({ orderStatus }) => orderStatus === "PartiallyFilled"));
	const fok = orders.filter(({ orderLinkId }) => orderLinkId === "fok").at(-1);
	assert.deepEqual([fok?.orderStatus, fok?.cumExecQty], ["Cancelled", "0"]);
});

test("margin added by hand moves the liquidation price away, and the answer is the position (D2)", async () => {
	let before: string | undefined;
	let answer: { retCode: number; result: Record<string, unknown> } | undefined;
	const { positions } = await play([...still(5, 20_000)], {
		1: (client) => accepted(client.submitOrder(BUY)),
		2: async (client) => {
			before = (await client.getPositionInfo(BTC)).result.list[0]?.liqPrice;
			answer = (await client.addOrReduceMargin({ ...BTC, margin: "50" })) as never; // the test looks at what it holds
		},
	});
	assert.equal(answer?.retCode, 0);
	assert.ok(Number(answer?.result.liqPrice) < Number(before) - 100);
	assert.deepEqual([answer?.result.size, answer?.result.category, typeof answer?.result.riskId], ["0.1", "linear", "number"]);
	assert.equal(positions.at(-1)?.liqPrice, answer?.result.liqPrice);
});

test("an amend gives a resting order other legs (D3)", async () => {
	const { orders } = await play([...still(4, 20_000)], {
		1: (client) => accepted(client.submitOrder({ ...BUY, orderType: "Limit", price: "19000", stopLoss: "18000" })),
		2: (client) => accepted(client.amendOrder({ ...BTC, orderLinkId: "entry", takeProfit: "21000", stopLoss: "0" })),
	});
	assert.deepEqual([orders.at(-1)?.takeProfit, orders.at(-1)?.stopLoss, orders.at(-1)?.orderStatus], ["21000", "", "New"]);
});
