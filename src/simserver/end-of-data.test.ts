// What orders meet when the candles have ended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, still } from "./testing/candles.ts";
import { market, Rig } from "./testing/rig.ts";
import { buy, CREATE, openIds, resting } from "./testing/standing.ts";

async function ended(tradesOn: boolean): Promise<Rig> {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(3, 20_000)))], speed: "max", autostart: false, tradesOn });
	rig.sim.start();
	await rig.sim.finished;
	return rig;
}

test("an exchange that trades on fills at the last price when the candles have ended (J2)", async () => {
	const rig = await ended(true);
	await rig.done(CREATE, buy("a", { stopLoss: "19000" }));
	await rig.done(CREATE, resting("b"));
	const [position] = await rig.list("/v5/position/list", { category: "linear", symbol: "BTCUSDT" });
	assert.deepEqual([position?.size, position?.avgPrice], ["0.1", "20002"]);
	assert.deepEqual(await openIds(rig), ["b", ""]);
	await rig.done(CREATE, buy("c", { side: "Sell", reduceOnly: true }));
	assert.deepEqual(await openIds(rig), ["b"]);
});

test("without it a market order waits for a candle that never opens, as in the backtest (J2)", async () => {
	const rig = await ended(false);
	await rig.done(CREATE, buy("a"));
	assert.deepEqual(await openIds(rig), ["a"]);
});
