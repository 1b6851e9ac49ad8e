import assert from "node:assert/strict";
import { test } from "node:test";
import { allocate, type Columns } from "../market/candle.ts";
import { Prng } from "../std/prng.ts";
import { measure } from "./statistics.ts";

/** A plain random walk: 10 basis points a minute, normal, with the volume given. */
function walk(days: number, volumeOf: (move: number, i: number) => number): Columns {
	const columns = allocate(days * 1440);
	const prng = new Prng("walk");
	let close = 100;
	for (let i = 0; i < columns.length; i++) {
		const move = 0.001 * prng.normal();
		columns.openTime[i] = i * 60_000;
		columns.open[i] = close;
		close *= Math.exp(move);
		columns.close[i] = close;
		columns.high[i] = Math.max(close, columns.open[i]!) * 1.0002;
		columns.low[i] = Math.min(close, columns.open[i]!) * 0.9998;
		columns.volume[i] = volumeOf(move, i);
		columns.turnover[i] = columns.volume[i]! * (0.25 * columns.high[i]! + 0.75 * columns.low[i]!);
	}
	return columns;
}

function near(value: number, expected: number, tolerance: number): void {
	assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected} ± ${tolerance}`);
}

test("a random walk measures as one: normal, without memory, without rhythm", () => {
	const s = measure(walk(14, () => 1));
	near(s.returnStdBps, 10, 0.3);
	near(s.kurtosis, 3, 0.2);
	near(s.clustering.lag1, 0, 0.03);
	near(s.returnAutocorrelation, 0, 0.03);
	near(s.varianceRatio, 1, 0.25);
	near(s.volatilityHourRatio, 1.1, 0.1);
	assert.deepEqual([s.beyondFiveSigma, s.openGaps, s.zeroVolume, s.wickless], [0, 0, 0, 0]);
	near(s.vwapMean, 0.25, 1e-9);
});

test("volume that is the move's size correlates fully with it, and an hour's shape shows", () => {
	near(measure(walk(3, (move) => Math.abs(move) + 1e-12)).volumeCorrelation, 1, 1e-3);
	near(measure(walk(3, (_, i) => (Math.floor(i / 60) % 24 === 14 ? 3 : 1))).volumeHourRatio, 3, 1e-9);
});

test("a return that would reach over a gap is left out", () => {
	const columns = walk(3, () => 1);
	const cut = 2000;
	for (let i = cut; i < columns.length; i++) {
		columns.openTime[i]! += 600_000;
		for (const name of ["open", "high", "low", "close"] as const) columns[name][i]! *= 2;
	}
	near(measure(columns).kurtosis, 3, 0.3);
});
