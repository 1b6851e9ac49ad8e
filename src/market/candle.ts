// Closed candles. Many lie in typed columns, one number a cell, so that a million of them can be walked without an object each.
// Prices and volumes here are observations, plain numbers in USDT and coins: nothing is ordered at them before a named rounding.

import type { Ms } from "../units/unit.ts";

export type Candle = {
	readonly openTime: Ms;
	readonly open: number;
	readonly high: number;
	readonly low: number;
	readonly close: number;
	/** Base coin. NaN: not recorded. */
	readonly volume: number;
	/** USDT. NaN: not recorded. */
	readonly turnover: number;
};

/** Candles of one symbol and interval, ascending by `openTime`; only the first `length` cells count. */
export type Columns = {
	readonly length: number;
	readonly openTime: Float64Array;
	readonly open: Float64Array;
	readonly high: Float64Array;
	readonly low: Float64Array;
	readonly close: Float64Array;
	readonly volume: Float64Array;
	readonly turnover: Float64Array;
};

export const COLUMN_NAMES = ["openTime", "open", "high", "low", "close", "volume", "turnover"] as const;

/** Fresh columns for `length` candles. */
export function allocate(length: number): Columns {
	return {
		length,
		openTime: new Float64Array(length),
		open: new Float64Array(length),
		high: new Float64Array(length),
		low: new Float64Array(length),
		close: new Float64Array(length),
		volume: new Float64Array(length),
		turnover: new Float64Array(length),
	};
}

export function columnsOf(candles: readonly Candle[]): Columns {
	const columns = allocate(candles.length);
	candles.forEach((candle, i) => {
		put(columns, i, candle);
	});
	return columns;
}

export function put(columns: Columns, i: number, candle: Candle): void {
	for (const name of COLUMN_NAMES) columns[name][i] = candle[name];
}

export function candleAt(columns: Columns, i: number): Candle {
	return {
		openTime: columns.openTime[i]!,
		open: columns.open[i]!,
		high: columns.high[i]!,
		low: columns.low[i]!,
		close: columns.close[i]!,
		volume: columns.volume[i]!,
		turnover: columns.turnover[i]!,
	};
}

/** A view of the rows [from, to): the same memory. */
export function slice(columns: Columns, from: number, to: number): Columns {
	return {
		length: to - from,
		openTime: columns.openTime.subarray(from, to),
		open: columns.open.subarray(from, to),
		high: columns.high.subarray(from, to),
		low: columns.low.subarray(from, to),
		close: columns.close.subarray(from, to),
		volume: columns.volume.subarray(from, to),
		turnover: columns.turnover.subarray(from, to),
	};
}

/** The first row from `from` on with `openTime >= at`; `length` when there is none. Found at once where no candle is missing. */
export function lowerBound({ length, openTime }: Columns, at: Ms, from = 0): number {
	let low = from;
	let high = length;
	if (length - from > 1) {
		const first = openTime[from]!;
		const even = from + Math.ceil((at - first) / (openTime[from + 1]! - first)); // where it lies at even distances
		if (even > low && even < high) {
			if (openTime[even]! < at) low = even + 1;
			else if (openTime[even - 1]! < at) return even;
			else high = even - 1;
		}
	}
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (openTime[middle]! < at) low = middle + 1;
		else high = middle;
	}
	return low;
}
