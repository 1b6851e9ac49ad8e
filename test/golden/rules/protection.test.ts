// Stop, TP1, trailing and break-even stop (spec §6), and in which order a candle meets them (§9).

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, notesOf } from "../../support/golden.ts";

/** Long at the open of 2 01:00 at 20100: stop 20100 · 0.99 = 19899, TP1 20100 · 1.03 = 20703 for 0.05 of the 0.1. */
const LONG = `
	2 00:00  20000  20100  20000  20100
	2 01:00  20100  20110  20090  20100
`;
/** Short at 19900, quantity 2010 ÷ 19900 = 0.101: stop 19900 · 1.01 = 20099, TP1 19900 · 0.97 = 19303 for 0.050 (0.0505 rounded down). */
const SHORT = `
	2 00:00  20000  20000  19900  19900
	2 01:00  19900  19910  19890  19900
`;

test("a stop closes the whole position where the path reaches it, a tick above it does not (E3)", () => {
	const rows = [
		{ low: "19899.1", trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20000 at 2 02:00" },
		{ low: "19899.0", trades: "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 02:00" },
		{ low: "19898.9", trades: "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 02:00" },
	];
	for (const { low, trades } of rows) check({ candles: `${LONG} 2 02:00  20100  20120  ${low}  20000`, trades });
});

test("a short's stop lies above its entry, and closes the whole position (E3)", () => {
	const rows = [
		{ high: "20098.9", trades: "short 0.101 @ 19900 at 2 01:00, end_of_data 0.101 @ 20000 at 2 02:00" },
		{ high: "20099.0", trades: "short 0.101 @ 19900 at 2 01:00, stop_loss 0.101 @ 20099 at 2 02:00" },
		{ high: "20099.1", trades: "short 0.101 @ 19900 at 2 01:00, stop_loss 0.101 @ 20099 at 2 02:00" },
	];
	for (const { high, trades } of rows) check({ candles: `${SHORT} 2 02:00  19900  ${high}  19880  20000`, trades });
});

test("TP1 closes its part once, the rest waits for the stop (E3)", () => {
	check({
		candles: `${LONG}
			2 02:00  20100  20703  20050  20600  # TP1
			2 03:00  20600  20900  20600  20650  # passes 20703 again: nothing is left to take
			2 04:00  20650  20650  19890  19900`, // and the stop of the rest
		trades: "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 02:00, stop_loss 0.05 @ 19899 at 2 04:00",
	});
	check({
		candles: `${SHORT}
			2 02:00  19900  19950  19303  19400
			2 03:00  19400  19400  19100  19350
			2 04:00  19350  20110  19350  20100`,
		trades: "short 0.101 @ 19900 at 2 01:00, take_profit 0.05 @ 19303 at 2 02:00, stop_loss 0.051 @ 20099 at 2 04:00",
	});
});

test("TP1 needs its price, not a tick less (E3)", () => {
	check({
		candles: `${LONG} 2 02:00 20100 20702.9 20050 20600`,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20600 at 2 02:00",
	});
	check({
		candles: `${SHORT} 2 02:00 19900 19950 19303.1 19400`,
		trades: "short 0.101 @ 19900 at 2 01:00, end_of_data 0.101 @ 19400 at 2 02:00",
	});
});

test("the candle at whose open a position opens is walked to its end (E3)", () => {
	check({
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20710  19890  20000`,
		config: { sim: { path: "optimistic" } },
		trades: "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 01:00, stop_loss 0.05 @ 19899 at 2 01:00",
	});
});

test("stop and TP1 prices are rounded to the tick towards the entry (E3)", () => {
	// 20100.3 · 0.99 = 19899.297 up to 19899.3; 20100.3 · 1.03 = 20703.309 down to 20703.3
	check({
		candles: `
			2 00:00  20000    20100  20000    20100
			2 01:00  20100.3  20710  20100.3  20300
			2 02:00  20300    20300  19800    19800`,
		trades: "long 0.1 @ 20100.3 at 2 01:00, take_profit 0.05 @ 20703.3 at 2 01:00, stop_loss 0.05 @ 19899.3 at 2 02:00",
	});
	// 19900.3 · 1.01 = 20099.303 down to 20099.3; 19900.3 · 0.97 = 19303.291 up to 19303.3
	check({
		candles: `
			2 00:00  20000    20000    19900  19900
			2 01:00  19900.3  19900.3  19200  19500
			2 02:00  19500    20200    19500  20200`,
		trades: "short 0.101 @ 19900.3 at 2 01:00, take_profit 0.05 @ 19303.3 at 2 01:00, stop_loss 0.051 @ 20099.3 at 2 02:00",
	});
});

test("stop and TP1 are never rounded onto the entry, but one tick away from it (E3)", () => {
	// 0.0001 % of 20100 is 0.0201, less than a tick: the stop goes to 20099.9, TP1 to 20100.1.
	const near = { take_profit_pct: 0.0001, stop_loss_pct: 0.0001 };
	const strategy = { exit: { long: near, short: near } };
	check({
		config: { strategy },
		candles: `
			2 00:00  20000  20100    20000  20100
			2 01:00  20100  20100.1  20100  20100.1
			2 02:00  20100  20100    20099  20100`,
		trades: "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20100.1 at 2 01:00, stop_loss 0.05 @ 20099.9 at 2 02:00",
	});
	check({
		config: { strategy },
		candles: `
			2 00:00  20000  20000  19900    19900
			2 01:00  19900  19900  19899.9  19899.9
			2 02:00  19900  19901  19900    19900`,
		trades: "short 0.101 @ 19900 at 2 01:00, take_profit 0.05 @ 19899.9 at 2 01:00, stop_loss 0.051 @ 19900.1 at 2 02:00",
	});
});

test("there is no TP1 where its part is below the minimum quantity, and the log says so (D4, E3)", () => {
	const rows = [
		// 0.001 · 0.5 = 0.0005, rounded down to nothing
		{ value: 6.7, trades: "long 0.001 @ 20100 at 2 01:00, end_of_data 0.001 @ 20600 at 2 02:00", none: true },
		{
			value: 13.4,
			trades: "long 0.002 @ 20100 at 2 01:00, take_profit 0.001 @ 20703 at 2 02:00, end_of_data 0.001 @ 20600 at 2 02:00",
			none: false,
		},
		// 0.003 · 0.5 = 0.0015, rounded down to 0.001
		{
			value: 20.1,
			trades: "long 0.003 @ 20100 at 2 01:00, take_profit 0.001 @ 20703 at 2 02:00, end_of_data 0.002 @ 20600 at 2 02:00",
			none: false,
		},
	];
	for (const { value, trades, none } of rows) {
		const rule = { config: { size: { value } }, candles: `${LONG} 2 02:00 20100 20900 20100 20600` };
		check({ ...rule, trades });
		assert.equal(
			notesOf(rule).some(({ what }) => what === "noTp1"),
			none,
		);
	}
});

test("pessimistic meets the adverse extreme first, optimistic the favourable one (H1)", () => {
	const stopFirst = "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 02:00";
	const targetFirst = "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 02:00, stop_loss 0.05 @ 19899 at 2 02:00";
	const candles = `${LONG} 2 02:00 20100 20750 19850 20000`;
	check({ config: { sim: { path: "pessimistic" } }, candles, trades: stopFirst });
	check({ config: { sim: { path: "optimistic" } }, candles, trades: targetFirst });
	const ofShort = `${SHORT} 2 02:00 19900 20150 19250 20000`;
	check({
		config: { sim: { path: "pessimistic" } },
		candles: ofShort,
		trades: "short 0.101 @ 19900 at 2 01:00, stop_loss 0.101 @ 20099 at 2 02:00",
	});
	check({
		config: { sim: { path: "optimistic" } },
		candles: ofShort,
		trades: "short 0.101 @ 19900 at 2 01:00, take_profit 0.05 @ 19303 at 2 02:00, stop_loss 0.051 @ 20099 at 2 02:00",
	});
});

test("nearest takes the extreme nearer to the open first, a tie takes the low (H1)", () => {
	const stopFirst = "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 02:00";
	const targetFirst = "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 02:00, stop_loss 0.05 @ 19899 at 2 02:00";
	const rows = [
		// the low is 450.1 below the open, the high 449.9 above it
		{ open: "20300.1", trades: targetFirst },
		{ open: "20300", trades: stopFirst },
		{ open: "20299.9", trades: stopFirst },
	];
	for (const { open, trades } of rows)
		check({ config: { sim: { path: "nearest" } }, candles: `${LONG} 2 02:00 ${open} 20750 19850 20000`, trades });
	// A tie takes the low for a short too, where it is the target: and that in decimals whose binary images differ.
	check({
		config: { sim: { path: "nearest" } },
		candles: `${SHORT} 2 02:00 19700.2 20100.3 19300.1 20000`,
		trades: "short 0.101 @ 19900 at 2 01:00, take_profit 0.05 @ 19303 at 2 02:00, stop_loss 0.051 @ 20099 at 2 02:00",
	});
});

test("a stop that the open jumps over fills at the open, which is worse (H1)", () => {
	check({ candles: `${LONG} 2 02:00 19800 19950 19700 19900`, trades: "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19800 at 2 02:00" });
	check({
		candles: `${SHORT} 2 02:00 20200 20200 20000 20000`,
		trades: "short 0.101 @ 19900 at 2 01:00, stop_loss 0.101 @ 20200 at 2 02:00",
	});
});

test("a TP1 that the open jumps over fills at the open, which is better (H1)", () => {
	check({
		candles: `${LONG} 2 02:00 20800 20800 20700 20750`,
		trades: "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20800 at 2 02:00, end_of_data 0.05 @ 20750 at 2 02:00",
	});
	check({
		candles: `${SHORT} 2 02:00 19200 19300 19200 19250`,
		trades: "short 0.101 @ 19900 at 2 01:00, take_profit 0.05 @ 19200 at 2 02:00, end_of_data 0.051 @ 19250 at 2 02:00",
	});
});

test("stops and TP1 pay slippage on the price that triggered them, rounded to the tick against the trader (H1)", () => {
	// Entry 20100 · 1.0001 = 20102.01, up to 20102.1. TP1: 20102.1 · 1.03 = 20705.163 down to 20705.1, filled at 20705.1 · 0.9999 = 20703.02949,
	// down to 20703.0. Stop: 20102.1 · 0.99 = 19901.079 up to 19901.1, filled at 19901.1 · 0.9999 = 19899.10989, down to 19899.1.
	check({
		config: { sim: { slippage_bps: 1 } },
		candles: `${LONG}
			2 02:00  20100  20800  20100  20500
			2 03:00  20500  20500  19850  19900`,
		trades: "long 0.1 @ 20102.1 at 2 01:00, take_profit 0.05 @ 20703 at 2 02:00, stop_loss 0.05 @ 19899.1 at 2 03:00",
	});
	// Entry 19900 · 0.9999 = 19898.01, down to 19898.0. TP1: 19898 · 0.97 = 19301.06 up to 19301.1, filled at 19301.1 · 1.0001 = 19303.03011, up to
	// 19303.1. Stop: 19898 · 1.01 = 20096.98 down to 20096.9, filled at 20096.9 · 1.0001 = 20098.90969, up to 20099.0.
	check({
		config: { sim: { slippage_bps: 1 } },
		candles: `${SHORT}
			2 02:00  19900  19900  19200  19500
			2 03:00  19500  20150  19500  20100`,
		trades: "short 0.101 @ 19898 at 2 01:00, take_profit 0.05 @ 19303.1 at 2 02:00, stop_loss 0.051 @ 20099 at 2 03:00",
	});
});

test("after_tp1 breakeven moves the stop to the entry, keep leaves it (D4)", () => {
	const candles = `${LONG}
		2 02:00  20100  20710  20090  20650  # TP1
		2 03:00  20650  20650  20100  20400`; // back to the entry
	const part = "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 02:00";
	check({ config: { strategy: { exit: { after_tp1: "keep" } } }, candles, trades: `${part}, end_of_data 0.05 @ 20400 at 2 03:00` });
	check({ config: { strategy: { exit: { after_tp1: "breakeven" } } }, candles, trades: `${part}, stop_loss 0.05 @ 20100 at 2 03:00` });
	// A tick above the entry is not the entry.
	check({
		config: { strategy: { exit: { after_tp1: "breakeven" } } },
		candles: candles.replace("20650  20100 ", "20650  20100.1 "),
		trades: `${part}, end_of_data 0.05 @ 20400 at 2 03:00`,
	});
});

test("break-even holds within the candle that took TP1 (D4)", () => {
	check({
		config: { strategy: { exit: { after_tp1: "breakeven" } }, sim: { path: "optimistic" } },
		candles: `${LONG} 2 02:00 20500 20710 20050 20060`,
		trades: "long 0.1 @ 20100 at 2 01:00, take_profit 0.05 @ 20703 at 2 02:00, stop_loss 0.05 @ 20100 at 2 02:00",
	});
	check({
		config: { strategy: { exit: { after_tp1: "breakeven" } }, sim: { path: "optimistic" } },
		candles: `${SHORT} 2 02:00 19500 19950 19290 19940`,
		trades: "short 0.101 @ 19900 at 2 01:00, take_profit 0.05 @ 19303 at 2 02:00, stop_loss 0.051 @ 19900 at 2 02:00",
	});
});

test("a trailing stop is active once the price has moved so far, and follows the best price since (D4)", () => {
	// 1 % of 20100 is 201: active from 20301. The distance, 0.5 % of 20100, is 100.5.
	const strategy = { exit: { trailing: { activation_pct: 1, distance_pct: 0.5 } } };
	const rows = [
		{ high: "20300.9", end: "end_of_data 0.1 @ 20180 at 2 03:00" },
		{ high: "20301.0", end: "trailing_stop 0.1 @ 20200.5 at 2 03:00" },
		{ high: "20301.1", end: "trailing_stop 0.1 @ 20200.6 at 2 03:00" },
		{ high: "20400.0", end: "trailing_stop 0.1 @ 20299.5 at 2 03:00" },
	];
	for (const { high, end } of rows)
		check({
			config: { strategy },
			candles: `${LONG}
				2 02:00  20100  ${high}  20100  20300
				2 03:00  20300  20300    20150  20180`,
			trades: `long 0.1 @ 20100 at 2 01:00, ${end}`,
		});
	// Short from 19900: 1 % is 199, active from 19701; the distance is 99.5: 19600 + 99.5 = 19699.5.
	check({
		config: { strategy },
		candles: `${SHORT}
			2 02:00  19900  19900  19600  19650
			2 03:00  19650  19800  19650  19750`,
		trades: "short 0.101 @ 19900 at 2 01:00, trailing_stop 0.101 @ 19699.5 at 2 03:00",
	});
});

test("a trailing stop never goes back, and with no activation begins at once (D4)", () => {
	// The best price is 20200: the stop stands at 20200 − 100.5 = 20099.5 and stays there while the price falls.
	const strategy = { exit: { trailing: { activation_pct: null, distance_pct: 0.5 } } };
	check({
		config: { strategy },
		candles: `${LONG}
			2 02:00  20100  20200  20100    20150
			2 03:00  20150  20150  20099.6  20120
			2 04:00  20120  20130  20099.5  20110`,
		trades: "long 0.1 @ 20100 at 2 01:00, trailing_stop 0.1 @ 20099.5 at 2 04:00",
	});
	// Nothing but the opening price: 20100 − 100.5 = 19999.5.
	check({
		config: { strategy },
		candles: `
			2 00:00  20000  20100  20000  20100
			2 01:00  20100  20100  19900  19950`,
		trades: "long 0.1 @ 20100 at 2 01:00, trailing_stop 0.1 @ 19999.5 at 2 01:00",
	});
});

test("of trailing stop and fixed stop the one nearer to the price counts (D4)", () => {
	// The distance, 2 %, is 402: 20100 − 402 = 19698 lies below the stop at 19899, and 20400 − 402 = 19998 above it.
	const strategy = { exit: { trailing: { activation_pct: null, distance_pct: 2 } } };
	check({
		config: { strategy },
		candles: `${LONG} 2 02:00 20100 20150 19850 19900`,
		trades: "long 0.1 @ 20100 at 2 01:00, stop_loss 0.1 @ 19899 at 2 02:00",
	});
	check({
		config: { strategy },
		candles: `${LONG}
			2 02:00  20100  20400  20100  20350
			2 03:00  20350  20350  19850  19900`,
		trades: "long 0.1 @ 20100 at 2 01:00, trailing_stop 0.1 @ 19998 at 2 03:00",
	});
});
