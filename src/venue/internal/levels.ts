// What a moving price meets: the levels of a symbol's orders and of its liquidation, and which of them comes first (spec §9).
// At one level a liquidation precedes the stop, the stop precedes other conditional orders, and those precede resting ones.

import { isFlat } from "../../account/position.ts";
import { shiftPrice } from "../../units/grid.ts";
import type { Account, Market, Order } from "./account.ts";
import { betters } from "./quote.ts";
import { followsLast } from "./reference.ts";

const RANK = { liquidation: 0, stop: 1, conditional: 2, limit: 3 } as const;

const NOTHING_QUIET = { below: Number.POSITIVE_INFINITY, above: Number.NEGATIVE_INFINITY };

/** A price at which something happens, when it falls or rises there; `order` is undefined for the liquidation. */
export type Level = {
	readonly price: number;
	readonly falling: boolean;
	readonly rank: (typeof RANK)[keyof typeof RANK];
	readonly order: Order | undefined;
};

export function levelsOf(account: Account, market: Market): Level[] {
	const levels: Level[] = [];
	const liquidation = liquidationLevel(market);
	if (liquidation !== undefined) levels.push(liquidation);
	for (const order of market.orders) {
		const level = levelOf(account, market, order);
		if (level !== undefined) levels.push(level);
	}
	return levels;
}

/** What an opening jump has passed: levels that lie beyond the price, and resting limit orders that the open betters. */
export function firstPassed(levels: readonly Level[], market: Market): Level | undefined {
	let first: Level | undefined;
	for (const level of levels) if (isPassed(level, market) && (first === undefined || level.rank < first.rank)) first = level;
	return first;
}

/** What the price meets first on its way, its present place included. */
export function firstAhead(levels: readonly Level[], from: number, to: number): Level | undefined {
	let first: Level | undefined;
	for (const level of levels) if (isAhead(level, from, to) && (first === undefined || precedes(level, first, from))) first = level;
	return first;
}

/** The nearest levels on either side: the price may move strictly between them unheeded. */
export function quietRange(account: Account, market: Market): { below: number; above: number } {
	let below = Number.NEGATIVE_INFINITY;
	let above = Number.POSITIVE_INFINITY;
	for (const order of market.orders) if (actsAtOnce(order)) return NOTHING_QUIET;
	for (const level of levelsOf(account, market)) {
		if (level.falling) below = Math.max(below, quietEdge(level, market));
		else above = Math.min(above, quietEdge(level, market));
	}
	return { below, above };
}

/** An open between a limit price and the tick beyond it betters the order: the limit price itself is the safe edge. */
function quietEdge({ rank, order, price }: Level, { instrument }: Market): number {
	return rank === RANK.limit && order?.price !== undefined ? instrument.grid.priceNumber(order.price) : price;
}

/** A market order that waits for the next open: it acts wherever the price goes. */
function actsAtOnce({ type, status }: Order): boolean {
	return type === "market" && status !== "Untriggered";
}

function liquidationLevel(market: Market): Level | undefined {
	const { position, liquidation } = market;
	if (isFlat(position) || !followsLast(market, "mark")) return undefined;
	return { price: liquidation, falling: position.direction === "long", rank: RANK.liquidation, order: undefined };
}

/** Where a live order acts on the path of the last price; undefined when it does not. In a book, limit orders wait for trades. */
function levelOf({ liquidity }: Account, market: Market, order: Order): Level | undefined {
	const { grid } = market.instrument;
	if (order.trigger !== undefined && order.status === "Untriggered") {
		const { price, direction, by } = order.trigger;
		if (!followsLast(market, by)) return undefined;
		const rank = order.closeOnTrigger ? RANK.stop : RANK.conditional;
		return { price: grid.priceNumber(price), falling: direction === "fall", rank, order };
	}
	if (order.type === "market" || order.price === undefined || liquidity !== "candle") return undefined;
	// A resting limit order fills when the path trades through it by at least one tick.
	const falling = order.side === "buy";
	return { price: grid.priceNumber(shiftPrice(order.price, falling ? -1 : 1)), falling, rank: RANK.limit, order };
}

function isPassed({ price, falling, rank, order }: Level, market: Market): boolean {
	if (rank === RANK.limit && order !== undefined) return market.jumped && betters(market, order);
	return falling ? price >= market.last : price <= market.last;
}

function isAhead({ price, falling }: Level, from: number, to: number): boolean {
	return falling ? to < from && to <= price && price <= from : to > from && from <= price && price <= to;
}

function precedes(level: Level, other: Level, from: number): boolean {
	if (level.price === other.price) return level.rank < other.rank;
	return Math.abs(level.price - from) < Math.abs(other.price - from);
}
