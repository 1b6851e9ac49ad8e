import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { closeOf, divides, INTERVALS, intervalOfSpacing, openOf } from "./interval.ts";

test("a month opens on the first and closes where the next opens, for every instant from 1970 to 2100 (E1)", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (at) => {
			const date = new Date(at);
			assert.equal(openOf("M", at), Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
			assert.equal(closeOf("M", openOf("M", at)), Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
		}),
	);
});

test("every interval holds the instant it was asked for, and its open is its own", () => {
	fc.assert(
		fc.property(fc.constantFrom(...INTERVALS), fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (interval, at) => {
			const open = openOf(interval, at);
			assert.ok(open <= at && at < closeOf(interval, open));
			assert.equal(openOf(interval, open), open);
		}),
	);
});

test("weeks begin on Monday", () => {
	assert.equal(openOf("W", Date.UTC(2022, 10, 13, 23, 59)), Date.UTC(2022, 10, 7));
	assert.equal(openOf("W", Date.UTC(2022, 10, 14)), Date.UTC(2022, 10, 14));
});

test("the base interval must fill the signal interval without remainder", () => {
	assert.ok(divides("1", "60") && divides("D", "M") && divides("D", "W") && divides("240", "D"));
	assert.ok(!divides("W", "M") && !divides("60", "30") && !divides("120", "15") && divides("3", "15") && !divides("3", "5"));
});

test("a spacing names its interval, an odd one none", () => {
	assert.equal(intervalOfSpacing(60_000), "1");
	assert.equal(intervalOfSpacing(3_600_000), "60");
	assert.equal(intervalOfSpacing(7 * 86_400_000), "W");
	assert.equal(intervalOfSpacing(61_000), undefined);
});
