// The candles that have happened so far, of every interval that the base interval divides: closed ones, and the one that runs. Nothing
// here looks ahead: the base candle under way counts only as far as its path has come.

import { type Aggregated, aggregate } from "../market/aggregate.ts";
import { type Candle, type Columns, candleAt, lowerBound } from "../market/candle.ts";
import { closeOf, divides, INTERVALS, type Interval, openOf } from "../market/interval.ts";
import type { Ms } from "../units/unit.ts";

/** What closed base candles have put into the candle of one interval that opened last. */
type Gathered = { open: Ms; close: Ms; from: number; next: number; high: number; low: number; volume: number; turnover: number };

export class ShownCandles {
	readonly base: Interval;
	/** The intervals that can be shown, shortest first. */
	readonly intervals: readonly Interval[];
	#columns: Columns;
	/** Whether `#columns` are this object's own, since a candle went another way than was recorded. */
	#rewritten = false;
	/** So many base candles have closed. */
	#closed = 0;
	#running: Candle | undefined;
	readonly #gathered = new Map<Interval, Gathered>();
	readonly #whole = new Map<Interval, Aggregated>();

	constructor(columns: Columns, base: Interval) {
		this.#columns = columns;
		this.base = base;
		this.intervals = INTERVALS.filter((interval) => divides(base, interval));
	}

	/** Base candles as recorded, those that have closed as they went. */
	get columns(): Columns {
		return this.#columns;
	}

	get closedCount(): number {
		return this.#closed;
	}

	/** The base candle under way, as far as it has come. */
	get running(): Candle | undefined {
		return this.#running;
	}

	run(candle: Candle): void {
		this.#running = candle;
	}

	/** The base candle under way has closed; `asRun`: as far as it came, not as it was recorded. */
	close({ asRun = false }: { asRun?: boolean } = {}): void {
		if (asRun && this.#running !== undefined) this.#rewrite(this.#closed, this.#running);
		this.#closed++;
		this.#running = undefined;
	}

	#rewrite(row: number, candle: Candle): void {
		const { length, openTime, open, high, low, close, volume, turnover } = this.#columns;
		if (!this.#rewritten)
			this.#columns = {
				...{ length, openTime, open: open.slice(), high: high.slice(), low: low.slice(), close: close.slice() },
				...{ volume: volume.slice(), turnover: turnover.slice() },
			};
		this.#rewritten = true;
		for (const name of ["open", "high", "low", "close", "volume", "turnover"] as const) this.#columns[name][row] = candle[name];
		this.#whole.clear();
	}

	/** The candle of `interval` that closes at `at`: undefined when none does, when it has no base candle, or when the data enters it midway. */
	closedAt(interval: Interval, at: Ms): Candle | undefined {
		if (openOf(interval, at) !== at) return undefined;
		const open = openOf(interval, at - 1);
		const first = this.columns.openTime[0] ?? at;
		return open < first ? undefined : this.#assemble(interval, open);
	}

	/** The candle of `interval` that runs at `at`; undefined while it has no base candle. */
	runningAt(interval: Interval, at: Ms): Candle | undefined {
		return this.#assemble(interval, openOf(interval, at));
	}

	/** The candles that opened in `[start, end]` and have closed by `now`, newest first and at most `limit` of them; then the running one leads. */
	newest(interval: Interval, range: { start: Ms; end: Ms; limit: number; now: Ms }): Candle[] {
		const { start, end, limit, now } = range;
		const rows: Candle[] = [];
		const running = this.runningAt(interval, now);
		if (running !== undefined && running.openTime >= start && running.openTime <= end) rows.push(running);
		const columns = interval === this.base ? this.columns : this.#aggregated(interval).columns;
		const upTo = lowerBound(columns, end + 1);
		for (let i = upTo - 1; i >= 0 && rows.length < limit; i--) {
			const openTime = columns.openTime[i]!;
			if (openTime < start) break;
			if (closeOf(interval, openTime) <= now) rows.push(candleAt(columns, i));
		}
		return rows;
	}

	#aggregated(interval: Interval): Aggregated {
		const known = this.#whole.get(interval) ?? aggregate(this.columns, this.base, interval);
		this.#whole.set(interval, known);
		return known;
	}

	/** Sums in the rows' order from zero, so that the figures are those of `aggregate` to the last bit. */
	#assemble(interval: Interval, open: Ms): Candle | undefined {
		const { columns } = this;
		let sum = this.#gathered.get(interval);
		if (sum === undefined || sum.open !== open) {
			const from = lowerBound(columns, open);
			const close = closeOf(interval, open);
			const none = { high: Number.NEGATIVE_INFINITY, low: Number.POSITIVE_INFINITY, volume: 0, turnover: 0 };
			sum = { open, close, from, next: from, ...none };
			this.#gathered.set(interval, sum);
		}
		for (; sum.next < this.#closed && columns.openTime[sum.next]! < sum.close; sum.next++) {
			sum.high = Math.max(sum.high, columns.high[sum.next]!);
			sum.low = Math.min(sum.low, columns.low[sum.next]!);
			sum.volume += columns.volume[sum.next]!;
			sum.turnover += columns.turnover[sum.next]!;
		}
		const running = this.#running !== undefined && this.#running.openTime >= open ? this.#running : undefined;
		if (sum.next === sum.from) return running === undefined ? undefined : { ...running, openTime: open };
		return {
			openTime: open,
			open: columns.open[sum.from]!,
			high: Math.max(sum.high, running?.high ?? Number.NEGATIVE_INFINITY),
			low: Math.min(sum.low, running?.low ?? Number.POSITIVE_INFINITY),
			close: running?.close ?? columns.close[sum.next - 1]!,
			volume: running === undefined ? sum.volume : sum.volume + running.volume,
			turnover: running === undefined ? sum.turnover : sum.turnover + running.turnover,
		};
	}
}
