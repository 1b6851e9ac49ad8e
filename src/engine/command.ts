// Everything the engine wants: wishes to the venue, and notes of what it decided, for log, journal, notification and report.

import type { OrderRequest } from "../orders/order.ts";
import type { ExitReason, Trade } from "../report/trade.ts";
import type { Approved } from "../risk/review.ts";
import type { Signal } from "../strategy/port.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";

/** What an order of ours is for. */
const PURPOSES = ["entry", "take_profit", "exit"] as const;
export type Purpose = (typeof PURPOSES)[number];

export type Command =
	| { readonly kind: "place"; readonly at: Ms; readonly symbol: string; readonly order: Approved<OrderRequest>; readonly purpose: Purpose }
	| {
			readonly kind: "amend";
			readonly at: Ms;
			readonly symbol: string;
			readonly linkId: string;
			readonly price?: Price | undefined;
			readonly qty?: Qty | undefined;
			readonly triggerPrice?: Price | undefined;
	  }
	| { readonly kind: "cancel"; readonly at: Ms; readonly symbol: string; readonly linkId: string }
	/** The stop of the whole position. */
	| { readonly kind: "protect"; readonly at: Ms; readonly symbol: string; readonly stopLoss: Price }
	/** With the cash and the signed coins held when it was taken. */
	| { readonly kind: "note"; readonly at: Ms; readonly symbol: string; readonly note: Note; readonly cash: Usdt; readonly coin: number };

const PHASES = ["flat", "entering", "open", "exiting", "cooldown"] as const;
export type Phase = (typeof PHASES)[number];

/** Prices in USDT per coin, quantities in coins. */
export type Note =
	| { readonly what: "evaluated"; readonly signal: Signal; readonly phase: Phase }
	| { readonly what: "skipped"; readonly why: string; readonly guard?: string | undefined; readonly signal: Signal }
	| {
			readonly what: "entering";
			readonly direction: "long" | "short";
			readonly qty: number;
			readonly price: number;
			readonly stop: number;
			readonly bound: string;
			readonly gain: number;
			readonly loss: number;
			readonly signal: Signal;
	  }
	| { readonly what: "entered"; readonly direction: "long" | "short"; readonly qty: number; readonly price: number; readonly balance: Usdt }
	| { readonly what: "protected"; readonly stop: number; readonly takeProfit: number | undefined; readonly why: string }
	| { readonly what: "exiting"; readonly reason: ExitReason; readonly why: string; readonly qty: number }
	| {
			readonly what: "exited";
			readonly reason: ExitReason;
			readonly qty: number;
			readonly price: number;
			readonly realised: Usdt;
			readonly returnPct: number;
			readonly balance: Usdt;
			readonly left: number;
	  }
	| { readonly what: "flat"; readonly trade: Trade }
	| { readonly what: "cancelling"; readonly why: string }
	| { readonly what: "unfilled"; readonly why: string }
	| { readonly what: "refused"; readonly purpose: Purpose; readonly code: number; readonly why: string }
	| { readonly what: "noTp1"; readonly why: string }
	| { readonly what: "tripped"; readonly guard: string; readonly why: string }
	| { readonly what: "state"; readonly phase: Phase }
	| { readonly what: "resumed" }
	/** By the operator: nothing new is opened, of that symbol alone or of any. */
	| { readonly what: "paused"; readonly only: string | undefined }
	/** What the venue states differs from what was meant, and what is done about it. */
	| { readonly what: "difference"; readonly name: string; readonly text: string }
	/** No new entries, because the account is not as it should be; `agreed` ends it. */
	| { readonly what: "doubted"; readonly why: string }
	| { readonly what: "agreed" }
	/** The position was without a stop at the venue for so long. */
	| { readonly what: "unprotected"; readonly seconds: number }
	/** Money moved that no trade, fee or funding explains: by a person, or not at all. */
	| { readonly what: "transferred"; readonly type: string; readonly amount: Usdt }
	| { readonly what: "unexplained"; readonly amount: Usdt }
	/** Funding of a position whose trade had been counted already: positive when paid. */
	| { readonly what: "lateFunding"; readonly amount: Usdt }
	/** After everything was to be closed: the venue shows nothing of ours any more. */
	| { readonly what: "confirmedFlat" };
