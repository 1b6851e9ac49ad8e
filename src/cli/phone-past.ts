// What the phone is told of the past: trades, funding and equity from the journal, candles around a trade from the exchange, which has them
// after every restart and for every trade, and which are waited for without holding anything else up.

import type { Past as JournalPast } from "../journal/past.ts";
import type { Candle } from "../market/candle.ts";
import { fixedLength, INTERVALS, type Interval, openOf } from "../market/interval.ts";
import type { Past, TradeStory } from "../notify/view.ts";
import type { Trade } from "../report/trade.ts";
import { DAY, type Ms } from "../units/unit.ts";

/** Opens the journal for one question. */
export type AskJournal = <Answer>(question: (past: JournalPast) => Answer) => Answer;
export type Asked = { readonly symbol: string; readonly interval: Interval; readonly from: Ms; readonly to: Ms };
/** Candles that open in `[from, to)`, ascending; none when the exchange does not give any. */
export type CandlesOf = (asked: Asked) => Promise<readonly Candle[]>;

/** Of a picture: with more of them they cannot be told apart, with fewer they say little. */
const CANDLES_MOST = 120;
/** Shown before the entry and after the exit, as a part of the time between, and at least so many candles. */
const ROOM = 0.35;
const ROOM_LEAST = 8;
/** What a picture may ask of the journal: evaluations and moves of the stop within one trade. */
const NOTES_MOST = 3000;

export function phonePast(ask: AskJournal, candlesOf: CandlesOf): Past {
	return {
		trades: (since, most) => ask((past) => past.trades(most === undefined ? { from: since } : { from: since, most })),
		lateFunding: (since) => ask((past) => past.lateFunding({ from: since })),
		equity: (since) => ask((past) => past.equity({ from: since })),
		signal: (symbol, since) => ask((past) => past.signal(symbol, since)),
		story: (trade) => story(trade, ask, candlesOf),
	};
}

async function story(trade: Trade, ask: AskJournal, candlesOf: CandlesOf): Promise<TradeStory> {
	const { symbol } = trade;
	const { interval, length, from, to } = windowOf(trade);
	const noted = ask((past) => ({
		evaluations: past.notes("evaluated", symbol, { from, to, most: NOTES_MOST }),
		entering: past.notes("entering", symbol, { from: trade.signalAt, to: trade.entryAt + 1 }).at(-1),
		moved: past.notes("protected", symbol, { from: trade.entryAt, to: trade.exitAt, most: NOTES_MOST }),
	}));
	const first = noted.entering === undefined ? [] : [{ at: trade.entryAt, stop: noted.entering.stop, takeProfit: undefined }];
	return {
		trade,
		interval: length,
		candles: await candlesOf({ symbol, interval, from, to }),
		levels: [...first, ...noted.moved],
		evaluations: noted.evaluations,
	};
}

/** The smallest interval whose candles fit into the picture. */
function windowOf({ entryAt, exitAt }: Trade): { interval: Interval; length: Ms; from: Ms; to: Ms } {
	const open = exitAt - entryAt;
	const lengths = INTERVALS.flatMap((interval) => {
		const length = fixedLength(interval);
		return length === undefined ? [] : [{ interval, length }];
	});
	const fits = ({ length }: { length: Ms }): boolean => open * (1 + 2 * ROOM) <= CANDLES_MOST * length;
	const { interval, length } = lengths.find(fits) ?? { interval: "W", length: 7 * DAY };
	const room = Math.max(open * ROOM, ROOM_LEAST * length);
	return { interval, length, from: openOf(interval, entryAt - room), to: exitAt + room };
}
