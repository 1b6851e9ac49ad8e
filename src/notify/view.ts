// All that commands see of the bot, and all that they may want of it.

import type { Engine } from "../engine/engine.ts";
import type { Trade } from "../report/trade.ts";
import type { Signal } from "../strategy/port.ts";
import type { Ms } from "../units/unit.ts";

export type Counts = {
	readonly written: number;
	readonly waiting: number;
	readonly sent: number;
	readonly failed: number;
	readonly late: number;
};

export interface BotView {
	readonly environment: string;
	readonly startedAt: Ms;
	now(): Ms;
	/** Undefined until the bot has begun. */
	engine(): Engine | undefined;
	/** The latest evaluation of a symbol, and why its signal was passed over. */
	signalOf(symbol: string): { readonly at: Ms; readonly signal: Signal; readonly skipped: string | undefined } | undefined;
	/** Closed since `at`, oldest first, of earlier runs too. */
	tradesSince(at: Ms): readonly Trade[];
	streams(): readonly { readonly name: string; readonly up: boolean; readonly since: Ms }[];
	latency(): string;
	deliveries(): readonly { readonly channel: string; readonly counts: Counts }[];
	log(lines: number): readonly string[];
	/** Equity since the start, thinned. */
	curve(): { readonly times: Float64Array; readonly equity: Float64Array };
}

export type Wish = { readonly wish: "pause" | "resume" | "flatten" } | { readonly wish: "close"; readonly symbol: string };
