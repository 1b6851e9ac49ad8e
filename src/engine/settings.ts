// What the engine is told at its birth: plain values, decoded elsewhere.

import type { Instrument } from "../market/instrument.ts";
import type { Interval } from "../market/interval.ts";
import type { Costs, GuardSettings, RiskSettings, SizeSettings } from "../risk/settings.ts";
import type { StrategySettings } from "../strategy/registry.ts";
import type { Ms, Usdt } from "../units/unit.ts";

/** Fractions, not percents. */
export type ExitSettings = { readonly takeProfit: number; readonly fraction: number; readonly stop: number };

export type TradeSettings = {
	readonly trigger: "close" | "tick";
	readonly entry: { readonly order: "market" | "limit"; readonly postOnly: boolean; readonly repriceTicks: number; readonly timeout: Ms };
	readonly exit: {
		readonly long: ExitSettings;
		readonly short: ExitSettings;
		readonly afterTp1: "keep" | "breakeven";
		/** Fractions of the entry price; `distance` undefined is off. */
		readonly trailing: { readonly activation: number; readonly distance: number | undefined };
	};
	/** Evaluations after the one at which a position ended. */
	readonly cooldown: number;
};

export type SymbolSettings = {
	readonly instrument: Instrument;
	readonly strategy: StrategySettings;
	readonly trade: TradeSettings;
	readonly size: SizeSettings;
	readonly leverage: number;
};

export type EngineSettings = {
	readonly symbols: readonly SymbolSettings[];
	readonly risk: RiskSettings;
	readonly guard: GuardSettings;
	readonly costs: Costs;
	readonly marginMode: "isolated" | "cross";
	/** What candles close equity is taken at, and the VWAP of source `kline` is summed over. */
	readonly baseInterval: Interval;
	/** Evaluations before it open nothing. */
	readonly startAt: Ms;
	/** Names this life of the bot in order ids. */
	readonly run: string;
	/** Wallet at the start; peak equity begins there, or where an earlier run left it. */
	readonly balance: Usdt;
	readonly peak?: number | undefined;
	/** Written with the equity of each base candle of a single symbol, when given. */
	readonly curve?: Float64Array | undefined;
	/** Tell each evaluation in a note, not only what came of it. */
	readonly narrate: boolean;
};
