// `anchorwatch journal`: what is written is shown as it comes, and a journal that somebody changed is told by the exit code.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Command } from "../src/engine/command.ts";
import { Journal } from "../src/journal/journal.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
let dir = "";
let journal: Journal;

const note = (at: number, what: string): Command => ({ kind: "note", at, symbol: "BTCUSDT", note: { what } }) as Command; // what else notes say is not shown here

before(() => {
	dir = mkdtempSync(join(tmpdir(), "aw-journal-cli-"));
	writeFileSync(join(dir, "config.yaml"), `journal: {dir: ${JSON.stringify(dir)}}\n`);
	journal = new Journal(dir, { name: "r", started: AT, about: {} });
	journal.command({ kind: "cancel", at: AT, symbol: "BTCUSDT", linkId: "aw-r-BTCUSDT-1" });
	journal.input({ kind: "clock", at: AT + 1000, off: true });
	journal.command(note(AT + 2000, "resumed"));
	journal.commit();
});

after(() => {
	journal.close();
	rmSync(dir, { recursive: true, force: true });
});

function run(...args: string[]): Promise<{ code: number; stdout: string }> {
	return new Promise((resolve) => {
		execFile(process.execPath, [PROGRAM, "journal", ...args], { cwd: dir }, (error, stdout) =>
			resolve({ code: error === null ? 0 : Number(error.code), stdout }),
		);
	});
}

test("tail shows commands and notes, as many as asked for, and inputs when asked (G6)", async () => {
	const [plain, one, all] = await Promise.all([run("tail"), run("tail", "-n", "1", "--json"), run("tail", "--inputs")]);
	assert.equal(
		plain.stdout,
		`2026-01-02T03:04:05Z  1  command  {"kind":"cancel","at":${AT},"symbol":"BTCUSDT","linkId":"aw-r-BTCUSDT-1"}\n2026-01-02T03:04:07Z  3  note     resumed by the operator\n`,
	);
	assert.deepEqual(JSON.parse(one.stdout), {
		...{ seq: 3, run: "r", at_ms: AT + 2000, kind: "note" },
		body: { symbol: "BTCUSDT", what: "resumed" },
	});
	assert.match(all.stdout, /\n2026-01-02T03:04:06Z {2}2 {2}input {4}\{"kind":"clock"/);
});

test("a follower is told what the running bot writes, and ends cleanly (G6)", { skip: process.platform === "win32" }, async () => {
	const child = spawn(process.execPath, [PROGRAM, "journal", "tail", "-n", "1", "--follow"], { cwd: dir });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	assert.match((await lines.next()).value ?? "", /resumed by the operator/);
	journal.command(note(AT + 3000, "confirmedFlat"));
	journal.commit();
	assert.match((await lines.next()).value ?? "", /shows no position and no order/);
	child.kill("SIGINT");
	assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("verify: 0 and the counts while all stands, 1 and the place once somebody changed a line (G6)", async () => {
	const { code, stdout } = await run("verify");
	assert.equal(code, 0, stdout);
	assert.match(stdout, /journal\.sqlite: all stands as it was written: \d commands and notes in \d links, 0 kept values\n/);
	journal.commit();
	const database = new DatabaseSync(join(dir, "journal.sqlite"));
	database.exec("UPDATE entries SET body = replace(body, 'BTC', 'ETH') WHERE seq = 1");
	database.close();
	const [words, json] = await Promise.all([run("verify"), run("verify", "--json")]);
	assert.deepEqual([words.code, json.code], [1, 1]);
	assert.match(words.stdout, /NOT as it was written: entry 1 to 3 \(2026-01-02T03:04:05Z\): was changed/);
	assert.partialDeepStrictEqual(JSON.parse(json.stdout), { ok: false, bad: { first: 1, last: 3 } });
});
