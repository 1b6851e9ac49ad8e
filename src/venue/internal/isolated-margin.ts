// Margin added to an isolated position, by hand or by itself, or taken back: it leaves the wallet where it is, binds it, and moves the
// liquidation price.

import { isFlat } from "../../account/position.ts";
import { signOf } from "../../orders/side.ts";
import { addUsdt, NO_USDT, roundUsdt, scaleUsdt, usdtNumber } from "../../units/grid.ts";
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

/**
 * The liquidation price is reached, and the position helps itself: it takes as much as its initial margin from what is free, or all that
 * is left, until it stands at a leverage of one. False when there is nothing to take. Source: help centre, auto-margin replenishment.
 * Worked: 5 BTC at 8000 with 10x and 6000 USDT free take 4000, and the next time the remaining 2000.
 */
export function replenish(account: Account, market: Market, at: Ms): boolean {
	if (!market.autoAdd || account.marginMode !== "isolated") return false;
	const { position, leverage, added, instrument } = market;
	const step = scaleUsdt(position.cost, 1 / leverage);
	const room = position.cost - step - added;
	const amount = Math.min(step, room, roundUsdt(Math.max(availableMargin(account), 0)));
	const whole = (Math.floor(amount / FINEST) * FINEST) as Usdt; // whole amounts of the finest unit
	if (whole <= 0) return false;
	market.added = addUsdt(added, whole);
	reliquidate(account);
	account.events.push({ kind: "position", at, symbol: instrument.symbol });
	return true;
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
