import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { usdtNumber } from "../units/grid.ts";
import { histogramOf, quantilesOf } from "./distribution.ts";
import { usdt } from "./testing/sample-run.ts";

test("quantiles of worked amounts, linear between two of them (H2)", () => {
	// ranks of 5 sorted amounts −4 0 1 2 6: 5 % → 0.2 → −4 + 0.2·4 = −3.2; 25 % → 1 → 0; 95 % → 3.8 → 2 + 0.8·4 = 5.2
	const quantiles = quantilesOf([2, -4, 6, 0, 1].map(usdt));
	assert.ok(quantiles !== undefined);
	assert.deepEqual([quantiles[0], quantiles[25], quantiles[50], quantiles[75], quantiles[100]], [-4, 0, 1, 2, 6]);
	assert.ok(Math.abs(quantiles[5] + 3.2) < 1e-12 && Math.abs(quantiles[95] - 5.2) < 1e-12);
	assert.equal(quantilesOf([]), undefined);
});

test("a histogram of worked amounts: round bins, zero an edge, an amount on an edge in the bin below (H2)", () => {
	// range −3 to 11 is 14 wide, over at most 14 bins: width 1
	const bins = histogramOf([-3, -0.5, 0, 0.1, 1, 11].map(usdt));
	assert.deepEqual(bins[0], { from: -4, to: -3, count: 1 });
	assert.deepEqual(bins[3], { from: -1, to: 0, count: 2 });
	assert.deepEqual(bins[4], { from: 0, to: 1, count: 2 });
	assert.deepEqual(bins.at(-1), { from: 10, to: 11, count: 1 });
	assert.equal(bins.length, 15);
	assert.deepEqual(histogramOf([]), []);
	assert.equal(histogramOf([usdt(0)]).length, 1);
});

test("every amount lies in exactly one bin, gains and losses never share one, and there are at most 16 (H2)", () => {
	const amount = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })).map(usdt);
	fc.assert(
		fc.property(fc.array(amount, { minLength: 1, maxLength: 50 }), (amounts) => {
			const bins = histogramOf(amounts);
			assert.ok(bins.length <= 16);
			for (const { from, to, count } of bins) {
				assert.ok(from < to && (to <= 0 || from >= 0));
				assert.equal(amounts.filter((each) => usdtNumber(each) > from && usdtNumber(each) <= to).length, count);
			}
			assert.equal(
				bins.reduce((sum, { count }) => sum + count, 0),
				amounts.length,
			);
		}),
		{ seed: 1 },
	);
});
