// A live run as a report wants it, from what the journal holds: notes for good, with the cash and the coins of their moment; inputs, the
// candles among them, for some days only; heartbeats, with the bot's own word for its equity. What was not recorded is left out, and named.

import { type Entry, parseInput } from "../journal/journal.ts";
import { type Candle, type Columns, candleAt, columnsOf } from "../market/candle.ts";
import { closeOf, type Interval, openOf } from "../market/interval.ts";
import type { Heartbeat } from "../report/heartbeat.ts";
import type { BalancePoint, RunRecord } from "../report/metrics.ts";
import type { Trade } from "../report/trade.ts";
import type { Ms } from "../units/unit.ts";
import { isNote, RecordedBook, type TellingNote, type Told, type ToldNote } from "./recorded-book.ts";
import type { Evaluation, OpenPosition } from "./series.ts";
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
	/** What was held at the end. */
	readonly open: readonly OpenPosition[];
	readonly unknown: readonly TextKey[];
};

/** Undefined when the run has told nothing. */
export function recordedRun(recorded: Recorded): RecordedRun | undefined {
	const { baseInterval, symbols, from } = recorded;
	const told = toldBy(recorded.entries, from);
	const ownAll = told.filter(({ inRun }) => inRun);
	const own = ownAll.filter(isNote);
	const [first] = ownAll;
	const last = ownAll.at(-1);
	if (first === undefined || last === undefined || own.length === 0) return undefined;
	const start = openOf(baseInterval, first.at);
	const end = closeOf(baseInterval, openOf(baseInterval, last.at));
	const candles = new Map(symbols.map((symbol) => [symbol, candlesOf(recorded, symbol, start, end)]));
	const book = new RecordedBook(told, candles, baseInterval, start);
	const trades = own.flatMap(({ note }) => (note.what === "flat" ? [note.trade] : []));
	const open = book.open(end);
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
	if ([...candles.values()].some((columns) => hasGaps(columns, baseInterval, start, end))) unknown.push("unknownCandles");
	if (book.usesBeats) unknown.push("unknownBeats");
	if (book.hasGaps) unknown.push("unknownGaps");
	if ([...evaluations.values()].some((each) => each.length === 0)) unknown.push("unknownBands");
	if (open.length > 0) unknown.push("unknownOpen");
	if (book.transferred !== 0) unknown.push("unknownTransfers");
	return { record, candles, evaluations, open, unknown };
}

/** JSON knows no NaN: a price that was not known when the order was decided. */
function withSlippage(trade: Trade): Trade {
	return { ...trade, slippage: trade.slippage ?? 0 };
}

/** Notes with the cash and the coins of their moment, and heartbeats that know the equity. */
function toldBy(entries: readonly Entry[], from: number): Told[] {
	return entries.flatMap(({ seq, at, kind, body }): Told[] => {
		if (kind !== "note") return [];
		const inRun = seq >= from;
		const note = JSON.parse(body) as TellingNote | Heartbeat; // written by the journal
		if (note.what !== "heartbeat") return [{ at, note, inRun }];
		return note.equity === undefined ? [] : [{ at, beat: note.equity, inRun }];
	});
}

function evaluationsOf(own: readonly ToldNote[], symbol: string): Evaluation[] {
	return own.flatMap(({ at, note }) => {
		if (note.what !== "evaluated" || note.symbol !== symbol) return [];
		const { reference, upper, lower } = note.signal;
		return [{ at, reference, upper, lower }];
	});
}

function balancesOf(own: readonly ToldNote[]): BalancePoint[] {
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

/** Some candle of the run is missing; an interval that had only begun when it ended need not be there. */
function hasGaps({ length, openTime }: Columns, base: Interval, start: Ms, end: Ms): boolean {
	let next = start;
	for (let i = 0; i < length; i++) {
		if (openTime[i]! > next) return true;
		next = closeOf(base, openTime[i]!);
	}
	return next < openOf(base, end - 1);
}
