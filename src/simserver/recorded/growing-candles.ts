// Candles that grow as time passes: closed ones, and the one that runs. They are put in as they were recorded, or made of prices; longer
// intervals are made of them. A candle in which nothing was traded stands at the close before it, as Bybit's do.

import { type Candle, type Columns, candleAt } from "../../market/candle.ts";
import { closeOf, divides, INTERVALS, type Interval, openOf } from "../../market/interval.ts";
import type { Ms } from "../../units/unit.ts";

export class GrowingCandles {
	readonly base: Interval;
	/** The intervals that can be shown, shortest first. */
	readonly intervals: readonly Interval[];
	/** Ascending. */
	readonly #closed: Candle[] = [];
	#running: Candle | undefined;

	constructor(base: Interval, history?: Columns) {
		this.base = base;
		this.intervals = INTERVALS.filter((interval) => divides(base, interval));
		for (let i = 0; i < (history?.length ?? 0); i++) this.#closed.push(candleAt(history!, i));
	}

	get running(): Candle | undefined {
		return this.#running;
	}

	/** The open of the first candle; undefined while there is none. */
	get first(): Ms | undefined {
		return (this.#closed[0] ?? this.#running)?.openTime;
	}

	/** The price at an earlier moment: the open of the first candle from then on. */
	priceAt(at: Ms): number | undefined {
		return (this.#closed[this.#lowerBound(at)] ?? this.#running)?.open;
	}

	/** Highest and lowest since `from`. */
	extremes(from: Ms): { high: number; low: number } | undefined {
		return this.#join(from, Number.POSITIVE_INFINITY, from);
	}

	/** Volume and turnover of the candles that opened in `[from, to)`; undefined unless there is one from before. */
	volumes(from: Ms, to: Ms): { volume: number; turnover: number } | undefined {
		if (this.first === undefined || this.first > from) return undefined;
		return this.#join(from, to, from) ?? { volume: 0, turnover: 0 };
	}

	/** A candle as it was recorded. */
	put(candle: Candle, confirm: boolean): void {
		if (this.#running !== undefined && this.#running.openTime < candle.openTime) this.#close();
		if (!confirm) {
			if (!(candle.openTime <= (this.#closed.at(-1)?.openTime ?? Number.NEGATIVE_INFINITY))) this.#running = candle;
			return;
		}
		if (this.#running?.openTime === candle.openTime) this.#running = undefined;
		const place = this.#lowerBound(candle.openTime);
		this.#closed.splice(place, this.#closed[place]?.openTime === candle.openTime ? 1 : 0, candle);
	}

	/** So much was traded at a price; nothing, where only the price is known. */
	add(price: number, volume: number, at: Ms): void {
		const openTime = openOf(this.base, at);
		const before = this.#running ?? { openTime, open: price, high: price, low: price, close: price, volume: 0, turnover: 0 };
		this.#running = {
			...before,
			high: Math.max(before.high, price),
			low: Math.min(before.low, price),
			close: price,
			volume: before.volume + volume,
			turnover: before.turnover + price * volume,
		};
	}

	/** The candle that runs ends at `at`, and the next one opens at its close. */
	turn(at: Ms): void {
		if (this.#running === undefined) return;
		const { close } = this.#running;
		this.#close();
		this.#running = { openTime: at, open: close, high: close, low: close, close, volume: 0, turnover: 0 };
	}

	/** The candle of `interval` that closes at `at`; undefined when none does, or when what is known enters it midway. */
	closedAt(interval: Interval, at: Ms): Candle | undefined {
		if (openOf(interval, at) !== at) return undefined;
		const open = openOf(interval, at - 1);
		return this.first === undefined || open < this.first ? undefined : this.#join(open, at, open);
	}

	runningAt(interval: Interval, at: Ms): Candle | undefined {
		const open = openOf(interval, at);
		return this.#join(open, Number.POSITIVE_INFINITY, open);
	}

	/** The candles that opened in `[start, end]`, newest first and at most `limit` of them; the running one leads. */
	newest(interval: Interval, { start, end, limit, now }: { start: Ms; end: Ms; limit: number; now: Ms }): Candle[] {
		const rows: Candle[] = [];
		if (this.first === undefined) return rows;
		const last = Math.min(end, now, this.#running?.openTime ?? this.#closed.at(-1)!.openTime);
		for (let open = openOf(interval, last); rows.length < limit && open >= start && closeOf(interval, open) > this.first; ) {
			const candle = this.#join(open, closeOf(interval, open), open);
			if (candle !== undefined) rows.push(candle);
			open = openOf(interval, open - 1);
		}
		return rows;
	}

	#close(): void {
		if (this.#running !== undefined) this.#closed.push(this.#running);
		this.#running = undefined;
	}

	/** One candle of all that opened in `[from, to)`. */
	#join(from: Ms, to: Ms, openTime: Ms): Candle | undefined {
		let joined: Candle | undefined;
		const take = (candle: Candle): void => {
			joined = joined === undefined ? { ...candle, openTime } : extended(joined, candle);
		};
		for (let i = this.#lowerBound(from); i < this.#closed.length && this.#closed[i]!.openTime < to; i++) take(this.#closed[i]!);
		if (this.#running !== undefined && this.#running.openTime >= from && this.#running.openTime < to) take(this.#running);
		return joined;
	}

	/** The first closed candle that does not open before `at`. */
	#lowerBound(at: Ms): number {
		let low = 0;
		let high = this.#closed.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.#closed[middle]!.openTime < at) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

function extended(joined: Candle, { high, low, close, volume, turnover }: Candle): Candle {
	return {
		...joined,
		high: Math.max(joined.high, high),
		low: Math.min(joined.low, low),
		close,
		volume: joined.volume + volume,
		turnover: joined.turnover + turnover,
	};
}
