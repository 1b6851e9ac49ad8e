// The insurance pool: what take-overs bring or cost it, and what the eight hours behind say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR, MINUTE } from "../units/unit.ts";
import { FUND, Insurance } from "./insurance.ts";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { type Json, market, TERMS } from "./testing/rig.ts";
import { buy, CREATE, standing } from "./testing/standing.ts";

test("a contract's fall is measured from its best of eight hours, against the pool's best", () => {
	const fund = new Insurance();
	assert.deepEqual(fund.standing("A", 0), { balance: FUND, maxBalance: FUND, pnlRatio: 0 });
	fund.take({ symbol: "A", at: HOUR, gain: 1e9 });
	fund.take({ symbol: "A", at: 2 * HOUR, gain: -5e8 });
	fund.take({ symbol: "B", at: 3 * HOUR, gain: 1e8 });
	assert.deepEqual(fund.standing("A", 3 * HOUR), { balance: 1.6e9, maxBalance: 2e9, pnlRatio: -0.25 });
	assert.equal(fund.standing("B", 3 * HOUR).pnlRatio, 0);
	assert.equal(fund.standing("A", 10 * HOUR - 1).pnlRatio, -0.25, "its best held until two");
	assert.deepEqual(fund.standing("A", 10 * HOUR), { balance: 1.6e9, maxBalance: 1.6e9, pnlRatio: 0 });
	fund.take({ symbol: "A", at: 20 * HOUR, gain: -1e8 });
	assert.deepEqual(fund.standing("A", 20 * HOUR), { balance: 1.5e9, maxBalance: 1.6e9, pnlRatio: -1 / 16 });
});

test("after a take-over the endpoints and the topics say the same of the pool (C1)", async () => {
	const falling = [...still(3, 20_000), { open: 19_000, high: 19_000, low: 19_000, close: 19_000 }, ...still(5, 19_000)];
	const terms = { ...TERMS, leverage: 50, slippage: 0 };
	const rig = await standing([], { terms, markets: [market("BTCUSDT", minutes(falling, DAY_START + MINUTE))] });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["adlAlert.USDT", "insurance.USDT"] });
	for (const topic of ["adlAlert.USDT", "insurance.USDT"]) await stream.next((frame) => frame.topic === topic);
	await rig.done(CREATE, buy("entry"));
	await rig.sim.control.step({ ms: 4 * MINUTE });
	const balance = FUND - 60; // 0.1 BTC taken at 19 600, worth 19 000 each
	const [row] = await rig.list("/v5/market/adlAlert", { symbol: "BTCUSDT" });
	assert.deepEqual(
		[row?.balance, row?.maxBalance, row?.pnlRatio, row?.insurancePnlRatio],
		[String(balance), String(FUND), "-0.00000006", "-0.3"],
	);
	assert.equal((await rig.list("/v5/market/insurance", { coin: "USDT" }))[0]?.balance, String(balance));
	const last = (topic: string): Json | undefined => (stream.topic(topic).at(-1)?.data as Json[] | undefined)?.[0];
	const alert = last("adlAlert.USDT");
	assert.deepEqual([alert?.b, alert?.mb, alert?.pr], [balance, FUND, -6e-8]);
	assert.equal(last("insurance.USDT")?.balance, String(balance));
	assert.equal(stream.topic("adlAlert.USDT").length, 2, "at first, and when it changes");
});
