// Candles and their ends (spec §1, §9, §12): the end of the data, gaps, candles that the data enters midway, weeks and months, ranges.

import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../../src/std/usage-error.ts";
import { check } from "../../support/golden.ts";

const UP = "2 00:00  20000  20100  20000  20100";

test("a position still open at the end is closed at exactly the last close, without slippage or tick, and pays the taker fee (H1)", () => {
	// In: 20102.1 · 0.1 · 0.00055 = 1.1056155. Out at 20103.37: 0.1 · 20103.37 · 0.00055 = 1.10568535. Gross 0.1 · 1.27 = 0.127.
	check({
		config: { sim: { slippage_bps: 1, taker_fee: 0.00055 } },
		candles: `${UP}
			2 01:00  20100     20110     20100     20103.37`,
		trades:
			"long 0.1 @ 20102.1 at 2 01:00, end_of_data 0.1 @ 20103.37 at 2 01:00 | fees 2.21130085 funding 0 pnl -2.08430085 balance 9997.91569915",
	});
});

test("a decision at the end of the data is not executed, neither an entry nor an exit (H1)", () => {
	check({ candles: UP, trades: "" });
	// At 02:00 the signal is short: the position ends with the data all the same.
	check({
		candles: `${UP}
			2 01:00  20100  20100  19900  19900`,
		config: { strategy: { exit: { long: { stop_loss_pct: 5 } }, bands: { k: 0.5 } } },
		trades: "long 0.099 @ 20100 at 2 01:00, end_of_data 0.099 @ 19900 at 2 01:00", // 100 ÷ 0.05 = 2000: the loss cap
	});
});

test("a run refuses a gap and names it; data.allow_gaps crosses it, and the report says how many candles are missing (C5, H1)", () => {
	const candles = `${UP}
		2 01:00  20100  20100  20100  20100
		2 04:00  20200  20200  20200  20200
		2 05:00  20200  20200  20200  20200`;
	assert.throws(
		() => check({ candles, trades: "" }),
		(cause) =>
			cause instanceof UsageError &&
			/2 candles are missing in 1 gap, the first from 2024-01-02.02:00 to 2024-01-02.04:00/.test(cause.message),
	);
	check({
		config: { data: { allow_gaps: true } },
		candles,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20200 at 2 05:00",
		warns: [/2 candles are missing in 1 gap/],
	});
});

test("an order decided before a gap fills at the open of the next candle there is (H1)", () => {
	check({
		config: { data: { allow_gaps: true } },
		candles: `${UP}
			2 03:00  20150  20150  20150  20150
			2 04:00  20150  20150  20150  20150`,
		trades: "long 0.1 @ 20150 at 2 03:00 (signal 2 01:00), end_of_data 0.1 @ 20150 at 2 04:00",
	});
});

test("a signal candle is built from the base candles there are, and one that has none is not evaluated (C3)", () => {
	// Half-hours; hour 01 has its first half only, hour 02 none. The cool-down of one counts evaluations, not hours.
	const config = {
		data: { allow_gaps: true },
		backtest: { base_interval: "30" },
	};
	check({
		config,
		base: "30",
		candles: `
			2 00:00  20000  20100  20000  20100
			2 00:30  20100  20100  20100  20100  # long at 01:00
			2 01:00  20100  20100  19800  19800  # stopped at 19899: ends at the evaluation of 02:00, which is short (19800 below 20000 − 150)
			2 03:00  19800  19800  19800  19800  # no evaluation at 03:00
			2 03:30  19800  19800  19800  19800
			2 04:00  19800  19800  19800  19800  # the evaluation after that of 02:00: short
			2 04:30  19800  19800  19800  19800`,
		trades: `
			long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 01:00
			short 0.101 @ 19800 at 2 04:00, end_of_data 0.101 @ 19800 at 2 04:30`,
	});
});

test("a signal candle that the data enters midway is not used (C3)", () => {
	// Days from hours, data from 1 06:00. Were the rest of 1 January a candle, two days had closed by 3 00:00 and 20100 after 20000 were a long there.
	check({
		config: { strategy: { interval: "D" } },
		warmUp: null,
		candles: `
			1 06:00  20000  20000  20000  20000
			flat to 2 23:00
			2 23:00  20000  20100  20000  20100
			flat to 4 02:00`,
		trades: "long 0.1 @ 20100 at 4 00:00, end_of_data 0.1 @ 20100 at 4 01:00",
	});
	// From 1 00:00 it is whole.
	check({
		config: { strategy: { interval: "D" } },
		warmUp: null,
		candles: `
			1 00:00  20000  20000  20000  20000
			flat to 2 23:00
			2 23:00  20000  20100  20000  20100
			flat to 4 02:00`,
		trades: "long 0.1 @ 20100 at 3 00:00, end_of_data 0.1 @ 20100 at 4 01:00",
	});
});

test("weeks begin on Monday (C3)", () => {
	// 1, 8 and 15 January 2024 are Mondays. The week of the 8th closes at 20100, with its Sunday, the 14th.
	check({
		config: { strategy: { interval: "W" } },
		base: "D",
		warmUp: null,
		candles: `
			2024-01-01  20000  20000  20000  20000
			flat to 2024-01-14
			2024-01-14  20000  20100  20000  20100
			flat to 2024-01-17`,
		trades: "long 0.1 @ 20100 at 15 00:00, end_of_data 0.1 @ 20100 at 16 00:00",
	});
});

test("months begin on the first, February of a leap year after 29 days (C3)", () => {
	check({
		config: { strategy: { interval: "M" } },
		base: "D",
		warmUp: null,
		candles: `
			2024-01-01  20000  20000  20000  20000
			flat to 2024-02-29
			2024-02-29  20000  20100  20000  20100
			flat to 2024-03-03`,
		trades: "long 0.1 @ 20100 at 2024-03-01, end_of_data 0.1 @ 20100 at 2024-03-02",
	});
});

test("before backtest.start candles warm up and no evaluation opens a position, at it one may (H1)", () => {
	const candles = `${UP}
		flat to 2 05:00`;
	for (const [start, entry] of [
		["2024-01-02T00:59:59.999Z", "2 01:00"],
		["2024-01-02T01:00Z", "2 01:00"],
		["2024-01-02T01:00:00.001Z", "2 02:00"],
		["2024-01-02T03:00Z", "2 03:00"],
	] as const)
		check({
			config: { backtest: { start } },
			candles,
			trades: `long 0.1 @ 20100 at ${entry}, end_of_data 0.1 @ 20100 at 2 04:00`,
		});
});

test("backtest.end keeps the candles that open before it (H1)", () => {
	const candles = `${UP}
		flat to 2 05:00`;
	for (const [end, last] of [
		["2024-01-02T03:00Z", "2 02:00"],
		["2024-01-02T03:00:00.001Z", "2 03:00"],
		["2024-01-03", "2 04:00"],
	] as const)
		check({ config: { backtest: { end } }, candles, trades: `long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at ${last}` });
});

test("backtest.limit keeps the last base candles, of those before backtest.end; they are all the warm-up there is (H1)", () => {
	// 24 hours and UP and 6 more: 31 candles. With the last 26, from 1 05:00, the 24 hours are over at 2 05:00.
	const candles = `${UP}
		flat to 2 07:00`;
	for (const [backtest, trades] of [
		[{ limit: 31 }, "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 06:00"],
		[{ limit: 26 }, "long 0.1 @ 20100 at 2 05:00, end_of_data 0.1 @ 20100 at 2 06:00"],
		[{ limit: 25 }, "long 0.1 @ 20100 at 2 06:00, end_of_data 0.1 @ 20100 at 2 06:00"],
		[{ limit: 24 }, ""], // an entry at 2 07:00, where the data ends
		[{ limit: 25, end: "2024-01-02T06:00Z" }, "long 0.1 @ 20100 at 2 05:00, end_of_data 0.1 @ 20100 at 2 05:00"],
	] as const)
		check({ config: { backtest }, candles, trades });
});
