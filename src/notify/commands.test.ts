import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { Rig, SYMBOL } from "../../test/support/rig.ts";
import { QUESTIONS } from "./answers.ts";
import { chartOf } from "./chart.ts";
import { Commands } from "./commands.ts";
import { Confirmations } from "./confirm.ts";
import { happeningImportance } from "./happenings.ts";
import { Listener } from "./listener.ts";
import { Outages } from "./outages.ts";
import { type Reply, Telegram } from "./telegram.ts";
import { NO_PAST, SleepingTime } from "./testing/memory-store.ts";
import { pressed, said, TelegramServer } from "./testing/telegram-server.ts";
import { ThinCurve } from "./thin-curve.ts";
import type { BotView, Wish } from "./view.ts";

const TOKEN = "123456:AAE-very_secret.token";
const [CHAT, USER] = [42, 7];

/** Commands over an engine that trades, with codes that are known. */
class Phone {
	readonly rig = new Rig({ sim: { taker_fee: 0.00055, slippage_bps: 1 } });
	readonly wishes: Wish[] = [];
	readonly lines: string[] = [];
	now = 1_700_000_000_000;
	readonly commands: Commands;
	#code = 111_110;

	constructor() {
		const view: BotView = {
			environment: "testnet",
			upFor: () => 3_600_000,
			now: () => this.now,
			engine: () => this.rig.engine,
			signalOf: () => undefined,
			past: NO_PAST,
			streams: () => [{ name: "public", up: true, since: this.now - 60_000 }],
			latency: () => "p50 1 ms",
			deliveries: () => [{ channel: "telegram", counts: { written: 200, waiting: 1, sent: 198, failed: 1, late: 2 } }],
			log: (lines) => ["a_b", "c"].slice(-lines),
			curve: () => ({ times: Float64Array.of(1, 2), equity: Float64Array.of(1, 2) }),
		};
		this.commands = new Commands({
			view,
			wish: (wish) => this.wishes.push(wish),
			confirmations: new Confirmations(() => String(++this.#code)),
			locale: "en",
			onLine: (_level, text) => this.lines.push(text),
		});
	}

	/** What is answered at once: everything but trades as pictures. */
	reply(text: string, age = 0): Reply {
		const answer = this.commands.written(text, USER, age);
		assert.ok(!(answer instanceof Promise));
		return answer;
	}

	press(data: string): Reply {
		const { reply } = this.commands.pressed(data, USER);
		assert.ok(!(reply instanceof Promise));
		return reply;
	}

	say(text: string, age = 0): string {
		return this.reply(text, age).plain;
	}
}

test("every question is answered, with a button that asks it again", () => {
	const phone = new Phone();
	phone.rig.hour(20_100);
	for (const name of Object.keys(QUESTIONS)) {
		const reply = phone.reply(`/${name}`);
		assert.ok(reply.plain.length > 5, name);
		assert.deepEqual(
			reply.buttons?.map(({ data }) => data.split(" ")[0]),
			[`again:${name}`],
		);
		assert.equal(phone.commands.pressed(`again:${name}`, USER).edits, true);
	}
	assert.match(
		phone.say("/positions"),
		/BTCUSDT long 0\.1\n {2}average 20,1\d\d\.\d → 20,100\.0: .* USDT \(.* %\)\n {2}stop 19,901\.1, TP1 20,705\.1/,
	);
	assert.match(phone.say("/orders"), /TP1 0\.05 @ 20,705\.1\nBTCUSDT stop, at the exchange @ 19,901\.1/);
	assert.match(phone.say("/health"), /✅ public 1 m\nlatency p50 1 ms\ntelegram: 198\/200 sent, 1 waiting, 2 late, 1 failed \(0\.50 %\)/);
	assert.match(phone.say("/status@anchorwatch_bot"), /▶️ trading\nup for 1 h/);
	assert.match(phone.say("/pnl week"), /^Profit · last 7 days\nnet 0.00 USDT/);
	assert.equal(phone.reply("/log 1").plain, "Log\nc");
	assert.match(phone.say("/constructor"), /^That is no command of mine/);
});

test("/why lists every guard, open and closed, and what else an entry lacks (F5)", () => {
	const phone = new Phone();
	phone.rig.hour(20_100);
	phone.rig.show({ kind: "operator", at: phone.rig.now, wish: "pause" });
	const answer = phone.say("/why");
	assert.match(answer, /^Why \(not\)\nBTCUSDT: nothing is opened now\n {2}✅ not stopped by a guard\n/);
	assert.match(answer, /❌ paused: paused by the operator\n/);
	assert.match(answer, /✅ spread: .* of 0\.1 %\n/);
	assert.match(answer, /❌ phase: open/);
});

test("a pause and a resume are wishes at once, unless they come late (E4)", () => {
	const phone = new Phone();
	phone.say("/pause");
	assert.match(phone.say("/resume", 121_000), /Written 121 s ago: not carried out/);
	assert.deepEqual(phone.wishes, [{ wish: "pause" }]);
	phone.say("/resume", 120_000);
	assert.deepEqual(phone.wishes, [{ wish: "pause" }, { wish: "resume" }]);
	assert.deepEqual(phone.lines, ["telegram: pause, by user 7", "telegram: resume, by user 7"]);
});

test("closing says first what it would do and cost, and is done with the code of that minute, once (F4)", () => {
	const phone = new Phone();
	phone.rig.hour(20_100);
	assert.match(phone.say("/close"), /Which symbol\? \/close BTCUSDT/);
	const asked = phone.reply("/close btcusdt");
	// 0.1 × 20100 × (0.00055 + 0.0001)
	assert.match(asked.plain, /BTCUSDT long 0\.1 @ ≈20,100\.0: .* estimated cost 1\.31 USDT\nTo do it, within a minute: \/confirm 111111/);
	assert.deepEqual(
		asked.buttons?.map(({ data }) => data),
		["yes:111111", "no:"],
	);
	assert.match(phone.say("/confirm 999999"), /Wrong code/);
	assert.deepEqual(phone.wishes, []);
	assert.match((phone.commands.written("/confirm 111111", 8, 0) as Reply).plain, /nothing to confirm/, "another user's");
	phone.say("/confirm 111111");
	assert.deepEqual(phone.wishes, [{ wish: "close", symbol: SYMBOL }]);
	assert.match(phone.say("/confirm 111111"), /nothing to confirm/, "a code holds once");
	phone.say("/flatten");
	phone.now += 60_001;
	assert.match(phone.say("111112"), /More than a minute has passed/);
	phone.say("/flatten");
	phone.now += 60_000;
	assert.match(phone.press("yes:111113").plain, /Taken: flatten/);
	phone.say("/flatten");
	assert.match(phone.press("no:").plain, /Cancelled/);
	assert.match(phone.say("/confirm 111114"), /nothing to confirm/);
	phone.say("/flatten");
	for (const guess of ["000001", "000002", "000003"]) phone.say(guess);
	assert.match(phone.say("111115"), /nothing to confirm/, "three wrong codes end it");
	assert.equal(phone.wishes.length, 2);
});

test("strangers are counted and never answered, doubles are taken once, what cannot be read harms nothing (A1)", async () => {
	const phone = new Phone();
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	const telegram = new Telegram({ token: { reveal: () => TOKEN }, chat: CHAT, apiRoot: server.url, timing: time.timing });
	const listener = new Listener({
		telegram,
		chat: CHAT,
		users: [USER],
		commands: phone.commands,
		timing: time.timing,
		now: time.timing.now,
		onLine: (_level, text) => phone.lines.push(text),
	});
	listener.start();
	const me = { chat: CHAT, user: USER, at: time.at };
	server.push(
		said(1, { ...me, chat: 666 }, "/pause"),
		said(2, { ...me, user: 666 }, "/pause"),
		pressed(3, { chat: CHAT, user: 666 }, "yes:111111"),
		null,
		"nonsense",
		{ update_id: "4" },
		{ update_id: 5 },
		{ update_id: 6, message: { chat: { id: CHAT }, from: { id: USER } } },
		{ update_id: 7, message: { chat: "x", from: null, text: 5 } },
		{ update_id: 8, callback_query: { from: { id: USER }, message: { chat: { id: CHAT } } } },
		said(9, me, "/pause"),
		said(9, me, "/pause"),
		said(8, me, "/pause"),
		pressed(10, me, "again:status"),
	);
	while (server.posts.length < 3)
		await new Promise<void>((resolve) => {
			setImmediate(resolve);
		});
	await listener.stop();
	assert.deepEqual(phone.wishes, [{ wish: "pause" }]);
	assert.deepEqual(listener.counts, { ignored: 3, malformed: 7, taken: 2 });
	assert.deepEqual(
		phone.lines.filter((line) => line.includes("not heard")),
		[
			"telegram: user 7 in chat 666 is not heard: the one chat is notify.telegram.chat_id, 42",
			"telegram: user 666 is not heard; if that is you, add the number to notify.telegram.user_ids",
		],
		"each stranger once",
	);
	assert.deepEqual(
		server.posts.map(({ method }) => method),
		["sendMessage", "answerCallbackQuery", "editMessageText"],
	);
	assert.deepEqual(server.violations, []);
	await server.close();
});

test("how old a command is, is judged by the right time, though this machine's clock be wrong (G1)", async () => {
	const phone = new Phone();
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	const telegram = new Telegram({ token: { reveal: () => TOKEN }, chat: CHAT, apiRoot: server.url, timing: time.timing });
	const right = time.at - 600_000;
	const { commands } = phone;
	const listener = new Listener({
		...{ telegram, chat: CHAT, users: [USER], commands, timing: time.timing },
		now: () => right,
		onLine: (_level, text) => phone.lines.push(text),
	});
	listener.start();
	server.push(
		said(1, { chat: CHAT, user: USER, at: right }, "/pause"),
		said(2, { chat: CHAT, user: USER, at: right - 300_000 }, "/resume"),
	);
	while (server.posts.length < 2)
		await new Promise<void>((resolve) => {
			setImmediate(resolve);
		});
	await listener.stop();
	assert.deepEqual(phone.wishes, [{ wish: "pause" }]);
	await server.close();
});

test("a token that was revoked stops commands with one line, and is tried again (D5)", async () => {
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	server.failAll({ status: 401, description: "Unauthorized" });
	const phone = new Phone();
	const telegram = new Telegram({ token: { reveal: () => TOKEN }, chat: CHAT, apiRoot: server.url, timing: time.timing });
	const listener = new Listener({
		telegram,
		chat: CHAT,
		users: [USER],
		commands: phone.commands,
		timing: time.timing,
		now: time.timing.now,
		onLine: (_l, text) => phone.lines.push(text),
	});
	listener.start();
	const began = time.at;
	while (time.at - began < 6 * 3_600_000)
		await new Promise<void>((resolve) => {
			setImmediate(resolve);
		});
	server.failAll(undefined);
	server.push(said(1, { chat: CHAT, user: USER, at: time.at + 600_000 }, "/help"));
	while (server.posts.length === 0)
		await new Promise<void>((resolve) => {
			setImmediate(resolve);
		});
	await listener.stop();
	assert.equal(phone.lines.length, 1);
	assert.match(phone.lines[0] ?? "", /no commands: Telegram says 401/);
	await server.close();
});

test("a picture is a PNG of its size whose line rises where equity rises, and arrives as a photo (H3)", async () => {
	const equity = Float64Array.from({ length: 5000 }, (_, i) => 10_000 + i);
	const png = chartOf({ times: equity.map((_, i) => i * 60_000), equity }, { title: "EQUITY" });
	assert.ok(png !== undefined);
	const bytes = Buffer.from(png);
	assert.equal(bytes.subarray(0, 8).toString("latin1"), "\u0089PNG\r\n\u001a\n");
	const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
	const rows = inflateSync(bytes.subarray(41, 41 + bytes.readUInt32BE(33)));
	assert.equal(rows.length, height * (1 + width * 3));
	const topOf = (x: number): number => {
		for (let y = 60; y < height; y++) if (rows[y * (1 + width * 3) + 1 + x * 3 + 1] === 189) return y; // green of the line
		return height;
	};
	assert.ok(topOf(30) > topOf(200) && topOf(200) > topOf(400) && topOf(400) > topOf(700), "further up is higher");
	assert.equal(chartOf({ times: Float64Array.of(1), equity: Float64Array.of(1) }, { title: "" }), undefined);
	const flat = Float64Array.of(5, 5, 5);
	assert.ok(chartOf({ times: Float64Array.of(1, 2, 3), equity: flat }, { title: "x" }) !== undefined);
	const time = new SleepingTime();
	const server = await TelegramServer.open(TOKEN, () => time.at);
	const telegram = new Telegram({ token: { reveal: () => TOKEN }, chat: CHAT, apiRoot: server.url, timing: time.timing });
	const sent = await telegram.reply({ ...new Phone().reply("/chart"), photo: png }, new AbortController().signal);
	assert.equal(sent.ok, true);
	assert.equal(server.posts[0]?.method, "sendPhoto");
	assert.ok((server.posts[0]?.bytes ?? 0) > png.length);
	await server.close();
});

test("a stream that stays down is told once, with its end; short breaks are gathered into quiet messages (G1)", () => {
	const told: unknown[] = [];
	const outages = new Outages(30_000, (happening) => told.push(happening));
	outages.hear("public", true, "", 0);
	outages.hear("public", false, "closed", 1000);
	outages.look(30_999);
	outages.hear("public", true, "", 31_000);
	assert.deepEqual(told.splice(0), []);
	outages.look(32_000);
	const first = { event: "reconnected", stream: "public", times: 1, seconds: 30, why: "closed" } as const;
	assert.deepEqual(told.splice(0), [first]);
	outages.hear("public", false, "closed", 40_000);
	outages.hear("public", false, "again", 50_000);
	outages.look(70_000);
	outages.look(80_000);
	outages.hear("public", true, "", 100_000);
	assert.deepEqual(told, [
		{ event: "outage", stream: "public", seconds: 30, why: "closed" },
		{ event: "restored", stream: "public", seconds: 60 },
	]);
	assert.deepEqual(outages.streams(), [{ name: "public", up: true, since: 100_000 }]);
	told.length = 0;
	for (const at of [110_000, 120_000, 130_000]) {
		outages.hear("public", false, "flaps", at);
		outages.hear("public", true, "", at + 2000);
	}
	outages.look(631_999);
	assert.deepEqual(told, []);
	outages.look(632_000);
	const many = { event: "reconnected", stream: "public", times: 3, seconds: 6, why: "flaps" } as const;
	assert.deepEqual(told, [many]);
	assert.deepEqual([happeningImportance(first), happeningImportance(many)], ["quiet", "news"]);
	outages.look(9_000_000);
	assert.equal(told.length, 1, "nothing to tell, nothing told");
});

test("a curve of months stays small and keeps its ends", () => {
	const curve = new ThinCurve();
	for (let i = 0; i < 100_000; i++) curve.add(i * 5000, i);
	const { times, equity } = curve.points();
	assert.ok(times.length <= 2048 && times.length > 500);
	assert.equal(times[0], 0);
	assert.ok((equity.at(-1) ?? 0) > 99_000);
});
