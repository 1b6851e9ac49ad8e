import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { covers, inside, joined, type Range, without } from "./ranges.ts";

const RANGES: fc.Arbitrary<Range[]> = fc.array(
	fc.tuple(fc.nat(40), fc.nat(12)).map(([from, length]): Range => [from, from + length]),
	{ maxLength: 8 },
);

/** The same as a set of whole points. */
function points(ranges: readonly Range[]): Set<number> {
	return new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)));
}

function isTidy(ranges: readonly Range[]): boolean {
	return ranges.every(([from, to], i) => from < to && (i === 0 || ranges[i - 1]![1] < from));
}

test("joined, without and inside are union, difference and intersection, tidy whatever they are given (C3)", () => {
	fc.assert(
		fc.property(RANGES, RANGES, fc.nat(40), fc.nat(20), (a, b, from, length) => {
			const one: Range = [from, from + length];
			for (const ranges of [joined(a), without(a, b), inside(a, one)]) assert.ok(isTidy(ranges), JSON.stringify(ranges));
			assert.deepEqual(points(joined(a)), points(joined(a.toReversed())));
			assert.deepEqual([...points(joined(a))].sort(), [...points(a)].sort());
			const [left, right, middle] = [points(a), points(b), points([one])];
			const same = (ranges: readonly Range[], wanted: number[]): void => assert.deepEqual([...points(ranges)].sort(), wanted.sort());
			same(
				without(a, b),
				[...left].filter((point) => !right.has(point)),
			);
			same(
				inside(a, one),
				[...left].filter((point) => middle.has(point)),
			);
			assert.equal(
				covers(a, one),
				[...middle].every((point) => left.has(point)),
			);
		}),
	);
});

test("ranges that touch are one; an empty one is none", () => {
	assert.deepEqual(
		joined([
			[5, 9],
			[1, 5],
			[9, 9],
		]),
		[[1, 9]],
	);
	assert.deepEqual(without([[1, 9]], [[4, 6]]), [
		[1, 4],
		[6, 9],
	]);
});
