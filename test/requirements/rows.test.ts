// The list of requirements is sound, and the command that holds the tests against it would notice.

import assert from "node:assert/strict";
import { test } from "node:test";
import { documentRows, judge, namedIn, namedInRun, namedInSources, rowsInTitle, rowsOf } from "./rows.ts";

/** How many rows each chapter has. */
const CHAPTERS = { A: 4, B: 2, C: 6, D: 6, E: 6, F: 7, G: 7, H: 3, I: 7, J: 4 };

test("each row of the requirements has a name, once and in order, and a demand that ends as a sentence", () => {
	const rows = documentRows();
	const expected = Object.entries(CHAPTERS).flatMap(([chapter, count]) => Array.from({ length: count }, (_, i) => `${chapter}${i + 1}`));
	assert.deepEqual(
		rows.map((row) => row.id),
		expected,
	);
	for (const { id, demand } of rows) assert.match(demand, /^\S.{15,}\.$/, id);
	assert.equal(new Set(rows.map((row) => row.demand)).size, rows.length, "each demand stands once");
});

test("no title names a row that is not there", () => {
	const known = new Set(documentRows().map((row) => row.id));
	const strangers = namedInSources().filter(({ rows }) => rows.some((id) => !known.has(id)));
	assert.deepEqual(
		strangers.map(({ where, title }) => `${where} ${title}`),
		[],
	);
});

test("rows are read from the end of a title alone", () => {
	const titles: readonly (readonly [string, readonly string[]])[] = [
		["an order (D5)", ["D5"]],
		["an order (J2, J3)", ["J2", "J3"]],
		["an order (J2,J3) ", ["J2", "J3"]],
		["an order (I1) (B1)", ["I1", "B1"]],
		["row (D5) in the middle", []],
		["an order (d5)", []],
		["an order (D5, late)", []],
	];
	for (const [title, rows] of titles) assert.deepEqual(rowsInTitle(title), rows, title);
});

test("titles are found in calls, tables and templates, not in comments", () => {
	const source =
		'test("one (A1)", () => {});\n// test("none (A2)")\nconst ROWS = [{ name: "two (A3)" }];\n' + "test(`three $" + "{x} more (A4)`, f);";
	assert.deepEqual(
		namedIn(source, "x.test.ts").map(({ rows, where }) => `${rows} ${where}`),
		["A1 x.test.ts:1", "A3 x.test.ts:3", "A4 x.test.ts:4"],
	);
});

test("a row without a test, with a failed one, or with skipped ones only is not held; nor is a name without a row", () => {
	const rows = rowsOf("| row | demand |\n|---|---|\n| A1 | something. |\n");
	const run = (tap: string): boolean => judge(rows, namedInRun(tap)).isHeld;
	assert.ok(run("ok 1 - a test (A1)\n"));
	assert.ok(run("# Subtest: x\n    ok 1 - a test \\#1 (A1)\n      ---\nok 2 - b (A1) # SKIP no data\n"));
	assert.ok(!run("ok 1 - a test (A1)\nnot ok 2 - another (A1)\n"));
	assert.ok(!run("ok 1 - a test (A1) # SKIP no data\n"));
	assert.ok(!run("ok 1 - a test\n"));
	assert.ok(!run("ok 1 - a test (A1)\nok 2 - a stranger (A2)\n"));
	assert.match(judge(rows, []).lines.join("\n"), /no test yet\n\n1 rows, 0 held by 0 tests; not held: A1$/);
});
