// The venue with what a real one has beside it: a history of orders and executions, a transaction log, and statements about every change.

import { isFlat } from "../../src/account/position.ts";
import type { Execution, OrderStatement, PositionStatement, Transaction } from "../../src/oms/statement.ts";
import type { Input } from "../../src/oms/trader-port.ts";
import type { Fill } from "../../src/orders/fill.ts";
import { isOpen } from "../../src/orders/order.ts";
import { NO_QTY, NO_USDT } from "../../src/units/grid.ts";
import type { Ms } from "../../src/units/unit.ts";
import type { VenueEvent, VenueOrder } from "../../src/venue/event.ts";
import { Venue } from "../../src/venue/venue.ts";
import type { Plan } from "./plan.ts";
import { startPrice } from "./plan.ts";

export const TOPICS = ["order", "execution", "position", "wallet"] as const;
export type Topic = (typeof TOPICS)[number];
export type Statement = Extract<Input, { kind: Topic }>;

/** Who hears what the venue does. */
export type Listener = {
	/** A statement on the private stream. */
	stated(statement: Statement, at: Ms): void;
	/** An execution, before anybody is told: the truth. */
	filled(fill: Fill, order: VenueOrder): void;
	ended(order: VenueOrder): void;
};

export class Exchange {
	readonly venue: Venue;
	readonly executions: Execution[] = [];
	readonly transactions: Transaction[] = [];
	readonly #orders = new Map<string, OrderStatement>();
	readonly #byLink = new Map<string, string>();
	readonly #symbols: readonly string[];
	readonly #others: readonly string[];
	readonly #listener: Listener;

	constructor(plan: Plan, listener: Listener, at: Ms) {
		this.venue = new Venue([...plan.instruments, plan.elsewhere], plan.venue);
		this.#symbols = plan.instruments.map(({ symbol }) => symbol);
		this.#others = [plan.elsewhere.symbol];
		this.#listener = listener;
		for (const symbol of this.venue.symbols()) this.venue.open(symbol, startPrice(symbol), at);
		this.venue.drain();
	}

	/** Tells what has happened. Whoever has asked the venue for something calls it. */
	pump(at: Ms): void {
		for (const event of this.venue.drain()) this.#take(event, at);
	}

	/** The price goes there, and meets what it meets. */
	move(symbol: string, price: number, at: Ms): void {
		for (let i = 0; !this.venue.advance(symbol, price, at); i++) {
			if (i > 1000) throw new RangeError("a price arrives somewhere");
			this.pump(at);
		}
		this.pump(at);
	}

	// ---- what can be asked

	orderByLink(linkId: string): OrderStatement | undefined {
		return this.#orders.get(this.#byLink.get(linkId) ?? "");
	}

	executionsOf(linkId: string): Execution[] {
		return this.executions.filter((one) => one.kind === "fill" && one.fill.linkId === linkId);
	}

	executionsSince(since: Ms): Execution[] {
		return this.executions.filter((one) => this.#isTraded(one) && atOf(one) >= since);
	}

	transactionsSince(since: Ms): Transaction[] {
		return this.transactions.filter(({ at }) => at >= since);
	}

	position(symbol: string, at: Ms): PositionStatement {
		const { direction, qty } = this.venue.position(symbol);
		return { at, symbol, direction, qty, stopLoss: this.venue.stopOf(symbol) };
	}

	openOrders(): OrderStatement[] {
		return this.#symbols.flatMap((symbol) => this.venue.openOrders(symbol).map((order) => statementOf(order)));
	}

	/** Orders and positions where the bot does not trade, a line each. */
	others(): string[] {
		return this.#others.flatMap((symbol) => {
			const position = this.venue.position(symbol);
			const held = isFlat(position) ? [] : [`a position on ${symbol}: ${position.direction}`];
			return [...held, ...this.venue.openOrders(symbol).map(({ side, orderId }) => `an order on ${symbol}: ${side} ${orderId}`)];
		});
	}

	// ---- what happens

	#isTraded(execution: Execution): boolean {
		return this.#symbols.includes(execution.kind === "fill" ? execution.fill.symbol : execution.funding.symbol);
	}

	#take(event: VenueEvent, at: Ms): void {
		switch (event.kind) {
			case "order":
				return this.#order(event.order, event.at);
			case "execution": {
				this.#listener.filled(event.fill, event.order);
				// What it realised is not in every message of the venue: the bot reckons it itself.
				return this.#execution({ kind: "fill", fill: { ...event.fill, closedQty: NO_QTY, realised: NO_USDT } }, at);
			}
			case "funding": {
				const { execId, symbol, amount, rate } = event;
				return this.#execution({ kind: "funding", funding: { execId, symbol, at: event.at, amount, rate } }, at);
			}
			case "position":
				return this.#listener.stated({ kind: "position", position: this.position(event.symbol, at) }, at);
			case "wallet": {
				const { tradeId: id, symbol, type, change } = event.transaction;
				this.transactions.push({ id, at: event.at, symbol, type, change });
				return this.#listener.stated({ kind: "wallet", at: event.at, balance: event.balance }, at);
			}
		}
	}

	#order(order: VenueOrder, at: Ms): void {
		const statement = statementOf(order);
		this.#orders.set(order.orderId, statement);
		if (order.linkId !== "") this.#byLink.set(order.linkId, order.orderId);
		if (!isOpen(order.status)) this.#listener.ended(order);
		this.#listener.stated({ kind: "order", order: statement }, at);
	}

	#execution(execution: Execution, at: Ms): void {
		this.executions.push(execution);
		this.#listener.stated({ kind: "execution", execution }, at);
	}
}

export function atOf(execution: Execution): Ms {
	return execution.kind === "fill" ? execution.fill.at : execution.funding.at;
}

function statementOf(order: VenueOrder): OrderStatement {
	const { orderId, linkId, symbol, side, status, qty, filled, type, price, trigger, updatedAt } = order;
	return {
		at: updatedAt,
		symbol,
		orderId,
		linkId,
		side,
		status,
		qty,
		filled,
		price: type === "limit" ? price : undefined,
		triggerPrice: trigger?.price,
		isProtection: order.stopOrderType !== "" && order.stopOrderType !== "Stop",
		reason: order.rejectReason === "EC_NoError" ? order.cancelType : order.rejectReason,
	};
}
