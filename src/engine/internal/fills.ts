// What fills make of the position: it grows and is protected, it shrinks and is explained, it ends and the trade is closed.

import { applyFill, isFlat } from "../../account/position.ts";
import type { Fill } from "../../orders/fill.ts";
import { TradeRecorder } from "../../report/trade.ts";
import { assert } from "../../std/assert.ts";
import { addUsdt, negate, plusQty, usdtNumber } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import { endPosition } from "./episode.ts";
import { grantWish } from "./evaluation.ts";
import { liquidationOf } from "./liquidation.ts";
import { afterTakeProfit, protectFilled } from "./protection.ts";
import { note } from "./send.ts";
import { type Exit, noProtection, phaseOf, type SymbolState } from "./state.ts";

export function onFill(state: SymbolState, at: Ms, told: Fill): void {
	const { desk, settings } = state;
	const before = { flat: isFlat(state.position), balance: desk.balance, liquidation: state.liquidation };
	const change = applyFill(state.position, told, settings.instrument.grid);
	// What it realised follows from our own position: not every message of the venue states it.
	const fill: Fill = { ...told, closedQty: change.closedQty, realised: change.realised };
	state.position = change.position;
	desk.credit(addUsdt(fill.realised, negate(fill.fee)));
	state.liquidation = liquidationOf(state);
	if (change.closedQty > 0) reduced(state, at, fill, before.liquidation);
	else grown(state, at, fill, before);
}

function grown(state: SymbolState, at: Ms, fill: Fill, before: { flat: boolean; balance: Usdt }): void {
	const { desk, symbol, position } = state;
	const { direction } = position;
	const { grid } = state.settings.instrument;
	const entry = state.entry?.linkId === fill.linkId ? state.entry : undefined;
	if (before.flat || state.recorder === undefined)
		state.recorder = new TradeRecorder({ symbol, direction, signalAt: entry?.signalAt ?? at, grid, balance: before.balance });
	state.recorder.entered(fill, entry?.decidedAt ?? Number.NaN);
	const { qty, price } = fill;
	note(state, at, { what: "entered", direction, qty: grid.qtyNumber(qty), price: grid.priceNumber(price), balance: desk.balance });
	if (entry !== undefined) {
		entry.filled = plusQty(entry.filled, qty);
		// Not by what the fill says is left: another one may not have been heard of, and counts until it is.
		if (entry.filled >= entry.qty) state.entry = undefined;
	}
	protectFilled(state, at);
	// It filled although all was to be closed, before its cancellation arrived: closed as well.
	if (entry?.abandoned !== undefined && state.exit === undefined) state.retryExit = entry.abandoned;
}

/** `liquidation` is where the position would have been liquidated before the fill. */
function reduced(state: SymbolState, at: Ms, fill: Fill, liquidation: number | undefined): void {
	const { recorder, position } = state;
	const why = explain(state, fill, liquidation);
	assert(recorder !== undefined, "a fill that closes belongs to a trade");
	recorder.exited(fill, why.reason, why.decidedAt);
	noteExited(state, at, fill, why);
	if (isFlat(position)) finish(state, at, why.byEvaluation);
	else if (why.reason === "take_profit") afterTakeProfit(state, at, fill);
	else exitFilled(state, fill);
}

/** The closing order has filled and something is left: the entry grew behind its back. The rest is closed at the next ticker. */
function exitFilled(state: SymbolState, fill: Fill): void {
	const { exit } = state;
	if (exit === undefined || exit.linkId !== fill.linkId || fill.leaves > 0) return;
	state.exit = undefined;
	state.retryExit = exit;
}

type Explanation = Pick<Exit, "reason" | "decidedAt" | "byEvaluation">;

/** Why a fill has closed something, and at which price that was decided. */
function explain({ protection, exit, settings }: SymbolState, fill: Fill, liquidation: number | undefined): Explanation {
	const { grid } = settings.instrument;
	const { stop, trails, target } = protection;
	const byEvaluation = undefined;
	if (fill.cause === "stopLoss" || fill.cause === "trailingStop") {
		const decidedAt = stop === undefined ? Number.NaN : grid.priceNumber(stop);
		return { reason: trails ? "trailing_stop" : "stop_loss", decidedAt, byEvaluation };
	}
	if (fill.cause === "liquidation" || fill.cause === "adl")
		return { reason: "liquidation", decidedAt: liquidation ?? Number.NaN, byEvaluation };
	if (target?.linkId === fill.linkId) return { reason: "take_profit", decidedAt: target.decidedAt, byEvaluation };
	if (fill.cause === "takeProfit") return { reason: "take_profit", decidedAt: Number.NaN, byEvaluation }; // one that a person has set
	if (exit?.linkId === fill.linkId) return exit;
	return { reason: "guard", decidedAt: Number.NaN, byEvaluation }; // somebody else closed it
}

function noteExited(state: SymbolState, at: Ms, fill: Fill, { reason }: Explanation): void {
	const { grid } = state.settings.instrument;
	const cost = usdtNumber(addUsdt(fill.value, fill.side === "sell" ? negate(fill.realised) : fill.realised)); // what the closed part had cost
	note(state, at, {
		what: "exited",
		reason,
		qty: grid.qtyNumber(fill.qty),
		price: grid.priceNumber(fill.price),
		realised: fill.realised,
		returnPct: (usdtNumber(fill.realised) / cost) * 100,
		balance: state.desk.balance,
		left: grid.qtyNumber(state.position.qty),
	});
}

/** Flat again: what still rests is cancelled, the trade is closed, and a signal that waited for it may enter. */
function finish(state: SymbolState, at: Ms, byEvaluation: number | undefined): void {
	endPosition(state.episode, byEvaluation);
	const trade = state.recorder?.finish(state.desk.balance);
	cancelRest(state, at);
	state.recorder = undefined;
	state.exit = undefined;
	state.retryExit = undefined;
	state.protection = noProtection();
	if (trade !== undefined) note(state, at, { what: "flat", trade });
	note(state, at, { what: "state", phase: phaseOf(state) });
	grantWish(state, at);
}

function cancelRest({ desk, symbol, protection, entry }: SymbolState, at: Ms): void {
	const { takeProfit } = protection;
	if (takeProfit !== undefined) desk.emit({ kind: "cancel", at, symbol, linkId: takeProfit.linkId });
	if (entry === undefined || entry.cancelling) return;
	entry.cancelling = true;
	desk.emit({ kind: "cancel", at, symbol, linkId: entry.linkId });
}
