// The journal as somebody else reads it, while the bot writes it or after: nothing is changed, and no run begins.

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { type Entry, JOURNAL_VERSION, type JournalKind, journalFile, parseKept } from "./journal.ts";

export type LoggedRun = { readonly run: string; readonly started: Ms };

export class JournalView {
	readonly file: string;
	readonly #database: DatabaseSync;

	private constructor(file: string, database: DatabaseSync) {
		this.file = file;
		this.#database = database;
	}

	/** A UsageError where there is none, or one that this program cannot read. */
	static open(dir: string, kind: JournalKind): JournalView {
		const file = journalFile(dir, kind);
		if (!existsSync(file))
			throw new UsageError(`${file}: there is no journal yet; start the bot with "anchorwatch run", or check journal.dir and environment`);
		let database: DatabaseSync | undefined;
		try {
			database = new DatabaseSync(file, { readOnly: true });
			database.exec("PRAGMA busy_timeout = 5000");
			const version = Number(database.prepare("SELECT value FROM meta WHERE key = 'version'").get()?.value);
			if (version <= JOURNAL_VERSION) return new JournalView(file, database);
			database.close();
			throw new UsageError(`${file}: is of version ${version}, this program reads up to ${JOURNAL_VERSION}; use the program that wrote it`);
		} catch (cause) {
			if (cause instanceof UsageError) throw cause;
			database?.close();
			throw new UsageError(`${file}: cannot be read as a journal (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
		}
	}

	/** What was kept under that name last. */
	recall(key: string): unknown {
		const text = this.#database.prepare("SELECT value FROM meta WHERE key = ?").get(`kept ${key}`)?.value;
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
			.prepare(`SELECT seq, at, kind, body FROM entries WHERE kind = 'note' AND at >= ? ${kinds} ORDER BY seq DESC LIMIT ?`)
			.all(since, ...(what ?? []), last);
		return rows.map((row) => row as unknown as Entry).reverse(); // the columns that the table has
	}

	/** What an operator wants and the bot has not done yet. */
	wishes(): string[] {
		return this.#database
			.prepare("SELECT wish FROM wishes WHERE done IS NULL ORDER BY id")
			.all()
			.map(({ wish }) => String(wish));
	}

	close(): void {
		this.#database.close();
	}
}
