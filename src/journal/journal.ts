// The bot's memory on disk: every input of the engine before it is handled, every command it gave and every transition it made, in one
// SQLite file. Written in batches; a batch is on disk before any of its orders leaves. Replaying the inputs gives the same commands.

import { accessSync, constants, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Command, Note } from "../engine/command.ts";
import type { Event } from "../engine/event.ts";
import { type Candle, candleAt, columnsOf } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Heartbeat } from "../report/heartbeat.ts";
import { LOG_LEVELS, type LogLevel } from "../std/log-level.ts";
import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { beginChain, CHAIN_SCHEMA, Chain, KEPT } from "./chain.ts";
import { makePrivate, makePrivateFolder } from "./internal/private-file.ts";
import { OUTBOX_SCHEMA, Outbox } from "./outbox.ts";
import { addSums, sumOf } from "./sums.ts";
import { unreadable } from "./unreadable.ts";
import { JOURNAL_VERSION, refuseNewer } from "./version.ts";
import { addWish, type GivenWish, type JournalWish, LEVEL, WISHES_SCHEMA, wishOf, wordsOf } from "./wishes.ts";

/** With less room on its disk, bytes, the journal will soon fail. */
const ROOM_MIN = 1_000_000;

const SCHEMA = `
	CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
	CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, started INTEGER NOT NULL, about TEXT NOT NULL, sum TEXT) STRICT;
	CREATE TABLE IF NOT EXISTS entries (
		seq INTEGER PRIMARY KEY AUTOINCREMENT,
		run TEXT NOT NULL,
		at REAL NOT NULL,
		kind TEXT NOT NULL CHECK (kind IN ('input', 'command', 'note')),
		body TEXT NOT NULL,
		sum TEXT
	) STRICT;
	CREATE INDEX IF NOT EXISTS notes ON entries (at) WHERE kind = 'note';
	CREATE INDEX IF NOT EXISTS outcomes ON entries (at) WHERE kind = 'note' AND body ->> 'what' IN ('flat', 'lateFunding');
	CREATE INDEX IF NOT EXISTS beats ON entries (at) WHERE kind = 'note' AND body ->> 'what' = 'heartbeat';
	${WISHES_SCHEMA}
	${OUTBOX_SCHEMA}
	${CHAIN_SCHEMA}
`;

export type Entry = { readonly seq: number; readonly at: Ms; readonly kind: "input" | "command" | "note"; readonly body: string };

/** What happened at an exchange is kept apart from what was simulated, and from the paper account, which goes on over restarts. */
export type JournalKind = "real" | "paper" | "simulated";

const FILES: Readonly<Record<JournalKind, string>> = { real: "journal.sqlite", paper: "paper.sqlite", simulated: "simulated.sqlite" };

export function journalFile(dir: string, kind: JournalKind): string {
	return join(dir, FILES[kind]);
}

const COMMITS_PER_CHECKPOINT = 200;

export class Journal {
	readonly #database: DatabaseSync;
	readonly #dir: string;
	readonly #file: string;
	readonly #run: string;
	readonly #insert: StatementSync;
	readonly #keep: StatementSync;
	readonly #forget: StatementSync;
	readonly #open: StatementSync;
	readonly #chain: Chain;
	readonly #levels: StatementSync;
	readonly outbox: Outbox;
	#tells: (note: Note) => boolean = () => false;
	#waiting = 0;
	#commits = 0;
	#entries = 0;
	/** No input is left up to this entry. */
	#prunedTo: number;
	#isOpen = false;
	#failed = false;

	/** Opens (or makes) the journal of that kind in `dir` and begins a run in it. A simulation's begins empty each time. */
	constructor(dir: string, run: { name: string; started: Ms; about: unknown }, kind: JournalKind = "real") {
		this.#database = openDatabase(dir, kind);
		this.#dir = dir;
		this.#file = journalFile(dir, kind);
		this.#run = run.name;
		try {
			const values = [run.name, Math.trunc(run.started), JSON.stringify(run.about)];
			this.#database.prepare("INSERT INTO runs (run, started, about, sum) VALUES (?, ?, ?, ?)").run(...values, sumOf(values));
		} catch (cause) {
			this.#database.close();
			if (!(cause instanceof Error && /disk|full|readonly/i.test(cause.message))) throw cause;
			throw new UsageError(`${journalFile(dir, kind)}: cannot be written (${cause.message}); free the disk, or check journal.dir`, {
				cause,
			});
		}
		this.#insert = this.#database.prepare("INSERT INTO entries (run, at, kind, body, sum) VALUES (?, ?, ?, ?, ?)");
		this.#keep = this.#database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
		this.#forget = this.#database.prepare("DELETE FROM meta WHERE key = ?");
		this.#prunedTo = Number(this.#database.prepare("SELECT value FROM meta WHERE key = ?").get(PRUNED)?.value ?? 0);
		this.#chain = new Chain(this.#database);
		this.#open = this.#database.prepare(`SELECT id, at, wish FROM wishes WHERE done IS NULL AND wish NOT LIKE '${LEVEL} %' ORDER BY id`);
		this.#levels = this.#database.prepare(`SELECT id, wish FROM wishes WHERE done IS NULL AND wish LIKE '${LEVEL} %' ORDER BY id`);
		this.outbox = new Outbox(this.#database, { begin: () => this.#begin(), commit: () => this.commit() });
	}

	/** From now on a note that `tells` picks is written to the outbox, too, for each of the channels. */
	tellTo(channels: readonly string[], tells: (note: Note) => boolean): void {
		this.outbox.addressTo(channels);
		this.#tells = tells;
	}

	input(event: Event): void {
		this.#append(event.at, "input", inputText(event));
	}

	command(command: Command): void {
		if (command.kind !== "note") return this.#append(command.at, "command", JSON.stringify(command));
		const { at, symbol, cash, coin, note } = command;
		this.#append(at, "note", JSON.stringify({ symbol, cash, coin, ...note }));
		if (this.#tells(note)) this.#write(() => this.outbox.write(at, { symbol, cash, coin, note }));
	}

	/** What the bot says of itself: it stands among the notes, so the chain holds it. */
	beat(at: Ms, beat: Heartbeat): void {
		this.#append(at, "note", JSON.stringify(beat));
	}

	/** Entries of this run. */
	get entries(): number {
		return this.#entries;
	}

	/** Entries written since the last commit. */
	get waiting(): number {
		return this.#waiting;
	}

	/** Why it could not be written now, as far as one sees without writing; undefined when nothing speaks against it. */
	get problem(): string | undefined {
		if (this.#failed) return "writing it has failed";
		try {
			accessSync(this.#file, constants.W_OK);
			const { bavail, bsize } = statfsSync(this.#dir);
			return bavail * bsize < ROOM_MIN ? "the disk is full" : undefined;
		} catch (cause) {
			return messageOf(cause);
		}
	}

	/** Puts everything on disk: called before an order leaves. */
	commit(): void {
		if (!this.#isOpen) return;
		this.#needTransaction();
		this.#write(() => {
			this.#chain.seal();
			this.#database.exec("COMMIT");
		});
		this.#isOpen = false;
		this.#waiting = 0;
		this.#commits++;
	}

	/** Moves what was committed from the log of the database into the file, now and then: it takes long, so nothing urgent waits for it. */
	tidy(): void {
		if (this.#commits < COMMITS_PER_CHECKPOINT || this.#isOpen) return;
		this.#commits = 0;
		this.#write(() => this.#database.exec("PRAGMA wal_checkpoint(PASSIVE)"));
	}

	/**
	 * Keeps the bot's whole state beside what has been written since the last commit: both are on disk, or neither. It is plain data without
	 * NaN or infinity.
	 */
	keep(state: unknown): void {
		this.#keepText(STATE, JSON.stringify(state));
	}

	/** What was kept last. */
	kept(): unknown {
		return this.recall(STATE);
	}

	/** Keeps a fact over restarts, from the next commit on; undefined lets it go. */
	remember(key: string, value: unknown): void {
		this.#keepText(key, value === undefined ? undefined : JSON.stringify(value, asText));
	}

	#keepText(key: string, text: string | undefined): void {
		this.#begin();
		this.#write(() => (text === undefined ? this.#forget.run(KEPT + key) : this.#keep.run(KEPT + key, text)));
		this.#chain.kept(KEPT + key, text);
	}

	recall(key: string): unknown {
		const text = this.#database.prepare("SELECT value FROM meta WHERE key = ?").get(KEPT + key)?.value;
		return typeof text === "string" ? parseKept(text) : undefined;
	}

	/** The names of all runs so far, this one included. */
	runs(): string[] {
		return this.#database
			.prepare("SELECT run FROM runs ORDER BY started, run")
			.all()
			.map(({ run }) => String(run));
	}

	// ---- wishes of an operator

	wish(wish: GivenWish, at: Ms): number {
		this.commit();
		return addWish(this.#database, wordsOf(wish), at);
	}

	/** The level that is wished and not taken yet, the last one if there are several; it is taken now. */
	takeLevel(at: Ms): LogLevel | undefined {
		let taken: LogLevel | undefined;
		for (const { id, wish } of this.#levels.all()) {
			taken = LOG_LEVELS.find((level) => wish === `${LEVEL} ${level}`) ?? taken;
			this.fulfil(Number(id), at);
		}
		return taken;
	}

	/** What is wished and not done yet, oldest first. */
	wishes(): JournalWish[] {
		return this.#open.all().map((row) => ({ id: Number(row.id), at: Number(row.at), ...wishOf(String(row.wish)) }));
	}

	fulfil(id: number, at: Ms): void {
		this.#begin();
		this.#write(() => this.#database.prepare("UPDATE wishes SET done = ? WHERE id = ?").run(at, id));
	}

	/** Forgets inputs taken before `at`, the oldest first and at most so many; commands and notes stay. How many went. */
	prune(at: Ms, most: number): number {
		this.commit();
		const oldest = this.#database
			.prepare("SELECT seq, at FROM entries WHERE kind = 'input' AND seq > ? ORDER BY seq LIMIT ?")
			.all(this.#prunedTo, most);
		const young = oldest.findIndex((row) => Number(row.at) >= at);
		const gone = young < 0 ? oldest.length : young;
		const [next] = oldest;
		if (next === undefined) return 0;
		// What lies before the oldest input are notes, more and more of them: they are gone through once.
		const last = Number(gone === 0 ? next.seq : oldest[gone - 1]?.seq) - (gone === 0 ? 1 : 0);
		if (last === this.#prunedTo) return 0;
		if (gone > 0) this.#database.prepare("DELETE FROM entries WHERE kind = 'input' AND seq > ? AND seq <= ?").run(this.#prunedTo, last);
		this.#prunedTo = last;
		this.#database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(PRUNED, String(last));
		return gone;
	}

	/** Where writing has failed, which was said then, the rest is let go. */
	close(): void {
		try {
			if (!this.#failed) this.commit();
		} finally {
			this.#database.close();
		}
	}

	#append(at: Ms, kind: Entry["kind"], body: string): void {
		this.#begin();
		this.#write(() => {
			const isInput = kind === "input";
			const seq = Number(this.#insert.run(this.#run, at, kind, body, isInput ? sumOf([this.#run, at, body]) : null).lastInsertRowid);
			if (!isInput) this.#chain.entry({ seq, run: this.#run, at, kind, body });
		});
		this.#waiting++;
		this.#entries++;
	}

	#write(write: () => unknown): void {
		try {
			write();
		} catch (cause) {
			this.#failed = true;
			throw cause;
		}
	}

	/** SQLite may take a whole transaction back when one write of it fails: what came after would stand alone, and no link would cover it. */
	#needTransaction(): void {
		if (this.#database.isTransaction) return;
		this.#failed = true;
		throw new Error("the database took back what waited for the disk");
	}

	#begin(): void {
		if (this.#isOpen) return this.#needTransaction();
		this.#write(() => this.#database.exec("BEGIN IMMEDIATE"));
		this.#isOpen = true;
	}
}

function openDatabase(dir: string, kind: JournalKind): DatabaseSync {
	const file = journalFile(dir, kind);
	let database: DatabaseSync | undefined;
	try {
		makePrivateFolder(dir);
		if (kind === "simulated") for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
		makePrivate(file);
		database = new DatabaseSync(file);
		refuseNewer(database, file);
		database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 5000;");
		database.exec(SCHEMA);
		bringUp(database, file);
		return database;
	} catch (cause) {
		database?.close();
		throw cause instanceof UsageError ? cause : unreadable(file, "opened", cause);
	}
}

/** Versions before ours; the third had a chain already. */
const UPGRADED: ReadonlySet<string> = new Set(["1", "2", "3"]);

/** A new journal is of our version, and one of an older version becomes so. */
function bringUp(database: DatabaseSync, file: string): void {
	const found = database.prepare("SELECT value FROM meta WHERE key = 'version'");
	const version = found.get()?.value;
	if (version === String(JOURNAL_VERSION)) return;
	if (version === undefined) {
		database.prepare("INSERT INTO meta (key, value) VALUES ('version', ?)").run(String(JOURNAL_VERSION));
		return;
	}
	if (!UPGRADED.has(String(version)))
		throw new UsageError(
			`${file}: is of version ${String(version)}, this program reads version ${JOURNAL_VERSION}; move it away or use the program that wrote it`,
		);
	database.exec("BEGIN IMMEDIATE");
	if (found.get()?.value === version) {
		addSums(database);
		if (version !== "3") beginChain(database);
		database.prepare("UPDATE meta SET value = ? WHERE key = 'version'").run(String(JOURNAL_VERSION));
	}
	database.exec("COMMIT");
}

const STATE = "state";
/** Up to which entry inputs are gone. */
const PRUNED = "pruned";

/** JSON knows no NaN and no infinity: they are kept as words. */
const WORDS = new Map([
	["#NaN", Number.NaN],
	["#Infinity", Number.POSITIVE_INFINITY],
	["#-Infinity", Number.NEGATIVE_INFINITY],
]);

function asText(_key: string, value: unknown): unknown {
	return typeof value === "number" && !Number.isFinite(value) ? `#${value}` : value;
}

function asNumber(_key: string, value: unknown): unknown {
	return typeof value === "string" && value.startsWith("#") ? (WORDS.get(value) ?? value) : value;
}

/** What `Journal.keep` and `Journal.remember` wrote. */
export function parseKept(text: string): unknown {
	return JSON.parse(text, asNumber);
}

/** All entries of a run, in order. */
export function readRun(dir: string, run: string, kind: JournalKind = "real"): Entry[] {
	const database = new DatabaseSync(journalFile(dir, kind), { readOnly: true });
	try {
		const rows = database.prepare("SELECT seq, at, kind, body FROM entries WHERE run = ? ORDER BY seq").all(run);
		return rows.map((row) => row as unknown as Entry); // the columns that the table has
	} finally {
		database.close();
	}
}

/** The number of the latest note of that kind in any run; 0 when there is none. */
export function lastNote(dir: string, what: string, kind: JournalKind = "real"): number {
	const database = new DatabaseSync(journalFile(dir, kind), { readOnly: true });
	try {
		const row = database.prepare("SELECT max(seq) AS seq FROM entries WHERE kind = 'note' AND body ->> 'what' = ?").get(what);
		return Number(row?.seq ?? 0);
	} finally {
		database.close();
	}
}

/** A ticker's fields in the order in which the journal keeps them: there are many tickers. */
const TICKER_FIELDS = [
	"last",
	"mark",
	"index",
	"bid",
	"ask",
	"vwap",
	"turnover24h",
	"volume24h",
	"fundingRate",
	"nextFundingTime",
] as const;

/** An event as text. Columns are cut to the rows that are told, a ticker to its numbers. */
export function inputText(event: Event): string {
	if (event.kind === "ticker") return JSON.stringify([event.at, event.symbol, ...TICKER_FIELDS.map((name) => event.ticker[name] ?? null)]);
	if (event.kind !== "candles") return JSON.stringify(event);
	const { columns, from, to, ...rest } = event;
	const rows: Candle[] = [];
	for (let i = from; i < to; i++) rows.push(candleAt(columns, i));
	return JSON.stringify({ ...rest, rows });
}

/** The event that `inputText` wrote. */
export function parseInput(text: string): Event {
	const parsed: unknown = JSON.parse(text);
	if (Array.isArray(parsed)) return parseTicker(parsed);
	const value = parsed as Event & { rows?: Candle[] }; // written by `inputText`
	if (value.kind !== "candles" || value.rows === undefined) return value;
	const { rows, ...rest } = value;
	return { ...rest, columns: columnsOf(rows), from: 0, to: rows.length };
}

function parseTicker([at, symbol, ...numbers]: unknown[]): Event {
	const fields = TICKER_FIELDS.flatMap((name, i) => (typeof numbers[i] === "number" ? [[name, numbers[i]]] : []));
	return { kind: "ticker", at: Number(at), symbol: String(symbol), ticker: Object.fromEntries(fields) as Ticker }; // `last` and `mark` are always written
}
