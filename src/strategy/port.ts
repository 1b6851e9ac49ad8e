// What a strategy is: closed candles and tickers in, a direction out. It owns no orders, no money and no clock; the position machine,
// sizes and guards are the engine's. One file per strategy, named in `registry.ts`.

import type { Candle, Columns } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Ms } from "../units/unit.ts";

/** What one evaluation found. `direction` 0 is no signal; `why` then says which condition was missing. */
export type Signal = {
	readonly direction: 1 | -1 | 0;
	readonly why: string;
	readonly price: number;
	readonly reference?: number | undefined;
	readonly anchoredAt?: Ms | undefined;
	readonly upper?: number | undefined;
	readonly lower?: number | undefined;
	readonly sigma?: number | undefined;
	readonly momentum?: number | undefined;
};

/** What survives a restart: plain data. */
export type StrategyState = Readonly<Record<string, number | string | boolean | null>>;

export interface Strategy {
	/** Base candles `[from, to)` of `columns` have closed. */
	onBase(columns: Columns, from: number, to: number): void;
	/** A candle of the signal interval has closed at `closeTime`. */
	onCandle(candle: Candle, closeTime: Ms): void;
	onTicker(at: Ms, ticker: Ticker): void;
	/**
	 * The next instant after `now` at which the strategy must see a ticker although nothing else happens then; undefined when none.
	 * A driver that skips quiet time shows it one there.
	 */
	wantsTickerAt(now: Ms): Ms | undefined;
	/** Judges `price` at `at`: `close` at a signal candle's close, `tick` in between, against the last closed candle. */
	evaluate(at: Ms, price: number, kind: "close" | "tick"): Signal;
	/** The anchor whose reference a cold start should rebuild from the venue's candles; undefined when there is nothing to rebuild. */
	missingAnchor(now: Ms): Ms | undefined;
	/** The sums of turnover and volume over the 24 h before the missing anchor (ticker) or since it (kline). */
	rebuild(anchor: Ms, sums: { turnover: number; volume: number }): void;
	state(): StrategyState;
	restore(state: StrategyState): void;
}
