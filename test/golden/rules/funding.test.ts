// Funding (spec §9): at 00:00, 08:00 and 16:00 a position that is open before the first path point pays Q · P · rate, P the open.

import { test } from "node:test";
import { check } from "../../support/golden.ts";

const FAR = { take_profit_pct: 50, stop_loss_pct: 20 };
const CONFIG = {
	strategy: { exit: { long: FAR, short: FAR } },
	risk: { max_loss_pct: null, max_drawdown_pct: null },
	sim: { funding_rate: 0.0001 },
};

test("a long pays at each funding time it was open before, a short receives; a negative rate turns that round (H1)", () => {
	// Open from 07:00 over 08:00 (open 20200: 0.1 · 20200 · 0.0001 = 0.202) and 16:00 (open 20300: 0.203) until the end at 17:00.
	const candles = `
		2 06:00  20000  20100  20000  20100
		2 07:00  20100  20100  20100  20100
		2 08:00  20200  20200  20100  20100
		flat to 2 16:00
		2 16:00  20300  20300  20100  20100`;
	check({
		config: CONFIG,
		candles,
		trades: "long 0.1 @ 20100 at 2 07:00, end_of_data 0.1 @ 20100 at 2 16:00 | fees 0 funding 0.405 pnl -0.405 balance 9999.595",
	});
	check({
		config: { ...CONFIG, sim: { funding_rate: -0.0001 } },
		candles,
		trades: "long 0.1 @ 20100 at 2 07:00, end_of_data 0.1 @ 20100 at 2 16:00 | fees 0 funding -0.405 pnl 0.405 balance 10000.405",
	});
	// 0.101 · 19800 · 0.0001 = 0.19998
	check({
		config: CONFIG,
		candles: `
			2 06:00  20000  20000  19900  19900
			2 07:00  19900  19900  19900  19900
			2 08:00  19800  19900  19800  19900`,
		trades:
			"short 0.101 @ 19900 at 2 07:00, end_of_data 0.101 @ 19900 at 2 08:00 | fees 0 funding -0.19998 pnl 0.19998 balance 10000.19998",
	});
});

test("a position opened at the funding time does not pay at it (H1)", () => {
	check({
		config: CONFIG,
		candles: `
			2 07:00  20000  20100  20000  20100
			2 08:00  20100  20100  20100  20100
			flat to 2 10:00`,
		trades: "long 0.1 @ 20100 at 2 08:00, end_of_data 0.1 @ 20100 at 2 09:00 | fees 0 funding 0 pnl 0 balance 10000",
	});
});

test("a position closed by a decision of the funding time, or by its opening gap, pays (H1)", () => {
	// At 08:00 the signal is short: 0.1 · 19700 · 0.0001 = 0.197.
	check({
		config: CONFIG,
		candles: `
			2 06:00  20000  20100  20000  20100
			2 07:00  20100  20100  19800  19800
			2 08:00  19700  19700  19700  19700`,
		trades: "long 0.1 @ 20100 at 2 07:00, opposite_signal 0.1 @ 19700 at 2 08:00 | fees 0 funding 0.197 pnl -40.197 balance 9959.803",
	});
	// The open of 19800 is past the stop at 19899: 0.198.
	check({
		config: { sim: { funding_rate: 0.0001 } },
		candles: `
			2 06:00  20000  20100  20000  20100
			2 07:00  20100  20100  20100  20100
			2 08:00  19800  19950  19800  19950`,
		trades: "long 0.1 @ 20100 at 2 07:00, stop_loss 0.1 @ 19800 at 2 08:00 | fees 0 funding 0.198 pnl -30.198 balance 9969.802",
	});
});

test("a position closed before the funding time does not pay (H1)", () => {
	check({
		config: { sim: { funding_rate: 0.0001 } },
		candles: `
			2 06:00  20000  20100  20000  20100
			2 07:00  20100  20100  19850  19950
			2 08:00  19950  19950  19950  19950`,
		trades: "long 0.1 @ 20100 at 2 07:00, stop_loss 0.1 @ 19899 at 2 07:00 | fees 0 funding 0 pnl -20.1 balance 9979.9",
	});
});

test("what TP1 has taken no longer pays (H1)", () => {
	// TP1 at 20703 in the candle of 07:00; at 08:00 0.05 · 20600 · 0.0001 = 0.103.
	check({
		config: { sim: { funding_rate: 0.0001 } },
		candles: `
			2 06:00  20000  20100  20000  20100
			2 07:00  20100  20710  20100  20600
			2 08:00  20600  20600  20600  20600`,
		trades:
			"long 0.1 @ 20100 at 2 07:00, take_profit 0.05 @ 20703 at 2 07:00, end_of_data 0.05 @ 20600 at 2 08:00 | fees 0 funding 0.103 pnl 55.047 balance 10055.047",
	});
});

test("a funding time inside a base candle is charged at the next open, at that price, to the position held then (H1)", () => {
	// Twelve-hour candles: 08:00 lies inside that of 00:00, 16:00 inside that of 12:00. Long from 2 12:00.
	const config = { ...CONFIG, strategy: { ...CONFIG.strategy, interval: "720" } };
	check({
		config,
		base: "720",
		candles: `
			2 00:00  20000  20100  20000  20100  # flat at 08:00
			2 12:00  20100  20100  20100  20100  # opened here, after the funding of 08:00
			3 00:00  20300  20300  20100  20100  # 16:00 and 00:00: 2 · 0.1 · 20300 · 0.0001 = 0.406
			3 12:00  20200  20200  20100  20100`, // 08:00: 0.1 · 20200 · 0.0001 = 0.202
		trades: "long 0.1 @ 20100 at 2 12:00, end_of_data 0.1 @ 20100 at 3 12:00 | fees 0 funding 0.608 pnl -0.608 balance 9999.392",
	});
	// Stopped out inside the candle of 12:00: nothing is held at its end.
	check({
		config: { ...config, strategy: { interval: "720" } },
		base: "720",
		candles: `
			2 00:00  20000  20100  20000  20100
			2 12:00  20100  20100  19800  19950
			3 00:00  19950  19950  19950  19950`,
		trades: "long 0.1 @ 20100 at 2 12:00, stop_loss 0.1 @ 19899 at 2 12:00 | fees 0 funding 0 pnl -20.1 balance 9979.9",
	});
});

test("a funding time in a gap is charged at the next open (H1)", () => {
	// 08:00 is missing: 0.1 · 20500 · 0.0001 = 0.205 at 10:00.
	check({
		config: { ...CONFIG, data: { allow_gaps: true } },
		candles: `
			2 06:00  20000  20100  20000  20100
			2 07:00  20100  20100  20100  20100
			2 10:00  20500  20500  20500  20500`,
		trades: "long 0.1 @ 20100 at 2 07:00, end_of_data 0.1 @ 20500 at 2 10:00 | fees 0 funding 0.205 pnl 39.795 balance 10039.795",
	});
});

test("a funding time at the end of the data is not charged (H1)", () => {
	const rows = [
		{ end: "flat to 2 08:00", at: "2 07:00", money: "fees 0 funding 0 pnl 0 balance 10000" },
		{ end: "flat to 2 09:00", at: "2 08:00", money: "fees 0 funding 0.201 pnl -0.201 balance 9999.799" },
	];
	for (const { end, at, money } of rows)
		check({
			config: CONFIG,
			candles: `
				2 06:00  20000  20100  20000  20100
				${end}`,
			trades: `long 0.1 @ 20100 at 2 07:00, end_of_data 0.1 @ 20100 at ${at} | ${money}`,
		});
});

test("a recorded rate belongs to the funding time nearest within a minute; without one sim.funding_rate stands in, and the report counts (H1)", () => {
	// Long over 08:00, 16:00 and 00:00 at 20100: at 0.001 each costs 2.01, at the standard 0.0001 0.201.
	const candles = `
		2 06:00  20000  20100  20000  20100
		flat to 3 01:00`;
	const trade = "long 0.1 @ 20100 at 2 07:00, end_of_data 0.1 @ 20100 at 3 00:00";
	check({
		config: CONFIG,
		candles,
		funding: `
			2 08:00:00.007  0.001
			2 15:59:59.999  0.001
			3 00:00:00.000  -0.001`,
		trades: `${trade} | fees 0 funding 2.01 pnl -2.01 balance 9997.99`, // 2.01 + 2.01 − 2.01
	});
	check({
		config: CONFIG,
		candles,
		funding: `
			2 08:01:00.000  0.001
			2 16:01:00.001  0.001
			2 23:58:59.999  0.001`,
		trades: `${trade} | fees 0 funding 2.412 pnl -2.412 balance 9997.588`, // 2.01 + 0.201 + 0.201
		warns: [/^2 funding times had no recorded rate/],
	});
});

test("the nearest of several recorded rates counts (H1)", () => {
	check({
		config: CONFIG,
		candles: `
			2 06:00  20000  20100  20000  20100
			flat to 2 09:00`,
		funding: `
			2 07:59:50.000  0.002
			2 08:00:09.000  0.001`,
		trades: "long 0.1 @ 20100 at 2 07:00, end_of_data 0.1 @ 20100 at 2 08:00 | fees 0 funding 2.01 pnl -2.01 balance 9997.99",
	});
});
