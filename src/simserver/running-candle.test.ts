// The candle under way, as a client sees it grow.

import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, still } from "./testing/candles.ts";
import { market, Rig } from "./testing/rig.ts";

test("a candle under way tells volume in whole steps and turnover in few decimals, never less than before, and closes with the whole (C3)", async () => {
	const candles = minutes(still(3, 20_000));
	candles.volume.fill(4.177);
	candles.turnover.fill(83_540.123456);
	const rig = await Rig.open({ markets: [market("BTCUSDT", candles)], autostart: false });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["kline.1.BTCUSDT"] });
	await stream.next(({ success }) => success === true);
	rig.sim.start();
	await rig.sim.finished;
	const rows = stream.topic("kline.1.BTCUSDT").map(({ data }) => (data as { volume: string; turnover: string; confirm: boolean }[])[0]!);
	for (const [i, { volume, turnover, confirm }] of rows.entries()) {
		if (confirm) assert.deepEqual([volume, turnover], ["4.177", "83540.123456"]);
		else if (turnover !== "83540.123456") assert.match(`${volume} ${turnover}`, /^\d+(\.\d{1,3})? \d+(\.\d{1,4})?$/);
		const before = rows[i - 1];
		if (before?.confirm === false) assert.ok(Number(volume) >= Number(before.volume));
	}
	assert.equal(rows.filter(({ confirm }) => confirm).length, 3);
	assert.ok(rows.some(({ volume }) => volume === "1.044"));
});
