// Order management: between the engine, which wants, and the venue, which states. It gives each order one id and one life, asks when the
// venue is silent, compares what is with what was meant, and tells the engine facts in the order in which they can be believed. Like the
// engine it is a function of what it is told: no clock, no network, no chance.

import type { Command } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import { type Answer, type CallFault, isWrite, type Question } from "./call.ts";
import {
	type Book,
	type Intent,
	type Later,
	NEVER,
	NOT_READ,
	type Out,
	readSoon,
	type SymbolBook,
	setBack,
	setDoubt,
	touch,
} from "./internal/book.ts";
import { bookExecution, isBooked } from "./internal/booking.ts";
import { acceptWallet, hearWallet, ledgerFailed, ledgerRead, readLedger } from "./internal/cash.ts";
import { checked, checkFailed, checkPositions, judgeBare, nextCheck, notProtected, protectedBy, sizeAgrees } from "./internal/check.ts";
import { found, lookFailed, lookUp, nextLook, notAmended, notCancelled, notPlaced, placed, stateOrder, wish } from "./internal/intents.ts";
import { Recent } from "./internal/recent.ts";
import { accountRead, isStray, readAccount, readFailed } from "./internal/reconcile.ts";
import type { Execution, OrderStatement, PositionStatement } from "./statement.ts";
import type { OmsTerms } from "./terms.ts";

/** Ids of orders that are over and of ledger rows are kept so long: longer than anything is told twice. */
const REMEMBERED: Ms = 120_000;
/** A call that is neither answered nor given up by whoever carries it is lost after so long: longer than any client waits. */
const ANSWER_PATIENCE: Ms = 60_000;
/** A clock that goes back by more was wrong before. */
const STEP_BACK: Ms = 1000;
/** A position that the stream states otherwise than we know is looked at after so long: its fill may be on its way. */
const GRACE: Ms = 300;

/** Plain data. */
export type SavedOms = {
	readonly since: Ms;
	readonly intents: readonly Intent[];
	readonly past: readonly (readonly [string, Ms])[];
	readonly seen: readonly (readonly [string, Ms])[];
	readonly foreign: Readonly<Record<string, number>>;
	readonly flattening: boolean;
	readonly later: readonly Later[];
	readonly cash: { readonly base: Usdt | undefined; readonly readAt: Ms; readonly rows: readonly (readonly [string, Ms])[] };
};

type Asked = { readonly question: Question; readonly version: number; at: Ms };

export class Oms {
	readonly #book: Book;
	readonly #asked = new Map<number, Asked>();
	readonly #send: (id: number, question: Question) => void;
	#calls = 0;

	constructor(options: {
		engine: Engine;
		terms: OmsTerms;
		out: Pick<Out, "tell" | "note" | "stop">;
		send: (id: number, question: Question) => void;
		saved: SavedOms | undefined;
		now: Ms;
	}) {
		const { engine, terms, out, saved, now } = options;
		this.#send = options.send;
		const symbols = new Map(engine.settings.symbols.map(({ instrument }) => [instrument.symbol, newSymbol(instrument, saved)]));
		// As in the engine, symbols that are no longer traded are left out.
		const intents = (saved?.intents ?? []).filter(({ symbol }) => symbols.has(symbol)).map(revived);
		const later = (saved?.later ?? []).filter(({ event }) => !("symbol" in event) || symbols.has(event.symbol));
		this.#book = {
			engine,
			terms,
			now,
			since: saved?.since ?? now,
			intents: new Map(intents.map((intent) => [intent.linkId, intent])),
			past: new Recent(REMEMBERED, saved?.past),
			seen: new Recent(NEVER, saved?.seen),
			symbols,
			reading: { at: now, versions: undefined, beganAt: now, repeats: 0, unsteady: 0, fails: 0, agreedAt: Number.NEGATIVE_INFINITY },
			cash: {
				base: saved?.cash.base,
				start: engine.balance,
				readAt: saved?.cash.readAt ?? now,
				rows: new Recent(REMEMBERED, saved?.cash.rows),
				stated: undefined,
				at: NEVER,
				asking: false,
				tries: 0,
				asItIs: false,
				auditAt: now,
			},
			adopting: saved === undefined,
			lineUp: true,
			flattening: saved?.flattening ?? false,
			told: new Set(),
			later,
			out: { ...out, ask: (question) => this.#ask(question) },
		};
	}

	/** Nothing is opened before the account has been read; what may be under way from an earlier life is looked up. */
	begin(): void {
		for (const symbol of this.#book.symbols.values()) setDoubt(this.#book, symbol, NOT_READ);
		this.wake();
	}

	// ---- what is

	/** When it has something to ask or to tell. */
	get wakeAt(): Ms {
		const { reading, cash } = this.#book;
		const read = reading.versions === undefined ? reading.at : NEVER;
		const [oldest] = this.#asked.values();
		const lost = oldest === undefined ? NEVER : oldest.at + ANSWER_PATIENCE;
		return Math.min(read, lost, cash.asking ? NEVER : cash.at, nextCheck(this.#book), nextLook(this.#book));
	}

	/** The account has been read, and what it states is what is believed. */
	get agreed(): boolean {
		const { reading, symbols } = this.#book;
		return (
			reading.agreedAt !== Number.NEGATIVE_INFINITY &&
			reading.repeats === 0 &&
			[...symbols.values()].every(({ doubt }) => doubt === undefined)
		);
	}

	/** The account has been read and does not agree: it is managed as far as it is known, and nothing is opened. */
	get isInDoubt(): boolean {
		return [...this.#book.symbols.values()].some(({ doubt }) => doubt !== undefined && doubt !== NOT_READ);
	}

	/** Orders of ours that are not over. */
	get live(): number {
		return this.#book.intents.size;
	}

	/** Since when a symbol's position has been without a stop, as far as is known. */
	exposedSince(symbol: string): Ms | undefined {
		return this.#book.symbols.get(symbol)?.exposedSince;
	}

	/** When the account was last read in agreement. */
	get agreedAt(): Ms {
		return this.#book.reading.agreedAt;
	}

	doubtOf(symbol: string): string | undefined {
		return this.#book.symbols.get(symbol)?.doubt;
	}

	saved(): SavedOms {
		const { since, intents, past, seen, symbols, flattening, later, cash } = this.#book;
		return {
			since,
			intents: [...intents.values()].map((intent) => ({ ...intent, lookAt: 0 })),
			past: past.saved(),
			seen: seen.saved(),
			foreign: Object.fromEntries([...symbols.values()].map(({ symbol, foreign }) => [symbol, foreign])),
			flattening,
			later,
			cash: { base: cash.base, readAt: cash.readAt, rows: cash.rows.saved() },
		};
	}

	// ---- what the engine wants

	wish(command: Exclude<Command, { kind: "note" }>): void {
		wish(this.#book, command);
	}

	/** Everything is to be closed: the venue is asked until it shows so. */
	flatten(): void {
		this.#book.flattening = true;
		readSoon(this.#book);
	}

	/** The whole account is to be read, now. */
	read(): void {
		readSoon(this.#book);
	}

	/** Nothing is opened of a symbol in this life, however well the account agrees; undefined lets it go. */
	holdBack(name: string, why: string | undefined): void {
		const symbol = this.#book.symbols.get(name);
		if (symbol === undefined) return;
		const wasUnfit = symbol.doubt === symbol.unfit;
		symbol.unfit = why;
		setDoubt(this.#book, symbol, wasUnfit ? undefined : symbol.doubt);
	}

	/** A person takes things as they stand. */
	resume(): void {
		acceptWallet(this.#book);
		this.#book.adopting = true;
		readSoon(this.#book);
	}

	// ---- what the venue states

	/** Time stands while a clock goes back a little; where it was far ahead, it goes back with it. */
	time(now: Ms): void {
		if (now < this.#book.now - STEP_BACK) {
			setBack(this.#book, now);
			for (const asked of this.#asked.values()) asked.at = Math.min(asked.at, now);
		}
		this.#book.now = Math.max(this.#book.now, now);
	}

	get now(): Ms {
		return this.#book.now;
	}

	onOrder(order: OrderStatement): void {
		const book = this.#book;
		const { linkId, symbol } = order;
		const standing = book.symbols.get(symbol);
		if (standing === undefined) return;
		const intent = book.intents.get(linkId);
		if (intent !== undefined) {
			touch(standing);
			return stateOrder(book, intent, order);
		}
		if (!book.past.has(linkId) && isStray(book, order)) readSoon(book);
	}

	onExecution(execution: Execution): void {
		bookExecution(this.#book, execution, false);
	}

	onPosition(position: PositionStatement): void {
		const book = this.#book;
		const symbol = book.symbols.get(position.symbol);
		if (symbol === undefined) return;
		judgeBare(book, symbol, position);
		if (!sizeAgrees(book, symbol, position)) symbol.checkAt = Math.min(symbol.checkAt, book.now + GRACE);
	}

	onWallet(balance: Usdt): void {
		hearWallet(this.#book, balance);
	}

	onLine(up: boolean): void {
		this.#book.lineUp = up;
		readSoon(this.#book);
	}

	// ---- calls

	#ask(question: Question): void {
		const id = ++this.#calls;
		const symbol = "symbol" in question ? this.#book.symbols.get(question.symbol) : undefined;
		if (symbol !== undefined && isWrite(question)) {
			symbol.writes++;
			touch(symbol);
		}
		this.#asked.set(id, { question, version: symbol?.version ?? 0, at: this.#book.now });
		this.#send(id, question);
	}

	onAnswer(answer: Answer): void {
		const asked = this.#asked.get(answer.id);
		if (asked === undefined) return; // given up, or of an earlier life
		this.#asked.delete(answer.id);
		const { question, version } = asked;
		const symbol = "symbol" in question ? this.#book.symbols.get(question.symbol) : undefined;
		if (isWrite(question)) {
			if (symbol !== undefined) {
				symbol.writes--;
				touch(symbol);
			}
			this.#count(answer);
			return this.#written(question, answer, symbol);
		}
		if (!answer.ok) {
			if (answer.fault.class === "fatal") this.#count(answer);
			return this.#notAnswered(question, symbol);
		}
		this.#answered(question, answer, symbol, version);
	}

	#written(question: Question, answer: Answer, symbol: SymbolBook | undefined): void {
		const book = this.#book;
		switch (question.kind) {
			case "place":
				return answer.ok ? placed(book, question.order.linkId) : notPlaced(book, question.order.linkId, answer.fault);
			case "amend":
				return answer.ok ? undefined : notAmended(book, question.linkId, answer.fault);
			case "cancel":
				return answer.ok ? this.#cancelled(question.linkId) : notCancelled(book, question.linkId);
			case "protect":
				if (symbol === undefined) return;
				if (answer.ok || answer.fault.class === "benign") return protectedBy(book, symbol, question.stopLoss);
				return notProtected(book, symbol, answer.fault);
			default:
				return;
		}
	}

	/** Accepted is not cancelled: when the end is not heard of, the order is looked up. */
	#cancelled(linkId: string): void {
		const intent = this.#book.intents.get(linkId);
		if (intent !== undefined) intent.lookAt = Math.min(intent.lookAt, this.#book.now + 1000);
	}

	#answered(question: Question, answer: Answer & { ok: true }, symbol: SymbolBook | undefined, version: number): void {
		const book = this.#book;
		const { value } = answer;
		if (question.kind === "find" && value.kind === "found") {
			if (value.executions.some((execution) => !isBooked(book, execution))) readSoon(book); // a reading has all of them in order
			found(book, question.linkId, value.order);
		} else if (question.kind === "position" && value.kind === "position" && symbol !== undefined)
			checked(book, symbol, value.position, version);
		else if (question.kind === "account" && value.kind === "account") accountRead(book, value.account);
		else if (question.kind === "ledger" && value.kind === "ledger") ledgerRead(book, value.transactions, value.balance);
	}

	#notAnswered(question: Question, symbol: SymbolBook | undefined): void {
		if (question.kind === "find") lookFailed(this.#book, question.linkId);
		else if (question.kind === "position" && symbol !== undefined) checkFailed(this.#book, symbol);
		else if (question.kind === "account") readFailed(this.#book);
		else if (question.kind === "ledger") ledgerFailed(this.#book);
	}

	/** The engine counts calls that fail: a refusal is an answer, and no failure. */
	#count(answer: Answer): void {
		const at = this.#book.now;
		if (answer.ok || answer.fault.class === "benign" || answer.fault.class === "refused")
			return this.#book.out.tell({ kind: "call", at, ok: true, fatal: false, what: "" });
		const { class: kind, what, reason } = answer.fault satisfies CallFault;
		this.#book.out.tell({ kind: "call", at, ok: false, fatal: kind === "fatal", what: `${what}: ${reason}` });
	}

	#giveUp(): void {
		for (const [id, { question, at }] of this.#asked) {
			if (this.#book.now < at + ANSWER_PATIENCE) return;
			const fault = { class: isWrite(question) ? "ambiguous" : "retry", code: 0, reason: "no answer", what: question.kind } as const;
			this.onAnswer({ id, ok: false, fault });
		}
	}

	/** Does what is due. */
	wake(): void {
		const book = this.#book;
		const due = book.later.filter(({ at }) => at <= book.now);
		if (due.length > 0) book.later = book.later.filter(({ at }) => at > book.now);
		for (const { event } of due) book.out.tell(event);
		this.#giveUp();
		lookUp(book);
		checkPositions(book);
		readAccount(book);
		readLedger(book);
	}
}

function newSymbol({ symbol, grid }: Instrument, saved: SavedOms | undefined): SymbolBook {
	return {
		symbol,
		grid,
		version: 0,
		writes: 0,
		foreign: saved?.foreign[symbol] ?? 0,
		adoptedAt: Number.NEGATIVE_INFINITY,
		checkAt: NEVER,
		checking: false,
		misses: 0,
		exposedSince: undefined,
		protecting: false,
		protectFails: 0,
		protectAt: 0,
		exitFails: 0,
		doubt: undefined,
		unfit: undefined,
	};
}

/** Of an earlier life: whatever was under way is unknown now. */
function revived(intent: Intent): Intent {
	const state = intent.state === "sent" ? "unknown" : intent.state;
	return { ...intent, state, looking: false, looks: 0, lookAt: 0 };
}
