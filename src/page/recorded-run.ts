// A live run as a report wants it, from what the journal holds: notes for good, with the cash and the coins of their moment; inputs, the
// candles among them, for some days only. What was not recorded is left out, and named.

import type { Note } from "../engine/command.ts";
import { type Entry, parseInput } from "../journal/journal.ts";
import { type Candle, type Columns, candleAt, columnsOf } from "../market/candle.ts";
import { closeOf, type Interval, openOf } from "../market/interval.ts";
import type { BalancePoint, RunRecord } from "../report/metrics.ts";
import type { Trade } from "../report/trade.ts";
import { addUsdt, NO_USDT, negate, usdtNumber } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { Evaluation } from "./series.ts";
import type { TextKey } from "./texts.ts";

export type Recorded = {
	/** The journal's entries, those of earlier runs before them: a position may have been opened there. */
	readonly entries: readonly Entry[];
	readonly symbols: readonly string[];
	readonly baseInterval: Interval;
	/** Sequence number of the run's first entry. */
	readonly from: number;
	/** Candles that lie elsewhere, for what the journal no longer holds. */
	readonly stored: (symbol: string, from: Ms, to: Ms) => Columns | undefined;
	readonly generated: boolean;
	readonly config: unknown;
};

export type RecordedRun = {
	readonly record: RunRecord;
	readonly candles: ReadonlyMap<string, Columns>;
	readonly evaluations: ReadonlyMap<string, readonly Evaluation[]>;
	readonly unknown: readonly TextKey[];
};

type TellingNote = Note & { readonly symbol: string; readonly cash: Usdt; readonly coin: number };
type Told = { readonly at: Ms; readonly note: TellingNote; readonly inRun: boolean };

/** Undefined when the run has told nothing. */
export function recordedRun(recorded: Recorded): RecordedRun | undefined {
	const { baseInterval, symbols, from } = recorded;
	const told = notesOf(recorded.entries, from);
	const own = told.filter(({ inRun }) => inRun);
	const [first] = own;
	const last = own.at(-1);
	if (first === undefined || last === undefined) return undefined;
	const start = openOf(baseInterval, first.at);
	const end = closeOf(baseInterval, openOf(baseInterval, last.at));
	const candles = new Map(symbols.map((symbol) => [symbol, candlesOf(recorded, symbol, start, end)]));
	const book = new Book(told, candles, baseInterval, start);
	const trades = own.flatMap(({ note }) => (note.what === "flat" ? [note.trade] : []));
	const isOpen = [...book.coins.values()].some((coin) => coin !== 0);
	const record: RunRecord = {
		symbols,
		baseInterval,
		start,
		end,
		candles: candles.get(symbols[0] ?? "")?.length ?? 0,
		initialBalance: book.initial,
		finalBalance: book.final,
		times: Float64Array.from(book.times),
		equity: Float64Array.from(book.equity),
		trades: trades.map(withSlippage),
		warnings: [],
		generated: recorded.generated,
		ambiguousCandles: 0,
		config: recorded.config,
		balances: balancesOf(own),
	};
	const evaluations = new Map(symbols.map((symbol) => [symbol, evaluationsOf(own, symbol)]));
	const unknown: TextKey[] = ["unknownEquity", "unknownPath"];
	if (book.hasGaps) unknown.push("unknownCandles");
	if ([...evaluations.values()].some((each) => each.length === 0)) unknown.push("unknownBands");
	if (isOpen) unknown.push("unknownOpen");
	if (book.transferred !== 0) unknown.push("unknownTransfers");
	return { record, candles, evaluations, unknown };
}

/** JSON knows no NaN: a price that was not known when the order was decided. */
function withSlippage(trade: Trade): Trade {
	return { ...trade, slippage: trade.slippage ?? 0 };
}

function notesOf(entries: readonly Entry[], from: number): Told[] {
	return entries
		.filter(({ kind }) => kind === "note")
		.map(({ seq, at, body }) => ({ at, note: JSON.parse(body) as TellingNote, inRun: seq >= from })); // written by the journal
}

function evaluationsOf(own: readonly Told[], symbol: string): Evaluation[] {
	return own.flatMap(({ at, note }) => {
		if (note.what !== "evaluated" || note.symbol !== symbol) return [];
		const { reference, upper, lower } = note.signal;
		return [{ at, reference, upper, lower }];
	});
}

function balancesOf(own: readonly Told[]): BalancePoint[] {
	return own.flatMap(({ at, note }) =>
		note.what === "entered" || note.what === "exited" ? [{ at, symbol: note.symbol, cash: note.cash, coin: note.coin }] : [],
	);
}

function candlesOf({ entries, stored }: Recorded, symbol: string, from: Ms, to: Ms): Columns {
	const found = new Map<Ms, Candle>();
	const add = (columns: Columns | undefined): void => {
		for (let i = 0; i < (columns?.length ?? 0); i++) {
			const candle = candleAt(columns!, i);
			if (candle.openTime >= from && candle.openTime < to) found.set(candle.openTime, candle);
		}
	};
	add(stored(symbol, from, to));
	for (const { kind, body } of entries) {
		if (kind !== "input" || !body.includes('"candles"')) continue;
		const event = parseInput(body);
		if (event.kind === "candles" && event.symbol === symbol) add(event.columns);
	}
	return columnsOf([...found.values()].sort((a, b) => a.openTime - b.openTime));
}

/** A person's money coming in or going out, as the exchange's transaction log calls it. */
const MOVED = /^(TRANSFER|DEPOSIT|WITHDRAW)/;

/** Cash, coins and what they are worth, from note to note and from close to close. */
class Book {
	readonly times: number[] = [];
	readonly equity: number[] = [];
	readonly coins = new Map<string, number>();
	transferred: Usdt = NO_USDT;
	initial: Usdt = NO_USDT;
	final: Usdt = NO_USDT;
	hasGaps = false;
	readonly #averages = new Map<string, number>();
	readonly #prices = new Map<string, number>();
	#cash: Usdt = NO_USDT;

	constructor(told: readonly Told[], candles: ReadonlyMap<string, Columns>, base: Interval, start: Ms) {
		const closes = closesOf(candles, base);
		let next = 0;
		let began = false;
		for (const { at, note, inRun } of told) {
			for (; next < closes.length && closes[next]!.at <= at; next++) if (began) this.#close(closes[next]!);
			if (inRun && !began) {
				began = true;
				this.initial = note.cash;
				this.transferred = NO_USDT;
			}
			this.#take(note);
			if (began && note.what === "evaluated" && at > start) this.#price(note.symbol, note.signal.price, at);
		}
		for (; next < closes.length; next++) this.#close(closes[next]!);
		this.final = addUsdt(this.#cash, negate(this.transferred));
		if (!this.#isOpen() && this.equity.length > 0) this.equity[this.equity.length - 1] = usdtNumber(this.final);
		this.hasGaps = [...candles.values()].some((columns) => columns.length === 0) || gapsIn(this.times, base);
	}

	#take(note: TellingNote): void {
		const { symbol, coin } = note;
		if (note.what === "entered") {
			const before = Math.abs(coin) - note.qty;
			const average = this.#averages.get(symbol) ?? note.price;
			this.#averages.set(symbol, before > 0 ? (average * before + note.price * note.qty) / Math.abs(coin) : note.price);
		}
		if (note.what === "transferred" && MOVED.test(note.type)) this.transferred = addUsdt(this.transferred, note.amount);
		// The note of a transfer still bears the cash before it.
		this.#cash = note.what === "transferred" && MOVED.test(note.type) ? addUsdt(note.cash, note.amount) : note.cash;
		this.coins.set(symbol, coin);
		if (coin === 0) this.#averages.delete(symbol);
	}

	#close({ at, symbol, price }: Close): void {
		this.#price(symbol, price, at);
	}

	/** A point of equity, where every open position's entry and price are known. */
	#price(symbol: string, price: number, at: Ms): void {
		this.#prices.set(symbol, price);
		let equity = usdtNumber(addUsdt(this.#cash, negate(this.transferred)));
		for (const [held, coin] of this.coins)
			if (coin !== 0) equity += coin * ((this.#prices.get(held) ?? Number.NaN) - (this.#averages.get(held) ?? Number.NaN));
		if (!Number.isFinite(equity)) return;
		if (this.times.at(-1) === at) this.equity[this.equity.length - 1] = equity;
		else {
			this.times.push(at);
			this.equity.push(equity);
		}
	}

	#isOpen(): boolean {
		return [...this.coins.values()].some((coin) => coin !== 0);
	}
}

type Close = { readonly at: Ms; readonly symbol: string; readonly price: number };

function closesOf(candles: ReadonlyMap<string, Columns>, base: Interval): Close[] {
	const closes = [...candles].flatMap(([symbol, { length, openTime, close }]) =>
		Array.from({ length }, (_, i) => ({ at: closeOf(base, openTime[i]!), symbol, price: close[i]! })),
	);
	return closes.sort((a, b) => a.at - b.at);
}

function gapsIn(times: readonly number[], base: Interval): boolean {
	return times.some((at, i) => i > 0 && at > closeOf(base, times[i - 1]!));
}
