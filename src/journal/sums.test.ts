// What a flipped byte of the file comes to: it is found, or it was of no row.

import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Command } from "../engine/command.ts";
import { Prng } from "../std/prng.ts";
import { UsageError } from "../std/usage-error.ts";
import { Journal } from "./journal.ts";
import { JournalView } from "./view.ts";

const note = (at: number): Command => ({ kind: "note", at, symbol: "BTCUSDT", note: { what: "agreed" } }) as Command; // what else notes say is not the journal's

function written(dir: string): string {
	const journal = new Journal(dir, { name: "r", started: 5, about: { config: { symbols: ["BTCUSDT"] } } });
	journal.tellTo(["telegram"], () => true);
	for (let at = 0; at < 60; at++) {
		journal.input({ kind: "ticker", at, symbol: "BTCUSDT", ticker: { last: 60_000 + at, mark: 60_000.5 } } as Parameters<
			Journal["input"]
		>[0]);
		if (at % 6 === 0) journal.command(note(at));
		if (at % 3 === 0) journal.commit();
	}
	journal.keep({ balance: 10_000 });
	journal.close();
	return join(dir, "journal.sqlite");
}

/** What the journal says, without what its operator's wishes and channels' answers are: these change, and have no sum. */
function rows(file: string): string {
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const all = ["entries", "messages", "runs", "links", "meta"].map((table) => database.prepare(`SELECT * FROM ${table}`).all());
		return JSON.stringify(all);
	} finally {
		database.close();
	}
}

/** What `verify` finds, or why nothing can be read. */
function found(dir: string): string | undefined {
	try {
		const view = JournalView.open(dir, "real");
		try {
			return view.verify().bad?.why;
		} finally {
			view.close();
		}
	} catch (cause) {
		if (cause instanceof UsageError) return cause.message;
		return `unreadable: ${(cause as Error).message}`; // SQLite's own
	}
}

test("one flipped byte anywhere in the file is found, unless it changes no row (G6)", () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-sums-"));
	try {
		const file = written(dir);
		const sound = readFileSync(file);
		const before = rows(file);
		assert.equal(found(dir), undefined);
		copyFileSync(file, join(dir, "sound"));
		const prng = new Prng("flip");
		let told = 0;
		for (let times = 0; times < 600; times++) {
			const bytes = Buffer.from(sound);
			const place = prng.below(bytes.length);
			bytes[place] = bytes[place]! ^ (1 << prng.below(8));
			writeFileSync(file, bytes);
			const why = found(dir);
			if (why !== undefined) told++;
			else assert.equal(rows(file), before, `byte ${place} was flipped, and nothing was found`);
		}
		assert.ok(told > 60, `${told} were found`);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});

test("an input, a message and a run's configuration that are not what was written are named (G6)", () => {
	for (const [change, why] of [
		["UPDATE entries SET body = replace(body, '60003', '60004') WHERE kind = 'input'", /^was changed after/],
		["UPDATE entries SET at = 7.5 WHERE seq = 1", /^was changed after/],
		["UPDATE messages SET body = replace(body, 'agreed', 'Agreed') WHERE number = 2", /^message #2 was changed/],
		["UPDATE runs SET about = '{}'", /^what is kept of run r was changed/],
	] as const) {
		const dir = mkdtempSync(join(tmpdir(), "aw-sums-"));
		try {
			const database = new DatabaseSync(written(dir));
			database.exec(change);
			database.close();
			assert.match(found(dir) ?? "", why);
		} finally {
			rmSync(dir, { recursive: true, force: true });
		}
	}
});

test("rows of an older journal have no sum and are taken as they are; those that come are summed (I3, G6)", () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-sums-"));
	try {
		const old = new DatabaseSync(written(dir));
		for (const table of ["entries", "messages", "runs"]) old.exec(`ALTER TABLE ${table} DROP COLUMN sum`);
		old.exec("UPDATE meta SET value = '3' WHERE key = 'version'");
		assert.equal(found(dir), undefined);
		const journal = new Journal(dir, { name: "s", started: 6, about: {} });
		journal.input({ kind: "clock", at: 100, off: true });
		journal.close();
		assert.equal(found(dir), undefined);
		old.exec("UPDATE entries SET at = 101 WHERE at = 100");
		old.close();
		assert.match(found(dir) ?? "", /^was changed after/);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});
