import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY, HOUR } from "../units/unit.ts";
import { type Candle, columnsOf } from "./candle.ts";
import { compensatedSum, rolling24h } from "./rolling.ts";

const START = Date.UTC(2024, 0, 1);

/** Hourly candles whose volume is their number and whose turnover is a hundred times that. */
function hours(count: number, missing: readonly number[] = []): Candle[] {
	return Array.from({ length: count }, (_, i) => ({
		openTime: START + i * HOUR,
		open: 1,
		high: 1,
		low: 1,
		close: 1,
		volume: i,
		turnover: 100 * i,
	})).filter((_, i) => !missing.includes(i));
}

test("the exchange has no figures until 24 hours after the first candle's open (C2)", () => {
	const columns = columnsOf(hours(48));
	assert.equal(rolling24h(columns, START + DAY - 1), undefined);
	assert.notEqual(rolling24h(columns, START + DAY), undefined);
	assert.equal(rolling24h(columnsOf([]), START + DAY), undefined);
});

test("the figures at t are the sums over candles that open in [t − 24 h, t) (C2)", () => {
	const columns = columnsOf(hours(48));
	// At 24 h: candles 0 … 23, their sum 276. A millisecond later candle 24 has opened, and 0 has left.
	assert.deepEqual(rolling24h(columns, START + DAY), { volume24h: 276, turnover24h: 27_600 });
	assert.deepEqual(rolling24h(columns, START + DAY + 1), { volume24h: 300, turnover24h: 30_000 });
	assert.deepEqual(rolling24h(columns, START + DAY + HOUR), { volume24h: 300, turnover24h: 30_000 });
	// Nothing is made up for what is missing.
	assert.deepEqual(rolling24h(columnsOf(hours(48, [5, 23])), START + DAY), { volume24h: 248, turnover24h: 24_800 });
});

test("a figure that was not recorded makes the sum unknown, not zero (C6)", () => {
	const candles = hours(30);
	candles[3] = { ...candles[3]!, turnover: Number.NaN };
	const figures = rolling24h(columnsOf(candles), START + DAY);
	assert.equal(figures?.volume24h, 276);
	assert.ok(Number.isNaN(figures?.turnover24h));
});

test("a compensated sum is the exact sum of what would drown in rounding", () => {
	assert.equal(compensatedSum(Float64Array.of(1e16, 1, -1e16), 0, 3), 1);
	assert.equal(compensatedSum(Float64Array.of(1, 1e16, 1, -1e16), 0, 4), 2);
	// Whole numbers of very different sizes, so that their sum is known to the digit.
	const sizes = fc
		.tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(60))
		.map(([digits, shift]) => BigInt(digits) << BigInt(shift));
	fc.assert(
		fc.property(fc.array(sizes, { maxLength: 50 }), fc.nat(50), (whole, cut) => {
			const from = Math.min(cut, whole.length);
			const exact = whole.slice(from).reduce((sum, value) => sum + value, 0n);
			const absolute = whole.slice(from).reduce((sum, value) => sum + (value < 0n ? -value : value), 0n);
			const off = Math.abs(compensatedSum(Float64Array.from(whole, Number), from, whole.length) - Number(exact));
			assert.ok(off <= Math.abs(Number(exact)) * 2 ** -52 + Number(absolute) * 2 ** -96, `${off} off`);
		}),
	);
});
