// Copies of a journal that is being written: whole, checked, without inputs; what goes wrong is one line and harms no copy from before.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Command } from "../engine/command.ts";
import { HOUR, type Ms } from "../units/unit.ts";
import { backUp, backupFolder } from "./backup.ts";
import { Journal } from "./journal.ts";
import { JournalView } from "./view.ts";

const AT: Ms = Date.UTC(2026, 0, 2, 3, 30);

const note = (at: Ms, what: string): Command => ({ kind: "note", at, symbol: "BTCUSDT", note: { what } }) as Command; // what else notes say is not read here

type Bench = { readonly dir: string; readonly to: string; readonly journal: Journal };

/** A journal in which one command, one note and two inputs stand, and a bot that still writes it. */
function bench(t: TestContext): Bench {
	const dir = mkdtempSync(join(tmpdir(), "aw-backup-"));
	const journal = new Journal(dir, { name: "one", started: AT, about: { config: {} } });
	t.after(() => {
		journal.close();
		rmSync(dir, { recursive: true, force: true });
	});
	journal.command({ kind: "cancel", at: AT, symbol: "BTCUSDT", linkId: "aw-one-BTCUSDT-1" });
	journal.input({ kind: "clock", at: AT + 1, off: true });
	journal.command(note(AT + 2, "resumed"));
	journal.input({ kind: "clock", at: AT + 3, off: false });
	journal.remember("grid BTCUSDT", { tick: "0.1", step: "0.001" });
	journal.keep({ balance: 7 });
	journal.commit();
	return { dir, to: join(dir, "backups"), journal };
}

/** What stands where a copy is put in the journal's place. */
function restored<Value>(file: string, read: (dir: string) => Value): Value {
	const dir = mkdtempSync(join(tmpdir(), "aw-restored-"));
	try {
		const copy = new DatabaseSync(file);
		copy.prepare("VACUUM INTO ?").run(join(dir, "journal.sqlite"));
		copy.close();
		return read(dir);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

test("a copy holds commands, notes, wishes and what is kept, but no inputs, and its chain holds (I3, I7)", async (t) => {
	const { dir, to, journal } = bench(t);
	journal.wish("resume", AT + 4);
	const done = await backUp({ dir, kind: "real", to, at: AT + 5, keep: 3 });
	assert.equal(done.file, join(to, "journal-20260102T033000Z.sqlite"));
	assert.deepEqual([done.entries, done.removed], [2, []]);
	assert.deepEqual(readdirSync(to), ["journal-20260102T033000Z.sqlite"]);
	restored(done.file, (folder) => {
		const view = JournalView.open(folder, "real");
		assert.deepEqual(view.verify(), { entries: 2, links: 1, kept: 2, bad: undefined });
		assert.deepEqual(
			view.newest(["input", "command", "note"], 10).map(({ kind, seq }) => [kind, seq]),
			[
				["command", 1],
				["note", 3],
			],
		);
		assert.deepEqual([view.recall("state"), view.recall("grid BTCUSDT")], [{ balance: 7 }, { tick: "0.1", step: "0.001" }]);
		view.close();
		const next = new Journal(folder, { name: "two", started: AT + HOUR, about: {} });
		assert.deepEqual(
			next.wishes().map(({ wish }) => wish),
			["resume"],
		);
		assert.deepEqual(next.runs(), ["one", "two"]);
		next.command(note(AT + HOUR, "paused"));
		next.close();
		const after = JournalView.open(folder, "real");
		assert.deepEqual(after.verify().bad, undefined);
		assert.deepEqual(
			after.newest(["note"], 1).map(({ seq }) => seq),
			[5],
			"no number of an entry is given twice",
		);
		after.close();
	});
});

test("the bot writes on while a copy is made, and waits for nothing (I3, E1)", async (t) => {
	const { dir, to, journal } = bench(t);
	for (let i = 0; i < 20_000; i++) journal.command(note(AT + 10 + i, "resumed"));
	journal.commit();
	let over = false;
	const copying = backUp({ dir, kind: "real", to, at: AT, keep: 3 }).finally(() => {
		over = true;
	});
	let commits = 0;
	for (; !over; commits++) {
		journal.command(note(AT + HOUR + commits, "paused"));
		journal.commit();
		await turn();
	}
	const { entries } = await copying;
	assert.ok(commits > 1, "commits went through meanwhile");
	assert.ok(entries >= 20_002 && entries <= 20_002 + commits, `${entries} entries, as they stood at one moment`);
	journal.tidy();
	const view = JournalView.open(dir, "real");
	assert.equal(view.verify().bad, undefined);
	view.close();
});

test("the newest so many copies stay, each kind by itself, and other files are left alone (I7)", async (t) => {
	const { dir, to } = bench(t);
	new Journal(dir, { name: "p", started: AT, about: {} }, "paper").close();
	mkdirSync(to);
	for (const name of ["journal-note.sqlite", "README"]) writeFileSync(join(to, name), "mine");
	for (let day = 0; day < 4; day++) await backUp({ dir, kind: "real", to, at: AT + day * 24 * HOUR, keep: 2 });
	await backUp({ dir, kind: "paper", to, at: AT, keep: 2 });
	assert.deepEqual(readdirSync(to).sort(), [
		"README",
		"journal-20260104T033000Z.sqlite",
		"journal-20260105T033000Z.sqlite",
		"journal-note.sqlite",
		"paper-20260102T033000Z.sqlite",
	]);
});

test("what a process that was killed has left is cleaned up, what another one is writing is not (I3)", async (t) => {
	const { dir, to } = bench(t);
	mkdirSync(to);
	const part = (pid: number): string => `journal-20260101T033000Z.sqlite.${pid}.part`;
	for (const pid of [process.pid, 2 ** 30, process.ppid]) writeFileSync(join(to, part(pid)), "half");
	await backUp({ dir, kind: "real", to, at: AT, keep: 2 });
	assert.deepEqual(readdirSync(to).sort(), [part(process.ppid), "journal-20260102T033000Z.sqlite"].sort());
});

test("a folder that cannot be one, no journal, a broken chain: one line, no copy, and those from before stay (I3)", async (t) => {
	const { dir, to, journal } = bench(t);
	writeFileSync(join(dir, "file"), "");
	await assert.rejects(backUp({ dir, kind: "real", to: join(dir, "file"), at: AT, keep: 1 }), /EEXIST|ENOTDIR/);
	await assert.rejects(backUp({ dir, kind: "paper", to, at: AT, keep: 1 }), /paper\.sqlite: there is no journal yet/);
	await backUp({ dir, kind: "real", to, at: AT, keep: 1 });
	journal.commit();
	const other = new DatabaseSync(join(dir, "journal.sqlite"));
	other.exec("UPDATE entries SET body = replace(body, 'resumed', 'paused') WHERE seq = 3");
	other.close();
	await assert.rejects(
		backUp({ dir, kind: "real", to, at: AT + HOUR, keep: 1 }),
		/journal-20260102T043000Z\.sqlite: the journal does not verify \(its entry 1 was changed.*\), see: anchorwatch journal verify$/,
	);
	assert.deepEqual(readdirSync(to), ["journal-20260102T033000Z.sqlite"]);
	assert.equal(existsSync(join(to, "journal-20260102T033000Z.sqlite")), true);
});

test("a relative folder of copies lies in that of the journal", () => {
	assert.equal(backupFolder("state", "backups"), join("state", "backups"));
	assert.equal(backupFolder("state", "/var/backups"), "/var/backups");
});

test("a copy is given up when the bot ends, and what it left goes with the next one (I3)", async (t) => {
	const { dir, to, journal } = bench(t);
	for (let i = 0; i < 30_000; i++) journal.command(note(AT + 10 + i, "resumed"));
	journal.commit();
	const ending = new AbortController();
	const copy = backUp({ dir, kind: "real", to, at: AT + 5, keep: 3, signal: ending.signal });
	while (!existsSync(to) || readdirSync(to).length === 0) await turn();
	ending.abort();
	await assert.rejects(copy, /the copying thread ended/);
	assert.ok(readdirSync(to).every((name) => name.endsWith(".part")));
	await backUp({ dir, kind: "real", to, at: AT + HOUR, keep: 3 });
	assert.deepEqual(readdirSync(to), ["journal-20260102T043000Z.sqlite"]);
});
