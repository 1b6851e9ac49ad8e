import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { closedGuard, dangerOf, type EntryView, GUARDS, guardStates, safeRange } from "./guards.ts";
import type { GuardSettings } from "./settings.ts";

const GUARD: GuardSettings = {
	maxSpreadPct: 0.1,
	maxMovePct: 2,
	moveWindowS: 60,
	staleS: 10,
	maxDivergencePct: 2,
	minLiquidationDistancePct: 5,
};
const OPEN: EntryView = {
	halted: undefined,
	paused: false,
	beforeStart: false,
	clockOff: false,
	doubt: undefined,
	stale: false,
	ticker: { last: 20_000, mark: 20_000, bid: 19_999.9, ask: 20_000 },
	range: { min: 20_000, max: 20_100 },
};

test("an entry passes when every guard is open, and each one alone closes the way, in one order (F5)", () => {
	assert.equal(closedGuard(OPEN, GUARD), undefined);
	const shut: readonly (readonly [name: string, view: Partial<EntryView>])[] = [
		["halted", { halted: "drawdown" }],
		["paused", { paused: true }],
		["start", { beforeStart: true }],
		["clock", { clockOff: true }],
		["doubt", { doubt: "the account has not been read yet" }],
		["stale", { stale: true }],
		["spread", { ticker: { last: 20_000, mark: 20_000, bid: 19_900, ask: 20_000 } }],
		["jump", { range: { min: 20_000, max: 21_000 } }],
	];
	for (const [name, view] of shut) assert.equal(closedGuard({ ...OPEN, ...view }, GUARD)?.name, name);
	let all: EntryView = OPEN;
	for (const [name, view] of shut.toReversed()) {
		all = { ...all, ...view };
		assert.equal(closedGuard(all, GUARD)?.name, name, `${name} is told before those after it`);
	}
});

test("the list of all guards says of each whether it is open, with its figure, and agrees with the first that closes (F5)", () => {
	assert.deepEqual(
		guardStates(OPEN, GUARD).filter(({ why }) => why !== ""),
		[
			{ name: "spread", closed: false, why: "0.001 of 0.1 %" },
			{ name: "jump", closed: false, why: "0.50 of 2 %" },
		],
	);
	const off = guardStates({ ...OPEN, range: undefined }, { ...GUARD, maxSpreadPct: undefined });
	assert.deepEqual([off[6]?.why, off[7]?.why], ["off", "– of 2 %"]);
	fc.assert(
		fc.property(
			fc.record({
				halted: fc.option(fc.constant("drawdown"), { nil: undefined }),
				paused: fc.boolean(),
				beforeStart: fc.boolean(),
				clockOff: fc.boolean(),
				doubt: fc.option(fc.constant("not read"), { nil: undefined }),
				stale: fc.boolean(),
				ticker: fc.constantFrom(OPEN.ticker, undefined, { last: 1, mark: 1, bid: 1, ask: 2 }),
				range: fc.constantFrom(OPEN.range, undefined, { min: 1, max: 2 }),
			}),
			(view) => {
				const states = guardStates(view, GUARD);
				assert.deepEqual(
					states.map(({ name }) => name),
					GUARDS,
				);
				const first = states.find(({ closed }) => closed);
				assert.deepEqual(closedGuard(view, GUARD), first && { name: first.name, why: first.why });
			},
		),
	);
});

test("the spread is (ask − bid) ÷ mid, and closes above the limit; without a quote it is not judged (F5)", () => {
	// mid 20000, 0.1 % of it is 20
	for (const [half, closed] of [
		[9.99, false],
		[10, false],
		[10.01, true],
	] as const) {
		const ticker = { last: 20_000, mark: 20_000, bid: 20_000 - half, ask: 20_000 + half };
		assert.equal(closedGuard({ ...OPEN, ticker }, GUARD)?.name === "spread", closed, String(half));
		assert.equal(closedGuard({ ...OPEN, ticker }, { ...GUARD, maxSpreadPct: undefined }), undefined);
	}
	assert.equal(closedGuard({ ...OPEN, ticker: { last: 1, mark: 1 } }, GUARD), undefined);
	assert.equal(closedGuard({ ...OPEN, ticker: undefined }, GUARD), undefined);
});

test("the jump is (max − min) ÷ min, and closes above the limit (F5)", () => {
	for (const [max, closed] of [
		[20_399.9, false],
		[20_400, false],
		[20_400.1, true],
	] as const) {
		assert.equal(closedGuard({ ...OPEN, range: { min: 20_000, max } }, GUARD)?.name === "jump", closed);
		assert.equal(closedGuard({ ...OPEN, range: { min: 20_000, max } }, { ...GUARD, maxMovePct: undefined }), undefined);
	}
	assert.equal(closedGuard({ ...OPEN, range: undefined }, GUARD), undefined);
});

test("last and mark apart by more than the limit close a position, by mark (F6)", () => {
	for (const [last, danger] of [
		[20_399.9, false],
		[20_400, false],
		[20_400.1, true],
		[19_600, false],
		[19_599.9, true],
	] as const) {
		const view = { last, mark: 20_000, liquidation: undefined };
		assert.equal(dangerOf(view, GUARD) !== undefined, danger, String(last));
		assert.equal(dangerOf(view, { ...GUARD, maxDivergencePct: undefined }), undefined);
	}
});

test("a mark nearer to liquidation than the limit closes a position; a venue that names none is believed (F6)", () => {
	for (const [liquidation, danger] of [
		[18_999.9, false],
		[19_000, false],
		[19_000.1, true],
		[20_999.9, true],
		[21_000, false],
	] as const)
		assert.equal(dangerOf({ last: 20_000, mark: 20_000, liquidation }, GUARD) !== undefined, danger, String(liquidation));
	assert.equal(dangerOf({ last: 20_000, mark: 20_000, liquidation: undefined }, GUARD), undefined);
	assert.equal(
		dangerOf({ last: 20_000, mark: 20_000, liquidation: 19_999 }, { ...GUARD, minLiquidationDistancePct: undefined }),
		undefined,
	);
});

test("inside the safe range the liquidation guard is silent, outside it speaks (F6)", () => {
	fc.assert(
		fc.property(
			fc.double({ min: 100, max: 100_000, noNaN: true }),
			fc.boolean(),
			fc.double({ min: 0.1, max: 50, noNaN: true }),
			fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
			(liquidation, long, limit, off) => {
				const guard = { ...GUARD, minLiquidationDistancePct: limit };
				const { below, above } = safeRange(liquidation, long, guard);
				const at = (mark: number) => dangerOf({ last: mark, mark, liquidation }, guard) !== undefined;
				// Away from the liquidation price it is safe; between its edge and the liquidation price it is not.
				const edge = long ? below : above;
				assert.equal(long ? above : -below, Number.POSITIVE_INFINITY);
				assert.ok(!at(edge + (edge - liquidation) * (0.01 + off)), "further from liquidation than the edge");
				assert.ok(at(edge + (liquidation - edge) * (0.01 + 0.98 * off)), "nearer to liquidation than the edge");
			},
		),
	);
	const all = { below: Number.NEGATIVE_INFINITY, above: Number.POSITIVE_INFINITY };
	assert.deepEqual(safeRange(undefined, true, GUARD), all);
	assert.deepEqual(safeRange(100, true, { ...GUARD, minLiquidationDistancePct: undefined }), all);
});
