// Files that are whole or not there: written aside, forced to disk, renamed. A process killed in the middle leaves the old file and a
// remnant, which the next writer takes away. Writers of one folder take turns by a lock file, which a killed one leaves behind for seconds.

import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RunFailure } from "../../std/run-failure.ts";
import { UsageError } from "../../std/usage-error.ts";
import type { Ms } from "../../units/unit.ts";
import { codeOf } from "./bytes.ts";

const LOCK = ".lock";
const ASIDE = ".part";
/** A lock is held, and a file written, within milliseconds: older ones belong to nobody. */
const OLD_MS: Ms = 10_000;
const LOCK_RETRY_MS: Ms = 20;
const LOCK_PATIENCE_MS: Ms = 60_000;

const MENDED_BY_OPERATOR: Readonly<Record<string, string>> = {
	ENOTDIR: "a part of this path is a file, not a folder: check data.dir",
	EEXIST: "a part of this path is a file, not a folder: check data.dir",
	EISDIR: "this is a folder where a file belongs: check data.dir",
	EACCES: "it may not be written: check the permissions of data.dir",
	EPERM: "it may not be written: check the permissions of data.dir",
	EROFS: "its file system is read-only: choose another data.dir",
};

const MENDED_BY_TIME: Readonly<Record<string, string>> = {
	ENOSPC: "the disk is full; what was stored before is sound, the same command goes on from there",
	EDQUOT: "the disk quota is used up; what was stored before is sound, the same command goes on from there",
};

/** What the operator is told when the store cannot be written. */
function storeFault(path: string, error: unknown): Error {
	if (error instanceof RunFailure || error instanceof UsageError) return error;
	const code = codeOf(error);
	const mend = MENDED_BY_OPERATOR[code];
	if (mend !== undefined) return new UsageError(`${path}: ${mend}`);
	return new RunFailure(`${path}: ${MENDED_BY_TIME[code] ?? `it cannot be written (${code})`}`);
}

/** Runs `work`, alone among all processes that write in `folder`, which is made when it is not there. */
export async function alone<T>(folder: string, work: () => T): Promise<T> {
	const lock = join(folder, LOCK);
	try {
		mkdirSync(folder, { recursive: true });
		for (let waited = 0; !taken(lock); waited += LOCK_RETRY_MS) {
			if (waited >= LOCK_PATIENCE_MS) throw new RunFailure(`${lock}: another process holds it; when none runs, delete it`);
			await pause(LOCK_RETRY_MS);
		}
	} catch (error) {
		throw storeFault(folder, error);
	}
	try {
		return work();
	} finally {
		rmSync(lock, { force: true });
	}
}

/** Call it inside `alone`. */
export function replaceFile(path: string, bytes: Uint8Array): void {
	const aside = `${path}.${randomUUID()}${ASIDE}`;
	try {
		clearRemnants(dirname(path));
		writeWhole(aside, bytes);
		renameSync(aside, path);
	} catch (error) {
		rmSync(aside, { force: true });
		throw storeFault(path, error);
	}
}

/** What killed processes left. */
function clearRemnants(folder: string): void {
	for (const name of readdirSync(folder))
		if (name.endsWith(ASIDE) && isOld(join(folder, name))) rmSync(join(folder, name), { force: true });
}

function writeWhole(path: string, bytes: Uint8Array): void {
	const file = openSync(path, "w");
	try {
		for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

function taken(lock: string): boolean {
	try {
		closeSync(openSync(lock, "wx"));
		return true;
	} catch (error) {
		if (codeOf(error) !== "EEXIST") throw error;
		if (isOld(lock)) rmSync(lock, { force: true });
		return false;
	}
}

function isOld(path: string): boolean {
	const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
	return since !== undefined && Date.now() - since > OLD_MS;
}
