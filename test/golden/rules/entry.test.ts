// How an entry fills (spec §6, §9): at market with slippage, or resting at the best price.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, notesOf } from "../../support/golden.ts";

test("a market entry pays slippage on the open and is rounded to the tick against the trader (H1)", () => {
	const rows = [
		{ open: "20100", long: 20102.1 }, // 20100 · 1.0001 = 20102.01, up
		{ open: "20000", long: 20002 }, // exactly 20002: binary noise is no tick
		{ open: "20101", long: 20103.1 }, // 20103.0101
	];
	for (const { open, long } of rows)
		check({
			config: { sim: { slippage_bps: 1 } },
			candles: `
				2 00:00  20000    20100    20000    20100
				2 01:00  ${open}  ${open}  ${open}  ${open}`,
			trades: `long 0.1 @ ${long} at 2 01:00, end_of_data 0.1 @ ${open} at 2 01:00`,
		});
	const shorts = [
		{ open: "19900", short: 19898 }, // 19900 · 0.9999 = 19898.01, down
		{ open: "20000", short: 19998 }, // exactly 19998
		{ open: "19899", short: 19897 }, // 19897.0101
	];
	for (const { open, short } of shorts)
		check({
			config: { sim: { slippage_bps: 1 } },
			candles: `
				2 00:00  20000    20000    19900    19900
				2 01:00  ${open}  ${open}  ${open}  ${open}`,
			trades: `short 0.101 @ ${short} at 2 01:00, end_of_data 0.101 @ ${open} at 2 01:00`,
		});
});

test("without slippage an open off the grid is still rounded against the trader (H1)", () => {
	check({
		candles: `
			2 00:00  20000     20100     20000     20100
			2 01:00  20100.04  20100.04  20100.04  20100.04`,
		trades: "long 0.1 @ 20100.1 at 2 01:00, end_of_data 0.1 @ 20100.04 at 2 01:00",
	});
	check({
		candles: `
			2 00:00  20000     20000     19900     19900
			2 01:00  19900.06  19900.06  19900.06  19900.06`,
		trades: "short 0.101 @ 19900 at 2 01:00, end_of_data 0.101 @ 19900.06 at 2 01:00",
	});
});

test("taker fees are charged on each fill's notional (H1)", () => {
	// In: 0.1 · 20100 · 0.00055 = 1.1055. TP1: 0.05 · 20703 · 0.00055 = 0.5693325. Stop: 0.05 · 19899 · 0.00055 = 0.5472225. Together 2.222055.
	// Gross: 0.05 · 603 − 0.05 · 201 = 20.1.
	check({
		config: { sim: { taker_fee: 0.00055 } },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20710  20100  20500
			2 02:00  20500  20500  19850  19850`,
		trades:
			"long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 01:00, stop_loss 0.05 @ 19899 at 2 02:00 | fees 2.222055 funding 0 pnl 17.877945 balance 10017.877945",
	});
});

/** Decided at the close of 20100: the order rests at the best bid, 20100.0 (the ask is a tick higher). Time enough, and no repricing. */
const LIMIT = { order: "limit", timeout_s: 86_400, reprice_ticks: 1_000_000 };
const UP = "2 00:00  20000  20100  20000  20100";
const DOWN = "2 00:00  20000  20000  19900  19900";

test("a limit entry fills at its price once the path is through it by a tick, not on a touch, and as a maker (D1)", () => {
	const rows = [
		{ low: "20100.1", trades: "" },
		{ low: "20100.0", trades: "" },
		// 0.1 · 20100 · 0.0002 = 0.402 in, 0.1 · 20120 · 0.00055 = 1.1066 out; 2 − 1.5086 = 0.4914
		{
			low: "20099.9",
			trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20120 at 2 01:00 | fees 1.5086 funding 0 pnl 0.4914 balance 10000.4914",
		},
	];
	for (const { low, trades } of rows)
		check({
			config: { strategy: { entry: LIMIT }, sim: { taker_fee: 0.00055, maker_fee: 0.0002 } },
			candles: `${UP}\n 2 01:00 20101 20150 ${low} 20120`,
			trades,
		});
	// A short rests at the ask, 19900.1: through it is 19900.2.
	for (const [high, trades] of [
		["19900.0", ""],
		["19900.1", ""],
		["19900.2", "short 0.101 @ 19900.1 at 2 01:00, end_of_data 0.101 @ 19880 at 2 01:00"],
	] as const)
		check({ config: { strategy: { entry: LIMIT } }, candles: `${DOWN}\n 2 01:00 19899 ${high} 19850 19880`, trades });
});

test("a limit entry fills at the open where that is better, rounded against the trader (D1)", () => {
	const rows = [
		{ open: "20090", at: 20090 },
		{ open: "20090.04", at: 20090.1 },
		{ open: "20099.9", at: 20099.9 },
	];
	for (const { open, at } of rows)
		check({
			config: { strategy: { entry: LIMIT } },
			candles: `${UP}\n 2 01:00 ${open} 20150 ${open} 20120`,
			trades: `long 0.1 @ ${at} at 2 01:00, end_of_data 0.1 @ 20120 at 2 01:00`,
		});
	// At the limit price itself the open is not better.
	check({ config: { strategy: { entry: LIMIT } }, candles: `${UP}\n 2 01:00 20100 20150 20100 20120`, trades: "" });
	check({
		config: { strategy: { entry: LIMIT } },
		candles: `${DOWN}\n 2 01:00 19910 19910 19850 19880`,
		trades: "short 0.101 @ 19910 at 2 01:00, end_of_data 0.101 @ 19880 at 2 01:00",
	});
});

test("a limit entry that fills in a later candle keeps the time of its signal (D1)", () => {
	check({
		config: { strategy: { entry: LIMIT } },
		candles: `${UP}
			2 01:00  20110  20120  20105  20110
			2 02:00  20110  20110  20050  20080`,
		trades: "long 0.1 @ 20100 at 2 02:00 (signal 2 01:00), end_of_data 0.1 @ 20080 at 2 02:00",
	});
});

test("a position that a limit entry opened within a candle is exposed to the rest of its path (D1, E3)", () => {
	check({
		config: { strategy: { entry: LIMIT } },
		candles: `${UP}\n 2 01:00 20110 20120 19890 19950`,
		trades: "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 01:00",
	});
});

test("a resting entry follows the best price once that has moved by reprice_ticks (D3)", () => {
	// 01:00 goes 20100.5, its low, its high, its close. Repriced to 20101 at the high, the order fills on the way to 20100.5 in the next candle;
	// left at 20100 it does not.
	const rows = [
		{ high: "20100.9", trades: "" }, // 9 ticks
		{ high: "20101.0", trades: "long 0.1 @ 20101 at 2 02:00 (signal 2 01:00), end_of_data 0.1 @ 20100.5 at 2 02:00" },
		{ high: "20101.1", trades: "long 0.1 @ 20101.1 at 2 02:00 (signal 2 01:00), end_of_data 0.1 @ 20100.5 at 2 02:00" },
	];
	for (const { high, trades } of rows)
		check({
			config: { strategy: { entry: { ...LIMIT, reprice_ticks: 10 } } },
			candles: `${UP}
				2 01:00  20100.5  ${high}  20100.5  ${high}
				2 02:00  ${high}  ${high}  20100.5  20100.5`,
			trades,
		});
});

test("a resting entry is cancelled when its time has passed, and its episode is used (D3)", () => {
	// Path of 01:00, whose high is nearer: open, after 20 minutes the high, after 40 the low through the limit. 1200 s after 01:00 is the high.
	const candles = `${UP}
		2 01:00  20101  20110  20050  20100
		2 02:00  20100  20100  20000  20100
		2 03:00  20100  20100  20000  20100`;
	const rows = [
		{ timeout_s: 1199, trades: "" },
		{ timeout_s: 1200, trades: "" },
		{ timeout_s: 1201, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 03:00" },
	];
	for (const { timeout_s, trades } of rows)
		check({ config: { strategy: { entry: { ...LIMIT, timeout_s } }, sim: { path: "nearest" } }, candles, trades });
});

test("a resting entry is cancelled when the signal leaves its value (D3)", () => {
	// L = 1: at 02:00 M = 20100 − 20100 = 0, the signal has left, and what passes afterwards fills nothing. Without momentum it stays.
	const candles = `${UP}
		2 01:00  20100  20110  20100  20100
		2 02:00  20100  20100  20050  20080`;
	check({ config: { strategy: { momentum: { lookback: 1 }, entry: LIMIT } }, candles, trades: "" });
	check({
		config: { strategy: { entry: LIMIT } },
		candles,
		trades: "long 0.1 @ 20100 at 2 02:00 (signal 2 01:00), end_of_data 0.1 @ 20080 at 2 02:00",
	});
});

test("an opposite signal cancels what rests and enters the other side at once: nothing was held that must cool down (D3, E3)", () => {
	// R is 20000 until 3 00:00 and V(3 00:00) = (23 · 20000 + 24800) ÷ 24 = 20200 from then on. The buy at 20100 is not reached; at 3 00:00 the signal
	// is short below 20200 − 5, and the sell at the ask of 20110.1 is passed at 20110.2.
	check({
		config: { strategy: { anchor: { type: "daily", price: null }, entry: LIMIT } },
		candles: `
			2 00:00  20000  20000    20000  20000
			flat to 2 22:00
			2 22:00  20000  20100    20000  20100  1 24800
			2 23:00  20110  20120    20105  20110
			3 00:00  20110  20110.2  20090  20090`,
		trades: "short 0.099 @ 20110.1 at 3 00:00, end_of_data 0.099 @ 20090 at 3 00:00", // 2010 ÷ 20110 = 0.09995
	});
});

test("the episode is used once an order has been sent, filled or not (E4)", () => {
	// The first order times out after an hour; the signal stays for three, and nothing more is sent.
	const rule = {
		config: { strategy: { entry: { ...LIMIT, timeout_s: 1800 } } },
		candles: `${UP}
			2 01:00  20110  20120  20105  20110
			2 02:00  20110  20110  20105  20105
			2 03:00  20105  20105  20000  20105`,
	};
	check({ ...rule, trades: "" });
	assert.equal(notesOf(rule).filter(({ what }) => what === "entering").length, 1);
});

test("a post-only entry that the open would cross is rejected; else it rests like any other (D1)", () => {
	const entry = { ...LIMIT, post_only: true };
	check({ config: { strategy: { entry } }, candles: `${UP}\n 2 01:00 20099.9 20150 20050 20120`, trades: "" });
	check({ config: { strategy: { entry } }, candles: `${DOWN}\n 2 01:00 19900.2 19950 19850 19880`, trades: "" });
	check({
		config: { strategy: { entry } },
		candles: `${UP}\n 2 01:00 20100 20150 20099.9 20120`,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20120 at 2 01:00",
	});
	// One that has rested since an earlier candle takes nothing: the better open comes to it.
	check({
		config: { strategy: { entry } },
		candles: `${UP}
			2 01:00  20110  20120  20105  20110
			2 02:00  20050  20110  20050  20080`,
		trades: "long 0.1 @ 20050 at 2 02:00 (signal 2 01:00), end_of_data 0.1 @ 20080 at 2 02:00",
	});
});
