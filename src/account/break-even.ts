// Where closing a position would leave neither profit nor loss, with the fees and the funding that it has paid so far.
// Source: docs/v5/position/position, breakEvenPrice.

import { signOf } from "../orders/side.ts";
import { type Grid, usdtNumber } from "../units/grid.ts";
import type { Usdt } from "../units/unit.ts";
import { isFlat, type Position } from "./position.ts";

/** Bybit reckons with no less. */
const FEE_MIN = 0.00055;

/** (E·q − realised) / (q − |q|·max(f, 0.00055)), q signed; NaN when flat. Worked: 66473.5 · 0.001, −0.0664735, f 0.001: 66606.58008008. */
export function breakEvenPrice(position: Position, grid: Grid, terms: { realised: Usdt; feeRate: number }): number {
	if (isFlat(position)) return Number.NaN;
	const qty = grid.qtyNumber(position.qty);
	const sign = signOf(position.direction);
	const value = sign * usdtNumber(position.cost) - usdtNumber(terms.realised);
	return value / (sign * qty - qty * Math.max(terms.feeRate, FEE_MIN));
}
