// Longer candles from shorter ones, on UTC boundaries (spec §1): built from the base candles there are, and none where there are none.
// A first one that the data enters midway is not used; a last one that the data does not reach the end of is not closed.

import type { Ms } from "../units/unit.ts";
import { allocate, type Columns, slice } from "./candle.ts";
import { closeOf, type Interval, openOf } from "./interval.ts";

export type Aggregated = {
	readonly columns: Columns;
	/** For each candle: when it closed, and the first base row at or after that. */
	readonly closeTime: Float64Array;
	readonly nextRow: Int32Array;
};

/** Candles of `interval` from those of `base`; the base interval must divide the other. */
export function aggregate(base: Columns, baseInterval: Interval, interval: Interval): Aggregated {
	const out = allocate(base.length);
	const closeTime = new Float64Array(base.length);
	const nextRow = new Int32Array(base.length);
	const { length, openTime } = base;
	const dataEnd = length === 0 ? 0 : closeOf(baseInterval, openTime[length - 1]!);
	let count = 0;
	let row = length === 0 ? 0 : firstWhole(base, interval);
	while (row < length) {
		const open = openOf(interval, openTime[row]!);
		const close = closeOf(interval, open);
		if (close > dataEnd) break;
		row = gather(base, row, close, out, count);
		out.openTime[count] = open;
		closeTime[count] = close;
		nextRow[count] = row;
		count++;
	}
	return { columns: slice(out, 0, count), closeTime: closeTime.subarray(0, count), nextRow: nextRow.subarray(0, count) };
}

/** The first row that opens a candle of `interval`. */
function firstWhole(base: Columns, interval: Interval): number {
	const first = base.openTime[0]!;
	const open = openOf(interval, first);
	if (open === first) return 0;
	const close = closeOf(interval, open);
	let row = 0;
	while (row < base.length && base.openTime[row]! < close) row++;
	return row;
}

/** Writes the candle made of the rows from `row` that open before `end` into `out[at]` (all but its open time); the row after them. */
export function gather(base: Columns, row: number, end: Ms, out: Columns, at: number): number {
	const { length, openTime, high: highs, low: lows, volume: volumes, turnover: turnovers } = base;
	let high = Number.NEGATIVE_INFINITY;
	let low = Number.POSITIVE_INFINITY;
	let volume = 0;
	let turnover = 0;
	let next = row;
	for (; next < length && openTime[next]! < end; next++) {
		if (highs[next]! > high) high = highs[next]!;
		if (lows[next]! < low) low = lows[next]!;
		volume += volumes[next]!;
		turnover += turnovers[next]!;
	}
	out.open[at] = base.open[row]!;
	out.high[at] = high;
	out.low[at] = low;
	out.close[at] = base.close[next - 1]!;
	out.volume[at] = volume;
	out.turnover[at] = turnover;
	return next;
}
