// What is told of the bot itself: starts, calls that have to be repeated, times that are too long.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Rig, SYMBOL } from "../../test/support/rig.ts";
import type { Usdt } from "../units/unit.ts";
import { Fundings } from "./fundings.ts";
import { HAPPENINGS, type Happening, happeningImportance, happeningWords } from "./happenings.ts";
import { Retries } from "./retries.ts";
import { Slowness } from "./slowness.ts";

function textOf(happening: Happening, locale: "ko" | "en"): string {
	const { title, rows } = happeningWords(happening, locale);
	return [title, ...rows.map(([name, value]) => (name === "" ? value : `${name}: ${value}`))].join("\n");
}

const STARTED = { event: "started", environment: "testnet", symbols: ["BTCUSDT", "ETHUSDT"], balance: 1000 } as const;

test("the very first start says what it trades; a restart says how the life before ended, and that nothing differs (G1, I3)", () => {
	assert.equal(
		textOf({ ...STARTED, took: 2130, holds: [] }, "en"),
		"Bot started (testnet)\nsymbols: BTCUSDT, ETHUSDT\nstart → trading: 2.1 s\npositions: none\nbalance: 1000.00 USDT",
	);
	const clean = { ...STARTED, before: { how: "stopped", away: 65_000 }, took: 900, holds: [], found: [] } as const;
	assert.equal(
		textOf(clean, "ko"),
		"봇 재시작 (testnet)\n심볼: BTCUSDT, ETHUSDT\n자리를 비운 시간: 65 s\n시작 → 거래: 0.9 s\n포지션: 없음\n거래소 대조: 차이 없음\n잔고: 1000.00 USDT",
	);
	const failed = { ...clean, before: { how: "failed", away: 5000 } } as const;
	assert.match(textOf(failed, "en"), /^Bot restarted after it had ended with an error \(testnet\)\n/);
	assert.match(textOf(failed, "ko"), /^봇 재시작: 오류로 끝난 뒤 \(testnet\)\n/);
	assert.deepEqual([happeningImportance(clean), happeningImportance({ ...clean, before: { how: "crash", away: 1 } })], ["news", "alarm"]);
});

test("a restart after a crash names positions with their stops, and what was found and done; a missing stop is loud (G1, I3)", () => {
	const found = ["no stop", "stray order", "a", "b", "c", "d"].map((name) => ({ symbol: "BTCUSDT", name, text: `${name}: done` }));
	const crashed = {
		...STARTED,
		before: { how: "crash", away: 12_000 },
		took: 1800,
		holds: [
			{ symbol: "BTCUSDT", direction: "long", qty: 0.1, stop: 19_900.5, bare: false },
			{ symbol: "ETHUSDT", direction: "short", qty: 2, stop: 2100, bare: true },
		],
		found,
	} as const;
	assert.equal(
		textOf(crashed, "en"),
		[
			"Bot restarted after a crash (testnet)",
			"symbols: BTCUSDT, ETHUSDT",
			"was away for: 12 s",
			"start → trading: 1.8 s",
			"goes on with: BTCUSDT long 0.1, stop 19,900.5 at the exchange",
			"goes on with: ETHUSDT short 2, NO stop at the exchange!",
			"found: BTCUSDT no stop: no stop: done",
			"found: BTCUSDT stray order: stray order: done",
			"found: BTCUSDT a: a: done",
			"found: BTCUSDT b: b: done",
			"found: BTCUSDT c: c: done",
			"and 1 more",
			"balance: 1000.00 USDT",
		].join("\n"),
	);
	const ko = textOf(crashed, "ko");
	assert.match(ko, /^봇 재시작: 비정상 종료 뒤 복구 \(testnet\)\n/);
	assert.match(ko, /이어서 보유: BTCUSDT 롱 0\.1, 손절 19,900\.5 \(거래소에 있음\)\n이어서 보유: ETHUSDT 숏 2, 거래소에 손절 없음!\n/);
	assert.match(ko, /대조에서 발견: BTCUSDT 손절 없음: /);
	const bare = { ...STARTED, before: { how: "stopped", away: 1 }, holds: crashed.holds } as const;
	assert.equal(happeningImportance(bare), "alarm");
});

test("every message about the bot itself has words in both languages, and an importance (G1)", () => {
	for (const event of Object.keys(HAPPENINGS)) assert.match(event, /^[a-z]+$/);
	const samples: Happening[] = [
		{ event: "stopped", why: undefined },
		{ event: "stopped", why: "the disk is full" },
		{ event: "outage", stream: "public", seconds: 31, why: "closed" },
		{ event: "restored", stream: "public", seconds: 44 },
		{ event: "reconnected", stream: "private", times: 3, seconds: 4, why: "closed" },
		{ event: "retrying", calls: 5, seconds: 12, what: "/v5/position/list", why: "timeout" },
		{ event: "retried", calls: 7, seconds: 40 },
		{ event: "slow", whose: "exchange", ms: 1520.4, limit: 1000 },
		{ event: "quick", whose: "bot", ms: 3.2, seconds: 60 },
		{ event: "funded", symbol: "BTCUSDT", amount: 5e8 as Usdt, total: 7e8 as Usdt, balance: 1e11 as Usdt },
		{ event: "funded", symbol: "BTCUSDT", amount: -5e8 as Usdt, total: 2e8 as Usdt, balance: 1e11 as Usdt },
		{ event: "test" },
	];
	for (const happening of samples) {
		assert.match(textOf(happening, "ko"), /[가-힣]/, happening.event);
		assert.doesNotMatch(textOf(happening, "en"), /[가-힣]|undefined|NaN/, happening.event);
		assert.ok(["alarm", "news", "quiet"].includes(happeningImportance(happening)));
	}
});

test("calls that fail now and then are nobody's business; five in a row, or two over a while, are told once with their end (G1, D5)", () => {
	const told: Happening[] = [];
	const retries = new Retries(30_000, (happening) => told.push(happening));
	const fail = (what: string, at: number): void => retries.hear({ what, failed: "timeout" }, at);
	const well = (what: string, at: number): void => retries.hear({ what, failed: undefined }, at);
	for (let i = 0; i < 4; i++) fail("/a", i * 1000);
	well("/a", 4000);
	for (let i = 0; i < 4; i++) fail("/a", 5000 + i * 1000);
	assert.equal(told.length, 0, "four in a row");
	fail("/a", 9000);
	assert.deepEqual(told.splice(0), [{ event: "retrying", calls: 5, seconds: 4, what: "/a", why: "timeout" }]);
	fail("/b", 9500);
	fail("/a", 10_000);
	well("/a", 11_000);
	assert.equal(told.length, 0, "another call still fails, and all of it is told already");
	well("/b", 12_000);
	assert.deepEqual(told.splice(0), [{ event: "retried", calls: 7, seconds: 7 }]);
	fail("/slowly", 20_000);
	fail("/slowly", 49_999);
	assert.equal(told.length, 0);
	fail("/slowly", 50_000);
	assert.equal(told.length, 1);
	retries.look(649_999);
	assert.equal(told.length, 1);
	retries.look(650_000);
	assert.deepEqual(told[1], { event: "retried", calls: 3, seconds: 630 }, "a call that is not made any more has an end, too");
});

test("times above the limit for a while are one alarm and one all-clear, a single slow answer is none (G1, I6)", () => {
	const told: Happening[] = [];
	const slowness = new Slowness(1000, (happening) => told.push(happening));
	for (let i = 0; i < 8; i++) slowness.add("exchange", i === 3 ? 9000 : 200, i * 1000);
	for (let i = 0; i < 7; i++) slowness.add("exchange", 1500, 400_000 + i * 1000);
	assert.equal(told.length, 0, "seven are too few, and the older ones are too old");
	slowness.add("exchange", 1500, 407_000);
	assert.deepEqual(told.splice(0), [{ event: "slow", whose: "exchange", ms: 1500, limit: 1000 }]);
	for (let i = 0; i < 8; i++) slowness.add("exchange", 600, 410_000 + i * 1000);
	assert.equal(told.length, 0, "the middle is still a slow one");
	slowness.add("exchange", 600, 420_000);
	assert.deepEqual(told.splice(0), [{ event: "quick", whose: "exchange", ms: 600, seconds: 13 }]);
	for (const ms of [1001, 1001, 1001]) slowness.add("bot", ms, 500_000);
	assert.equal(told.length, 1);
	const off = new Slowness(undefined, (happening) => told.push(happening));
	for (let i = 0; i < 50; i++) off.add("exchange", 1e6, i);
	assert.equal(told.length, 1);
});

test("times that lie about the limit are one alarm, however often the middle crosses it (G1, I6)", () => {
	const told: Happening[] = [];
	const slowness = new Slowness(1000, (happening) => told.push(happening));
	for (let i = 0; i < 1000; i++) slowness.add("exchange", i % 40 < 20 ? 1100 : 900, i * 1000);
	assert.deepEqual(
		told.map(({ event }) => event),
		["slow"],
	);
});

test("funding of an open position is told once each time, with what the trade has paid in all (G1)", () => {
	const rig = new Rig({ sim: { taker_fee: 0, slippage_bps: 0 } });
	const told: Happening[] = [];
	const fundings = new Fundings((happening) => told.push(happening));
	rig.hour(20_100);
	fundings.look(rig.engine);
	const fund = (amount: number): void => {
		const { position } = rig.engine.machine(SYMBOL);
		assert.ok(position.qty > 0);
		rig.show({ kind: "funded", at: rig.now, symbol: SYMBOL, rate: 0.0001, amount: (amount * 1e8) as Usdt });
		fundings.look(rig.engine);
	};
	assert.equal(told.length, 0);
	fund(2);
	fundings.look(rig.engine);
	fund(-0.5);
	assert.deepEqual(
		told.map((one) => one.event === "funded" && [one.amount / 1e8, one.total / 1e8]),
		[
			[2, 2],
			[-0.5, 1.5],
		],
	);
	assert.match(textOf(told[1]!, "en"), /^BTCUSDT funding received\namount: \+0\.50 USDT\nin this trade so far: -1\.50 USDT\n/);
	new Fundings((happening) => told.push(happening)).look(rig.engine);
	assert.equal(told.length, 2, "what was paid before a restart is past");
});
