// What commands print, as a program or a log takes it: with --json standard output is one JSON document, or one a line, and nothing else;
// nowhere off a terminal stands an escape code; and the exit code does not depend on how the answer is written.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { program } from "../src/cli/program.ts";
import { writeKeyFile } from "../src/config/key-file.ts";
import { Secret } from "../src/config/secret.ts";
import { Journal } from "../src/journal/journal.ts";
import { minutes, still } from "../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../src/simserver/testing/rig.ts";

const PROGRAM = join(import.meta.dirname, "../bin/anchorwatch.js");
const PASSPHRASE = "correct horse battery";
const ESCAPE = "\u001b";

/** Each command that answers as JSON, with what it needs; `code` is how it ends here. */
const ASKED: readonly { readonly args: string; readonly code?: number; readonly lines?: true; readonly passphrase?: true }[] = [
	{ args: "status" },
	{ args: "positions" },
	{ args: "trades" },
	{ args: "kpi" },
	{ args: "journal tail", lines: true },
	{ args: "journal verify" },
	{ args: "journal backup" },
	{ args: "config check" },
	{ args: "config show" },
	{ args: "keys list", passphrase: true },
	{ args: "keys check" },
	{ args: "symbols" },
	{ args: "doctor" },
	{ args: "notify test", code: 1 },
	{ args: "parity --days 0.2" },
];

/** Those whose --json names a file. */
const TO_FILE = ["run", "backtest"];

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function run(dir: string, args: readonly string[], { passphrase = false, env = {} as Record<string, string> } = {}): Promise<Ended> {
	const keys = { ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };
	const child = spawn(process.execPath, [PROGRAM, ...args, ...(passphrase ? ["--passphrase-fd", "3"] : [])], {
		cwd: dir,
		env: { PATH: process.env.PATH ?? "", ...keys, ...env },
		stdio: ["ignore", "pipe", "pipe", passphrase ? openSync(join(dir, "passphrase"), "r") : "ignore"],
	});
	const said = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const)
		child[name]?.on("data", (chunk) => {
			said[name] += chunk;
		});
	return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
}

/** A folder in which every one of them has something to tell; the second channel is refused. */
async function home(): Promise<string> {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(60, 20_000)))], autostart: false });
	await rig.sim.control.step({ ms: 120_000 });
	const { rest, public: stream, private: own, trade } = rig.sim.addresses;
	const refusing = createServer((_request, response) => response.writeHead(400).end());
	await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
	afterwards(() => refusing.close());
	const dir = mkdtempSync(join(tmpdir(), "aw-output-"));
	afterwards(() => rmSync(dir, { recursive: true, force: true }));
	const url = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`; // listening on TCP
	const config = { endpoints: { rest, public: stream, private: own, trade }, notify: { webhook: { enabled: true, url } } };
	writeFileSync(join(dir, "config.yaml"), JSON.stringify(config));
	writeFileSync(join(dir, "passphrase"), `${PASSPHRASE}\n`);
	writeFileSync(join(dir, "market.csv"), CANDLES);
	const set = { api_key: new Secret(KEY), api_secret: new Secret(SECRET) };
	await writeKeyFile(join(dir, "keys.age"), new Map([["default", set]]), new Secret(PASSPHRASE), 2);
	const journal = new Journal(join(dir, "state"), { name: "r", started: 1, about: {} });
	journal.command({ kind: "cancel", at: Date.UTC(2026, 0, 2), symbol: "BTCUSDT", linkId: "aw-r-BTCUSDT-1" });
	journal.commit();
	journal.close();
	return dir;
}

const START = Date.UTC(2024, 0, 1);
const CANDLES = [
	"open_time_ms,open,high,low,close,volume,turnover",
	...Array.from({ length: 180 }, (_, i) => `${START + i * 60_000},100,101,99,100,1,100`),
	"",
].join("\n");

function withJson(command: Command, path = ""): string[] {
	return command.commands.flatMap((below) => {
		const at = `${path} ${below.name()}`.trim();
		return [...(below.options.some(({ long }) => long === "--json") ? [at] : []), ...withJson(below, at)];
	});
}

test("every command that knows --json is asked here", () => {
	const asked = ASKED.map(({ args }) => args.split(" --")[0] ?? "");
	assert.deepEqual(withJson(program()).sort(), [...asked, ...TO_FILE].sort());
});

test("with --json standard output is JSON and nothing else, in plain text and with the exit code of the words (I1)", async () => {
	const dir = await home();
	const asked = ASKED.map(async ({ args, code = 0, lines = false, passphrase = false }) => {
		const [words, json] = await Promise.all([
			run(dir, args.split(" "), { passphrase, env: { NO_COLOR: "1" } }),
			run(dir, [...args.split(" "), "--json"], { passphrase, env: { FORCE_COLOR: "1" } }),
		]);
		assert.deepEqual([words.code, json.code], [code, code], `${args}: ${words.stderr}${json.stderr}${json.stdout}`);
		for (const text of lines ? json.stdout.trimEnd().split("\n") : [json.stdout]) {
			const value: unknown = JSON.parse(text);
			assert.ok(typeof value === "object" && value !== null, args);
		}
		assert.equal(lines || json.stdout.endsWith("}\n") || json.stdout.endsWith("]\n"), true, args);
		assert.throws(() => JSON.parse(words.stdout) as unknown, args);
		const all = words.stdout + words.stderr + json.stdout + json.stderr;
		assert.equal(all.includes(ESCAPE), false, `${args}: no escape codes`);
		assert.equal(all.includes(SECRET), false, args);
		for (const line of json.stderr.split("\n")) assert.doesNotMatch(line, /^[{[]/, args);
	});
	await Promise.all(asked);
});

test("a result on standard output has it for itself; the report's line goes beside it (H2)", async () => {
	const dir = await home();
	const args = ["backtest", "--data", "market.csv", "--report", "report.html", "--json"];
	const [here, file] = await Promise.all([run(dir, [...args, "-"]), run(dir, [...args, "result.json"])]);
	assert.deepEqual([here.code, file.code], [0, 0]);
	assert.equal((JSON.parse(here.stdout) as { candles: number }).candles, 180);
	assert.match(here.stderr, /^Report: report\.html/m);
	assert.match(file.stdout, /Result file: result\.json\n(?:.*\n)*Report: report\.html/);
});

test("what cannot be told leaves standard output empty, with --json, too; a configuration that is wrong is told as JSON (I1)", async () => {
	const dir = await home();
	rmSync(join(dir, "state"), { recursive: true });
	for (const args of ["status", "positions", "trades", "journal tail", "journal verify", "journal backup"]) {
		const { code, stdout, stderr } = await run(dir, [...args.split(" "), "--json"]);
		assert.deepEqual([code, stdout], [2, ""], args);
		assert.match(stderr, /^anchorwatch: .*there is no journal yet.*\n$/, args);
	}
	writeFileSync(join(dir, "config.yaml"), "leverage: many\nlevrage: 2\n");
	const { code, stdout, stderr } = await run(dir, ["config", "check", "--json"]);
	assert.equal(code, 2);
	assert.partialDeepStrictEqual(JSON.parse(stdout), { ok: false, file: "config.yaml", warnings: [] });
	assert.match(stderr, /^anchorwatch: config\.yaml: 2 problems\n/);
});

test("commands without --json print plain text off a terminal, whatever is asked of colours (G5)", async () => {
	const dir = await home();
	const asked = [
		["--help", { FORCE_COLOR: "1" }],
		["backtest --data market.csv", { FORCE_COLOR: "1", NO_COLOR: "1" }],
		["backtest --data market.csv", { FORCE_COLOR: "3" }],
		["run --data market.csv", { FORCE_COLOR: "1" }],
		["generate --days 0.1", { NO_COLOR: "1" }],
		["backtst", { FORCE_COLOR: "1" }],
	] as const;
	await Promise.all(
		asked.map(async ([args, env]) => {
			const { stdout, stderr } = await run(dir, args.split(" "), { env });
			assert.notEqual(stdout + stderr, "", args);
			assert.equal((stdout + stderr).includes(ESCAPE), false, args);
		}),
	);
});

const NO_TERMINAL = spawnSync("script", ["--version"]).error !== undefined && "there is no script(1) to make a terminal with";

test("on a terminal long work shows how far it is, beside what is asked for and never in it (I1)", { skip: NO_TERMINAL }, async () => {
	const dir = await home();
	for (const [args, env, drawn] of [
		["journal verify --json", { TERM: "xterm" }, true],
		["journal verify --json", { TERM: "dumb" }, false],
	] as const) {
		const line = `"${process.execPath}" "${PROGRAM}" ${args} > out.json`;
		const { stdout } = spawnSync("script", ["-qec", line, "/dev/null"], {
			cwd: dir,
			env: { PATH: process.env.PATH, ...env },
			encoding: "utf8",
			input: "",
		});
		assert.equal(stdout.includes("█"), drawn, stdout);
		if (drawn) assert.ok(stdout.endsWith(`\r${ESCAPE}[K`), "and it is taken away");
		assert.partialDeepStrictEqual(JSON.parse(readFileSync(join(dir, "out.json"), "utf8")), { ok: true });
	}
});
