import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addUsdt, usdtNumber } from "../units/grid.ts";
import { DAY, HOUR, MINUTE } from "../units/unit.ts";
import { type Metrics, measure, reasonsOf } from "./metrics.ts";
import { chainOf, curveOf, runOf, START, type TradeSketch, tradeOf, usdt } from "./testing/sample-run.ts";
import { EXIT_REASONS } from "./trade.ts";

function check(metrics: Metrics, expected: Partial<Metrics>): void {
	for (const [name, value] of Object.entries(expected)) {
		const actual = metrics[name as keyof Metrics]; // keys of a Partial<Metrics>
		if (typeof value !== "number" || typeof actual !== "number") assert.deepEqual(actual, value, name);
		else assert.ok(Math.abs(actual - value) <= 1e-9 * Math.max(1, Math.abs(value)), `${name}: ${actual} is not ${value}`);
	}
}

const THREE: readonly TradeSketch[] = [
	{ pnl: 40, fees: 2, funding: 1, slippage: 0.5, in: HOUR, out: 3 * HOUR, reasons: ["take_profit", "stop_loss"] },
	{ pnl: -26, fees: 3, funding: -0.5, slippage: 1.5, in: 10 * HOUR, out: 11 * HOUR, direction: "short" },
	{ pnl: -10.14, fees: 1, in: 24 * HOUR, out: 36 * HOUR },
];

test("three trades worked by hand (H2)", () => {
	const trades = chainOf(THREE, 1000);
	const curve = curveOf([
		[3 * HOUR, 1040],
		[DAY, 1014],
		[2 * DAY, 1003.86],
	]);
	check(measure(runOf({ trades, ...curve, ambiguousCandles: 2 })), {
		pnl: 3.86, // 40 − 26 − 10.14
		returnPct: 0.386, // of 1000
		mdd: 36.14, // 1040 − 1003.86
		mddPct: (100 * 36.14) / 1040,
		mddFrom: START + 3 * HOUR,
		mddTo: START + 2 * DAY,
		trades: 3,
		wins: 1,
		winRate: 100 / 3,
		cagr: 1.00386 ** (365.25 / 2) - 1, // 2 days
		calmar: (100 * (1.00386 ** (365.25 / 2) - 1)) / ((100 * 36.14) / 1040),
		profitFactor: 40 / 36.14,
		expectancy: 3.86 / 3,
		averageWin: 40,
		averageLoss: -18.07, // (−26 − 10.14)/2
		averageHoldingMs: 5 * HOUR, // (2 + 1 + 12)/3
		longestHoldingMs: 12 * HOUR,
		exposurePct: 31.25, // 15 of 48 hours
		fees: 6,
		funding: 0.5,
		slippage: 2,
		gross: 12.36, // 3.86 + 6 + 0.5 + 2
		winStreak: 1,
		lossStreak: 2,
		ambiguousCandles: 2,
		// returns 1014/1000 − 1 = 0.014 and 1003.86/1014 − 1 = −0.01: mean 0.002, deviations ±0.012
		sharpe: (0.002 / 0.012) * Math.sqrt(365),
		sortino: (0.002 / (0.01 / Math.sqrt(2))) * Math.sqrt(365),
		byDirection: { long: { trades: 2, wins: 1, winRate: 50, pnl: 29.86 }, short: { trades: 1, wins: 0, winRate: 0, pnl: -26 } },
		byReason: [
			{ reasons: ["stop_loss"], trades: 2, wins: 0, winRate: 0, pnl: -36.14 },
			{ reasons: ["take_profit", "stop_loss"], trades: 1, wins: 1, winRate: 100, pnl: 40 },
		],
		worstTrade: { index: 1, pct: -2.5, pnl: -26 }, // of 1040
	});
});

test("the worst trade is the one that lost most of its own balance, not most money (H2, F2)", () => {
	const trades = [tradeOf({ pnl: -10, before: 1000 }), tradeOf({ pnl: -9, before: 500 }), tradeOf({ pnl: -1, before: 1000 })];
	check(measure(runOf({ trades })), { worstTrade: { index: 1, pct: -1.8, pnl: -9 } });
});

test("a figure that does not exist is undefined and never NaN (H2)", () => {
	const none = { winRate: undefined, profitFactor: undefined, expectancy: undefined, averageWin: undefined, averageLoss: undefined };
	const rows: readonly { name: string; metrics: Metrics; expected: Partial<Metrics> }[] = [
		{
			name: "no trade",
			metrics: measure(runOf()),
			expected: {
				...none,
				averageHoldingMs: undefined,
				worstTrade: undefined,
				sharpe: undefined,
				sortino: undefined,
				cagr: 0,
				exposurePct: 0,
			},
		},
		{
			name: "no loss",
			metrics: measure(runOf({ trades: [tradeOf({ pnl: 1 })] })),
			expected: { profitFactor: undefined, averageLoss: undefined },
		},
		{ name: "no win", metrics: measure(runOf({ trades: [tradeOf({ pnl: -1 })] })), expected: { profitFactor: 0, averageWin: undefined } },
		{ name: "no time", metrics: measure(runOf({ end: START })), expected: { cagr: undefined, calmar: undefined, exposurePct: undefined } },
		{ name: "no fall", metrics: measure(runOf(curveOf([[DAY, 1010]]))), expected: { mdd: 0, mddPct: 0, calmar: undefined } },
		{ name: "nothing left", metrics: measure(runOf(curveOf([[DAY, 0]]))), expected: { cagr: -1, mddPct: 100, calmar: -1 } },
		{
			name: "beyond numbers",
			metrics: measure(runOf({ ...curveOf([[MINUTE, 5000]]), end: START + MINUTE })),
			expected: { cagr: undefined },
		},
	];
	for (const { metrics, expected } of rows) {
		check(metrics, expected);
		for (const [name, value] of Object.entries(metrics)) assert.ok(typeof value !== "number" || Number.isFinite(value), name);
	}
});

test("a win has PnL above zero: just under, at, just over (H2)", () => {
	const rows = [
		[-0.00000001, 0],
		[0, 0],
		[0.00000001, 1],
	] as const;
	for (const [pnl, wins] of rows) check(measure(runOf({ trades: [tradeOf({ pnl })] })), { wins, winStreak: wins, lossStreak: 1 - wins });
});

test("time in the market counts once what two symbols hold at once, and only within the run (H2)", () => {
	const spans = [
		[0, 12],
		[6, 18], // overlaps by 6 h
		[8, 10], // inside
		[40, 60], // 8 h of it before the end at 48 h
	] as const;
	const trades = spans.map(([from, to], i) => tradeOf({ symbol: i % 2 === 0 ? "BTCUSDT" : "ETHUSDT", in: from * HOUR, out: to * HOUR }));
	check(measure(runOf({ trades, symbols: ["BTCUSDT", "ETHUSDT"] })), { exposurePct: (100 * (18 + 8)) / 48 });
});

test("an exit in several fills names its reason once (H2)", () => {
	assert.deepEqual(reasonsOf(tradeOf({ reasons: ["take_profit", "take_profit", "stop_loss", "stop_loss"] })), ["take_profit", "stop_loss"]);
});

test("whatever the trades: rates lie in [0, 100], groups add up to the whole, and Σ PnL is final less initial balance (H2)", () => {
	const sketch: fc.Arbitrary<TradeSketch> = fc.record({
		pnl: fc.integer({ min: -5_000_000, max: 5_000_000 }).map((cents) => cents / 1e4),
		fees: fc.integer({ min: 0, max: 10_000 }).map((cents) => cents / 100),
		direction: fc.constantFrom("long", "short"),
		in: fc.integer({ min: 0, max: DAY }),
		out: fc.integer({ min: DAY, max: 2 * DAY }),
		reasons: fc.array(fc.constantFrom(...EXIT_REASONS), { minLength: 1, maxLength: 3 }),
	});
	fc.assert(
		fc.property(fc.array(sketch, { maxLength: 40 }), (sketches) => {
			const run = runOf({ trades: chainOf(sketches, 100_000), initialBalance: usdt(100_000) });
			const metrics = measure(run);
			const sum = run.trades.reduce((total, trade) => addUsdt(total, trade.pnl), usdt(0));
			assert.equal(metrics.pnl, usdtNumber(sum));
			for (const rate of [metrics.winRate ?? 0, metrics.exposurePct ?? 0, metrics.mddPct]) assert.ok(rate >= 0 && rate <= 100);
			for (const groups of [Object.values(metrics.byDirection), metrics.byReason]) {
				assert.equal(
					groups.reduce((count, { trades }) => count + trades, 0),
					metrics.trades,
				);
				const pnl = groups.reduce((total, group) => total + group.pnl, 0);
				assert.ok(Math.abs(pnl - metrics.pnl) < 1e-6);
			}
			assert.ok(metrics.winStreak <= metrics.wins && metrics.lossStreak <= metrics.trades - metrics.wins);
		}),
		{ seed: 1 },
	);
});
