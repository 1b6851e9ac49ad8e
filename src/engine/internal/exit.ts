// Closing what is left: at market, by a signal's or a guard's decision; at the end of the data by valuing it.

import { FLAT, isFlat } from "../../account/position.ts";
import { dangerOf } from "../../risk/guards.ts";
import { addUsdt, negate, scaleUsdt } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import { cancelEntry } from "./entry.ts";
import { closingOrder, note, placeClosing } from "./send.ts";
import type { Decision, SymbolState } from "./state.ts";

/** Closes all that is left at market, and cancels what would add to it. */
export function closeAll(state: SymbolState, at: Ms, decision: Decision): void {
	const { reason, why } = decision;
	cancelEntry(state, at, why);
	if (state.entry !== undefined) state.entry.abandoned = decision;
	if (isFlat(state.position) || state.exit !== undefined) return;
	state.retryExit = undefined;
	const { desk, symbol, last } = state;
	const { qty } = state.position;
	const linkId = desk.nextLinkId(symbol);
	state.exit = { ...decision, linkId, decidedAt: last };
	note(state, at, { what: "exiting", reason, why, qty: state.settings.instrument.grid.qtyNumber(qty) });
	placeClosing(state, at, closingOrder(state, linkId, qty), "exit");
}

/** Closes a position that is in danger, or that an earlier closing order has left open. */
export function watchPosition(state: SymbolState, at: Ms): void {
	const { position, ticker, exit, retryExit, last, liquidation, desk } = state;
	if (isFlat(position) || ticker === undefined || exit !== undefined) return;
	if (retryExit !== undefined) return closeAll(state, at, retryExit);
	const danger = dangerOf({ last, mark: ticker.mark, liquidation }, desk.settings.guard);
	if (danger !== undefined) closeAll(state, at, { reason: "guard", why: danger });
}

/** The data ends: what is open is valued at exactly the last close, pays the taker fee, and counts as a trade (spec §9). */
export function settleAtEnd(state: SymbolState, at: Ms): void {
	const { recorder, desk, last, position } = state;
	if (isFlat(position) || recorder === undefined) return;
	const { grid } = state.settings.instrument;
	const { qty, cost, direction } = position;
	const value = grid.valueAt(qty, last);
	const gross = direction === "long" ? addUsdt(value, negate(cost)) : addUsdt(cost, negate(value));
	const fee = scaleUsdt(value, desk.settings.costs.takerFee);
	desk.credit(addUsdt(gross, negate(fee)));
	recorder.settled({ at, price: last, qty: grid.qtyNumber(qty), gross, fee });
	state.position = FLAT;
	note(state, at, { what: "flat", trade: recorder.finish(desk.balance) });
	state.recorder = undefined;
}
