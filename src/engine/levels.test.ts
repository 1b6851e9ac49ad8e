import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Direction, signOf } from "../orders/side.ts";
import { Grid } from "../units/grid.ts";
import type { Price } from "../units/unit.ts";
import { breakEvenLevel, nearer, stopLevel, takeProfitLevel, trailingLevel } from "./levels.ts";

const GRID = new Grid({ tick: "0.1", step: "0.001" });

test("stop and target are percents of the entry, rounded to the tick towards it (E3)", () => {
	const rows: readonly (readonly [direction: Direction, entry: number, stop: string, target: string])[] = [
		["long", 20_100, "19899.0", "20703.0"],
		["short", 20_100, "20301.0", "19497.0"],
		["long", 20_100.3, "19899.3", "20703.3"], // 19899.297 up, 20703.309 down
		["short", 20_100.3, "20301.3", "19497.3"], // 20301.303 down, 19497.291 up
		["long", 20_100.07, "19899.1", "20703.0"], // 19899.0693, 20703.0721
	];
	for (const [direction, entry, stop, target] of rows) {
		assert.equal(GRID.formatPrice(stopLevel(entry, direction, 0.01, GRID)), stop);
		assert.equal(GRID.formatPrice(takeProfitLevel(entry, direction, 0.03, GRID)), target);
	}
});

test("whatever the entry, the stop lies strictly on its losing and the target on its winning side (E3)", () => {
	fc.assert(
		fc.property(
			fc.constantFrom<Direction>("long", "short"),
			fc.double({ min: 1, max: 200_000, noNaN: true }),
			fc.double({ min: 1e-7, max: 0.5, noNaN: true }),
			(direction, entry, distance) => {
				const sign = signOf(direction);
				assert.ok(sign * (GRID.priceNumber(stopLevel(entry, direction, distance, GRID)) - entry) < 0);
				assert.ok(sign * (GRID.priceNumber(takeProfitLevel(entry, direction, distance, GRID)) - entry) > 0);
			},
		),
	);
});

test("break-even is the entry, off the grid the tick on the winning side (D4)", () => {
	for (const [direction, entry, expected] of [
		["long", 20_100, "20100.0"],
		["long", 20_100.01, "20100.1"],
		["short", 20_100, "20100.0"],
		["short", 20_100.09, "20100.0"],
	] as const)
		assert.equal(GRID.formatPrice(breakEvenLevel(entry, direction, GRID)), expected);
});

test("a trailing stop begins once the price has moved by its activation, at its distance from the best price (D4)", () => {
	// 1 % of 20000 is 200, 0.5 % is 100.
	const trailing = { activation: 0.01, distance: 0.005 };
	for (const [direction, best, expected] of [
		["long", 20_199.9, undefined],
		["long", 20_200, "20100.0"],
		["long", 20_200.1, "20100.1"],
		["short", 19_800.1, undefined],
		["short", 19_800, "19900.0"],
		["short", 19_799.9, "19899.9"],
	] as const) {
		const level = trailingLevel(20_000, direction, best, trailing, GRID);
		assert.equal(level === undefined ? undefined : GRID.formatPrice(level), expected, `${direction} ${best}`);
	}
});

test("of two stops the one nearer to the price counts: the higher of a long, the lower of a short (D4)", () => {
	const [low, high] = [1 as Price, 2 as Price];
	assert.deepEqual([nearer("long", low, high), nearer("long", high, low)], [high, high]);
	assert.deepEqual([nearer("short", low, high), nearer("short", high, low)], [low, low]);
});
