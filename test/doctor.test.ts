// `anchorwatch doctor` against the simulated exchange: what is well, what is wrong and what to do, by exit code; and it changes nothing.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { InstanceLock } from "../src/journal/instance-lock.ts";
import { Journal } from "../src/journal/journal.ts";
import { minutes, still } from "../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../src/simserver/testing/rig.ts";
import { MINUTE } from "../src/units/unit.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const KEYS = { ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };

type Finding = { readonly name: string; readonly verdict: string; readonly text: string; readonly todo?: string };
type Ended = { readonly code: number; readonly stdout: string; readonly of: (name: string) => Finding | undefined };

function home(config: object | string): string {
	const dir = mkdtempSync(join(tmpdir(), "aw-doctor-"));
	afterwards(() => rmSync(dir, { recursive: true, force: true }));
	writeFileSync(join(dir, "config.yaml"), typeof config === "string" ? config : JSON.stringify(config));
	return dir;
}

function doctor(dir: string, env: Record<string, string>, args: readonly string[] = ["--json"]): Promise<Ended> {
	return new Promise((resolve) => {
		execFile(
			process.execPath,
			[PROGRAM, "doctor", ...args],
			{ cwd: dir, env: { PATH: process.env.PATH ?? "", ...env } },
			(error, stdout) => {
				const findings = stdout.startsWith("{") ? (JSON.parse(stdout) as { findings: Finding[] }).findings : [];
				resolve({ code: error === null ? 0 : Number(error.code), stdout, of: (name) => findings.find((finding) => finding.name === name) });
			},
		);
	});
}

/** Some minutes old. */
async function exchange(): Promise<{ rig: Rig; endpoints: object }> {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(60, 20_000)))], autostart: false });
	await rig.sim.control.step({ ms: 2 * MINUTE });
	const { rest, public: stream, private: own, trade } = rig.sim.addresses;
	return { rig, endpoints: { rest, public: stream, private: own, trade } };
}

test("where all is well it says so of each thing, ends with 0, and changes nothing here or there (I1, A3, A4)", async () => {
	const { rig, endpoints } = await exchange();
	const dir = home({ environment: "testnet", endpoints });
	const before = JSON.stringify(rig.sim.control.state());
	const { code, stdout, of } = await doctor(dir, KEYS);
	assert.equal(code, 0, stdout);
	for (const name of ["runtime", "configuration", "folder journal.dir", "lock", "journal", "secrets", "symbol BTCUSDT", "size BTCUSDT"])
		assert.equal(of(name)?.verdict, "ok", `${name}: ${stdout}`);
	assert.match(of("account")?.text ?? "", /unified, [\d.]+ USDT/);
	assert.match(of(`host ${new URL(rig.sim.addresses.rest).host}`)?.text ?? "", /127\.0\.0\.1, reached without TLS/);
	assert.equal(of("telegram")?.verdict, "skipped");
	assert.deepEqual(readdirSync(dir), ["config.yaml"]);
	assert.equal(JSON.stringify(rig.sim.control.state()), before);
	assert.equal(stdout.includes(SECRET), false);
});

test("a wrong key, a size too small, an unknown symbol: each fails by its name, with what to do (A3, B1)", async () => {
	const { endpoints } = await exchange();
	const [key, size, symbol] = await Promise.all([
		doctor(home({ endpoints }), { ...KEYS, ANCHORWATCH_API_SECRET: "other" }),
		doctor(home({ endpoints, size: { mode: "fixed", value: 1 } }), KEYS),
		doctor(home({ endpoints, symbols: [{ symbol: "NONEUSDT" }] }), KEYS),
	]);
	assert.deepEqual([key.code, size.code, symbol.code], [1, 1, 1]);
	assert.match(key.of("key")?.text ?? "", /is the key one of this environment/);
	assert.equal(key.of("symbol BTCUSDT")?.verdict, "ok", "the public side is looked at all the same");
	assert.match(size.of("size BTCUSDT")?.text ?? "", /would be too small/);
	assert.equal(symbol.of("symbol NONEUSDT")?.verdict, "fail");
	for (const found of [key.of("key"), size.of("size BTCUSDT"), symbol.of("symbol NONEUSDT")]) assert.ok(found?.todo);
});

test("without a key, with nobody at the address, with a folder that cannot be written: told one by one (I1)", async () => {
	const { endpoints } = await exchange();
	const nowhere = { rest: "http://127.0.0.1:9", public: "ws://127.0.0.1:9", private: "ws://127.0.0.1:9", trade: "ws://127.0.0.1:9" };
	const closed = home({ environment: "sim", journal: { dir: "closed/state" } });
	mkdirSync(join(closed, "closed"));
	chmodSync(join(closed, "closed"), 0o500);
	const [none, dead, sim] = await Promise.all([
		doctor(home({ endpoints }), {}),
		doctor(home({ endpoints: nowhere }), KEYS),
		doctor(closed, {}),
	]);
	assert.deepEqual([none.code, dead.code], [1, 1]);
	assert.match(none.of("secrets")?.text ?? "", /needs an API key/);
	assert.match(none.of("clock")?.text ?? "", /ms against the exchange/, "the public side is looked at all the same");
	assert.equal(none.of("key"), undefined);
	assert.match(dead.of("host 127.0.0.1:9")?.text ?? "", /cannot be reached \(ECONNREFUSED\)/);
	assert.equal(dead.of("clock")?.verdict, "fail");
	assert.equal(sim.of("exchange")?.verdict, "skipped");
	if (process.getuid?.() !== 0 && process.platform !== "win32") assert.equal(sim.of("folder journal.dir")?.verdict, "fail");
});

test("a configuration that is wrong fails alone; a wrong command line is 2; words for people carry the verdict (I1)", async () => {
	const [wrong, usage, words] = await Promise.all([
		doctor(home("leverage: many\n"), {}),
		doctor(home({}), {}, ["--jsn"]),
		doctor(home({ environment: "sim" }), {}, []),
	]);
	assert.deepEqual([wrong.code, usage.code, words.code], [1, 2, 0]);
	assert.match(wrong.of("configuration")?.text ?? "", /leverage/);
	assert.match(words.stdout, /^ok {7}runtime .*\nok {7}configuration +config\.yaml\n/);
	assert.match(words.stdout, /\n0 failed, 0 warned about, \d+ ok, \d+ skipped\n$/);
});

test("a clock an hour off, a port that is taken and an old copy are warned about, with what to do (A4, G4, I3)", async () => {
	const { rig, endpoints } = await exchange();
	const taken = Number(new URL(rig.sim.addresses.rest).port);
	const dir = home({ endpoints, metrics: { enabled: true, port: taken } });
	new Journal(join(dir, "state"), { name: "r", started: 1, about: {} }).close();
	const copies = join(dir, "state/backups");
	mkdirSync(copies);
	for (const name of ["journal-20260101T000000Z.sqlite", "journal-20251231T000000Z.sqlite", "paper-20990101T000000Z.sqlite"])
		writeFileSync(join(copies, name), "");
	const by = Date.now() - 3_600_000 - rig.sim.clock.now(); // the exchange's market lives in another year
	rig.sim.control.inject({ fault: "clock-skew", by });
	const { of } = await doctor(dir, KEYS);
	for (const [name, text, todo] of [
		["clock", /^-3\d{6} ms .*: this machine's clock is (59|60|61) minutes fast$/, /NTP/],
		["metrics", new RegExp(`^127\\.0\\.0\\.1:${taken} cannot be listened on \\(EADDRINUSE\\)`), /metrics\.port/],
		["backups", /^the newest, journal-20260101T000000Z\.sqlite, is \d+ hours old$/, /anchorwatch journal backup/],
	] as const) {
		assert.equal(of(name)?.verdict, "warn", name);
		assert.match(of(name)?.text ?? "", text);
		assert.match(of(name)?.todo ?? "", todo);
	}
	assert.match(of("journal")?.text ?? "", /^stands as it was written/);
	const lock = InstanceLock.take(join(dir, "state"), { pid: process.pid, run: "r" });
	assert.equal((await doctor(dir, KEYS)).of("metrics")?.verdict, "skipped", "the bot that runs has the port");
	lock.release();
});

test("a journal that somebody changed, and a .env that says less than it seems to, are warned about (A1, G6)", async () => {
	const { endpoints } = await exchange();
	const dir = home({ endpoints });
	const journal = new Journal(join(dir, "state"), { name: "r", started: 1, about: {} });
	journal.command({ kind: "cancel", at: 1, symbol: "BTCUSDT", linkId: "aw-r-BTCUSDT-1" });
	journal.close();
	const database = new DatabaseSync(join(dir, "state/journal.sqlite"));
	database.exec("UPDATE entries SET body = replace(body, 'BTC', 'ETH')");
	database.close();
	writeFileSync(join(dir, ".env"), `ANCHORWATCH_API_KEY=${KEY}\nANCHORWATCH_API_SECRET=${SECRET}\nANCHORWATCH_TELEGRAM=1:hidden\n`, {
		mode: 0o600,
	});
	const { of, stdout } = await doctor(dir, {});
	assert.match(of("journal")?.text ?? "", /NOT as it was written: entry 1/);
	assert.match(of("secrets")?.text ?? "", /^\.env:3: ANCHORWATCH_TELEGRAM: unknown/);
	assert.deepEqual([of("journal")?.verdict, of("secrets")?.verdict], ["warn", "warn"]);
	assert.doesNotMatch(stdout, /hidden/);
});

test("Telegram is asked whether it knows the token, which is shown nowhere (G1, A1)", async () => {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(request.url ?? "");
		response.writeHead(request.url === "/bot1:GOOD/getMe" ? 200 : 401).end("{}");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	afterwards(() => server.close());
	const { endpoints } = await exchange();
	const api_root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
	const dir = home({ endpoints, notify: { telegram: { enabled: true, chat_id: 5, user_ids: [7], api_root } } });
	const good = await doctor(dir, { ...KEYS, ANCHORWATCH_TELEGRAM_TOKEN: "1:GOOD" });
	const bad = await doctor(dir, { ...KEYS, ANCHORWATCH_TELEGRAM_TOKEN: "1:BAD" });
	assert.deepEqual([good.of("telegram")?.verdict, bad.of("telegram")?.verdict, bad.code], ["ok", "fail", 1]);
	assert.deepEqual(asked, ["/bot1:GOOD/getMe", "/bot1:BAD/getMe"]);
	assert.equal(/GOOD|1:BAD/.test(good.stdout + bad.stdout), false);
});
