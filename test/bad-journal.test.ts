// A journal that cannot be read, as an operator meets it: each command that opens one says so in one line with what to do, ends with the
// documented exit code, and leaves the file as it lies.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Command } from "../src/engine/command.ts";
import { InstanceLock } from "../src/journal/instance-lock.ts";
import { Journal } from "../src/journal/journal.ts";
import { JOURNAL_VERSION } from "../src/journal/version.ts";

const PROGRAM = join(import.meta.dirname, "../bin/anchorwatch.js");
const KEYS = { ANCHORWATCH_API_KEY: "key", ANCHORWATCH_API_SECRET: "secret" };
const NOWHERE = { rest: "http://127.0.0.1:9", public: "ws://127.0.0.1:9", private: "ws://127.0.0.1:9", trade: "ws://127.0.0.1:9" };

const READERS = ["status", "positions", "trades", "journal tail", "journal verify", "report"];
const WRITERS = ["run", "resume", "log-level debug", "flatten"];

/** A folder with a configuration and a journal of some hundred entries. */
function home(): { dir: string; file: string } {
	const dir = mkdtempSync(join(tmpdir(), "aw-bad-journal-"));
	writeFileSync(join(dir, "config.yaml"), JSON.stringify({ journal: { dir }, log: { dir: join(dir, "logs") }, endpoints: NOWHERE }));
	const journal = new Journal(dir, { name: "r", started: 1, about: {} });
	for (let at = 1; at <= 500; at++) journal.command({ kind: "cancel", at, symbol: "BTCUSDT", linkId: `aw-r-BTCUSDT-${at}` } as Command); // a command as it stands there
	journal.commit();
	journal.close();
	return { dir, file: join(dir, "journal.sqlite") };
}

type Ended = { readonly what: string; readonly code: number; readonly stdout: string; readonly stderr: string };

function run(dir: string, what: string): Promise<Ended> {
	return new Promise((resolve) => {
		const env = { PATH: process.env.PATH ?? "", ...KEYS };
		execFile(process.execPath, [PROGRAM, ...what.split(" ")], { cwd: dir, env, timeout: 60_000 }, (error, stdout, stderr) =>
			resolve({ what, code: error === null ? 0 : Number(error.code), stdout, stderr }),
		);
	});
}

async function refuses(dir: string, commands: readonly string[], line: RegExp): Promise<void> {
	const before = readFileSync(join(dir, "journal.sqlite"));
	for (const { what, code, stdout, stderr } of await Promise.all(commands.map((what) => run(dir, what)))) {
		assert.match(stderr, line, what);
		assert.deepEqual([stderr.trimEnd().split("\n").length, stdout, code], [1, "", 2], what);
	}
	const { findings } = JSON.parse((await run(dir, "doctor --json")).stdout) as {
		findings: { name: string; verdict: string; todo?: string }[];
	};
	const found = findings.find(({ name }) => name === "journal");
	assert.equal(found?.verdict, "fail");
	assert.doesNotMatch(found?.todo ?? "", /rights/, "its rights are not what is wrong");
	assert.ok(before.equals(readFileSync(join(dir, "journal.sqlite"))), "it lies as it lay");
}

test("a journal of a newer version is left alone by every command (I1)", async () => {
	const { dir, file } = home();
	const database = new DatabaseSync(file);
	database.exec(`UPDATE meta SET value = '${JOURNAL_VERSION + 1}' WHERE key = 'version'; PRAGMA journal_mode = DELETE`);
	database.close();
	const line = new RegExp(`^anchorwatch: .*journal\\.sqlite: is of version ${JOURNAL_VERSION + 1}, .*use the program that wrote it\\n$`);
	await refuses(dir, [...READERS, ...WRITERS], line);
	rmSync(dir, { recursive: true, force: true });
});

test("a damaged journal is told as such by every command, and nobody writes to it (I1)", async () => {
	const { dir, file } = home();
	writeFileSync(file, readFileSync(file).fill(0x5a, 0, 4096));
	await refuses(
		dir,
		[...READERS, ...WRITERS],
		/^anchorwatch: .*journal\.sqlite: cannot be .* \(file is not a database\); it is damaged: put a copy/,
	);
	rmSync(dir, { recursive: true, force: true });
});

test("damage further in is found by whoever reads so far, and is no bug of ours (I1)", async () => {
	const { dir, file } = home();
	const bytes = readFileSync(file);
	const pages = Math.floor(bytes.length / 4096);
	writeFileSync(file, bytes.fill(0x5a, Math.floor(pages / 3) * 4096)); // the tables' first pages stand
	for (const { what, code, stderr } of await Promise.all(READERS.map((what) => run(dir, what)))) {
		if (code === 0) continue; // it read none of it
		assert.match(
			stderr,
			/^anchorwatch: .*(journal\.sqlite|the journal): cannot be read.* \(.*\); it is damaged: put a copy of it in its place.*\n$/,
			what,
		);
		assert.equal(code, 2, what);
	}
	assert.equal((await run(dir, "journal verify")).code, 2);
	rmSync(dir, { recursive: true, force: true });
});

test("a second bot on the same folder is told which process and run has it (I3)", async () => {
	const { dir } = home();
	const lock = InstanceLock.take(dir, { pid: process.pid, run: "k3f9x2" });
	try {
		const { code, stderr } = await run(dir, "run");
		assert.match(
			stderr,
			new RegExp(`^anchorwatch: .*another bot is running on this folder \\(process ${process.pid}, run k3f9x2\\); stop it first.*\\n$`),
		);
		assert.equal(code, 2);
	} finally {
		lock.release();
		rmSync(dir, { recursive: true, force: true });
	}
});
