// What guards an open position (spec §6): its stop, TP1, break-even after it, and the trailing stop. The venue is told only what changes.

import type { Fill } from "../../orders/fill.ts";
import { signOf } from "../../orders/side.ts";
import { assert } from "../../std/assert.ts";
import type { Ms, Price, Qty } from "../../units/unit.ts";
import { breakEvenLevel, nearer, stopLevel, takeProfitLevel, trailingLevel } from "../levels.ts";
import { closingOrder, note, placeClosing } from "./send.ts";
import type { SymbolState } from "./state.ts";

/** Stop and target are made to match what the entry has filled so far. */
export function protectFilled(state: SymbolState, at: Ms): void {
	const { settings, protection, position } = state;
	const { grid } = settings.instrument;
	const entry = state.recorder?.entryPrice;
	assert(entry !== undefined, "a position has a trade that records it");
	const level = stopLevel(entry, position.direction, settings.trade.exit[position.direction].stop, grid);
	// What has been gained by break-even or trailing is not given up when the entry goes on filling.
	const keeps = protection.tookProfit || protection.trails;
	const stop = keeps ? nearer(position.direction, level, protection.stop ?? level) : level;
	if (!protection.tookProfit) protection.fixedStop = level;
	wantStop(state, at, stop);
	aim(state, at);
	const takeProfit = protection.takeProfit === undefined ? undefined : grid.priceNumber(protection.takeProfit.price);
	note(state, at, { what: "protected", stop: grid.priceNumber(stop), takeProfit, why: "filled" });
}

function wantStop({ protection, desk, symbol }: SymbolState, at: Ms, stop: Price): void {
	protection.stop = stop;
	if (protection.venueStop === stop) return;
	protection.venueStop = stop;
	desk.emit({ kind: "protect", at, symbol, stopLoss: stop });
}

/** TP1 for its fraction of what has filled; none below the minimum quantity. */
export function aim(state: SymbolState, at: Ms): void {
	const { settings, position, recorder, protection } = state;
	if (recorder === undefined || protection.tookProfit) return; // there is one first target
	const { grid, minQty } = settings.instrument;
	const exits = settings.trade.exit[position.direction];
	const qty = grid.floorFraction(recorder.filled, exits.fraction);
	const price = takeProfitLevel(recorder.entryPrice, position.direction, exits.takeProfit, grid);
	if (qty >= minQty) return wantTakeProfit(state, at, { qty, price });
	note(state, at, { what: "noTp1", why: `${grid.formatQty(qty)} is below the minimum quantity ${grid.formatQty(minQty)}` });
}

/** Sends TP1, or moves the one that stands. */
function wantTakeProfit(state: SymbolState, at: Ms, target: { qty: Qty; price: Price }): void {
	const { protection, settings, desk, symbol, position } = state;
	const { qty, price } = target;
	const decidedAt = settings.instrument.grid.priceNumber(price);
	const standing = protection.takeProfit;
	if (standing === undefined) {
		const linkId = desk.nextLinkId(symbol);
		protection.takeProfit = { linkId, ...target, decidedAt };
		protection.target = { linkId, decidedAt };
		const trigger = { price, direction: position.direction === "long" ? "rise" : "fall", by: "last" } as const;
		return placeClosing(state, at, { ...closingOrder(state, linkId, qty), trigger }, "take_profit");
	}
	if (standing.qty === qty && standing.price === price) return;
	protection.takeProfit = { ...standing, ...target, decidedAt };
	protection.target = { linkId: standing.linkId, decidedAt };
	desk.emit({ kind: "amend", at, symbol, linkId: standing.linkId, qty, triggerPrice: price });
}

/** The price has passed TP1 before its order arrived: takes it at market. */
export function takeProfitNow(state: SymbolState, at: Ms, target: { qty: Qty; price: Price; decidedAt: number }): void {
	const linkId = state.desk.nextLinkId(state.symbol);
	state.protection.takeProfit = { ...target, linkId };
	state.protection.target = { linkId, decidedAt: target.decidedAt };
	placeClosing(state, at, closingOrder(state, linkId, target.qty), "take_profit");
}

/** Everything is to be closed: TP1 does not stay behind. */
export function cancelTakeProfit({ protection, desk, symbol }: SymbolState, at: Ms): void {
	const { takeProfit } = protection;
	if (takeProfit === undefined) return;
	protection.takeProfit = undefined;
	desk.emit({ kind: "cancel", at, symbol, linkId: takeProfit.linkId });
}

/** TP1 has filled: with `exit.after_tp1: breakeven` the stop moves to the entry price, unless it is nearer already. */
export function afterTakeProfit(state: SymbolState, at: Ms, fill: Fill): void {
	const { protection, settings, position, recorder } = state;
	if (fill.leaves > 0 || protection.tookProfit || fill.linkId !== protection.target?.linkId) return;
	protection.tookProfit = true;
	protection.takeProfit = undefined;
	const entry = recorder?.entryPrice;
	if (settings.trade.exit.afterTp1 !== "breakeven" || entry === undefined) return;
	const { grid } = settings.instrument;
	const breakEven = breakEvenLevel(entry, position.direction, grid);
	protection.fixedStop = breakEven;
	const stop = nearer(position.direction, breakEven, protection.stop ?? breakEven);
	if (stop === breakEven) protection.trails = false;
	wantStop(state, at, stop);
	note(state, at, { what: "protected", stop: grid.priceNumber(stop), takeProfit: undefined, why: "break-even after TP1" });
}

/** The trailing stop follows the best price since the entry; the stop that is nearer to the price counts. */
export function trail(state: SymbolState, at: Ms): void {
	const { protection, settings, position, recorder, last, exit } = state;
	const { activation, distance } = settings.trade.exit.trailing;
	const entry = recorder?.entryPrice;
	if (distance === undefined || entry === undefined || protection.fixedStop === undefined || exit !== undefined) return;
	const { direction } = position;
	if (Number.isNaN(protection.best) || signOf(direction) * (last - protection.best) > 0) protection.best = last;
	const level = trailingLevel(entry, direction, protection.best, { activation, distance }, settings.instrument.grid);
	if (level === undefined) return;
	const stop = nearer(direction, level, protection.stop ?? protection.fixedStop);
	if (stop === protection.stop) return;
	protection.trails = true;
	wantStop(state, at, stop);
}
