// Where the reference R comes from (spec §2, §3). Base candles trade 1 coin for 20000 unless their row says otherwise; with 24 of them in
// [A − 24 h, A), one whose turnover is 24800 makes V(A) = (23 · 20000 + 24800) ÷ 24 = 20200, and one with 15200 makes it 19800.
// σ is half the distance of the last two closes, so closes 20000 and 20100 give σ = 50.

import { test } from "node:test";
import { check } from "../../support/golden.ts";

const DAILY = { type: "daily", price: null };

test("a daily anchor takes V at 00:00, over the candles of the 24 hours before, and keeps it all day (E1)", () => {
	// R = V(2 00:00) = 20200, which is the price until 20:00. The close of 20100 at 21:00 is below 20200 − 50 = 20150; above V(2 21:00) = 20000.
	check({
		config: { strategy: { anchor: DAILY } },
		warmUp: null,
		candles: `
			1 00:00  20200  20200  20200  20200  1  24800
			flat to 2 20:00
			2 20:00  20200  20200  20100  20100
			2 21:00  20100  20100  20100  20100`,
		trades: "short 0.1 @ 20100 at 2 21:00, end_of_data 0.1 @ 20100 at 2 21:00",
	});
});

test("the candle that opens at the anchor is not part of V (E1)", () => {
	check({
		config: { strategy: { anchor: DAILY } },
		candles: `
			2 00:00  20000  20100  20000  20100  1  99000
			2 01:00  20100  20100  20100  20100`,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00",
	});
});

test("re-anchoring comes first: the signal of that instant is judged against the new reference (E2)", () => {
	// Until 3 00:00 R = 20000. The last candle of the day has a turnover of 24800: V(3 00:00) = 20200. Its close, 20100, lies above 20000 + 50
	// and below 20200 − 50: it goes short.
	const strategy = { anchor: DAILY };
	const day = (turnover: number) => `
		2 00:00  20000  20000  20000  20000
		flat to 2 23:00
		2 23:00  20000  20100  20000  20100  1 ${turnover}
		3 00:00  20100  20100  20100  20100`;
	check({ config: { strategy }, candles: day(24_800), trades: "short 0.1 @ 20100 at 3 00:00, end_of_data 0.1 @ 20100 at 3 00:00" });
	check({ config: { strategy }, candles: day(20_000), trades: "long 0.1 @ 20100 at 3 00:00, end_of_data 0.1 @ 20100 at 3 00:00" });
});

test("an opposite signal may come from the reference alone (E2, E3)", () => {
	// Price stays at 20100, R goes from 20000 to 20200 at 3 00:00: σ = 0.
	check({
		config: { strategy: { anchor: DAILY, cooldown: { candles: 0 } } },
		candles: `
			2 00:00  20000  20100  20000  20100  1 24800
			flat to 3 02:00`,
		trades: `
			long 0.1 @ 20100 at 2 01:00, opposite_signal 0.1 @ 20100 at 3 00:00
			short 0.1 @ 20100 at 3 00:00, end_of_data 0.1 @ 20100 at 3 01:00`,
	});
});

test("session_start moves the daily anchor, and between candle closes V is that of the anchor, not of the evaluation (E2)", () => {
	// Half-hour candles: 48 of them. V(09:30) = (47 · 20000 + 29600) ÷ 48 = 20200 with the one that opens at 09:00 and without the one that opens
	// at 09:30, whose 10400 would bring V(10:00) back to 20000. At 10:00 the closes are 20000 and 20100: short below 20150.
	check({
		config: { strategy: { anchor: { ...DAILY, session_start: "09:30" } }, backtest: { base_interval: "30" } },
		base: "30",
		candles: `
			2 00:00  20000  20000  20000  20000
			flat to 2 09:00
			2 09:00  20000  20000  20000  20000  1 29600
			2 09:30  20000  20100  20000  20100  1 10400
			2 10:00  20100  20100  20100  20100`,
		trades: "short 0.1 @ 20100 at 2 10:00, end_of_data 0.1 @ 20100 at 2 10:00",
	});
});

test("a session that opened before the data's first 24 hours were over leaves no reference until the next (E2)", () => {
	// Opened at 1 22:00, when the data was 22 hours old; the next one at 2 22:00.
	check({
		config: { strategy: { anchor: { ...DAILY, session_start: "22:00" } } },
		candles: `
			2 00:00  20000  20100  20000  20100
			flat to 2 23:00`,
		trades: "long 0.1 @ 20100 at 2 22:00, end_of_data 0.1 @ 20100 at 2 22:00",
	});
});

test("a given instant is the anchor from then on: before it there is no signal (E1)", () => {
	// V(03:00) = 20000 with the defaults. Signals at 01:00 and 02:00 would be long.
	const anchor = { type: "time", price: null, time: "2024-01-02T03:00Z" };
	check({
		config: { strategy: { anchor } },
		candles: `
			2 00:00  20000  20100  20000  20100
			flat to 2 04:00`,
		trades: "long 0.1 @ 20100 at 2 03:00, end_of_data 0.1 @ 20100 at 2 03:00",
	});
});

test("an instant off the boundary takes the V of that instant at the first evaluation after it (E1)", () => {
	// A = 02:30: the half-hour candle of 02:00 (29600) is in, that of 02:30 (10400) is not: R = 20200, and 20100 is below it.
	check({
		config: { strategy: { anchor: { type: "time", price: null, time: "2024-01-02T02:30Z" } }, backtest: { base_interval: "30" } },
		base: "30",
		candles: `
			2 00:00  20000  20100  20000  20100
			flat to 2 02:00
			2 02:00  20100  20100  20100  20100  1 29600
			2 02:30  20100  20100  20100  20100  1 10400
			flat to 2 04:00`,
		trades: "short 0.1 @ 20100 at 2 03:00, end_of_data 0.1 @ 20100 at 2 03:30",
	});
});

test("an instant inside the first 24 hours leaves no reference, and the report says so; 24 hours after the first open it has one (E1, C2)", () => {
	const candles = `
		2 00:00  20000  20100  20000  20100
		flat to 2 03:00`;
	const at = (time: string) => ({ strategy: { anchor: { type: "time", price: null, time } } });
	check({ config: at("2024-01-01T23:59:59.999Z"), candles, trades: "", warns: [/anchor.time .* there is no reference, and no signal/] });
	check({ config: at("2024-01-02T00:00Z"), candles, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 02:00" });
});

test("a given price is the reference, always: what the exchange's VWAP does means nothing (E1)", () => {
	check({
		config: { strategy: { anchor: { type: "price", price: 20_000 } } },
		candles: `
			2 00:00  20000  20100  20000  20100  1 99000
			2 01:00  20100  20100  20100  20100  1 99000`,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00",
	});
});

test("no volume, no VWAP, and so no signal (C2)", () => {
	// All 24 candles before 2 00:00 traded nothing.
	check({
		config: { strategy: { anchor: DAILY } },
		warmUp: null,
		candles: `
			${Array.from({ length: 24 }, (_, hour) => `1 ${String(hour).padStart(2, "0")}:00 20000 20000 20000 20000 0 0`).join("\n")}
			2 00:00  20000  20100  20000  20100
			flat to 2 04:00`,
		trades: "",
	});
});

test("no signal before 24 hours after the first open, whatever the anchor (E1)", () => {
	// R = 19900 all the time, closes at 20000: long from the first evaluation that may be.
	check({
		config: { strategy: { anchor: { price: 19_900 } } },
		candles: "2 00:00  20000  20000  20000  20000",
		trades: "long 0.1 @ 20000 at 2 00:00, end_of_data 0.1 @ 20000 at 2 00:00",
	});
	// One candle less: 24 hours are over at 2 01:00 only.
	check({
		config: { strategy: { anchor: { price: 19_900 } } },
		warmUp: null,
		candles: `
			1 01:00  20000  20000  20000  20000
			flat to 2 02:00`,
		trades: "long 0.1 @ 20000 at 2 01:00, end_of_data 0.1 @ 20000 at 2 01:00",
	});
});

test("extreme anchors at a high strictly above, or a low strictly below, all others of the lookback (E1, E2)", () => {
	// Without an anchor there is no reference and no trade. V(2 01:00) = 20000; the close is above 20000 + 50, or below 20000 − 50.
	const strategy = { anchor: { type: "extreme", price: null, lookback: 3 } };
	const rows = [
		{ candle: "20000  20100  20000  20100", trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" },
		{ candle: "20000  20000  19900  19900", trades: "short 0.101 @ 19900 at 2 01:00, end_of_data 0.101 @ 19900 at 2 01:00" },
		{ candle: "20000  20000.1  20000  20000.1", trades: "long 0.1 @ 20000.1 at 2 01:00, end_of_data 0.1 @ 20000.1 at 2 01:00" },
	];
	for (const { candle, trades } of rows) {
		const close = candle.split(/ +/).at(-1);
		check({ config: { strategy }, candles: `2 00:00 ${candle}\n 2 01:00 ${close} ${close} ${close} ${close}`, trades });
	}
	// The high of 1 22:00 is met, not passed: no anchor. One tick more is one.
	for (const [high, trades] of [
		["20150", ""],
		["20150.1", "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00"],
	] as const)
		check({
			config: { strategy },
			warmUp: null,
			candles: `
				1 00:00  20000  20000  20000  20000
				flat to 1 22:00
				1 22:00  20000  20150  19950  20000
				1 23:00  20000  20000  20000  20000
				2 00:00  20000  ${high}  20000  20100
				2 01:00  20100  20100  20100  20100`,
			// The candle of 22:00 is itself an extreme: its anchor lies in the first 24 hours and leaves no reference.
			trades,
		});
});

test("an extreme of a lookback that is longer than what has closed is none (E1)", () => {
	// The candle of 2 00:00 is the 25th.
	const rows = [
		{ lookback: 24, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 02:00" },
		{ lookback: 25, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 02:00" },
		{ lookback: 26, trades: "" },
	];
	for (const { lookback, trades } of rows)
		check({
			config: { strategy: { anchor: { type: "extreme", price: null, lookback } } },
			candles: `
				2 00:00  20000  20100  20000  20100
				flat to 2 03:00`,
			trades,
		});
});

test("V at an extreme or an event holds the candle that makes it (E1)", () => {
	// Its turnover of 24800 makes V(2 01:00) = 20200: the close at 20100 is a short.
	check({
		config: { strategy: { anchor: { type: "extreme", price: null, lookback: 3 } } },
		candles: `
			2 00:00  20000  20100  20000  20100  1 24800
			2 01:00  20100  20100  20100  20100`,
		trades: "short 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00",
	});
});

test("a later extreme moves the anchor, and is judged against its own reference at once (E2)", () => {
	// At 01:00 R = 20000 and long. At 04:00 the high of 20300 is new among three, and V(04:00) = (21 · 20000 + 20000 + 20000 + 32000) ÷ 24 = 20500:
	// 20300 is below 20500 − 100.
	check({
		config: { strategy: { anchor: { type: "extreme", price: null, lookback: 3 }, cooldown: { candles: 0 } } },
		candles: `
			2 00:00  20000  20100  20000  20100
			flat to 2 03:00
			2 03:00  20100  20300  20100  20300  1 32000
			2 04:00  20300  20300  20300  20300`,
		trades: `
			long 0.1 @ 20100 at 2 01:00, opposite_signal 0.1 @ 20300 at 2 04:00
			short 0.099 @ 20300 at 2 04:00, end_of_data 0.099 @ 20300 at 2 04:00`, // 2010 ÷ 20300 = 0.09901
	});
});

test("an event is a candle of so many times the mean volume of those before it (E2)", () => {
	// Three candles of 1 coin before: 3 is three times the mean. V(2 01:00) stays 20000, since every coin costs that.
	const rows = [
		{ volume: "2.999 59980", trades: "" },
		{ volume: "3     60000", trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" },
		{ volume: "3.001 60020", trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" },
	];
	for (const { volume, trades } of rows)
		check({
			config: { strategy: { anchor: { type: "event", price: null, lookback: 3 } } },
			candles: `
				2 00:00  20000  20100  20000  20100  ${volume}
				2 01:00  20100  20100  20100  20100`,
			trades,
		});
});

test("an event is a candle of so many times the ATR as it stood before it (E2)", () => {
	// N = 2. The quiet market has an ATR of 0, and a range of any size is no event then. 00:00 has a true range of 40: ATR = (0 · 1 + 40) ÷ 2 = 20.
	// 01:00 closes at 20050; three times 20 is 60.
	const rows = [
		{ high: "20059.9", low: "20000", trades: "" },
		{ high: "20060", low: "20000", trades: "long 0.1 @ 20050 at 2 02:00, end_of_data 0.1 @ 20050 at 2 02:00" },
		{ high: "20060.1", low: "20000", trades: "long 0.1 @ 20050 at 2 02:00, end_of_data 0.1 @ 20050 at 2 02:00" },
	];
	for (const { high, low, trades } of rows)
		check({
			config: { strategy: { anchor: { type: "event", price: null, lookback: 3 } } },
			candles: `
				2 00:00  20000  20020    19980   20000
				2 01:00  20000  ${high}  ${low}  20050
				2 02:00  20050  20050    20050   20050`,
			trades,
		});
});

test("no event before lookback candles have closed before it (E2)", () => {
	// 24 candles have closed before that of 2 00:00.
	const rows = [
		{ lookback: 23, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" },
		{ lookback: 24, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" },
		{ lookback: 25, trades: "" },
	];
	for (const { lookback, trades } of rows)
		check({
			config: { strategy: { anchor: { type: "event", price: null, lookback } } },
			candles: `
				2 00:00  20000  20100  20000  20100  5 100000
				2 01:00  20100  20100  20100  20100`,
			trades,
		});
});

test("an event needs a mean volume above zero (E2)", () => {
	const quiet = (volume: string) =>
		Array.from({ length: 23 }, (_, hour) => `1 ${String(hour + 1).padStart(2, "0")}:00 20000 20000 20000 20000 ${volume}`);
	for (const [volume, trades] of [
		["0 0", ""],
		["0.001 20", "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00"],
	] as const)
		check({
			config: { strategy: { anchor: { type: "event", price: null, lookback: 3 } } },
			warmUp: null,
			candles: `
				1 00:00  20000  20000  20000  20000  1 20000
				${quiet(volume).join("\n")}
				2 00:00  20000  20100  20000  20100  5 100000
				2 01:00  20100  20100  20100  20100`,
			trades,
		});
});

test("with vwap.source kline R is Σ turnover ÷ Σ volume since the anchor, and there is none at the anchor itself (E1)", () => {
	// At 2 00:00 no candle has closed since the anchor: no signal, though 20100 stands above everything before. At 01:00 R = 40100 ÷ 2 = 20050,
	// σ = 0: long at 20100.
	check({
		config: { strategy: { vwap: { source: "kline" }, anchor: DAILY } },
		warmUp: null,
		candles: `
			1 00:00  20000  20000  20000  20000
			flat to 1 23:00
			1 23:00  20000  20100  20000  20100
			2 00:00  20100  20100  20100  20100  2 40100
			2 01:00  20100  20100  20100  20100`,
		trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00",
	});
});

test("with vwap.source kline R moves with every closed candle (E1)", () => {
	// At 01:00 R = 40200 ÷ 2 = 20100 and 20100 is not above it; at 02:00 R = (40200 + 41000) ÷ 4 = 20300; 20100 is below it.
	check({
		config: { strategy: { vwap: { source: "kline" }, anchor: DAILY } },
		candles: `
			2 00:00  20100  20100  20100  20100  2 40200
			2 01:00  20100  20100  20100  20100  2 41000
			2 02:00  20100  20100  20100  20100`,
		trades: "short 0.1 @ 20100 at 2 02:00, end_of_data 0.1 @ 20100 at 2 02:00",
	});
});

test("with vwap.source kline an anchor may lie in the first 24 hours, but not before the data (E1)", () => {
	const at = (time: string) => ({ strategy: { vwap: { source: "kline" }, anchor: { type: "time", price: null, time } } });
	const candles = `
		2 00:00  20000  20100  20000  20100
		flat to 2 02:00`;
	check({ config: at("2024-01-01T12:00Z"), candles, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" });
	check({ config: at("2024-01-01T00:00Z"), candles, trades: "long 0.1 @ 20100 at 2 01:00, end_of_data 0.1 @ 20100 at 2 01:00" });
	check({ config: at("2023-12-31T23:00Z"), candles, trades: "", warns: [/anchor.time .* there is no reference/] });
});

test("with vwap.source kline an extreme begins the sums anew after itself (E1)", () => {
	// The extreme of 00:00 anchors at 01:00, where no candle has closed since. At 02:00 R = 40400 ÷ 2 = 20200: 20100 is below it.
	check({
		config: { strategy: { vwap: { source: "kline" }, anchor: { type: "extreme", price: null, lookback: 3 } } },
		candles: `
			2 00:00  20000  20150  20000  20100
			2 01:00  20100  20100  20100  20100  2 40400
			2 02:00  20100  20100  20100  20100`,
		trades: "short 0.1 @ 20100 at 2 02:00, end_of_data 0.1 @ 20100 at 2 02:00",
	});
});
