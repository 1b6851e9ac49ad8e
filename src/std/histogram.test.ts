import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

test("an empty histogram has no percentiles", () => {
	const histogram = new Histogram();
	assert.equal(histogram.count, 0);
	assert.ok(Number.isNaN(histogram.percentile(0.5)));
	assert.equal(histogram.atMost(10), 0);
});

test("a percentile is at most a tenth above the true one, and never above the largest value", () => {
	fc.assert(
		fc.property(
			fc.array(fc.double({ min: 0.002, max: 60_000, noNaN: true }), { minLength: 1 }),
			fc.double({ min: 0.01, max: 1, noNaN: true }),
			(values, share) => {
				const histogram = new Histogram();
				for (const value of values) histogram.add(value);
				const sorted = values.toSorted((a, b) => a - b);
				const exact = sorted[Math.ceil(share * values.length) - 1]!;
				const told = histogram.percentile(share);
				assert.ok(told >= exact * 0.999_999 && told <= exact * 1.100_001, `${told} for ${exact}`);
				assert.ok(told <= histogram.max);
				assert.equal(histogram.atMost(1e9), values.length);
			},
		),
	);
});

test("what is too small or too large for the buckets is counted in the outermost ones", () => {
	const histogram = new Histogram();
	for (const value of [0, 0.0001, 1e300]) histogram.add(value);
	assert.equal(histogram.count, 3);
	assert.equal(histogram.max, 1e300);
	assert.equal(histogram.atMost(0.001), 2);
});
