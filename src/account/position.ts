// A one-way position: what fills make of it. Reductions leave the average entry price unchanged; a fill beyond flat turns it round.

import { type Direction, directionOf, type Side, signOf } from "../orders/side.ts";
import { addUsdt, type Grid, minusQty, NO_QTY, NO_USDT, negate, plusQty, shareUsdt, usdtNumber } from "../units/grid.ts";
import type { Price, Qty, Usdt } from "../units/unit.ts";

export type Position = {
	/** Meaningless while `qty` is zero. */
	readonly direction: Direction;
	readonly qty: Qty;
	/** Entry value of what is held: qty × average entry price, exact. */
	readonly cost: Usdt;
};

export const FLAT: Position = { direction: "long", qty: NO_QTY, cost: NO_USDT };

export function isFlat(position: Position): boolean {
	return position.qty === 0;
}

/** Average entry price, USDT per coin: an estimate for display and triggers; the money is in `cost`. NaN when flat. */
export function averageEntry(position: Position, grid: Grid): number {
	return grid.averagePrice(position.cost, position.qty);
}

export type PositionChange = {
	readonly position: Position;
	readonly closedQty: Qty;
	/** Gross profit of the closed part. */
	readonly realised: Usdt;
};

/** The position after a fill of `qty` at `price`. */
export function applyFill(position: Position, fill: { side: Side; qty: Qty; price: Price }, grid: Grid): PositionChange {
	const direction = directionOf(fill.side);
	if (isFlat(position) || position.direction === direction) {
		const cost = addUsdt(position.cost, grid.value(fill.qty, fill.price));
		return { position: { direction, qty: plusQty(position.qty, fill.qty), cost }, closedQty: NO_QTY, realised: NO_USDT };
	}
	const closedQty = Math.min(fill.qty, position.qty) as Qty; // the smaller of two quantities
	const cost = shareUsdt(position.cost, closedQty, position.qty);
	const gain = addUsdt(grid.value(closedQty, fill.price), negate(cost));
	const realised = position.direction === "long" ? gain : negate(gain);
	const rest = minusQty(fill.qty, closedQty);
	const left = minusQty(position.qty, closedQty);
	if (rest > 0) return { position: { direction, qty: rest, cost: grid.value(rest, fill.price) }, closedQty, realised };
	return {
		position: left === 0 ? FLAT : { direction: position.direction, qty: left, cost: addUsdt(position.cost, negate(cost)) },
		closedQty,
		realised,
	};
}

/** Unrealised profit at `price`, USDT: an estimate, not money. Zero when flat. */
export function unrealised(position: Position, grid: Grid, price: number): number {
	if (isFlat(position)) return 0;
	return signOf(position.direction) * (grid.qtyNumber(position.qty) * price - usdtNumber(position.cost));
}
