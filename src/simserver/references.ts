// Mark and index prices that differ from the last price, as candles row by row beside those of the last price: drawn from a seed, or
// recorded. How they come about between the four prices of a candle nobody knows: they take the same way as the last price.

import { aggregate } from "../market/aggregate.ts";
import { allocate, type Columns, lowerBound } from "../market/candle.ts";
import { closeOf, divides, fixedLength, type Interval } from "../market/interval.ts";
import { Prng } from "../std/prng.ts";
import { decimalsOf } from "../units/decimal.ts";
import { DAY, MINUTE } from "../units/unit.ts";

/** Candles of the base interval, in as many rows as those of the last price. */
export type References = { readonly mark: Columns; readonly index: Columns };

/** How slowly the index wanders about the last price, and the mark price about its own way between the two, minutes. */
const INDEX_MEMORY = 240;
const MARK_MEMORY = 30;
/** The mark price stands so far on the way from the last price to the index, and strays from there by so much of the whole. */
const MARK_SHARE = 0.6;
const MARK_STRAY = 0.25;
/** Nothing strays further, in standard deviations. */
const STRAY_MAX = 4;

/** `bps`: the standard deviation of the index about the last price, in 1/100 %. The same seed draws the same. */
export function drawnReferences(
	candles: Columns,
	{ bps, seed, tick, interval }: { bps: number; seed: string; tick: string; interval: Interval },
): References {
	const minutes = (fixedLength(interval) ?? 30 * DAY) / MINUTE;
	const basis = bps / 10_000;
	const far = wandering(candles.length + 1, { memory: INDEX_MEMORY / minutes, random: new Prng(`basis/${seed}/index`) });
	const near = wandering(candles.length + 1, { memory: MARK_MEMORY / minutes, random: new Prng(`basis/${seed}/mark`) });
	const index = far.map((x) => 1 + basis * x);
	const mark = far.map((x, i) => 1 + basis * (MARK_SHARE * x + MARK_STRAY * near[i]!));
	return { mark: scaled(candles, mark, tick), index: scaled(candles, index, tick) };
}

/** A walk that is drawn back to zero: variance 1, and so many steps of memory. */
function wandering(length: number, { memory, random }: { memory: number; random: Prng }): Float64Array {
	const keep = Math.exp(-1 / memory);
	const push = Math.sqrt(1 - keep * keep);
	let x = random.normal();
	return Float64Array.from({ length }, () => {
		const shown = Math.max(-STRAY_MAX, Math.min(STRAY_MAX, x));
		x = keep * x + push * random.normal();
		return shown;
	});
}

/**
 * Recorded candles of a mark or index price beside those of the last price. Finer ones are joined; of coarser ones only their opens and the
 * last close count, and in between the distance from the last price goes evenly from one to the next; where one is missing it stays as it
 * was. Undefined when the two have no time in common, or intervals that do not fit.
 */
export function alignedReference(
	candles: Columns,
	interval: Interval,
	reference: { readonly columns: Columns; readonly interval: Interval; readonly tick: string },
): Columns | undefined {
	const { tick } = reference;
	if (divides(reference.interval, interval)) {
		const same = reference.interval === interval ? reference.columns : aggregate(reference.columns, reference.interval, interval).columns;
		return besides(candles, same, tick);
	}
	if (!divides(interval, reference.interval)) return undefined;
	const { columns } = reference;
	const knots: { row: number; ratio: number }[] = [];
	for (let i = 0; i < columns.length; i++) {
		const row = lowerBound(candles, columns.openTime[i]!);
		if (candles.openTime[row] === columns.openTime[i]) knots.push({ row, ratio: columns.open[i]! / candles.open[row]! });
	}
	const end = closeOf(reference.interval, columns.openTime[columns.length - 1] ?? 0);
	const last = lowerBound(candles, end) - 1;
	if (knots.length === 0) return undefined;
	if (last >= 0 && closeOf(interval, candles.openTime[last]!) === end)
		knots.push({ row: last + 1, ratio: columns.close[columns.length - 1]! / candles.close[last]! });
	const ratios = new Float64Array(candles.length + 1);
	for (let row = 0, k = 0; row <= candles.length; row++) {
		while (k + 1 < knots.length && knots[k + 1]!.row <= row) k++;
		const [from, to] = [knots[k]!, knots[k + 1]];
		const share = to === undefined || row < from.row ? 0 : (row - from.row) / (to.row - from.row);
		ratios[row] = from.ratio + share * ((to?.ratio ?? 0) - from.ratio);
	}
	return scaled(candles, ratios, tick);
}

function besides(candles: Columns, same: Columns, tick: string): Columns | undefined {
	const rows = Array.from({ length: candles.length }, (_, row) => {
		const at = lowerBound(same, candles.openTime[row]!);
		return same.openTime[at] === candles.openTime[row] ? at : -1;
	});
	const first = rows.findIndex((at) => at >= 0);
	if (first < 0) return undefined;
	const ratios = new Float64Array(candles.length + 1);
	let ratio = same.open[rows[first]!]! / candles.open[first]!;
	for (const [row, at] of rows.entries()) {
		ratios[row] = ratio;
		if (at >= 0) ratio = same.close[at]! / candles.close[row]!;
	}
	ratios[candles.length] = ratio;
	const columns = scaled(candles, ratios, tick);
	for (const [row, at] of rows.entries())
		if (at >= 0) for (const name of ["open", "high", "low", "close"] as const) columns[name][row] = same[name][at]!;
	return columns;
}

/** The candles, times a ratio that goes evenly from each open to the next. With one decimal more than the tick, as mark prices have. */
function scaled(candles: Columns, ratios: Float64Array, tick: string): Columns {
	const power = 10 ** (decimalsOf(tick) + 1);
	const round = (price: number): number => Math.max(1, Math.round(price * power)) / power;
	const { length } = candles;
	const columns = { ...allocate(0), length, openTime: candles.openTime, ...blank(length), volume: new Float64Array(length) };
	for (let row = 0; row < length; row++) {
		const middle = (ratios[row]! + ratios[row + 1]!) / 2;
		const open = round(candles.open[row]! * ratios[row]!);
		const close = round(candles.close[row]! * ratios[row + 1]!);
		const [high, low] = [round(candles.high[row]! * middle), round(candles.low[row]! * middle)];
		columns.open[row] = open;
		columns.close[row] = close;
		columns.high[row] = Math.max(open, close, high, low);
		columns.low[row] = Math.min(open, close, high, low);
	}
	return { ...columns, turnover: columns.volume };
}

export function blank(length: number): Pick<Columns, "open" | "high" | "low" | "close"> {
	return {
		open: new Float64Array(length),
		high: new Float64Array(length),
		low: new Float64Array(length),
		close: new Float64Array(length),
	};
}
