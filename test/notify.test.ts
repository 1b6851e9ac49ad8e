// The operator's phone over the real journal: what the bot notes arrives over a crash, and what the phone wants becomes a wish of the journal.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Note } from "../src/engine/command.ts";
import { Journal } from "../src/journal/journal.ts";
import { NotifyService, type ServiceOptions } from "../src/notify/service.ts";
import { NO_PAST, SleepingTime } from "../src/notify/testing/memory-store.ts";
import { said, TelegramServer } from "../src/notify/testing/telegram-server.ts";
import { DAY, type Usdt } from "../src/units/unit.ts";
import { Rig } from "./support/rig.ts";

const TOKEN = "123456:AAE-very_secret.token";
const [CHAT, USER] = [42, 7];

type Around = { readonly time: SleepingTime; readonly rig: Rig; readonly lines: string[]; readonly apiRoot: string };

function serviceOf(journal: Journal, { time, rig, lines, apiRoot }: Around, more: Partial<ServiceOptions> = {}): NotifyService {
	return new NotifyService({
		ledger: {
			outbox: journal.outbox,
			tellTo: (names, tells) => journal.tellTo(names, tells),
			commit: () => journal.commit(),
			wish: (wish) => void journal.wish(wish.wish === "close" ? wish : wish.wish, time.at),
		},
		past: NO_PAST,
		before: undefined,
		latencyLimit: undefined,
		isBare: () => false,
		locale: "ko",
		environment: "testnet",
		outageAfter: 1000,
		telegram: { token: { reveal: () => TOKEN }, chat: CHAT, users: [USER], apiRoot },
		webhook: undefined,
		timing: time.timing,
		now: () => time.at,
		engine: () => rig.engine,
		latency: () => "–",
		onLine: (_level, text) => lines.push(text),
		...more,
	});
}

/** Turns until it holds. */
async function settled(holds: () => boolean): Promise<void> {
	while (!holds())
		await new Promise<void>((resolve) => {
			setImmediate(resolve);
		});
}

test("messages outlive the process with Telegram away, commands become wishes, and the token is nowhere on disk (G1, G3, A1)", async (t) => {
	const dir = mkdtempSync(join(tmpdir(), "aw-notify-"));
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	t.after(() => server.close());
	const rig = new Rig();
	const lines: string[] = [];
	const open = (run: string): { journal: Journal; service: NotifyService } => {
		const journal = new Journal(dir, { name: run, started: time.at, about: {} });
		return { journal, service: serviceOf(journal, { time, rig, lines, apiRoot: server.url }) };
	};
	const note = (journal: Journal, told: Note): void => {
		journal.command({ kind: "note", at: time.at, symbol: "BTCUSDT", note: told, cash: 1000e8 as Usdt, coin: 0 });
		journal.commit();
	};

	server.failAll("break");
	const first = open("one");
	first.service.start();
	note(first.journal, { what: "doubted", why: "first" });
	note(first.journal, { what: "state", phase: "flat" });
	await settled(() => server.calls.includes("sendMessage"));
	await first.service.stop(undefined);
	first.journal.close();
	assert.deepEqual(server.texts, []);

	server.failAll(undefined);
	const second = open("two");
	second.service.start();
	second.service.onTrading(1200);
	const at = time.at + 10 * DAY; // the clock runs wherever somebody sleeps, and a command must not be old
	let rounds = 0;
	await settled(() => {
		const texts = server.texts.join();
		const done = /접수/.test(texts) && /봇 시작/.test(texts);
		// The poll of the first life may still be there and take them away: they come again, and are taken once.
		if (!done && rounds++ % 200 === 0)
			server.push(said(1, { chat: CHAT, user: USER, at }, "/pause"), said(2, { chat: CHAT, user: 8, at }, "/resume"));
		return done;
	});
	await second.service.stop("끝");
	const texts = server.texts.join("\n");
	for (const part of [/이유: first\n.*#1 ↻ 재전송/, /봇 시작 \(testnet\)/, /접수: pause/]) assert.match(texts, part);
	assert.deepEqual(
		second.journal.wishes().map(({ wish }) => wish),
		["pause"],
	);
	const counts = second.journal.outbox.counts("telegram");
	assert.deepEqual([counts.failed, counts.written - counts.sent - counts.waiting], [0, 0]);
	second.journal.close();
	for (const name of readdirSync(dir)) assert.ok(!readFileSync(join(dir, name)).includes(TOKEN), name);
	assert.ok(!lines.join().includes(TOKEN));
	rmSync(dir, { recursive: true });
});

/** A journal of its own, gone after the test, with a service over it. */
async function opened(t: TestContext, more: Partial<ServiceOptions> = {}) {
	const dir = mkdtempSync(join(tmpdir(), "aw-notify-"));
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	const [rig, lines] = [new Rig(), [] as string[]];
	const journal = new Journal(dir, { name: "one", started: time.at, about: {} });
	const service = serviceOf(journal, { time, rig, lines, apiRoot: server.url }, more);
	t.after(async () => {
		await service.stop(undefined);
		journal.close();
		await server.close();
		rmSync(dir, { recursive: true });
	});
	return { time, server, rig, lines, journal, service };
}

const WRONGS = [
	[
		"a token that was revoked",
		{ status: 401, description: "Unauthorized" },
		/^telegram: Telegram says 401 .*@BotFather.*; messages are kept, trading goes on$/,
	],
	[
		"a chat that is not",
		{ status: 400, description: "Bad Request: chat not found" },
		/^telegram: .*chat not found.*notify\.telegram\.chat_id; messages are kept/,
	],
	["a bot that was thrown out", { status: 403, description: "Forbidden: bot was kicked" }, /^telegram: .*403 .*kicked.*\/start/],
	["a line that breaks", "break", /^telegram: Telegram does not answer \(\w+\): check the network, notify\.telegram\.api_root/],
] as const;

for (const [what, fault, said] of WRONGS)
	test(`${what} is said at the start, before there is anything to send, and nothing is lost (G1, G3)`, async (t) => {
		const { server, lines, journal, service } = await opened(t, { telegram: undefined });
		assert.equal(lines.length, 0);
		const telegram = { token: { reveal: () => TOKEN }, chat: CHAT, users: [], apiRoot: server.url };
		const [time, rig] = [new SleepingTime(), new Rig()];
		server.failAll(fault);
		const bot = serviceOf(journal, { time, rig, lines, apiRoot: server.url }, { telegram });
		bot.start();
		await settled(() => lines.length > 0);
		assert.match(lines[0] ?? "", said);
		service.onNote(time.at, "BTCUSDT", { what: "agreed" });
		bot.onTrading(1000);
		server.failAll(undefined);
		await settled(() => server.texts.some((text) => /봇 시작/.test(text)));
		await bot.stop(undefined);
		assert.equal(journal.outbox.counts("telegram").failed, 0);
		if (fault !== "break") assert.equal(lines.filter((line) => said.test(line)).length, 1, lines.join("\n"));
	});

test("the start names the bot and the chat, and that nobody may command (G1)", async (t) => {
	const { lines, service } = await opened(t);
	service.start();
	await settled(() => lines.length > 0);
	assert.deepEqual(lines, ["telegram: @anchorwatch_bot writes to Operator"]);
});

test("what differed until trading began is told with the start, what differs later on its own (G1, I3)", async (t) => {
	const { time, server, service } = await opened(t, { before: { how: "crash", at: 1_700_000_000_000 - 42_000 }, isBare: () => true });
	service.start();
	service.onNote(time.at, "BTCUSDT", { what: "difference", name: "no stop", text: "the position has none at the exchange: set at 19900" });
	service.onTrading(1700);
	service.onNote(time.at, "BTCUSDT", { what: "difference", name: "stray order", text: "later" });
	const text = await server.says(/봇 재시작: 비정상 종료 뒤 복구/);
	assert.match(text, /시작 → 거래: 1\.7 s\n포지션: 없음\n대조에서 발견: BTCUSDT 손절 없음: 거래소에 손절이 없어 19900에 설정함\n/);
	assert.match(text, /자리를 비운 시간: 42 s\n/);
	assert.ok(!text.includes("later"));
});

test("slow answers, calls that keep failing and streams that flap reach the phone (G1, D5, I6)", async (t) => {
	const { time, server, service } = await opened(t, { latencyLimit: 500 });
	service.start();
	for (let i = 0; i < 8; i++) service.onCall({ what: "/v5/position/list", ms: 800, failed: undefined });
	for (let i = 0; i < 5; i++) service.onCall({ what: "/v5/order/create", ms: 10, failed: "timeout" });
	service.onCall({ what: "/v5/order/create", ms: 10, failed: undefined });
	for (let i = 0; i < 3; i++) service.onOrderSent(900);
	service.onStream("private", true, "");
	service.onStream("private", false, "closed by the exchange");
	service.onStream("private", true, "");
	service.look();
	const waits = ["지연: 거래소 응답", "계속 실패", "호출 정상화", "지연: 봇 처리", "private 스트림 재연결"];
	await settled(() => waits.every((part) => server.texts.join("\n").includes(part)));
	assert.ok(time.at > 0);
});
