// How far the price has moved lately, for the jump guard (spec §8): the last prices seen within its window, and the ranges of the base
// candles that opened within it. Candles longer than the window say nothing about it.

import type { Columns } from "../../market/candle.ts";
import { fixedLength, type Interval } from "../../market/interval.ts";
import { PriceWindow } from "../../market/price-window.ts";
import type { Ms } from "../../units/unit.ts";

type CandleRange = { readonly openTime: Ms; readonly low: number; readonly high: number };

export class MoveWindow {
	readonly #length: Ms;
	readonly #takesCandles: boolean;
	readonly #prices: PriceWindow;
	/** The latest base candles, none older than the window at the time of the newest. */
	#candles: CandleRange[] = [];

	constructor(length: Ms, baseInterval: Interval) {
		this.#length = length;
		this.#takesCandles = (fixedLength(baseInterval) ?? Number.POSITIVE_INFINITY) <= length;
		this.#prices = new PriceWindow(length);
	}

	pushPrice(at: Ms, last: number): void {
		this.#prices.push(at, last);
	}

	/** Base candles `[from, to)` have closed. */
	pushCandles({ openTime, low, high }: Columns, from: number, to: number): void {
		if (!this.#takesCandles) return;
		const oldest = openTime[to - 1]! - this.#length;
		let first = to - 1;
		while (first > from && openTime[first - 1]! >= oldest) first--;
		this.#candles = this.#candles.filter((candle) => candle.openTime >= oldest);
		for (let i = first; i < to; i++) this.#candles.push({ openTime: openTime[i]!, low: low[i]!, high: high[i]! });
	}

	/** Lowest and highest price within the window that ends at `at`; undefined when nothing was seen in it. */
	range(at: Ms): { min: number; max: number } | undefined {
		const seen = this.#prices.range(at);
		let min = seen?.min ?? Number.POSITIVE_INFINITY;
		let max = seen?.max ?? Number.NEGATIVE_INFINITY;
		for (const candle of this.#candles) {
			if (candle.openTime < at - this.#length) continue;
			min = Math.min(min, candle.low);
			max = Math.max(max, candle.high);
		}
		return min <= max ? { min, max } : undefined;
	}
}
