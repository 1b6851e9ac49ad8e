import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Command } from "../engine/command.ts";
import { Journal } from "./journal.ts";
import { JournalView } from "./view.ts";

const cancel = (at: number): Command => ({ kind: "cancel", at, symbol: "BTCUSDT", linkId: `aw-r-BTCUSDT-${at}` });
const note = (at: number): Command => ({ kind: "note", at, symbol: "BTCUSDT", note: { what: "agreed" } }) as Command; // what else notes say is not the journal's

/** Three commits of two entries each (numbers 1 to 7, of which 3 is an input), and a state. */
function written(dir: string): void {
	const journal = new Journal(dir, { name: "r", started: 0, about: {} });
	for (const at of [10, 20, 30]) {
		journal.command(cancel(at));
		journal.command(note(at + 1));
		if (at === 10) journal.input({ kind: "clock", at: 12, off: true });
		journal.keep({ balance: at });
		journal.commit();
	}
	journal.remember("grid BTCUSDT", { tick: "0.1" });
	journal.close();
}

/** What `verify` says of a journal after `meddle`. */
function check(meddle: (database: DatabaseSync, dir: string) => void, told: object | undefined): void {
	const dir = mkdtempSync(join(tmpdir(), "aw-chain-"));
	try {
		written(dir);
		const database = new DatabaseSync(join(dir, "journal.sqlite"));
		meddle(database, dir);
		database.close();
		const { bad } = verify(dir);
		if (told === undefined) assert.equal(bad, undefined);
		else assert.partialDeepStrictEqual(bad, told);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

function verify(dir: string): ReturnType<JournalView["verify"]> {
	const view = JournalView.open(dir, "real");
	try {
		return view.verify();
	} finally {
		view.close();
	}
}

test("a journal as it was written stands; forgotten inputs leave it so, and so does what a second life writes (G6)", () => {
	check(() => {}, undefined);
	check((_database, dir) => {
		assert.deepEqual(verify(dir), { entries: 6, links: 3, kept: 2, bad: undefined });
		const journal = new Journal(dir, { name: "s", started: 1, about: {} });
		journal.prune(1000, 100);
		journal.remember("grid BTCUSDT", undefined);
		journal.command(note(40));
		journal.input({ kind: "clock", at: 41, off: true });
		journal.close();
		assert.deepEqual(verify(dir), { entries: 7, links: 4, kept: 1, bad: undefined });
	}, undefined);
});

test("a changed, a missing and an inserted entry are found where they are (G6)", () => {
	const exec = (sql: string) => (database: DatabaseSync) => database.exec(sql);
	const second = { first: 4, last: 5, at: 20 };
	check(exec("UPDATE entries SET body = replace(body, 'BTC', 'ETH') WHERE seq = 4"), second);
	check(exec("UPDATE entries SET at = 20.5 WHERE seq = 4"), { first: 4, last: 5 });
	check(exec("UPDATE entries SET kind = 'command' WHERE seq = 5"), second);
	check(exec("UPDATE entries SET run = 's' WHERE seq = 5"), second);
	check(exec("DELETE FROM entries WHERE seq = 5"), second);
	check(exec("DELETE FROM entries WHERE seq = 4"), { first: 5, last: 5 });
	check(exec("INSERT INTO entries (seq, run, at, kind, body) VALUES (3, 'r', 15, 'note', '{}') ON CONFLICT DO UPDATE SET kind = 'note'"), {
		first: 3,
		last: 5,
	});
	check(exec("INSERT INTO entries (run, at, kind, body) VALUES ('r', 50, 'note', '{}')"), { first: 8, at: 50 });
	check(exec("DELETE FROM links WHERE last = 2"), { first: 1, last: 5 });
	check(exec("DELETE FROM links WHERE last = 7; DELETE FROM entries WHERE seq > 5"), {
		why: "the newest entries were taken out: the seal knows of a later link",
	});
	check(exec("UPDATE links SET hash = 'x' WHERE last = 2"), { first: 1, last: 2 });
});

test("a changed, missing or inserted state is found, and which (G6)", () => {
	const exec = (sql: string) => (database: DatabaseSync) => database.exec(sql);
	const why = (text: string): object => ({ why: text });
	check(exec("UPDATE meta SET value = '{\"balance\":99}' WHERE key = 'kept state'"), why("what is kept was changed or put in: kept state"));
	check(exec("DELETE FROM meta WHERE key = 'kept state'"), why("what was kept is missing: kept state"));
	check(exec("INSERT INTO meta VALUES ('kept paper', '1')"), why("what is kept was changed or put in: kept paper"));
	check(exec("DELETE FROM meta WHERE key = 'chain'"), why("the seal of the chain is missing or was changed"));
	check(
		exec("UPDATE meta SET value = replace(value, 'kept', 'Kept') WHERE key = 'chain'"),
		why("the seal of the chain is missing or was changed"),
	);
});

test("a break is not healed by what is written after it (G6)", () => {
	const goOn = (dir: string): void => {
		const journal = new Journal(dir, { name: "s", started: 1, about: {} });
		journal.command(note(60));
		journal.keep({ balance: 60 });
		journal.close();
	};
	check(
		(database, dir) => {
			database.exec("DELETE FROM links WHERE last = 7; DELETE FROM entries WHERE seq > 5");
			goOn(dir);
		},
		{ first: 8, last: 8 },
	);
	check(
		(database, dir) => {
			database.exec("DELETE FROM meta WHERE key = 'chain'");
			goOn(dir);
		},
		{ first: 8, last: 8 },
	);
});

test("a journal of a version before is chained as it stands, from the next start on (I3)", () => {
	check(
		(database, dir) => {
			database.exec("DROP TABLE links; DELETE FROM meta WHERE key = 'chain'; UPDATE meta SET value = '2' WHERE key = 'version'");
			assert.throws(() => verify(dir), /is of version 2, from before entries were chained/);
			new Journal(dir, { name: "s", started: 1, about: {} }).close();
			assert.deepEqual(verify(dir), { entries: 6, links: 1, kept: 2, bad: undefined });
			const journal = new Journal(dir, { name: "t", started: 2, about: {} });
			journal.command(note(70));
			journal.close();
			assert.deepEqual(verify(dir), { entries: 7, links: 2, kept: 2, bad: undefined });
			database.exec("UPDATE entries SET at = 1 WHERE seq = 2");
		},
		{ first: 1, last: 7 },
	);
});

test("after SQLite took a transaction back nothing is written behind it, and the chain stays whole (I3, G6)", (t) => {
	const dir = mkdtempSync(join(tmpdir(), "aw-chain-"));
	written(dir);
	const journal = new Journal(dir, { name: "s", started: 0, about: {} });
	journal.command(note(40));
	const exec = DatabaseSync.prototype.exec;
	const full = t.mock.method(DatabaseSync.prototype, "exec", function (this: DatabaseSync, sql: string): void {
		exec.call(this, sql === "COMMIT" ? "ROLLBACK" : sql);
		if (sql === "COMMIT") throw new Error("database or disk is full");
	});
	assert.throws(() => journal.commit(), /disk is full/);
	full.mock.restore();
	assert.throws(() => journal.command(note(41)), /took back/);
	assert.throws(() => journal.commit(), /took back/);
	journal.close();
	assert.equal(verify(dir).bad, undefined);
	rmSync(dir, { recursive: true });
});
