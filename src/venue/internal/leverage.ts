// set-leverage: bounded by the instrument, and by the risk tier that position and orders are in.

import { isFlat } from "../../account/position.ts";
import { tierOf } from "../../market/instrument.ts";
import { addUsdt, minusQty, NO_USDT } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import type { Account, Market } from "./account.ts";
import { isOverdue } from "./isolated-margin.ts";
import { reliquidate } from "./liquidation.ts";
import { availableMargin } from "./margin-use.ts";

export function changeLeverage(account: Account, market: Market, leverage: number, at: Ms): Refusal | undefined {
	const { instrument, position } = market;
	if (!(leverage >= 1)) return REFUSALS.leverageMin;
	if (leverage > instrument.maxLeverage || leverage > tierOf(instrument, position.cost).maxLeverage) return REFUSALS.leverageMax;
	if (leverage > tierOf(instrument, riskValue(market)).maxLeverage) return REFUSALS.leverageOrders;
	if (leverage === market.leverage) return REFUSALS.leverageUnchanged;
	const before = market.leverage;
	market.leverage = leverage;
	reliquidate(account);
	const bound = !isFlat(position) || market.orders.length > 0;
	const refusal =
		bound && leverage < before && availableMargin(account) < 0 ? REFUSALS.balance : isOverdue(market) ? REFUSALS.wouldLiquidate : undefined;
	if (refusal !== undefined) {
		market.leverage = before;
		reliquidate(account);
		return refusal;
	}
	account.events.push({ kind: "position", at, symbol: instrument.symbol });
	return undefined;
}

/** What the risk tier is chosen by: the position and the orders that would add to it. */
export function riskValue({ position, orders, instrument }: Market): Usdt {
	let sum = addUsdt(NO_USDT, position.cost);
	for (const order of orders)
		if (!order.reduceOnly && order.status !== "Untriggered" && order.price !== undefined)
			sum = addUsdt(sum, instrument.grid.value(minusQty(order.qty, order.filled), order.price));
	return sum;
}
