// Everything that happens to the engine: what the market shows, what the venue tells, what the operator wants.

import type { Fact } from "../account/facts.ts";
import type { Candle, Columns } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Ms } from "../units/unit.ts";

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
	| { readonly kind: "closed"; readonly at: Ms; readonly symbol: string; readonly candle: Candle }
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
	| { readonly kind: "clock"; readonly at: Ms; readonly off: boolean }
	/** A call to the venue succeeded or failed; `fatal` ends trading. */
	| { readonly kind: "call"; readonly at: Ms; readonly ok: boolean; readonly fatal: boolean; readonly what: string }
	| { readonly kind: "operator"; readonly at: Ms; readonly wish: "pause" | "resume" | "flatten" }
	| Fact;
