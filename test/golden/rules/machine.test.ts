// Episodes, opposite signals and cool-down (spec §5, §6).

import { test } from "node:test";
import { check } from "../../support/golden.ts";

/** Stops and limits out of the way of what these rules are about. */
const FAR = { take_profit_pct: 50, stop_loss_pct: 20 };
const WIDE = { strategy: { exit: { long: FAR, short: FAR } }, risk: { max_loss_pct: null, max_drawdown_pct: null } };

test("an episode opens one position: after its stop the same signal stays unused until it has left (E3, E4)", () => {
	check({
		candles: `
			2 00:00  20000  20100  20000  20100  # long
			2 01:00  20100  20100  19850  20100  # stopped out, the signal stays
			2 02:00  20100  20100  20100  20100
			2 03:00  20100  20100  20100  20100
			2 04:00  20100  20100  20000  20000  # 20000 is not above 20000 + 50: the episode is over
			2 05:00  20000  20100  20000  20100  # a new one
			2 06:00  20100  20100  20100  20100`,
		trades: `
			long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 01:00
			long 0.1 @ 20100 at 2 06:00, end_of_data 0.1 @ 20100 at 2 06:00`,
	});
});

test("the other direction is another episode (E3)", () => {
	check({
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  19850  20100  # stopped out between the evaluations of 01:00 and 02:00: ends at 02:00
			2 02:00  20100  20100  19850  19850  # σ = 125, 19850 is below 19875: short at 03:00, cool-down of one over
			2 03:00  19850  19850  19850  19850`,
		trades: `
			long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 01:00
			short 0.101 @ 19850 at 2 03:00, end_of_data 0.101 @ 19850 at 2 03:00`,
	});
});

test("an episode that a size below the minimum kept out stays unused (F1, E4)", () => {
	// 6.68 · 3 = 20.04 USDT: at 20100 that is 0.000997, below 0.001; at 20030 it is 0.0010005. k = 0.1: 20030 is above 20000 + 0.1 · 35.
	check({
		config: { size: { value: 6.68 }, strategy: { bands: { k: 0.1 } } },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  20030  20030
			2 02:00  20030  20030  20030  20030`,
		trades: "long 0.001 @ 20030 at 2 02:00, end_of_data 0.001 @ 20030 at 2 02:00",
	});
});

test("an episode that a guard kept out stays unused (F5, E4)", () => {
	// Five-minute signals on one-minute candles. The last minute before 2 00:05 spans 410 of 19700, 2.08 %: the jump guard is shut. At 00:10 it is open.
	check({
		config: { strategy: { interval: "5" } },
		base: "1",
		candles: `
			2 00:00  20000  20000  20000  20000
			flat to 2 00:04
			2 00:04  20000  20110  19700  20100
			2 00:05  20100  20100  20100  20100
			flat to 2 00:11`,
		trades: "long 0.1 @ 20100 at 2 00:10, end_of_data 0.1 @ 20100 at 2 00:10",
	});
});

test("an opposite signal closes all that is left at market, at the evaluation right after the entry too (E3)", () => {
	check({
		config: WIDE,
		candles: `
			2 00:00  20000  20100  20000  20100  # long
			2 01:00  20100  20100  19800  19800  # σ = 150: 19800 is below 20000 − 150
			2 02:00  19790  19790  19790  19790`,
		trades: "long 0.1 @ 20100 at 2 01:00, opposite_signal 0.1 @ 19790 at 2 02:00",
	});
	// What TP1 left of it: 1 % of 20100 is 20301.
	check({
		config: { ...WIDE, strategy: { exit: { long: { take_profit_pct: 1, stop_loss_pct: 20 } } } },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20310  20100  20200
			2 02:00  20200  20200  19600  19600
			2 03:00  19600  19600  19600  19600`,
		trades: "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20301 at 2 01:00, opposite_signal 0.05 @ 19600 at 2 03:00",
	});
	check({
		config: WIDE,
		candles: `
			2 00:00  20000  20000  19900  19900
			2 01:00  19900  20200  19900  20200
			2 02:00  20210  20210  20210  20210`,
		trades: "short 0.101 @ 19900 at 2 01:00, opposite_signal 0.101 @ 20210 at 2 02:00",
	});
});

test("a signal that has left without turning closes nothing (E3)", () => {
	check({
		config: WIDE,
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  20000  20000  # inside the bands
			2 02:00  20000  20000  20000  20000`,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20000 at 2 02:00",
	});
});

test("with cool-down 0 the opposite signal turns the position: exit first, size from the balance after it, P the close (E3, F1)", () => {
	// Long: 20 % of 10000 · 3 = 6000, ÷ 20100 = 0.298. The exit at the open of 19700 costs 0.298 · 400 = 119.2, the balance is 9880.8.
	// Short: 9880.8 · 0.6 = 5928.48, ÷ close 19800 = 0.29942, so 0.299 (from the open it would be 0.300, from the old balance 0.303).
	check({
		config: { ...WIDE, strategy: { ...WIDE.strategy, cooldown: { candles: 0 } }, size: { mode: "percent", value: 20 } },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  19800  19800
			2 02:00  19700  19700  19700  19700`,
		trades: `
			long 0.298 @ 20100 at 2 01:00, opposite_signal 0.298 @ 19700 at 2 02:00   | fees 0 funding 0 pnl -119.2 balance 9880.8
			short 0.299 @ 19700 at 2 02:00, end_of_data 0.299 @ 19700 at 2 02:00      | fees 0 funding 0 pnl 0 balance 9880.8`,
	});
});

test("with cool-down 0 the size after a turn counts the exit's fee, and holdings of zero against the caps (F1, F3)", () => {
	// Cap 6000: it binds for the short only if the long's holding no longer counts. Long: 6000 ÷ 20100 = 0.298, fee 0.298 · 20100 · 0.001 = 5.9898.
	// Exit at 19700: −119.2, fee 5.8706; balance 10000 − 5.9898 − 119.2 − 5.8706 = 9868.9396. Short: 59 % · 3 of it = 17468, capped to 6000:
	// ÷ 19800 = 0.303. Its fees: 0.303 · 19700 · 0.001 = 5.9691, twice.
	check({
		config: {
			strategy: { ...WIDE.strategy, cooldown: { candles: 0 } },
			risk: { max_loss_pct: null, max_drawdown_pct: null, max_symbol_notional: 6000 },
			size: { mode: "percent", value: 59 },
			sim: { taker_fee: 0.001 },
		},
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  19800  19800
			2 02:00  19700  19700  19700  19700`,
		trades: `
			long 0.298 @ 20100 at 2 01:00, opposite_signal 0.298 @ 19700 at 2 02:00   | fees 11.8604 funding 0 pnl -131.0604 balance 9868.9396
			short 0.303 @ 19700 at 2 02:00, end_of_data 0.303 @ 19700 at 2 02:00      | fees 11.9382 funding 0 pnl -11.9382 balance 9857.0014`,
	});
});

/**
 * Every way in which a position may end before or at the evaluation of 02:00, from which the signal is short and stays so. Closed by the
 * decision of 02:00 it ends there; closed between the evaluations of 01:00 and 02:00 it ends at 02:00 as well. The next entry is
 * possible from 02:00 + cool-down.
 */
const ENDINGS: readonly { how: string; config: { strategy?: object; [key: string]: unknown }; trade: string; ofShort?: string }[] = [
	{ how: "a stop", config: {}, trade: "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 01:00" },
	{
		how: "a trailing stop",
		config: { strategy: { exit: { trailing: { distance_pct: 0.5 } } } },
		trade: "long 0.1 @ 20100 at 2 01:00, trailing_stop 0.1 @ 19999.5 at 2 01:00",
	},
	{
		how: "a TP1 that takes all", // at 20301, before the fall
		config: { sim: { path: "optimistic" }, strategy: { exit: { long: { take_profit_pct: 1, take_profit_fraction: 1 } } } },
		trade: "long 0.1 @ 20100 at 2 01:00, take_profit 0.1 @ 20301 at 2 01:00",
	},
	{
		how: "a liquidation", // 20100 · 0.98 ÷ 0.995 = 19797.99, at the bankruptcy price 20100 · 0.98
		config: {
			leverage: 50,
			size: { value: 40.2 },
			strategy: { exit: { long: { stop_loss_pct: 5 } } },
			risk: { max_loss_pct: null },
			guard: { min_liquidation_distance_pct: null },
		},
		trade: "long 0.1 @ 20100 at 2 01:00, liquidation 0.1 @ 19698 at 2 01:00",
	},
	{
		how: "the liquidation guard", // 20100 · 0.96 ÷ 0.995 = 19392.96 is 3.5 % away at once
		config: {
			leverage: 25,
			size: { value: 80.4 },
			strategy: { exit: { long: { stop_loss_pct: 20 } } },
			risk: { max_loss_pct: null },
			sim: { path: "optimistic" },
		},
		trade: "long 0.1 @ 20100 at 2 01:00, guard 0.1 @ 20100 at 2 01:00",
		ofShort: "guard", // 19700 · 1.04 ÷ 1.005 is as near
	},
	{
		how: "an opposite signal",
		config: { strategy: { exit: { long: { stop_loss_pct: 20 } } }, risk: { max_loss_pct: null } },
		trade: "long 0.1 @ 20100 at 2 01:00, opposite_signal 0.1 @ 19700 at 2 02:00",
	},
];

for (const { how, config, trade, ofShort = "end_of_data" } of ENDINGS) {
	test(`after ${how} the next entry is possible from the evaluation of its end + cooldown.candles (E4)`, () => {
		for (const [candles, entry] of [
			[0, "2 02:00"],
			[1, "2 03:00"],
			[3, "2 05:00"],
		] as const)
			check({
				config: { ...config, strategy: { ...config.strategy, cooldown: { candles } } },
				candles: `
					2 00:00  20000  20100  20000  20100
					2 01:00  20100  20400  19700  19700
					flat to ${entry}
					${entry}  19700  19700  19700  19700`,
				trades: `
					${trade}
					short 0.102 @ 19700 at ${entry}, ${ofShort} 0.102 @ 19700 at ${entry}`,
			});
	});
}

test("a position that ends between evaluations ends at the later one: not before it may the next one open (E4)", () => {
	// Stopped out in the third quarter of an hour; trigger tick asks at every point, but cool-down counts signal candles.
	check({
		config: { strategy: { signal: { trigger: "tick" }, cooldown: { candles: 0 } } },
		candles: `
			2 00:00  20000  20100  20000  20100  # long at the high, 20100
			2 01:00  20100  20100  19850  19900  # stopped at 19899, and short signals at 19850 and at the close: too early
			2 02:00  19900  19900  19900  19900`, // σ = 100: lower = 19900, not below it; the tick at 02:00 is the evaluation
		trades: "long 0.1 @ 20100 at 2 00:00, stop_loss 0.1 @ 19899 at 2 01:00",
	});
});
