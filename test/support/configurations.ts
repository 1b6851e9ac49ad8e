// Configurations drawn at random for whole runs: every key that a candle simulation of one symbol reads, within ranges in which it trades.

import fc from "fast-check";
import type { OracleConfig } from "./oracle.ts";

const tenths = (min: number, max: number) => fc.integer({ min, max }).map((value) => value / 10);

const exit = fc.record({
	take_profit_pct: tenths(2, 30),
	take_profit_fraction: fc.constantFrom(0.1, 0.3, 0.5, 1),
	stop_loss_pct: tenths(2, 20),
});

const anchor = fc.oneof(
	fc.record({ type: fc.constant("daily" as const), session_start: fc.constantFrom("00:00", "09:00", "22:00") }),
	fc.record({ type: fc.constant("price" as const), price: fc.integer({ min: 58_000, max: 62_000 }) }),
	fc.record({ type: fc.constant("extreme" as const), lookback: fc.integer({ min: 2, max: 48 }) }),
	fc.record({
		type: fc.constant("event" as const),
		lookback: fc.integer({ min: 2, max: 24 }),
		volume_multiple: tenths(12, 30),
		range_multiple: tenths(12, 30),
	}),
	fc.record({ type: fc.constant("time" as const), time: fc.constantFrom("2024-01-02T00:00Z", "2024-01-03T05:00Z", "2024-01-05T12:00Z") }),
);

const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });

const strategy = fc.record({
	vwap: fc.record({ source: fc.constantFrom("ticker" as const, "kline" as const) }),
	anchor,
	bands: fc.record({ method: fc.constantFrom("std" as const, "atr" as const), length: fc.integer({ min: 2, max: 24 }), k: tenths(1, 15) }),
	momentum: fc.record({ lookback: fc.integer({ min: 0, max: 4 }) }),
	exit: fc.record({
		long: exit,
		short: exit,
		after_tp1: fc.constantFrom("keep" as const, "breakeven" as const),
		trailing: fc.oneof(
			{ weight: 2, arbitrary: fc.constant({ activation_pct: null, distance_pct: null }) },
			{ weight: 1, arbitrary: fc.record({ activation_pct: nullable(tenths(1, 10)), distance_pct: tenths(1, 15) }) },
		),
	}),
	cooldown: fc.record({ candles: fc.integer({ min: 0, max: 4 }) }),
});

const account = {
	leverage: fc.constantFrom(1, 3, 5, 20, 50),
	size: fc.oneof(
		fc.record({ mode: fc.constant("percent" as const), value: fc.integer({ min: 1, max: 60 }) }),
		fc.record({ mode: fc.constant("fixed" as const), value: fc.integer({ min: 5, max: 3000 }) }),
	),
	risk: fc.record({
		max_symbol_notional: nullable(fc.integer({ min: 500, max: 30_000 })),
		max_total_notional: nullable(fc.integer({ min: 500, max: 60_000 })),
		max_loss_pct: nullable(tenths(2, 30)),
		max_drawdown_pct: nullable(fc.integer({ min: 3, max: 25 })),
	}),
	guard: fc.record({
		max_move_pct: nullable(tenths(1, 20)),
		move_window_s: fc.constantFrom(60, 300, 3600),
		min_liquidation_distance_pct: nullable(tenths(5, 30)),
	}),
	sim: fc.record({
		slippage_bps: fc.constantFrom(0, 1, 7),
		funding_rate: fc.constantFrom(0.0001, -0.0005, 0.002),
		path: fc.constantFrom("pessimistic" as const, "nearest" as const, "optimistic" as const),
	}),
};

/** Market entries judged at closes. */
export const marketEntries: fc.Arbitrary<OracleConfig> = fc.record({ strategy, ...account });

/** Limit entries and ticks as well. */
export const anyEntries: fc.Arbitrary<OracleConfig> = fc.record({
	strategy: fc
		.tuple(
			strategy,
			fc.record({
				order: fc.constantFrom("market" as const, "limit" as const),
				post_only: fc.boolean(),
				reprice_ticks: fc.integer({ min: 1, max: 500 }),
				timeout_s: fc.constantFrom(60, 1200, 7200),
			}),
			fc.constantFrom("close" as const, "tick" as const),
		)
		.map(([rest, entry, trigger]) => ({ ...rest, entry, signal: { trigger } })),
	...account,
});
