// What has happened to the account, kept for the queries: orders that are over, executions, transactions, closed profit. Everything here
// is drawn from the venue's events; of each kind only the latest are kept.

import type { Instrument } from "../market/instrument.ts";
import type { Fill } from "../orders/fill.ts";
import { isOpen } from "../orders/order.ts";
import { assert } from "../std/assert.ts";
import { addUsdt, NO_QTY, NO_USDT, negate, plusQty, shareUsdt } from "../units/grid.ts";
import type { Ms, Qty, Usdt } from "../units/unit.ts";
import type { Transaction, VenueEvent, VenueOrder } from "../venue/event.ts";
import type { Venue } from "../venue/venue.ts";
import { Insurance } from "./insurance.ts";
import type { ExecutionEvent } from "./wire/execution.ts";
import type { PositionRecord } from "./wire/position.ts";

/** A row of a list, numbered as it came. */
export type Numbered<T> = { readonly number: number; readonly entry: T };

/** What one order closed: one row of closed-pnl. */
export type ClosedProfit = {
	readonly order: VenueOrder;
	readonly leverage: number;
	readonly closed: Qty;
	readonly entryValue: Usdt;
	readonly exitValue: Usdt;
	/** The part of the opening fees that belongs to what was closed, and the fee of closing it. */
	readonly openFee: Usdt;
	readonly closeFee: Usdt;
	readonly fills: number;
	readonly updatedAt: Ms;
};

const KEPT = 20_000;

export function isTakeOver({ createType }: VenueOrder): boolean {
	return createType === "CreateByTakeOver_PassThrough";
}

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
	/** What becomes of positions that are taken over. */
	readonly insurance = new Insurance();
	readonly #venue: Venue;
	readonly #symbols = new Map<string, SymbolState>();
	readonly #closed: Numbered<VenueOrder>[] = [];
	readonly #executions: Numbered<ExecutionEvent>[] = [];
	readonly #transactions: Numbered<Transaction>[] = [];
	/** By order id, oldest first. */
	readonly #closedProfits = new Map<string, Numbered<ClosedProfit>>();
	#count = 0;

	constructor(venue: Venue) {
		this.#venue = venue;
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

	/** Oldest first. */
	get closedProfits(): Iterable<Numbered<ClosedProfit>> {
		return this.#closedProfits.values();
	}

	closedProfitOf(orderId: string): ClosedProfit | undefined {
		return this.#closedProfits.get(orderId)?.entry;
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
				this.#keep(this.#transactions, event.transaction);
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
		if (event.kind === "execution" && isTakeOver(event.order)) this.#insure(event);
		this.#keep(this.#executions, event);
	}

	/** The pool has the position at its bankruptcy price, and is rid of it at the mark price. */
	#insure({ fill, mark, at }: Extract<VenueEvent, { kind: "execution" }>): void {
		const { grid } = this.instrument(fill.symbol);
		const gain = (mark - grid.priceNumber(fill.price)) * grid.qtyNumber(fill.qty);
		this.insurance.take({ symbol: fill.symbol, at, gain: fill.side === "sell" ? gain : -gain });
	}

	/** The part of the opening fees that belongs to what a fill closes goes to the closing order; a fill's own fee is split likewise. */
	#book(state: SymbolState, { fill, order }: Extract<VenueEvent, { kind: "execution" }>): void {
		const closeFee = fill.closedQty === 0 ? NO_USDT : shareUsdt(fill.fee, fill.closedQty, fill.qty);
		if (fill.closedQty > 0) {
			const openFee = shareUsdt(state.openFees, fill.closedQty, Math.abs(state.held) as Qty); // the size of a quantity
			state.openFees = addUsdt(state.openFees, negate(openFee));
			this.#addClosed(fill, order, { openFee, closeFee });
		}
		state.openFees = addUsdt(state.openFees, fill.fee, negate(closeFee));
		state.held += fill.side === "buy" ? fill.qty : -fill.qty;
	}

	#addClosed(fill: Fill, order: VenueOrder, fees: { openFee: Usdt; closeFee: Usdt }): void {
		const known = this.#closedProfits.get(fill.orderId);
		const before = known?.entry ?? {
			closed: NO_QTY,
			entryValue: NO_USDT,
			exitValue: NO_USDT,
			openFee: NO_USDT,
			closeFee: NO_USDT,
			fills: 0,
		};
		const exit = shareUsdt(fill.value, fill.closedQty, fill.qty);
		// Selling closes a long one: profit = exit − entry. Buying closes a short one: profit = entry − exit.
		const entry = addUsdt(exit, fill.side === "sell" ? negate(fill.realised) : fill.realised);
		const closed: ClosedProfit = {
			order,
			leverage: this.#venue.leverage(fill.symbol),
			closed: plusQty(before.closed, fill.closedQty),
			entryValue: addUsdt(before.entryValue, entry),
			exitValue: addUsdt(before.exitValue, exit),
			openFee: addUsdt(before.openFee, fees.openFee),
			closeFee: addUsdt(before.closeFee, fees.closeFee),
			fills: before.fills + 1,
			updatedAt: fill.at,
		};
		this.#closedProfits.set(fill.orderId, { number: known?.number ?? ++this.#count, entry: closed });
		if (this.#closedProfits.size > KEPT) this.#closedProfits.delete(this.#closedProfits.keys().next().value ?? "");
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
