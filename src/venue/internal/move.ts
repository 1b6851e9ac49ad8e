// How the price of a symbol moves (spec §9): it jumps to a candle's open, then takes a continuous way, and acts on what it meets.

import { isFlat } from "../../account/position.ts";
import { isOpen } from "../../orders/order.ts";
import type { Ms } from "../../units/unit.ts";
import type { Account, Market } from "./account.ts";
import { fillResting, take } from "./execute.ts";
import { liquidate } from "./ladder.ts";
import { firstAhead, firstPassed, firstReached, type Level, levelsOf, quietRange } from "./levels.ts";
import { refreshCross, reliquidate } from "./liquidation.ts";
import { endOrder } from "./order-life.ts";
import { betters } from "./quote.ts";
import { trail } from "./trailing.ts";
import { triggerOrder } from "./trigger.ts";

/** A candle opens: post-only orders that come too late are turned away, and the market orders that waited fill at its open. */
export function openCandle(account: Account, market: Market, price: number, at: Ms): void {
	market.last = price;
	market.trading = true;
	market.jumped = true;
	trail(account, market, at);
	for (const order of market.arriving)
		if (isOpen(order.status) && betters(market, order))
			endOrder(account, market, order, { status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" }, at);
	market.arriving = [];
	for (const order of market.orders.filter((waiting) => waiting.type === "market" && waiting.status !== "Untriggered"))
		if (isOpen(order.status)) take(account, market, order, at);
}

/** Moves the price to `target` or to the first thing it meets; true when it has arrived with nothing left to meet. */
export function advancePrice(account: Account, market: Market, target: number, at: Ms): boolean {
	refreshCross(account);
	const levels = levelsOf(account, market);
	const passed = firstPassed(levels, market);
	if (passed !== undefined) {
		meet(account, market, passed, at);
		return false;
	}
	market.jumped = false;
	const ahead = firstAhead(levels, market.last, target);
	market.last = ahead === undefined ? target : ahead.price;
	trail(account, market, at);
	if (ahead !== undefined) meet(account, market, ahead, at);
	return ahead === undefined;
}

function meet(account: Account, market: Market, { order }: Level, at: Ms): void {
	if (order === undefined) liquidate(account, market, at);
	else if (order.status === "Untriggered") triggerOrder(account, market, order, at);
	else fillResting(account, market, order, at);
}

/** The mark or index price jumps to `price`, and everything acts that waits for it: the liquidation before the orders. */
export function moveReference(account: Account, market: Market, by: "mark" | "index", price: number, at: Ms): void {
	market[by] = price;
	if (by === "mark") reliquidate(account);
	for (let met = firstReached(market, by); met !== undefined; met = firstReached(market, by)) meet(account, market, met, at);
}

/** The price moves without meeting anything: time that was passed over. */
export function passOver(market: Market, price: number): void {
	market.last = price;
	market.jumped = false;
}

/** Counts a candle whose assumed path decides: a level below and a level above the open are both within its range. */
export function countAmbiguity(account: Account, market: Market, candle: { low: number; high: number }): void {
	if (isFlat(market.position)) return;
	const { below, above } = quietRange(account, market);
	if (candle.low <= below && candle.high >= above) market.ambiguous++;
}
