// One bot for one folder: a lock that the operating system lets go when the process ends, however it ends.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";
import { makePrivate, makePrivateFolder } from "./internal/private-file.ts";

const LOCK = "instance.lock";

/** Somebody who only looks holds it for an instant: a bot that starts just then waits for it, ms. */
const LOOKED_AT = 500;

/** As it named itself when it took the lock; a lock taken for a moment names nobody. */
export type LockHolder = { readonly pid: number | undefined; readonly run: string | undefined };

export class InstanceLock {
	readonly #database: DatabaseSync;

	private constructor(database: DatabaseSync) {
		this.#database = database;
	}

	/** The lock of that folder; a UsageError names the process that holds it. */
	static take(dir: string, about: { readonly pid: number; readonly run: string }): InstanceLock {
		const lock = InstanceLock.tryTake(dir);
		if (lock === undefined)
			throw new UsageError(
				`${dir}: another bot is running on this folder (${holderOf(dir)}); stop it first, or give this one a journal.dir of its own`,
			);
		try {
			writeFileSync(noteFile(dir), JSON.stringify(about), { mode: 0o600 });
		} catch (cause) {
			lock.release();
			throw unwritable(dir, cause);
		}
		return lock;
	}

	/** Undefined when somebody holds it; a UsageError where nobody can. */
	static tryTake(dir: string): InstanceLock | undefined {
		const database = opened(dir);
		try {
			database.exec(`PRAGMA busy_timeout = ${LOOKED_AT}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;`);
			return new InstanceLock(database);
		} catch (cause) {
			database.close();
			if (cause instanceof Error && /locked|busy/i.test(cause.message)) return undefined;
			throw unwritable(dir, cause);
		}
	}

	/** Who holds the lock of that folder; undefined when nobody does. Nothing is written. */
	static holder(dir: string): LockHolder | undefined {
		const file = join(dir, LOCK);
		if (!existsSync(file)) return undefined;
		const database = new DatabaseSync(file, { readOnly: true });
		try {
			database.prepare("SELECT count(*) FROM sqlite_master").get();
			return undefined;
		} catch (cause) {
			if (cause instanceof Error && /locked|busy/i.test(cause.message)) return noteOf(dir);
			throw cause;
		} finally {
			database.close();
		}
	}

	release(): void {
		this.#database.close();
	}
}

function opened(dir: string): DatabaseSync {
	try {
		makePrivateFolder(dir);
		makePrivate(join(dir, LOCK));
		return new DatabaseSync(join(dir, LOCK));
	} catch (cause) {
		throw unwritable(dir, cause);
	}
}

function unwritable(dir: string, cause: unknown): UsageError {
	const why = messageOf(cause);
	return new UsageError(`${dir}: cannot be written (${why}); check journal.dir and its permissions, or free the disk`, { cause });
}

function noteFile(dir: string): string {
	return join(dir, "instance.json");
}

function holderOf(dir: string): string {
	const { pid, run } = noteOf(dir);
	return pid === undefined ? "its process is not known" : `process ${pid}, run ${run}`;
}

function noteOf(dir: string): LockHolder {
	try {
		const { pid, run } = JSON.parse(readFileSync(noteFile(dir), "utf8")) as LockHolder; // written by `take`
		return { pid, run };
	} catch {
		return { pid: undefined, run: undefined };
	}
}
