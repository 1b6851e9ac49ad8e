import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatInstant, parseInstant, timeOfDay } from "./instant.ts";

test("an instant is an ISO date or time; without a zone it is UTC, where that is allowed (E1) (H1)", () => {
	const rows: [text: string, zoned: number | undefined, optional: number | undefined][] = [
		["2024-01-31T09:30Z", 1706693400000, 1706693400000],
		["2024-01-31 09:30:15.5Z", 1706693415500, 1706693415500],
		["2024-01-31T09:30+09:00", 1706661000000, 1706661000000],
		["2024-01-31T09:30-00:30", 1706695200000, 1706695200000],
		["2024-01-31T09:30", undefined, 1706693400000],
		["2024-01-31", undefined, 1706659200000],
		["2024-02-29", undefined, 1709164800000],
		["2023-02-29", undefined, undefined],
		["2024-04-31T00:00Z", undefined, undefined],
		["2024-13-01", undefined, undefined],
		["2024-00-10", undefined, undefined],
		["2024-01-00", undefined, undefined],
		["2024-01-31T24:00Z", undefined, undefined],
		["2024-01-31T09:60Z", undefined, undefined],
		["2024-01-31T09:30+25:00", undefined, undefined],
		["2024-1-31", undefined, undefined],
		["yesterday", undefined, undefined],
		["1706693400000", undefined, undefined],
		["", undefined, undefined],
	];
	for (const [text, zoned, optional] of rows) {
		assert.equal(parseInstant(text, "required"), zoned, text);
		assert.equal(parseInstant(text, "optional"), optional, text);
	}
});

test("an instant survives being written", () => {
	fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => parseInstant(formatInstant(at), "required") === at));
});

test("a time of day has hours to 23 and minutes to 59", () => {
	assert.equal(timeOfDay("00:00"), 0);
	assert.equal(timeOfDay("23:59"), 86_340_000);
	for (const text of ["24:00", "9:30", "09:60", "0930", "09:30:00", ""]) assert.equal(timeOfDay(text), undefined, text);
});
