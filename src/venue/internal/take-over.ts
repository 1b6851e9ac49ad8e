// Positions that the venue closes against their owner: liquidation, at the price where their own margin is used up, so that nothing is left
// and nothing more is owed; and auto-deleveraging, at the price that it is told. The symbol's orders are cancelled first.

import type { Ms, Price, Qty } from "../../units/unit.ts";
import type { Account, Market } from "./account.ts";
import { fill } from "./charge.ts";
import { takeOverPrice } from "./liquidation.ts";
import { closingRequest, createOrder, endOrder } from "./order-life.ts";

export function takeOver(account: Account, market: Market, at: Ms): void {
	for (const order of [...market.orders]) endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelByPrepareLiq" }, at);
	const price = takeOverPrice(account, market);
	const origin = { createType: "CreateByTakeOver_PassThrough", stopOrderType: "" } as const;
	const order = createOrder(account, market, closingRequest(market), origin, at);
	order.price = price;
	fill(account, market, order, { price, maker: false }, at);
}

/** A winning position is reduced against a bankrupt one. Its legs stay, matched to what is left. */
export function deleverage(account: Account, market: Market, { qty, price }: { qty: Qty; price: Price }, at: Ms): void {
	for (const order of market.orders.filter(({ status }) => status !== "Untriggered"))
		endOrder(account, market, order, { status: "Cancelled", cancelType: "CancelAllBeforeAdl" }, at);
	const whole = closingRequest(market);
	const request = { ...whole, qty: Math.min(qty, whole.qty) as Qty }; // the smaller of two quantities
	const order = createOrder(account, market, request, { createType: "CreateByAdl_PassThrough", stopOrderType: "" }, at);
	order.price = price;
	fill(account, market, order, { price, maker: false }, at);
}
