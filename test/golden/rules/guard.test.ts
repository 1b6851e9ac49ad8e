// The guards that a candle simulation knows (spec §8): drawdown, jump, distance to liquidation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, notesOf } from "../../support/golden.ts";

const FREE = { max_symbol_notional: null, max_total_notional: null, max_loss_pct: null };
/** 6700 · 3 = 20100 USDT: one coin where P is 20100. */
const ONE = { size: { value: 6700 } };

test("equity so far below its peak flattens at the next open, and trading stays stopped (F7)", () => {
	// R = 19000: long from the first evaluation. 20000.01 USDT buy one coin at 20000. The close of 21000 makes a peak of 11000; 15 % of it is 1650:
	// equity 9350, a close of 19350. The stop, 7 %, is not reached, and the planned loss of 1400 would not break the limit.
	const rows = [
		{ close: "19350.1", trades: "long 1 @ 20000 at 2 00:00, end_of_data 1 @ 19600 at 2 05:00", warns: [] },
		{ close: "19350.0", trades: "long 1 @ 20000 at 2 00:00, guard 1 @ 19300 at 2 03:00", warns: [/trading stopped.*drawdown/] },
		{ close: "19349.9", trades: "long 1 @ 20000 at 2 00:00, guard 1 @ 19300 at 2 03:00", warns: [/trading stopped.*drawdown/] },
	];
	for (const { close, trades, warns } of rows)
		check({
			config: {
				size: { value: 6666.67 },
				strategy: { anchor: { price: 19_000 }, exit: { long: { take_profit_pct: 50, stop_loss_pct: 7 } } },
				risk: { ...FREE, max_drawdown_pct: 15 },
			},
			candles: `
				2 00:00  20000  20000  20000     20000
				2 01:00  20000  21000  20000     21000
				2 02:00  21000  21000  ${close}  ${close}  # σ = 825: inside 19000 ± 825, the episode is over
				2 03:00  19300  19600  19300     19600     # σ = 125: a new one, for 04:00
				2 04:00  19600  19600  19600     19600
				2 05:00  19600  19600  19600     19600`,
			trades,
			warns,
		});
});

test("the peak starts at the initial balance, and a realised loss counts (F7)", () => {
	// The open of 18590 is past the stop: −1510 of 10000, 15.1 %. From 03:00 on the signal is short, and after the cool-down it would enter.
	for (const [max_drawdown_pct, more] of [
		[15, ""],
		[25, "short 1.08 @ 18600 at 2 04:00, end_of_data 1.08 @ 18600 at 2 04:00"], // 20100 ÷ 18600 = 1.0806
	] as const)
		check({
			config: { ...ONE, risk: { ...FREE, max_drawdown_pct } },
			candles: `
				2 00:00  20000  20100  20000  20100
				2 01:00  20100  20110  20090  20100
				2 02:00  18590  18700  18590  18600
				2 03:00  18600  18600  18600  18600
				2 04:00  18600  18600  18600  18600`,
			trades: `
				long 1 @ 20100 at 2 01:00, stop_loss 1 @ 18590 at 2 02:00
				${more}`,
		});
});

test("an entry whose planned loss would break the limit is not sent, and stops trading (F7)", () => {
	// One coin, stop 5 %: 20100 · 0.05 = 1005 USDT, 10.05 % of the peak of 10000.
	const rows = [
		{ max_drawdown_pct: 10.04, trades: "" },
		{ max_drawdown_pct: 10.05, trades: "long 1 @ 20100 at 2 01:00, end_of_data 1 @ 20100 at 2 01:00" },
		{ max_drawdown_pct: 10.06, trades: "long 1 @ 20100 at 2 01:00, end_of_data 1 @ 20100 at 2 01:00" },
	];
	for (const { max_drawdown_pct, trades } of rows) {
		const rule = {
			config: { ...ONE, strategy: { exit: { long: { stop_loss_pct: 5 } } }, risk: { ...FREE, max_drawdown_pct } },
			candles: `
				2 00:00  20000  20100  20000  20100
				2 01:00  20100  20100  20100  20100`,
		};
		check({ ...rule, trades, ...(trades === "" ? { warns: [/trading stopped.*drawdown/] } : {}) });
	}
	// Stopped for good: the short that would plan 1 % only is not sent either.
	check({
		config: { ...ONE, strategy: { exit: { long: { stop_loss_pct: 5 } } }, risk: { ...FREE, max_drawdown_pct: 10 } },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  19800  19800
			flat to 2 04:00`,
		trades: "",
	});
	// Judged only where an order would be sent: a long that is too small for one plans nothing and stops nothing; the short then trades.
	check({
		config: {
			size: { value: 6.68 }, // 20.04 USDT: nothing at 20100, 0.001 at 19850
			strategy: { exit: { long: { stop_loss_pct: 90 } } },
			risk: { ...FREE, max_drawdown_pct: 0.1 },
		},
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  19850  19850
			2 02:00  19850  19850  19850  19850`,
		trades: "short 0.001 @ 19850 at 2 02:00, end_of_data 0.001 @ 19850 at 2 02:00",
	});
});

test("max_drawdown_pct null turns both forms off (F7)", () => {
	check({
		config: { ...ONE, strategy: { exit: { long: { stop_loss_pct: 30 } } }, risk: { ...FREE, max_drawdown_pct: null } },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20110  20090  20100
			2 02:00  20100  20100  15000  19950`,
		trades: "long 1 @ 20100 at 2 01:00, end_of_data 1 @ 19950 at 2 02:00",
	});
});

test("the jump guard keeps an entry out after a move beyond the limit within the window (F5)", () => {
	// Five-minute signals on minutes: for the evaluation of 00:05 the window of 60 s holds the minute that opens at 00:04.
	const rows = [
		{ low: "20000", high: "20399.9", out: false },
		{ low: "20000", high: "20400", out: false }, // 2 %, not above
		{ low: "20000", high: "20400.1", out: true },
	];
	for (const { low, high, out } of rows) {
		const rule = {
			config: { strategy: { interval: "5" } },
			base: "1",
			candles: `
				2 00:00  20000  20000    20000   20000
				flat to 2 00:04
				2 00:04  20000  ${high}  ${low}  20100
				2 00:05  20100  20100    20100   20100`,
		} as const;
		check({ ...rule, trades: out ? "" : "long 0.1 @ 20100 at 2 00:05, end_of_data 0.1 @ 20100 at 2 00:05" });
		assert.equal(
			notesOf(rule).some((note) => note.what === "skipped" && note.guard === "jump"),
			out,
		);
	}
});

test("the jump guard's window begins with the base candle that opens at its start, and forgets the one before (F5)", () => {
	// The minute of 00:03 spans 2.5 %.
	for (const [move_window_s, trades] of [
		[60, "long 0.1 @ 20100 at 2 00:05, end_of_data 0.1 @ 20100 at 2 00:05"],
		[119, "long 0.1 @ 20100 at 2 00:05, end_of_data 0.1 @ 20100 at 2 00:05"],
		[120, ""],
		[121, ""],
	] as const)
		check({
			config: { strategy: { interval: "5" }, guard: { move_window_s } },
			base: "1",
			candles: `
				2 00:00  20000  20000  20000  20000
				flat to 2 00:03
				2 00:03  20000  20500  20000  20100
				2 00:04  20100  20100  20100  20100
				2 00:05  20100  20100  20100  20100`,
			trades,
		});
});

test("the jump guard is left out, with a word in the report, when base candles are longer than its window; null turns it off (F5)", () => {
	const candles = `
		2 00:00  20000  20500  19900  20100
		2 01:00  20100  20100  20100  20100`;
	const trades = "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00";
	check({ config: { guard: { move_window_s: 3599 } }, candles, trades, warns: [/jump guard is left out/] });
	check({ config: { guard: { move_window_s: 3600 } }, candles, trades: "" });
	check({ config: { guard: { move_window_s: 3600, max_move_pct: null } }, candles, trades });
});

test("a mark price nearer to liquidation than the limit closes at market, at the path point (F6)", () => {
	// Leverage 10: liquidation at 20100 · 0.9 ÷ 0.995 = 18180.904. 5 % from it is 18180.904 ÷ 0.95 = 19137.794.
	const config = (limit: number | null) => ({
		leverage: 10,
		size: { value: 201 },
		strategy: { exit: { long: { stop_loss_pct: 20 }, short: { stop_loss_pct: 20 } } },
		risk: FREE,
		guard: { min_liquidation_distance_pct: limit },
	});
	for (const [low, limit, trades] of [
		["19137.8", 5, "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20050 at 2 02:00"],
		["19137.7", 5, "long 0.1 @ 20100 at 2 01:00, guard 0.1 @ 19137.7 at 2 02:00"],
		["19000", 5, "long 0.1 @ 20100 at 2 01:00, guard 0.1 @ 19000 at 2 02:00"],
		["19000", null, "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20050 at 2 02:00"],
	] as const)
		check({
			config: config(limit),
			candles: `
				2 00:00  20000  20100  20000   20100
				2 01:00  20100  20110  20090   20100
				2 02:00  20100  20100  ${low}  20050`,
			trades,
		});
	// Short from 19900: 19900 · 1.1 ÷ 1.005 = 21781.095; ÷ 1.05 = 20743.900.
	for (const [high, trades] of [
		["20743.8", "short 0.101 @ 19900 at 2 01:00, end_of_data 0.101 @ 19950 at 2 02:00"],
		["20744", "short 0.101 @ 19900 at 2 01:00, guard 0.101 @ 20744 at 2 02:00"],
	] as const)
		check({
			config: config(5),
			candles: `
				2 00:00  20000  20000    19900  19900
				2 01:00  19900  19910    19890  19900
				2 02:00  19900  ${high}  19900  19950`,
			trades,
		});
});
