// The queue of auto-deleveraging: winners with leverage first.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledInstrument } from "../market/instrument.ts";
import { NO_USDT, roundUsdt } from "../units/grid.ts";
import type { Qty } from "../units/unit.ts";
import { deleverageRank, deleverageScore } from "./adl-rank.ts";
import { FLAT, type Position } from "./position.ts";

const BTC = bundledInstrument("BTCUSDT")!; // bundled
const LONG: Position = { direction: "long", qty: 1000 as Qty, cost: roundUsdt(20_000) };
const SHORT: Position = { ...LONG, direction: "short" };

test("the score is profit times effective leverage, for a loser divided by it", () => {
	const rows = [
		[LONG, 21_000, 10, 0.35],
		[SHORT, 19_000, 10, (0.05 * 19_000) / 3000],
		[LONG, 19_000, 10, (-0.05 * 1000) / 19_000],
		[LONG, 21_000, 1, 0.05],
	] as const;
	for (const [position, mark, leverage, score] of rows)
		assert.ok(Math.abs(deleverageScore(position, BTC, { mark, leverage, added: NO_USDT }) - score) < 1e-12);
});

test("the rank grows with profit and with leverage, and falls with added margin; flat is none", () => {
	const rank = (position: Position, mark: number, leverage: number, added = NO_USDT): number =>
		deleverageRank(position, BTC, { mark, leverage, added });
	assert.deepEqual(
		[19_000, 20_000, 20_100, 20_500, 21_000, 22_000].map((mark) => rank(LONG, mark, 10)),
		[1, 1, 2, 3, 4, 5],
	);
	assert.deepEqual(
		[1, 5, 10, 25].map((leverage) => rank(SHORT, 19_000, leverage)),
		[2, 3, 4, 5],
	);
	assert.equal(rank(LONG, 21_000, 10, roundUsdt(18_000)), 2);
	assert.equal(rank(FLAT, 20_000, 10), 0);
});
