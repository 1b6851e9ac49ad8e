// Old inputs leave the journal a little at a time; everything else stays.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Command } from "../engine/command.ts";
import { Journal, readRun } from "./journal.ts";
import { JournalView } from "./view.ts";

test("the oldest inputs go, so many at a time, up to the first that is young; commands, notes and the chain stay (G5, I7)", () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-prune-"));
	try {
		const journal = new Journal(dir, { name: "r", started: 0, about: {} });
		for (let at = 0; at < 25; at++) {
			journal.input({ kind: "clock", at, off: true });
			if (at % 5 === 0) journal.command({ kind: "note", at, symbol: "BTCUSDT", note: { what: "resumed" } } as Command); // what else notes say is not read here
		}
		journal.input({ kind: "clock", at: 3, off: true }); // told late, of long ago: it goes when those before it have gone
		const went: number[] = [];
		do went.push(journal.prune(18, 8));
		while (went.at(-1) === 8);
		assert.deepEqual(went, [8, 8, 2]);
		const left = readRun(dir, "r").filter(({ kind }) => kind === "input");
		assert.deepEqual(
			left.map(({ at }) => at),
			[18, 19, 20, 21, 22, 23, 24, 3],
		);
		assert.equal(journal.prune(18, 8), 0);
		journal.input({ kind: "clock", at: 25, off: true });
		assert.deepEqual([journal.prune(26, 100), journal.prune(26, 100)], [9, 0]);
		journal.close();
		const view = JournalView.open(dir, "real");
		assert.deepEqual(view.verify().bad, undefined);
		assert.equal(view.newest(["input", "note"], 100).length, 5);
		view.close();
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});

test("a journal with many old inputs is emptied in a run that begins with them all (I7)", () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-prune-"));
	try {
		const first = new Journal(dir, { name: "r", started: 0, about: {} });
		for (let at = 0; at < 2500; at++) first.input({ kind: "clock", at, off: true });
		first.close();
		const second = new Journal(dir, { name: "s", started: 0, about: {} });
		assert.deepEqual(
			[1, 2, 3, 4].map(() => second.prune(Number.POSITIVE_INFINITY, 1000)),
			[1000, 1000, 500, 0],
		);
		second.close();
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});

test("notes before the oldest input are gone through once, in later lives, too (I7)", () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-prune-"));
	try {
		const first = new Journal(dir, { name: "r", started: 0, about: {} });
		const note = (at: number): void => first.command({ kind: "note", at, symbol: "BTCUSDT", note: { what: "resumed" } } as Command); // what else notes say is not read here
		for (let at = 0; at < 10; at++) note(at);
		first.input({ kind: "clock", at: 10, off: true });
		assert.equal(first.prune(5, 100), 0);
		for (let at = 11; at < 20; at++) note(at);
		first.close();
		const meta = new DatabaseSync(join(dir, "journal.sqlite"));
		const upTo = () => meta.prepare("SELECT value FROM meta WHERE key = 'pruned'").get()?.value;
		assert.equal(upTo(), "10", "the input is the 11th");
		const second = new Journal(dir, { name: "s", started: 0, about: {} });
		second.input({ kind: "clock", at: 20, off: true });
		assert.deepEqual([second.prune(15, 100), upTo()], [1, "11"]);
		assert.deepEqual([second.prune(15, 100), upTo()], [0, "20"]);
		assert.deepEqual([second.prune(15, 100), upTo()], [0, "20"]);
		second.close();
		meta.close();
		assert.deepEqual(
			readRun(dir, "s").map(({ kind }) => kind),
			["input"],
		);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});
