import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import type { Note } from "../engine/command.ts";
import type { Heartbeat } from "../report/heartbeat.ts";
import type { Trade } from "../report/trade.ts";
import type { Usdt } from "../units/unit.ts";
import { Journal, journalFile } from "./journal.ts";
import { Past } from "./past.ts";

const USDT = (amount: number): Usdt => (amount * 1e8) as Usdt;

function trade(exitAt: number, pnl: number): Trade {
	const exits = [{ at: exitAt, price: 20_100, qty: 0.1, reason: "take_profit" as const }];
	const money = { fees: USDT(1), funding: USDT(0), pnl: USDT(pnl), balanceBefore: USDT(1000), balanceAfter: USDT(1000 + pnl) };
	return {
		symbol: "BTCUSDT",
		direction: "long",
		signalAt: 1,
		entryAt: 2,
		entryPrice: 20_000,
		qty: 0.1,
		exits,
		exitAt,
		slippage: 0,
		...money,
	};
}

class Lives {
	readonly dir: string;
	#journal: Journal | undefined;

	constructor(t: TestContext) {
		this.dir = mkdtempSync(join(tmpdir(), "aw-past-"));
		t.after(() => {
			this.#journal?.close();
			rmSync(this.dir, { recursive: true, force: true });
		});
	}

	/** The life before ends as a killed process does: what was committed is there. */
	begin(run: string, started = 0): Journal {
		this.#journal?.close();
		this.#journal = new Journal(this.dir, { name: run, started, about: {} });
		return this.#journal;
	}

	note(at: number, note: Note, symbol = "BTCUSDT"): void {
		this.#journal?.command({ kind: "note", at, symbol, note, cash: USDT(1000), coin: 0 });
		this.#journal?.commit();
	}

	beat(at: number, more: Partial<Heartbeat> = {}): void {
		this.#journal?.beat(at, { what: "heartbeat", failing: [], equity: undefined, logLines: 1, logLinesLost: 0, ...more });
		this.#journal?.commit();
	}

	ask<Answer>(question: (past: Past) => Answer): Answer {
		return Past.ask(this.dir, "real", question);
	}
}

test("trades of every run are there, whoever was told of them; funding after them is a sum of its own (G1)", (t) => {
	const lives = new Lives(t);
	lives.begin("one");
	for (const at of [100, 200, 300]) lives.note(at, { what: "flat", trade: trade(at, at / 100) });
	lives.begin("two");
	lives.note(400, { what: "flat", trade: trade(400, -4) });
	lives.note(450, { what: "lateFunding", amount: USDT(0.5) });
	lives.note(460, { what: "lateFunding", amount: USDT(0.25) });
	lives.note(470, { what: "evaluated", signal: { direction: 0, why: "nothing", price: 1, reference: 2 }, phase: "flat" }, "ETHUSDT");
	const pnl = (window: Parameters<Past["trades"]>[0]): number[] => lives.ask((past) => past.trades(window).map((one) => one.pnl / 1e8));
	assert.deepEqual(pnl({ from: 0 }), [1, 2, 3, -4]);
	assert.deepEqual(pnl({ from: 200 }), [2, 3, -4], "the first instant counts");
	assert.deepEqual(pnl({ from: 0, to: 300 }), [1, 2], "the last one does not");
	assert.deepEqual(pnl({ from: 0, most: 2 }), [3, -4]);
	assert.deepEqual(
		[0, 451, 461].map((from) => lives.ask((past) => past.lateFunding({ from }))),
		[USDT(0.75), USDT(0.25), 0],
	);
	assert.equal(lives.ask((past) => past.notes("evaluated", "BTCUSDT", { from: 0 })).length, 0);
	const [evaluated] = lives.ask((past) => past.notes("evaluated", "ETHUSDT", { from: 0 }));
	assert.deepEqual([evaluated?.at, evaluated?.signal.reference], [470, 2]);
});

test("the latest evaluation of a symbol is found, with why it was passed over, and not one that is too old (G1)", (t) => {
	const lives = new Lives(t);
	lives.begin("one");
	const signal = { direction: 1, why: "above the upper band", price: 1 } as const;
	lives.note(100, { what: "evaluated", signal, phase: "flat" });
	lives.note(100, { what: "skipped", why: "paused by the operator", guard: "paused", signal });
	lives.note(200, { what: "evaluated", signal: { ...signal, direction: 0 }, phase: "open" }, "ETHUSDT");
	lives.begin("two");
	lives.note(300, { what: "agreed" });
	assert.deepEqual(
		lives.ask((past) => past.signal("BTCUSDT", 100)),
		{ at: 100, signal, skipped: "paused by the operator" },
	);
	assert.deepEqual(lives.ask((past) => past.signal("ETHUSDT", 0))?.signal.direction, 0);
	assert.equal(
		lives.ask((past) => past.signal("BTCUSDT", 101)),
		undefined,
	);
});

test("equity is that of heartbeats, those before the account was read left out (G4)", (t) => {
	const lives = new Lives(t);
	lives.begin("one");
	lives.beat(100);
	lives.beat(200, { equity: { now: 5, low: 4, high: 6 } });
	lives.beat(300, { equity: { now: 7, low: 5, high: 8 } });
	assert.deepEqual(
		lives.ask((past) => past.equity({ from: 0 })).map(({ at, low, high, now }) => [at, low, high, now]),
		[
			[200, 4, 6, 5],
			[300, 5, 8, 7],
		],
	);
	assert.equal(lives.ask((past) => past.equity({ from: 300 })).length, 1);
});

test("a life ended as its last heartbeat says, and without one it was killed (I3)", (t) => {
	const lives = new Lives(t);
	lives.begin("one", 1);
	const before = (run: string) => lives.ask((past) => past.lifeBefore(run));
	assert.equal(before("one"), undefined);
	lives.beat(100);
	lives.note(150, { what: "agreed" });
	lives.begin("look", 2); // a process that only looks leaves no entries
	lives.begin("two", 3);
	assert.deepEqual(before("two"), { how: "crash", at: 150 });
	lives.beat(200, { end: "stopped" });
	lives.begin("three", 4);
	assert.deepEqual(before("three"), { how: "stopped", at: 200 });
	lives.beat(300, { end: "failed" });
	lives.begin("four", 5);
	assert.deepEqual(before("four"), { how: "failed", at: 300 });
	lives.note(400, { what: "agreed" });
	lives.note(401, { what: "agreed" });
	assert.deepEqual(before("four"), { how: "failed", at: 300 }, "what this life wrote is not the one before");
});

test("a life that was killed soon after another was stopped was killed, whatever the phone was told of the other (I3)", (t) => {
	const lives = new Lives(t);
	const journal = lives.begin("one", 1);
	journal.tellTo(["telegram"], () => true);
	journal.outbox.write(101, { event: "stopped", why: undefined });
	lives.beat(100, { end: "stopped" });
	lives.begin("two", 2);
	lives.beat(200);
	lives.begin("three", 3);
	assert.deepEqual(
		lives.ask((past) => past.lifeBefore("three")),
		{ how: "crash", at: 200 },
	);
});

test("a process that closed everything in between is no life of the bot, and its end no crash (I3, F4)", (t) => {
	const lives = new Lives(t);
	lives.begin("one", 1);
	lives.beat(100, { end: "stopped" });
	lives.begin("flatten", 2);
	for (let at = 200; at < 230; at++) lives.note(at, { what: "agreed" });
	lives.begin("two", 3);
	assert.deepEqual(
		lives.ask((past) => past.lifeBefore("two")),
		{ how: "stopped", at: 100 },
	);
});

test("a heartbeat that a wrong clock dated into the future is not the last one for ever (I3)", (t) => {
	const lives = new Lives(t);
	lives.begin("one", 1);
	lives.beat(100);
	lives.beat(1e12);
	lives.begin("two", 2);
	lives.beat(200);
	lives.beat(300, { end: "stopped" });
	lives.begin("three", 3);
	assert.deepEqual(
		lives.ask((past) => past.lifeBefore("three")),
		{ how: "stopped", at: 300 },
	);
});

test("in a journal from before heartbeats a message of the stop is the sign of it (I3)", (t) => {
	const lives = new Lives(t);
	for (const [run, why, how] of [
		["a", undefined, "stopped"],
		["b", "the disk is full", "failed"],
	] as const) {
		const journal = lives.begin(run, 1);
		lives.note(1_000_000, { what: "agreed" });
		journal.tellTo(["telegram"], () => true);
		journal.outbox.write(1_000_100, { event: "stopped", why });
		journal.commit();
		lives.begin(`after ${run}`, 2);
		assert.equal(lives.ask((past) => past.lifeBefore(`after ${run}`))?.how, how);
	}
	lives.note(9_000_000, { what: "agreed" });
	lives.begin("last", 3);
	assert.equal(lives.ask((past) => past.lifeBefore("last"))?.how, "crash", "that message was of an older life");
});

test("closed trades are found by an index of their own, beside millions of evaluations", (t) => {
	const lives = new Lives(t);
	lives.begin("one");
	const database = new DatabaseSync(journalFile(lives.dir, "real"), { readOnly: true });
	const plan = database
		.prepare(
			"EXPLAIN QUERY PLAN SELECT body FROM entries INDEXED BY outcomes WHERE kind = 'note' AND body ->> 'what' IN ('flat', 'lateFunding') AND at >= 5 ORDER BY at DESC, seq DESC",
		)
		.all()
		.map(({ detail }) => String(detail));
	database.close();
	assert.deepEqual(plan, ["SEARCH entries USING INDEX outcomes (at>?)"]);
});
