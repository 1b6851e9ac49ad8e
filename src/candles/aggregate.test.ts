import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, candleAt, put, slice } from "../market/candle.ts";
import { aggregate } from "./aggregate.ts";
import { generateMarket } from "./generate.ts";

const MINUTE = 60_000;

test("a longer candle takes the first open, the extremes, the last close and the sums, without binary noise (C3)", () => {
	const columns = allocate(3);
	put(columns, 0, { openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: 0.1, turnover: 1.1 });
	put(columns, 1, { openTime: MINUTE, open: 11, high: 15, low: 10, close: 14, volume: 0.2, turnover: 2.2 });
	put(columns, 2, { openTime: 2 * MINUTE, open: 14, high: 14, low: 8, close: 9, volume: 0.3, turnover: 3.3 });
	const three = aggregate(columns, { from: "1", to: "3" });
	assert.deepEqual(candleAt(three, 0), { openTime: 0, open: 10, high: 15, low: 8, close: 9, volume: 0.6, turnover: 6.6 });
	assert.equal(three.length, 1);
});

test("a candle that the data enters or leaves midway is not built, one with a gap inside is", () => {
	const day = generateMarket({ seed: 1, days: 1 });
	const start = day.openTime[0]!;
	const opens = (from: number, to: number): number[] => {
		const hours = aggregate(slice(day, from, to), { from: "1", to: "60" });
		return [...hours.openTime].map((open) => (open - start) / 60 / MINUTE);
	};
	assert.deepEqual(opens(0, 180), [0, 1, 2]);
	assert.deepEqual(opens(1, 180), [1, 2]);
	assert.deepEqual(opens(0, 179), [0, 1]);
	const gapped = slice(day, 0, 180);
	const rest = { ...gapped, length: 120, openTime: Float64Array.of(...gapped.openTime.filter((_, i) => i < 90 || i >= 150)) };
	assert.equal(aggregate(rest, { from: "1", to: "60" }).length, 3);
});
