// The operator's phone over the real journal: what the bot notes arrives over a crash, and what the phone wants becomes a wish of the journal.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Note } from "../src/engine/command.ts";
import { Journal } from "../src/journal/journal.ts";
import { NotifyService } from "../src/notify/service.ts";
import { NO_PAST, SleepingTime } from "../src/notify/testing/memory-store.ts";
import { said, TelegramServer } from "../src/notify/testing/telegram-server.ts";
import { DAY, type Usdt } from "../src/units/unit.ts";
import { Rig } from "./support/rig.ts";

const TOKEN = "123456:AAE-very_secret.token";
const [CHAT, USER] = [42, 7];

test("messages outlive the process with Telegram away, commands become wishes, and the token is nowhere on disk (G1, G3, A1)", async (t) => {
	const dir = mkdtempSync(join(tmpdir(), "aw-notify-"));
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	t.after(() => server.close());
	const rig = new Rig();
	const lines: string[] = [];
	const open = (run: string): { journal: Journal; service: NotifyService } => {
		const journal = new Journal(dir, { name: run, started: time.at, about: {} });
		const service = new NotifyService({
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
			telegram: { token: { reveal: () => TOKEN }, chat: CHAT, users: [USER], apiRoot: server.url },
			webhook: undefined,
			timing: time.timing,
			now: () => time.at,
			engine: () => rig.engine,
			latency: () => "–",
			onLine: (_level, text) => lines.push(text),
		});
		return { journal, service };
	};
	const settled = async (holds: () => boolean): Promise<void> => {
		while (!holds())
			await new Promise<void>((resolve) => {
				setImmediate(resolve);
			});
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
