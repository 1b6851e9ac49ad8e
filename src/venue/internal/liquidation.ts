// Where positions are liquidated. The prices are kept with the markets and computed anew when money, size, leverage or mode change.

import { bankruptcyPrice, crossLiquidation, isolatedLiquidation, maintenanceMargin } from "../../account/margin.ts";
import { isFlat, unrealised } from "../../account/position.ts";
import type { RiskTier } from "../../market/instrument.ts";
import { NO_USDT, usdtNumber } from "../../units/grid.ts";
import type { Price, Usdt } from "../../units/unit.ts";
import type { Account, Market } from "./account.ts";
import { markOf } from "./reference.ts";

/** With the closing fee in place of maintenance margin, the liquidation price is where nothing is left once the fee is paid. */
function nothingLeft(feeRate: number): readonly RiskTier[] {
	return [{ limit: Number.MAX_SAFE_INTEGER as Usdt, maintenance: feeRate, deduction: NO_USDT, maxLeverage: 1 }]; // above any amount
}

/** Computes the liquidation price of every position: in cross mode each depends on all others. */
export function reliquidate(account: Account): void {
	for (const market of account.markets.values()) {
		const { position, instrument, leverage, added } = market;
		const margin = { added, feeRate: account.rates.takerFee };
		if (isFlat(position)) market.liquidation = Number.NaN;
		else if (account.marginMode === "isolated") market.liquidation = isolatedLiquidation(position, instrument, leverage, margin);
		else market.liquidation = crossLiquidation(position, instrument, balanceBehind(account, market));
	}
}

/** With several cross positions, each one's price moves where the others end: their liquidation prices are brought up to date. */
export function refreshCross(account: Account): void {
	if (account.marginMode !== "cross") return;
	let held = 0;
	for (const { position } of account.markets.values()) if (!isFlat(position)) held++;
	if (held > 1) reliquidate(account);
}

/**
 * The price at which the margin behind a position is used up. An isolated one's is rounded to the tick against its owner; a cross one's,
 * behind which stands the whole wallet, the other way, so that the wallet never falls below zero.
 */
export function takeOverPrice(account: Account, market: Market): Price {
	const { position, instrument, leverage, added } = market;
	const { grid } = instrument;
	const short = position.direction === "short";
	const floor = grid.priceNumber(instrument.minPrice);
	if (account.marginMode === "isolated") {
		const end = bankruptcyPrice(position, instrument, leverage, added);
		return short ? grid.ceilToTick(end) : grid.floorToTick(Math.max(end, floor));
	}
	const tiers = nothingLeft(account.rates.takerFee);
	const end = crossLiquidation(position, { ...instrument, tiers }, balanceBehind(account, market));
	return short ? grid.floorToTick(Math.max(end, floor)) : grid.ceilToTick(Math.max(end, floor));
}

/** What stands behind one cross position: the wallet and the others' profit, less the others' maintenance margin. */
export function balanceBehind({ wallet, markets, rates }: Account, market: Market): number {
	let sum = usdtNumber(wallet);
	for (const other of markets.values()) {
		if (other === market || isFlat(other.position)) continue;
		const { position, instrument, leverage } = other;
		const mark = markOf(other);
		sum += unrealised(position, instrument.grid, mark);
		sum -= maintenanceMargin(position, instrument, { mark, leverage, feeRate: rates.takerFee });
	}
	return sum;
}
