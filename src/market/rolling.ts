// The exchange's own two aggregates of the last 24 h, as its ticker states them (spec §2): sums over the base candles with `openTime`
// in [t − 24 h, t); none while t is less than 24 h after the first candle's open. Summed with a running compensation (Neumaier), so that
// the same window gives the same figure however it is reached.

import { DAY, type Ms } from "../units/unit.ts";
import { type Columns, lowerBound } from "./candle.ts";

export type Rolling24h = { readonly turnover24h: number; readonly volume24h: number };

export function rolling24h(base: Columns, at: Ms): Rolling24h | undefined {
	if (base.length === 0 || at < base.openTime[0]! + DAY) return undefined;
	const from = lowerBound(base, at - DAY);
	const to = lowerBound(base, at);
	return { turnover24h: compensatedSum(base.turnover, from, to), volume24h: compensatedSum(base.volume, from, to) };
}

/** Σ values[from, to) with Neumaier's compensation: exact to the last bit or nearly so. */
export function compensatedSum(values: Float64Array, from: number, to: number): number {
	let sum = 0;
	let lost = 0;
	for (let i = from; i < to; i++) {
		const value = values[i]!;
		const next = sum + value;
		lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
		sum = next;
	}
	return sum + lost;
}
