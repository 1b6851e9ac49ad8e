import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { signOf } from "../orders/side.ts";
import { Grid } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import { applyFill, averageEntry, FLAT, isFlat, type Position, unrealised } from "./position.ts";

const GRID = new Grid({ tick: "0.1", step: "0.001" });

type Told = { side: "buy" | "sell"; qty: string; price: string };

function fill({ side, qty, price }: Told): { side: "buy" | "sell"; qty: Qty; price: Price } {
	return { side, qty: GRID.parseQty(qty)!, price: GRID.parsePrice(price)! };
}

type Row = { before: Told[]; last: Told; position: string; realised: string };

function check({ before, last, position, realised }: Row): void {
	let held = FLAT;
	for (const told of before) held = applyFill(held, fill(told), GRID).position;
	const change = applyFill(held, fill(last), GRID);
	assert.equal(text(change.position), position);
	assert.equal((change.realised / 1e8).toString(), realised);
}

function text(position: Position): string {
	return isFlat(position) ? "flat" : `${position.direction} ${GRID.formatQty(position.qty)} @ ${averageEntry(position, GRID)}`;
}

const LONG: Told = { side: "buy", qty: "0.100", price: "20000" };
const SHORT: Told = { side: "sell", qty: "0.100", price: "20000" };

test("a first fill opens at its price", () => {
	check({ before: [], last: LONG, position: "long 0.100 @ 20000", realised: "0" });
	check({ before: [], last: SHORT, position: "short 0.100 @ 20000", realised: "0" });
});

test("a fill of the same side adds, and the entry is the average by value", () => {
	// (0.1 · 20000 + 0.3 · 20100) ÷ 0.4 = 20075
	check({ before: [LONG], last: { side: "buy", qty: "0.300", price: "20100" }, position: "long 0.400 @ 20075", realised: "0" });
	check({ before: [SHORT], last: { side: "sell", qty: "0.300", price: "20100" }, position: "short 0.400 @ 20075", realised: "0" });
});

test("a partial close realises profit on the closed part only, and leaves the entry where it was (D4)", () => {
	check({ before: [LONG], last: { side: "sell", qty: "0.040", price: "20500" }, position: "long 0.060 @ 20000", realised: "20" });
	check({ before: [LONG], last: { side: "sell", qty: "0.040", price: "19500" }, position: "long 0.060 @ 20000", realised: "-20" });
	check({ before: [SHORT], last: { side: "buy", qty: "0.040", price: "19500" }, position: "short 0.060 @ 20000", realised: "20" });
	check({ before: [SHORT], last: { side: "buy", qty: "0.040", price: "20500" }, position: "short 0.060 @ 20000", realised: "-20" });
});

test("just under, at and just over the position's size: a rest, flat, the other side", () => {
	check({ before: [LONG], last: { side: "sell", qty: "0.099", price: "21000" }, position: "long 0.001 @ 20000", realised: "99" });
	check({ before: [LONG], last: { side: "sell", qty: "0.100", price: "21000" }, position: "flat", realised: "100" });
	// What goes beyond flat opens at the fill's own price, and realises nothing.
	check({ before: [LONG], last: { side: "sell", qty: "0.101", price: "21000" }, position: "short 0.001 @ 21000", realised: "100" });
	check({ before: [SHORT], last: { side: "buy", qty: "0.150", price: "19000" }, position: "long 0.050 @ 19000", realised: "100" });
});

test("unrealised profit is signed size times the way from the entry, zero when flat", () => {
	const long = applyFill(FLAT, fill(LONG), GRID).position;
	const short = applyFill(FLAT, fill(SHORT), GRID).position;
	assert.deepEqual([unrealised(long, GRID, 20_500), unrealised(short, GRID, 20_500), unrealised(FLAT, GRID, 20_500)], [50, -50, 0]);
});

const fills = fc.array(
	fc.record({
		side: fc.constantFrom("buy" as const, "sell" as const),
		qty: fc.integer({ min: 1, max: 5000 }).map((qty) => qty as Qty),
		price: fc.integer({ min: 100_000, max: 300_000 }).map((price) => price as Price),
	}),
	{ maxLength: 40 },
);

test("a position is the sum of its fills, and its money is the money that changed hands", () => {
	fc.assert(
		fc.property(fills, fc.integer({ min: 100_000, max: 300_000 }), (told, mark) => {
			let position = FLAT;
			let size = 0;
			let paid = 0n; // 1e-8 USDT for everything bought less everything sold
			let realised = 0n;
			for (const one of told) {
				const change = applyFill(position, one, GRID);
				position = change.position;
				realised += BigInt(change.realised);
				const sign = one.side === "buy" ? 1 : -1;
				size += sign * one.qty;
				paid += BigInt(sign) * BigInt(GRID.value(one.qty, one.price));
				assert.ok(change.closedQty <= one.qty);
			}
			const sign = isFlat(position) ? 0 : signOf(position.direction);
			assert.equal(sign * position.qty, size);
			// realised + (value of what is held − its cost) = value of what is held − what was paid: to the last 1e-8.
			assert.equal(realised, BigInt(sign) * BigInt(position.cost) - paid);
			const worth = sign * (position.qty * mark * 1e4) - Number(paid);
			assert.ok(Math.abs(worth / 1e8 - (Number(realised) / 1e8 + unrealised(position, GRID, mark / 10))) < 1e-5);
		}),
	);
});
