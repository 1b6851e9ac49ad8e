// Executions become facts once each, whichever way and however often they are told; what others trade on our symbols is counted apart.
// A person's fill takes from what is theirs before it takes from ours; the venue's own (stop, liquidation) the other way round. On the
// stream one may overtake another: what is a person's, or cannot be, is left to a reading, which has them all in order.

import { isFlat } from "../../account/position.ts";
import type { Fill } from "../../orders/fill.ts";
import { runOf } from "../../orders/ids.ts";
import { directionOf, type Side, signOf } from "../../orders/side.ts";
import { NO_QTY, NO_USDT, shareUsdt } from "../../units/grid.ts";
import type { Qty } from "../../units/unit.ts";
import type { Execution, Funding } from "../statement.ts";
import { type Book, differ, machineOf, ownSteps, readSoon, type SymbolBook, touch } from "./book.ts";
import { settleEnd } from "./intents.ts";

/** True when the execution was new. `inOrder`: all before it have been told. */
export function bookExecution(book: Book, execution: Execution, inOrder: boolean): boolean {
	const { execId, symbol, at } = execution.kind === "fill" ? execution.fill : execution.funding;
	const standing = book.symbols.get(symbol);
	if (standing === undefined || book.seen.has(execId)) return false;
	if (!inOrder && comesTooSoon(book, standing, execution)) {
		readSoon(book);
		return false;
	}
	book.seen.add(execId, at);
	touch(standing);
	if (execution.kind === "fill") bookFill(book, standing, execution.fill);
	else bookFunding(book, standing, execution.funding);
	return true;
}

/** Of our position; when that has been closed meanwhile, of the trade that was counted last; else it is somebody else's. */
function bookFunding(book: Book, { symbol, foreign }: SymbolBook, { at, amount, rate }: Funding): void {
	const isHeld = !isFlat(machineOf(book, symbol).position);
	if (!isHeld && foreign !== 0) return;
	book.out.tell({ kind: "funded", at, symbol, amount, rate });
	if (!isHeld) book.out.note(symbol, { what: "lateFunding", amount });
}

/** Whether the id is one that this bot gives out, in this life or an earlier one. */
export function isOurs({ terms, engine }: Book, linkId: string): boolean {
	const run = runOf(linkId);
	return run !== undefined && (run === engine.settings.run || terms.runs.includes(run));
}

export function isBooked({ seen }: Book, execution: Execution): boolean {
	return seen.has(execution.kind === "fill" ? execution.fill.execId : execution.funding.execId);
}

/** Funding of a position whose fill has not been heard of, or a fill that only those before it explain. */
function comesTooSoon(book: Book, symbol: SymbolBook, execution: Execution): boolean {
	if (execution.kind === "funding") return isFlat(machineOf(book, symbol.symbol).position);
	return isStrange(book, symbol, execution.fill) || overfills(book, symbol, execution.fill);
}

/** A closing order of ours cannot open anything: where it fills more than is known, a fill before it has not been heard of. */
function overfills(book: Book, { symbol }: SymbolBook, { linkId, side, qty }: Fill): boolean {
	const purpose = book.intents.get(linkId)?.purpose;
	if (purpose === undefined || purpose === "entry") return false;
	return qty > closable(ownSteps(book, symbol), side);
}

/** A person's fill, whose share in ours depends on those before it; or the venue's own that closes more than is known to be ours. */
function isStrange(book: Book, symbol: SymbolBook, fill: Fill): boolean {
	if (runOf(fill.linkId) !== undefined) return false;
	return fill.cause === "order" || strangeShare(book, symbol, fill) < fill.qty;
}

function bookFill(book: Book, symbol: SymbolBook, fill: Fill): void {
	const { linkId } = fill;
	if (runOf(linkId) !== undefined && !isOurs(book, linkId)) return book.out.stop(strangerText(linkId));
	const own = isOurs(book, linkId) ? orderedPart(book, symbol, fill) : strangePart(book, symbol, fill);
	symbol.checkAt = Math.min(symbol.checkAt, book.now);
	if (own > 0) book.out.tell({ kind: "filled", at: fill.at, symbol: fill.symbol, fill: own === fill.qty ? fill : part(symbol, fill, own) });
	net(book, symbol, fill);
	const intent = book.intents.get(linkId);
	if (intent === undefined) return;
	intent.filled = (intent.filled + fill.qty) as Qty; // a sum of quantities
	settleEnd(book, intent);
}

/** A one-way account holds one side: where ours and theirs stand against each other, both are gone at the price of the fill. */
function net(book: Book, symbol: SymbolBook, fill: Fill): void {
	const steps = ownSteps(book, symbol.symbol);
	if (steps * symbol.foreign >= 0) return;
	const qty = Math.min(Math.abs(steps), Math.abs(symbol.foreign)) as Qty; // the smaller of two quantities
	symbol.foreign += Math.sign(steps) * qty;
	differ(
		book,
		symbol.symbol,
		"closed elsewhere",
		`${symbol.grid.formatQty(qty)} of ours met a position against it: booked at the same price`,
	);
	const side = steps > 0 ? "sell" : "buy";
	const closing = {
		...part(symbol, fill, qty),
		execId: `${fill.execId}-net`,
		linkId: "",
		side,
		cause: "order",
		fee: NO_USDT,
		leaves: NO_QTY,
	} as const;
	book.out.tell({ kind: "filled", at: fill.at, symbol: fill.symbol, fill: closing });
}

export function strangerText(linkId: string): string {
	return `another Anchorwatch (run ${runOf(linkId)}) trades on this account: its order ${linkId} was seen; stop one of the two`;
}

/** A fill of our order is ours, except where a closing order reached what is not: ours was gone before it. */
function orderedPart(book: Book, symbol: SymbolBook, fill: Fill): Qty {
	const ours = closable(ownSteps(book, symbol.symbol), fill.side);
	const theirs = closable(symbol.foreign, fill.side);
	const purpose = book.intents.get(fill.linkId)?.purpose;
	if (purpose === "entry" || theirs === 0 || fill.qty <= ours) return fill.qty;
	const rest = Math.min(fill.qty - ours, theirs);
	symbol.foreign += signOf(directionOf(fill.side)) * rest;
	differ(book, symbol.symbol, "foreign fill", `our ${fill.linkId} closed ${symbol.grid.formatQty(rest as Qty)} that was not ours`);
	return (fill.qty - rest) as Qty; // a part of a quantity
}

/** How much of a fill that is not of our orders concerns our position; the rest goes to what is not ours. */
function strangePart(book: Book, symbol: SymbolBook, fill: Fill): Qty {
	if (fill.at <= symbol.adoptedAt) return NO_QTY; // it made the position that was found
	const own = strangeShare(book, symbol, fill);
	const rest = fill.qty - own;
	if (rest > 0) {
		symbol.foreign += signOf(directionOf(fill.side)) * rest;
		differ(book, symbol.symbol, "foreign fill", `${fill.side} ${symbol.grid.formatQty(fill.qty)} was not ordered by this bot: left alone`);
	}
	if (own > 0 && fill.cause === "order")
		differ(
			book,
			symbol.symbol,
			"closed elsewhere",
			`${fill.side} ${symbol.grid.formatQty(own as Qty)} of ours was not ordered by this bot: booked as it happened`,
		);
	return own as Qty; // parts of a quantity
}

function strangeShare(book: Book, symbol: SymbolBook, fill: Fill): number {
	const ours = closable(ownSteps(book, symbol.symbol), fill.side);
	const theirs = closable(symbol.foreign, fill.side);
	return fill.cause === "order" ? Math.min(Math.max(0, fill.qty - theirs), ours) : Math.min(fill.qty, ours);
}

/** What a fill of that side can close of a position in signed steps. */
function closable(steps: number, side: Side): number {
	return Math.max(0, -signOf(directionOf(side)) * steps);
}

function part({ grid }: SymbolBook, fill: Fill, qty: Qty): Fill {
	return { ...fill, qty, value: grid.value(qty, fill.price), fee: shareUsdt(fill.fee, qty, fill.qty) };
}
