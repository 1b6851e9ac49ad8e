import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import type { Command } from "../engine/command.ts";
import type { Event } from "../engine/event.ts";
import { candleAt, columnsOf } from "../market/candle.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Price } from "../units/unit.ts";
import { InstanceLock } from "./instance-lock.ts";
import { inputText, Journal, journalFile, parseInput, readRun } from "./journal.ts";
import { JOURNAL_VERSION } from "./version.ts";
import { WishBox } from "./wishes.ts";

const EVENT: Event = { kind: "clock", at: 1, off: true };
const COMMAND: Command = { kind: "cancel", at: 2, symbol: "BTCUSDT", linkId: "aw-r-BTCUSDT-1" };
const NOTE = { kind: "note", at: 3, symbol: "BTCUSDT", note: { what: "unfilled", why: "time" } } as Command; // what else notes say is not the journal's

/** Runs `body` with a folder of its own. */
function withFolder(body: (dir: string) => void): void {
	const dir = mkdtempSync(join(tmpdir(), "aw-journal-"));
	try {
		body(dir);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

test("what was written is read back in order after closing, a run at a time (G5)", () => {
	withFolder((dir) => {
		const first = new Journal(dir, { name: "one", started: 10.7, about: { config: "a" } });
		first.input(EVENT);
		first.command(COMMAND);
		first.command(NOTE);
		first.close();
		const second = new Journal(dir, { name: "two", started: 20, about: {} });
		second.input({ ...EVENT, at: 4.5 });
		second.close();
		const [one, two] = [readRun(dir, "one"), readRun(dir, "two")];
		assert.deepEqual(
			one.map(({ at, kind }) => [at, kind]),
			[
				[1, "input"],
				[2, "command"],
				[3, "note"],
			],
		);
		assert.deepEqual(JSON.parse(one[1]!.body), COMMAND);
		assert.partialDeepStrictEqual(JSON.parse(one[2]!.body), { symbol: "BTCUSDT", what: "unfilled", why: "time" });
		assert.deepEqual(
			two.map(({ at, body }) => [at, parseInput(body)]),
			[[4.5, { ...EVENT, at: 4.5 }]],
		);
		assert.ok(two[0]!.seq > one[2]!.seq);
		assert.deepEqual(readRun(dir, "three"), []);
	});
});

test("nothing is on disk before a flush, everything after it (I3)", () => {
	withFolder((dir) => {
		const journal = new Journal(dir, { name: "r", started: 0, about: {} });
		journal.input(EVENT);
		journal.input(EVENT);
		assert.equal(readRun(dir, "r").length, 0);
		journal.commit();
		assert.equal(readRun(dir, "r").length, 2);
		journal.commit(); // with nothing waiting
		journal.input(EVENT);
		assert.equal(readRun(dir, "r").length, 2);
		journal.close();
		assert.equal(readRun(dir, "r").length, 3);
	});
});

test("the bot's state is on disk with what was written beside it, or not at all (I3, I5)", () => {
	withFolder((dir) => {
		const journal = new Journal(dir, { name: "r", started: 0, about: {} });
		journal.keep({ balance: 1 });
		journal.commit();
		journal.input(EVENT);
		journal.keep({ balance: 2 });
		journal.remember("odd", { best: Number.NaN, endedAt: Number.NEGATIVE_INFINITY, name: "#BTC" });
		assert.equal(journal.waiting, 1);
		const other = new DatabaseSync(join(dir, "journal.sqlite"), { readOnly: true });
		const seen = (): unknown => other.prepare("SELECT value FROM meta WHERE key = 'kept state'").get()?.value;
		assert.equal(seen(), '{"balance":1}');
		assert.equal(readRun(dir, "r").length, 0);
		journal.commit();
		assert.equal(journal.waiting, 0);
		assert.notEqual(seen(), '{"balance":1}');
		assert.equal(readRun(dir, "r").length, 1);
		other.close();
		assert.deepEqual(journal.kept(), { balance: 2 });
		assert.deepEqual(journal.recall("odd"), { best: Number.NaN, endedAt: Number.NEGATIVE_INFINITY, name: "#BTC" });
		journal.close();
	});
});

test("a wished log level is taken once, the last of several, and is no wish of trading (G4)", () => {
	withFolder((dir) => {
		const bot = new Journal(dir, { name: "r", started: 0, about: {} });
		const second = new WishBox(journalFile(dir, "real"));
		second.wishLevel("debug", 5);
		const id = second.wishLevel("warn", 6);
		assert.deepEqual(bot.wishes(), []);
		assert.equal(bot.takeLevel(7), "warn");
		bot.commit();
		assert.equal(second.isFulfilled(id), true);
		assert.equal(bot.takeLevel(8), undefined);
		assert.equal(bot.problem, undefined);
		bot.close();
		second.close();
	});
});

test("a second process leaves a wish, and sees that it was heeded (I5)", () => {
	withFolder((dir) => {
		const bot = new Journal(dir, { name: "r", started: 0, about: {} });
		const second = new WishBox(journalFile(dir, "real"));
		const id = second.wish("flatten", 5);
		assert.deepEqual(bot.wishes(), [{ id, at: 5, wish: "flatten" }]);
		assert.equal(second.isFulfilled(id), false);
		bot.fulfil(id, 6);
		bot.commit();
		assert.deepEqual(bot.runs(), ["r"], "nobody but a bot begins a run");
		assert.equal(second.isFulfilled(id), true);
		assert.deepEqual(bot.wishes(), []);
		bot.close();
		second.close();
	});
});

test("a folder has one bot: the second is told who holds it, and the lock goes with its process (I5)", () => {
	withFolder((dir) => {
		const lock = InstanceLock.take(dir, { pid: 4711, run: "k3f9x2" });
		assert.throws(() => InstanceLock.take(dir, { pid: 1, run: "other" }), /process 4711, run k3f9x2/);
		lock.release();
		InstanceLock.take(dir, { pid: 1, run: "other" }).release();
	});
});

test("a journal of the version before is brought up to this one (I3)", () => {
	withFolder((dir) => {
		new Journal(dir, { name: "r", started: 0, about: {} }).close();
		const database = new DatabaseSync(join(dir, "journal.sqlite"));
		database.exec("UPDATE meta SET value = '1' WHERE key = 'version'; DROP TABLE wishes;");
		database.close();
		const journal = new Journal(dir, { name: "s", started: 0, about: {} });
		assert.deepEqual(journal.wishes(), []);
		journal.close();
	});
});

test("a journal of another version is refused, and says what to do (I3)", () => {
	withFolder((dir) => {
		new Journal(dir, { name: "r", started: 0, about: {} }).close();
		const database = new DatabaseSync(join(dir, "journal.sqlite"));
		database.prepare("UPDATE meta SET value = ? WHERE key = 'version'").run(String(JOURNAL_VERSION + 1));
		database.close();
		assert.throws(
			() => new Journal(dir, { name: "s", started: 0, about: {} }),
			(cause) =>
				cause instanceof UsageError &&
				cause.message.includes(`is of version ${JOURNAL_VERSION + 1}, this program reads version ${JOURNAL_VERSION}`),
		);
	});
});

test("a file that is no journal, and a folder that cannot be one, are the operator's to mend (I3)", () => {
	withFolder((dir) => {
		writeFileSync(
			join(dir, "journal.sqlite"),
			"this is no database, though it is long enough to be taken for one at first sight".repeat(20),
		);
		assert.throws(() => new Journal(dir, { name: "r", started: 0, about: {} }), UsageError);
		writeFileSync(join(dir, "file"), "");
		assert.throws(() => new Journal(join(dir, "file"), { name: "r", started: 0, about: {} }), UsageError);
	});
});

test("the same run is not begun twice in one journal (I3)", () => {
	withFolder((dir) => {
		new Journal(dir, { name: "r", started: 0, about: {} }).close();
		assert.throws(() => new Journal(dir, { name: "r", started: 1, about: {} }));
	});
});

test("parse(format(event)) is the event: a ticker keeps what it states and gains nothing (C6)", () => {
	const figure = fc.option(
		fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
		{ nil: undefined },
	);
	const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value));
	const ticker = fc
		.record({
			last: number,
			mark: number,
			index: figure,
			bid: figure,
			ask: figure,
			vwap: figure,
			turnover24h: figure,
			volume24h: figure,
			fundingRate: figure,
			nextFundingTime: figure,
		})
		.map(
			(fields) =>
				Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Extract<
					Event,
					{ kind: "ticker" }
				>["ticker"],
		);
	fc.assert(
		fc.property(fc.nat(), ticker, (at, stated) => {
			const event: Event = { kind: "ticker", at, symbol: "BTCUSDT", ticker: stated };
			assert.deepEqual(parseInput(inputText(event)), event);
		}),
	);
});

test("parse(format(event)) is the event for every other kind; candles are cut to the rows that were told", () => {
	const candle = { openTime: 60_000, open: 1, high: 2, low: 0.5, close: 1.5, volume: 3, turnover: 4 };
	const events: Event[] = [
		EVENT,
		{ kind: "closed", at: 1, symbol: "BTCUSDT", candle },
		{ kind: "history", at: 1, symbol: "BTCUSDT", candles: [candle], closeTimes: [120_000] },
		{ kind: "reference", at: 1, symbol: "BTCUSDT", anchor: 0, turnover: 1.25, volume: 2.5 },
		{ kind: "feed", at: 1, symbol: "BTCUSDT", stale: true },
		{ kind: "call", at: 1, ok: false, fatal: true, what: "wrong key" },
		{ kind: "operator", at: 1, wish: "flatten" },
		{ kind: "wallet", at: 1, balance: 5 as never },
		{ kind: "protected", at: 1, symbol: "BTCUSDT", stopLoss: 198_990 as Price },
	];
	for (const event of events) assert.deepEqual(parseInput(inputText(event)), event);
	const columns = columnsOf([0, 1, 2, 3].map((i) => ({ ...candle, openTime: i * 60_000, close: i })));
	const told = parseInput(inputText({ kind: "candles", at: 1, symbol: "BTCUSDT", columns, from: 1, to: 3 }));
	assert.ok(told.kind === "candles");
	assert.deepEqual([told.from, told.to, told.columns.length], [0, 2, 2]);
	assert.deepEqual([candleAt(told.columns, 0), candleAt(told.columns, 1)], [candleAt(columns, 1), candleAt(columns, 2)]);
});

test("a message is on disk with its note or not at all, and each channel's delivery has one end (G1, G3)", () => {
	withFolder((dir) => {
		const first = new Journal(dir, { name: "one", started: 1, about: {} });
		const disk = new DatabaseSync(join(dir, "journal.sqlite"), { readOnly: true });
		const onDisk = () => [readRun(dir, "one").length, disk.prepare("SELECT count(*) AS n FROM messages").get()?.n];
		first.tellTo(["a", "b"], (note) => note.what === "unfilled");
		first.command(NOTE);
		first.command({ ...NOTE, note: { what: "agreed" } } as Command);
		assert.deepEqual(onDisk(), [0, 0]);
		first.commit();
		assert.deepEqual(onDisk(), [2, 1]);
		const journal = new Journal(dir, { name: "two", started: 2, about: {} });
		const { outbox } = journal;
		const [row, ...more] = outbox.waiting("a", 10);
		assert.deepEqual([row?.number, row?.at, row?.tried, more], [1, 3, false, []]);
		assert.partialDeepStrictEqual(JSON.parse(row?.body ?? ""), { symbol: "BTCUSDT", note: { what: "unfilled" } });
		outbox.leaves("a", [1]);
		const after = new Journal(dir, { name: "three", started: 3, about: {} });
		assert.equal(after.outbox.waiting("a", 10)[0]?.tried, true, "its answer was lost with the process");
		after.outbox.settle("a", [1], "sent", 70_000);
		assert.deepEqual([after.outbox.waiting("a", 10), after.outbox.waiting("b", 10).length], [[], 1]);
		assert.deepEqual(after.outbox.counts("a"), { written: 1, waiting: 0, sent: 1, failed: 0, late: 1 });
		assert.deepEqual(after.outbox.counts("b"), { written: 1, waiting: 1, sent: 0, failed: 0, late: 0 });
		for (const each of [disk, first, journal, after]) each.close();
	});
});

test("a wish names its symbol, where it has one", () => {
	withFolder((dir) => {
		const journal = new Journal(dir, { name: "one", started: 1, about: {} });
		journal.wish({ wish: "close", symbol: "BTCUSDT" }, 5);
		journal.wish("pause", 6);
		assert.deepEqual(journal.wishes(), [
			{ id: 1, at: 5, wish: "close", symbol: "BTCUSDT" },
			{ id: 2, at: 6, wish: "pause" },
		]);
		journal.close();
	});
});

test("where the state could not be kept, closing the journal says nothing more (I3)", (t) => {
	const dir = mkdtempSync(join(tmpdir(), "anchorwatch-journal-"));
	const journal = new Journal(dir, { name: "one", started: 1, about: {} });
	journal.remember("fact", 1);
	const full = (): never => {
		throw new Error("database or disk is full");
	};
	t.mock.method(StatementSync.prototype, "run", full);
	t.mock.method(DatabaseSync.prototype, "exec", full);
	assert.throws(() => journal.keep({ held: 1 }), /disk is full/);
	journal.close();
	t.mock.restoreAll();
	rmSync(dir, { recursive: true });
});
