// A trade: one round trip, flat to flat (spec §10), gathered from its fills and its funding.

import type { Fill } from "../orders/fill.ts";
import type { Direction } from "../orders/side.ts";
import { addUsdt, type Grid, NO_QTY, NO_USDT, negate, plusQty } from "../units/grid.ts";
import type { Ms, Qty, Usdt } from "../units/unit.ts";

export const EXIT_REASONS = [
	"take_profit",
	"stop_loss",
	"trailing_stop",
	"opposite_signal",
	"liquidation",
	"guard",
	"end_of_data",
] as const;
export type ExitReason = (typeof EXIT_REASONS)[number];

export type Exit = { readonly at: Ms; readonly price: number; readonly qty: number; readonly reason: ExitReason };

/** Quantities in coins, prices in USDT per coin, money exact. `fees` and `funding` are costs, positive when paid. */
export type Trade = {
	readonly symbol: string;
	readonly direction: Direction;
	readonly signalAt: Ms;
	readonly entryAt: Ms;
	/** Average price of the entry's fills. */
	readonly entryPrice: number;
	readonly qty: number;
	readonly exits: readonly Exit[];
	readonly exitAt: Ms;
	readonly fees: Usdt;
	readonly funding: Usdt;
	/** Gross − fees − funding. */
	readonly pnl: Usdt;
	readonly balanceBefore: Usdt;
	readonly balanceAfter: Usdt;
	/** What the fills paid beyond the prices that decided them, USDT: positive when worse. */
	readonly slippage: number;
};

/** A trade that is still open, as plain data: what survives a restart. */
export type OpenTrade = {
	readonly symbol: string;
	readonly direction: Direction;
	readonly signalAt: Ms;
	readonly balanceBefore: Usdt;
	readonly entryAt: Ms | undefined;
	readonly entryQty: Qty;
	readonly entryValue: Usdt;
	readonly exits: readonly Exit[];
	readonly gross: Usdt;
	readonly fees: Usdt;
	readonly funding: Usdt;
	readonly slippage: number;
};

/** Gathers one trade at a time. */
export class TradeRecorder {
	readonly symbol: string;
	readonly direction: Direction;
	readonly signalAt: Ms;
	readonly #grid: Grid;
	readonly #balanceBefore: Usdt;
	#entryAt: Ms | undefined;
	#entryQty: Qty = NO_QTY;
	#entryValue: Usdt = NO_USDT;
	#exits: Exit[] = [];
	#gross: Usdt = NO_USDT;
	#fees: Usdt = NO_USDT;
	#funding: Usdt = NO_USDT;
	#slippage = 0;

	constructor(start: { symbol: string; direction: Direction; signalAt: Ms; grid: Grid; balance: Usdt }) {
		this.symbol = start.symbol;
		this.direction = start.direction;
		this.signalAt = start.signalAt;
		this.#grid = start.grid;
		this.#balanceBefore = start.balance;
	}

	/** The trade goes on in another life of the bot. */
	static resume(open: OpenTrade, grid: Grid): TradeRecorder {
		const { symbol, direction, signalAt, balanceBefore } = open;
		const recorder = new TradeRecorder({ symbol, direction, signalAt, grid, balance: balanceBefore });
		recorder.#entryAt = open.entryAt;
		recorder.#entryQty = open.entryQty;
		recorder.#entryValue = open.entryValue;
		recorder.#exits = [...open.exits];
		recorder.#gross = open.gross;
		recorder.#fees = open.fees;
		recorder.#funding = open.funding;
		recorder.#slippage = open.slippage;
		return recorder;
	}

	saved(): OpenTrade {
		return {
			symbol: this.symbol,
			direction: this.direction,
			signalAt: this.signalAt,
			balanceBefore: this.#balanceBefore,
			entryAt: this.#entryAt,
			entryQty: this.#entryQty,
			entryValue: this.#entryValue,
			exits: [...this.#exits],
			gross: this.#gross,
			fees: this.#fees,
			funding: this.#funding,
			slippage: this.#slippage,
		};
	}

	/** Quantity that the entry has filled so far. */
	get filled(): Qty {
		return this.#entryQty;
	}

	/** Average entry price, USDT per coin; NaN before the first fill. */
	get entryPrice(): number {
		return this.#grid.averagePrice(this.#entryValue, this.#entryQty);
	}

	/** Profit so far, realised and net. */
	get pnl(): Usdt {
		return addUsdt(this.#gross, negate(this.#fees), negate(this.#funding));
	}

	entered(fill: Fill, decidedAt: number): void {
		this.#entryAt ??= fill.at;
		this.#entryQty = plusQty(this.#entryQty, fill.qty);
		this.#entryValue = addUsdt(this.#entryValue, fill.value);
		this.#fees = addUsdt(this.#fees, fill.fee);
		this.#pay(fill, decidedAt);
	}

	exited(fill: Fill, reason: ExitReason, decidedAt: number): void {
		this.#exits.push({ at: fill.at, price: this.#grid.priceNumber(fill.price), qty: this.#grid.qtyNumber(fill.qty), reason });
		this.#gross = addUsdt(this.#gross, fill.realised);
		this.#fees = addUsdt(this.#fees, fill.fee);
		this.#pay(fill, decidedAt);
	}

	funded(amount: Usdt): void {
		this.#funding = addUsdt(this.#funding, amount);
	}

	/** Closes what is left at an exact price, as the end of the data does: no slippage, no tick; money rounded half up to 1e-8. */
	settled(end: { at: Ms; price: number; qty: number; gross: Usdt; fee: Usdt }): void {
		this.#exits.push({ at: end.at, price: end.price, qty: end.qty, reason: "end_of_data" });
		this.#gross = addUsdt(this.#gross, end.gross);
		this.#fees = addUsdt(this.#fees, end.fee);
	}

	finish(balanceAfter: Usdt): Trade {
		const { symbol, direction, signalAt } = this;
		return {
			symbol,
			direction,
			signalAt,
			entryAt: this.#entryAt ?? signalAt,
			entryPrice: this.entryPrice,
			qty: this.#grid.qtyNumber(this.#entryQty),
			exits: this.#exits,
			exitAt: this.#exits.at(-1)?.at ?? signalAt,
			fees: this.#fees,
			funding: this.#funding,
			pnl: this.pnl,
			balanceBefore: this.#balanceBefore,
			balanceAfter,
			slippage: this.#slippage,
		};
	}

	#pay(fill: Fill, decidedAt: number): void {
		const worse = (this.#grid.priceNumber(fill.price) - decidedAt) * (fill.side === "buy" ? 1 : -1);
		if (Number.isFinite(worse)) this.#slippage += worse * this.#grid.qtyNumber(fill.qty);
	}
}
