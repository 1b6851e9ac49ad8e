// The life of an order, cell by cell, and what holds of the whole table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HAPPENINGS, type Happening, INTENT_STATES, type IntentState, next } from "./lifecycle.ts";

/** What becomes of an order in that state, in the order of `HAPPENINGS`; a dash: that cannot happen to it any more. */
const CELLS: Readonly<Record<IntentState, string>> = {
	//        acknowledged stated lost    refused ended  filled absent booked
	sent: "   open         open   unknown done    ending done   done   done  ",
	open: "   open         open   unknown -       ending done   done   done  ",
	unknown: "open         open   unknown done    ending done   done   done  ",
	ending: " ending       ending ending  -       ending done   -      done  ",
	done: "   -            -      -       -       -      -      -      -     ",
};

for (const state of INTENT_STATES)
	test(`an order that is ${state}: every happening`, () => {
		const expected = CELLS[state].trim().split(/ +/);
		assert.deepEqual(
			HAPPENINGS.map((happening) => next(state, happening) ?? "-"),
			expected,
		);
	});

test("nothing leads out of done, and from every other state something leads there", () => {
	const reached = new Set<IntentState>(["done"]);
	for (let grew = true; grew; ) {
		grew = false;
		for (const state of INTENT_STATES) {
			if (reached.has(state) || !HAPPENINGS.some((happening) => reached.has(next(state, happening) ?? state))) continue;
			reached.add(state);
			grew = true;
		}
	}
	assert.equal(reached.size, INTENT_STATES.length);
	for (const happening of HAPPENINGS) assert.equal(next("done", happening), undefined);
});

test("an order whose end was stated never lives again, and a live one is not refused", () => {
	const alive: readonly IntentState[] = ["sent", "open", "unknown"];
	for (const happening of HAPPENINGS) assert.equal(alive.includes(next("ending", happening) ?? "done"), false, happening);
	const refused: Happening = "refused";
	assert.deepEqual([next("open", refused), next("ending", refused)], [undefined, undefined]);
});
