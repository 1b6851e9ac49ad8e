// Margin added to an isolated position by hand, or taken back: it leaves the wallet where it is, binds it, and moves the liquidation price.

import { isFlat } from "../../account/position.ts";
import { signOf } from "../../orders/side.ts";
import { addUsdt, NO_USDT, usdtNumber } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import type { Account, Market } from "./account.ts";
import { reliquidate } from "./liquidation.ts";
import { availableMargin } from "./margin-use.ts";
import { markOf } from "./reference.ts";

/** 1e-4 USDT: the finest that add-margin takes. */
const FINEST = 10_000;

export function changeMargin(account: Account, market: Market, amount: Usdt, at: Ms): Refusal | undefined {
	if (account.marginMode !== "isolated") return REFUSALS.marginMode;
	if (isFlat(market.position)) return REFUSALS.marginFlat;
	if (amount === 0) return REFUSALS.marginUnchanged;
	if (amount % FINEST !== 0) return REFUSALS.marginDecimals;
	if (amount > 0 && usdtNumber(amount) > availableMargin(account)) return REFUSALS.balance;
	const before = market.added;
	const after = addUsdt(before, amount);
	if (after < 0) return REFUSALS.marginReduce;
	market.added = after;
	reliquidate(account);
	if (isOverdue(market)) {
		market.added = before;
		reliquidate(account);
		return REFUSALS.wouldLiquidate;
	}
	account.events.push({ kind: "position", at, symbol: market.instrument.symbol });
	return undefined;
}

/** The mark price stands at or beyond the liquidation price. */
export function isOverdue(market: Market): boolean {
	const { position, liquidation } = market;
	return !isFlat(position) && signOf(position.direction) * (markOf(market) - liquidation) <= 0;
}

/** What was added leaves with the part of the position that is closed. */
export function keepAdded(added: Usdt, share: number): Usdt {
	return added === 0 ? NO_USDT : (Math.floor(added * share) as Usdt); // a part of an amount
}
