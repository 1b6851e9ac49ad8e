// What the venue states about an account, decoded and on the grid, whichever way it came: by the private stream, by an answer to a
// question, or from a venue in process. A statement says what is; what was meant stands in the intents.

import type { Fill } from "../orders/fill.ts";
import type { OrderStatus } from "../orders/order.ts";
import type { Direction, Side } from "../orders/side.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";

export type OrderStatement = {
	readonly at: Ms;
	readonly symbol: string;
	readonly orderId: string;
	/** Empty when the venue made the order itself, or a person placed it without one. */
	readonly linkId: string;
	readonly side: Side;
	readonly status: OrderStatus;
	readonly qty: Qty;
	readonly filled: Qty;
	/** Limit orders only. */
	readonly price: Price | undefined;
	readonly triggerPrice: Price | undefined;
	/** A leg of the position's own protection: its stop, target or trailing stop. */
	readonly isProtection: boolean;
	/** Why it ended, in the venue's words. */
	readonly reason: string;
};

export type PositionStatement = {
	readonly at: Ms;
	readonly symbol: string;
	/** Meaningless while `qty` is zero. */
	readonly direction: Direction;
	readonly qty: Qty;
	readonly stopLoss: Price | undefined;
};

export type Funding = {
	readonly execId: string;
	readonly symbol: string;
	readonly at: Ms;
	/** Positive when paid. */
	readonly amount: Usdt;
	readonly rate: number;
};

export type Execution = { readonly kind: "fill"; readonly fill: Fill } | { readonly kind: "funding"; readonly funding: Funding };

/** A row of the transaction log. */
export type Transaction = {
	readonly id: string;
	readonly at: Ms;
	readonly symbol: string;
	/** The venue's word: TRADE, SETTLEMENT, TRANSFER_IN, … */
	readonly type: string;
	/** What it added to the wallet. */
	readonly change: Usdt;
};

/** The whole account, as read by several questions one after the other. */
export type AccountStatement = {
	/** Live orders on the symbols that are traded. */
	readonly orders: readonly OrderStatement[];
	/** One for each traded symbol; a symbol that is missing was not stated, which is not the same as flat. */
	readonly positions: readonly PositionStatement[];
	/** Since the time asked for, ascending. */
	readonly executions: readonly Execution[];
	/** Undefined when the answer held no readable balance. */
	readonly balance: Usdt | undefined;
	/** Orders and positions on other symbols, a line each, for the operator. */
	readonly others: readonly string[];
};
