// What the phone is told of the past, over a journal: the story of a trade from its own notes, and candles of a length that fits a picture.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Note } from "../engine/command.ts";
import { Journal } from "../journal/journal.ts";
import { Past } from "../journal/past.ts";
import { fixedLength } from "../market/interval.ts";
import type { Trade } from "../report/trade.ts";
import { DAY, HOUR, MINUTE, type Usdt } from "../units/unit.ts";
import { type Asked, phonePast } from "./phone-past.ts";

const START = Date.UTC(2024, 0, 2);

function trade(entryAt: number, exitAt: number): Trade {
	const money = { fees: 0 as Usdt, funding: 0 as Usdt, pnl: 1 as Usdt, balanceBefore: 1e8 as Usdt, balanceAfter: 1e8 as Usdt };
	const exits = [{ at: exitAt, price: 2, qty: 1, reason: "take_profit" as const }];
	return { symbol: "BTCUSDT", direction: "long", signalAt: entryAt, entryAt, entryPrice: 1, qty: 1, exits, exitAt, slippage: 0, ...money };
}

test("a trade's story is of its own notes alone, with the levels that it had (G1)", async (t) => {
	const dir = mkdtempSync(join(tmpdir(), "aw-phone-past-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	const journal = new Journal(dir, { name: "one", started: 0, about: {} });
	const note = (at: number, told: Note, symbol = "BTCUSDT"): void =>
		journal.command({ kind: "note", at, symbol, note: told, cash: 0 as Usdt, coin: 0 });
	const signal = { direction: 1, why: "above the upper band", price: 1, reference: 0.9 } as const;
	const entering = { what: "entering", direction: "long", qty: 1, price: 1, stop: 0.8, bound: "size", gain: 1, loss: 1, signal } as const;
	const [entry, exit] = [START + HOUR, START + 2 * HOUR];
	note(START, { ...entering, stop: 0.1 });
	note(entry, { what: "evaluated", signal, phase: "flat" });
	note(entry, entering);
	note(entry, { what: "evaluated", signal: { ...signal, reference: 77 }, phase: "flat" }, "ETHUSDT");
	note(entry + MINUTE, { what: "protected", stop: 0.9, takeProfit: 1.5, why: "filled" });
	note(entry + 2 * MINUTE, { what: "protected", stop: 55, takeProfit: undefined, why: "filled" }, "ETHUSDT");
	note(exit, { what: "flat", trade: trade(entry, exit) });
	note(exit, { what: "protected", stop: 5, takeProfit: 9, why: "filled" }); // of the one that follows at once
	journal.commit();
	const asked: Asked[] = [];
	const past = phonePast(
		(question) => Past.ask(dir, "real", question),
		async (about) => {
			asked.push(about);
			return [];
		},
	);
	const [found] = past.trades(0);
	assert.ok(found !== undefined);
	const { levels, evaluations, candles } = await past.story(found);
	assert.deepEqual(
		levels.map(({ at, stop, takeProfit }) => [at - entry, stop, takeProfit]),
		[
			[0, 0.8, undefined],
			[MINUTE, 0.9, 1.5],
		],
	);
	assert.deepEqual([evaluations.map((each) => each.signal.reference), candles], [[0.9], []]);
	assert.deepEqual([asked[0]?.symbol, asked[0]?.interval], ["BTCUSDT", "1"]);
	journal.close();
});

test("candles around a trade are of a length that fits: few enough to be told apart, and some before and after (G1)", async () => {
	const asked: Asked[] = [];
	const nothing = { notes: () => [] } as unknown as Past; // a journal in which nothing was noted
	const past = phonePast(
		(question) => question(nothing),
		async (about) => {
			asked.push(about);
			return [];
		},
	);
	const opens = [0, MINUTE, 70 * MINUTE, 71 * MINUTE, 5 * HOUR, 3 * DAY, 40 * DAY, 365 * DAY];
	for (const open of opens) await past.story(trade(START, START + open));
	assert.deepEqual(
		asked.map(({ interval }) => interval),
		["1", "1", "1", "3", "5", "120", "D", "W"],
	);
	for (const [i, { interval, from, to }] of asked.entries()) {
		const length = fixedLength(interval) ?? 0;
		assert.ok((to - from) / length <= 140, `${opens[i]}`);
		assert.ok(START - from >= 8 * length && to - (START + opens[i]!) >= 8 * length, `${opens[i]}`);
	}
});
