// What a venue tells about our orders and our money: past tense, plain data, the same from the in-process venue and from the wire.

import type { Fill } from "../orders/fill.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";

export type Fact =
	| { readonly kind: "accepted"; readonly at: Ms; readonly symbol: string; readonly linkId: string; readonly orderId: string }
	/** The venue said no at once; `code` is its retCode. */
	| {
			readonly kind: "refused";
			readonly at: Ms;
			readonly symbol: string;
			readonly linkId: string;
			readonly code: number;
			readonly reason: string;
	  }
	| { readonly kind: "amended"; readonly at: Ms; readonly symbol: string; readonly linkId: string; readonly price: Price }
	| { readonly kind: "filled"; readonly at: Ms; readonly symbol: string; readonly fill: Fill }
	/** The order is over: cancelled, deactivated or rejected, with what had filled of it. A filled order needs no such fact. */
	| {
			readonly kind: "ended";
			readonly at: Ms;
			readonly symbol: string;
			readonly linkId: string;
			readonly filled: Qty;
			readonly reason: string;
	  }
	/** The position's stop at the venue now. */
	| { readonly kind: "protected"; readonly at: Ms; readonly symbol: string; readonly stopLoss: Price | undefined }
	| { readonly kind: "unprotected"; readonly at: Ms; readonly symbol: string; readonly code: number; readonly reason: string }
	/** Funding of a position: `amount` is positive when paid. */
	| { readonly kind: "funded"; readonly at: Ms; readonly symbol: string; readonly amount: Usdt; readonly rate: number }
	/** The wallet balance as the venue states it: realised, unrealised profit not included. */
	| { readonly kind: "wallet"; readonly at: Ms; readonly balance: Usdt };
