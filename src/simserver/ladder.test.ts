import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Price } from "../units/unit.ts";
import { type BookState, Ladder, type Level } from "./ladder.ts";
import { bundled } from "./testing/candles.ts";
import { DEPTHS } from "./topics.ts";

const states = (bids: readonly number[]): BookState[] =>
	bids.map((bid, i) => ({ bid: bid as Price, ask: (bid + 1) as Price, update: i + 1 }));

/** A side of the book after a delta, best first. */
function patched(side: readonly Level[], delta: readonly Level[], sign: 1 | -1): Level[] {
	const book = new Map(side);
	for (const [price, size] of delta) {
		if (size === "0") assert.ok(book.delete(price), "a level is deleted only when it is there");
		else book.set(price, size);
	}
	return [...book].sort(([a], [b]) => sign * (Number(a) - Number(b)));
}

test("snapshot and deltas together are the book, at every depth, also near the lowest price (C1)", () => {
	const ladder = new Ladder(bundled("BTCUSDT"), { reference: 20_000, seed: 7 });
	const bids = fc.array(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 990, max: 1010 })), { minLength: 2, maxLength: 8 });
	fc.assert(
		fc.property(bids, fc.constantFrom(...DEPTHS.filter((depth) => depth < 1000)), (ticks, depth) => {
			const [first, ...later] = states(ticks);
			let before = first!;
			let book = ladder.levels(before, depth);
			for (const after of later) {
				const delta = ladder.delta(before, after, depth);
				book = { bids: patched(book.bids, delta.bids, -1), asks: patched(book.asks, delta.asks, 1) };
				assert.deepEqual(book, ladder.levels(after, depth));
				before = after;
			}
		}),
	);
});

test("the same seed gives the same book, another seed another one", () => {
	const [state] = states([200_000]);
	const levels = (seed: number) => new Ladder(bundled("BTCUSDT"), { reference: 20_000, seed }).levels(state!, 50);
	assert.deepEqual(levels(1), levels(1));
	assert.notDeepEqual(levels(1), levels(2));
	assert.ok(levels(1).bids.every(([, size]) => Number(size) >= 0.001));
});
