import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, isSlip, nearest } from "./nearest.ts";

test("the distance counts insertions, deletions, substitutions and swaps", () => {
	const rows: [string, string, number][] = [
		["", "", 0],
		["", "abc", 3],
		["spred", "spread", 1],
		["lenght", "length", 1],
		["kitten", "sitting", 3],
		["abc", "cba", 2],
	];
	for (const [a, b, distance] of rows) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

test("the distance is symmetric, and zero for equals alone", () => {
	const word = fc.string({ maxLength: 8, unit: fc.constantFrom("a", "b", "c") });
	fc.assert(fc.property(word, word, (a, b) => editDistance(a, b) === editDistance(b, a) && (editDistance(a, b) === 0) === (a === b)));
});

test("the nearest word is found across capitals and separators, and a far one is no slip", () => {
	assert.deepEqual(nearest("maxMovePct", ["max_spread_pct", "max_move_pct"]), { word: "max_move_pct", distance: 0 });
	assert.equal(nearest("x", []), undefined);
	assert.ok(isSlip("leverge", 1) && isSlip("lev", 1) && !isSlip("foo", 2));
});
