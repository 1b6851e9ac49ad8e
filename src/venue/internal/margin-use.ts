// What of the wallet is bound by positions and by resting orders, and what a new order may still bind (bybit-v5.md §10).

import { crossInitialMargin, initialMargin, orderCost } from "../../account/margin.ts";
import { isFlat, unrealised } from "../../account/position.ts";
import { directionOf, type Side } from "../../orders/side.ts";
import { addUsdt, minusQty, NO_USDT, roundUsdt, usdtNumber } from "../../units/grid.ts";
import type { Qty, Usdt } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { markOf } from "./reference.ts";

/** Profit of all open positions at mark prices, USDT. */
export function unrealisedTotal({ markets }: Account): number {
	let sum = 0;
	for (const market of markets.values()) sum += unrealised(market.position, market.instrument.grid, markOf(market));
	return sum;
}

/** What margin is bound by positions and by resting orders. */
export function boundMargin(account: Account): { positions: Usdt; orders: Usdt } {
	const { markets, rates } = account;
	let positions = NO_USDT;
	let orders = NO_USDT;
	for (const market of markets.values()) {
		positions = addUsdt(positions, positionMargin(account, market));
		for (const order of market.orders) orders = addUsdt(orders, orderMargin(market, order, rates.takerFee));
	}
	return { positions, orders };
}

/** Entry-based and with what was added by hand in isolated mode, at the mark price in cross mode. */
export function positionMargin({ marginMode, rates }: Account, market: Market): Usdt {
	const { position, instrument, leverage, added } = market;
	if (marginMode === "isolated") return addUsdt(initialMargin(position, leverage, rates.takerFee), added);
	return roundUsdt(crossInitialMargin(position, instrument, { mark: markOf(market), leverage, feeRate: rates.takerFee }));
}

/** What a new order may bind: the wallet less what is bound; in cross mode the open profit or loss counts too. */
export function availableMargin(account: Account): number {
	const { positions, orders } = boundMargin(account);
	const open = account.marginMode === "cross" ? unrealisedTotal(account) : 0;
	return usdtNumber(account.wallet) + open - usdtNumber(addUsdt(positions, orders));
}

/** What a resting order binds; conditional and reduce-only orders bind nothing. */
export function orderMargin(market: Market, order: Order, takerFee: number): Usdt {
	if (order.reduceOnly || order.status === "Untriggered") return NO_USDT;
	const { grid } = market.instrument;
	const price = order.type === "market" || order.price === undefined ? market.last : grid.priceNumber(order.price);
	const left = minusQty(order.qty, order.filled);
	const value = openingValue(market, order.side, left, grid.valueAt(left, price));
	return orderCost(value, order.side, market.leverage, takerFee);
}

/** The notional of an order that would open rather than reduce: only that needs margin. */
export function openingValue({ position, instrument }: Market, side: Side, qty: Qty, value: Usdt): Usdt {
	if (isFlat(position) || position.direction === directionOf(side)) return value;
	if (qty <= position.qty) return NO_USDT;
	return instrument.grid.valueAt(minusQty(qty, position.qty), usdtNumber(value) / instrument.grid.qtyNumber(qty));
}
