// What a machine says: notes of what it decided, and orders, none of which leaves without its review.

import type { OrderRequest } from "../../orders/order.ts";
import { closing } from "../../orders/side.ts";
import { type Exposure, review } from "../../risk/review.ts";
import { assert } from "../../std/assert.ts";
import type { Ms, Qty } from "../../units/unit.ts";
import type { Note, Purpose } from "../command.ts";
import { coinsOf, type SymbolState } from "./state.ts";

/** Closing is reviewed without holdings: it needs no permission. */
const NOTHING_HELD: Exposure = { symbolHeld: 0, totalHeld: 0 };

export function note(state: SymbolState, at: Ms, told: Note): void {
	const { desk, symbol } = state;
	desk.emit({ kind: "note", at, symbol, note: told, cash: desk.balance, coin: coinsOf(state) });
}

export function placeEntry(state: SymbolState, at: Ms, order: OrderRequest, decided: { price: number; exposure: Exposure }): void {
	place(state, at, order, "entry", decided);
}

export function placeClosing(state: SymbolState, at: Ms, order: OrderRequest, purpose: "exit" | "take_profit"): void {
	place(state, at, order, purpose, { price: state.last, exposure: NOTHING_HELD });
}

function place(
	{ desk, settings, symbol }: SymbolState,
	at: Ms,
	order: OrderRequest,
	purpose: Purpose,
	{ price, exposure }: { price: number; exposure: Exposure },
): void {
	const approved = review(order, price, exposure, { risk: desk.settings.risk, instrument: settings.instrument });
	assert(approved.ok, `a sized order passes the review: ${approved.ok ? "" : approved.error}`);
	desk.emit({ kind: "place", at, symbol, order: approved.value, purpose });
}

/** Closes `qty` of the position at market, and can open nothing. */
export function closingOrder({ symbol, position }: SymbolState, linkId: string, qty: Qty): OrderRequest {
	return { linkId, symbol, side: closing(position.direction), type: "market", qty, timeInForce: "IOC", reduceOnly: true };
}
