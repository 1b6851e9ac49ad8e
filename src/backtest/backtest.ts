// History → engine ⇄ venue, in one process and as fast as the candles allow (spec §9). Quiet stretches, in which no price can touch
// anything of ours, are passed over in one step; a candle in which something may happen is walked point by point like the exchange does.

import { isFlat } from "../account/position.ts";
import type { Note } from "../engine/command.ts";
import { Engine } from "../engine/engine.ts";
import type { Machine } from "../engine/machine.ts";
import type { EngineSettings } from "../engine/settings.ts";
import { CandleWalk } from "../market/aggregate.ts";
import { allocate, type Columns, candleAt, lowerBound } from "../market/candle.ts";
import { closeOf, fixedLength, type Interval } from "../market/interval.ts";
import type { Trade } from "../report/trade.ts";
import { type Grid, usdtNumber } from "../units/grid.ts";
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

/** Whether every point of a candle's path matters, whether a position is held, and the prices between which nothing happens. */
type Watch = { readonly ticks: boolean; readonly held: boolean; readonly below: number; readonly above: number };

/** Rows between two progress calls, at least. */
const PROGRESS_ROWS = 1 << 16;
/** Signal candles in one call: V8 replaces a running loop badly, and a function that is entered again and again well. */
const CANDLES_PER_CALL = 256;

export function runBacktest(input: BacktestInput): BacktestOutcome {
	return new Backtest(input).run();
}

class Backtest {
	readonly #input: BacktestInput;
	readonly #columns: Columns;
	readonly #symbol: string;
	readonly #engine: Engine;
	readonly #machine: Machine;
	readonly #venue: Venue;
	readonly #link: DeskLink;
	readonly #grid: Grid;
	readonly #equity: Float64Array;
	readonly #trades: Trade[] = [];
	readonly #length: Ms;
	readonly #fundingInterval: Ms;
	/** The signal candle whose rows are being taken, in place 0. */
	readonly #signal = allocate(1);
	readonly #signals: CandleWalk;
	#watched: Watch = { ticks: false, held: false, below: Number.NEGATIVE_INFINITY, above: Number.POSITIVE_INFINITY };
	#watchedAt = -1;
	/** The first row not taken yet. */
	#row = 0;
	/** The first row behind the next funding time, as found last; it holds up to there. */
	#fundingRow = 0;
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
		this.#grid = symbol.instrument.grid;
		this.#equity = new Float64Array(columns.length);
		// Candles know no spread: the quote around their prices serves limit entries, and the spread guard is off (spec §8).
		const guard = { ...input.engine.guard, maxSpreadPct: undefined };
		this.#engine = new Engine({ ...input.engine, guard, baseInterval, curve: this.#equity });
		this.#machine = this.#engine.machine(symbol.instrument.symbol);
		this.#venue = new Venue([symbol.instrument], input.venue);
		this.#link = new DeskLink(this.#engine, this.#venue, (at, name, note) => this.#onNote(at, name, note));
		this.#length = fixedLength(baseInterval) ?? 28 * DAY; // only spaces the points of a path
		this.#fundingInterval = symbol.instrument.fundingInterval;
		this.#fundedTo = columns.openTime[0] ?? 0;
		this.#signals = new CandleWalk(columns, baseInterval, symbol.strategy.interval);
	}

	run(): BacktestOutcome {
		let reported = 0;
		while (this.#takeCandles()) {
			if (this.#row - reported < PROGRESS_ROWS) continue;
			reported = this.#row;
			this.#input.onProgress?.(this.#row);
		}
		this.#pass(this.#columns.length);
		return this.#finish();
	}

	/** Takes the next signal candles with their base rows; false at the end of the data. */
	#takeCandles(): boolean {
		const signals = this.#signals;
		const enough = this.#row + PROGRESS_ROWS;
		for (let i = 0; i < CANDLES_PER_CALL && this.#row < enough; i++) {
			if (!signals.next(this.#signal, 0)) return false;
			this.#pass(signals.nextRow);
			if (!this.#evaluate(signals.closeTime)) return false;
		}
		return true;
	}

	/** A signal candle has closed at `at`; false when its decision falls on the end of the data, and is not executed. */
	#evaluate(at: Ms): boolean {
		const columns = this.#columns;
		const row = this.#row;
		if (this.#watch().ticks) this.#showBoundaries(row, at - 1);
		this.#showAnchors(at);
		this.#link.show({ kind: "closed", at, symbol: this.#symbol, candle: candleAt(this.#signal, 0) });
		if (row === columns.length) return false;
		if (columns.openTime[row] === at) this.#fund(row);
		this.#showTicker(at, columns.close[row - 1]!);
		return true;
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

	/** Takes the rows up to `to`, skipping what is quiet. */
	#pass(to: number): void {
		while (this.#row < to) {
			const row = this.#row;
			this.#fund(row);
			const { ticks, held, below, above } = this.#watch();
			const stop = held ? Math.min(to, this.#nextFundingRow(row)) : to;
			const quiet = ticks ? row : this.#firstTouch(row, stop, below, above);
			if (quiet === row) this.#walk(row);
			else this.#tell(quiet);
		}
	}

	/** What engine and venue watch for, asked anew only after they had something to say to each other. */
	#watch(): Watch {
		if (this.#watchedAt === this.#link.exchanges) return this.#watched;
		this.#watchedAt = this.#link.exchanges;
		const { ticks, below, above } = this.#machine.interest();
		const levels = this.#venue.levels(this.#symbol);
		const held = !isFlat(this.#venue.position(this.#symbol));
		this.#watched = { ticks, held, below: Math.max(below, levels.below), above: Math.min(above, levels.above) };
		return this.#watched;
	}

	/** The first row in `[from, to)` whose range reaches a level; `to` when none does. */
	#firstTouch(from: number, to: number, below: number, above: number): number {
		if (below === Number.NEGATIVE_INFINITY && above === Number.POSITIVE_INFINITY) return to;
		// The signal candle's range is that of its rows: mostly one look tells that none of them reaches anything.
		const { firstRow, nextRow } = this.#signals;
		if (from >= firstRow && to <= nextRow && this.#signal.low[0]! > below && this.#signal.high[0]! < above) return to;
		const { low, high } = this.#columns;
		let row = from;
		while (row < to && low[row]! > below && high[row]! < above) row++;
		return row;
	}

	/** The first row after `row` that opens at or after the next funding time. */
	#nextFundingRow(row: number): number {
		if (row < this.#fundingRow) return this.#fundingRow;
		const next = (Math.floor(this.#columns.openTime[row]! / this.#fundingInterval) + 1) * this.#fundingInterval;
		this.#fundingRow = lowerBound(this.#columns, next);
		return this.#fundingRow;
	}

	/** One candle in full: its boundary's ticker where ticks matter, then every point of its path. */
	#walk(row: number): void {
		const candle = candleAt(this.#columns, row);
		if (this.#watch().ticks) this.#showBoundaries(row, candle.openTime);
		this.#showAnchors(candle.openTime + 1);
		for (const step of walkCandle(this.#venue, this.#symbol, candle, { policy: this.#input.policy, length: this.#length })) {
			this.#link.pump();
			if (step.kind === "point") this.#showTicker(step.at, step.price);
		}
		this.#link.pump();
		this.#tell(row + 1);
	}

	/** Tickers at the boundaries of base candles since the row before, up to `upTo`: one, or in a gap one for each missing candle. */
	#showBoundaries(row: number, upTo: Ms): void {
		if (row === 0) return;
		const { baseInterval } = this.#input;
		const { openTime, close } = this.#columns;
		for (let at = closeOf(baseInterval, openTime[row - 1]!); at <= upTo; at = closeOf(baseInterval, at))
			if (at > this.#shownAt) this.#showTicker(at, close[row - 1]!);
	}

	/** Tells the engine that the rows before `to` have closed; it may take fewer, and is told the rest again. */
	#tell(to: number): void {
		const { openTime, close } = this.#columns;
		const from = this.#row;
		const at = closeOf(this.#input.baseInterval, openTime[to - 1]!);
		this.#showAnchors(at);
		this.#venue.passTo(this.#symbol, close[to - 1]!);
		this.#link.show({ kind: "candles", at, symbol: this.#symbol, columns: this.#columns, from, to });
		this.#row = from + this.#engine.consumed;
		if (this.#row < to) this.#venue.passTo(this.#symbol, close[this.#row - 1]!);
	}

	/** Shows the strategy a ticker at the anchors inside passed-over time and gaps, so that V(A) is known at the next evaluation. */
	#showAnchors(to: Ms): void {
		const { strategy } = this.#machine;
		const from = Math.max(this.#shownAt, this.#columns.openTime[0]! - 1);
		for (let at = strategy.wantsTickerAt(from); at !== undefined && at < to; at = strategy.wantsTickerAt(at)) {
			strategy.onTicker(at, this.#ticker(at, this.#machine.last));
			this.#shownAt = at;
		}
	}

	#showTicker(at: Ms, last: number): void {
		this.#shownAt = at;
		this.#link.show({ kind: "ticker", at, symbol: this.#symbol, ticker: this.#ticker(at, last) });
	}

	#ticker(at: Ms, last: number): SimTicker {
		const quote = this.#venue.quote(this.#symbol);
		const bid = quote && this.#grid.priceNumber(quote.bid);
		const ask = quote && this.#grid.priceNumber(quote.ask);
		return new SimTicker({ columns: this.#columns, at, last, bid, ask });
	}

	/** Funding times since the last settled one, charged at this row's open to the position held before it. */
	#fund(row: number): void {
		const at = this.#columns.openTime[row]!;
		if (at <= this.#fundedTo || !this.#watch().held) return;
		const after = Math.max(this.#fundedTo, this.#columns.openTime[row - 1] ?? 0);
		this.#fundedTo = at;
		if (Math.floor(after / this.#fundingInterval) === Math.floor(at / this.#fundingInterval)) return; // none in between: most rows
		for (const time of fundingDue(this.#fundingInterval, after, at)) {
			const recorded = this.#input.rateAt?.(time);
			if (recorded === undefined && this.#input.rateAt !== undefined) this.#assumedFundings++;
			this.#venue.fund(this.#symbol, { price: this.#columns.open[row]!, rate: recorded ?? this.#input.fundingRate }, at);
			this.#link.pump();
		}
	}
}
