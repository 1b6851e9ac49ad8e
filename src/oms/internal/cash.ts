// Cash to the cent: the wallet the venue states is believed when our own bookings or the transaction log explain it. What a person moved
// is neither profit nor loss; what nothing explains is reported, and until it is explained nothing is opened.

import { addUsdt, NO_USDT, negate } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import type { Transaction } from "../statement.ts";
import { type Book, NEVER, NOT_READ, readSoon, setDoubt } from "./book.ts";

/** Bookings that are on their way are waited for. */
const GRACE: Ms = 500;
const AGAIN: Ms = 1000;
const AGAIN_MAX: Ms = 60_000;
const TRIES_MAX = 5;
/** The log is read at every so manieth regular reading of the account. */
const AUDITS = 10;
const OVERLAP: Ms = 10_000;
/** A cent: less than that is dust of roundings, taken over without a word. */
const DUST = 1_000_000;
/** What trading itself writes into the log; everything else is told. */
const OF_TRADING = ["TRADE", "SETTLEMENT", "DELIVERY", "LIQUIDATION", "ADL"];
const TRANSFERS = ["TRANSFER_IN", "TRANSFER_OUT", "DEPOSIT", "WITHDRAW"];

export const UNEXPLAINED = "the wallet's change is not explained by the transaction log";

/** The wallet as stated now, by whichever way. */
export function hearWallet(book: Book, balance: Usdt): void {
	const { cash } = book;
	cash.stated = balance;
	if (cash.base !== undefined && balance === book.engine.balance && cash.tries === 0 && book.now < cash.auditAt) {
		cash.at = NEVER;
		return;
	}
	cash.at = Math.min(cash.at, book.now + (cash.base === undefined ? 0 : GRACE));
}

/** After a fill or a funding the wallet stated before it may be the right one already. */
function isExplained({ cash, engine }: Book): boolean {
	return cash.stated === undefined || cash.stated === engine.balance;
}

export function readLedger(book: Book): void {
	const { cash } = book;
	if (cash.asking || cash.at > book.now) return;
	cash.at = NEVER;
	if (cash.base !== undefined && cash.tries === 0 && isExplained(book) && book.now < cash.auditAt) return;
	cash.asking = true;
	book.out.ask({ kind: "ledger", since: cash.readAt - OVERLAP });
}

/** A statement that cannot be checked is as good as one that nothing explains. */
export function ledgerFailed(book: Book): void {
	const { cash, engine, now } = book;
	cash.asking = false;
	cash.at = now + AGAIN;
	if (cash.base !== undefined && cash.stated !== undefined && !isExplained(book))
		puzzled(book, addUsdt(cash.stated, negate(engine.balance)));
}

/** The log since the last time, and the wallet after it. */
export function ledgerRead(book: Book, transactions: readonly Transaction[], balance: Usdt | undefined): void {
	const { cash } = book;
	cash.asking = false;
	const fresh = transactions.filter(({ id }) => !cash.rows.has(id));
	if (cash.asItIs && balance !== undefined) return accept(book, { balance, rows: fresh, news: fresh });
	if (cash.base === undefined) return begin(book, fresh, balance);
	const explained = addUsdt(cash.base, ...fresh.map(({ change }) => change));
	const rest = balance === undefined ? undefined : addUsdt(balance, negate(explained));
	if (balance === undefined || rest === undefined || Math.abs(rest) >= DUST) return puzzled(book, rest);
	accept(book, { balance, rows: fresh, news: fresh });
}

/**
 * The first wallet of all has to fit the one that the start was made with: the same, or changed by the latest rows of the log. Whether a
 * row is in that one already cannot be known exactly; a broken answer of zero fits none.
 */
function begin(book: Book, fresh: readonly Transaction[], balance: Usdt | undefined): void {
	const { start } = book.cash;
	let explained = start;
	const newestFirst = fresh.toReversed();
	for (let row = 0; balance !== undefined && row <= newestFirst.length; row++) {
		if (explained === balance) return accept(book, { balance, rows: fresh, news: fresh.slice(fresh.length - row) });
		explained = addUsdt(explained, newestFirst[row]?.change ?? NO_USDT);
	}
	puzzled(book, balance === undefined ? undefined : addUsdt(balance, negate(start)));
}

/** `rows` have been read; of those `news` happened since the wallet that was known. */
type Explained = { readonly balance: Usdt; readonly rows: readonly Transaction[]; readonly news: readonly Transaction[] };

function accept(book: Book, { balance, rows, news }: Explained): void {
	const { cash } = book;
	for (const row of rows) {
		cash.rows.add(row.id, row.at);
		cash.readAt = Math.max(cash.readAt, row.at);
	}
	for (const row of news) if (!OF_TRADING.includes(row.type)) tellMovement(book, row);
	cash.base = balance;
	cash.tries = 0;
	cash.asItIs = false;
	cash.auditAt = book.now + AUDITS * book.terms.every;
	cash.stated = balance;
	if (book.engine.balance !== balance) book.out.tell({ kind: "wallet", at: book.now, balance });
	for (const symbol of book.symbols.values())
		if (symbol.doubt === UNEXPLAINED) {
			setDoubt(book, symbol, undefined);
			readSoon(book);
		}
}

function tellMovement(book: Book, { type, change }: Transaction): void {
	const [first] = book.symbols.keys();
	book.out.note(first ?? "", { what: "transferred", type, amount: change });
	if (TRANSFERS.includes(type)) book.out.tell({ kind: "transferred", at: book.now, amount: change });
}

/** The log and the wallet do not fit: mostly one of them is late. After some tries it is said, and nothing is opened until they do. */
function puzzled(book: Book, rest: Usdt | undefined): void {
	const { cash } = book;
	cash.tries++;
	cash.at = book.now + Math.min(AGAIN_MAX, AGAIN * 2 ** Math.max(0, cash.tries - TRIES_MAX));
	if (cash.tries !== TRIES_MAX) return;
	const [first] = book.symbols.keys();
	book.out.note(first ?? "", { what: "unexplained", amount: rest ?? NO_USDT });
	for (const symbol of book.symbols.values())
		if (symbol.doubt === undefined || symbol.doubt === NOT_READ) setDoubt(book, symbol, UNEXPLAINED);
}

/** Its change has been asked about in vain. */
export function isUnexplained({ cash }: Book): boolean {
	return cash.tries >= TRIES_MAX;
}

/** A person takes the wallet as it is: with the next look at the log. */
export function acceptWallet({ cash, now }: Book): void {
	if (cash.tries < TRIES_MAX) return;
	cash.asItIs = true;
	cash.at = Math.min(cash.at, now);
}
