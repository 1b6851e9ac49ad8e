import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY, HOUR } from "../units/unit.ts";
import { readCurve, sharpeRatio, sortinoRatio } from "./equity-curve.ts";
import { curveOf, START } from "./testing/sample-run.ts";

type Points = readonly (readonly [after: number, equity: number])[];

function facts(points: Points, equity = 100) {
	return readCurve(curveOf(points), { at: START, equity });
}

function near(actual: number | undefined, expected: number): void {
	assert.ok(actual !== undefined && Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

test("the drawdown in USDT and the one in % may be two falls, and the initial balance is the first peak (H2, F7)", () => {
	const rows: readonly { points: Points; usdt: number; pct: number; from: number; to: number }[] = [
		// 100 → 90 falls 10 = 10 %; 200 → 185 falls 15 = 7.5 %
		{
			points: [
				[HOUR, 90],
				[2 * HOUR, 200],
				[3 * HOUR, 185],
			],
			usdt: 15,
			pct: 10,
			from: 0,
			to: HOUR,
		},
		// 120 → 114 falls 6 = 5 %; the later 120 is no new peak, 120 → 111 falls 9 = 7.5 % of the first 120
		{
			points: [
				[HOUR, 120],
				[2 * HOUR, 114],
				[3 * HOUR, 120],
				[4 * HOUR, 111],
			],
			usdt: 9,
			pct: 7.5,
			from: HOUR,
			to: 4 * HOUR,
		},
		// never below a peak
		{
			points: [
				[HOUR, 100],
				[2 * HOUR, 101],
			],
			usdt: 0,
			pct: 0,
			from: 0,
			to: 0,
		},
		{ points: [], usdt: 0, pct: 0, from: 0, to: 0 },
	];
	for (const { points, usdt, pct, from, to } of rows) {
		const { drawdown, drawdownPct, drawdownFrom, drawdownTo } = facts(points);
		assert.deepEqual([drawdown, drawdownFrom - START, drawdownTo - START], [usdt, from, to]);
		near(drawdownPct, pct);
	}
});

test("the low of a fall is where equity reached it first, however long it stays there (H2)", () => {
	fc.assert(
		fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (peak, left) => {
			const low = peak * left;
			const { drawdownTo } = facts(
				[1, 2, 3].map((hours) => [hours * HOUR, low] as const),
				peak,
			);
			assert.equal(drawdownTo, START + HOUR);
		}),
	);
});

test("a day's return is taken from its last point to the last point before; the close at midnight ends the day (H2)", () => {
	const { daily } = facts([
		[HOUR, 50],
		[DAY, 110], // 00:00 of the second day: the first day's last; 110/100 − 1
		[DAY + 1, 70],
		[2 * DAY - 1, 99], // 99/110 − 1
		[2 * DAY + HOUR, 198], // 198/99 − 1, of a day that has just begun
	]);
	assert.equal(daily.quietDays, 0);
	assert.equal(daily.returns.length, 3);
	[0.1, -0.1, 1].forEach((expected, i) => {
		near(daily.returns[i], expected);
	});
});

test("a day without a point keeps the equity of the day before (H2)", () => {
	const { daily } = facts([
		[HOUR, 110],
		[3 * DAY + HOUR, 121], // the second and third day are quiet
	]);
	assert.equal(daily.quietDays, 2);
	assert.equal(daily.returns.length, 2);
	near(daily.returns[0], 0.1);
	near(daily.returns[1], 0.1);
});

test("Sharpe and Sortino of worked days, annualised by √365 (H2)", () => {
	const rows: readonly { returns: readonly number[]; quiet?: number; sharpe: number; sortino: number }[] = [
		// mean 0.01; deviations ±0.02 → σ 0.02; downside √(0.01²/2) = 0.01/√2
		{ returns: [0.03, -0.01], sharpe: 0.5 * Math.sqrt(365), sortino: Math.sqrt(2) * Math.sqrt(365) },
		// the same with two quiet days: mean 0.005; squares 0.025² + 0.015² + 2·0.005² = 0.0009, ÷ 4 → σ 0.015; downside √(0.0001/4) = 0.005
		{ returns: [0.03, -0.01], quiet: 2, sharpe: (1 / 3) * Math.sqrt(365), sortino: Math.sqrt(365) },
		// losing: mean −0.02; σ 0.01; downside √((0.01² + 0.03²)/2) = √0.0005
		{ returns: [-0.01, -0.03], sharpe: -2 * Math.sqrt(365), sortino: (-0.02 / Math.sqrt(0.0005)) * Math.sqrt(365) },
	];
	for (const { returns, quiet = 0, sharpe, sortino } of rows) {
		near(sharpeRatio({ returns, quietDays: quiet }), sharpe);
		near(sortinoRatio({ returns, quietDays: quiet }), sortino);
	}
});

test("without variance Sharpe is 0, without a losing day Sortino is none, and without days neither exists (H2)", () => {
	const rows: readonly (readonly [returns: readonly number[], sharpe: number | undefined, sortino: number | undefined])[] = [
		[[0, 0, 0], 0, 0],
		[[0.01, 0.01, 0.01], 0, undefined],
		[[0.01], 0, undefined],
		[[], undefined, undefined],
		[[-1, Number.POSITIVE_INFINITY], undefined, undefined], // ruined, and then something from nothing
		[[-1, Number.NaN], undefined, undefined],
	];
	for (const [returns, sharpe, sortino] of rows) {
		assert.equal(sharpeRatio({ returns, quietDays: 0 }), sharpe);
		assert.equal(sortinoRatio({ returns, quietDays: 0 }), sortino);
	}
});

test("drawdown is never negative and never more than the peak, and multiplying the days' returns gives the growth (H2)", () => {
	const point = fc.tuple(fc.integer({ min: 1, max: 5 * HOUR }), fc.double({ min: 1, max: 1e6, noNaN: true }));
	fc.assert(
		fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (steps) => {
			let at = 0;
			const points = steps.map(([step, equity]) => {
				at += step;
				return [at, equity] as const;
			});
			const { drawdown, drawdownPct, last, daily } = facts(points);
			const peak = Math.max(100, ...points.map(([, equity]) => equity));
			assert.ok(drawdown >= 0 && drawdown <= peak);
			assert.ok(drawdownPct >= 0 && drawdownPct <= 100);
			const worst = points.map(([, equity], i) => Math.max(100, ...points.slice(0, i).map(([, each]) => each)) - equity);
			assert.equal(drawdown, Math.max(0, ...worst));
			near(daily.returns.reduce((product, each) => product * (1 + each), 100) / last, 1);
			assert.equal(daily.returns.length + daily.quietDays, Math.ceil(at / DAY));
		}),
		{ seed: 1 },
	);
});

test("a curve with a hole is a bug that stops the report", () => {
	assert.throws(() => facts([[HOUR, Number.NaN]]), /finite/);
	assert.throws(() => readCurve({ times: new Float64Array(1), equity: new Float64Array(2) }, { at: 0, equity: 1 }), /has its time/);
	assert.throws(() => facts([], 0), /starts with money/);
});
