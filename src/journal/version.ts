// The version of the journal's tables: an older journal is brought up to it, a newer one is refused before anything is written to it.

import type { DatabaseSync } from "node:sqlite";
import { UsageError } from "../std/usage-error.ts";

export const JOURNAL_VERSION = 4;
/** The first whose entries are chained. */
export const CHAINED_FROM = 3;

export function refuseNewer(database: DatabaseSync, file: string): void {
	database.exec("PRAGMA busy_timeout = 5000");
	if (database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() === undefined) return;
	const version = database.prepare("SELECT value FROM meta WHERE key = 'version'").get()?.value;
	if (version === undefined || Number(version) <= JOURNAL_VERSION) return;
	throw new UsageError(
		`${file}: is of version ${String(version)}, this program reads version ${JOURNAL_VERSION}; move it away or use the program that wrote it`,
	);
}
