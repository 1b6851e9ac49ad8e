// Margin formulas against position frames recorded from real cross accounts (bybit-v5.md §10, reproduced there to 8 decimals), and against
// the laws that define a liquidation price.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bundledInstrument, type Instrument, makeInstrument } from "../market/instrument.ts";
import type { Direction } from "../orders/side.ts";
import { roundUsdt, usdtNumber } from "../units/grid.ts";
import type { Qty } from "../units/unit.ts";
import { bankruptcyPrice, crossLiquidation, initialMargin, isolatedLiquidation, maintenanceMargin, orderCost } from "./margin.ts";
import { FLAT, type Position, unrealised } from "./position.ts";

function instrument(spec: {
	tick: string;
	step: string;
	tiers: { limit: number; maintenance: number; maxLeverage: number }[];
}): Instrument {
	const made = makeInstrument({
		symbol: "X",
		baseCoin: "X",
		minQty: spec.step,
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
		...spec,
	});
	assert.ok(made !== undefined);
	return made;
}

function held(on: Instrument, direction: Direction, qty: string, entry: number): Position {
	const steps = on.grid.parseQty(qty)!;
	return { direction, qty: steps, cost: on.grid.valueAt(steps, entry) };
}

const FRAMES = [
	{
		name: "SOLUSDT",
		tick: "0.01",
		step: "0.1",
		q: "0.2",
		e: 233.02,
		m: 233.029,
		l: 10,
		mmr: 0.005,
		f: 0.000649,
		im: 4.68780139,
		mm: 0.26025039,
	},
	{
		name: "BTCPERP",
		tick: "0.1",
		step: "0.001",
		q: "0.001",
		e: 66_473.5,
		m: 66_472.02,
		l: 10,
		mmr: 0.004,
		f: 0.001,
		im: 6.70702815,
		mm: 0.32571423,
	},
	{
		name: "ADAUSDT",
		tick: "0.0001",
		step: "1",
		q: "43",
		e: 0.37293023,
		m: 0.3702,
		l: 75,
		mmr: 0.0075,
		f: 0.00055,
		im: 0.22095,
		mm: 0.128092,
	},
] as const;

for (const { name, tick, step, q, e, m, l, mmr, f, im, mm } of FRAMES) {
	const on = instrument({ tick, step, tiers: [{ limit: 1_000_000, maintenance: mmr, maxLeverage: 100 }] });
	const position = held(on, "long", q, e);
	const near = (actual: number, expected: number): void =>
		assert.ok(Math.abs(actual - expected) <= (name === "ADAUSDT" ? 5e-7 : 1.01e-8), `${actual} is not ${expected}`);

	test(`the maintenance margin of the recorded ${name} frame is Q·M·MMR − D + F (D2)`, () => {
		near(maintenanceMargin(position, on, { mark: m, leverage: l, feeRate: f }), mm);
	});

	test(`the fee to close in the recorded ${name} frame's initial margin is Q·E·(1 − 1/L)·f (D2)`, () => {
		// That frame is of a cross account, whose initial margin is Q·M/L + F; ours is the isolated one, Q·E/L + F: F is what both share.
		const fee = usdtNumber(initialMargin(position, l, f)) - usdtNumber(position.cost) / l;
		near((Number(q) * m) / l + fee, im);
	});
}

test("initial margin is Q·E/L plus the fee to close, which costs a short more; nothing when flat (D2)", () => {
	const on = bundledInstrument("BTCUSDT")!;
	// 0.1 · 20000 = 2000; ÷ 10 = 200; F = 2000 · 0.9 · 0.00055 = 0.99 long, 2000 · 1.1 · 0.00055 = 1.21 short
	assert.equal(usdtNumber(initialMargin(held(on, "long", "0.1", 20_000), 10, 0.00055)), 200.99);
	assert.equal(usdtNumber(initialMargin(held(on, "short", "0.1", 20_000), 10, 0.00055)), 201.21);
	assert.equal(initialMargin(FLAT, 10, 0.00055), 0);
	assert.equal(maintenanceMargin(FLAT, on, { mark: 20_000, leverage: 10, feeRate: 0.00055 }), 0);
});

test("an order binds its margin, its own fee and the fee to close (D1)", () => {
	// 2000 ÷ 10 + 2000 · 0.00055 + 2000 · (1 ∓ 0.1) · 0.00055
	assert.equal(usdtNumber(orderCost(roundUsdt(2000), "buy", 10, 0.00055)), 202.09);
	assert.equal(usdtNumber(orderCost(roundUsdt(2000), "sell", 10, 0.00055)), 202.31);
});

test("an isolated position ends at (E·(1 ∓ 1/L)) ÷ (1 ∓ MMR), the worked 19698.49, and its margin at E·(1 ∓ 1/L) (D2)", () => {
	const on = bundledInstrument("BTCUSDT")!;
	const long = held(on, "long", "0.1", 20_000);
	const short = held(on, "short", "0.1", 20_000);
	assert.equal(isolatedLiquidation(long, on, 50).toFixed(2), "19698.49");
	assert.equal(isolatedLiquidation(short, on, 50).toFixed(2), "20298.51");
	assert.deepEqual([bankruptcyPrice(long, on, 50), bankruptcyPrice(short, on, 50)], [19_600, 20_400]);
});

const TIERS = [
	{ limit: 100_000, maintenance: 0.005, maxLeverage: 100 },
	{ limit: 500_000, maintenance: 0.01, maxLeverage: 50 },
	{ limit: 2_000_000, maintenance: 0.025, maxLeverage: 20 },
];
const TIERED = instrument({ tick: "0.1", step: "0.001", tiers: TIERS });

test("the deduction makes maintenance margin run on without a step where a tier ends (D2)", () => {
	// D of the second tier: 100000 · (0.01 − 0.005) = 500; of the third: 500 + 500000 · 0.015 = 8000.
	assert.deepEqual(
		TIERED.tiers.map((tier) => usdtNumber(tier.deduction)),
		[0, 500, 8000],
	);
	for (const [under, over] of [
		[99_999.9, 100_000.1],
		[499_999.9, 500_000.1],
	] as const) {
		const margin = (value: number) =>
			maintenanceMargin(held(TIERED, "long", "10", value / 10), TIERED, { mark: value / 10, leverage: 10, feeRate: 0 });
		assert.ok(margin(over) > margin(under) && margin(over) - margin(under) < 0.01);
	}
});

const positions = fc
	.record({
		direction: fc.constantFrom<Direction>("long", "short"),
		qty: fc.integer({ min: 1, max: 80_000 }).map((qty) => qty as Qty),
		entry: fc.integer({ min: 10_000, max: 400_000 }).map((price) => price / 10),
	})
	.map(({ direction, qty, entry }): Position => ({ direction, qty, cost: TIERED.grid.valueAt(qty, entry) }));

test("at its liquidation price an isolated position's margin and profit together are its maintenance margin (D2)", () => {
	fc.assert(
		fc.property(positions, fc.integer({ min: 2, max: 20 }), (position, leverage) => {
			const price = isolatedLiquidation(position, TIERED, leverage);
			const tier = TIERED.tiers.find(({ limit }) => position.cost <= limit) ?? TIERED.tiers.at(-1)!;
			const left = usdtNumber(position.cost) / leverage + unrealised(position, TIERED.grid, price);
			const needed = TIERED.grid.qtyNumber(position.qty) * price * tier.maintenance - usdtNumber(tier.deduction);
			assert.ok(Math.abs(left - needed) < 1e-6 * (1 + usdtNumber(position.cost)), `${left} is not ${needed}`);
			const bankrupt =
				usdtNumber(position.cost) / leverage + unrealised(position, TIERED.grid, bankruptcyPrice(position, TIERED, leverage));
			assert.ok(Math.abs(bankrupt) < 1e-6 * (1 + usdtNumber(position.cost)), "nothing is left at the bankruptcy price");
		}),
	);
});

test("at its liquidation price a cross position's account is worth the maintenance margin (D2)", () => {
	fc.assert(
		fc.property(positions, fc.double({ min: 0, max: 100_000, noNaN: true }), (position, behind) => {
			const price = crossLiquidation(position, TIERED, behind);
			const tier = TIERED.tiers.find(({ limit }) => position.cost <= limit) ?? TIERED.tiers.at(-1)!;
			const left = behind + unrealised(position, TIERED.grid, price);
			const needed = TIERED.grid.qtyNumber(position.qty) * price * tier.maintenance - usdtNumber(tier.deduction);
			assert.ok(Math.abs(left - needed) < 1e-6 * (1 + behind + usdtNumber(position.cost)), `${left} is not ${needed}`);
		}),
	);
});
