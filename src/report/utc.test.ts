import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { utcDate, utcMinute } from "./utc.ts";

test("the calendar agrees with the standard one for every instant from 1900 to 2400 (H2)", () => {
	fc.assert(
		fc.property(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2400, 0) }), (at) => {
			assert.equal(utcMinute(at), new Date(at).toISOString().slice(0, 16).replace("T", " "));
		}),
		{ seed: 1, numRuns: 1000 },
	);
});

test("leap days, centuries and the turn of the year (H2)", () => {
	for (const day of ["2000-02-29", "2024-02-29", "2100-02-28", "2100-03-01", "2023-12-31", "2024-01-01", "1970-01-01", "1969-12-31"]) {
		assert.equal(utcDate(Date.parse(day)), day);
	}
});
