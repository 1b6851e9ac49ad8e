// The journal as somebody else reads it, while the bot writes it or after: nothing is changed, and no run begins.

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { ChannelCounts } from "../report/kpi.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { KEPT, type Verdict, verifyChain } from "./chain.ts";
import { type Entry, type JournalKind, journalFile, parseKept } from "./journal.ts";
import { LATE } from "./outbox.ts";
import { verifySums } from "./sums.ts";
import { unreadable } from "./unreadable.ts";
import { CHAINED_FROM, JOURNAL_VERSION } from "./version.ts";

export type LoggedRun = { readonly run: string; readonly started: Ms };

export type LoggedEntry = Entry & { readonly run: string };

/** False where there is none, and where its first writer was killed before it had a version: nothing stands in it yet. */
export function isBegun(dir: string, kind: JournalKind): boolean {
	const file = journalFile(dir, kind);
	if (!existsSync(file)) return false;
	let database: DatabaseSync | undefined;
	try {
		database = new DatabaseSync(file, { readOnly: true });
		database.exec("PRAGMA busy_timeout = 5000");
		const hasTable = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() !== undefined;
		return hasTable && database.prepare("SELECT 1 FROM meta WHERE key = 'version'").get() !== undefined;
	} catch {
		return true; // whoever opens it says what is wrong with it
	} finally {
		database?.close();
	}
}

export class JournalView {
	readonly file: string;
	readonly version: number;
	readonly #database: DatabaseSync;

	private constructor(file: string, version: number, database: DatabaseSync) {
		this.file = file;
		this.version = version;
		this.#database = database;
	}

	/** A UsageError where there is none, or one that this program cannot read. */
	static open(dir: string, kind: JournalKind): JournalView {
		const file = journalFile(dir, kind);
		if (!isBegun(dir, kind))
			throw new UsageError(`${file}: there is no journal yet; start the bot with "anchorwatch run", or check journal.dir and environment`);
		let database: DatabaseSync | undefined;
		try {
			database = new DatabaseSync(file, { readOnly: true });
			database.exec("PRAGMA busy_timeout = 5000");
			const version = Number(database.prepare("SELECT value FROM meta WHERE key = 'version'").get()?.value);
			if (version <= JOURNAL_VERSION) return new JournalView(file, version, database);
			database.close();
			throw new UsageError(`${file}: is of version ${version}, this program reads up to ${JOURNAL_VERSION}; use the program that wrote it`);
		} catch (cause) {
			if (cause instanceof UsageError) throw cause;
			database?.close();
			throw unreadable(file, "read as a journal", cause);
		}
	}

	/** What was kept under that name last. */
	recall(key: string): unknown {
		const text = this.#database.prepare("SELECT value FROM meta WHERE key = ?").get(KEPT + key)?.value;
		return typeof text === "string" ? parseKept(text) : undefined;
	}

	/** The run whose entry is the newest. */
	lastRun(): LoggedRun | undefined {
		const row = this.#database
			.prepare("SELECT run, started FROM runs WHERE run = (SELECT run FROM entries ORDER BY seq DESC LIMIT 1)")
			.get();
		return row === undefined ? undefined : { run: String(row.run), started: Number(row.started) };
	}

	/** When the newest entry was taken. */
	lastAt(): Ms | undefined {
		const at = this.#database.prepare("SELECT at FROM entries ORDER BY seq DESC LIMIT 1").get()?.at;
		return at === undefined ? undefined : Number(at);
	}

	/** The newest notes, oldest first: of these kinds where kinds are named, taken at or after `since`, at most `last`. */
	notes(wanted: { readonly what?: readonly string[]; readonly since?: Ms; readonly last?: number }): Entry[] {
		const { what, since = Number.NEGATIVE_INFINITY, last = -1 } = wanted;
		const kinds = what === undefined ? "" : `AND body ->> 'what' IN (${what.map(() => "?").join(", ")})`;
		const rows = this.#database
			.prepare(`SELECT seq, at, kind, body FROM entries WHERE kind = 'note' AND at >= ? ${kinds} ORDER BY at DESC, seq DESC LIMIT ?`)
			.all(since, ...(what ?? []), last);
		return rows.map((row) => row as unknown as Entry).reverse(); // the columns that the table has
	}

	/** Notes of these kinds, taken after `from` and up to `to`, in their order. */
	between(what: readonly string[], { from, to }: { readonly from: Ms; readonly to: Ms }): LoggedEntry[] {
		return this.#database
			.prepare(
				`SELECT seq, run, at, kind, body FROM entries
					WHERE kind = 'note' AND at > ? AND at <= ? AND body ->> 'what' IN (${what.map(() => "?").join(", ")}) ORDER BY at, seq`,
			)
			.all(from, to, ...what)
			.map((row) => row as unknown as LoggedEntry); // the columns that the table has
	}

	/** The newest note of that kind that was taken at or before `at`. */
	latest(what: string, at: Ms): LoggedEntry | undefined {
		return this.#database
			.prepare(
				"SELECT seq, run, at, kind, body FROM entries WHERE kind = 'note' AND at <= ? AND body ->> 'what' = ? ORDER BY at DESC, seq DESC LIMIT 1",
			)
			.get(at, what) as LoggedEntry | undefined; // the columns that the table has
	}

	/** The oldest note of that kind that was taken after `at`. */
	next(what: string, at: Ms): LoggedEntry | undefined {
		return this.#database
			.prepare(
				"SELECT seq, run, at, kind, body FROM entries WHERE kind = 'note' AND at > ? AND body ->> 'what' = ? ORDER BY at, seq LIMIT 1",
			)
			.get(at, what) as LoggedEntry | undefined; // the columns that the table has
	}

	/** Of the messages written after `from` and up to `to`: what has become of them until now, by channel. */
	deliveries({ from, to }: { readonly from: Ms; readonly to: Ms }): ChannelCounts[] {
		if (this.#database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'deliveries'").get() === undefined) return []; // an old journal
		return this.#database
			.prepare(
				`SELECT channel, count(*) AS written, sum(state = 'sent') AS sent, sum(state = 'sent' AND ended - at > ${LATE}) AS late,
					sum(state = 'failed') AS failed, sum(ended IS NULL) AS waiting, sum(ended IS NULL AND ? - at > ${LATE}) AS overdue
					FROM messages JOIN deliveries USING (number) WHERE at > ? AND at <= ? GROUP BY channel ORDER BY channel`,
			)
			.all(to, from, to)
			.map((row) => ({ ...row }) as unknown as ChannelCounts); // the columns, each of them counted
	}

	/** What an operator wants and the bot has not done yet. */
	wishes(): string[] {
		return this.#database
			.prepare("SELECT wish FROM wishes WHERE done IS NULL ORDER BY id")
			.all()
			.map(({ wish }) => String(wish));
	}

	/** The newest entries of these kinds, oldest first, at most `last`. */
	newest(kinds: readonly Entry["kind"][], last: number): LoggedEntry[] {
		const { where, values } = among(kinds);
		return this.#database
			.prepare(`SELECT seq, run, at, kind, body FROM entries WHERE ${where} ORDER BY seq DESC LIMIT ?`)
			.all(...values, last)
			.map((row) => row as unknown as LoggedEntry) // the columns that the table has
			.reverse();
	}

	/** Entries of these kinds after that number, in order, at most `most`. */
	after(seq: number, kinds: readonly Entry["kind"][], most: number): LoggedEntry[] {
		const { where, values } = among(kinds);
		return this.#database
			.prepare(`SELECT seq, run, at, kind, body FROM entries WHERE ${where} AND seq > ? ORDER BY seq LIMIT ?`)
			.all(...values, seq, most)
			.map((row) => row as unknown as LoggedEntry); // the columns that the table has
	}

	/** Whether all stands as it was written, as far as the chain goes; also while the bot writes on. `onProgress` hears numbers of entries. */
	verify(onProgress?: (done: number, total: number) => void): Verdict {
		if (this.version < CHAINED_FROM)
			throw new UsageError(
				`${this.file}: is of version ${this.version}, from before entries were chained; the next start of the bot begins its chain`,
			);
		this.#database.exec("BEGIN");
		try {
			const verdict = verifyChain(this.#database, onProgress);
			if (verdict.bad !== undefined || this.version < JOURNAL_VERSION) return verdict;
			return { ...verdict, bad: verifySums(this.#database) };
		} finally {
			this.#database.exec("COMMIT");
		}
	}

	close(): void {
		this.#database.close();
	}
}

function among(kinds: readonly Entry["kind"][]): { where: string; values: readonly string[] } {
	return { where: `kind IN (${kinds.map(() => "?").join(", ")})`, values: kinds };
}
