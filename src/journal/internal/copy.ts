// One copy of a journal: everything but the inputs, as it stood at one moment, in one file without a log beside it. Synchronous and long:
// it runs where nothing else waits.

import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { messageOf } from "../../std/message-of.ts";
import type { Ms } from "../../units/unit.ts";
import { type Verdict, verifyChain } from "../chain.ts";
import { JOURNAL_VERSION } from "../version.ts";
import { makePrivate, makePrivateFolder } from "./private-file.ts";

export type CopyOrder = { readonly source: string; readonly to: string; readonly at: Ms; readonly keep: number | undefined };

/** `removed`: older copies that went. */
export type Copied = { readonly file: string; readonly entries: number; readonly bytes: number; readonly removed: readonly string[] };

/** Room that a copy leaves on its disk, bytes: the journal, which must go on, may lie on the same. */
const ROOM_LEFT = 50_000_000;
/** What an entry takes beside its text. */
const ENTRY_BYTES = 100;

export function copyJournal({ source, to, at, keep }: CopyOrder): Copied {
	if (!existsSync(source)) throw new Error(`${source}: there is no journal yet`);
	const base = basename(source, ".sqlite");
	const stamp = new Date(at).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");
	const file = join(to, `${base}-${stamp}.sqlite`);
	const part = `${file}.${process.pid}.part`;
	makePrivateFolder(to);
	for (const left of leftBehind(to, base)) rmSync(left, { force: true });
	try {
		write(source, part);
		const entries = check(part);
		renameSync(part, file);
		sync(to);
		const removed = keep === undefined ? [] : rotate(to, base, keep);
		return { file, entries, bytes: statSync(file).size, removed };
	} catch (cause) {
		rmSync(part, { force: true });
		throw new Error(`${file}: ${messageOf(cause)}`, { cause });
	}
}

function write(source: string, part: string): void {
	makePrivate(part);
	const copy = new DatabaseSync(part);
	try {
		copy.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000;");
		copy.prepare("ATTACH ? AS source").run(`${pathToFileURL(source).href}?mode=ro`);
		copy.exec("BEGIN"); // from the first reading on the source stands still for us
		const version = copy.prepare("SELECT value FROM source.meta WHERE key = 'version'").get()?.value;
		if (version !== String(JOURNAL_VERSION))
			throw new Error(`the journal is of version ${String(version)}, this program copies version ${JOURNAL_VERSION}`);
		needRoom(copy, part);
		for (const { type, name, sql } of partsOf(copy)) {
			copy.exec(sql);
			if (type === "table")
				copy.exec(`INSERT INTO main."${name}" SELECT * FROM source."${name}"${name === "entries" ? " WHERE kind <> 'input'" : ""}`);
		}
		copy.exec("DELETE FROM main.sqlite_sequence; INSERT INTO main.sqlite_sequence SELECT * FROM source.sqlite_sequence;");
		copy.exec("COMMIT");
	} finally {
		copy.close();
	}
	sync(part);
}

/** Tables and their indices, as they were made. */
function partsOf(copy: DatabaseSync): { type: string; name: string; sql: string }[] {
	const named = "sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
	return copy
		.prepare(`SELECT type, name, sql FROM source.sqlite_schema WHERE ${named} ORDER BY rowid`)
		.all()
		.map(({ type, name, sql }) => ({ type: String(type), name: String(name), sql: String(sql) }));
}

function needRoom(copy: DatabaseSync, part: string): void {
	const { bytes } = copy
		.prepare(`SELECT total(length(body) + ${ENTRY_BYTES}) AS bytes FROM source.entries WHERE kind <> 'input'`)
		.get() as { bytes: number }; // `total` is always a number
	const { bavail, bsize } = statfsSync(join(part, ".."));
	const free = bavail * bsize;
	if (free < bytes + ROOM_LEFT) throw new Error(`the disk has ${Math.floor(free / 1e6)} MB left, too few for a copy`);
}

/** How many entries it holds; throws where it is not whole. */
function check(part: string): number {
	const copy = new DatabaseSync(part, { readOnly: true });
	try {
		const sound = copy.prepare("PRAGMA integrity_check").get()?.integrity_check;
		if (sound !== "ok") throw new Error(`the copy is not sound (${String(sound)})`);
		const { bad, entries } = verifyChain(copy);
		if (bad !== undefined) throw new Error(`the journal does not verify (${badText(bad)}), see: anchorwatch journal verify`);
		return entries;
	} finally {
		copy.close();
	}
}

function badText({ first, last, why }: NonNullable<Verdict["bad"]>): string {
	const entry = first ?? last;
	return entry === undefined ? why : `its entry ${entry} ${why}`;
}

/** Onto the disk, file or folder. */
function sync(path: string): void {
	if (process.platform === "win32") return; // where folders cannot be opened
	const fd = openSync(path, "r");
	try {
		fsyncSync(fd);
	} finally {
		closeSync(fd);
	}
}

/** What a process that is gone, or an earlier one of our number, did not finish. */
function leftBehind(to: string, base: string): string[] {
	return readdirSync(to).flatMap((name) => {
		const [, pid] = new RegExp(`^${base}-\\d{8}T\\d{6}Z\\.sqlite\\.(\\d+)\\.part$`).exec(name) ?? [];
		return pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid))) ? [] : [join(to, name)];
	});
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (cause) {
		return (cause as NodeJS.ErrnoException).code === "EPERM"; // what `kill` throws
	}
}

function rotate(to: string, base: string, keep: number): string[] {
	const copies = readdirSync(to).filter((name) => new RegExp(`^${base}-\\d{8}T\\d{6}Z\\.sqlite$`).test(name));
	const old = copies.sort().slice(0, -keep);
	for (const name of old) rmSync(join(to, name));
	return old;
}
