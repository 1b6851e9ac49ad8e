// At which price an order fills once it acts (spec §9): at market, taking from the other side, or resting.

import type { Ms, Price } from "../../units/unit.ts";
import type { Account, Market, Order } from "./account.ts";
import { fill } from "./charge.ts";
import { setOrder } from "./order-life.ts";
import { crosses } from "./quote.ts";

/** A market order: the price where it stands, made worse by the slippage and rounded to the tick against the trader. */
export function executeMarket(account: Account, market: Market, order: Order, at: Ms): void {
	fill(account, market, order, { price: slippedPrice(account, market, order), maker: false }, at);
}

/** A limit order that takes: at the market's price with slippage, never worse than its own. */
export function takeLimit(account: Account, market: Market, order: Order, at: Ms): void {
	const limit = order.price as Price; // only limit orders come here
	fill(account, market, order, { price: betterFor(order, slippedPrice(account, market, order), limit), maker: false }, at);
}

/** A resting limit order: at its own price when traded through; where an opening jump offers better, at the open. */
export function fillResting(account: Account, market: Market, order: Order, at: Ms): void {
	const limit = order.price as Price; // resting orders are limit orders
	const price = market.jumped ? betterFor(order, offeredPrice(market, order), limit) : limit;
	fill(account, market, order, { price, maker: true }, at);
}

/** A conditional order becomes what it was waiting to be. */
export function triggerOrder(account: Account, market: Market, order: Order, at: Ms): void {
	if (order.type === "market") return executeMarket(account, market, order, at);
	order.trigger = undefined;
	setOrder(account, order, { status: "New" }, at);
	if (crosses(market, order)) takeLimit(account, market, order, at);
}

function slippedPrice({ rates }: Account, { instrument, last }: Market, { side }: Order): Price {
	const { grid } = instrument;
	return side === "buy" ? grid.ceilToTick(last * (1 + rates.slippage)) : grid.floorToTick(last * (1 - rates.slippage));
}

/** Where the market stands, rounded to the tick against the trader. */
function offeredPrice({ instrument, last }: Market, { side }: Order): Price {
	return side === "buy" ? instrument.grid.ceilToTick(last) : instrument.grid.floorToTick(last);
}

function betterFor({ side }: Order, a: Price, b: Price): Price {
	return (side === "buy" ? a < b : a > b) ? a : b;
}
