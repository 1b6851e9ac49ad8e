// What a moving price meets: the levels of a symbol's orders and of its liquidation, and which of them comes first (spec §9).
// At one level a liquidation precedes the stop, the stop precedes other conditional orders, and those precede resting ones.

import { isFlat } from "../../account/position.ts";
import { shiftPrice } from "../../units/grid.ts";
import type { Account, Market, Order } from "./account.ts";
import { isTarget } from "./legs.ts";
import { betters } from "./quote.ts";
import { followsLast } from "./reference.ts";
import { trailingEdge } from "./trailing.ts";

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
	const liquidation = followsLast(market, "mark") ? liquidationLevel(market) : undefined;
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

/** What the mark or index price has reached, wherever it came from. */
export function firstReached(market: Market, by: "mark" | "index"): Level | undefined {
	const price = market[by];
	if (price === undefined) return undefined;
	let first: Level | undefined;
	const liquidation = by === "mark" ? liquidationLevel(market) : undefined;
	const waiting = market.orders.map((order) => (order.trigger?.by === by ? triggerLevel(market, order) : undefined));
	for (const level of [liquidation, ...waiting])
		if (level !== undefined && reaches(level, price) && (first === undefined || level.rank < first.rank)) first = level;
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
	const edge = trailingEdge(market);
	if (edge?.above === true) above = Math.min(above, edge.price);
	if (edge?.above === false) below = Math.max(below, edge.price);
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
	if (isFlat(position)) return undefined;
	return { price: liquidation, falling: position.direction === "long", rank: RANK.liquidation, order: undefined };
}

/** Where a live order acts on the path of the last price; undefined when it does not. In a book, limit orders wait for trades. */
function levelOf({ liquidity }: Account, market: Market, order: Order): Level | undefined {
	if (order.status === "Untriggered")
		return order.trigger !== undefined && followsLast(market, order.trigger.by) ? triggerLevel(market, order) : undefined;
	if (order.type === "market" || order.price === undefined || liquidity !== "candle") return undefined;
	// A resting limit order fills when the path trades through it by at least one tick.
	const falling = order.side === "buy";
	return { price: market.instrument.grid.priceNumber(shiftPrice(order.price, falling ? -1 : 1)), falling, rank: RANK.limit, order };
}

/** Where a waiting order is triggered; a trailing stop that is not active yet has no such place. */
function triggerLevel({ instrument }: Market, order: Order): Level | undefined {
	if (order.trigger === undefined || order.status !== "Untriggered" || order.trailing?.active === false) return undefined;
	const { price, direction } = order.trigger;
	const rank = order.closeOnTrigger && !isTarget(order.stopOrderType) ? RANK.stop : RANK.conditional;
	return { price: instrument.grid.priceNumber(price), falling: direction === "fall", rank, order };
}

function isPassed(level: Level, market: Market): boolean {
	const { rank, order } = level;
	if (rank === RANK.limit && order !== undefined) return market.jumped && betters(market, order);
	return reaches(level, market.last);
}

function reaches({ price, falling }: Level, current: number): boolean {
	return falling ? price >= current : price <= current;
}

function isAhead({ price, falling }: Level, from: number, to: number): boolean {
	return falling ? to < from && to <= price && price <= from : to > from && from <= price && price <= to;
}

function precedes(level: Level, other: Level, from: number): boolean {
	if (level.price === other.price) return level.rank < other.rank;
	return Math.abs(level.price - from) < Math.abs(other.price - from);
}
