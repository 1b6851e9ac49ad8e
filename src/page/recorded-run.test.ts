// A run told by its notes alone: equity between fills, a position from an earlier life, money that a person moved, and what is not known.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../journal/journal.ts";
import { type Candle, columnsOf } from "../market/candle.ts";
import { measure } from "../report/metrics.ts";
import { parseUsdt } from "../units/grid.ts";
import { MINUTE } from "../units/unit.ts";
import { type Recorded, recordedRun } from "./recorded-run.ts";

const START = Date.UTC(2024, 0, 1);
const usdt = (text: string): number => parseUsdt(text)!;

function note(seq: number, minute: number, body: Record<string, unknown>, cash: string, coin: number): Entry {
	return { seq, at: START + minute * MINUTE, kind: "note", body: JSON.stringify({ symbol: "BTCUSDT", cash: usdt(cash), coin, ...body }) };
}

/** Candles that stand at 100 + their minute. */
function candles(from: number, to: number): Candle[] {
	return Array.from({ length: to - from }, (_, i) => {
		const price = 100 + from + i;
		return { openTime: START + (from + i) * MINUTE, open: price, high: price, low: price, close: price, volume: 1, turnover: price };
	});
}

function told(seq: number, from: number, to: number): Entry {
	const body = JSON.stringify({ kind: "candles", at: START + to * MINUTE, symbol: "BTCUSDT", rows: candles(from, to) });
	return { seq, at: START + to * MINUTE, kind: "input", body };
}

const evaluated = (price: number) => ({
	what: "evaluated",
	signal: { direction: 0, why: "", price, reference: 99, upper: 101, lower: 97 },
	phase: "flat",
});
const entered = { what: "entered", direction: "long", qty: 2, price: 103, balance: usdt("999") };

function recorded(entries: readonly Entry[], more: Partial<Recorded> = {}): Recorded {
	return { entries, symbols: ["BTCUSDT"], baseInterval: "1", from: 1, stored: () => undefined, generated: false, config: {}, ...more };
}

/** `[minute, equity]` of each point. */
function curve(run: ReturnType<typeof recordedRun>): [number, number][] {
	assert.ok(run !== undefined);
	return Array.from(run.record.times, (at, i) => [(at - START) / MINUTE, Number(run.record.equity[i]!.toFixed(8))]);
}

test("equity is the cash and what the coins have gained since their entry, at each close; reference and bands are the evaluations'", () => {
	const run = recordedRun(
		recorded([note(1, 0, evaluated(100), "1000", 0), note(2, 3, entered, "999", 2), told(3, 0, 6), note(4, 6, evaluated(105), "999", 2)]),
	);
	assert.deepEqual(curve(run), [
		[1, 1000],
		[2, 1000],
		[3, 1000],
		[4, 999],
		[5, 1001],
		[6, 1003],
	]);
	assert.deepEqual(run?.evaluations.get("BTCUSDT"), [
		{ at: START, reference: 99, upper: 101, lower: 97 },
		{ at: START + 6 * MINUTE, reference: 99, upper: 101, lower: 97 },
	]);
	assert.deepEqual([run?.record.initialBalance, run?.record.finalBalance], [usdt("1000"), usdt("999")]);
	assert.deepEqual(run?.unknown.includes("unknownOpen"), true, "what is open is said");
	assert.deepEqual(run?.unknown.includes("unknownCandles"), false);
});

test("a position of an earlier life keeps its entry price; the run itself begins at its own first note", () => {
	const entries = [
		note(1, 0, evaluated(100), "1000", 0),
		note(2, 3, entered, "999", 2),
		note(3, 4, evaluated(104), "999", 2),
		told(4, 4, 6),
		note(5, 6, evaluated(106), "999", 2),
	];
	const run = recordedRun(recorded(entries, { from: 3 }));
	assert.deepEqual(curve(run), [
		[5, 1001],
		[6, 1005],
	]);
	assert.equal(run?.record.start, START + 4 * MINUTE);
	assert.equal(run?.record.initialBalance, usdt("999"));
});

/** As a running bot writes it every five minutes. */
function beat(seq: number, minute: number, now: number, high = now, low = now): Entry {
	const body = JSON.stringify({ what: "heartbeat", failing: [], equity: { now, high, low }, logLines: 0, logLinesLost: 0 });
	return { seq, at: START + minute * MINUTE, kind: "note", body };
}

test("where no candles tell of it, equity is the heartbeats', the highest before the lowest; closes that are there are believed first (H2, F7)", () => {
	const entries = [
		beat(1, 0, 1000),
		note(2, 1, evaluated(100), "1000", 0),
		note(3, 2, entered, "999", 2),
		beat(4, 5, 980, 1010, 950),
		told(5, 5, 7),
		beat(6, 7, 1, 1, 1), // the candles have told it
		beat(7, 12, 1003, 1003, 990),
		note(8, 13, { ...entered, what: "exited", reason: "stop_loss" }, "1004", 0),
		beat(9, 15, 1004),
	];
	const run = recordedRun(recorded(entries));
	assert.deepEqual(curve(run), [
		[0, 1000],
		[0, 1000],
		[0, 1000],
		[1, 1000],
		[5, 1010],
		[5, 950],
		[5, 980],
		[6, 1003],
		[7, 1005],
		[12, 1003],
		[12, 990],
		[12, 1003],
		[15, 1004],
		[15, 1004],
		[15, 1004],
	]);
	assert.equal(run?.record.end, START + 16 * MINUTE, "the last sign of life is the end");
	assert.equal(run?.record.initialBalance, usdt("1000"));
	const says = (key: string): boolean | undefined => run?.unknown.some((each) => each === key);
	assert.deepEqual([says("unknownBeats"), says("unknownCandles"), says("unknownGaps")], [true, true, false]);
	assert.equal(Number(measure(run!.record).mddPct.toFixed(6)), Number(((100 * 60) / 1010).toFixed(6)));
});

test("a time without candles and without heartbeats is said to be unknown, and one beyond which money was moved counts by its end alone", () => {
	const moved = { what: "transferred", type: "TRANSFER_IN", amount: usdt("500") };
	const entries = [
		note(1, 0, evaluated(100), "1000", 0),
		beat(2, 5, 1000),
		note(3, 7, moved, "1000", 0),
		beat(4, 10, 1500, 1500, 1000),
		beat(5, 40, 1500),
	];
	const run = recordedRun(recorded(entries));
	assert.deepEqual(
		curve(run).map(([, equity]) => equity),
		[1000, 1000, 1000, 1000, 1000, 1000, 1000],
	);
	assert.ok(run?.unknown.includes("unknownGaps"));
});

test("what is held at the end is told apart: entry, what was closed of it, and what it is worth by the last price", () => {
	const exited = { what: "exited", reason: "take_profit", qty: 1, price: 110, balance: usdt("1006"), left: 1 };
	const entries = [note(1, 0, evaluated(100), "1000", 0), note(2, 3, entered, "999", 2), note(3, 5, exited, "1006", 1), told(4, 0, 8)];
	const run = recordedRun(recorded([...entries, note(5, 8, evaluated(107), "1006", 1)]));
	assert.deepEqual(run?.open, [
		{
			symbol: "BTCUSDT",
			direction: "long",
			qty: 1,
			entryAt: START + 3 * MINUTE,
			entryPrice: 103,
			at: START + 8 * MINUTE,
			last: 107,
			unrealised: 4,
			exits: [[START + 5 * MINUTE, 110, "take_profit"]],
		},
	]);
	assert.deepEqual(recordedRun(recorded(entries.slice(0, 1).concat(told(4, 0, 8))))?.open, []);
});

test("money that a person moved is no profit, and that is said", () => {
	const moved = { what: "transferred", type: "TRANSFER_IN", amount: usdt("500") };
	const run = recordedRun(
		recorded([note(1, 0, evaluated(100), "1000", 0), note(2, 2, moved, "1000", 0), note(3, 4, evaluated(100), "1500", 0), told(4, 0, 4)]),
	);
	assert.deepEqual(
		curve(run).map(([, equity]) => equity),
		[1000, 1000, 1000, 1000],
	);
	assert.equal(run?.record.finalBalance, usdt("1000"));
	assert.ok(run?.unknown.includes("unknownTransfers"));
});

test("without candles there is equity at the evaluations; the store's are used where the journal has none; a run that told nothing is none", () => {
	const entries = [note(1, 0, evaluated(100), "1000", 0), note(2, 3, entered, "999", 2), note(3, 5, evaluated(110), "999", 2)];
	const bare = recordedRun(recorded(entries));
	assert.deepEqual(curve(bare), [[5, 1013]]);
	assert.ok(bare?.unknown.includes("unknownCandles"));
	const stored = recordedRun(recorded(entries, { stored: () => columnsOf(candles(0, 9)) }));
	assert.equal(stored?.candles.get("BTCUSDT")?.length, 6, "those of the run");
	assert.equal(recordedRun(recorded(entries, { from: 9 })), undefined);
});
