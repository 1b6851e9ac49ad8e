// How near a position is to being deleveraged: by profit and effective leverage, as the exchange ranks its traders (help centre,
// auto-deleveraging). A rank among others wants others; here fixed scores stand for the edges of the five fifths.

import type { Instrument } from "../market/instrument.ts";
import { signOf } from "../orders/side.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Usdt } from "../units/unit.ts";
import { bankruptcyPrice } from "./margin.ts";
import { isFlat, type Position, unrealised } from "./position.ts";

/** A score above so many of these is a rank higher than one: a winner of any size, then 10 %, 25 % and 50 % of leveraged profit. */
const EDGES = [0, 0.1, 0.25, 0.5] as const;

type Terms = { readonly mark: number; readonly leverage: number; readonly added: Usdt };

/**
 * Profit as a fraction of the entry value, times effective leverage M / (M − bankruptcy price) for a winner, divided by it for a loser.
 * Worked: long from 20 000 with 10x (bankrupt at 18 000) at 21 000: 0.05 × 21 000 / 3000 = 0.35.
 */
export function deleverageScore(position: Position, instrument: Instrument, { mark, leverage, added }: Terms): number {
	const profit = unrealised(position, instrument.grid, mark) / usdtNumber(position.cost);
	const margin = signOf(position.direction) * (mark - bankruptcyPrice(position, instrument, leverage, added));
	if (margin <= 0) return profit;
	return profit > 0 ? (profit * mark) / margin : (profit * margin) / mark;
}

/** 0 when flat, else 1 (last in the queue) to 5. Source: position field `adlRankIndicator`. */
export function deleverageRank(position: Position, instrument: Instrument, terms: Terms): number {
	if (isFlat(position)) return 0;
	const score = deleverageScore(position, instrument, terms);
	return 1 + EDGES.filter((edge) => score > edge).length;
}
