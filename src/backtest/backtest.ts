// History → engine ⇄ venue, in one process and as fast as the candles allow (spec §9). Quiet stretches, in which no price can touch
// anything of ours, are passed over in one step; a candle in which something may happen is walked point by point like the exchange does.

import { isFlat } from "../account/position.ts";
import type { Note } from "../engine/command.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineSettings } from "../engine/settings.ts";
import { aggregate } from "../market/aggregate.ts";
import { type Columns, candleAt, lowerBound } from "../market/candle.ts";
import { closeOf, fixedLength, type Interval } from "../market/interval.ts";
import type { Trade } from "../report/trade.ts";
import { usdtNumber } from "../units/grid.ts";
import { DAY, type Ms, type Usdt } from "../units/unit.ts";
import type { PathPolicy } from "../venue/path.ts";
import { Venue, type VenueTerms } from "../venue/venue.ts";
import { fundingDue, walkCandle } from "../venue/walk.ts";
import { DeskLink } from "./desk-link.ts";
import { SimTicker } from "./sim-ticker.ts";

export type BacktestInput = {
	readonly columns: Columns;
	readonly baseInterval: Interval;
	readonly engine: Omit<EngineSettings, "curve" | "baseInterval">;
	readonly venue: VenueTerms;
	readonly policy: PathPolicy;
	readonly fundingRate: number;
	/** The rate of a funding time, where the data has one. */
	readonly rateAt?: ((at: Ms) => number | undefined) | undefined;
	readonly onProgress?: ((done: number) => void) | undefined;
	readonly onNote?: ((at: Ms, symbol: string, note: Note) => void) | undefined;
};

export type BacktestOutcome = {
	readonly trades: readonly Trade[];
	/** Equity at each base candle's close, and after the last one the final balance. */
	readonly equity: Float64Array;
	readonly balance: Usdt;
	readonly ambiguousCandles: number;
	/** Funding times that the data had no rate for. */
	readonly assumedFundings: number;
	readonly halted: string | undefined;
};

/** Rows between two progress calls. */
const PROGRESS_ROWS = 1 << 16;

export function runBacktest(input: BacktestInput): BacktestOutcome {
	return new Backtest(input).run();
}

class Backtest {
	readonly #input: BacktestInput;
	readonly #columns: Columns;
	readonly #symbol: string;
	readonly #engine: Engine;
	readonly #venue: Venue;
	readonly #link: DeskLink;
	readonly #equity: Float64Array;
	readonly #trades: Trade[] = [];
	readonly #length: Ms;
	readonly #fundingInterval: Ms;
	/** Funding times up to here are settled. */
	#fundedTo: Ms;
	#shownAt: Ms = Number.NEGATIVE_INFINITY;
	#assumedFundings = 0;

	constructor(input: BacktestInput) {
		const { columns, baseInterval } = input;
		const [symbol] = input.engine.symbols;
		if (symbol === undefined) throw new RangeError("a backtest has one symbol");
		this.#input = input;
		this.#columns = columns;
		this.#symbol = symbol.instrument.symbol;
		this.#equity = new Float64Array(columns.length);
		// Candles know no spread: the quote around their prices serves limit entries, and the spread guard is off (spec §8).
		const guard = { ...input.engine.guard, maxSpreadPct: undefined };
		this.#engine = new Engine({ ...input.engine, guard, baseInterval, curve: this.#equity });
		this.#venue = new Venue([symbol.instrument], input.venue);
		this.#link = new DeskLink(this.#engine, this.#venue, (at, name, note) => this.#onNote(at, name, note));
		this.#length = fixedLength(baseInterval) ?? 28 * DAY; // only spaces the points of a path
		this.#fundingInterval = symbol.instrument.fundingInterval;
		this.#fundedTo = columns.openTime[0] ?? 0;
	}

	run(): BacktestOutcome {
		const { columns } = this.#input;
		const interval = this.#input.engine.symbols[0]?.strategy.interval ?? this.#input.baseInterval;
		const signals = aggregate(columns, this.#input.baseInterval, interval);
		let row = 0;
		let reported = 0;
		for (let j = 0; j < signals.columns.length; j++) {
			row = this.#pass(row, signals.nextRow[j]!);
			const at = signals.closeTime[j]!;
			if (this.#wantsTicks()) this.#showBoundaries(row, at - 1);
			this.#showAnchors(at);
			this.#link.show({ kind: "closed", at, symbol: this.#symbol, candle: candleAt(signals.columns, j) });
			if (row === columns.length) break; // a decision at the end of the data is not executed
			if (columns.openTime[row] === at) this.#fund(row);
			this.#showTicker(at, columns.close[row - 1]!);
			if (row - reported >= PROGRESS_ROWS) {
				reported = row;
				this.#input.onProgress?.(row);
			}
		}
		this.#pass(row, columns.length);
		return this.#finish();
	}

	#finish(): BacktestOutcome {
		const { length, openTime } = this.#columns;
		const end = length === 0 ? 0 : closeOf(this.#input.baseInterval, openTime[length - 1]!);
		for (const command of this.#engine.closeBooks(end)) if (command.kind === "note") this.#onNote(command.at, command.symbol, command.note);
		if (length > 0) this.#equity[length - 1] = usdtNumber(this.#engine.balance);
		this.#input.onProgress?.(length);
		return {
			trades: this.#trades,
			equity: this.#equity,
			balance: this.#engine.balance,
			ambiguousCandles: this.#venue.ambiguousCandles(),
			assumedFundings: this.#assumedFundings,
			halted: this.#engine.halted,
		};
	}

	#onNote(at: Ms, symbol: string, note: Note): void {
		if (note.what === "flat") this.#trades.push(note.trade);
		this.#input.onNote?.(at, symbol, note);
	}

	/** Takes the rows `[from, to)`, skipping what is quiet. */
	#pass(from: number, to: number): number {
		let row = from;
		while (row < to) {
			this.#fund(row);
			const { ticks, below, above } = this.#engine.machine(this.#symbol).interest();
			const position = this.#venue.position(this.#symbol);
			const levels = this.#venue.levels(this.#symbol);
			if (ticks) {
				this.#walk(row++);
				continue;
			}
			const stop = isFlat(position) ? to : Math.min(to, this.#nextFundingRow(row));
			const quiet = this.#firstTouch(row, stop, Math.max(below, levels.below), Math.min(above, levels.above));
			if (quiet === row) this.#walk(row++);
			else row += this.#tell(row, quiet);
		}
		return row;
	}

	/** The first row in `[from, to)` whose range reaches a level; `to` when none does. */
	#firstTouch(from: number, to: number, below: number, above: number): number {
		if (below === Number.NEGATIVE_INFINITY && above === Number.POSITIVE_INFINITY) return to;
		const { low, high } = this.#columns;
		let row = from;
		while (row < to && low[row]! > below && high[row]! < above) row++;
		return row;
	}

	/** The first row after `row` that opens at or after the next funding time. */
	#nextFundingRow(row: number): number {
		const next = (Math.floor(this.#columns.openTime[row]! / this.#fundingInterval) + 1) * this.#fundingInterval;
		return lowerBound(this.#columns, next);
	}

	/** One candle in full: its boundary's ticker where ticks matter, then every point of its path. */
	#walk(row: number): void {
		const candle = candleAt(this.#columns, row);
		if (this.#wantsTicks()) this.#showBoundaries(row, candle.openTime);
		this.#showAnchors(candle.openTime + 1);
		for (const step of walkCandle(this.#venue, this.#symbol, candle, { policy: this.#input.policy, length: this.#length })) {
			this.#link.pump();
			if (step.kind === "point") this.#showTicker(step.at, step.price);
		}
		this.#link.pump();
		this.#tell(row, row + 1);
	}

	#wantsTicks(): boolean {
		return this.#engine.machine(this.#symbol).interest().ticks;
	}

	/** Tickers at the boundaries of base candles since the row before, up to `upTo`: one, or in a gap one for each missing candle. */
	#showBoundaries(row: number, upTo: Ms): void {
		if (row === 0) return;
		const { baseInterval } = this.#input;
		const { openTime, close } = this.#columns;
		for (let at = closeOf(baseInterval, openTime[row - 1]!); at <= upTo; at = closeOf(baseInterval, at))
			if (at > this.#shownAt) this.#showTicker(at, close[row - 1]!);
	}

	/** Tells the engine that rows have closed; how many it took. */
	#tell(from: number, to: number): number {
		const { openTime, close } = this.#columns;
		const at = closeOf(this.#input.baseInterval, openTime[to - 1]!);
		this.#showAnchors(at);
		this.#venue.passTo(this.#symbol, close[to - 1]!);
		this.#link.show({ kind: "candles", at, symbol: this.#symbol, columns: this.#columns, from, to });
		const { consumed } = this.#engine;
		this.#venue.passTo(this.#symbol, close[from + consumed - 1]!);
		return consumed;
	}

	/** Shows the strategy a ticker at the anchors inside passed-over time and gaps, so that V(A) is known at the next evaluation. */
	#showAnchors(to: Ms): void {
		const { strategy } = this.#engine.machine(this.#symbol);
		const from = Math.max(this.#shownAt, this.#columns.openTime[0]! - 1);
		for (let at = strategy.wantsTickerAt(from); at !== undefined && at < to; at = strategy.wantsTickerAt(at)) {
			strategy.onTicker(at, this.#ticker(at, this.#engine.machine(this.#symbol).last));
			this.#shownAt = at;
		}
	}

	#showTicker(at: Ms, last: number): void {
		this.#shownAt = at;
		this.#link.show({ kind: "ticker", at, symbol: this.#symbol, ticker: this.#ticker(at, last) });
	}

	#ticker(at: Ms, last: number): SimTicker {
		const grid = this.#venue.instrument(this.#symbol)?.grid;
		const quote = this.#venue.quote(this.#symbol);
		const [bid, ask] = grid === undefined || quote === undefined ? [] : [grid.priceNumber(quote.bid), grid.priceNumber(quote.ask)];
		return new SimTicker({ columns: this.#columns, at, last, bid, ask });
	}

	/** Funding times since the last settled one, charged at this row's open to the position held before it. */
	#fund(row: number): void {
		const at = this.#columns.openTime[row]!;
		if (at <= this.#fundedTo || isFlat(this.#venue.position(this.#symbol))) return;
		const after = Math.max(this.#fundedTo, this.#columns.openTime[row - 1] ?? 0);
		this.#fundedTo = at;
		for (const time of fundingDue(this.#fundingInterval, after, at)) {
			const recorded = this.#input.rateAt?.(time);
			if (recorded === undefined && this.#input.rateAt !== undefined) this.#assumedFundings++;
			this.#venue.fund(this.#symbol, { price: this.#columns.open[row]!, rate: recorded ?? this.#input.fundingRate }, at);
			this.#link.pump();
		}
	}
}
