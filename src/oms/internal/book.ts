// What the order management remembers: orders of ours that live, what each symbol is like at the venue, and what is to be asked when.
// The files of this folder change it, each its own part.

import type { Note, Purpose } from "../../engine/command.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Event } from "../../engine/event.ts";
import type { Machine } from "../../engine/machine.ts";
import type { Side } from "../../orders/side.ts";
import type { Grid } from "../../units/grid.ts";
import type { Ms, Price, Qty, Usdt } from "../../units/unit.ts";
import type { Question } from "../call.ts";
import type { IntentState } from "../lifecycle.ts";
import type { OmsTerms } from "../terms.ts";
import type { Recent } from "./recent.ts";

export const NEVER: Ms = Number.POSITIVE_INFINITY;

/** An order of ours that is not over yet. */
export type Intent = {
	readonly linkId: string;
	readonly symbol: string;
	readonly purpose: Purpose;
	readonly side: Side;
	qty: Qty;
	/** It may stand for long without a sign: a limit order, or one that waits for its trigger. */
	readonly resting: boolean;
	state: IntentState;
	sentAt: Ms;
	/** What has been booked of it. */
	filled: Qty;
	/** How the venue says that it ended; its fills may be missing still. */
	end: { readonly reason: string; readonly filled: Qty } | undefined;
	cancelAsked: boolean;
	/** Its cancellation failed: it may still stand. */
	lingers: boolean;
	/** Changes of it that the venue has refused, in a row. */
	refusals: number;
	/** The venue has acknowledged or shown it. */
	shown: boolean;
	/** Since when it has been found nowhere. */
	missedAt: Ms | undefined;
	/** When to look it up, and how often that was done in a row. */
	lookAt: Ms;
	looks: number;
	looking: boolean;
};

export type SymbolBook = {
	readonly symbol: string;
	readonly grid: Grid;
	/** Counts whatever happens to the symbol, so that an answer knows whether it is still about the present. */
	version: number;
	/** Calls under way that change something. */
	writes: number;
	/** Signed steps of the position that are not ours. */
	foreign: number;
	/** Up to when others' fills are in what was found there at first. */
	adoptedAt: Ms;
	checkAt: Ms;
	checking: boolean;
	misses: number;
	/** Since when the position has been without a stop, as far as we know. */
	exposedSince: Ms | undefined;
	/** A stop has been asked for and not been confirmed. */
	protecting: boolean;
	/** Stops that failed to be set, in a row, and not before when the next is asked for. */
	protectFails: number;
	protectAt: Ms;
	/** Closing orders that did not go through, in a row. */
	exitFails: number;
	doubt: string | undefined;
	/** Why nothing is opened of it although the account agrees. */
	unfit: string | undefined;
};

export type Reading = {
	at: Ms;
	/** Under way; with the versions it began at. */
	versions: ReadonlyMap<string, number> | undefined;
	beganAt: Ms;
	/** Began anew because something moved meanwhile, or failed, in a row. */
	repeats: number;
	unsteady: number;
	fails: number;
	agreedAt: Ms;
};

export type Cash = {
	/** The wallet as far as the transaction log explains it. */
	base: Usdt | undefined;
	/** The wallet that this life began with. */
	readonly start: Usdt;
	/** Up to when the log has been read. */
	readAt: Ms;
	readonly rows: Recent;
	/** The newest statement that was not what the engine has. */
	stated: Usdt | undefined;
	at: Ms;
	asking: boolean;
	tries: number;
	/** A person takes the wallet as it is stated next. */
	asItIs: boolean;
	/** When the log is read although nothing seems wrong. */
	auditAt: Ms;
};

export type Book = {
	readonly engine: Engine;
	readonly terms: OmsTerms;
	now: Ms;
	/** Executions from here on may be unknown: it moves with readings, not with what is heard. */
	since: Ms;
	readonly intents: Map<string, Intent>;
	readonly past: Recent;
	/** Executions that have been booked, from before `since` on. */
	readonly seen: Recent;
	readonly symbols: ReadonlyMap<string, SymbolBook>;
	readonly reading: Reading;
	readonly cash: Cash;
	/** What is found and not in the journal may be taken as somebody else's: at the very first sight, and when a person says so. */
	adopting: boolean;
	lineUp: boolean;
	/** Everything was to be closed: the venue is asked until it shows so. */
	flattening: boolean;
	/** Orders and positions that are not ours, told once. */
	readonly told: Set<string>;
	/** Facts that the engine is told later. */
	later: readonly Later[];
	readonly out: Out;
};

export type Later = { readonly at: Ms; readonly event: Event };

export type Out = {
	tell(event: Event): void;
	ask(question: Question): void;
	note(symbol: string, note: Note): void;
	stop(why: string): void;
};

export function machineOf({ engine }: Book, symbol: string): Machine {
	return engine.machine(symbol);
}

/** Ours, in signed steps. */
export function ownSteps(book: Book, symbol: string): number {
	const { position } = machineOf(book, symbol);
	return position.direction === "long" ? position.qty : -position.qty;
}

export function touch(symbol: SymbolBook): void {
	symbol.version++;
}

/** The whole account is read anew, `after` so long at the latest. */
export function readSoon({ reading, now }: Book, after: Ms = 0): void {
	reading.at = Math.min(reading.at, now + after);
}

export function differ(book: Book, symbol: string, name: string, text: string): void {
	book.out.note(symbol, { what: "difference", name, text });
}

export function priceText(symbol: SymbolBook, price: Price | undefined): string {
	return price === undefined ? "none" : symbol.grid.formatPrice(price);
}

/** The clock was ahead of what it shows now: what waits for a time that is far again is due at once. */
export function setBack(book: Book, now: Ms): void {
	const soon = (at: Ms): Ms => (at === NEVER ? at : Math.min(at, now));
	const { reading, cash } = book;
	book.now = now;
	book.since = Math.min(book.since, now);
	reading.at = soon(reading.at);
	reading.agreedAt = Math.min(reading.agreedAt, now);
	cash.readAt = Math.min(cash.readAt, now);
	cash.at = soon(cash.at);
	cash.auditAt = soon(cash.auditAt);
	book.later = book.later.map(({ at, event }) => ({ at: soon(at), event }));
	for (const symbol of book.symbols.values()) {
		symbol.checkAt = soon(symbol.checkAt);
		symbol.protectAt = soon(symbol.protectAt);
		if (symbol.exposedSince !== undefined) symbol.exposedSince = soon(symbol.exposedSince);
	}
	for (const intent of book.intents.values()) {
		intent.lookAt = soon(intent.lookAt);
		intent.sentAt = soon(intent.sentAt);
		if (intent.missedAt !== undefined) intent.missedAt = soon(intent.missedAt);
	}
}

/** No new entries on the symbol while `wanted` holds, or while it is unfit. */
export function setDoubt(book: Book, symbol: SymbolBook, wanted: string | undefined): void {
	const why = wanted ?? symbol.unfit;
	if (symbol.doubt === why) return;
	const before = symbol.doubt;
	symbol.doubt = why;
	book.out.tell({ kind: "doubt", at: book.now, symbol: symbol.symbol, why });
	if (why !== undefined && !isQuiet(why)) book.out.note(symbol.symbol, { what: "doubted", why });
	else if (why === undefined && before !== undefined && !isQuiet(before)) book.out.note(symbol.symbol, { what: "agreed" });
}

export const NOT_READ = "the account has not been read yet";
export const LINGERS = "an order that was cancelled may still stand";

/** Mostly over in a moment: nobody is told. */
function isQuiet(why: string): boolean {
	return why === NOT_READ || why === LINGERS;
}

/** Something cancelled may still stand beside a new position of the symbol, and fill into it. */
export function lingering({ intents }: Book, symbol: string): boolean {
	for (const intent of intents.values()) if (intent.symbol === symbol && intent.lingers) return true;
	return false;
}
