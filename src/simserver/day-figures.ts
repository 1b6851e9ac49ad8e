// What a ticker says of the last day and hour: sums, extremes and earlier prices of the candles so far. The same rows give the same
// figures, so they are summed once for each window.

import { type Columns, lowerBound } from "../market/candle.ts";
import { type Rolling24h, rolling24h } from "../market/rolling.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { ShownCandles } from "./shown-candles.ts";

export class DayFigures {
	readonly #shown: ShownCandles;
	#rolling: { from: number; to: number; value: Rolling24h | undefined } | undefined;
	#extremes: { from: number; to: number; high: number; low: number } | undefined;

	constructor(shown: ShownCandles) {
		this.#shown = shown;
	}

	/** A candle went another way than was recorded. */
	forget(): void {
		this.#rolling = undefined;
		this.#extremes = undefined;
	}

	get #candles(): Columns {
		return this.#shown.columns;
	}

	/** Undefined while the data are younger than a day. */
	rolling(at: Ms): Rolling24h | undefined {
		const candles = this.#candles;
		const first = candles.openTime[0] ?? at;
		if (at < first + DAY) return undefined;
		const from = lowerBound(candles, at - DAY);
		const to = lowerBound(candles, at);
		if (this.#rolling?.from !== from || this.#rolling.to !== to) this.#rolling = { from, to, value: rolling24h(candles, at) };
		return this.#rolling.value;
	}

	extremes(at: Ms, last: number): { high24h: number; low24h: number } {
		const candles = this.#candles;
		const from = lowerBound(candles, at - DAY);
		const to = this.#shown.closedCount;
		if (this.#extremes?.from !== from || this.#extremes.to !== to) {
			let high = Number.NEGATIVE_INFINITY;
			let low = Number.POSITIVE_INFINITY;
			for (let i = from; i < to; i++) {
				high = Math.max(high, candles.high[i]!);
				low = Math.min(low, candles.low[i]!);
			}
			this.#extremes = { from, to, high, low };
		}
		const { running } = this.#shown;
		return {
			high24h: Math.max(this.#extremes.high, running?.high ?? last),
			low24h: Math.min(this.#extremes.low, running?.low ?? last),
		};
	}

	/** The price at an earlier moment: the open of the base candle from then on, the last price where there is none yet. */
	priceAt(at: Ms, last: number): number {
		const row = lowerBound(this.#candles, at);
		return row < this.#shown.closedCount ? this.#candles.open[row]! : (this.#shown.running?.open ?? last);
	}
}
