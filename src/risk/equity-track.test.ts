import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EquityLine, EquityTrack } from "./equity-track.ts";

/** Flat, with a wallet. */
function flat(wallet: number): EquityLine {
	return { wallet, others: 0, sign: 0, qty: 0, cost: 0 };
}

/** One coin bought at 100 with a wallet of 1000: equity is 900 + price. */
const LONG: EquityLine = { wallet: 1000, others: 0, sign: 1, qty: 1, cost: 100 };

test("the guard trips at the first close at which equity is the limit below its peak, and tells the row (F7)", () => {
	// Peak 1100 at 200; 10 % of it is 110: equity 990, a close of 90.
	for (const [close, row, tripped] of [
		[90.01, 4, false],
		[90, 3, true],
		[89.99, 3, true],
	] as const) {
		const track = new EquityTrack({ start: 1000, maxDrawdownPct: 10 });
		assert.equal(track.advance(Float64Array.of(100, 150, 200, close), 0, 4, LONG), row);
		assert.deepEqual([track.tripped, track.peak], [tripped, 1100]);
	}
});

test("a short's equity falls as the price rises, and others' profit counts (F7)", () => {
	const track = new EquityTrack({ start: 1000, maxDrawdownPct: 10 });
	const short: EquityLine = { wallet: 1000, others: 50, sign: -1, qty: 2, cost: 200 };
	// Equity: 1000 + 50 − (2 · close − 200): 1050 at 100, 990 at 130, 944 at 153 and 945, the limit, at 152.5.
	assert.equal(track.advance(Float64Array.of(100, 130, 152.5), 0, 3, short), 2);
	assert.equal(track.peak, 1050);
});

test("the peak starts where it is told to, and a realised loss counts when flat (F7)", () => {
	const closes = Float64Array.of(5, 6, 7);
	const track = new EquityTrack({ start: 1000, maxDrawdownPct: 10 });
	assert.equal(track.advance(closes, 0, 3, flat(900.01)), 3);
	assert.equal(track.advance(closes, 1, 3, flat(900)), 1, "the first row it is told");
	assert.ok(track.tripped);
});

test("a tripped guard judges no more until somebody resumes, and then from a new peak (F7)", () => {
	const track = new EquityTrack({ start: 1000, maxDrawdownPct: 10 });
	track.advance(Float64Array.of(1), 0, 1, flat(800));
	assert.equal(track.advance(Float64Array.of(1, 2), 0, 2, { ...LONG, wallet: 500 }), 2);
	assert.ok(!track.wouldBreak(0), "and stands in nobody's way: entries are halted elsewhere");
	track.resume(800);
	assert.deepEqual([track.tripped, track.peak], [false, 800]);
	assert.equal(track.advance(Float64Array.of(1), 0, 1, flat(721)), 1);
	assert.equal(track.advance(Float64Array.of(1), 0, 1, flat(720)), 0);
});

test("a planned loss breaks the limit only beyond it (F7)", () => {
	const track = new EquityTrack({ start: 1000, maxDrawdownPct: 12.5 });
	assert.deepEqual([track.wouldBreak(875.01), track.wouldBreak(875), track.wouldBreak(874.99)], [false, false, true]);
});

test("without a limit nothing trips (F7)", () => {
	const track = new EquityTrack({ start: 1000, maxDrawdownPct: undefined });
	assert.equal(track.advance(Float64Array.of(1), 0, 1, flat(-5)), 1);
	assert.equal(track.advance(Float64Array.of(1), 0, 1, { ...LONG, wallet: -5 }), 1);
	assert.ok(!track.tripped && !track.wouldBreak(-1e9));
});

test("the curve is wallet + unrealised at each close, told in whatever pieces, tripped or not (H2)", () => {
	const closes = fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 1, maxLength: 30 });
	fc.assert(
		fc.property(closes, fc.constantFrom(-1, 0, 1), fc.nat(30), fc.double({ min: 1, max: 50, noNaN: true }), (prices, sign, cut, limit) => {
			const line: EquityLine = { wallet: 200, others: 7, sign, qty: sign === 0 ? 0 : 1.5, cost: sign === 0 ? 0 : 150 };
			const curve = new Float64Array(prices.length);
			const track = new EquityTrack({ start: 200, maxDrawdownPct: limit, curve });
			let peak = 200;
			let trippedAt: number | undefined;
			const expected = prices.map((price, i) => {
				const equity = 207 + sign * ((sign === 0 ? 0 : 1.5) * price - (sign === 0 ? 0 : 150));
				if (trippedAt === undefined) {
					peak = Math.max(peak, equity);
					if (peak - equity >= peak * (limit / 100)) trippedAt = i;
				}
				return equity;
			});
			const told = Float64Array.from(prices);
			const pieces = [Math.min(cut, prices.length), prices.length];
			let from = 0;
			for (const to of pieces)
				while (from < to) {
					const stopped = track.advance(told, from, to, line);
					if (stopped < to) assert.equal(stopped, trippedAt);
					from = stopped < to ? stopped + 1 : to;
				}
			assert.deepEqual([...curve], expected);
			assert.equal(track.tripped, trippedAt !== undefined);
			if (!track.tripped) assert.equal(track.peak, peak);
		}),
	);
});
