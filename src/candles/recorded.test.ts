// Recorded candles: the folder that the environment variable ANCHORWATCH_DATA names. They are not part of this repository.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { aggregate } from "../market/aggregate.ts";
import { candleAt } from "../market/candle.ts";
import type { Interval } from "../market/interval.ts";
import { readCandles } from "./csv.ts";
import { readFunding } from "./funding.ts";

const data = process.env.ANCHORWATCH_DATA ?? "";
const options = existsSync(data) ? {} : { skip: "ANCHORWATCH_DATA names no folder with recorded candles" };

type Row = { name: string; rows: number; interval: Interval; gaps: number; missing: number; has: [volume: boolean, turnover: boolean] };
const FILES: readonly Row[] = [
	{ name: "binance-spot-BTCUSDT-1m-2023", rows: 525_520, interval: "1", gaps: 1, missing: 80, has: [true, true] },
	{ name: "binance-spot-BTCUSDT-4h", rows: 18_337, interval: "240", gaps: 8, missing: 16, has: [true, true] },
	{ name: "binance-spot-SOLUSDT-1m-2023Q1", rows: 129_519, interval: "1", gaps: 2, missing: 81, has: [true, true] },
	{ name: "bybit-linear-BTCUSDT-1d", rows: 1_134, interval: "D", gaps: 0, missing: 0, has: [true, true] },
	{ name: "bybit-linear-BTCUSDT-1h-noturnover", rows: 44_765, interval: "60", gaps: 0, missing: 0, has: [true, false] },
	{ name: "bybit-linear-BTCUSDT-1h-novolume", rows: 2_310, interval: "60", gaps: 0, missing: 0, has: [false, true] },
	{ name: "bybit-linear-LINKUSDT-1m-segments", rows: 105_076, interval: "1", gaps: 524, missing: 419_724, has: [true, true] },
];

for (const { name, rows, interval, gaps, missing, has } of FILES) {
	test(`${name} is read with all its rows and gaps (C3, J3)`, options, () => {
		const file = readCandles(join(data, "klines", `${name}.csv.gz`));
		assert.deepEqual([file.columns.length, file.interval, file.gaps.length], [rows, interval, gaps]);
		assert.equal(
			file.gaps.reduce((sum, gap) => sum + gap.missing, 0),
			missing,
		);
		assert.deepEqual([file.hasVolume, file.hasTurnover, file.origin], [...has, "recorded"]);
	});
}

test("a year of minutes, aggregated, is the hourly candles recorded by someone else (C3, J3)", options, () => {
	const minutes = readCandles(join(data, "klines", "binance-spot-BTCUSDT-1m-2023.csv.gz")).columns;
	const recorded = readCandles(join(data, "klines", "binance-spot-BTCUSDT-1h.csv.gz")).columns;
	const hours = aggregate(minutes, "1", "60").columns;
	const rowOf = new Map(Array.from(recorded.openTime, (openTime, i) => [openTime, i]));
	const isNear = (ours: number, theirs: number): boolean => Math.abs(ours - theirs) <= 1e-14 * theirs;
	assert.equal(hours.length, 8759);
	for (let i = 0; i < hours.length; i++) {
		const [ours, theirs] = [candleAt(hours, i), candleAt(recorded, rowOf.get(hours.openTime[i]!)!)];
		assert.ok(isNear(ours.volume, theirs.volume) && isNear(ours.turnover, theirs.turnover), `sums of hour ${i}`);
		assert.deepEqual({ ...ours, volume: 0, turnover: 0 }, { ...theirs, volume: 0, turnover: 0 });
	}
});

test("recorded funding files are read, with mark prices where they have them (H1)", options, () => {
	const funding = readFunding(join(data, "funding", "binance-usdm-BTCUSDT-funding.csv.gz"));
	assert.deepEqual(
		[funding.length, funding.times[0], funding.rates[0], funding.markPrices?.[0]],
		[948, 1739923200000, 0.00007007, 95621.9],
	);
	assert.deepEqual(readFunding(join(data, "funding", "bybit-linear-BTCUSDT-funding.csv.gz")).markPrices, undefined);
});
