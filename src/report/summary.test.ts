import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY, HOUR, MINUTE } from "../units/unit.ts";
import { stripAnsi, widthOf } from "./ansi.ts";
import type { RunRecord } from "./metrics.ts";
import { type SummaryOptions, summaryLines } from "./summary.ts";
import { chainOf, curveOf, runOf, type TradeSketch, usdt } from "./testing/sample-run.ts";
import { EXIT_REASONS } from "./trade.ts";

const SKETCHES: readonly TradeSketch[] = [
	{ pnl: 140, fees: 2, funding: 1, slippage: 0.5, in: HOUR, out: 3 * HOUR, reasons: ["take_profit", "stop_loss"] },
	{ pnl: -26, fees: 3, funding: -0.5, slippage: 1.5, in: 10 * HOUR, out: 11 * HOUR, direction: "short" },
];

function sample(parts: Partial<RunRecord> = {}): RunRecord {
	const curve = curveOf([
		[HOUR, 10_000],
		[3 * HOUR, 10_140],
		[2 * DAY, 10_114],
	]);
	return runOf({ initialBalance: usdt(10_000), trades: chainOf(SKETCHES, 10_000), ...curve, ...parts });
}

function text(run: RunRecord, options: Partial<SummaryOptions> = {}): string {
	return summaryLines(run, { width: 100, colour: false, unicode: true, ...options }).join("\n");
}

test("the head says what was run, and a generated market says that it is none (H2)", () => {
	assert.match(text(sample()), /^BTCUSDT {3}2024-01-01 → 2024-01-03 UTC \(2 d\) {3}2,880 candles of 1 m\n/);
	assert.match(text(sample({ generated: true })), /GENERATED MARKET, not history/);
	assert.doesNotMatch(text(sample()), /GENERATED/);
});

test("PnL, return, drawdown, win rate, trades, CAGR, balance and costs are all there (H2)", () => {
	const page = text(sample());
	const rows = [
		/PnL +\+114\.00 USDT/,
		/Return +\+1\.14 %/,
		/Balance at the end +10,114\.00 USDT/,
		/Trades +2 /,
		/Win rate +50\.00 %/,
		/CAGR +\+\d+\.\d+ %/,
		/Max drawdown +26\.00 USDT/,
		/Max drawdown +0\.26 %/,
		/take profit, then stop loss +1 +50\.0 +100\.0 +\+140\.00/,
		/short +1 +50\.0 +0\.0 +-26\.00/,
		/gross result +\+121\.50 +100\.0/, // 114 + 5 + 0.5 + 2
		/fees +-5\.00 +-4\.1/,
		/net result +\+114\.00 +93\.8/,
		/Worst trade: -0\.26 % of the balance at its entry \(-26\.00 USDT\); short BTCUSDT of 2024-01-01 10:00/,
		/No trade was decided by the order/,
	];
	for (const row of rows) assert.match(page, row);
});

test("the drawdown is held against 15 %, or the limit given: at it is within, just over is not (F7)", () => {
	const fall = (equity: number): RunRecord => sample(curveOf([[HOUR, equity]]));
	assert.match(text(fall(8500)), /15\.00 % +within 15 %/);
	assert.match(text(fall(8499.99)), /15\.00 % +OVER 15 %/);
	assert.match(text(fall(9900), { drawdownLimitPct: 0.5 }), /1\.00 % +OVER 0\.5 %/);
});

test("warnings are printed, broken at words, without what could steer a terminal", () => {
	const page = text(sample({ warnings: [{ kind: "halted", why: `\u001b[31mred ${"many words ".repeat(12)}` }] }));
	assert.match(page, /\n! trading stopped before the end: \[31mred many words/);
	assert.ok(!page.includes("\u001b"));
});

test("how much hangs on the order within candles is one sentence (H2)", () => {
	assert.match(text(sample({ ambiguousCandles: 1 })), /In 1 candle \(50\.00 % of the number of trades\) the order of high and low/);
});

test("a run without trades or without a curve still makes a page, with dashes for what does not exist (H2)", () => {
	const page = text(runOf());
	assert.match(page, /No trades\./);
	assert.match(page, /Win rate +– %/);
	assert.doesNotMatch(page, /NaN|undefined|Infinity/);
});

test("colour changes no character of the page, and is absent when not asked for", () => {
	const plain = text(sample());
	assert.ok(!plain.includes("\u001b"));
	assert.equal(stripAnsi(text(sample(), { colour: true })), plain);
	assert.ok(text(sample(), { colour: true }).includes("\u001b[32m"));
});

test("without Unicode the page is ASCII, of the same width line by line", () => {
	const ascii = text(sample({ ambiguousCandles: 1 }), { unicode: false });
	assert.match(ascii, /^[\n -~]*$/);
	const widths = (page: string): number[] => page.split("\n").map((line) => line.trimEnd().length);
	assert.equal(widths(ascii).length, widths(text(sample({ ambiguousCandles: 1 }))).length);
});

test("no line is wider than the page, whatever the run and the terminal, and figures are never NaN (H2)", () => {
	const sketch: fc.Arbitrary<TradeSketch> = fc.record({
		pnl: fc.oneof(
			fc.integer({ min: -500_000, max: 500_000 }),
			fc.integer({ min: -100, max: 100 }).map((amount) => amount / 1e4),
		),
		fees: fc.integer({ min: 0, max: 1000 }),
		direction: fc.constantFrom("long", "short"),
		in: fc.integer({ min: 0, max: DAY }),
		out: fc.integer({ min: DAY, max: 2 * DAY }),
		reasons: fc.array(fc.constantFrom(...EXIT_REASONS), { minLength: 1, maxLength: 4 }),
	});
	const equity = fc.array(fc.double({ min: 0.01, max: 9e7, noNaN: true }), { maxLength: 200 });
	const sizes = fc.record({ width: fc.integer({ min: 1, max: 300 }), colour: fc.boolean(), unicode: fc.boolean() });
	fc.assert(
		fc.property(
			fc.array(sketch, { maxLength: 20 }),
			equity,
			sizes,
			fc.array(fc.string(), { maxLength: 3 }),
			(sketches, curve, options, warnings) => {
				const trades = chainOf(sketches, 40_000_000);
				const points = curveOf(curve.map((value, i) => [(i + 1) * MINUTE, value]));
				const run = runOf({
					initialBalance: usdt(40_000_000),
					trades,
					...points,
					warnings: warnings.map((why) => ({ kind: "halted", why })),
					symbols: ["BTCUSDT", "ETHUSDT", "1000PEPEUSDT"],
				});
				const lines = summaryLines(run, options);
				const width = Math.min(100, Math.max(60, options.width));
				for (const line of lines) {
					assert.ok(widthOf(line) <= width, `${widthOf(line)} > ${width}: ${line}`);
					assert.doesNotMatch(stripAnsi(line), /NaN|undefined|Infinity|\n|\s$/);
				}
				assert.deepEqual(summaryLines(run, options), lines);
			},
		),
		{ seed: 1, numRuns: 200 },
	);
});
