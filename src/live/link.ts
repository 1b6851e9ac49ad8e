// The trader's calls in the wire's words, and the exchange's answers back as statements. An answer says only that a wish was accepted or
// refused; what came of it is stated on the private stream, or asked for. Nothing is tried again here: what a fault means is the order
// management's matter.

import { type Answer as BybitAnswer, everyPage } from "../bybit/calls.ts";
import type { BybitClient } from "../bybit/client.ts";
import type { BybitExecution, BybitOrder } from "../bybit/decode/order.ts";
import type { BybitPosition } from "../bybit/decode/position.ts";
import type { Fault } from "../bybit/fault.ts";
import type { CreateOrder } from "../bybit/requests.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Answer, Answered, Call, CallFault } from "../oms/call.ts";
import type { AccountStatement, Execution, OrderStatement, PositionStatement } from "../oms/statement.ts";
import type { OrderRequest } from "../orders/order.ts";
import { ok, type Result } from "../std/result.ts";
import { DAY, type Ms } from "../units/unit.ts";
import { executionOf, orderStatement, positionStatement, transactionOf, usdtBalance } from "./statements.ts";

const SIDES = { buy: "Buy", sell: "Sell" } as const;
const TRIGGERS = { last: "LastPrice", mark: "MarkPrice", index: "IndexPrice" } as const;

/** An order of ours as the wire wants it: the stop rides on the entry, for the whole position and by last price. */
export function wireOrder(order: OrderRequest, instrument: Instrument): CreateOrder {
	const { grid } = instrument;
	const { trigger, stopLoss, price } = order;
	return {
		symbol: order.symbol,
		side: SIDES[order.side],
		orderType: order.type === "market" ? "Market" : "Limit",
		qty: grid.formatQty(order.qty),
		orderLinkId: order.linkId,
		...(price === undefined ? {} : { price: grid.formatPrice(price) }),
		timeInForce: order.timeInForce,
		reduceOnly: order.reduceOnly,
		...(trigger === undefined
			? {}
			: {
					triggerPrice: grid.formatPrice(trigger.price),
					triggerDirection: trigger.direction === "rise" ? 1 : 2,
					triggerBy: TRIGGERS[trigger.by],
				}),
		...(stopLoss === undefined
			? {}
			: { stopLoss: grid.formatPrice(stopLoss), slTriggerBy: "LastPrice", tpslMode: "Full", slOrderType: "Market" }),
	};
}

export type LinkOptions = {
	readonly client: BybitClient;
	readonly instruments: ReadonlyMap<string, Instrument>;
	readonly now: () => Ms;
	readonly onAnswer: (answer: Answer) => void;
	/** What could not be read, and why. */
	readonly onOdd: (what: string) => void;
};

type Told<T> = Promise<Result<T, Fault>>;

/** The exchange's longest range for executions and ledger rows, less a little. */
const WINDOW: Ms = 7 * DAY - 60_000;

export class Link {
	readonly #options: LinkOptions;

	constructor(options: LinkOptions) {
		this.#options = options;
	}

	/** An order is written to the socket inside this call when the trade socket is open. */
	carry(call: Call): void {
		void this.#settle(call.id, this.#ask(call));
	}

	async #settle(id: number, asked: Told<Answered>): Promise<void> {
		const done = this.#options.client.hold();
		try {
			const result = await asked;
			this.#options.onAnswer(result.ok ? { id, ok: true, value: result.value } : { id, ok: false, fault: callFault(result.error) });
		} finally {
			done();
		}
	}

	#ask(call: Call): Told<Answered> {
		switch (call.kind) {
			case "find":
				return this.#find(call.symbol, call.linkId);
			case "position":
				return this.#position(call.symbol);
			case "account":
				return this.#account(call.since);
			case "ledger":
				return this.#ledger(call.since);
			default:
				return this.#write(call);
		}
	}

	#write(call: Extract<Call, { kind: "place" | "amend" | "cancel" | "protect" }>): Told<Answered> {
		const { client, instruments } = this.#options;
		const { symbol } = call;
		const instrument = instruments.get(symbol);
		if (instrument === undefined) throw new RangeError(`${symbol} is traded and has no rules`);
		const { grid } = instrument;
		switch (call.kind) {
			case "place":
				return done(client.place(wireOrder(call.order, instrument)));
			case "amend": {
				const { price, qty, triggerPrice, linkId } = call;
				return done(
					client.amend({
						symbol,
						orderLinkId: linkId,
						price: price === undefined ? undefined : grid.formatPrice(price),
						qty: qty === undefined ? undefined : grid.formatQty(qty),
						triggerPrice: triggerPrice === undefined ? undefined : grid.formatPrice(triggerPrice),
					}),
				);
			}
			case "cancel":
				return done(client.cancel({ symbol, orderLinkId: call.linkId }));
			case "protect":
				return done(
					client.rest.setTradingStop({ symbol, tpslMode: "Full", stopLoss: grid.formatPrice(call.stopLoss), slTriggerBy: "LastPrice" }),
				);
		}
	}

	/** Open orders with the lately closed ones, then the history; and what was executed of it. */
	async #find(symbol: string, orderLinkId: string): Told<Answered> {
		const { rest } = this.#options.client;
		const open = await rest.getOpenOrders({ symbol, orderLinkId });
		if (!open.ok) return open;
		let [row] = open.value.list;
		if (row === undefined) {
			const history = await rest.getOrderHistory({ symbol, orderLinkId });
			if (!history.ok) return history;
			[row] = history.value.list;
		}
		const executions = await everyPage((cursor) => rest.getExecutions({ symbol, orderLinkId, cursor }));
		if (!executions.ok) return executions;
		const order = row === undefined ? undefined : this.#order(row);
		return ok({ kind: "found", order, executions: this.#executions(executions.value) });
	}

	async #position(symbol: string): Told<Answered> {
		const answer = await this.#options.client.rest.getPositions({ symbol });
		if (!answer.ok) return answer;
		const [position] = this.#positions(answer.value.list.filter((row) => row.symbol === symbol));
		return ok({ kind: "position", position });
	}

	async #account(since: Ms): Told<Answered> {
		const { rest } = this.#options.client;
		const [executions, orders, positions, wallet] = await Promise.all([
			this.#since(since, (range) => everyPage((cursor) => rest.getExecutions({ ...range, cursor }))),
			everyPage((cursor) => rest.getOpenOrders({ openOnly: 0, cursor })),
			this.#allPositions(),
			rest.getWallet("USDT"),
		]);
		if (!executions.ok) return executions;
		if (!orders.ok) return orders;
		if (!positions.ok) return positions;
		if (!wallet.ok) return wallet;
		const account: AccountStatement = {
			orders: orders.value.filter((row) => this.#isTraded(row.symbol)).flatMap((row) => this.#order(row) ?? []),
			positions: this.#positions(positions.value.filter((row) => this.#isTraded(row.symbol))),
			executions: this.#executions(executions.value),
			balance: usdtBalance(wallet.value),
			others: this.#others(orders.value, positions.value),
		};
		return ok({ kind: "account", account });
	}

	/** Those that are open, and the row of each traded symbol that is not among them. */
	async #allPositions(): Told<readonly BybitPosition[]> {
		const { rest } = this.#options.client;
		const open = await everyPage((cursor) => rest.getPositions({ cursor }));
		if (!open.ok) return open;
		const shown = new Set(open.value.map((row) => row.symbol));
		const missing = [...this.#options.instruments.keys()].filter((symbol) => !shown.has(symbol));
		const rows = await Promise.all(missing.map((symbol) => rest.getPositions({ symbol })));
		const all = [...open.value];
		for (const row of rows) {
			if (!row.ok) return row;
			all.push(...row.value.list);
		}
		return ok(all);
	}

	async #ledger(since: Ms): Told<Answered> {
		const { rest } = this.#options.client;
		const rows = await this.#since(since, (range) => everyPage((cursor) => rest.getTransactionLog({ currency: "USDT", ...range, cursor })));
		if (!rows.ok) return rows;
		const wallet = await rest.getWallet("USDT");
		if (!wallet.ok) return wallet;
		const transactions = rows.value.flatMap((row) => this.#read(transactionOf(row)) ?? []).sort((a, b) => a.at - b.at);
		return ok({ kind: "ledger", transactions, balance: usdtBalance(wallet.value) });
	}

	/** In as many ranges as the exchange needs. */
	async #since<T>(since: Ms, ask: (range: { startTime: Ms; endTime: Ms }) => BybitAnswer<readonly T[]>): Told<readonly T[]> {
		const all: T[] = [];
		const end = this.#options.now() + 60_000; // the exchange's clock may be ahead of what we know of it
		for (let from = since; from < end; from += WINDOW) {
			const answer = await ask({ startTime: Math.floor(from), endTime: Math.floor(Math.min(end, from + WINDOW)) });
			if (!answer.ok) return answer;
			all.push(...answer.value);
		}
		return ok(all);
	}

	// ---- rows as statements

	#order(row: BybitOrder): OrderStatement | undefined {
		const instrument = this.#options.instruments.get(row.symbol);
		return instrument && this.#read(orderStatement(row, instrument, row.updatedTime ?? this.#options.now()));
	}

	#executions(rows: readonly BybitExecution[]): Execution[] {
		const { instruments } = this.#options;
		const read = rows.flatMap((row) => {
			const instrument = instruments.get(row.symbol);
			return (instrument && this.#read(executionOf(row, instrument))) ?? [];
		});
		return read.reverse().sort((a, b) => timeOf(a) - timeOf(b)); // the exchange states the newest first
	}

	#positions(rows: readonly BybitPosition[]): PositionStatement[] {
		const { instruments, now } = this.#options;
		return rows.flatMap((row) => {
			const instrument = instruments.get(row.symbol);
			return (instrument && this.#read(positionStatement(row, instrument, row.updatedTime ?? now()))) ?? [];
		});
	}

	#others(orders: readonly BybitOrder[], positions: readonly BybitPosition[]): string[] {
		return [
			...orders
				.filter((row) => !this.#isTraded(row.symbol))
				.map((row) => `an order on ${row.symbol}, ${row.side} ${row.qty}, is not of this bot`),
			...positions
				.filter((row) => !this.#isTraded(row.symbol) && row.side !== undefined)
				.map((row) => `a position in ${row.symbol}, ${row.side} ${row.size}, is not of this bot`),
		];
	}

	#isTraded(symbol: string): boolean {
		return this.#options.instruments.has(symbol);
	}

	#read<T>(row: Result<T, string>): T | undefined {
		if (row.ok) return row.value;
		this.#options.onOdd(row.error);
		return undefined;
	}
}

async function done(answer: Promise<Result<unknown, Fault>>): Told<Answered> {
	const result = await answer;
	if (!result.ok) return result;
	return ok({ kind: "done" });
}

function timeOf(execution: Execution): Ms {
	return execution.kind === "fill" ? execution.fill.at : execution.funding.at;
}

export function callFault(fault: Fault): CallFault {
	return { class: fault.class, code: fault.retCode ?? 0, reason: fault.message, what: fault.what };
}
