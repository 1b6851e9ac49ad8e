// `anchorwatch notify test` over a Telegram on the loopback: whatever is wrong is one line that says what to do, with its exit code, and the
// token is in none of them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Fault, TelegramServer } from "../src/notify/testing/telegram-server.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const TOKEN = "123456:AAE-very_secret.token";
const WRONG = "654321:AAE-another_secret.token";

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** The command in a folder of its own with that configuration. */
function notifyTest(
	t: TestContext,
	notify: object,
	env: Readonly<Record<string, string>> = { ANCHORWATCH_TELEGRAM_TOKEN: TOKEN },
): Promise<Ended> {
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-notify-"));
	t.after(() => rmSync(home, { recursive: true, force: true }));
	writeFileSync(join(home, "config.yaml"), JSON.stringify({ notify: { locale: "en", ...notify } }));
	return new Promise((resolve) => {
		execFile(process.execPath, [PROGRAM, "notify", "test"], { cwd: home, env: { PATH: process.env.PATH, ...env } }, (error, out, err) => {
			for (const text of [out, err]) for (const token of [TOKEN, WRONG]) assert.ok(!text.includes(token), "no token is shown (A1)");
			resolve({ code: error === null ? 0 : Number(error.code), out, err });
		});
	});
}

async function telegramOf(t: TestContext, fault?: Fault): Promise<{ server: TelegramServer; telegram: object }> {
	const server = await TelegramServer.open(TOKEN);
	t.after(() => server.close());
	server.failAll(fault);
	return { server, telegram: { enabled: true, chat_id: 42, user_ids: [7], api_root: server.url } };
}

async function listening(t: TestContext, server: Server): Promise<string> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
}

test("a message arrives through every channel: 0; with nobody to command it says so (G1)", async (t) => {
	const { server, telegram } = await telegramOf(t);
	const url = await listening(
		t,
		createServer((_request, response) => response.end()),
	);
	const { code, out, err } = await notifyTest(t, { telegram: { ...telegram, user_ids: [] }, webhook: { enabled: true, url } });
	assert.deepEqual([code, err], [0, ""]);
	assert.match(out, /^telegram: sent\nwebhook: sent\ntelegram: notify\.telegram\.user_ids is empty: .*commands are taken from nobody\n$/);
	assert.match(server.texts[0] ?? "", /Test message: it has arrived/);
});

const WRONGS: readonly (readonly [what: string, fault: Fault, said: RegExp])[] = [
	["a chat that is not", { status: 400, description: "Bad Request: chat not found" }, /chat not found.*\/start.*notify\.telegram\.chat_id/],
	["a bot that was thrown out", { status: 403, description: "Forbidden: bot was kicked from the group chat" }, /403 .*kicked.*\/start/],
	["a bot that was blocked", { status: 403, description: "Forbidden: bot was blocked by the user" }, /403 .*blocked.*\/start/],
	["Telegram in trouble", { status: 502, description: "Bad Gateway" }, /502 Bad Gateway/],
];

for (const [what, fault, said] of WRONGS)
	test(`${what}: one line, and 1 (G1)`, async (t) => {
		const { telegram } = await telegramOf(t, fault);
		const { code, err } = await notifyTest(t, { telegram });
		assert.equal(code, 1);
		assert.match(err, said);
		assert.equal(err.trimEnd().split("\n").length, 1, err);
	});

test("a token that was revoked or mistyped: one line that leads to @BotFather, and 1 (G1, A1)", async (t) => {
	const { telegram } = await telegramOf(t);
	const { code, err } = await notifyTest(t, { telegram }, { ANCHORWATCH_TELEGRAM_TOKEN: WRONG });
	assert.equal(code, 1);
	assert.match(
		err,
		/^anchorwatch: telegram: Telegram says 401 Unauthorized: the token is wrong or was revoked; get one from @BotFather.*\n$/,
	);
});

test("an api_root and a webhook where nobody is: one line each, and 1 (G1)", async (t) => {
	const server = createServer();
	const gone = await listening(t, server);
	server.close();
	await once(server, "close");
	const telegram = { enabled: true, chat_id: 42, user_ids: [7], api_root: gone };
	const { code, err } = await notifyTest(t, { telegram, webhook: { enabled: true, url: `${gone}/hush-hush` } });
	assert.equal(code, 1);
	assert.match(err, /telegram: Telegram does not answer \(ECONNREFUSED\): check the network, notify\.telegram\.api_root and a proxy\n/);
	assert.match(err, /webhook: the webhook does not answer \(ECONNREFUSED\)\n$/);
	assert.ok(!err.includes("hush"), "an address may be a secret");
});

test("what the configuration lacks is 2, before anything is sent (G1, I1)", async (t) => {
	const { server, telegram } = await telegramOf(t);
	const cases: readonly (readonly [object, Record<string, string>, RegExp])[] = [
		[{}, {}, /no channel is enabled: set notify\.telegram\.enabled/],
		[{ telegram }, {}, /notify\.telegram is enabled and has no token: set ANCHORWATCH_TELEGRAM_TOKEN/],
		[{ telegram: { ...telegram, chat_id: null } }, { ANCHORWATCH_TELEGRAM_TOKEN: TOKEN }, /notify\.telegram\.chat_id/],
		[{ telegram: { ...telegram, api_root: "http://example.org" } }, { ANCHORWATCH_TELEGRAM_TOKEN: TOKEN }, /notify\.telegram\.api_root/],
		[{ telegram: { ...telegram, user_ids: ["me"] } }, { ANCHORWATCH_TELEGRAM_TOKEN: TOKEN }, /notify\.telegram\.user_ids/],
	];
	const ended = await Promise.all(cases.map(([notify, env]) => notifyTest(t, notify, env)));
	for (const [i, [, , said]] of cases.entries()) {
		assert.equal(ended[i]?.code, 2);
		assert.match(ended[i]?.err ?? "", said);
	}
	assert.deepEqual(server.calls, []);
});

test("messages take the proxy that the exchange's addresses take, and a proxy that is none is 2 (G1, D5)", async (t) => {
	const asked: string[] = [];
	const proxy = createServer();
	proxy.on("connect", (request, socket) => {
		asked.push(request.url ?? "");
		socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
	});
	const via = await listening(t, proxy);
	const telegram = { enabled: true, chat_id: 42 };
	const webhook = { enabled: true, url: "https://hooks.example.org/x" };
	const env = { ANCHORWATCH_TELEGRAM_TOKEN: TOKEN, HTTPS_PROXY: via };
	const { code } = await notifyTest(t, { telegram, webhook }, env);
	assert.equal(code, 1);
	assert.deepEqual(asked, ["api.telegram.org:443", "hooks.example.org:443"]);
	const wrong = await notifyTest(t, { telegram, webhook }, { ...env, HTTPS_PROXY: "socks5://u:pw@127.0.0.1:1" });
	assert.equal(wrong.code, 2);
	assert.match(wrong.err, /HTTPS_PROXY names a proxy of the kind socks5:\/\/.*; messages go by it, too\n$/);
	assert.ok(!wrong.err.includes("pw"));
});

test("a backtest's summary arrives with its equity as a picture; without a channel it is 2 before it begins, refused it is 1 (H3)", async (t) => {
	const { server, telegram } = await telegramOf(t);
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-notify-"));
	t.after(() => rmSync(home, { recursive: true, force: true }));
	const run = (notify: object, args: readonly string[]): Promise<Ended> => {
		writeFileSync(join(home, "config.yaml"), JSON.stringify({ notify: { locale: "en", ...notify } }));
		return new Promise((resolve) => {
			const env = { PATH: process.env.PATH, ANCHORWATCH_TELEGRAM_TOKEN: TOKEN };
			execFile(process.execPath, [PROGRAM, ...args], { cwd: home, env }, (error, out, err) =>
				resolve({ code: error === null ? 0 : Number(error.code), out, err }),
			);
		});
	};
	assert.equal((await run({}, ["generate", "--days", "20", "--seed", "h3", "--out", "market.csv"])).code, 0);
	const backtest = ["backtest", "--data", "market.csv", "--notify"];
	const none = await run({}, backtest);
	assert.deepEqual([none.code, /notify\.telegram\.enabled/.test(none.err)], [2, true]);
	const good = await run({ telegram }, backtest);
	assert.equal(good.code, 0);
	assert.equal(server.posts[0]?.method, "sendPhoto");
	assert.match(server.texts[0] ?? "", /^\*📊 Backtest BTCUSDT\*\n[\s\S]*PnL [+-][\s\S]*CAGR [\s\S]*MDD [\s\S]*trades \d+, win rate/);
	server.failAll({ status: 400, description: "Bad Request: chat not found" });
	const refused = await run({ telegram }, backtest);
	assert.equal(refused.code, 1);
	assert.match(refused.err, /--notify: Telegram says 400 .*chat not found.*notify\.telegram\.chat_id/);
	assert.match(refused.out, /PnL|Net/, "the backtest itself is told all the same");
});
