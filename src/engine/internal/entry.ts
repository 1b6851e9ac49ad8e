// Entering (spec §6 and §7): whether a signal may open a position, how large, and what becomes of the order while it rests.

import type { OrderRequest } from "../../orders/order.ts";
import { type Direction, opening } from "../../orders/side.ts";
import { closedGuard, type EntryView } from "../../risk/guards.ts";
import type { Exposure } from "../../risk/review.ts";
import { expectation, type Sized, sizeEntry } from "../../risk/size.ts";
import type { Signal } from "../../strategy/port.ts";
import { NO_QTY, usdtNumber } from "../../units/grid.ts";
import type { Ms, Price } from "../../units/unit.ts";
import { stopLevel } from "../levels.ts";
import { mayEnter } from "./episode.ts";
import { note, placeEntry } from "./send.ts";
import type { SymbolState } from "./state.ts";

/** A signal that may become a position: found by the evaluation at `at`, sent `now`, later when something had to be closed first. */
type Chance = { readonly signal: Signal; readonly at: Ms; readonly now: Ms };
type Plan = Chance & { readonly direction: Direction; readonly sized: Extract<Sized, { ok: true }>; readonly exposure: Exposure };

/** Enters on the signal, if everything allows. */
export function tryEnter(state: SymbolState, chance: Chance): void {
	const { signal, at } = chance;
	if (signal.direction === 0 || !mayEnter(state.episode, state.settings.trade.cooldown)) return;
	const guard = closedGuardOf(state, at);
	if (guard === undefined) return planEntry(state, chance, signal.direction === 1 ? "long" : "short");
	if (guard.name !== "start") note(state, at, { what: "skipped", why: guard.why, guard: guard.name, signal });
}

function planEntry(state: SymbolState, chance: Chance, direction: Direction): void {
	const { desk, settings, symbol } = state;
	const { signal, at } = chance;
	const { size, instrument, leverage, trade } = settings;
	const { risk, costs } = desk.settings;
	const exposure = desk.exposure(symbol);
	const balance = usdtNumber(desk.balance);
	const inputs = { price: signal.price, balance, leverage, stop: trade.exit[direction].stop, ...exposure };
	const sized = sizeEntry(inputs, { size, risk, costs, instrument });
	if (!sized.ok) return note(state, at, { what: "skipped", why: sized.why, signal });
	if (desk.wouldBreak(balance - sized.plannedLoss))
		return desk.trip("drawdown", `an entry that may lose ${sized.plannedLoss.toFixed(2)} USDT would break max_drawdown_pct`, at);
	sendEntry(state, { ...chance, direction, sized, exposure });
}

/** The order leaves with its stop attached, computed from the price that decided it. */
function sendEntry(state: SymbolState, plan: Plan): void {
	const { signal, at, now, direction, exposure } = plan;
	const { trade, instrument } = state.settings;
	const stop = stopLevel(signal.price, direction, trade.exit[direction].stop, instrument.grid);
	const price = trade.entry.order === "limit" ? bestPrice(state, direction) : undefined;
	const order = entryOrder(state, plan, { stop, price });
	const { linkId, qty } = order;
	state.episode.used = true;
	state.entry = {
		linkId,
		direction,
		qty,
		filled: NO_QTY,
		price,
		decidedAt: signal.price,
		placedAt: now,
		signalAt: at,
		cancelling: false,
		abandoned: undefined,
	};
	state.protection.venueStop = stop;
	noteEntering(state, plan, stop);
	placeEntry(state, now, order, { price: signal.price, exposure });
}

function entryOrder(state: SymbolState, { direction, sized }: Plan, levels: { stop: Price; price: Price | undefined }): OrderRequest {
	const { symbol, desk, settings } = state;
	const limit = levels.price !== undefined;
	return {
		linkId: desk.nextLinkId(symbol),
		symbol,
		side: opening(direction),
		type: limit ? "limit" : "market",
		qty: sized.qty,
		price: levels.price,
		timeInForce: !limit ? "IOC" : settings.trade.entry.postOnly ? "PostOnly" : "GTC",
		reduceOnly: false,
		stopLoss: levels.stop,
	};
}

function noteEntering(state: SymbolState, { signal, at, direction, sized }: Plan, stop: Price): void {
	const { trade, instrument } = state.settings;
	const { grid } = instrument;
	note(state, at, {
		what: "entering",
		direction,
		qty: grid.qtyNumber(sized.qty),
		price: signal.price,
		stop: grid.priceNumber(stop),
		bound: sized.bound,
		...expectation(sized.notional, trade.exit[direction], state.desk.settings.costs),
		signal,
	});
}

/** A resting entry is cancelled when its time is over or a guard closes, and repriced when the best price has moved away. */
export function watchEntry(state: SymbolState, at: Ms): void {
	const { entry, desk, symbol } = state;
	if (entry === undefined || entry.price === undefined || entry.cancelling) return;
	const { timeout, repriceTicks } = state.settings.trade.entry;
	if (at - entry.placedAt >= timeout) return cancelEntry(state, at, "entry.timeout_s has passed");
	const guard = closedGuardOf(state, at);
	if (guard !== undefined) return cancelEntry(state, at, guard.why);
	const best = bestPrice(state, entry.direction);
	if (Math.abs(best - entry.price) < repriceTicks) return;
	entry.price = best;
	desk.emit({ kind: "amend", at, symbol, linkId: entry.linkId, price: best });
}

export function cancelEntry(state: SymbolState, at: Ms, why: string): void {
	const { entry, desk, symbol } = state;
	if (entry === undefined || entry.cancelling) return;
	entry.cancelling = true;
	note(state, at, { what: "cancelling", why });
	desk.emit({ kind: "cancel", at, symbol, linkId: entry.linkId });
}

/** The guard that closes the way to an entry now. */
function closedGuardOf(state: SymbolState, at: Ms): ReturnType<typeof closedGuard> {
	return closedGuard(entryView(state, at), state.desk.settings.guard);
}

/** What the guards of an entry judge. */
export function entryView({ desk, stale, doubt, held, ticker, window }: SymbolState, at: Ms): EntryView {
	const { halted, paused, clockOff, settings } = desk;
	const beforeStart = at < settings.startAt;
	return { halted, paused: paused || held, clockOff, doubt, stale, beforeStart, ticker, range: window.range(at) };
}

/** The best bid for a long, the best ask for a short; without a quote, the last price on the grid. */
function bestPrice({ settings, ticker, last }: SymbolState, direction: Direction): Price {
	const { grid } = settings.instrument;
	return direction === "long" ? grid.floorToTick(ticker?.bid ?? last) : grid.ceilToTick(ticker?.ask ?? last);
}
