// The program as a person starts it: each kind of bad input gives one clear line, exit code 2 and no stack trace; a stop is clean.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const HEADER = "open_time_ms,open,high,low,close,volume,turnover";
const CANDLES_2024 = [
	HEADER,
	...Array.from({ length: 180 }, (_, i) => `${Date.UTC(2024, 0, 1) + i * 60_000},100,101,99,100,1,100`),
	"",
].join("\n");
let folder = "";
let busyPort = 0;
const busy = createServer();

before(async () => {
	folder = mkdtempSync(join(tmpdir(), "anchorwatch-cli-"));
	await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
	busyPort = (busy.address() as AddressInfo).port; // listening on TCP
	const rows = (...lines: string[]): string => `${[HEADER, ...lines].join("\n")}\n`;
	const files: Record<string, string> = {
		"empty.csv": "",
		"column.csv": "open_time_ms,open,high,low,close,volume\n0,1,1,1,1,1\n",
		"nan.csv": rows("0,1,2,1,1,1,1", "60000,1,NaN,1,1,1,1"),
		"order.csv": rows("60000,1,2,1,1,1,1", "0,1,2,1,1,1,1"),
		"gap.csv": rows("0,1,2,1,1,1,1", "60000,1,2,1,1,1,1", "180000,1,2,1,1,1,1", "240000,1,2,1,1,1,1"),
		"high.csv": rows("0,1,2,1,1,1,1", "60000,1,2,1,2.5,1,1"),
		"turnover.csv": rows("0,1,2,1,1,1,", "60000,1,2,1,1,1,"),
		"good.csv": rows(...Array.from({ length: 180 }, (_, i) => `${i * 60_000},100,101,99,100,1,100`)),
		"type.yaml": "leverage: many\n",
		"unknown.yaml": "guard:\n  max_spred_pct: 1\n",
		"twice.yaml": "symbols:\n  - symbol: BTCUSDT\n  - symbol: BTCUSDT\n",
		"negative.yaml": "size: {value: -3}\n",
		"leverage.yaml": "leverage: 200\n",
		"symbol.yaml": "symbols: [{symbol: XYZUSDT}]\n",
		"log.yaml": `environment: sim\nlog: {dir: ${JSON.stringify(join(folder, "empty.csv"))}}\n`,
		"journal.yaml": `environment: sim\njournal: {dir: ${JSON.stringify(join(folder, "empty.csv", "x"))}}\n`,
		"paper.yaml": `environment: paper\njournal: {dir: ${JSON.stringify(join(folder, "empty.csv", "x"))}}\n`,
		"testnet.yaml": "environment: testnet\n",
		"large.yaml": `# ${"x".repeat(1_100_000)}\n`,
		"list.yaml": "- environment: testnet\n",
		"keyfile.yaml": "keys: {file: keys.age}\n",
		"mainnet.yaml": "environment: mainnet\n",
		"plain.yaml": 'endpoints: {rest: "http://example.com"}\n',
	};
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	writeFileSync(join(folder, "binary.yaml"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x00]));
	mkdirSync(join(folder, "sub/.env"), { recursive: true });
	writeFileSync(join(folder, "sub/testnet.yaml"), "environment: testnet\n");
});

after(() => {
	busy.close();
	rmSync(folder, { recursive: true, force: true });
});

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
	const clean = { PATH: process.env.PATH ?? "", HOME: folder, ...env };
	return new Promise((resolve) => {
		execFile(process.execPath, [PROGRAM, ...args], { cwd: folder, env: clean, timeout: 60_000 }, (error, stdout, stderr) => {
			resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
		});
	});
}

const BAD_INPUT: readonly (readonly [string, readonly string[], RegExp])[] = [
	["an empty file", ["backtest", "--data", "empty.csv"], /empty\.csv: it is empty/],
	["a missing column", ["backtest", "--data", "column.csv"], /column\.csv, line 1: no column turnover/],
	["a NaN", ["backtest", "--data", "nan.csv"], /nan\.csv, line 3: high is "NaN"/],
	["rows out of order", ["backtest", "--data", "order.csv"], /order\.csv, line 3: .*comes after/],
	[
		"a gap",
		["backtest", "--data", "gap.csv"],
		/gap\.csv: 1 candle is missing in 1 gap, the first from 1970-01-01 00:02 to 1970-01-01 00:03; set data\.allow_gaps/,
	],
	["a high below the close", ["backtest", "--data", "high.csv"], /high\.csv, line 3: high 2 is below open 1 or close 2\.5/],
	["a turnover that was not recorded", ["backtest", "--data", "turnover.csv"], /turnover is not recorded.*data\.approximate_turnover/],
	["a file that is not there", ["backtest", "--data", "nowhere.csv"], /nowhere\.csv: there is no such file/],
	["a folder for a file", ["backtest", "--data", "."], /directory/],
	["no candles at all", ["backtest"], /--data FILE/],
	["a bad date", ["backtest", "--data", "good.csv", "--start", "soon"], /--start soon: a date/],
	["a bad count", ["backtest", "--data", "good.csv", "--limit", "x"], /--limit/],
	["a result file that cannot be written", ["backtest", "--data", "good.csv", "--json", "no/such/folder.json"], /cannot be written/],
	["a wrong type", ["config", "check", "--config", "type.yaml"], /type\.yaml:1: leverage: expected a number/],
	[
		"an unknown key",
		["config", "check", "--config", "unknown.yaml"],
		/unknown\.yaml:2: guard\.max_spred_pct: unknown key, did you mean max_spread_pct/,
	],
	["a symbol twice", ["config", "check", "--config", "twice.yaml"], /twice\.yaml:3: .*BTCUSDT is listed already/],
	["a negative size", ["config", "check", "--config", "negative.yaml"], /negative\.yaml:1: size\.value: expected/],
	["leverage 200", ["config", "check", "--config", "leverage.yaml"], /leverage\.yaml:1: leverage: expected/],
	["a plain address outside the machine", ["config", "check", "--config", "plain.yaml"], /plain\.yaml:1: endpoints\.rest/],
	["a symbol without rules", ["backtest", "--config", "symbol.yaml", "--data", "good.csv"], /XYZUSDT has no known rules/],
	["a configuration that is not there", ["run", "--config", "nowhere.yaml"], /nowhere\.yaml: no such file/],
	["a configuration that is a folder", ["run", "--config", "."], /folder/],
	["a log folder that is a file", ["run", "--config", "log.yaml"], /cannot be written.*log\.dir/],
	["a journal folder under a file", ["run", "--config", "journal.yaml"], /cannot be opened.*journal\.dir/],
	["a journal folder under a file, on paper", ["run", "--config", "paper.yaml"], /cannot be written \(.*\); check journal\.dir/],
	["no key for an exchange", ["run", "--config", "testnet.yaml"], /ANCHORWATCH_API_KEY/],
	["a bad file to replay", ["run", "--data", "nan.csv"], /nan\.csv, line 3/],
	["a bad file for the exchange", ["sim", "--data", "nan.csv"], /nan\.csv, line 3/],
	["a command that does not exist", ["backtst"], /unknown command 'backtst'.*backtest/],
	["a command of a command that does not exist", ["config", "chek"], /unknown command 'chek' \(Did you mean check\?\)/],
	["help for what is no command", ["help", "journal", "verfy"], /unknown command 'verfy' \(Did you mean verify\?\)/],
	["help for more than a command", ["help", "status", "extra"], /status has no command of its own/],
	["an option that does not exist", ["backtest", "--nonsense"], /unknown option '--nonsense'/],
	["an option with a slip", ["status", "--jsn"], /unknown option '--jsn' \(Did you mean --json\?\)/],
	["an option without its value", ["trades", "--last"], /'--last <number>' argument missing/],
	["a name that is empty", ["status", "--config", ""], /'--config <file>' argument '' is invalid\. the name of a file is expected/],
	["an argument too many", ["status", "extra"], /too many arguments for 'status'/],
	["an argument too few", ["keys", "remove"], /missing required argument 'name'/],
	["a level that is none", ["log-level", "loud"], /'loud' is invalid for argument 'level'\. Allowed choices are trace, debug/],
	["a speed without end", ["run", "--speed", "Infinity"], /'--speed <x>' argument 'Infinity' is invalid/],
	[
		"a number with a sign",
		["backtest", "--data", "good.csv", "--limit", "-5"],
		/'--limit <n>' argument '-5' is invalid\. a whole number, 1/,
	],
	["a configuration that is no text", ["config", "check", "--config", "binary.yaml"], /binary\.yaml: expected text in UTF-8/],
	["a configuration of a megabyte", ["config", "check", "--config", "large.yaml"], /large\.yaml: is 1\.1 MB large/],
	["a list for a configuration", ["config", "check", "--config", "list.yaml"], /list\.yaml:1: expected a section of keys, got a list/],
	["a .env that is a folder", ["run", "--config", "sub/testnet.yaml"], /sub\/\.env: is a folder, expected a file/],
	[
		"a key file that is not there",
		["run", "--config", "keyfile.yaml", "--passphrase-fd", "0"],
		/passphrase-fd 0: (holds no passphrase|cannot be read)/,
	],
	["a speed of nothing", ["run", "--speed", "0"], /--speed/],
	["a market too short to say", ["generate", "--days", "x"], /--days/],
];

for (const [what, args, line] of BAD_INPUT) {
	test(`${what} gives one clear line and exit code 2 (I1, C6)`, { concurrency: true }, async () => {
		const { code, stderr, stdout } = await run(args);
		const lines = stderr.trimEnd().split("\n");
		assert.equal(lines.length, 1, stderr);
		assert.match(lines[0] ?? "", line);
		assert.match(lines[0] ?? "", /^anchorwatch: /);
		assert.equal(code, 2);
		assert.equal(stdout, "");
	});
}

test("a port in use gives one clear line and exit code 2", async () => {
	const { code, stderr } = await run(["sim", "--data", "good.csv", "--port", String(busyPort)]);
	assert.match(stderr, new RegExp(`^anchorwatch: port ${busyPort} is in use`));
	assert.deepEqual([stderr.trimEnd().split("\n").length, code], [1, 2]);
});

test("lines of .env that say nothing are told once each, and the key that is missing after them (I1, A1)", async () => {
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-env-"));
	writeFileSync(join(home, "config.yaml"), "environment: testnet\n");
	writeFileSync(join(home, ".env"), "hidden words\nANCHORWATCH_API_KEYS=hidden\n", { mode: 0o600 });
	const { code, stderr } = await run(["run", "--config", join(home, "config.yaml")]);
	const [first, second, third, ...rest] = stderr.trimEnd().split("\n");
	assert.match(first ?? "", /^anchorwatch: .*\.env:1: expected NAME=VALUE: the line is passed over$/);
	assert.match(second ?? "", /^anchorwatch: .*\.env:2: ANCHORWATCH_API_KEYS: unknown, did you mean ANCHORWATCH_API_KEY\?$/);
	assert.match(third ?? "", /^anchorwatch: testnet needs an API key/);
	assert.deepEqual([rest, code], [[], 2]);
	assert.doesNotMatch(stderr, /hidden/);
	rmSync(home, { recursive: true, force: true });
});

test("an exchange that nobody answers for is one line and code 1: another try may succeed (D5)", async () => {
	writeFileSync(join(folder, "nowhere.yaml"), 'endpoints: {rest: "http://127.0.0.1:9"}\n');
	for (const args of [["keys", "check"], ["symbols"]]) {
		const { code, stderr, stdout } = await run([...args, "--config", "nowhere.yaml"], {
			ANCHORWATCH_API_KEY: "key",
			ANCHORWATCH_API_SECRET: "secret",
		});
		assert.match(stderr, /^anchorwatch: .*127\.0\.0\.1:9 refuses the connection \(ECONNREFUSED\): nothing listens there.*\n$/);
		assert.deepEqual([code, stdout], [1, ""], args.join(" "));
	}
});

test("mainnet without a terminal asks for --yes-mainnet (A2)", async () => {
	const { code, stderr } = await run(["run", "--config", "mainnet.yaml"], { ANCHORWATCH_API_KEY: "key", ANCHORWATCH_API_SECRET: "secret" });
	assert.match(stderr, /--yes-mainnet/);
	assert.equal(code, 2);
	assert.doesNotMatch(stderr, /secret/i);
});

test("output that cannot be written is a failure in one line; a reader that has seen enough is none (I3)", {
	skip: !existsSync("/dev/full"),
}, async () => {
	writeFileSync(join(folder, "recent.csv"), CANDLES_2024);
	const through = (args: string, where: string): Promise<Ended> =>
		new Promise((resolve) => {
			const env = { PATH: process.env.PATH ?? "" };
			execFile("sh", ["-c", `"$0" "$1" ${args} ${where}`, process.execPath, PROGRAM], { cwd: folder, env }, (error, stdout, stderr) =>
				resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
			);
		});
	for (const args of ["config schema", "generate --days 1", "run --data recent.csv"]) {
		const { code, stderr } = await through(args, "> /dev/full");
		assert.deepEqual([code, stderr], [1, "anchorwatch: standard output cannot be written (ENOSPC)\n"], args);
		assert.equal((await through(args, "| head -n 1")).stderr, "", args);
	}
	assert.deepEqual(await through("--help", "> /dev/full"), { code: 1, stdout: "", stderr: "" });
});

test("the same backtest writes the same bytes, in another time zone too (H1)", async () => {
	await run(["generate", "--seed", "cli", "--days", "10", "--out", "market.csv"]);
	const results = [];
	for (const [name, TZ] of [
		["a", "UTC"],
		["b", "UTC"],
		["c", "Asia/Seoul"],
	] as const) {
		const { code } = await run(["backtest", "--data", "market.csv", "--json", `${name}.json`], { TZ });
		assert.equal(code, 0);
		const { stdout } = await run(["backtest", "--data", "market.csv"], { TZ });
		const { readFileSync } = await import("node:fs");
		results.push({ json: readFileSync(join(folder, `${name}.json`), "utf8"), stdout });
	}
	assert.ok(JSON.parse(results[0]?.json ?? "{}").trades.length > 0);
	assert.match(results[0]?.stdout ?? "", /GENERATED MARKET, not history/);
	assert.deepEqual(results[1], results[0]);
	assert.deepEqual(results[2], results[0]);
});

test("with no config.yaml the run is a demo that says so, and SIGTERM ends it cleanly with a summary (I2, I3)", async () => {
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-demo-"));
	const child = spawn(process.execPath, [PROGRAM, "run", "--speed", "2000000"], { cwd: home, env: { PATH: process.env.PATH ?? "" } });
	let stdout = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
		if (/ long | short /.test(stdout) && !child.killed) child.kill("SIGTERM");
	});
	const code = await new Promise((resolve) => child.on("exit", resolve));
	assert.match(stdout, /no config\.yaml.*demo.*GENERATED market/s);
	assert.match(stdout, /Stopped by SIGTERM/);
	assert.match(stdout, /PnL/);
	assert.match(stdout, /What next/);
	assert.equal(code, 0);
	assert.deepEqual(readdirSync(home).sort(), ["logs", "state"]);
	rmSync(home, { recursive: true, force: true });
});

test("help is short and exits with 0", async () => {
	const { code, stdout } = await run(["--help"]);
	assert.equal(code, 0);
	for (const command of ["run", "init", "config", "symbols", "download", "backtest", "generate", "parity", "sim"])
		assert.match(stdout, new RegExp(`^ {2}${command}\\b`, "m"));
});
