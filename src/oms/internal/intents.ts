// Orders of ours, from the wish to the end: sent once under one id, believed only when the venue shows them, looked up when it is silent.

import type { Command } from "../../engine/command.ts";
import { assert } from "../../std/assert.ts";
import { NO_QTY } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import type { CallFault } from "../call.ts";
import { type Happening, next } from "../lifecycle.ts";
import type { OrderStatement } from "../statement.ts";
import { type Book, differ, type Intent, LINGERS, lingering, machineOf, NEVER, setDoubt, touch } from "./book.ts";

type Wish = Exclude<Command, { kind: "note" }>;

/** An order that is at once filled or over is missed after so long. */
const MARKET_PATIENCE: Ms = 3000;
/** Fills that a stated end still lacks are asked for after so long. */
const FILL_PATIENCE: Ms = 500;
/** An answer that never comes, nor a fault in its place, is missed after so long. */
const ANSWER_PATIENCE: Ms = 30_000;
const LOOK_AGAIN: Ms = 500;
const LOOK_AGAIN_MAX: Ms = 5000;
/** An order that the venue once had, and that is found nowhere for so long, is gone: as it fills it may be in no list for a while. */
const GONE_AFTER: Ms = 60_000;
/** So often a change may be refused. */
const REFUSALS_MAX = 3;
/** Closing orders that fail are tried again after 0.25 s, doubling to this. */
const EXIT_PAUSE: Ms = 250;
const EXIT_PAUSE_MAX: Ms = 5000;

/** What the engine wants leaves as a call; an order becomes an intent first. */
export function wish(book: Book, command: Wish): void {
	const symbol = book.symbols.get(command.symbol);
	assert(symbol !== undefined, "the engine trades the symbols it was given");
	touch(symbol);
	switch (command.kind) {
		case "place":
			return place(book, command);
		case "amend": {
			const intent = book.intents.get(command.linkId);
			if (intent !== undefined && command.qty !== undefined) intent.qty = command.qty;
			const { linkId, price, qty, triggerPrice } = command;
			return book.out.ask({ kind: "amend", symbol: command.symbol, linkId, price, qty, triggerPrice });
		}
		case "cancel": {
			const intent = book.intents.get(command.linkId);
			if (intent === undefined) return; // it is over already
			intent.cancelAsked = true;
			return book.out.ask({ kind: "cancel", symbol: command.symbol, linkId: command.linkId });
		}
		case "protect":
			if (book.now < symbol.protectAt) return; // the look that is due then sees that it differs
			symbol.protecting = true;
			return book.out.ask({ kind: "protect", symbol: command.symbol, stopLoss: command.stopLoss });
	}
}

function place(book: Book, { order, purpose }: Extract<Wish, { kind: "place" }>): void {
	const { linkId, symbol, side, qty, type, trigger } = order;
	assert(!book.intents.has(linkId) && !book.past.has(linkId), `the order id ${linkId} is used once`);
	book.intents.set(linkId, {
		linkId,
		symbol,
		purpose,
		side,
		qty,
		resting: type === "limit" || trigger !== undefined,
		state: "sent",
		sentAt: book.now,
		filled: NO_QTY,
		end: undefined,
		cancelAsked: false,
		lingers: false,
		refusals: 0,
		shown: false,
		missedAt: undefined,
		lookAt: book.now + ANSWER_PATIENCE,
		looks: 0,
		looking: false,
	});
	book.out.ask({ kind: "place", symbol, order });
}

/** Moves the intent along its table; false when that cannot happen to it any more. */
function move(book: Book, intent: Intent, happening: Happening): boolean {
	const state = next(intent.state, happening);
	if (state === undefined) return false;
	intent.state = state;
	if (state === "done") {
		book.intents.delete(intent.linkId);
		book.past.add(intent.linkId, book.now);
		if (intent.lingers) endLingering(book, intent.symbol);
	}
	return true;
}

function endLingering(book: Book, name: string): void {
	const symbol = book.symbols.get(name);
	if (symbol?.doubt === LINGERS && !lingering(book, name)) setDoubt(book, symbol, undefined);
}

// ---- answers

export function placed(book: Book, linkId: string): void {
	const intent = book.intents.get(linkId);
	if (intent === undefined) return;
	const heard = intent.state === "open" || intent.state === "ending";
	intent.shown = true;
	if (move(book, intent, "acknowledged") && !heard) intent.lookAt = book.now + MARKET_PATIENCE;
}

export function notPlaced(book: Book, linkId: string, fault: CallFault): void {
	const intent = book.intents.get(linkId);
	if (intent === undefined) return;
	// A second order under one id is refused: the first one is there.
	if (fault.class === "ambiguous" || fault.class === "benign") return doubtIntent(book, intent, book.now);
	refuse(book, intent, fault.code, fault.reason);
}

/** The venue said no: the engine learns it at once, of a closing order that fails again and again a little later each time. */
function refuse(book: Book, intent: Intent, code: number, reason: string): void {
	if (!move(book, intent, "refused")) return;
	const { symbol, linkId, purpose } = intent;
	const standing = book.symbols.get(symbol);
	const event = { kind: "refused", at: book.now, symbol, linkId, code, reason } as const;
	if (purpose !== "exit" || standing === undefined) return book.out.tell(event);
	standing.checkAt = Math.min(standing.checkAt, book.now); // is there anything to close at all?
	const pause = standing.exitFails++ === 0 ? 0 : Math.min(EXIT_PAUSE_MAX, EXIT_PAUSE * 2 ** Math.min(10, standing.exitFails));
	if (pause === 0) book.out.tell(event);
	else book.later = [...book.later, { at: book.now + pause, event }];
}

export function doubtIntent(book: Book, intent: Intent, lookAt: Ms): void {
	move(book, intent, "lost");
	intent.lookAt = Math.min(intent.lookAt, lookAt);
}

/** A change or a cancellation failed or was lost: what stands at the venue is looked up. */
function notChanged(book: Book, linkId: string): void {
	const intent = book.intents.get(linkId);
	if (intent !== undefined) intent.lookAt = Math.min(intent.lookAt, book.now + LOOK_AGAIN);
}

/** A target that cannot be moved to where it should be goes, and is aimed anew: at market, when its price has been passed meanwhile. */
export function notAmended(book: Book, linkId: string, fault: CallFault): void {
	notChanged(book, linkId);
	const intent = book.intents.get(linkId);
	if (intent === undefined || fault.class !== "refused" || ++intent.refusals < REFUSALS_MAX) return;
	if (intent.purpose !== "take_profit" || intent.cancelAsked) return;
	intent.cancelAsked = true;
	book.out.ask({ kind: "cancel", symbol: intent.symbol, linkId });
}

/** Until it is known to be gone, nothing is opened beside it. */
export function notCancelled(book: Book, linkId: string): void {
	notChanged(book, linkId);
	const intent = book.intents.get(linkId);
	const symbol = intent && book.symbols.get(intent.symbol);
	if (intent === undefined || symbol === undefined) return;
	intent.lingers = true;
	if (symbol.doubt === undefined) setDoubt(book, symbol, LINGERS);
}

// ---- what the venue states

/** An order of ours as it stands; its fills are booked apart. */
export function stateOrder(book: Book, intent: Intent, order: OrderStatement): void {
	const { symbol, linkId, orderId, status, filled, price } = order;
	const at = book.now;
	intent.looks = 0;
	intent.shown = true;
	intent.missedAt = undefined;
	if (status === "Filled") return end(book, intent, { reason: status, filled });
	if (status === "Cancelled" || status === "Rejected" || status === "Deactivated")
		return end(book, intent, { reason: order.reason, filled });
	if (intent.end !== undefined) return; // an older statement
	const known = intent.state === "open";
	if (!move(book, intent, "stated")) return;
	intent.lookAt = intent.resting ? NEVER : book.now + MARKET_PATIENCE;
	if (!known) book.out.tell({ kind: "accepted", at, symbol, linkId, orderId });
	if (price !== undefined) book.out.tell({ kind: "amended", at, symbol, linkId, price });
	if (intent.cancelAsked) cancelAgain(book, intent);
}

/** It still stands although it was to go: its cancellation was lost, or overtook the order itself. */
function cancelAgain(book: Book, { symbol, linkId }: Intent): void {
	if ((book.symbols.get(symbol)?.writes ?? 0) === 0) book.out.ask({ kind: "cancel", symbol, linkId });
}

function end(book: Book, intent: Intent, stated: { reason: string; filled: Intent["filled"] }): void {
	if (!move(book, intent, "ended")) return;
	intent.end = stated;
	intent.lookAt = book.now + FILL_PATIENCE;
	settleEnd(book, intent);
}

/** Something of it was booked, or its end was stated: over when nothing is missing. */
export function settleEnd(book: Book, intent: Intent): void {
	const { symbol, linkId, filled, end: stated } = intent;
	if (filled >= intent.qty) {
		if (intent.purpose === "exit") forgiveExits(book, symbol);
		move(book, intent, "filled");
		return;
	}
	if (stated === undefined || filled < stated.filled) return;
	if (!move(book, intent, "booked")) return;
	book.out.tell({ kind: "ended", at: book.now, symbol, linkId, filled, reason: stated.reason });
}

function forgiveExits(book: Book, symbol: string): void {
	const standing = book.symbols.get(symbol);
	if (standing !== undefined) standing.exitFails = 0;
}

// ---- looking up

/** Looks up what has been silent for too long. */
export function lookUp(book: Book): void {
	for (const intent of book.intents.values()) {
		if (intent.lookAt > book.now || intent.looking) continue;
		if (intent.state === "sent") move(book, intent, "lost");
		intent.looking = true;
		intent.lookAt = NEVER;
		book.out.ask({ kind: "find", symbol: intent.symbol, linkId: intent.linkId });
	}
}

export function lookFailed(book: Book, linkId: string): void {
	const intent = book.intents.get(linkId);
	if (intent === undefined) return;
	intent.looking = false;
	lookAgain(book, intent);
}

function lookAgain(book: Book, intent: Intent): void {
	intent.lookAt = book.now + Math.min(LOOK_AGAIN_MAX, LOOK_AGAIN * 2 ** Math.min(10, Math.floor(intent.looks++ / 4)));
}

/** The order was looked up and its executions have been booked. */
export function found(book: Book, linkId: string, order: OrderStatement | undefined): void {
	const intent = book.intents.get(linkId);
	if (intent === undefined) return;
	intent.looking = false;
	if (order === undefined) return notFound(book, intent);
	stateOrder(book, intent, order);
	if (!book.intents.has(linkId)) return;
	if (intent.end !== undefined) return lookAgain(book, intent); // its fills are not shown yet
	if (intent.cancelAsked) return;
	if (intent.purpose === "take_profit") return keepTarget(book, intent, order);
}

/** Nothing of it anywhere: it never arrived, once nothing sent then can arrive any more; one that was live is looked for longer. */
function notFound(book: Book, intent: Intent): void {
	const { terms, now } = book;
	intent.missedAt ??= now;
	const goneAt = intent.shown || intent.filled > 0 ? intent.missedAt + GONE_AFTER : intent.sentAt + terms.late;
	if (now < goneAt) return lookAgain(book, intent);
	const { symbol, linkId, filled } = intent;
	differ(book, symbol, "lost order", `${linkId} is neither open nor in the history: taken as never placed`);
	if (!move(book, intent, "absent")) return void move(book, intent, "booked");
	if (filled === 0) book.out.tell({ kind: "refused", at: now, symbol, linkId, code: 0, reason: "it never arrived at the exchange" });
	else book.out.tell({ kind: "ended", at: now, symbol, linkId, filled, reason: "found nowhere" });
}

/** The target's order is made what the engine takes it to be. */
export function keepTarget(book: Book, intent: Intent, order: OrderStatement): void {
	const wanted = machineOf(book, intent.symbol).takeProfit;
	const symbol = book.symbols.get(intent.symbol);
	if (wanted === undefined || wanted.linkId !== intent.linkId || symbol === undefined || symbol.writes > 0) return;
	const moved = order.triggerPrice !== undefined && order.triggerPrice !== wanted.price;
	const resized = order.qty !== wanted.qty;
	if (!moved && !resized) return;
	differ(
		book,
		intent.symbol,
		"target differs",
		`${symbol.grid.formatQty(order.qty)} at ${symbol.grid.formatPrice(order.triggerPrice ?? wanted.price)} instead of ${symbol.grid.formatQty(wanted.qty)} at ${symbol.grid.formatPrice(wanted.price)}: changed`,
	);
	touch(symbol);
	book.out.ask({
		kind: "amend",
		symbol: intent.symbol,
		linkId: intent.linkId,
		qty: resized ? wanted.qty : undefined,
		triggerPrice: moved ? wanted.price : undefined,
	});
}

/** When the next intent wants to be looked up. */
export function nextLook(book: Book): Ms {
	let at = NEVER;
	for (const intent of book.intents.values()) if (!intent.looking) at = Math.min(at, intent.lookAt);
	for (const { at: due } of book.later) at = Math.min(at, due);
	return at;
}
