// What the exchange of a story holds, and what it would answer if it were asked: orders, one position, a wallet and its log. It judges
// nothing and does nothing by itself; a story makes things happen here and chooses what of it the bot is told, when, and how often.

import { applyFill, FLAT, type Position } from "../../account/position.ts";
import type { Fill, FillCause } from "../../orders/fill.ts";
import { isOpen, type OrderRequest, type OrderStatus } from "../../orders/order.ts";
import type { Side } from "../../orders/side.ts";
import { assert } from "../../std/assert.ts";
import { addUsdt, type Grid, NO_QTY, NO_USDT, negate, plusQty, roundUsdt, scaleUsdt } from "../../units/grid.ts";
import type { Ms, Price, Qty, Usdt } from "../../units/unit.ts";
import type { Answered } from "../call.ts";
import type { AccountStatement, Execution, OrderStatement, PositionStatement, Transaction } from "../statement.ts";

export const TAKER = 0.00055;

type Strange = {
	readonly side: Side;
	readonly qty: number;
	readonly price: number;
	readonly cause?: FillCause;
	readonly linkId?: string;
	readonly fee?: Usdt;
};

export class Shown {
	readonly orders = new Map<string, OrderStatement>();
	readonly executions: Execution[] = [];
	readonly rows: Transaction[] = [];
	others: string[] = [];
	balance: Usdt;
	position: Position = FLAT;
	stop: Price | undefined;
	readonly #symbol: string;
	readonly #grid: Grid;
	readonly #now: () => Ms;
	readonly #attached = new Map<string, Price | undefined>();
	#serial = 0;

	constructor(symbol: string, grid: Grid, options: { balance: number; now: () => Ms }) {
		this.#symbol = symbol;
		this.#grid = grid;
		this.#now = options.now;
		this.balance = roundUsdt(options.balance);
	}

	// ---- what happens

	accept(order: OrderRequest): OrderStatement {
		const { linkId, symbol, side, qty, price, trigger } = order;
		this.#attached.set(linkId, order.stopLoss);
		return this.put({
			...this.#blank(),
			symbol,
			linkId,
			side,
			qty,
			price,
			triggerPrice: trigger?.price,
			status: trigger === undefined ? "New" : "Untriggered",
		});
	}

	/** An order that stands, whoever placed it. */
	put(order: Partial<OrderStatement>): OrderStatement {
		const whole = { ...this.#blank(), ...order };
		this.orders.set(whole.linkId === "" ? whole.orderId : whole.linkId, whole);
		return whole;
	}

	/** Some of an order fills, all that is left without a quantity; the order as it stands then is in `orders`. */
	fill(linkId: string, at: { price: number; qty?: number }): Execution {
		const order = this.order(linkId);
		const qty = at.qty === undefined ? ((order.qty - order.filled) as Qty) : this.#grid.floorToStep(at.qty); // what is left
		const filled = plusQty(order.filled, qty);
		this.orders.set(linkId, { ...order, at: this.#now(), filled, status: filled === order.qty ? "Filled" : "PartiallyFilled" });
		const leaves = (order.qty - filled) as Qty; // what is left of it
		const execution = this.#execute({ orderId: order.orderId, linkId, side: order.side, qty, price: at.price, leaves });
		const stop = this.#attached.get(linkId);
		if (stop !== undefined && this.position.qty > 0) this.stop ??= stop;
		return execution;
	}

	/** A fill of an order that is not the bot's: the position's stop, the exchange against us, a person. */
	fillElse({ side, qty, price, cause = "order", linkId = "" }: Strange): Execution {
		const orderId = `else-${++this.#serial}`;
		return this.#execute({ orderId, linkId, side, qty: this.#grid.floorToStep(qty), price, cause, leaves: NO_QTY });
	}

	end(linkId: string, status: Extract<OrderStatus, "Cancelled" | "Rejected" | "Deactivated">, reason: string): OrderStatement {
		return this.put({ ...this.order(linkId), at: this.#now(), status, reason });
	}

	/** Positive when paid. */
	fund(usdt: number, rate = 0.0001): Execution {
		const amount = roundUsdt(usdt);
		const execId = `f${++this.#serial}`;
		this.#book("SETTLEMENT", negate(amount));
		const execution: Execution = { kind: "funding", funding: { execId, symbol: this.#symbol, at: this.#now(), amount, rate } };
		this.executions.push(execution);
		return execution;
	}

	transfer(usdt: number): void {
		this.#book(usdt > 0 ? "TRANSFER_IN" : "TRANSFER_OUT", roundUsdt(usdt));
	}

	// ---- what it would answer

	order(linkId: string): OrderStatement {
		const order = this.orders.get(linkId);
		assert(order !== undefined, `the exchange of the story knows the order ${linkId}`);
		return order;
	}

	get open(): OrderStatement[] {
		return [...this.orders.values()].filter(({ status }) => isOpen(status));
	}

	stated(): PositionStatement {
		const { direction, qty } = this.position;
		return { at: this.#now(), symbol: this.#symbol, direction, qty, stopLoss: qty === 0 ? undefined : this.stop };
	}

	account(since: Ms): AccountStatement {
		const executions = this.executions.filter((execution) => timeOf(execution) >= since);
		return { orders: this.open, positions: [this.stated()], executions, balance: this.balance, others: this.others };
	}

	find(linkId: string): Answered {
		const executions = this.executions.filter((execution) => execution.kind === "fill" && execution.fill.linkId === linkId);
		return { kind: "found", order: this.orders.get(linkId), executions };
	}

	ledger(since: Ms): Answered {
		return { kind: "ledger", transactions: this.rows.filter(({ at }) => at >= since), balance: this.balance };
	}

	// ---- books

	#execute(terms: Pick<Fill, "orderId" | "linkId" | "side" | "qty" | "leaves"> & { price: number; cause?: FillCause }): Execution {
		const price = this.#grid.nearestTick(terms.price);
		const value = this.#grid.value(terms.qty, price);
		const change = applyFill(this.position, { side: terms.side, qty: terms.qty, price }, this.#grid);
		if (change.position.qty === 0 || change.position.direction !== this.position.direction) this.stop = undefined;
		this.position = change.position;
		const fill: Fill = {
			...terms,
			execId: `x${++this.#serial}`,
			symbol: this.#symbol,
			price,
			value,
			fee: scaleUsdt(value, TAKER),
			maker: false,
			cause: terms.cause ?? "order",
			closedQty: NO_QTY,
			realised: NO_USDT,
			at: this.#now(),
		};
		this.#book("TRADE", addUsdt(change.realised, negate(fill.fee)));
		const execution: Execution = { kind: "fill", fill };
		this.executions.push(execution);
		return execution;
	}

	#book(type: string, change: Usdt): void {
		this.balance = addUsdt(this.balance, change);
		this.rows.push({ id: `row${++this.#serial}`, at: this.#now(), symbol: this.#symbol, type, change });
	}

	#blank(): OrderStatement {
		return {
			at: this.#now(),
			symbol: this.#symbol,
			orderId: `o${++this.#serial}`,
			linkId: "",
			side: "buy",
			status: "New",
			qty: NO_QTY,
			filled: NO_QTY,
			price: undefined,
			triggerPrice: undefined,
			isProtection: false,
			reason: "",
		};
	}
}

function timeOf(execution: Execution): Ms {
	return execution.kind === "fill" ? execution.fill.at : execution.funding.at;
}
