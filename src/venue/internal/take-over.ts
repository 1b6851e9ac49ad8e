// Liquidation: the venue takes a position over at the price where its own margin is used up. Nothing is left of it, and nothing more is owed.

import type { Ms } from "../../units/unit.ts";
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
