// The log's files: by year, complete, human beside JSON, and no reason to stop when they cannot be written.

import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Log, type LogOptions } from "./log.ts";

function folder(t: TestContext): string {
	const dir = mkdtempSync(join(tmpdir(), "anchorwatch-log-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	return dir;
}

function logIn(dir: string, at: () => number, more: Partial<LogOptions> = {}): Log {
	return new Log({ dir, level: "info", run: "r1", now: at, ...more });
}

const NEW_YEAR = Date.UTC(2027, 0, 1);

test("at the turn of the year in UTC the next line begins the next files (G5)", (t) => {
	const dir = folder(t);
	let now = NEW_YEAR - 1;
	const log = logIn(dir, () => now);
	log.line("info", "old");
	now = NEW_YEAR;
	log.line("warn", "new", { symbol: "BTCUSDT", trail: "aw-1" });
	log.close();
	assert.deepEqual(
		readdirSync(dir).sort(),
		[2026, 2027].flatMap((year) => [`anchorwatch-${year}.jsonl`, `anchorwatch-${year}.log`]),
	);
	assert.equal(readFileSync(join(dir, "anchorwatch-2026.log"), "utf8"), "2026-12-31 23:59:59.999Z  INFO   old\n");
	assert.equal(readFileSync(join(dir, "anchorwatch-2027.log"), "utf8"), "2027-01-01 00:00:00.000Z  WARN   BTCUSDT new  [aw-1]\n");
	const [line = ""] = readFileSync(join(dir, "anchorwatch-2027.jsonl"), "utf8").split("\n");
	assert.deepEqual(JSON.parse(line), {
		level: 40,
		time: "2027-01-01T00:00:00.000Z",
		run: "r1",
		symbol: "BTCUSDT",
		trail: "aw-1",
		msg: "new",
	});
});

test("a line torn by a killed process spoils only itself (G3)", (t) => {
	const dir = folder(t);
	const file = join(dir, "anchorwatch-2027.jsonl");
	appendFileSync(file, '{"level":30,"msg":"whole"}\n{"level":30,"ms');
	const log = logIn(dir, () => NEW_YEAR);
	log.line("info", "after");
	log.close();
	const lines = readFileSync(file, "utf8").trimEnd().split("\n");
	assert.equal(lines.length, 3);
	assert.equal((JSON.parse(lines[2] ?? "") as { msg: string }).msg, "after");
});

test("a disk that is full is told of once, counted, tried again, and its end is told, too (G3)", {
	skip: !existsSync("/dev/full"),
}, (t) => {
	const dir = folder(t);
	const file = join(dir, "anchorwatch-2027.jsonl");
	symlinkSync("/dev/full", file);
	let now = NEW_YEAR;
	const told: string[] = [];
	const log = logIn(dir, () => now, { onTrouble: (level, text) => told.push(`${level} ${text}`) });
	for (const text of ["a", "b", "c"]) log.line("info", text);
	assert.equal(told.length, 1);
	assert.match(told[0] ?? "", /^error the log cannot be written \(ENOSPC: .*\): trading goes on/);
	assert.deepEqual([log.lost, log.failing, log.written.get("info")], [3, true, undefined]);

	rmSync(file);
	now += 4999;
	log.line("info", "too early");
	assert.equal(log.lost, 4);
	now += 1;
	log.line("info", "again");
	log.close();
	assert.deepEqual([log.lost, log.failing, log.written.get("info")], [4, false, 1]);
	assert.equal(told[1], "info the log is written again; 4 of its lines were lost");
	assert.match(readFileSync(file, "utf8"), /^\{.*"msg":"again"\}\n$/);
});

test("a folder that is taken away while the bot runs comes back with the next try (G3)", (t) => {
	const dir = folder(t);
	let now = NEW_YEAR - 1;
	const log = logIn(join(dir, "logs"), () => now);
	rmSync(join(dir, "logs"), { recursive: true });
	now = NEW_YEAR;
	log.line("info", "here");
	log.close();
	assert.match(readFileSync(join(dir, "logs/anchorwatch-2027.log"), "utf8"), /here/);
});

test("a level holds from the moment it is set, and lines below it are neither written nor counted (G4)", (t) => {
	const dir = folder(t);
	const log = logIn(dir, () => NEW_YEAR);
	log.line("debug", "unheard");
	log.level = "debug";
	log.line("debug", "heard");
	log.level = "error";
	log.line("warn", "unheard");
	log.close();
	assert.deepEqual([...log.written], [["debug", 1]]);
	for (const end of ["jsonl", "log"]) assert.doesNotMatch(readFileSync(join(dir, `anchorwatch-2027.${end}`), "utf8"), /unheard/);
});

test("text from outside makes no line of its own and moves no cursor", (t) => {
	const dir = folder(t);
	const said: string[] = [];
	const log = logIn(dir, () => NEW_YEAR, { print: (line) => said.push(line) });
	log.line("info", "one\n2027-01-01  ERROR  forged\u001b[2J");
	log.say("one\r\ntwo");
	log.close();
	assert.equal(readFileSync(join(dir, "anchorwatch-2027.log"), "utf8").trimEnd().split("\n").length, 1);
	assert.deepEqual(said, ["one two"]);
});
