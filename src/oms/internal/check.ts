// Is the position at the venue the one we believe in, and does its stop stand? Asked after every fill and judged only when nothing moved
// meanwhile. A position seen without a stop is given one at once, and closed when that does not work.

import { isFlat } from "../../account/position.ts";
import type { Ms } from "../../units/unit.ts";
import type { CallFault } from "../call.ts";
import type { PositionStatement } from "../statement.ts";
import { type Book, differ, machineOf, NEVER, ownSteps, priceText, readSoon, type SymbolBook, setDoubt, touch } from "./book.ts";

const AGAIN: Ms = 300;
/** Looks at a position that differs, before everything is read anew. */
const MISSES_MAX = 3;
/** A stop that failed to be set is asked for again after 0.5 s, doubling to this: an exchange that stumbles is no reason to stop trading. */
const PROTECT_PAUSE: Ms = 500;
const PROTECT_PAUSE_MAX: Ms = 4000;
/** So long a stop may be asked for in vain. */
const PROTECT_PATIENCE: Ms = 10_000;

/** Asks where a look is due. */
export function checkPositions(book: Book): void {
	for (const symbol of book.symbols.values()) {
		if (symbol.checkAt > book.now || symbol.checking || symbol.writes > 0) continue;
		symbol.checkAt = NEVER;
		symbol.checking = true;
		book.out.ask({ kind: "position", symbol: symbol.symbol });
	}
}

export function nextCheck(book: Book): Ms {
	let at = NEVER;
	for (const symbol of book.symbols.values()) if (!symbol.checking && symbol.writes === 0) at = Math.min(at, symbol.checkAt);
	return at;
}

/** The answer; `version` is what the symbol's was when it was asked. */
export function checked(book: Book, symbol: SymbolBook, position: PositionStatement | undefined, version: number): void {
	symbol.checking = false;
	if (symbol.version !== version || symbol.writes > 0) return again(book, symbol);
	if (position === undefined || !sizeAgrees(book, symbol, position)) return missed(book, symbol, position);
	symbol.misses = 0;
	judgeStop(book, symbol, position);
}

export function checkFailed(book: Book, symbol: SymbolBook): void {
	symbol.checking = false;
	again(book, symbol, 1000);
}

function again(book: Book, symbol: SymbolBook, after = AGAIN): void {
	symbol.checkAt = Math.min(symbol.checkAt, book.now + after);
}

export function sizeAgrees(book: Book, symbol: SymbolBook, position: PositionStatement): boolean {
	return signed(position) === ownSteps(book, symbol.symbol) + symbol.foreign;
}

export function signed({ direction, qty }: PositionStatement): number {
	return direction === "long" ? qty : -qty;
}

function missed(book: Book, symbol: SymbolBook, position: PositionStatement | undefined): void {
	symbol.misses++;
	if (position !== undefined) judgeBare(book, symbol, position);
	if (symbol.misses < MISSES_MAX) return again(book, symbol);
	symbol.misses = 0;
	readSoon(book);
}

/** The stop as the engine wants it; only for a position that agrees. */
export function judgeStop(book: Book, symbol: SymbolBook, position: PositionStatement): void {
	judgeBare(book, symbol, position);
	const machine = machineOf(book, symbol.symbol);
	const { stop } = machine;
	if (isFlat(machine.position) || machine.exiting || stop === undefined || position.stopLoss === undefined) return;
	if (position.stopLoss === stop || !mayProtect(book, symbol)) return;
	differ(book, symbol.symbol, "stop differs", `${priceText(symbol, position.stopLoss)} instead of ${priceText(symbol, stop)}: moved`);
	protect(book, symbol, stop);
}

/** Sees whether the position stands without a stop, whoever says so. */
export function judgeBare(book: Book, symbol: SymbolBook, position: PositionStatement): void {
	const machine = machineOf(book, symbol.symbol);
	if (position.qty === 0 || position.stopLoss !== undefined || (isFlat(machine.position) && symbol.foreign !== 0))
		return covered(book, symbol);
	symbol.exposedSince ??= book.now;
	if (isFlat(machine.position)) {
		readSoon(book); // a fill that we have not heard of
		return;
	}
	if (machine.exiting) return again(book, symbol, 1000);
	if (book.now - symbol.exposedSince >= PROTECT_PATIENCE) return giveUp(book, symbol, { code: 0, reason: "no stop could be set" });
	if (machine.stop === undefined || !mayProtect(book, symbol)) return;
	differ(book, symbol.symbol, "no stop", `the position has none at the exchange: set at ${priceText(symbol, machine.stop)}`);
	protect(book, symbol, machine.stop);
}

function covered(book: Book, symbol: SymbolBook): void {
	if (symbol.exposedSince === undefined) return;
	const seconds = (book.now - symbol.exposedSince) / 1000;
	symbol.exposedSince = undefined;
	book.out.note(symbol.symbol, { what: "unprotected", seconds });
}

function protect(book: Book, symbol: SymbolBook, stopLoss: NonNullable<PositionStatement["stopLoss"]>): void {
	touch(symbol);
	symbol.protecting = true;
	book.out.ask({ kind: "protect", symbol: symbol.symbol, stopLoss });
}

/** One at a time; after failures only when their pause is over. */
function mayProtect(book: Book, symbol: SymbolBook): boolean {
	if (symbol.protecting) return false;
	if (book.now >= symbol.protectAt) return true;
	again(book, symbol, symbol.protectAt - book.now);
	return false;
}

/** The venue confirms the stop, or says that it stood so already; it is looked at all the same. */
export function protectedBy(book: Book, symbol: SymbolBook, stopLoss: NonNullable<PositionStatement["stopLoss"]>): void {
	symbol.protecting = false;
	symbol.protectFails = 0;
	symbol.protectAt = 0;
	book.out.tell({ kind: "protected", at: book.now, symbol: symbol.symbol, stopLoss });
	again(book, symbol, 0);
}

/** A definite no means that the position cannot be protected there; anything else is tried again after a look. */
export function notProtected(book: Book, symbol: SymbolBook, fault: CallFault): void {
	symbol.protecting = false;
	if (fault.class === "refused") return giveUp(book, symbol, fault);
	const pause = Math.min(PROTECT_PAUSE_MAX, PROTECT_PAUSE * 2 ** symbol.protectFails++);
	symbol.protectAt = book.now + pause;
	again(book, symbol, pause);
}

function giveUp(book: Book, symbol: SymbolBook, { code, reason }: { code: number; reason: string }): void {
	book.out.tell({ kind: "unprotected", at: book.now, symbol: symbol.symbol, code, reason });
	again(book, symbol, 1000);
}

/** Positions of others on the symbol: no entries beside them. */
export function judgeForeign(book: Book, symbol: SymbolBook): boolean {
	if (symbol.foreign === 0) return false;
	const size = symbol.grid.formatQty(Math.abs(symbol.foreign) as PositionStatement["qty"]);
	setDoubt(book, symbol, `a position of ${size} (${symbol.foreign > 0 ? "long" : "short"}) is not of this bot`);
	return true;
}
