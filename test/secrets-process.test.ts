// No secret leaves a real process by any door, whatever the other side answers and whatever its libraries are asked to print: the console,
// the log, the journal with its log beside it, copies, figures, reports, messages and the stack of a crash.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { said, TelegramServer } from "../src/notify/testing/telegram-server.ts";
import { minutes, still } from "../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../src/simserver/testing/rig.ts";
import { DAY, MINUTE } from "../src/units/unit.ts";
import { Running } from "./support/running.ts";

const PROGRAM = join(import.meta.dirname, "../bin/anchorwatch.js");
const TOKEN = "8137462950:AAHq-telegram_Token-x0123456789abcd";
const WEBHOOK_SECRET = "webhook~secret%41";
const WEBHOOK_PATH = "/services/T0AB/B0CD/w3bh00kT0kenInPath";
const PASSWORD = "pr0xy&pass/word";
const PROXY_USER = "proxyuser";
const SECRETS: readonly string[] = [KEY, SECRET, TOKEN, WEBHOOK_SECRET, WEBHOOK_PATH, PASSWORD, `${PROXY_USER}:${PASSWORD}`].flatMap(
	(secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")],
);
const SIGNATURE = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/;
/** Everything that the libraries and Node itself can be asked to tell. */
const TALKATIVE = { DEBUG: "*", NODE_DEBUG: "http,https,http2,net,tls,stream,undici,fetch,websocket,worker,child_process" };
const KEYS = { ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };
const OTHERS = { ANCHORWATCH_TELEGRAM_TOKEN: TOKEN, ANCHORWATCH_WEBHOOK_SECRET: WEBHOOK_SECRET };

function clean(what: string, text: string): void {
	for (const secret of SECRETS) {
		const at = text.indexOf(secret);
		assert.equal(at, -1, `${what} tells ${secret}: ${text.slice(Math.max(0, at - 200), at + 100)}`);
	}
}

function home(config: object): string {
	const dir = mkdtempSync(join(tmpdir(), "aw-secrets-"));
	afterwards(() => rmSync(dir, { recursive: true, force: true }));
	writeFileSync(join(dir, "config.yaml"), JSON.stringify(config), { mode: 0o600 });
	return dir;
}

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Ended, with nothing told. */
async function quiet(dir: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
	const ended = await new Promise<Ended>((resolve) => {
		const options = { cwd: dir, env: { PATH: process.env.PATH, ...env }, maxBuffer: 2 ** 28 };
		execFile(process.execPath, [PROGRAM, ...args], options, (error, out, err) =>
			resolve({ code: error === null ? 0 : Number(error.code), out, err }),
		);
	});
	const what = args.join(" ");
	clean(`${what}: stdout`, ended.out);
	clean(`${what}: stderr`, ended.err);
	assert.doesNotMatch(ended.err, SIGNATURE, `${what}: a signature`);
	return ended;
}

/** Everything in these folders, as bytes; account data are its owner's alone. */
function cleanFiles(dir: string, names: readonly string[]): string[] {
	return names.flatMap((name) => {
		const path = join(dir, name);
		assert.ok(process.platform === "win32" || (statSync(path).mode & 0o077) === 0, `${path} is open to others`);
		if (statSync(path).isDirectory()) return cleanFiles(path, readdirSync(path));
		clean(path, readFileSync(path, "latin1"));
		return [path];
	});
}

type Answer = { readonly status?: number; readonly body: (echo: string) => string } | "reset";

const ANSWERS: Readonly<Record<string, Answer>> = {
	"401 in plain words": { status: 401, body: (echo) => `who is ${echo}?` },
	"403 as a page": { status: 403, body: (echo) => `<html><b>${echo}</b></html>` },
	"404 as JSON": { status: 404, body: (echo) => JSON.stringify({ error: echo }) },
	"a refused signature": { body: (echo) => JSON.stringify({ retCode: 10004, retMsg: `error sign! origin_string[${echo}]`, result: {} }) },
	"broken JSON": { body: (echo) => `{"retCode": 0, "${echo}` },
	"a reset": "reset",
};

/** Says what it was given, to REST and to sockets. */
async function echoing(answer: Answer): Promise<{ port: number; signatures: string[]; asked: () => number }> {
	const signatures: string[] = [];
	let asked = 0;
	const echo = (url: string, headers: IncomingHttpHeaders): string => {
		asked++;
		const signature = headers["x-bapi-sign"];
		if (typeof signature === "string") signatures.push(signature);
		return `${KEY} ${SECRET} ${Buffer.from(SECRET).toString("base64")} ${url} ${JSON.stringify(headers)}`;
	};
	const server = createServer((request, response) => {
		const said = echo(request.url ?? "", request.headers);
		const time = request.url === "/v5/market/time";
		if (answer === "reset" && !time) return void request.socket.resetAndDestroy();
		const now = Date.now();
		const body = time
			? JSON.stringify({
					retCode: 0,
					retMsg: "OK",
					result: { timeNano: `${now}000000`, timeSecond: `${Math.floor(now / 1000)}` },
					time: now,
				})
			: typeof answer === "object" && answer.body(said);
		response.writeHead(time || answer === "reset" ? 200 : (answer.status ?? 200), { "content-type": "application/json" }).end(body);
	});
	server.on("upgrade", (request, socket) => {
		const said = echo(request.url ?? "", request.headers);
		socket.on("error", () => {});
		if (answer === "reset") return void request.socket.resetAndDestroy();
		socket.end(`HTTP/1.1 401 ${said.replaceAll(/[\r\n]/g, " ")}\r\nconnection: close\r\n\r\n${said}`);
	});
	server.on("connect", (request, socket) => {
		const said = echo(request.url ?? "", request.headers);
		socket.on("error", () => {});
		socket.end(`HTTP/1.1 407 ${said.replaceAll(/[\r\n]/g, " ")}\r\nproxy-authenticate: Basic\r\n\r\n${said}`);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	afterwards(() => {
		server.closeAllConnections();
		server.close();
	});
	return { port: (server.address() as AddressInfo).port, signatures, asked: () => asked };
}

function at(port: number, s = ""): object {
	const [rest, stream] = [`http${s}://127.0.0.1:${port}`, `ws${s}://127.0.0.1:${port}/v5`];
	return { rest, public: `${stream}/public/linear`, private: `${stream}/private`, trade: `${stream}/trade` };
}

test("an exchange, a Telegram and a receiver that answer with all they were given: nothing of it is told (A1, G6)", async () => {
	await Promise.all(Object.entries(ANSWERS).map(([name, answer]) => askedOf(name, answer)));
});

async function askedOf(name: string, answer: Answer): Promise<void> {
	const server = await echoing(answer);
	const url = `http://127.0.0.1:${server.port}`;
	const telegram = { enabled: true, chat_id: 42, user_ids: [7], api_root: url };
	const dir = home({ endpoints: at(server.port), notify: { telegram, webhook: { enabled: true, url: `${url}${WEBHOOK_PATH}` } } });
	const runs = name === "a refused signature";
	const commands = [["keys", "check"], ["notify", "test", "--json"], ...(runs ? [["run"]] : [])];
	const all = await Promise.all(commands.map((args) => quiet(dir, args, { ...KEYS, ...OTHERS, ...TALKATIVE })));
	assert.ok(server.signatures.length > 0, all.map(({ err }) => err).join());
	for (const { code, out, err } of all) {
		assert.ok(code === 1 || code === 2, name);
		for (const signature of server.signatures) assert.ok(!`${out}${err}`.includes(signature), name);
	}
	if (runs) assert.ok(cleanFiles(dir, ["state", "logs"]).length >= 4);
}

test("an exchange that speaks no TLS where it should (A1, A3)", async () => {
	const { port } = await echoing("reset");
	const dir = home({ endpoints: at(port, "s") });
	const { code } = await quiet(dir, ["keys", "check"], { ...KEYS, ...TALKATIVE });
	assert.equal(code, 2);
});

test("a proxy that says what it was given: neither its password nor what was to go through is told (A1, A3)", async () => {
	const { port } = await echoing("reset");
	const https_proxy = `http://${PROXY_USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
	const notify = {
		telegram: { enabled: true, chat_id: 42, user_ids: [7], api_root: "https://telegram.invalid" },
		webhook: { enabled: true, url: `https://hooks.invalid${WEBHOOK_PATH}` },
	};
	const endpoints = {
		rest: "https://api.invalid",
		public: "wss://api.invalid/a",
		private: "wss://api.invalid/b",
		trade: "wss://api.invalid/c",
	};
	const dir = home({ notify, endpoints });
	const env = { ...KEYS, ...OTHERS, ...TALKATIVE, https_proxy };
	const [told, judged, shown, ran] = await Promise.all([
		quiet(dir, ["notify", "test", "--json"], env),
		quiet(dir, ["doctor", "--json"], env),
		quiet(dir, ["config", "show"], env),
		quiet(dir, ["run"], env),
	]);
	assert.deepEqual([told.code, judged.code, shown.code, ran.code === 0], [1, 1, 0, false]);
	assert.match(shown.out, /url: "https:\/\/hooks\.invalid\/\*\*\*"/);
	cleanFiles(dir, ["state", "logs"]);
});

test("what is wrong in the configuration or in .env is told without its value (A1)", async () => {
	const dir = home({
		notify: { telegram: { chat_id: TOKEN }, webhook: { url: `http://hooks.invalid${WEBHOOK_PATH}` } },
		keys: { name: SECRET },
		secrets: { api_key: [KEY], [SECRET]: 1 },
	});
	const wrong = await quiet(dir, ["config", "check", "--json"], {});
	assert.equal(wrong.code, 2);
	writeFileSync(join(dir, "config.yaml"), `notify: {webhook: {url: "https://hooks.invalid/x?token=${SECRET}"}}`);
	assert.match((await quiet(dir, ["config", "check"], {})).err, /webhook\.url: .*with a query/);
	writeFileSync(join(dir, "config.yaml"), "environment: testnet");
	writeFileSync(join(dir, ".env"), `ANCHORWATCH_API_KEY=${KEY}\nANCHORWATCH_API_SECRET: ${SECRET}\n${SECRET}="${TOKEN}\n`, { mode: 0o600 });
	assert.equal((await quiet(dir, ["keys", "check"], {})).code, 2);
});

/** A library's error that nobody caught, with all that such errors carry. */
const CRASH = `
	process.on("SIGUSR2", () => {
		const cause = Object.assign(new Error("request to https://a.b/bot${TOKEN}/getMe failed"), { headers: { "X-BAPI-SIGN": "${"5f2c".repeat(16)}" } });
		const error = new AggregateError([cause], "outer ${KEY} https://hooks.invalid${WEBHOOK_PATH}", { cause });
		void Promise.reject(Object.assign(error, { options: { auth: "${PROXY_USER}:${PASSWORD}", secret: "${SECRET}" } }));
	});
`;

const NO_SIGNAL = process.platform === "win32" && "there is no SIGUSR2 on Windows";

test("a bot that trades, tells, is asked, makes copies and crashes tells none of its secrets anywhere (A1, G4, G6)", {
	skip: NO_SIGNAL,
}, async () => {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(DAY / MINUTE + 60, 20_000)))], autostart: false, speed: 1 });
	await rig.sim.control.step({ ms: DAY });
	rig.sim.start();
	const telegram = await TelegramServer.open(TOKEN);
	afterwards(() => telegram.close());
	telegram.failAll({ status: 500, description: `of https://a.b/bot${TOKEN}/x and ${encodeURIComponent(TOKEN)}` });
	const bodies: string[] = [];
	const receiver = createServer(async (request, response) => {
		for await (const chunk of request) bodies.push(String(chunk));
		response.end();
	});
	receiver.listen(0, "127.0.0.1");
	await once(receiver, "listening");
	afterwards(() => receiver.close());
	const dir = home({
		endpoints: rig.sim.addresses,
		metrics: { enabled: true, port: 0 },
		log: { level: "trace" },
		notify: {
			locale: "en",
			telegram: { enabled: true, chat_id: 42, user_ids: [7], api_root: telegram.url },
			webhook: { enabled: true, url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${WEBHOOK_PATH}` },
		},
	});
	const lines = [...Object.entries(OTHERS), ["https_proxy", ""]].map(([name, value]) => `${name}=${value}\n`);
	writeFileSync(join(dir, ".env"), lines.join(""), { mode: 0o600 });
	writeFileSync(join(dir, "crash.mjs"), CRASH);
	const https_proxy = `http://${PROXY_USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:9`;
	const setting = Object.entries({ ...TALKATIVE, https_proxy, NODE_OPTIONS: `--import=${join(dir, "crash.mjs")}` });
	const bot = new Running(dir, ["run"], ["env", ...setting.map(([name, value]) => `${name}=${value}`), process.execPath, PROGRAM]);
	const [, url = ""] = await bot.says(/health and readiness: (http:\S+)\/metrics/);
	await bot.says(/Telegram says 500/);
	await bot.says(/trading BTCUSDT/);
	telegram.failAll(undefined);
	await telegram.says(/started/i);
	telegram.push(said(1, { chat: 42, user: 7, at: Date.now() }, "/log 50"));
	await telegram.says(/Telegram says 500/);
	for (const page of ["metrics", "healthz", "readyz"]) clean(page, await (await fetch(`${url}/${page}`)).text());
	await quiet(dir, ["journal", "backup"], KEYS);
	bot.child.kill("SIGUSR2");
	assert.equal(await bot.ended, 1);
	assert.match(bot.text, /outer \*\*\* https:\/\/hooks\.invalid\*\*\*/);
	clean("the console", bot.text);
	assert.doesNotMatch(bot.text, SIGNATURE);
	for (const { raw } of telegram.posts) clean("Telegram", raw.toString("latin1"));
	assert.ok(bodies.length > 0);
	for (const body of bodies) clean("the webhook", body);
	for (const args of ["status --json", "trades --json", "kpi --json", "journal tail --json", "report", "config show"])
		await quiet(dir, args.split(" "), KEYS);
	const files = cleanFiles(dir, ["state", "logs"]);
	for (const end of [".jsonl", ".log", "journal.sqlite", "journal.sqlite-wal"])
		assert.ok(
			files.some((file) => file.endsWith(end)),
			end,
		);
	assert.ok(files.some((file) => /backups.journal-\w+\.sqlite$/.test(file)));
	for (const file of files.filter((name) => /\.(jsonl|log)$/.test(name))) assert.doesNotMatch(readFileSync(file, "utf8"), SIGNATURE);
});
