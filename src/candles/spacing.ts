// Which interval the rows of a file have, and which candles are missing between them. The interval is the distance that most
// rows keep, so that one row off its boundary is found out and does not make an hourly file a half-hourly one with gaps.

import { closeOf, fixedLength, INTERVALS, type Interval, intervalName, intervalOfSpacing, openOf } from "../market/interval.ts";
import { DAY, type Ms } from "../units/unit.ts";

/** Candles that are not there: the range [from, to) and how many would fill it. */
export type Gap = { readonly from: Ms; readonly to: Ms; readonly missing: number };

export type Spacing = {
	/** The distance of two rows without a gap; the shortest month for months. */
	readonly spacing: Ms;
	readonly interval: Interval;
	readonly gaps: readonly Gap[];
};

/** Why rows have no spacing; `row` where one of them is to blame. */
export type SpacingFault = { readonly row: number | undefined; readonly reason: string };

const SHORTEST_MONTH = 28 * DAY;
const LONGEST_MONTH = 31 * DAY;
const FIRST_PLAUSIBLE: Ms = Date.UTC(1990, 0, 1);
const LAST_PLAUSIBLE: Ms = Date.UTC(2200, 0, 1);

/** `times` ascend strictly. */
export function spacingOf(times: Float64Array): Spacing | SpacingFault {
	if (times.length < 2) {
		return { row: undefined, reason: "one row alone has no spacing, and so no interval: a candle file needs at least two rows" };
	}
	const common = commonDistance(times);
	const interval = common >= SHORTEST_MONTH && common <= LONGEST_MONTH ? "M" : intervalOfSpacing(common);
	if (interval === undefined) {
		const unit = unitHint(times[0]!);
		return { row: undefined, reason: `most rows lie ${common} ms apart, no interval of Bybit's (${INTERVALS.join(" ")}): ${unit}` };
	}
	const gaps = gapsOf(times, interval);
	return "reason" in gaps ? gaps : { spacing: fixedLength(interval) ?? SHORTEST_MONTH, interval, gaps };
}

/** What is missing between rows of an interval. `times` ascend strictly. */
export function gapsOf(times: Float64Array, interval: Interval): Gap[] | SpacingFault {
	const gaps: Gap[] = [];
	const length = fixedLength(interval);
	let expected = openOf(interval, times[0] ?? 0);
	for (let i = 0; i < times.length; i++) {
		const time = times[i]!;
		if (time !== expected) {
			if (openOf(interval, time) !== time) return { row: i, reason: misaligned(time, interval) };
			gaps.push({ from: expected, to: time, missing: countBetween(interval, expected, time) });
		}
		expected = length === undefined ? closeOf(interval, time) : time + length;
	}
	return gaps;
}

/** The distance that occurs most often between neighbours, the shorter one of two that occur as often. */
function commonDistance(times: Float64Array): Ms {
	const counts = new Map<Ms, number>();
	let run = 0;
	for (let i = 1; i < times.length; i++) {
		run++;
		const distance = times[i]! - times[i - 1]!;
		if (i + 1 < times.length && times[i + 1]! - times[i]! === distance) continue;
		counts.set(distance, (counts.get(distance) ?? 0) + run);
		run = 0;
	}
	const [first] = [...counts].sort(([distanceA, countA], [distanceB, countB]) => countB - countA || distanceA - distanceB);
	return first![0];
}

/** So many candles open in `[from, to)`; both are boundaries. */
export function countBetween(interval: Interval, from: Ms, to: Ms): number {
	const length = fixedLength(interval);
	if (length !== undefined) return (to - from) / length;
	let count = 0;
	for (let at = from; at < to; at = closeOf(interval, at)) count++;
	return count;
}

function misaligned(time: Ms, interval: Interval): string {
	return `${isoText(time)} is no boundary of the ${intervalName(interval)} that most rows lie apart: correct or remove the row`;
}

function unitHint(time: Ms): string {
	if (time >= FIRST_PLAUSIBLE && time < LAST_PLAUSIBLE) return "aggregate them to one that it has";
	const factor = [1000, 1e-3, 1e-6].find((each) => time * each >= FIRST_PLAUSIBLE && time * each < LAST_PLAUSIBLE);
	if (factor === undefined) return "are the times milliseconds?";
	return `the times look like ${factor === 1000 ? "seconds" : factor === 1e-3 ? "microseconds" : "nanoseconds"}, and must be milliseconds`;
}

function isoText(time: Ms): string {
	return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}
