// The oracle's settings: the keys of the specification's §12 that a backtest of one symbol reads, with their defaults.

/** A moment: UTC milliseconds, or a text that `Date.parse` reads. */
export type Instant = number | string;

export type ExitSide = { take_profit_pct: number; take_profit_fraction: number; stop_loss_pct: number };

export type Strategy = {
	interval: string | number;
	vwap: { source: "ticker" | "kline" };
	anchor: {
		type: "daily" | "time" | "price" | "extreme" | "event";
		session_start: string;
		time: Instant | null;
		price: number | null;
		lookback: number;
		volume_multiple: number;
		range_multiple: number;
	};
	bands: { method: "std" | "atr"; length: number; k: number };
	momentum: { lookback: number };
	signal: { trigger: "close" | "tick" };
	entry: { order: "market" | "limit"; post_only: boolean; reprice_ticks: number; timeout_s: number };
	exit: {
		long: ExitSide;
		short: ExitSide;
		after_tp1: "keep" | "breakeven";
		trailing: { activation_pct: number | null; distance_pct: number | null };
	};
	cooldown: { candles: number };
};

export type Settings = {
	leverage: number;
	margin_mode: "isolated" | "cross";
	strategy: Strategy;
	size: { mode: "percent" | "fixed"; value: number };
	risk: {
		max_symbol_notional: number | null;
		max_total_notional: number | null;
		max_loss_pct: number | null;
		max_drawdown_pct: number | null;
	};
	guard: { max_move_pct: number | null; move_window_s: number; min_liquidation_distance_pct: number | null };
	sim: {
		initial_balance: number;
		taker_fee: number;
		maker_fee: number;
		slippage_bps: number;
		funding_rate: number;
		path: "nearest" | "pessimistic" | "optimistic";
	};
	data: { allow_gaps: boolean; approximate_turnover: boolean };
	backtest: { limit: number | null; start: Instant | null; end: Instant | null };
	/** Rules of the instrument; the maintenance rate is that of its first risk tier, which has no deduction. */
	instrument: {
		tick: number;
		qtyStep: number;
		minQty: number;
		minNotional: number;
		fundingHours: number;
		maintenanceRate: number;
	};
	fundingRates: readonly { time: number; rate: number }[];
};

type DeepPartial<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: DeepPartial<T[K]> } : T;

/** The configuration of §12 as a plain object; keys that no candle backtest of one symbol reads may stand in it and mean nothing here. */
export type OracleConfig = DeepPartial<Settings>;

const DEFAULTS: Settings = {
	leverage: 3,
	margin_mode: "isolated",
	strategy: {
		interval: "60",
		vwap: { source: "ticker" },
		anchor: { type: "daily", session_start: "00:00", time: null, price: null, lookback: 48, volume_multiple: 3, range_multiple: 3 },
		bands: { method: "std", length: 24, k: 1 },
		momentum: { lookback: 3 },
		signal: { trigger: "close" },
		entry: { order: "market", post_only: false, reprice_ticks: 5, timeout_s: 60 },
		exit: {
			long: { take_profit_pct: 3, take_profit_fraction: 0.5, stop_loss_pct: 1 },
			short: { take_profit_pct: 3, take_profit_fraction: 0.5, stop_loss_pct: 1 },
			after_tp1: "keep",
			trailing: { activation_pct: null, distance_pct: null },
		},
		cooldown: { candles: 1 },
	},
	size: { mode: "percent", value: 20 },
	risk: { max_symbol_notional: 20_000, max_total_notional: 50_000, max_loss_pct: 1, max_drawdown_pct: 15 },
	guard: { max_move_pct: 2, move_window_s: 60, min_liquidation_distance_pct: 5 },
	sim: { initial_balance: 10_000, taker_fee: 0.00055, maker_fee: 0.0002, slippage_bps: 1, funding_rate: 0.0001, path: "pessimistic" },
	data: { allow_gaps: false, approximate_turnover: false },
	backtest: { limit: null, start: null, end: null },
	instrument: { tick: 0.1, qtyStep: 0.001, minQty: 0.001, minNotional: 5, fundingHours: 8, maintenanceRate: 0.005 },
	fundingRates: [],
};

function isPlainObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merge(base: unknown, given: unknown): unknown {
	if (given === undefined) return base;
	if (!isPlainObject(base) || !isPlainObject(given)) return given;
	const merged: Record<string, unknown> = { ...base };
	for (const key of Object.keys(given)) merged[key] = merge(base[key], given[key]);
	return merged;
}

export function settingsOf(config: OracleConfig): Settings {
	return merge(DEFAULTS, config) as Settings;
}

export function instantOf(value: Instant): number {
	const time = typeof value === "number" ? value : Date.parse(value);
	if (!Number.isFinite(time)) throw new Error(`not an instant: ${value}`);
	return time;
}
