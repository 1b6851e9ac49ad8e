// What is asked of the venue, and its answers. Each call has a number; its answer comes later, perhaps never, and is then a fault.

import type { OrderRequest } from "../orders/order.ts";
import type { Approved } from "../risk/review.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";
import type { AccountStatement, Execution, OrderStatement, PositionStatement, Transaction } from "./statement.ts";

export type Call = { readonly id: number; readonly at: Ms } & Question;

export type Question =
	| { readonly kind: "place"; readonly symbol: string; readonly order: Approved<OrderRequest> }
	| {
			readonly kind: "amend";
			readonly symbol: string;
			readonly linkId: string;
			readonly price?: Price | undefined;
			readonly qty?: Qty | undefined;
			readonly triggerPrice?: Price | undefined;
	  }
	| { readonly kind: "cancel"; readonly symbol: string; readonly linkId: string }
	/** The stop of the whole position. */
	| { readonly kind: "protect"; readonly symbol: string; readonly stopLoss: Price }
	/** One order by its own id: among the open ones, then in the history, and its executions. */
	| { readonly kind: "find"; readonly symbol: string; readonly linkId: string }
	| { readonly kind: "position"; readonly symbol: string }
	/** Everything; executions from `since` on. */
	| { readonly kind: "account"; readonly since: Ms }
	/** The transaction log from `since` on, and the wallet after it. */
	| { readonly kind: "ledger"; readonly since: Ms };

/** Calls that change something: a lost answer leaves open whether it did. */
export function isWrite({ kind }: Question): boolean {
	return kind === "place" || kind === "amend" || kind === "cancel" || kind === "protect";
}

/**
 *   fatal      key, permission or configuration: trading stops
 *   retry      nothing happened; the same may be tried again later
 *   ambiguous  it may or may not have happened
 *   benign     the wanted state holds already
 *   refused    a definite no
 */
export type CallFault = {
	readonly class: "fatal" | "retry" | "ambiguous" | "benign" | "refused";
	/** The venue's code; 0 when it gave none. */
	readonly code: number;
	readonly reason: string;
	/** The endpoint or operation. */
	readonly what: string;
};

export type Answered =
	| { readonly kind: "done"; readonly orderId?: string | undefined }
	| { readonly kind: "found"; readonly order: OrderStatement | undefined; readonly executions: readonly Execution[] }
	/** Undefined: the answer named no such position, which is not the same as flat. */
	| { readonly kind: "position"; readonly position: PositionStatement | undefined }
	| { readonly kind: "account"; readonly account: AccountStatement }
	| {
			readonly kind: "ledger";
			readonly transactions: readonly Transaction[];
			readonly balance: Usdt | undefined;
	  };

export type Answer = { readonly id: number } & (
	| { readonly ok: true; readonly value: Answered }
	| { readonly ok: false; readonly fault: CallFault }
);
