import assert from "node:assert/strict";
import { test } from "node:test";
import { kpisOf } from "../report/kpi.ts";
import { beatAt, beatsOf, evidenceOf } from "../report/testing/sample-beats.ts";
import { START, tradeOf, usdt } from "../report/testing/sample-run.ts";
import { DAY, HOUR, MINUTE } from "../units/unit.ts";
import { type Happening, happeningImportance, happeningWords } from "./happenings.ts";
import { TEXT_MAX, telegramText } from "./markdown.ts";
import { type Importance, LOCALES, type Locale } from "./message.ts";

/** As it is sent: the happening waited in the outbox, as JSON. */
function sent(happening: Happening, locale: Locale): { markdown: string; plain: string; importance: Importance } {
	const kept = JSON.parse(JSON.stringify(happening)) as Happening; // the same, as the outbox gives it back
	const part = { at: START, number: 7, words: happeningWords(kept, locale) };
	const importance = happeningImportance(kept);
	return { ...telegramText({ numbers: [7], importance, repeated: false, parts: [part], locale }), importance };
}

function plain(happening: Happening, locale: Locale): string[] {
	return sent(happening, locale).plain.split("\n").slice(0, -1);
}

const DAY_KPIS = kpisOf(
	evidenceOf(DAY, {
		before: beatAt(-MINUTE, { equity: 10_000 }),
		beats: beatsOf([{ pieces: [{ ill: false, time: DAY }], end: "killed", away: 0 }]).map((seen, i) => ({
			...seen,
			run: "a",
			beat: { ...seen.beat, equity: { now: 10_000 + i, high: 10_000 + i, low: 10_000 + i } },
		})),
		trades: [tradeOf({ pnl: 42, fees: 3, funding: 1 }), tradeOf({ pnl: -12, fees: 2, funding: -0.5 })],
		movements: [{ at: START + HOUR, type: "DEPOSIT", amount: usdt(100) }],
	}),
);

test("the day: equity and its change without what was moved, trades, costs, what is held, uptime, guards (G1, G7)", () => {
	const held = { symbol: "BTCUSDT", direction: "long", qty: 0.012, entry: 65_000.5, unrealised: -3.2 } as const;
	const daily: Happening = { event: "daily", kpis: DAY_KPIS, positions: [held], paused: false };
	assert.deepEqual(plain(daily, "en"), [
		"🗓️ Daily report 2024-01-01",
		"equity: 10,287.00 USDT",
		"since yesterday: +187.00 USDT, +1.87 %",
		"moved by a person: +100.00 USDT",
		"trades: 2, of which 1 won",
		"net profit: +30.00 USDT",
		"fees · funding: 5.00 · 0.50 USDT",
		"BTCUSDT: long 0.012 @ 65,000.5, -3.20 USDT",
		"uptime: 100.00 % (1 d of 1 d)",
		"guards: none has tripped",
	]);
	assert.deepEqual(plain(daily, "ko").slice(0, 3), ["🗓️ 일일 보고 2024-01-01", "자산: 10,287.00 USDT", "어제 대비: +187.00 USDT, +1.87 %"]);
	const halted: Happening = { event: "daily", kpis: kpisOf(evidenceOf(DAY)), positions: [], halted: "drawdown: 15 %", paused: true };
	assert.deepEqual(plain(halted, "en").slice(-3), [
		"held: nothing",
		"uptime: – (no heartbeat in this time)",
		"guards: trading is stopped: drawdown: 15 %",
	]);
	assert.equal(plain({ ...halted, halted: undefined }, "en").at(-1), "guards: paused by the operator");
});

test("the week: every row with its limit, verdict and evidence (G3, G7, F2, F7)", () => {
	const week: Happening = { event: "weekly", kpis: DAY_KPIS };
	const lines = plain(week, "en");
	assert.equal(lines[0], "❌ Weekly report 2024-01-01 – 2024-01-02: a limit was missed");
	assert.match(lines[1] ?? "", /^✅ largest drawdown: [\d.]+ % \(≤ 15 %\) · /);
	assert.match(lines[2] ?? "", /^❌ worst loss of a position: 1\.20 % \(≤ 1 %\) · BTCUSDT long -12\.00 of 1,000\.00 USDT/);
	assert.match(lines[3] ?? "", /^✅ uptime: 100\.00 % \(≥ 99 %\) · 1 d of 1 d$/);
	assert.match(lines[4] ?? "", /^❔ messages missed: – \(≤ 1 %\) · /);
	assert.match(lines[5] ?? "", /^❔ log lines missed: – \(≤ 1 %\) · /);
});

test("the week is an alarm when a limit was missed, and news when none was (G3, G7)", () => {
	const of = (pnl: number): Happening => ({ event: "weekly", kpis: kpisOf(evidenceOf(DAY, { trades: [tradeOf({ pnl })] })) });
	assert.equal(sent(of(-10), "en").importance, "news");
	assert.equal(sent(of(-10.01), "en").importance, "alarm");
	assert.match(plain(of(-10), "en")[0] ?? "", /^📋 Weekly report 2024-01-01 – 2024-01-02$/);
	assert.match(plain(of(-10.01), "ko")[0] ?? "", /^❌ 주간 보고 .*: 한도를 벗어난 지표가 있습니다$/);
});

test("health names what fails and for how long, and what is well again; its signs are no markup (G2)", () => {
	const ill: Happening = { event: "health", failing: [{ name: "streams", detail: "down: private_*[x](y)" }], lasting: 90_000 };
	assert.deepEqual(plain(ill, "en"), ["🩺 Health check fails: the bot cannot trade now", "streams: down: private_*[x](y)", "for: 2 m"]);
	assert.ok(sent(ill, "ko").markdown.includes("streams: down: private\\_\\*\\[x\\]\\(y\\)"));
	assert.equal(sent(ill, "en").importance, "alarm");
	const deaf: Happening = { event: "health", failing: [{ name: "log", detail: "cannot be written" }], lasting: 90_000 };
	assert.equal(plain(deaf, "en")[0], "🩺 Health check fails: trading goes on");
	const well: Happening = { event: "healthy", failed: ["streams", "account"], lasted: 5 * MINUTE };
	assert.deepEqual(plain(well, "ko"), ["💚 점검 정상", "실패했던 점검: streams, account", "지속: 5 m"]);
});

test("the longest week fits into one message of Telegram's (G1)", () => {
	const many = Array.from({ length: 40 }, (_, i) => `a difference of kind ${i}`);
	const channels = ["telegram", "webhook"].map((channel) => ({
		...{ channel, written: 1e6, sent: 1e6 - 3, late: 1e5, failed: 1, waiting: 2, overdue: 2 },
	}));
	const kpis = kpisOf(evidenceOf(DAY, { differences: many, tripped: many, channels, trades: [tradeOf({ pnl: -999 })] }));
	for (const locale of LOCALES) assert.ok(sent({ event: "weekly", kpis }, locale).plain.length <= TEXT_MAX);
});
