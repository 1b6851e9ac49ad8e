// What the page packs comes out of its own scripts again, run here as the browser runs them; and no grain hides an extreme.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import fc from "fast-check";
import { columnsOf } from "../market/candle.ts";
import { distances, pack } from "./pack.ts";
import { decimalsOfPrices, packedChart } from "./series.ts";

type Rows = Readonly<Record<string, Float64Array>>;
type Scripts = {
	unpack(text: string, lengths: readonly number[]): Promise<Float64Array[]>;
	sums(row: Float64Array): Float64Array;
	unpackMarket(packed: unknown): Promise<{ candles: Rows; bands: Rows }>;
	levelOf(market: unknown, equity: unknown, length: number): Rows;
};

const scripts = vm.createContext({ atob, Blob, Response, DecompressionStream, Uint8Array, Float64Array });
for (const name of ["unpack", "levels"])
	vm.runInContext(readFileSync(new URL(`./browser/${name}.js`, import.meta.url), "utf8"), scripts, { filename: name });
const { unpack, sums, unpackMarket, levelOf } = scripts as unknown as Scripts; // functions of those scripts

const MINUTE = 60_000;

test("whole numbers of any size come back as they went in, row by row", async () => {
	const whole = fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer({ min: -(2 ** 49), max: 2 ** 49 }));
	await fc.assert(
		fc.asyncProperty(fc.array(fc.array(whole, { maxLength: 40 }), { minLength: 1, maxLength: 4 }), async (rows) => {
			const text = pack(rows.map(distances));
			const lengths = rows.map((row) => row.length);
			const back = (await unpack(text, lengths)).map((row) => Array.from(sums(row), (value) => value + 0));
			assert.deepEqual(
				back,
				rows.map((row) => row.map((value) => value + 0)),
			);
		}),
		{ numRuns: 60 },
	);
});

const CANDLES = columnsOf(
	Array.from({ length: 500 }, (_, i) => {
		const open = 100 + ((i * 37) % 91) / 10;
		const close = 100 + ((i * 53) % 83) / 10;
		const [high, low] = [Math.max(open, close) + (i % 7) / 100, Math.min(open, close) - (i % 5) / 100];
		const openTime = (i < 250 ? i : i + 30) * MINUTE;
		return { openTime, open, close, high: Number(high.toFixed(2)), low: Number(low.toFixed(2)), volume: 1, turnover: 1 };
	}),
);
const CHART = {
	symbol: "BTCUSDT",
	interval: "1",
	columns: CANDLES,
	evaluations: [
		{ at: 60 * MINUTE },
		{ at: 120 * MINUTE, reference: 104.256, upper: 105, lower: -0.5 },
		{ at: 180 * MINUTE, reference: 103, upper: 104, lower: 102 },
	],
} as const;

test("candles come back exact, with their gaps; bands to the price's last decimal, and absent ones as absent", async () => {
	assert.equal(decimalsOfPrices(CANDLES), 2);
	const { candles, bands } = await unpackMarket(packedChart(CHART, "1 m"));
	for (const name of ["open", "high", "low", "close"] as const) assert.deepEqual([...candles[name]!], [...CANDLES[name]], name);
	assert.deepEqual([...candles.times!], [...CANDLES.openTime]);
	assert.deepEqual(
		[...bands.times!],
		[60, 120, 180].map((minutes) => minutes * MINUTE),
	);
	assert.deepEqual([...bands.reference!], [Number.NaN, 104.26, 103]);
	assert.deepEqual([...bands.lower!], [Number.NaN, -0.5, 102]);
});

test("a coarser bar is the first open, the highest high, the lowest low and the last close of all it covers, and so is equity's range", async () => {
	const market = await unpackMarket(packedChart(CHART, "1 m"));
	const times = CANDLES.openTime.map((time) => time + MINUTE);
	const value = times.map((_, i) => 1000 + ((i * 17) % 61));
	const fall = value.map((each) => (each - 1060) / 10.6);
	for (const minutes of [1, 3, 15, 60, 1440]) {
		const length = minutes * MINUTE;
		const level = levelOf({ ...market, length: MINUTE }, { times, value, fall }, length);
		const bars = Map.groupBy(
			Array.from({ length: CANDLES.length }, (_, i) => i),
			(i) => Math.floor(CANDLES.openTime[i]! / length) * length,
		);
		assert.deepEqual([...level.times!], [...bars.keys()], `${minutes} m: the bars`);
		for (const [bar, rows] of [...bars.values()].entries()) {
			const [first, last] = [rows[0]!, rows.at(-1)!];
			const extremes = [Math.max(...rows.map((i) => CANDLES.high[i]!)), Math.min(...rows.map((i) => CANDLES.low[i]!))];
			assert.deepEqual(
				[level.open![bar], level.high![bar], level.low![bar], level.close![bar]],
				[CANDLES.open[first], ...extremes, CANDLES.close[last]],
			);
			assert.deepEqual(
				[level.equity![bar], level.equityHigh![bar], level.equityLow![bar], level.fall![bar]],
				[
					value[last],
					Math.max(...rows.map((i) => value[i]!)),
					Math.min(...rows.map((i) => value[i]!)),
					Math.min(...rows.map((i) => fall[i]!)),
				],
			);
		}
	}
});

test("a bar bears the band of the last evaluation before its end", async () => {
	const market = await unpackMarket(packedChart(CHART, "1 m"));
	const none = { times: new Float64Array(), value: new Float64Array(), fall: new Float64Array() };
	const { reference } = levelOf({ ...market, length: MINUTE }, none, MINUTE);
	assert.deepEqual(
		[reference![59], reference![119], reference![120], reference![179], reference![180]],
		[Number.NaN, Number.NaN, 104.26, 104.26, 103],
	);
	const hours = levelOf({ ...market, length: MINUTE }, none, 60 * MINUTE).reference!;
	assert.deepEqual([...hours.slice(0, 4)], [Number.NaN, Number.NaN, 104.26, 103]);
});
