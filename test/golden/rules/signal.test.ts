// Bands, momentum, warm-up and the signal itself (spec §4, §5). R is 20000 where a row does not say otherwise.

import { test } from "node:test";
import { check } from "../../support/golden.ts";

const LONG = "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00";
const SHORT = "short 0.101 @ 19900 at 2 01:00, end_of_data 0.101 @ 19900 at 2 01:00";
const UP = `
	2 00:00  20000  20100  20000  20100
	2 01:00  20100  20100  20100  20100`;
const DOWN = `
	2 00:00  20000  20000  19900  19900
	2 01:00  19900  19900  19900  19900`;

test("std: σ is the population standard deviation of the last closes, the newest included, and k its multiple (E1)", () => {
	// Closes 20000, 20100: mean 20050, σ = √((50² + 50²) ÷ 2) = 50 (a sample's would be 70.7). The close passes 20000 + k · 50 while k < 2.
	for (const [k, up, down] of [
		[1.998, LONG, SHORT],
		[2, "", ""], // exactly on the band is inside
		[2.002, "", ""],
	] as const) {
		check({ config: { strategy: { bands: { k } } }, candles: UP, trades: up });
		check({ config: { strategy: { bands: { k } } }, candles: DOWN, trades: down });
	}
	// Four closes, 20000 three times and 20100: mean 20025, σ = √((3 · 25² + 75²) ÷ 4) = 43.30127; 2.309 · σ = 99.98, 2.310 · σ = 100.03.
	check({ config: { strategy: { bands: { length: 4, k: 2.309 } } }, candles: UP, trades: LONG });
	check({ config: { strategy: { bands: { length: 4, k: 2.31 } } }, candles: UP, trades: "" });
});

test("atr: σ is Wilder's ATR, whose true range counts the gap from the previous close (E1)", () => {
	// N = 2, ATR of the quiet market 0. TR = 100 (20000 to 20100), ATR = (0 · 1 + 100) ÷ 2 = 50.
	for (const [k, trades] of [
		[1.998, LONG],
		[2, ""],
		[2.002, ""],
	] as const)
		check({ config: { strategy: { bands: { method: "atr", k } } }, candles: UP, trades });
	// The candle itself is 20 long, from 20080 to 20100; to the previous close it is 100.
	for (const [k, trades] of [
		[1.998, LONG],
		[2, ""],
	] as const)
		check({
			config: { strategy: { bands: { method: "atr", k } } },
			candles: `
				2 00:00  20080  20100  20080  20100
				2 01:00  20100  20100  20100  20100`,
			trades,
		});
});

test("atr: the next value is (ATR · (N − 1) + TR) ÷ N, not the mean of the last N (E1)", () => {
	// 00:00: TR = 120, ATR = 60, upper = 20000 + 2 · 60 = 20120. 01:00: TR = 40, ATR = (60 + 40) ÷ 2 = 50, upper = 20100, and 20110 is above it. The
	// mean of the last two ranges, 80, would put it at 20160.
	check({
		config: { strategy: { bands: { method: "atr", k: 2 } } },
		candles: `
			2 00:00  20000  20100  19980  20100
			2 01:00  20100  20130  20090  20110
			2 02:00  20110  20110  20110  20110`,
		trades: "long 0.099 @ 20110 at 2 02:00, end_of_data 0.099 @ 20110 at 2 02:00", // 2010 ÷ 20110 = 0.09995
	});
});

test("atr: the first value is the mean of the first N true ranges, and the very first candle has none (E1)", () => {
	// N = 24: 24 ranges need 25 candles. The first candle spans 400, which counts for nothing; 00:00 has TR = 240, the 23 between have 0:
	// ATR = 240 ÷ 24 = 10, upper = 20000 + 9.99 · 10 = 20099.9.
	const candles = `
		1 00:00  20000  20200  19800  20000
		flat to 2 00:00
		2 00:00  20000  20240  20000  20100
		2 01:00  20100  20100  20100  20100`;
	for (const [k, trades] of [
		[9.99, LONG],
		[10, ""],
	] as const)
		check({ config: { strategy: { bands: { method: "atr", length: 24, k } } }, warmUp: null, candles, trades });
});

test("no signal before N closed candles, N + 1 with atr (E1)", () => {
	// The 24th candle closes at 2 00:00, the 25th at 2 01:00, the 26th at 2 02:00. R is far below and k tiny.
	const rows = [
		{ bands: { method: "std", length: 24 }, entry: "2 00:00" },
		{ bands: { method: "std", length: 25 }, entry: "2 01:00" },
		{ bands: { method: "std", length: 26 }, entry: "2 02:00" },
		{ bands: { method: "atr", length: 23 }, entry: "2 00:00" },
		{ bands: { method: "atr", length: 24 }, entry: "2 01:00" },
		{ bands: { method: "atr", length: 25 }, entry: "2 02:00" },
	];
	for (const { bands, entry } of rows)
		check({
			config: { strategy: { anchor: { price: 19_000 }, bands } },
			candles: `
				2 00:00  20000  20000  20000  20000
				flat to 2 03:00`,
			trades: `long 0.1 @ 20000 at ${entry}, end_of_data 0.1 @ 20000 at 2 02:00`,
		});
});

test("no signal before L + 1 closed candles (E1)", () => {
	// Every candle from 1 01:00 on closes 1 higher than the one before, so that M > 0 as soon as there is one; R is far below, σ = 0.5.
	const hours = Array.from(
		{ length: 27 },
		(_, i) => `${i < 24 ? 1 : 2} ${String(i % 24).padStart(2, "0")}:00 ${20_000 + i} ${20_000 + i} ${20_000 + i} ${20_000 + i}`,
	);
	for (const [lookback, entry] of [
		[23, "2 00:00"],
		[24, "2 01:00"],
		[25, "2 02:00"],
	] as const) {
		const price = 20_000 + (entry === "2 00:00" ? 24 : entry === "2 01:00" ? 25 : 26);
		check({
			config: { strategy: { anchor: { price: 19_000 }, momentum: { lookback } } },
			warmUp: null,
			candles: hours.join("\n"),
			trades: `long 0.1 @ ${price} at ${entry}, end_of_data 0.1 @ 20026 at 2 02:00`,
		});
	}
});

test("momentum is close_j − close_(j−L): the signal waits until it points its way, and not at zero (E1)", () => {
	// R = 19900, σ at most 50: all closes are above the upper band. L = 3.
	const strategy = { anchor: { price: 19_900 }, momentum: { lookback: 3 } };
	check({
		config: { strategy },
		candles: `
			2 00:00  20000  20000  19990  19990  # M = 19990 − 20000
			2 01:00  19990  19995  19990  19995  # −5
			2 02:00  19995  20000  19995  20000  # 20000 − 20000 = 0
			2 03:00  20000  20000  19991  19991  # 19991 − 19990 = 1: long at 04:00
			2 04:00  19991  19991  19991  19991`,
		trades: "long 0.1 @ 19991 at 2 04:00, end_of_data 0.1 @ 19991 at 2 04:00",
	});
	check({
		config: { strategy: { ...strategy, anchor: { price: 20_100 } } },
		candles: `
			2 00:00  20000  20010  20000  20010  # 10
			2 01:00  20010  20010  20005  20005  # 5
			2 02:00  20005  20005  20000  20000  # 0
			2 03:00  20000  20009  20000  20009  # 20009 − 20010 = −1: short at 04:00
			2 04:00  20009  20009  20009  20009`,
		trades: "short 0.1 @ 20009 at 2 04:00, end_of_data 0.1 @ 20009 at 2 04:00",
	});
});

test("momentum.lookback 0 turns the filter off (E1)", () => {
	// Nothing has moved for a day.
	check({
		config: { strategy: { anchor: { price: 19_900 }, momentum: { lookback: 0 } } },
		candles: "2 00:00  20000  20000  20000  20000",
		trades: "long 0.1 @ 20000 at 2 00:00, end_of_data 0.1 @ 20000 at 2 00:00",
	});
	check({
		config: { strategy: { anchor: { price: 19_900 }, momentum: { lookback: 1 } } },
		candles: "2 00:00  20000  20000  20000  20000",
		trades: "",
	});
});

test("with trigger tick the signal is judged at every path point, against the bands of the last closed candle, and fills there (E1)", () => {
	// The last two closes are 20000: σ = 0, upper = 20000. Path of 00:00: open 20000, low 20000 (a tie takes it first), high 20100: long there.
	check({
		config: { strategy: { signal: { trigger: "tick" } } },
		candles: "2 00:00  20000  20100  20000  20050",
		trades: "long 0.1 @ 20100 at 2 00:00, end_of_data 0.1 @ 20050 at 2 00:00",
	});
	// And turns at the opposite signal within the same candle. Path: 20000, the low 19950 (50 away), the high 20080 (80 away), 20050.
	check({
		config: { strategy: { signal: { trigger: "tick" }, cooldown: { candles: 0 } }, sim: { path: "nearest" } },
		candles: "2 00:00  20000  20080  19950  20050",
		trades: `
			short 0.1 @ 19950 at 2 00:00, opposite_signal 0.1 @ 20080 at 2 00:00
			long 0.1 @ 20080 at 2 00:00, end_of_data 0.1 @ 20050 at 2 00:00`,
	});
});

test("with trigger tick momentum looks back from the running candle: p − close_(j−L+1) (E1)", () => {
	// R is far below. L = 1: in candle 01:00 M = p − 19900, at the high of 19950 it is 50. From close_(j−L) = 20000 it would be −50, and the
	// entry would wait for the close.
	check({
		config: { strategy: { anchor: { price: 19_000 }, signal: { trigger: "tick" }, momentum: { lookback: 1 } } },
		candles: `
			2 00:00  20000  20000  19900  19900
			2 01:00  19900  19950  19900  19940
			2 02:00  19940  19940  19940  19940`,
		trades: "long 0.1 @ 19950 at 2 01:00, end_of_data 0.1 @ 19940 at 2 02:00",
	});
});
