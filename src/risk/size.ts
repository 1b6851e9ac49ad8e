// How much an entry may be (spec §7): the configured size, then the caps, then the loss cap, then the step.

import type { Instrument } from "../market/instrument.ts";
import { roundUsdt } from "../units/grid.ts";
import type { Qty } from "../units/unit.ts";
import type { Costs, RiskSettings, SizeSettings } from "./settings.ts";

const BOUNDS = ["size", "max_symbol_notional", "max_total_notional", "max_loss_pct", "maximum quantity"] as const;
export type Bound = (typeof BOUNDS)[number];

export type EntryInputs = {
	/** Last price the entry is decided at, USDT. */
	readonly price: number;
	/** Wallet balance, realised, USDT. */
	readonly balance: number;
	readonly leverage: number;
	/** Stop distance as a fraction of the price. */
	readonly stop: number;
	/** What the symbol and the account already hold, USDT of notional. */
	readonly symbolHeld: number;
	readonly totalHeld: number;
};

export type Sized =
	/** `plannedLoss` in USDT: the left side of the loss cap with the rounded quantity. */
	| { readonly ok: true; readonly qty: Qty; readonly bound: Bound; readonly notional: number; readonly plannedLoss: number }
	| { readonly ok: false; readonly bound: Bound; readonly why: string };

/** Loss per USDT of notional when the stop is hit: the way to the stop, both fees, both slippages. */
export function lossRate(stop: number, costs: Costs): number {
	return stop + 2 * costs.takerFee + 2 * costs.slippage;
}

export function sizeEntry(
	inputs: EntryInputs,
	terms: { size: SizeSettings; risk: RiskSettings; costs: Costs; instrument: Instrument },
): Sized {
	const { size, risk, costs, instrument } = terms;
	const { grid } = instrument;
	const margin = size.mode === "percent" ? (inputs.balance * size.value) / 100 : size.value;
	let notional = margin * inputs.leverage;
	let bound: Bound = "size";
	const cap = (limit: number | undefined, name: Bound): void => {
		if (limit === undefined || notional <= limit) return;
		notional = Math.max(0, limit);
		bound = name;
	};
	const rate = lossRate(inputs.stop, costs);
	cap(risk.maxSymbolNotional === undefined ? undefined : risk.maxSymbolNotional - inputs.symbolHeld, "max_symbol_notional");
	cap(risk.maxTotalNotional === undefined ? undefined : risk.maxTotalNotional - inputs.totalHeld, "max_total_notional");
	cap(risk.maxLossPct === undefined ? undefined : ((risk.maxLossPct / 100) * inputs.balance) / rate, "max_loss_pct");
	let qty = grid.floorToStep(notional / inputs.price);
	if (qty > instrument.maxMarketQty) {
		qty = instrument.maxMarketQty;
		bound = "maximum quantity";
	}
	const value = grid.qtyNumber(qty) * inputs.price;
	if (qty < instrument.minQty)
		return {
			ok: false,
			bound,
			why: `${grid.formatQty(qty)} is below the minimum quantity ${grid.formatQty(instrument.minQty)}; bound by ${bound}`,
		};
	if (roundUsdt(value) < instrument.minNotional)
		return { ok: false, bound, why: `${value.toFixed(2)} USDT is below the minimum notional; bound by ${bound}` };
	return { ok: true, qty, bound, notional: value, plannedLoss: value * rate };
}

/** What an entry may bring (spec §7): gain at TP1 and loss at the stop for the whole quantity, net of fees and slippage, USDT. */
export function expectation(
	notional: number,
	exits: { takeProfit: number; fraction: number; stop: number },
	costs: Costs,
): { gain: number; loss: number } {
	const turn = 2 * costs.takerFee + 2 * costs.slippage;
	return { gain: notional * exits.fraction * (exits.takeProfit - turn), loss: notional * lossRate(exits.stop, costs) };
}
