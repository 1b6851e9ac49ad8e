// All that commands see of the bot, and all that they may want of it.

import type { Engine } from "../engine/engine.ts";
import type { Candle } from "../market/candle.ts";
import type { Trade } from "../report/trade.ts";
import type { Signal } from "../strategy/port.ts";
import type { Ms, Usdt } from "../units/unit.ts";

export type Counts = {
	readonly written: number;
	readonly waiting: number;
	readonly sent: number;
	readonly failed: number;
	readonly late: number;
};

/** USDT at a heartbeat, with the lowest and the highest since the one before. */
export type EquityPoint = { readonly at: Ms; readonly low: number; readonly high: number; readonly now: number };

/** What is known of the time around a trade; candles may be missing, the rest is the journal's. */
export type TradeStory = {
	readonly trade: Trade;
	/** Of that length, ms. */
	readonly interval: Ms;
	readonly candles: readonly Candle[];
	/** From then on the stop and the target were there. */
	readonly levels: readonly { readonly at: Ms; readonly stop: number; readonly takeProfit: number | undefined }[];
	readonly evaluations: readonly { readonly at: Ms; readonly signal: Signal }[];
};

/** An evaluation; `skipped` says why its signal was passed over. */
export type Judged = { readonly at: Ms; readonly signal: Signal; readonly skipped: string | undefined };

/** What was before, of all runs, with notifications or without. */
export interface Past {
	/** Closed since `at`, oldest first; with `most` the newest of them. */
	trades(since: Ms, most?: number): readonly Trade[];
	/** Funding that came after its trade had been counted: positive when paid. */
	lateFunding(since: Ms): Usdt;
	equity(since: Ms): readonly EquityPoint[];
	story(trade: Trade): Promise<TradeStory>;
	/** The latest evaluation of a symbol since `since`, and why its signal was passed over. */
	signal(symbol: string, since: Ms): Judged | undefined;
}

export interface BotView {
	readonly environment: string;
	readonly past: Past;
	/** The exchange's time, which is that of the journal. */
	now(): Ms;
	upFor(): Ms;
	/** Undefined until the bot has begun. */
	engine(): Engine | undefined;
	/** The latest evaluation of a symbol, and why its signal was passed over. */
	signalOf(symbol: string): Judged | undefined;
	streams(): readonly { readonly name: string; readonly up: boolean; readonly since: Ms }[];
	latency(): string;
	deliveries(): readonly { readonly channel: string; readonly counts: Counts }[];
	log(lines: number): readonly string[];
	/** Equity since the start, thinned. */
	curve(): { readonly times: Float64Array; readonly equity: Float64Array };
}

export type Wish = { readonly wish: "pause" | "resume" | "flatten" } | { readonly wish: "close"; readonly symbol: string };
