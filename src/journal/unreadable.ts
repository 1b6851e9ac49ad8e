// Why a journal cannot be opened or read, as one line that says what to do.

import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";

/** Of SQLite's words: what lies there is no sound database. */
const DAMAGED = /malformed|not a database|corrupt/i;

/** `doing` is what failed: opened, read as a journal. */
export function unreadable(file: string, doing: string, cause: unknown): UsageError {
	const why = messageOf(cause);
	const todo = DAMAGED.test(why)
		? "it is damaged: put a copy of it in its place, or move it away to begin anew"
		: "check journal.dir and its permissions";
	return new UsageError(`${file}: cannot be ${doing} (${why}); ${todo}`, { cause });
}

/** SQLite's codes for what lies in files and disks, not in our statements: busy, read-only, I/O, corrupt, full, cannot open, no database. */
const STORAGE: readonly number[] = [5, 8, 10, 11, 13, 14, 26];

export function isStorageError(cause: unknown): boolean {
	return cause instanceof Error && "errcode" in cause && STORAGE.includes(Number(cause.errcode) & 0xff);
}
