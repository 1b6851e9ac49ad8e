// Margin of linear contracts on a unified account (bybit-v5.md §10): what a position and an order bind, and where a position ends.
// Entry-based in isolated mode; the fee to close (F) is part of both margins.
//   long:  F = Q·E·(1 − 1/L)·f      short: F = Q·E·(1 + 1/L)·f
//   initial = Q·E/L + F             maintenance = Q·M·MMR − D + F

import type { Instrument } from "../market/instrument.ts";
import { tierOf } from "../market/instrument.ts";
import { type Direction, type Side, signOf } from "../orders/side.ts";
import { addUsdt, NO_USDT, scaleUsdt, usdtNumber } from "../units/grid.ts";
import type { Usdt } from "../units/unit.ts";
import { averageEntry, isFlat, type Position } from "./position.ts";

export const MARGIN_MODES = ["isolated", "cross"] as const;
export type MarginMode = (typeof MARGIN_MODES)[number];

function closingFee(value: Usdt, direction: Direction, leverage: number, feeRate: number): Usdt {
	return scaleUsdt(value, (1 - signOf(direction) / leverage) * feeRate);
}

/** Initial margin of a position, closing fee included. */
export function initialMargin(position: Position, leverage: number, feeRate: number): Usdt {
	if (isFlat(position)) return NO_USDT;
	return addUsdt(scaleUsdt(position.cost, 1 / leverage), closingFee(position.cost, position.direction, leverage, feeRate));
}

/** Initial margin of a cross position at a mark price: Q·M/L + F, USDT. */
export function crossInitialMargin(
	position: Position,
	instrument: Instrument,
	terms: { mark: number; leverage: number; feeRate: number },
): number {
	if (isFlat(position)) return 0;
	const { mark, leverage, feeRate } = terms;
	const value = instrument.grid.qtyNumber(position.qty) * mark;
	return value / leverage + usdtNumber(closingFee(position.cost, position.direction, leverage, feeRate));
}

/** What an order of that notional binds while it rests or before it fills: margin, its own fee, the fee to close. */
export function orderCost(value: Usdt, side: Side, leverage: number, feeRate: number): Usdt {
	const direction = side === "buy" ? "long" : "short";
	return addUsdt(scaleUsdt(value, 1 / leverage), scaleUsdt(value, feeRate), closingFee(value, direction, leverage, feeRate));
}

/** Maintenance margin at a mark price, closing fee included, USDT. */
export function maintenanceMargin(
	position: Position,
	instrument: Instrument,
	terms: { mark: number; leverage: number; feeRate: number },
): number {
	if (isFlat(position)) return 0;
	const value = instrument.grid.valueAt(position.qty, terms.mark);
	const tier = tierOf(instrument, value);
	const fee = closingFee(position.cost, position.direction, terms.leverage, terms.feeRate);
	return usdtNumber(value) * tier.maintenance - usdtNumber(tier.deduction) + usdtNumber(fee);
}

/** Where all of an isolated position's own margin is gone: E·(1 ∓ 1/L) ∓ X/Q, X being what was added by hand. */
export function bankruptcyPrice(position: Position, instrument: Instrument, leverage: number, added: Usdt = NO_USDT): number {
	const sign = signOf(position.direction);
	const { grid } = instrument;
	return averageEntry(position, grid) * (1 - sign / leverage) - (sign * usdtNumber(added)) / grid.qtyNumber(position.qty);
}

/**
 * Where an isolated position's remaining margin equals its maintenance margin, from IM₀ + profit = Q·LP·MMR − D:
 * long (E·(1 − 1/L) − (X' + D)/Q)/(1 − MMR), short (E·(1 + 1/L) + (X' + D)/Q)/(1 + MMR), X' = X/(1 ∓ f) of what was added by hand.
 * Worked: E 20000, L 50, MMR 0.5 %: 19698.49.
 */
export function isolatedLiquidation(
	position: Position,
	instrument: Instrument,
	leverage: number,
	{ added, feeRate }: { added: Usdt; feeRate: number } = { added: NO_USDT, feeRate: 0 },
): number {
	const { maintenance, deduction } = tierOf(instrument, position.cost);
	const sign = signOf(position.direction);
	const perCoin = (usdtNumber(deduction) + usdtNumber(added) / (1 - sign * feeRate)) / instrument.grid.qtyNumber(position.qty);
	return (bankruptcyPrice(position, instrument, leverage) - sign * perCoin) / (1 - sign * maintenance);
}

/**
 * Where a cross position alone would use up the account: the balance behind it (wallet and the other positions' profit, less their
 * maintenance) plus its own profit equals its maintenance margin. Others' prices are taken as they stand.
 */
export function crossLiquidation(position: Position, instrument: Instrument, behind: number): number {
	const { maintenance, deduction } = tierOf(instrument, position.cost);
	const sign = signOf(position.direction);
	const perCoin = (behind + usdtNumber(deduction)) / instrument.grid.qtyNumber(position.qty);
	return (averageEntry(position, instrument.grid) - sign * perCoin) / (1 - sign * maintenance);
}
