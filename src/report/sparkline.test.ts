import assert from "node:assert/strict";
import { test } from "node:test";
import { type SparklineOptions, sparkline } from "./sparkline.ts";

function lines(values: readonly number[], options: SparklineOptions): readonly string[] | undefined {
	return sparkline(Float64Array.from(values), options)?.lines;
}

test("a curve is drawn from its lowest to its highest (H2)", () => {
	assert.deepEqual(lines([0, 1, 2, 3, 4, 5, 6, 7], { width: 8 }), ["▁▂▃▄▅▆▇█"]);
	assert.deepEqual(lines([0, 1, 2], { width: 8, unicode: false }), [".:|"]);
	assert.deepEqual(lines([0, 15, 7], { width: 3, rows: 2 }), [" █ ", "▁██"]);
	assert.deepEqual(sparkline(Float64Array.of(3, -1, 2), { width: 1 }), { lines: ["▆"], min: -1, max: 3 });
});

test("a column stands for a stretch of points and shows its last one; few points take a column each (H2)", () => {
	assert.deepEqual(lines([0, 7, 7, 0, 7, 7], { width: 2 }), ["██"]);
	assert.deepEqual(lines([0, 7], { width: 50 }), ["▁█"]);
	assert.equal(
		lines(
			Array.from({ length: 1001 }, (_, i) => i),
			{ width: 60 },
		)?.[0]?.length,
		60,
	);
});

test("a flat curve is a line, and no points are no curve (H2)", () => {
	assert.deepEqual(lines([5, 5, 5], { width: 3, rows: 2 }), ["   ", "▁▁▁"]);
	assert.equal(lines([], { width: 3 }), undefined);
});
