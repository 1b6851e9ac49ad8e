// What has happened to the account, kept for the queries: orders that are over, executions, transactions, closed profit. Everything here
// is drawn from the venue's events; of each kind only the latest are kept.

import type { Instrument } from "../market/instrument.ts";
import { isOpen } from "../orders/order.ts";
import { assert } from "../std/assert.ts";
import { addUsdt, NO_USDT, negate, shareUsdt } from "../units/grid.ts";
import type { Ms, Qty, Usdt } from "../units/unit.ts";
import type { VenueEvent, VenueOrder } from "../venue/event.ts";
import type { Venue } from "../venue/venue.ts";
import type { ExecutionEvent } from "./wire/execution.ts";
import type { PositionRecord } from "./wire/position.ts";
import { changeOf } from "./wire/transaction.ts";

/** A row of a list, numbered as it came. */
export type Numbered<T> = { readonly number: number; readonly entry: T };
export type Transaction = { readonly event: ExecutionEvent; readonly held: number; readonly balance: Usdt };

const KEPT = 20_000;

type SymbolState = {
	seq: number;
	createdAt: Ms;
	updatedAt: Ms;
	/** Whole steps, negative when short. */
	held: number;
	/** Fees paid to open what is held. */
	openFees: Usdt;
};

export class Ledger {
	readonly #venue: Venue;
	readonly #symbols = new Map<string, SymbolState>();
	readonly #closed: Numbered<VenueOrder>[] = [];
	readonly #executions: Numbered<ExecutionEvent>[] = [];
	readonly #transactions: Numbered<Transaction>[] = [];
	/** What an order's closed part had cost to open. */
	readonly #openFeesOf = new Map<string, Usdt>();
	#balance: Usdt;
	#count = 0;

	constructor(venue: Venue) {
		this.#venue = venue;
		this.#balance = venue.wallet;
		for (const symbol of venue.symbols()) {
			this.#symbols.set(symbol, { seq: -1, createdAt: 0, updatedAt: 0, held: 0, openFees: NO_USDT });
		}
	}

	/** Oldest first. */
	get closedOrders(): readonly Numbered<VenueOrder>[] {
		return this.#closed;
	}

	get executions(): readonly Numbered<ExecutionEvent>[] {
		return this.#executions;
	}

	get transactions(): readonly Numbered<Transaction>[] {
		return this.#transactions;
	}

	record(symbol: string): PositionRecord {
		return this.#symbol(symbol);
	}

	instrument(symbol: string): Instrument {
		const instrument = this.#venue.instrument(symbol);
		assert(instrument !== undefined, `the venue lists every symbol that it tells of, and not ${symbol}`);
		return instrument;
	}

	openFeesOf(orderId: string): Usdt {
		return this.#openFeesOf.get(orderId) ?? NO_USDT;
	}

	take(event: VenueEvent): void {
		switch (event.kind) {
			case "order":
				this.#takeOrder(event.order);
				return;
			case "execution":
			case "funding":
				this.#takeExecution(event);
				return;
			case "position":
				this.#symbol(event.symbol).updatedAt = event.at;
				return;
			case "wallet":
				return;
		}
	}

	#takeOrder(order: VenueOrder): void {
		const state = this.#symbol(order.symbol);
		state.updatedAt = order.updatedAt;
		if (!isOpen(order.status)) this.#keep(this.#closed, order);
	}

	#takeExecution(event: ExecutionEvent): void {
		const symbol = event.kind === "funding" ? event.symbol : event.fill.symbol;
		const state = this.#symbol(symbol);
		state.seq = event.seq;
		if (state.createdAt === 0) state.createdAt = event.at;
		if (event.kind === "execution") this.#book(state, event);
		this.#balance = addUsdt(this.#balance, changeOf(event));
		this.#keep(this.#executions, event);
		this.#keep(this.#transactions, { event, held: state.held, balance: this.#balance });
	}

	/** Moves the fees of opening: the part of them that a fill closes goes to the closing order. */
	#book(state: SymbolState, { fill }: Extract<VenueEvent, { kind: "execution" }>): void {
		const before = Math.abs(state.held) as Qty; // the size of a quantity
		if (fill.closedQty > 0) {
			const share = shareUsdt(state.openFees, fill.closedQty, before);
			state.openFees = addUsdt(state.openFees, negate(share));
			this.#openFeesOf.set(fill.orderId, addUsdt(this.openFeesOf(fill.orderId), share));
			if (this.#openFeesOf.size > KEPT) this.#openFeesOf.delete(this.#openFeesOf.keys().next().value ?? "");
		}
		if (fill.closedQty < fill.qty)
			state.openFees = addUsdt(state.openFees, shareUsdt(fill.fee, (fill.qty - fill.closedQty) as Qty, fill.qty)); // the part that opens
		state.held += fill.side === "buy" ? fill.qty : -fill.qty;
	}

	#keep<T>(list: Numbered<T>[], entry: T): void {
		list.push({ number: ++this.#count, entry });
		if (list.length > KEPT) list.splice(0, KEPT / 2);
	}

	#symbol(symbol: string): SymbolState {
		const state = this.#symbols.get(symbol);
		assert(state !== undefined, `the venue lists every symbol that it tells of, and not ${symbol}`);
		return state;
	}
}
