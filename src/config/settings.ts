// From the decoded file to the plain settings of engine and venue: percents become fractions, null becomes absent, names become ours.

import type { EngineSettings, ExitSettings, SymbolSettings, TradeSettings } from "../engine/settings.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Costs, GuardSettings, RiskSettings } from "../risk/settings.ts";
import { UsageError } from "../std/usage-error.ts";
import type { StrategySettings } from "../strategy/registry.ts";
import { roundUsdt } from "../units/grid.ts";
import type { VenueTerms } from "../venue/venue.ts";
import { timeOfDay } from "./instant.ts";
import type { Resolved, ResolvedSymbol } from "./rules.ts";
import type { Config, StrategyConfig } from "./schema.ts";

/** What engine and simulated venue are told by a configuration. The driver adds base interval, run name and balance of its own. */
export type Settings = {
	readonly engine: Omit<EngineSettings, "baseInterval" | "run" | "narrate">;
	readonly venue: VenueTerms;
};

/** `instrumentOf` finds a symbol's rules; a symbol without any is the operator's to mend. */
export function settingsOf(config: Config, resolved: Resolved, instrumentOf: (symbol: string) => Instrument | undefined): Settings {
	const costs = costsOf(config);
	const balance = roundUsdt(config.sim.initial_balance);
	const symbols = resolved.symbols.map((entry) => symbolOf(entry, instrumentOf(entry.symbol)));
	return {
		engine: {
			symbols,
			risk: riskOf(config),
			guard: guardOf(config),
			costs,
			marginMode: config.margin_mode,
			startAt: config.backtest.start ?? Number.NEGATIVE_INFINITY,
			balance,
		},
		venue: { ...costs, marginMode: config.margin_mode, balance, leverage: config.leverage },
	};
}

function symbolOf({ symbol, strategy, size, leverage }: ResolvedSymbol, instrument: Instrument | undefined): SymbolSettings {
	if (instrument === undefined)
		throw new UsageError(
			`symbols: ${symbol} has no known rules (tick, quantity step, …); fetch them with "anchorwatch download", or use BTCUSDT, ETHUSDT or SOLUSDT`,
		);
	if (leverage > instrument.maxLeverage)
		throw new UsageError(`leverage: ${leverage} is above the maximum ${instrument.maxLeverage} of ${symbol}; lower it`);
	return { instrument, strategy: strategyOf(strategy), trade: tradeOf(strategy), size, leverage };
}

function strategyOf({ name, interval, vwap, anchor, bands, momentum }: StrategyConfig): StrategySettings {
	return {
		name,
		interval,
		vwapSource: vwap.source,
		anchor: {
			type: anchor.type,
			sessionStart: timeOfDay(anchor.session_start) ?? 0,
			time: anchor.time ?? undefined,
			price: anchor.price ?? undefined,
			lookback: anchor.lookback,
			volumeMultiple: anchor.volume_multiple,
			rangeMultiple: anchor.range_multiple,
			coldStart: anchor.cold_start,
		},
		bands,
		momentum,
	};
}

function tradeOf({ signal, entry, exit, cooldown }: StrategyConfig): TradeSettings {
	const { activation_pct, distance_pct } = exit.trailing;
	return {
		trigger: signal.trigger,
		entry: { order: entry.order, postOnly: entry.post_only, repriceTicks: entry.reprice_ticks, timeout: entry.timeout_s * 1000 },
		exit: {
			long: exitOf(exit.long),
			short: exitOf(exit.short),
			afterTp1: exit.after_tp1,
			trailing: { activation: (activation_pct ?? 0) / 100, distance: distance_pct === null ? undefined : distance_pct / 100 },
		},
		cooldown: cooldown.candles,
	};
}

function exitOf(exit: StrategyConfig["exit"]["long"]): ExitSettings {
	return { takeProfit: exit.take_profit_pct / 100, fraction: exit.take_profit_fraction, stop: exit.stop_loss_pct / 100 };
}

function riskOf({ risk }: Config): RiskSettings {
	return {
		maxSymbolNotional: risk.max_symbol_notional ?? undefined,
		maxTotalNotional: risk.max_total_notional ?? undefined,
		maxLossPct: risk.max_loss_pct ?? undefined,
		maxDrawdownPct: risk.max_drawdown_pct ?? undefined,
		maxErrors: risk.max_errors ?? undefined,
	};
}

function guardOf({ guard }: Config): GuardSettings {
	return {
		maxSpreadPct: guard.max_spread_pct ?? undefined,
		maxMovePct: guard.move_window_s === null ? undefined : (guard.max_move_pct ?? undefined),
		moveWindowS: guard.move_window_s ?? 0,
		staleS: guard.stale_s ?? undefined,
		maxDivergencePct: guard.max_divergence_pct ?? undefined,
		minLiquidationDistancePct: guard.min_liquidation_distance_pct ?? undefined,
	};
}

function costsOf({ sim }: Config): Costs {
	return { takerFee: sim.taker_fee, makerFee: sim.maker_fee, slippage: sim.slippage_bps / 10_000 };
}
