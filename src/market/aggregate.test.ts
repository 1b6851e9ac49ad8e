import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HOUR, MINUTE, type Ms } from "../units/unit.ts";
import { aggregate } from "./aggregate.ts";
import { type Candle, candleAt, columnsOf } from "./candle.ts";
import { closeOf, type Interval, openOf } from "./interval.ts";

const START = Date.UTC(2024, 0, 1);

/** The textbook: group by the open of the longer candle, take first, highest, lowest, last, sums. */
function naive(candles: readonly Candle[], base: Interval, interval: Interval): (Candle & { closes: Ms; next: number })[] {
	const [first] = candles;
	const last = candles.at(-1);
	if (first === undefined || last === undefined) return [];
	const groups = Map.groupBy(candles, ({ openTime }) => openOf(interval, openTime));
	return [...groups]
		.filter(([open]) => open >= first.openTime && closeOf(interval, open) <= closeOf(base, last.openTime))
		.map(([openTime, rows]) => ({
			openTime,
			open: rows[0]!.open,
			high: Math.max(...rows.map(({ high }) => high)),
			low: Math.min(...rows.map(({ low }) => low)),
			close: rows.at(-1)!.close,
			volume: rows.reduce((sum, { volume }) => sum + volume, 0),
			turnover: rows.reduce((sum, { turnover }) => sum + turnover, 0),
			closes: closeOf(interval, openTime),
			next: candles.findIndex(({ openTime: at }) => at >= closeOf(interval, openTime)),
		}));
}

function told(candles: readonly Candle[], base: Interval, interval: Interval): ReturnType<typeof naive> {
	const { columns, closeTime, nextRow } = aggregate(columnsOf(candles), base, interval);
	return Array.from({ length: columns.length }, (_, i) => ({
		...candleAt(columns, i),
		closes: closeTime[i]!,
		next: nextRow[i] === candles.length ? -1 : nextRow[i]!,
	}));
}

function candle(openTime: Ms, close = 100): Candle {
	return { openTime, open: 100, high: 110, low: 90, close, volume: 1, turnover: 100 };
}

/** Candles of `base` from somewhere on, some of them missing. */
function markets(base: Interval, count: number): fc.Arbitrary<Candle[]> {
	const cell = fc.integer({ min: 1, max: 1000 });
	return fc.tuple(fc.nat(200), fc.array(fc.tuple(cell, cell, cell, cell, cell, fc.nat(9)), { maxLength: count })).map(([offset, rows]) => {
		let at = START;
		for (let i = 0; i < offset; i++) at = closeOf(base, at);
		return rows.flatMap(([a, b, c, d, volume, missing]) => {
			const openTime = at;
			at = closeOf(base, at);
			if (missing === 0) return [];
			return [{ openTime, open: a, high: Math.max(a, b, c, d), low: Math.min(a, b, c, d), close: d, volume, turnover: volume * a }];
		});
	});
}

for (const [base, interval] of [
	["1", "5"],
	["15", "60"],
	["60", "D"],
	["60", "60"],
	["D", "W"],
	["D", "M"],
] as const) {
	test(`candles of ${interval} from those of ${base} are what the definition makes of them, gaps and all (C3)`, () => {
		fc.assert(
			fc.property(markets(base, 60), (candles) => {
				assert.deepEqual(told(candles, base, interval), naive(candles, base, interval));
			}),
			{ numRuns: 50 },
		);
	});
}

test("a first candle that the data enters midway is not used, a last one that it does not reach the end of is not closed (C3)", () => {
	const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => candle(START + (from + i) * MINUTE));
	const opens = (candles: Candle[]) => told(candles, "1", "60").map(({ openTime }) => (openTime - START) / HOUR);
	assert.deepEqual(opens(minutes(0, 119)), [0]);
	assert.deepEqual(opens(minutes(0, 120)), [0, 1]);
	assert.deepEqual(opens(minutes(1, 120)), [1]);
	assert.deepEqual(opens(minutes(59, 120)), [1]);
	assert.deepEqual(opens(minutes(60, 120)), [1]);
	assert.deepEqual(opens([]), []);
});

test("a candle is made of what there is, and one of nothing does not exist (C3)", () => {
	const at = (minute: number) => candle(START + minute * MINUTE, minute);
	const candles = told([at(0), at(30), at(180), at(239)], "1", "60");
	assert.deepEqual(
		candles.map(({ openTime, close, next }) => [(openTime - START) / HOUR, close, next]),
		[
			[0, 30, 2],
			[3, 239, -1],
		],
	);
});
