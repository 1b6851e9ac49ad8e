// Longer candles from shorter ones, on UTC boundaries (spec §1): built from the base candles there are, and none where there are none.
// A first one that the data enters midway is not used; a last one that the data does not reach the end of is not closed.

import { DAY, type Ms } from "../units/unit.ts";
import { allocate, type Columns, lowerBound, slice } from "./candle.ts";
import { closeOf, fixedLength, type Interval, openOf } from "./interval.ts";

export type Aggregated = {
	readonly columns: Columns;
	/** For each candle: when it closed, and the first base row at or after that. */
	readonly closeTime: Float64Array;
	readonly nextRow: Int32Array;
};

const SHORTEST_MONTH: Ms = 28 * DAY;
/** Turns in one call: V8 replaces a running loop badly, and a function that is entered again and again well. */
const CANDLES_PER_CALL = 1024;

/** Candles of `interval` from those of `base`; the base interval must divide the other. */
export function aggregate(base: Columns, baseInterval: Interval, interval: Interval): Aggregated {
	const walk = new CandleWalk(base, baseInterval, interval);
	const out = allocate(walk.most);
	const closeTime = new Float64Array(walk.most);
	const nextRow = new Int32Array(walk.most);
	let count = 0;
	for (let more = true; more; ) {
		const to = Math.min(walk.most, count + CANDLES_PER_CALL);
		const reached = take(walk, { out, closeTime, nextRow }, count, to);
		more = reached === to && to < walk.most;
		count = reached;
	}
	return { columns: slice(out, 0, count), closeTime: closeTime.subarray(0, count), nextRow: nextRow.subarray(0, count) };
}

/** Puts the next candles into the places `[from, to)`; the place after the last. */
function take(
	walk: CandleWalk,
	{ out, closeTime, nextRow }: { out: Columns; closeTime: Float64Array; nextRow: Int32Array },
	from: number,
	to: number,
): number {
	let at = from;
	for (; at < to && walk.next(out, at); at++) {
		closeTime[at] = walk.closeTime;
		nextRow[at] = walk.nextRow;
	}
	return at;
}

/** The longer candles one after the other, for who reads their base rows along with them: those are then still in the cache. */
export class CandleWalk {
	/** No more candles than this. */
	readonly most: number;
	/** Of the latest candle: its first base row, when it closed, and the first base row at or after that. */
	firstRow = 0;
	closeTime: Ms = Number.NaN;
	nextRow: number;
	readonly #base: Columns;
	readonly #interval: Interval;
	/** Undefined for months. */
	readonly #length: Ms | undefined;
	readonly #dataEnd: Ms;

	constructor(base: Columns, baseInterval: Interval, interval: Interval) {
		const { length, openTime } = base;
		this.#base = base;
		this.#interval = interval;
		this.#length = fixedLength(interval);
		this.#dataEnd = length === 0 ? 0 : closeOf(baseInterval, openTime[length - 1]!);
		this.most = length === 0 ? 0 : Math.min(length, Math.ceil((this.#dataEnd - openTime[0]!) / (this.#length ?? SHORTEST_MONTH)));
		this.nextRow = length === 0 ? 0 : firstWhole(base, interval);
	}

	/** Writes the next candle into `out[at]`; false when the data closes no more. */
	next(out: Columns, at: number): boolean {
		const base = this.#base;
		const row = this.nextRow;
		if (row >= base.length) return false;
		const first = base.openTime[row]!;
		const open = first === this.closeTime ? first : openOf(this.#interval, first); // the one before ended here, but for a gap
		const close = this.#length === undefined ? closeOf(this.#interval, open) : open + this.#length;
		if (close > this.#dataEnd) return false;
		this.firstRow = row;
		this.closeTime = close;
		this.nextRow = gather(base, row, close, out, at);
		out.openTime[at] = open;
		return true;
	}
}

/** The first row that opens a candle of `interval`. */
function firstWhole(base: Columns, interval: Interval): number {
	const first = base.openTime[0]!;
	const open = openOf(interval, first);
	return open === first ? 0 : lowerBound(base, closeOf(interval, open));
}

/** Writes the candle made of the rows from `row` that open before `end` into `out[at]` (all but its open time); the row after them. */
function gather(base: Columns, row: number, end: Ms, out: Columns, at: number): number {
	const { high: highs, low: lows, volume: volumes, turnover: turnovers } = base;
	const next = lowerBound(base, end, row);
	let high = Number.NEGATIVE_INFINITY;
	let low = Number.POSITIVE_INFINITY;
	let volume = 0;
	let turnover = 0;
	for (let i = row; i < next; i++) {
		const highest = highs[i]!;
		const lowest = lows[i]!;
		if (highest > high) high = highest;
		if (lowest < low) low = lowest;
		volume += volumes[i]!;
		turnover += turnovers[i]!;
	}
	out.open[at] = base.open[row]!;
	out.high[at] = high;
	out.low[at] = low;
	out.close[at] = base.close[next - 1]!;
	out.volume[at] = volume;
	out.turnover[at] = turnover;
	return next;
}
