import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Note } from "../engine/command.ts";
import type { Usdt } from "../units/unit.ts";
import { noteWords, type Told } from "./catalogue.ts";
import { Courier } from "./courier.ts";
import type { Happening } from "./happenings.ts";
import { bold, clipped, escaped, telegramText } from "./markdown.ts";
import type { Notifier } from "./message.ts";
import { Telegram } from "./telegram.ts";
import { MemoryStore, SleepingTime } from "./testing/memory-store.ts";
import { TelegramServer } from "./testing/telegram-server.ts";
import { signature, Webhook } from "./webhook.ts";

const TOKEN = "123456:AAE-very_secret.token";
const CHAT = 42;

/** A note whose reason is `why`. */
function told(why: string): Told {
	return { symbol: "BTCUSDT", note: { what: "doubted", why } as Note, cash: 1000e8 as Usdt, coin: 0 };
}

class Rig {
	readonly store = new MemoryStore();
	readonly time = new SleepingTime();
	readonly lines: string[] = [];
	readonly server: TelegramServer;
	readonly telegram: Telegram;
	#courier: Courier | undefined;

	private constructor(server: TelegramServer, time: SleepingTime, chat: number) {
		this.server = server;
		this.time = time;
		this.telegram = new Telegram({ token: { reveal: () => TOKEN }, chat, apiRoot: server.url, timing: time.timing, timeoutS: 5 });
	}

	static async open(chat = CHAT): Promise<Rig> {
		const time = new SleepingTime();
		return new Rig(await TelegramServer.open(TOKEN, () => time.at), time, chat);
	}

	write(...whys: string[]): void {
		for (const why of whys) this.store.write(this.time.at, told(why));
	}

	begin(notifier: Notifier = this.telegram): Courier {
		const { store, time, lines } = this;
		const courier = new Courier({ store, notifier, locale: "en", timing: time.timing, onLine: (_level, text) => lines.push(text) });
		courier.start();
		this.#courier = courier;
		return courier;
	}

	/** Lets the courier run until that holds. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds())
			await new Promise<void>((resolve) => {
				setImmediate(resolve);
			});
	}

	async close(): Promise<void> {
		await this.#courier?.stop();
		await this.server.close();
		const seen = JSON.stringify([this.lines, this.server.posts, this.store.rows]);
		assert.ok(!seen.includes(TOKEN) && !seen.includes(encodeURIComponent(TOKEN)), "the token is in no line and no message (A1)");
	}
}

test("messages arrive in order, each with its number, none faster than Telegram allows (G1)", async () => {
	const rig = await Rig.open();
	rig.write("one", "two", "three");
	rig.begin();
	await rig.until(() => rig.store.states.every((state) => state === "sent"));
	assert.deepEqual(
		rig.server.texts.map((text) => [/reason: (\w+)/.exec(text)?.[1], /#\d+$/.exec(text)?.[0]]),
		[
			["one", "#1"],
			["two", "#2"],
			["three", "#3"],
		],
	);
	assert.deepEqual(rig.server.violations, []);
	await rig.close();
});

test("twenty a minute in a group, and no more (G1)", async () => {
	const rig = await Rig.open(-5);
	const { signal } = new AbortController();
	for (let i = 0; i < 45; i++) await rig.telegram.reply({ markdown: "x", plain: "x" }, signal);
	const times = rig.server.posts.map(({ at }) => at);
	for (let i = 20; i < times.length; i++) assert.ok(times[i]! - times[i - 20]! >= 60_000, `message ${i}`);
	assert.deepEqual(rig.server.violations, []);
	await rig.close();
});

test("429 is heeded for as long as it asks, and the message comes once, without a mark (G1)", async () => {
	const rig = await Rig.open();
	rig.server.fail({ status: 429, description: "Too Many Requests: retry after 37", retryAfter: 37 });
	rig.write("one");
	rig.begin();
	const began = rig.time.at;
	await rig.until(() => rig.store.states[0] === "sent");
	assert.ok(rig.time.at - began >= 37_000);
	assert.equal(rig.server.texts.length, 1);
	assert.ok(!rig.server.texts[0]?.includes("again"));
	await rig.close();
});

test("an answer that is lost brings the message again under its number, and it says so (G3)", async () => {
	const rig = await Rig.open();
	rig.server.fail("break after", { status: 502, description: "Bad Gateway" });
	rig.write("one");
	rig.begin();
	await rig.until(() => rig.store.states[0] === "sent");
	const [first, second] = rig.server.texts;
	assert.match(first ?? "", /#1$/);
	assert.match(second ?? "", /#1 ↻ sent again/);
	assert.equal(rig.server.texts.length, 2);
	await rig.close();
});

test("what was under way when the process died is found again, marked, and does not hold up the rest (G3)", async () => {
	const rig = await Rig.open();
	rig.write("one", "two");
	rig.store.leaves("telegram", [1]);
	rig.begin();
	await rig.until(() => rig.store.states.every((state) => state === "sent"));
	assert.deepEqual(
		rig.server.texts.map((text) => text.includes("↻")),
		[true, false],
	);
	await rig.close();
});

test("hours without Telegram: asked again later and later, then all that waited comes merged, in order, with its times (G1)", async () => {
	const rig = await Rig.open();
	rig.server.failAll("break");
	const began = rig.time.at;
	rig.begin();
	const whys = Array.from({ length: 150 }, (_, i) => `why-${i}`);
	let written = 0;
	await rig.until(() => {
		while (written < whys.length && rig.time.at - began > written * 100_000) rig.write(whys[written++]!);
		return written === whys.length && rig.time.at - began > 5 * 3_600_000;
	});
	assert.ok(rig.server.calls.length < 120, `${rig.server.calls.length} attempts in five hours`);
	assert.equal(rig.lines.length, 1, "said once");
	rig.server.failAll(undefined);
	await rig.until(() => rig.store.states.every((state) => state === "sent"));
	const all = rig.server.texts.join("\n");
	assert.deepEqual(
		[...all.matchAll(/why-(\d+)/g)].map(([, n]) => Number(n)),
		whys.map((_, i) => i),
	);
	assert.ok(rig.server.texts.length < 15, `${rig.server.texts.length} messages for 150`);
	for (const text of rig.server.texts) assert.ok(text.length <= 4096);
	const second = new Date(rig.store.rows[80]!.at).toISOString().slice(0, 19).replace("T", " ");
	assert.ok(all.includes(`${second}Z ❓ BTCUSDT no new entries: the account is in doubt · reason why-80`));
	assert.deepEqual(rig.server.violations, []);
	assert.match(rig.lines.at(-1) ?? "", /arrive again/);
	await rig.close();
});

test("a token that was revoked is one clear line, and the messages wait for a better one (G1, A1)", async () => {
	const rig = await Rig.open();
	rig.server.failAll({ status: 401, description: `Unauthorized bot${TOKEN}` });
	rig.write("one");
	rig.begin();
	const began = rig.time.at;
	await rig.until(() => rig.time.at - began > 24 * 3_600_000);
	assert.equal(rig.lines.length, 1);
	assert.match(
		rig.lines[0] ?? "",
		/401 Unauthorized .*token is wrong or was revoked.*ANCHORWATCH_TELEGRAM_TOKEN; messages are kept, trading goes on$/,
	);
	assert.ok(rig.server.calls.length < 150, `${rig.server.calls.length} attempts in a day`);
	rig.server.failAll(undefined);
	await rig.until(() => rig.store.states[0] === "sent");
	await rig.close();
});

test("a message that Telegram refuses ends as failed and does not hold up those behind it (G3)", async () => {
	const rig = await Rig.open();
	rig.server.fail({ status: 400, description: "Bad Request: message is bad" });
	rig.write("one", "two");
	rig.begin();
	await rig.until(() => rig.store.states.every((state) => state === "sent" || state === "failed"));
	assert.deepEqual(rig.store.states, ["failed", "sent"]);
	assert.match(rig.lines[0] ?? "", /message #1 cannot be sent: Telegram says 400/);
	await rig.close();
});

test("markup that Telegram cannot read goes again without any (G1)", async () => {
	const rig = await Rig.open();
	rig.server.fail({ status: 400, description: "Bad Request: can't parse entities: character '.' is reserved" });
	rig.write("a.b");
	rig.begin();
	await rig.until(() => rig.store.states[0] === "sent");
	assert.equal(rig.server.posts[0]?.body.parse_mode, undefined);
	assert.match(String(rig.server.posts[0]?.body.text), /reason: a\.b/);
	await rig.close();
});

test("the token is in no error, whatever fails (A1)", async () => {
	const rig = await Rig.open();
	const { signal } = new AbortController();
	const reasons: string[] = [];
	const faults = [
		{ status: 401, description: `no bot ${TOKEN}` },
		{ status: 500, description: `https://x/bot${TOKEN}/sendMessage` },
		{ status: 400, description: encodeURIComponent(TOKEN) },
		"break",
	] as const;
	for (const fault of faults) {
		rig.server.failAll(fault);
		const calls = [
			rig.telegram.reply({ markdown: "x", plain: "x", photo: new Uint8Array(3) }, signal),
			rig.telegram.check(signal),
			rig.telegram.updates(0, signal),
		];
		for (const called of await Promise.all(calls)) reasons.push(JSON.stringify(called));
	}
	const away = new Telegram({ token: { reveal: () => TOKEN }, chat: 1, apiRoot: "http://127.0.0.1:1", timing: rig.time.timing });
	const never = await away.reply({ markdown: "x", plain: "x" }, signal);
	assert.equal(never.ok ? "sent" : never.kind, "later", "a connection that never came about has sent nothing");
	reasons.push(JSON.stringify(never));
	for (const reason of reasons) assert.ok(!reason.includes("very_secret") && reason.includes('"ok":false'), reason);
	await rig.close();
});

test("any text survives MarkdownV2: the markup taken out again, it is what went in (G1)", () => {
	const reserved = /[_*[\]()~`>#+\-=|{}.!]/;
	fc.assert(
		fc.property(fc.string({ unit: "grapheme" }), (text) => {
			const marked = escaped(text);
			assert.equal(marked.replace(/\\(.)/g, "$1"), text);
			assert.ok(!reserved.test(marked.replace(/\\./g, "")), "nothing that means something is left bare");
			if (text !== "") assert.equal(bold(text), `*${marked}*`);
			assert.ok(clipped(text, 5).length <= 5 && clipped(text, 5).isWellFormed() === text.isWellFormed());
		}),
	);
});

test("one format in both languages: symbol, side, price, quantity, return, balances, reason (G1)", () => {
	const exited = {
		what: "exited",
		reason: "stop_loss",
		qty: 0.1,
		price: 19_899,
		realised: -20.1e8,
		returnPct: -1,
		balance: 979.9e8,
		left: 0,
	};
	const text = (locale: "ko" | "en", parts: number): string => {
		const words = noteWords({ ...told(""), note: exited as never as Note }, locale); // money as whole units
		const part = { at: 1_700_000_000_000, number: 7, words };
		const message = {
			numbers: [7],
			importance: "news",
			repeated: false,
			locale,
			parts: Array.from({ length: parts }, () => part),
		} as const;
		return telegramText(message).plain;
	};
	assert.equal(
		text("en", 1),
		"🔻 BTCUSDT closed: stop loss (SL)\nprice: 19,899.0\nquantity: 0.1\nprofit: -20.10 USDT (-1.00 %)\nbalance: 979.90 USDT\ncoins held: 0\n2023-11-14 22:13:20Z #7",
	);
	assert.match(
		text("ko", 1),
		/BTCUSDT 청산: 손절 \(SL\)\n가격: 19,899\.0\n수량: 0\.1\n손익: -20\.10 USDT \(-1\.00 %\)\n잔고: 979\.90 USDT/,
	);
	assert.match(text("ko", 4), /^📨 모아 보낸 알림 4건\n2023-11-14 22:13:20Z 🔻/);
});

test("the webhook's body is signed, and its address is in no error (A1)", async () => {
	const { createServer } = await import("node:http");
	const heard: { headers: Record<string, unknown>; body: string }[] = [];
	let status = 200;
	const server = createServer((request, response) => {
		let body = "";
		request.on("data", (chunk: Buffer) => {
			body += chunk.toString();
		});
		request.on("end", () => {
			heard.push({ headers: request.headers, body });
			response.statusCode = status;
			response.end();
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const { port } = server.address() as { port: number };
	const webhook = new Webhook({ url: `http://127.0.0.1:${port}/hidden-path`, secret: { reveal: () => "s3cret" }, now: () => 77 });
	const message = {
		numbers: [5],
		importance: "news",
		repeated: false,
		locale: "en",
		parts: [{ at: 0, number: 5, words: { icon: "x", title: "t", rows: [["a", "b"]] } }],
	} as const;
	const { signal } = new AbortController();
	assert.deepEqual(await webhook.send(message, signal), { ok: true });
	const [first] = heard;
	assert.equal(first?.headers["x-anchorwatch-signature"], signature("s3cret", "77", first?.body ?? ""));
	assert.partialDeepStrictEqual(JSON.parse(first?.body ?? ""), {
		numbers: [5],
		messages: [{ title: "t", fields: [{ name: "a", value: "b" }] }],
	});
	for (const [code, kind] of [
		[429, "later"],
		[401, "barred"],
		[503, "lost"],
		[400, "refused"],
	] as const) {
		status = code;
		const sent = await webhook.send(message, signal);
		assert.equal(sent.ok ? "sent" : sent.kind, kind);
		assert.ok(!JSON.stringify(sent).includes("hidden-path"));
	}
	server.closeAllConnections();
	server.close();
	const gone = await webhook.send(message, signal);
	assert.ok(!gone.ok && !gone.why.includes("hidden-path"));
});

test("a trade that is over offers its picture where somebody may press a button (G1)", async () => {
	const rig = await Rig.open();
	const exits = [{ at: 5, price: 2, qty: 1, reason: "take_profit" as const }];
	const money = { fees: 0 as Usdt, funding: 0 as Usdt, pnl: 1 as Usdt, balanceBefore: 1e8 as Usdt, balanceAfter: 1e8 as Usdt };
	const trade = {
		symbol: "BTCUSDT",
		direction: "long" as const,
		signalAt: 1,
		entryAt: 2,
		entryPrice: 1,
		qty: 1,
		exits,
		exitAt: 5,
		slippage: 0,
		...money,
	};
	const words = noteWords({ symbol: "BTCUSDT", note: { what: "flat", trade }, cash: 1 as Usdt, coin: 0 }, "en");
	const message = { numbers: [1], importance: "news", repeated: false, locale: "en", parts: [{ at: 0, number: 1, words }] } as const;
	const { signal } = new AbortController();
	const options = { token: { reveal: () => TOKEN }, chat: CHAT, apiRoot: rig.server.url, timing: rig.time.timing };
	for (const offers of [true, false]) await new Telegram({ ...options, offers }).send(message, signal);
	const [pressable, plain] = rig.server.posts.map(({ body }) => JSON.stringify(body.reply_markup ?? ""));
	assert.match(pressable ?? "", /"callback_data":"chart:BTCUSDT 5"/);
	assert.equal(plain, '""');
	await rig.close();
});

test("a message of another version, which cannot be put into words, is shown as it is, and those behind it arrive (G1)", async () => {
	const rig = await Rig.open();
	for (const body of [{ event: "unheard-of" }, { event: "rules", symbol: "BTCUSDT" }])
		rig.store.write(rig.time.at, body as unknown as Happening);
	rig.write("after them");
	rig.begin();
	await rig.until(() => rig.store.states.every((state) => state === "sent") || rig.lines.length > 0);
	assert.deepEqual(rig.lines, []);
	const [first, second, third] = rig.server.texts;
	assert.match(first ?? "", /cannot read.*unheard/s);
	assert.match(second ?? "", /cannot read/);
	assert.match(third ?? "", /after them/);
	await rig.close();
});

test("a clock that is set back does not keep messages waiting for it to come round again (G1)", async () => {
	const rig = await Rig.open();
	rig.write("one");
	rig.begin();
	await rig.until(() => rig.store.states.every((state) => state === "sent"));
	rig.time.at -= 7_200_000;
	const began = rig.time.at;
	rig.write("two");
	await rig.until(() => rig.store.states.every((state) => state === "sent"));
	assert.ok(rig.time.at - began < 10_000, `${rig.time.at - began} ms`);
	await rig.close();
});
