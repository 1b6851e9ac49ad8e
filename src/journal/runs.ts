// The runs that a journal holds, and their entries, for who reads it afterwards.

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { type Entry, type JournalKind, journalFile } from "./journal.ts";
import { isStorageError, unreadable } from "./unreadable.ts";
import { JournalView } from "./view.ts";

/** `first` and `last` are the numbers of its entries; a run without any is left out. */
export type Run = { readonly run: string; readonly started: Ms; readonly about: unknown; readonly first: number; readonly last: number };

/** In the order in which they began. */
export function runsOf(dir: string, kind: JournalKind): Run[] {
	return reading(dir, kind, (database) =>
		database
			.prepare(
				"SELECT runs.run, started, about, min(seq) AS first, max(seq) AS last FROM runs JOIN entries ON entries.run = runs.run GROUP BY runs.run ORDER BY first",
			)
			.all()
			.map((row) => ({
				run: String(row.run),
				started: Number(row.started),
				about: JSON.parse(String(row.about)) as unknown,
				first: Number(row.first),
				last: Number(row.last),
			})),
	);
}

/** Notes up to that entry, and candles: what a report reads. Tickers, by far the most, stay where they are. */
export function tellingEntries(dir: string, kind: JournalKind, last: number): Entry[] {
	return reading(dir, kind, (database) =>
		database
			.prepare(
				"SELECT seq, at, kind, body FROM entries WHERE seq <= ? AND (kind = 'note' OR (kind = 'input' AND body LIKE '{\"kind\":\"candles\"%')) ORDER BY seq",
			)
			.all(last)
			.map((row) => row as unknown as Entry),
	); // the columns that the table has
}

function reading<Value>(dir: string, kind: JournalKind, read: (database: DatabaseSync) => Value): Value {
	const file = journalFile(dir, kind);
	if (!existsSync(file)) throw new UsageError(`${file}: there is no journal yet; name its folder in journal.dir, or run the bot first`);
	JournalView.open(dir, kind).close(); // one of a newer version, or a damaged one, is said there
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		return read(database);
	} catch (cause) {
		throw isStorageError(cause) ? unreadable(file, "read as a journal", cause) : cause;
	} finally {
		database.close();
	}
}
