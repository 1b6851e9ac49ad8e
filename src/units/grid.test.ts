import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
	addUsdt,
	formatUsdt,
	Grid,
	minusQty,
	negate,
	parseUsdt,
	plusQty,
	roundUsdt,
	scaleUsdt,
	shareUsdt,
	shiftPrice,
	usdtNumber,
} from "./grid.ts";
import type { Price, Qty, Usdt } from "./unit.ts";

const GRID = new Grid({ tick: "0.1", step: "0.001" });
/** Ticks and steps that venues use, of all shapes. Prices up to ten million ticks: beyond, a double is coarser than the tolerance. */
const GRIDS = [
	["0.1", "0.001"],
	["0.01", "0.1"],
	["0.5", "1"],
	["0.0001", "10"],
	["0.0000001", "100"],
	["0.05", "0.25"],
	["5", "0.01"],
] as const;
const grids = fc.constantFrom(...GRIDS).map(([tick, step]) => new Grid({ tick, step }));
const ticks = fc.integer({ min: 1, max: 10_000_000 }).map((value) => value as Price);
const steps = fc.integer({ min: 1, max: 1_000_000 }).map((value) => value as Qty);

test("prices are floored and ceiled to the tick, with a tolerance of 1e-9 tick against binary noise (H1)", () => {
	// A tick is 0.1: 1e-9 of it is 1e-10 USDT.
	const rows: readonly (readonly [usdt: number, floor: number, ceil: number])[] = [
		[20_000, 200_000, 200_000],
		[20_000 + 0.9e-10, 200_000, 200_000],
		[20_000 + 1e-6, 200_000, 200_001],
		[20_000 - 1e-6, 199_999, 200_000],
		[20_000.05, 200_000, 200_001],
		[0.1 + 0.2, 3, 3], // 0.30000000000000004
		[20_000 * 1.0001, 200_020, 200_020], // 20002.0 in decimals
	];
	for (const [usdt, floor, ceil] of rows) {
		assert.equal(GRID.floorToTick(usdt), floor, `floor of ${usdt}`);
		assert.equal(GRID.ceilToTick(usdt), ceil, `ceil of ${usdt}`);
	}
	// Just inside, at and just beyond the tolerance, on a grid where doubles are fine enough to tell.
	const whole = new Grid({ tick: "1", step: "1" });
	for (const [usdt, floor, ceil] of [
		[1 - 0.9e-9, 1, 1],
		[1 - 1.1e-9, 0, 1],
		[1 + 0.9e-9, 1, 1],
		[1 + 1.1e-9, 1, 2],
	] as const) {
		assert.equal(whole.floorToTick(usdt), floor);
		assert.equal(whole.ceilToTick(usdt), ceil);
	}
});

test("a price on the grid is its own floor, ceiling and nearest tick", () => {
	fc.assert(
		fc.property(grids, ticks, (grid, price) => {
			const usdt = grid.priceNumber(price);
			assert.deepEqual([grid.floorToTick(usdt), grid.ceilToTick(usdt), grid.nearestTick(usdt)], [price, price, price]);
		}),
	);
});

test("the nearest tick takes a half upwards", () => {
	for (const [usdt, expected] of [
		[20_000.0499, 200_000],
		[20_000.05, 200_001],
		[20_000.0501, 200_001],
	] as const)
		assert.equal(new Grid({ tick: "0.1", step: "1" }).nearestTick(usdt), expected);
});

test("towards rounds to the tick nearer to the anchor, never onto it: then one tick away on its own side (E3)", () => {
	const rows: readonly (readonly [usdt: number, anchor: number, expected: number])[] = [
		[19_899.297, 20_100.3, 198_993], // below: up
		[20_703.309, 20_100.3, 207_033], // above: down
		[19_899.3, 20_100.3, 198_993], // on the grid: itself
		[20_100.29, 20_100.3, 201_002], // would land on the anchor: one tick below
		[20_100.31, 20_100.3, 201_004], // and above
		[20_100.2, 20_100.3, 201_002], // one tick away already
		[20_100.26, 20_100.27, 201_002], // off the grid the tick below it, 20100.2, is away from it
		[20_100.21, 20_100.27, 201_002], // 20100.3 would lie on the other side
		[20_100.28, 20_100.27, 201_003],
		[20_100.35, 20_100.27, 201_003],
	];
	for (const [usdt, anchor, expected] of rows) assert.equal(GRID.towards(usdt, anchor), expected, `${usdt} towards ${anchor}`);
});

test("towards always ends strictly on the side it came from, and within a tick of the grid price there is (E3)", () => {
	fc.assert(
		fc.property(grids, ticks, fc.double({ min: -0.3, max: 0.3, noNaN: true }), (grid, price, move) => {
			const anchor = grid.priceNumber(price);
			const usdt = anchor * (1 + move);
			const rounded = grid.priceNumber(grid.towards(usdt, anchor));
			const tick = Number(grid.tick);
			if (usdt > anchor) assert.ok(rounded > anchor && (rounded <= usdt * (1 + 1e-9) || rounded <= anchor + 1.001 * tick));
			else assert.ok(rounded < anchor && (rounded >= usdt * (1 - 1e-9) || rounded >= anchor - 1.001 * tick));
			assert.ok(Math.abs(rounded - usdt) <= tick * 1.001 + Math.abs(usdt) * 1e-9, "no further than a tick");
		}),
	);
});

test("quantities are rounded down to the step, never below zero (F1)", () => {
	for (const [coins, expected] of [
		[0.0009999, 0],
		[0.001, 1],
		[0.0010001, 1],
		[2010 / 20_100, 100], // 0.1 whatever binary makes of it
		[0.3 - 0.2, 100], // 0.09999999999999998
		[-1, 0],
	] as const)
		assert.equal(GRID.floorToStep(coins), expected, String(coins));
	for (const [qty, fraction, expected] of [
		[1, 0.5, 0],
		[2, 0.5, 1],
		[3, 0.5, 1],
		[10, 0.7, 7], // 7.000000000000001 in binary, or 6.999999999999999
		[100, 0.29, 29], // 28.999999999999996
		[100, 1, 100],
	] as const)
		assert.equal(GRID.floorFraction(qty as Qty, fraction), expected, `${fraction} of ${qty}`);
});

test("price × quantity is exact to 1e-8 USDT", () => {
	fc.assert(
		fc.property(grids, ticks, steps, (grid, price, qty) => {
			const scaled = (text: string): bigint => BigInt(Math.round(Number(text) * 1e8));
			const product = BigInt(price) * BigInt(qty) * scaled(grid.tick) * scaled(grid.step); // of 1e-16 USDT
			if (product / 100_000_000n > BigInt(Number.MAX_SAFE_INTEGER)) return; // money above 90 million is refused, see below
			const rounded = (product + 50_000_000n) / 100_000_000n;
			assert.equal(BigInt(grid.value(qty, price)), rounded);
		}),
	);
	assert.equal(GRID.value(298 as Qty, 201_021 as Price), 599_042_580_000); // 0.298 · 20102.1 = 5990.4258
});

test("an average price is exact where all was at one price, else the nearest double", () => {
	fc.assert(
		fc.property(grids, ticks, steps, (grid, price, qty) => {
			fc.pre(grid.priceNumber(price) * grid.qtyNumber(qty) < 80_000_000);
			fc.pre(Number.isInteger(Number(grid.tick) * Number(grid.step) * 1e8)); // else value itself is rounded
			assert.equal(grid.averagePrice(grid.value(qty, price), qty), grid.priceNumber(price));
		}),
	);
	const cost = addUsdt(GRID.value(1 as Qty, 200_000 as Price), GRID.value(2 as Qty, 200_001 as Price));
	assert.ok(Math.abs(GRID.averagePrice(cost, 3 as Qty) - 20_000.06666666667) < 1e-9);
});

test("parse(format(x)) is x for prices and quantities, and text off the grid is refused", () => {
	fc.assert(
		fc.property(grids, ticks, steps, (grid, price, qty) => {
			assert.equal(grid.parsePrice(grid.formatPrice(price)), price);
			assert.equal(grid.parseQty(grid.formatQty(qty)), qty);
			assert.equal(Number(grid.formatPrice(price)), grid.priceNumber(price), "a number is the double nearest to its text");
			assert.equal(Number(grid.formatQty(qty)), grid.qtyNumber(qty));
		}),
	);
	const rows: readonly (readonly [text: string, price: number | undefined])[] = [
		["20000.1", 200_001],
		["20000.10", 200_001],
		["20000.15", undefined],
		["-0.1", -1],
		["", undefined],
		["20000.1x", undefined],
	];
	for (const [text, price] of rows) assert.equal(GRID.parsePrice(text), price, text);
	assert.equal(new Grid({ tick: "0.5", step: "1" }).parsePrice("3.3"), undefined);
	assert.equal(GRID.parseQty("-0.001"), undefined, "a quantity is never negative");
	assert.equal(GRID.parseQty("0"), 0);
});

test("money is rounded half up from an estimate, half away from zero from a rate", () => {
	for (const [usdt, expected] of [
		[0.000000004, 0],
		[0.000000005, 1],
		[0.000000006, 1],
		[-0.000000006, -1],
		[1.1, 110_000_000],
	] as const)
		assert.equal(roundUsdt(usdt), expected, String(usdt));
	for (const [amount, rate, expected] of [
		[3, 0.5, 2],
		[-3, 0.5, -2],
		[1, 0.4999, 0],
		[201_000_000_000, 0.00055, 110_550_000], // 2010 · 0.00055 = 1.1055
		[0, 0.5, 0],
	] as const)
		assert.equal(scaleUsdt(amount as Usdt, rate), expected, `${amount} · ${rate}`);
});

test("a share of money is exact beyond 2^53, and the shares of a whole lose nothing", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: -9_000_000_000_000_000, max: 9_000_000_000_000_000 }),
			fc.integer({ min: 1, max: 1_000_000_000 }),
			fc.integer({ min: 1, max: 1_000_000_000 }),
			(amount, a, b) => {
				const [part, whole] = [Math.min(a, b), Math.max(a, b)];
				const share = shareUsdt(amount as Usdt, part as Qty, whole as Qty);
				// |share · whole − amount · part| ≤ whole ÷ 2, in whole numbers
				const off = 2n * (BigInt(share) * BigInt(whole) - BigInt(amount) * BigInt(part));
				assert.ok((off < 0n ? -off : off) <= BigInt(whole));
			},
		),
	);
	assert.equal(shareUsdt(10 as Usdt, 1 as Qty, 4 as Qty), 3); // 2.5, half up
	assert.equal(shareUsdt(-10 as Usdt, 1 as Qty, 4 as Qty), -2); // −2.5, half up
	assert.equal(shareUsdt(7 as Usdt, 4 as Qty, 4 as Qty), 7);
});

test("money as text reads back as the same money, and digits beyond 1e-8 are rounded half away from zero", () => {
	fc.assert(
		fc.property(fc.maxSafeInteger(), (value) => {
			assert.equal(parseUsdt(formatUsdt(value as Usdt)), value === 0 ? 0 : value);
		}),
	);
	for (const [text, expected] of [
		["0.000000005", 1],
		["0.0000000049", 0],
		["-0.000000005", -1],
		["12.34567891", 1_234_567_891],
		["twelve", undefined],
		["100000000000", undefined], // beyond 2^53
	] as const)
		assert.equal(parseUsdt(text), expected, text);
	assert.equal(usdtNumber(110_550_000 as Usdt), 1.1055);
});

test("sums stay whole, differences of quantities never fall below zero, and what is too large is a bug", () => {
	assert.equal(addUsdt(1 as Usdt, -3 as Usdt, 2 as Usdt), 0);
	assert.ok(Object.is(addUsdt(-1 as Usdt, 1 as Usdt), 0), "no negative zero");
	assert.ok(Object.is(negate(0 as Usdt), 0));
	assert.equal(negate(5 as Usdt), -5);
	assert.equal(plusQty(1 as Qty, 2 as Qty), 3);
	assert.equal(minusQty(2 as Qty, 2 as Qty), 0);
	assert.throws(() => minusQty(1 as Qty, 2 as Qty), /a quantity never falls below zero/);
	assert.equal(shiftPrice(10 as Price, -1), 9);
	assert.throws(() => addUsdt(Number.MAX_SAFE_INTEGER as Usdt, 1 as Usdt), /whole numbers below 2\^53/);
	assert.throws(() => GRID.floorToTick(Number.NaN), /whole numbers/);
	assert.throws(() => GRID.value(1_000_000_000 as Qty, 1_000_000_000 as Price), /whole numbers/);
	for (const tick of ["0", "-0.1", "", "x"]) assert.throws(() => new Grid({ tick, step: "1" }), /the tick is a positive decimal/);
	assert.throws(() => new Grid({ tick: "1", step: "0" }), /the quantity step is a positive decimal/);
});
