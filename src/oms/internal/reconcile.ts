// The whole account against what was meant: at the start, after a reconnect, on a doubt, and regularly. The venue is right about what is,
// the journal about what was meant; the table of differences stands in ARCHITECTURE.md. An answer is judged only when nothing moved
// while it was read, because it is made of several answers.

import { isFlat } from "../../account/position.ts";
import { runOf } from "../../orders/ids.ts";
import { isOpen } from "../../orders/order.ts";
import type { Ms } from "../../units/unit.ts";
import type { AccountStatement, OrderStatement, PositionStatement } from "../statement.ts";
import { type Book, differ, LINGERS, lingering, machineOf, NEVER, ownSteps, readSoon, type SymbolBook, setDoubt } from "./book.ts";
import { bookExecution, isOurs, strangerText } from "./booking.ts";
import { hearWallet, isUnexplained, UNEXPLAINED } from "./cash.ts";
import { judgeForeign, judgeStop, signed, sizeAgrees } from "./check.ts";
import { doubtIntent, keepTarget, stateOrder } from "./intents.ts";

/** Executions are asked for from so long before the last reading: the exchange may show them late. */
const OVERLAP: Ms = 60_000;
/** Readings that something moved under, or that disagree, in a row, before it counts as a disagreement. */
const REPEATS_MAX = 4;
const AGAIN: Ms = 250;
const AGAIN_MAX: Ms = 10_000;
const UNSTEADY_MAX: Ms = 2000;
/** While the private stream is down everything is asked for so often. */
const POLL: Ms = 2000;

/** So many lines about what is not ours are remembered, those seen last. */
const TOLD_MAX = 4096;

export function readAccount(book: Book): void {
	const { reading } = book;
	if (reading.versions !== undefined || reading.at > book.now) return;
	reading.at = NEVER;
	reading.beganAt = book.now;
	reading.versions = new Map([...book.symbols].map(([name, { version }]) => [name, version]));
	book.out.ask({ kind: "account", since: book.since - OVERLAP });
}

export function readFailed(book: Book): void {
	const { reading } = book;
	reading.versions = undefined;
	reading.fails++;
	readAgain(book, reading.fails);
}

function readAgain(book: Book, times: number): void {
	readSoon(book, Math.min(AGAIN_MAX, AGAIN * 2 ** Math.min(10, times - 1)));
}

/** Books what was missed, then compares what stands. */
export function accountRead(book: Book, account: AccountStatement): void {
	const { reading } = book;
	const versions = reading.versions ?? new Map<string, number>();
	reading.versions = undefined;
	reading.fails = 0;
	let missed = 0;
	for (const execution of account.executions) if (bookExecution(book, execution, true)) missed++;
	const steady = missed === 0 && [...book.symbols.values()].every((symbol) => isSteady(symbol, versions));
	for (const order of account.orders) seeOrder(book, order, steady);
	if (!steady) return unsteady(book);
	seekMissing(book, account.orders);
	const agreed = comparePositions(book, account.positions);
	if (account.balance !== undefined) hearWallet(book, account.balance);
	tellOthers(book, account.others);
	if (agreed) return settle(book);
	reading.repeats++;
	readAgain(book, reading.repeats);
}

function isSteady(symbol: SymbolBook, versions: ReadonlyMap<string, number>): boolean {
	return symbol.version === versions.get(symbol.symbol) && symbol.writes === 0;
}

/** Something moved while it was read: read again; that alone is no disagreement. */
function unsteady(book: Book): void {
	readSoon(book, Math.min(UNSTEADY_MAX, AGAIN * 2 ** Math.min(10, book.reading.unsteady++)));
}

function settle(book: Book): void {
	const { reading, terms, lineUp } = book;
	reading.repeats = 0;
	reading.unsteady = 0;
	book.since = Math.max(book.since, reading.beganAt);
	book.seen.forget(book.since - 2 * OVERLAP);
	reading.agreedAt = book.now;
	book.adopting = false;
	readSoon(book, lineUp ? terms.every : Math.min(POLL, terms.every));
	for (const symbol of book.symbols.values()) {
		if (!judgeForeign(book, symbol)) setDoubt(book, symbol, standingDoubt(book, symbol));
		rebalance(book, symbol);
	}
	confirmFlat(book);
}

/** What an agreeing reading does not settle. */
function standingDoubt(book: Book, { symbol }: SymbolBook): string | undefined {
	if (isUnexplained(book)) return UNEXPLAINED;
	return lingering(book, symbol) ? LINGERS : undefined;
}

// ---- orders

/** An order that stands at the venue: ours as meant, ours by mistake, or somebody else's. */
function seeOrder(book: Book, order: OrderStatement, steady: boolean): void {
	const { linkId, symbol } = order;
	const intent = book.intents.get(linkId);
	if (intent !== undefined) {
		stateOrder(book, intent, order);
		if (!steady || intent.purpose !== "take_profit" || intent.end !== undefined) return;
		if (machineOf(book, symbol).takeProfit?.linkId === linkId) return keepTarget(book, intent, order);
		if (intent.cancelAsked) return;
		intent.cancelAsked = true;
		return cancelStray(book, order);
	}
	if (isStray(book, order) && steady) cancelStray(book, order);
}

/** An order that no intent knows: true when it is ours and open; others' are told of, and another run's end this one. */
export function isStray(book: Book, { linkId, orderId, symbol, side, status, isProtection }: OrderStatement): boolean {
	if (isProtection || !isOpen(status)) return false;
	if (isOurs(book, linkId)) return true;
	if (runOf(linkId) === undefined) tellOthers(book, [`an order of ${symbol} is not of this bot: ${side} ${linkId || orderId}`]);
	else book.out.stop(strangerText(linkId));
	return false;
}

function cancelStray(book: Book, { symbol, linkId }: OrderStatement): void {
	differ(book, symbol, "stray order", `${linkId} is open though nothing wants it: cancelled`);
	book.out.ask({ kind: "cancel", symbol, linkId });
}

/** Orders that should stand and are not among the open ones are looked up. */
function seekMissing(book: Book, orders: readonly OrderStatement[]): void {
	const open = new Set(orders.map((order) => order.linkId));
	for (const intent of book.intents.values()) if (!open.has(intent.linkId) && intent.state !== "sent") doubtIntent(book, intent, book.now);
}

// ---- positions

/** True when each is as we believe, others' shares included. */
function comparePositions(book: Book, positions: readonly PositionStatement[]): boolean {
	let agreed = true;
	for (const symbol of book.symbols.values()) {
		const position = positions.find((candidate) => candidate.symbol === symbol.symbol);
		if (position !== undefined && adopt(book, symbol, position)) judgeStop(book, symbol, position);
		else {
			agreed = false;
			disagree(book, symbol, position);
		}
	}
	return agreed;
}

/** What stands there and is not in the journal is not ours, when that may be said. */
function adopt(book: Book, symbol: SymbolBook, position: PositionStatement): boolean {
	if (sizeAgrees(book, symbol, position)) return true;
	const steps = ownSteps(book, symbol.symbol);
	const foreign = signed(position) - steps;
	const { agreedAt, repeats } = book.reading;
	const first = agreedAt === Number.NEGATIVE_INFINITY && steps === 0;
	// Later only when no execution has come to explain it: a fill may be on its way.
	if (!book.adopting || steps * foreign < 0 || !(first || repeats >= REPEATS_MAX)) return false;
	symbol.foreign = foreign;
	symbol.adoptedAt = book.now;
	differ(
		book,
		symbol.symbol,
		"foreign position",
		`${position.direction} ${symbol.grid.formatQty(position.qty)} is not of this bot: left alone`,
	);
	return true;
}

function disagree(book: Book, symbol: SymbolBook, position: PositionStatement | undefined): void {
	if (book.reading.repeats < REPEATS_MAX) return;
	const { grid } = symbol;
	const { position: own } = machineOf(book, symbol.symbol);
	const ours = isFlat(own) ? "flat" : `${own.direction} ${grid.formatQty(own.qty)}`;
	const theirs = position === undefined ? "nothing" : position.qty === 0 ? "flat" : `${position.direction} ${grid.formatQty(position.qty)}`;
	setDoubt(book, symbol, `the exchange states ${theirs} where ${ours} is known, and no execution explains it; look at the account by hand`);
}

/** A target that should stand and does not is aimed anew. */
function rebalance(book: Book, { symbol, doubt, writes }: SymbolBook): void {
	const machine = machineOf(book, symbol);
	if (isFlat(machine.position) || machine.takeProfit !== undefined || doubt !== undefined || writes > 0) return;
	book.out.tell({ kind: "rebalance", at: book.now, symbol });
}

/** Everything was to be closed, and the venue shows it so: said once. Until then it is closed again. */
function confirmFlat(book: Book): void {
	if (!book.flattening) return;
	const [first] = book.symbols.keys();
	if (book.intents.size === 0 && [...book.symbols.keys()].every((symbol) => isFlat(machineOf(book, symbol).position))) {
		book.flattening = false;
		book.out.note(first ?? "", { what: "confirmedFlat" });
	} else readSoon(book, 1000);
}

// ---- what is not ours

function tellOthers(book: Book, lines: readonly string[]): void {
	const [first] = book.symbols.keys();
	for (const line of lines) {
		if (!book.told.delete(line)) differ(book, first ?? "", "not ours", `${line}: left alone`);
		book.told.add(line); // the newest last
		if (book.told.size > TOLD_MAX) forgetOldest(book.told);
	}
}

function forgetOldest(told: Set<string>): void {
	for (const line of told) return void told.delete(line);
}
