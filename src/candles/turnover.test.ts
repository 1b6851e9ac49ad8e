import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf } from "../market/candle.ts";
import { approximateTurnover } from "./turnover.ts";

test("a missing turnover becomes volume × (high + low + close)/3; a recorded one and a missing volume stay", () => {
	const candle = { openTime: 0, open: 10, high: 14, low: 9, close: 10, volume: 2, turnover: Number.NaN };
	const columns = columnsOf([candle, { ...candle, turnover: 20 }, { ...candle, volume: Number.NaN }]);
	assert.deepEqual([...approximateTurnover(columns).turnover], [22, 20, Number.NaN]);
	assert.ok(Number.isNaN(columns.turnover[0]), "the input is left as it was");
});
