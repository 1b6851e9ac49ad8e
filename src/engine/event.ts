// Everything that happens to the engine: what the market shows, what the venue tells, what the operator wants.

import type { Fact } from "../account/facts.ts";
import type { Candle, Columns } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Ms, Usdt } from "../units/unit.ts";

export type Event =
	| { readonly kind: "ticker"; readonly at: Ms; readonly symbol: string; readonly ticker: Ticker }
	/** Base candles `[from, to)` have closed, quietly: nothing was filled between their opens and closes that was not told before. */
	| {
			readonly kind: "candles";
			readonly at: Ms;
			readonly symbol: string;
			readonly columns: Columns;
			readonly from: number;
			readonly to: number;
	  }
	/** A candle of the signal interval has closed at `at`; the first ticker at or after that brings its evaluation. */
	| {
			readonly kind: "closed";
			readonly at: Ms;
			readonly symbol: string;
			readonly candle: Candle;
			/** It closed while the bot was away, too long ago for an entry: what is held is judged by it all the same. */
			readonly late?: boolean;
	  }
	/** Signal candles that closed before the bot was there, ascending: they warm the strategy up and are not evaluated. */
	| {
			readonly kind: "history";
			readonly at: Ms;
			readonly symbol: string;
			readonly candles: readonly Candle[];
			readonly closeTimes: readonly Ms[];
	  }
	/** A cold start rebuilt the sums behind an anchor's reference. */
	| {
			readonly kind: "reference";
			readonly at: Ms;
			readonly symbol: string;
			readonly anchor: Ms;
			readonly turnover: number;
			readonly volume: number;
	  }
	| { readonly kind: "feed"; readonly at: Ms; readonly symbol: string; readonly stale: boolean }
	/** Money came into the account (positive) or went out of it, by a person: neither profit nor loss. */
	| { readonly kind: "transferred"; readonly at: Ms; readonly amount: Usdt }
	/** What the venue states and what the bot believes disagree, or `why` is undefined and they agree again. */
	| { readonly kind: "doubt"; readonly at: Ms; readonly symbol: string; readonly why: string | undefined }
	/** The target of an open position has gone although nothing of ours took it: it is aimed anew. */
	| { readonly kind: "rebalance"; readonly at: Ms; readonly symbol: string }
	| { readonly kind: "clock"; readonly at: Ms; readonly off: boolean }
	/** A call to the venue succeeded or failed; `fatal` ends trading. */
	| { readonly kind: "call"; readonly at: Ms; readonly ok: boolean; readonly fatal: boolean; readonly what: string }
	| { readonly kind: "operator"; readonly at: Ms; readonly wish: "pause" | "resume" | "flatten" }
	/** Closes what is held of that symbol and opens nothing of it until `resume`. */
	| { readonly kind: "operator"; readonly at: Ms; readonly wish: "close"; readonly symbol: string }
	| Fact;
