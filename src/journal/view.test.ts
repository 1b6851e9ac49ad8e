import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Journal } from "./journal.ts";
import { isBegun, JournalView } from "./view.ts";

test("a journal whose first writer was killed at its birth is none yet, and the next start begins it (I3)", (t) => {
	const dir = mkdtempSync(join(tmpdir(), "anchorwatch-view-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	const file = join(dir, "journal.sqlite");
	const isNone = (when: string): void => {
		assert.equal(isBegun(dir, "real"), false, when);
		assert.throws(() => JournalView.open(dir, "real"), /there is no journal yet; start the bot/, when);
	};
	isNone("nothing there");
	writeFileSync(file, "");
	isNone("an empty file");
	const database = new DatabaseSync(file);
	database.exec("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
	database.close();
	isNone("tables without a version");
	new Journal(dir, { name: "r1", started: 1, about: {} }).close();
	assert.equal(isBegun(dir, "real"), true);
	JournalView.open(dir, "real").close();
	writeFileSync(file, "what is no database at all ".repeat(99));
	assert.equal(isBegun(dir, "real"), true, "damaged: whoever opens it says so");
	assert.throws(() => JournalView.open(dir, "real"), /read as a journal|damaged|not a database/);
});
