// The last closed signal candles, as many as bands, momentum and anchors look back, and Wilder's ATR over all of them (spec §3, §4).

import type { Candle } from "../market/candle.ts";

export class CandleHistory {
	readonly #capacity: number;
	readonly #atrLength: number;
	#candles: Candle[] = [];
	/** The same candles' closes, side by side for the sums over them. */
	readonly #closes: Float64Array;
	#count = 0;
	/** True ranges of the warm-up, until there are enough for the first ATR. */
	#ranges: number[] = [];
	#atr: number | undefined;

	constructor(terms: { capacity: number; atrLength: number }) {
		this.#capacity = terms.capacity;
		this.#atrLength = terms.atrLength;
		this.#closes = new Float64Array(2 * terms.capacity + 1);
	}

	/** How many candles have closed so far. */
	get count(): number {
		return this.#count;
	}

	/** Wilder's ATR: the mean of the first N true ranges, then ATR ← (ATR·(N−1) + TR)/N; undefined before. */
	get atr(): number | undefined {
		return this.#atr;
	}

	/** The candle `back` places before the newest (0: the newest). */
	at(back: number): Candle | undefined {
		return this.#candles[this.#candles.length - 1 - back];
	}

	/** Largest of |high − low|, |high − previous close|, |low − previous close|; undefined without a previous close. */
	trueRange(candle: Candle): number | undefined {
		const previous = this.at(0)?.close;
		if (previous === undefined) return undefined;
		return Math.max(candle.high - candle.low, Math.abs(candle.high - previous), Math.abs(candle.low - previous));
	}

	push(candle: Candle): void {
		const range = this.trueRange(candle);
		if (range !== undefined) this.#addRange(range);
		this.#closes[this.#candles.length] = candle.close;
		this.#candles.push(candle);
		this.#count++;
		if (this.#candles.length <= 2 * this.#capacity) return;
		this.#closes.copyWithin(0, this.#candles.length - this.#capacity, this.#candles.length);
		this.#candles = this.#candles.slice(-this.#capacity);
	}

	/** Population standard deviation of the last `length` closes. */
	deviation(length: number): number {
		const closes = this.#closes;
		const to = this.#candles.length;
		let sum = 0;
		for (let i = to - length; i < to; i++) sum += closes[i]!;
		const mean = sum / length;
		let squares = 0;
		for (let i = to - length; i < to; i++) {
			const off = closes[i]! - mean;
			squares += off * off;
		}
		return Math.sqrt(squares / length);
	}

	#addRange(range: number): void {
		const n = this.#atrLength;
		if (this.#atr !== undefined) {
			this.#atr = (this.#atr * (n - 1) + range) / n;
			return;
		}
		this.#ranges.push(range);
		if (this.#ranges.length === n) this.#atr = this.#ranges.reduce((sum, one) => sum + one, 0) / n;
	}
}
