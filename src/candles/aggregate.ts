// Candles of a longer interval from those of a shorter one, on UTC boundaries (spec §1). A candle that the data enters midway or
// leaves midway is not built; one with a gap inside is built from what there is.

import { allocate, type Columns, slice } from "../market/candle.ts";
import { closeOf, divides, type Interval, openOf } from "../market/interval.ts";
import { assert } from "../std/assert.ts";
import type { Ms } from "../units/unit.ts";

export function aggregate(columns: Columns, intervals: { readonly from: Interval; readonly to: Interval }): Columns {
	const { from, to } = intervals;
	assert(divides(from, to), `candles of interval ${from} fill those of interval ${to}`);
	const result = allocate(columns.length);
	const dataEnd = columns.length === 0 ? 0 : closeOf(from, columns.openTime[columns.length - 1]!);
	let count = 0;
	for (let start = 0; start < columns.length; ) {
		const open = openOf(to, columns.openTime[start]!);
		const close = closeOf(to, open);
		let end = start + 1;
		while (end < columns.length && columns.openTime[end]! < close) end++;
		const isWhole = close <= dataEnd && (start > 0 || columns.openTime[0] === open);
		if (isWhole) merge(columns, { start, end }, { into: result, at: count++, open });
		start = end;
	}
	return slice(result, 0, count);
}

function merge(from: Columns, { start, end }: { start: number; end: number }, target: { into: Columns; at: number; open: Ms }): void {
	const { into, at } = target;
	let high = from.high[start]!;
	let low = from.low[start]!;
	for (let i = start; i < end; i++) {
		high = Math.max(high, from.high[i]!);
		low = Math.min(low, from.low[i]!);
	}
	into.openTime[at] = target.open;
	into.open[at] = from.open[start]!;
	into.high[at] = high;
	into.low[at] = low;
	into.close[at] = from.close[end - 1]!;
	into.volume[at] = decimalSum(from.volume.subarray(start, end));
	into.turnover[at] = decimalSum(from.turnover.subarray(start, end));
}

/** A sum of decimals, added up with what each rounding lost (Kahan), and without the binary noise behind its fifteenth digit. */
function decimalSum(values: Float64Array): number {
	let sum = 0;
	let lost = 0;
	for (const value of values) {
		const addend = value - lost;
		const next = sum + addend;
		lost = next - sum - addend;
		sum = next;
	}
	return Number(sum.toPrecision(15));
}
