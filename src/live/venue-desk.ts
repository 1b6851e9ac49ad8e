// The venue in process with what a real one has beside it: a history of orders and executions, a transaction log, and statements about
// every change, as the order management wants them. The paper run trades on it, and the simulation of faults.

import { isFlat } from "../account/position.ts";
import type { Answered } from "../oms/call.ts";
import type { Execution, OrderStatement, PositionStatement, Transaction } from "../oms/statement.ts";
import type { Input } from "../oms/trader-port.ts";
import type { Fill } from "../orders/fill.ts";
import { isOpen } from "../orders/order.ts";
import { NO_QTY, NO_USDT } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import type { VenueEvent, VenueOrder } from "../venue/event.ts";
import type { Venue } from "../venue/venue.ts";

const TOPICS = ["order", "execution", "position", "wallet"] as const;
export type Topic = (typeof TOPICS)[number];
export type Statement = Extract<Input, { kind: Topic }>;

/** Who hears what the venue does. */
export type DeskListener = {
	/** A statement, as on a private stream. */
	stated(statement: Statement, at: Ms): void;
	/** An execution, before anybody is told. */
	filled?(fill: Fill, order: VenueOrder): void;
	ended?(order: VenueOrder): void;
};

/** Plain data. */
export type SavedDesk = {
	readonly executions: readonly Execution[];
	readonly transactions: readonly Transaction[];
	readonly orders: readonly OrderStatement[];
};

export type VenueDeskOptions = {
	readonly venue: Venue;
	/** The symbols that are traded; others of the venue are told of in a line each. */
	readonly symbols: readonly string[];
	readonly listener: DeskListener;
	readonly saved?: SavedDesk | undefined;
};

/** A price meets no more than there are orders; this is above any number of them. */
const MEETINGS_MAX = 10_000;

export class VenueDesk {
	readonly venue: Venue;
	readonly executions: Execution[];
	readonly transactions: Transaction[];
	/** The newest statement of each order, by its order id. */
	readonly #orders: Map<string, OrderStatement>;
	readonly #byLink = new Map<string, string>();
	readonly #symbols: readonly string[];
	readonly #listener: DeskListener;

	constructor({ venue, symbols, listener, saved }: VenueDeskOptions) {
		this.venue = venue;
		this.#symbols = symbols;
		this.#listener = listener;
		this.executions = [...(saved?.executions ?? [])];
		this.transactions = [...(saved?.transactions ?? [])];
		this.#orders = new Map((saved?.orders ?? []).map((order) => [order.orderId, order]));
		for (const { linkId, orderId } of this.#orders.values()) if (linkId !== "") this.#byLink.set(linkId, orderId);
	}

	saved(): SavedDesk {
		return { executions: [...this.executions], transactions: [...this.transactions], orders: [...this.#orders.values()] };
	}

	/** Lets go all but the newest so many of each; open orders stay. */
	forget(most: number): void {
		this.executions.splice(0, Math.max(0, this.executions.length - most));
		this.transactions.splice(0, Math.max(0, this.transactions.length - most));
		let over = this.#orders.size - most;
		for (const { orderId, linkId, status } of this.#orders.values()) {
			if (over <= 0) return;
			if (isOpen(status)) continue;
			this.#orders.delete(orderId);
			this.#byLink.delete(linkId);
			over--;
		}
	}

	/** Tells what has happened, and whether anything has. Whoever has asked the venue for something calls it. */
	pump(at: Ms): boolean {
		const events = this.venue.drain();
		for (const event of events) this.#take(event, at);
		return events.length > 0;
	}

	/** The price goes there, and meets what it meets. */
	move(symbol: string, price: number, at: Ms): void {
		for (let i = 0; !this.venue.advance(symbol, price, at); i++) {
			if (i > MEETINGS_MAX) throw new RangeError("a price arrives somewhere");
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
		const elsewhere = this.venue.symbols().filter((symbol) => !this.#symbols.includes(symbol));
		return elsewhere.flatMap((symbol) => {
			const position = this.venue.position(symbol);
			const held = isFlat(position) ? [] : [`a position on ${symbol}: ${position.direction}`];
			return [...held, ...this.venue.openOrders(symbol).map(({ side, orderId }) => `an order on ${symbol}: ${side} ${orderId}`)];
		});
	}

	/** The whole account in one answer. */
	account(since: Ms, at: Ms): Answered {
		const positions = this.#symbols.map((symbol) => this.position(symbol, at));
		const executions = this.executionsSince(since);
		const account = { orders: this.openOrders(), positions, executions, balance: this.venue.wallet, others: this.others() };
		return { kind: "account", account };
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
				this.#listener.filled?.(event.fill, event.order);
				// What it realised is not in every message of a real venue: the bot reckons it itself.
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
		this.#orders.delete(order.orderId); // the newest stand last
		this.#orders.set(order.orderId, statement);
		if (order.linkId !== "") this.#byLink.set(order.linkId, order.orderId);
		if (!isOpen(order.status)) this.#listener.ended?.(order);
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
