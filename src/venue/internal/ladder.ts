// What stands between the mark price at the liquidation price and the take-over: auto-added margin, and above the first risk tier the
// ladder, which sells just enough of the position to come into a lower tier (bybit-v5.md §10; help centre, liquidation process).

import { crossLiquidation, isolatedLiquidation } from "../../account/margin.ts";
import type { Position } from "../../account/position.ts";
import { signOf } from "../../orders/side.ts";
import { addUsdt, minusQty, NO_QTY, negate, shareUsdt, usdtNumber } from "../../units/grid.ts";
import type { Ms, Qty } from "../../units/unit.ts";
import type { Account, Market } from "./account.ts";
import { take } from "./execute.ts";
import { keepAdded, replenish } from "./isolated-margin.ts";
import { balanceBehind, takeOverPrice } from "./liquidation.ts";
import { closingRequest, createOrder, endOrder } from "./order-life.ts";
import { crosses } from "./quote.ts";
import { markOf } from "./reference.ts";
import { takeOver } from "./take-over.ts";

export function liquidate(account: Account, market: Market, at: Ms): void {
	if (replenish(account, market, at) || descend(account, market, at)) return;
	takeOver(account, market, at);
}

/**
 * Cancels what rests and reduces the position into a lower tier by one fill-or-kill order, bounded by the bankruptcy price. False when it
 * is in the lowest tier, when no lower one would save it, or when the market has too little at that price: then it is taken over whole.
 */
function descend(account: Account, market: Market, at: Ms): boolean {
	const [lowest] = market.instrument.tiers;
	if (lowest === undefined || market.position.cost <= lowest.limit) return false;
	for (const order of market.orders.filter(({ status }) => status !== "Untriggered"))
		endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByPrepareLiq" }, at);
	const qty = excess(account, market);
	if (qty === 0) return false;
	const bounded = { type: "limit", price: takeOverPrice(account, market), timeInForce: "FOK" } as const;
	const request = { ...closingRequest(market), ...bounded, qty };
	const order = createOrder(account, market, request, { createType: "CreateByLiq", stopOrderType: "" }, at);
	if (crosses(account, market, order)) take(account, market, order, at);
	else endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_NoImmediateQtyToFill" }, at);
	return order.filled > 0;
}

/** How much must go for the rest to lie in a lower tier and to stand there: the least that does; zero when nothing does. */
function excess(account: Account, market: Market): Qty {
	const { position, instrument } = market;
	for (const { limit } of instrument.tiers.filter((tier) => tier.limit < position.cost).reverse()) {
		const keep = instrument.grid.floorFraction(position.qty, limit / position.cost);
		if (keep >= instrument.minQty && stands(account, market, keep)) return minusQty(position.qty, keep);
	}
	return NO_QTY;
}

/** Whether what is kept would not be liquidated at the present mark price, the rest being sold at the last one. */
function stands(account: Account, market: Market, keep: Qty): boolean {
	const { position, instrument, leverage, added } = market;
	const { direction } = position;
	const sold = minusQty(position.qty, keep);
	const soldCost = shareUsdt(position.cost, sold, position.qty);
	const rest: Position = { direction, qty: keep, cost: addUsdt(position.cost, negate(soldCost)) };
	const { takerFee } = account.rates;
	const value = instrument.grid.qtyNumber(sold) * market.last;
	const gained = signOf(direction) * (value - usdtNumber(soldCost)) - value * takerFee;
	const end =
		account.marginMode === "isolated"
			? isolatedLiquidation(rest, instrument, leverage, { added: keepAdded(added, keep / position.qty), feeRate: takerFee })
			: crossLiquidation(rest, instrument, balanceBehind(account, market) + gained);
	return signOf(direction) * (markOf(market) - end) > 0;
}
