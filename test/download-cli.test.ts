// `symbols`, `download` and a backtest from the store, as a person starts them, against a simulated exchange on the loopback.

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { generateMarket } from "../src/candles/generate.ts";
import { openCandles } from "../src/candles/open.ts";
import { writeCandles } from "../src/candles/write.ts";
import { type Columns, slice } from "../src/market/candle.ts";
import { afterwards } from "../src/simserver/testing/rig.ts";
import { freshFolder, KLINE, type Past, pastExchange, rows } from "./support/exchange.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
/** 25,920 candles: three groups of pages. */
const MARKET = generateMarket({ seed: "download", days: 18, price: 60_000, tick: "0.1", start: Date.UTC(2024, 0, 20) });
const MIDDLE = slice(MARKET, 0, 12_000);
const SHORT = slice(MARKET, 0, 2000);

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A folder with a configuration that names the exchange; the program is started in it. */
class Home {
	readonly folder = freshFolder();
	readonly #env = { PATH: process.env.PATH ?? "", HOME: this.folder };

	constructor(past: Past | undefined, more: object = {}) {
		const endpoints = past === undefined ? {} : { endpoints: { rest: past.rig.sim.addresses.rest } };
		writeFileSync(join(this.folder, "config.yaml"), JSON.stringify({ ...endpoints, ...more }));
	}

	run(...args: readonly string[]): Promise<Ended> {
		return new Promise((resolve) => {
			execFile(process.execPath, [PROGRAM, ...args], { cwd: this.folder, env: this.#env, timeout: 60_000 }, (error, stdout, stderr) => {
				resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
			});
		});
	}

	/** The same, with what a shell sets before it. */
	runAfter(shell: string, ...args: readonly string[]): Promise<Ended> {
		const command = `${shell}; exec "$0" "$@"`;
		return new Promise((resolve) => {
			const options = { cwd: this.folder, env: this.#env, timeout: 60_000 };
			execFile("/bin/sh", ["-c", command, process.execPath, PROGRAM, ...args], options, (error, stdout, stderr) => {
				resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
			});
		});
	}

	start(...args: readonly string[]): ChildProcess {
		const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: this.folder, env: this.#env });
		afterwards(() => child.kill("SIGKILL"));
		return child;
	}

	/** The folder of the exchange's store. */
	get store(): string {
		const data = join(this.folder, "data");
		return join(data, readdirSync(data)[0] ?? "");
	}

	series(symbol = "BTCUSDT", interval = "1"): string {
		return join(this.store, symbol, interval);
	}
}

function refused({ code, stdout, stderr }: Ended, line: RegExp, wanted = 2): void {
	assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
	assert.match(stderr, /^anchorwatch: /);
	assert.match(stderr, line);
	assert.deepEqual([code, stdout], [wanted, ""]);
}

/** Resolves at the first line that fits, and with how the process ended when it ends before. */
function said(child: ChildProcess, line: RegExp): Promise<string> {
	let text = "";
	return new Promise((resolve) => {
		child.stdout?.on("data", (chunk) => {
			text += chunk;
			if (line.test(text)) resolve(text);
		});
		child.on("exit", (code) => resolve(`${text}\nended with ${code}`));
	});
}

function ended(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
	let stderr = "";
	child.stderr?.on("data", (chunk) => {
		stderr += chunk;
	});
	return new Promise((resolve) => child.on("exit", (code) => resolve({ code, stderr })));
}

function isMarket(columns: Columns, market = MARKET): void {
	assert.deepEqual(rows(columns), rows(market).slice(0, -1));
}

test("symbols: a table for people, JSON for programs, a filter (B1)", async () => {
	const home = new Home(await pastExchange(SHORT, { symbols: ["BTCUSDT", "ETHUSDT"] }));
	const table = await home.run("symbols");
	assert.equal(table.stderr, "");
	assert.equal(
		table.stdout.replace(/at \S+;/, "at it;"),
		[
			"symbol     status   tick  qty step  min qty     max qty  max at market  min USDT  leverage  funding      listed  delisted",
			"BTCUSDT *  Trading   0.1     0.001    0.001  1000000000     1000000000         5       100      8 h  2024-01-20         –",
			"ETHUSDT    Trading  0.01      0.01     0.01  1000000000     1000000000         5       100      8 h  2024-01-20         –",
			"2 symbols at it; * is in the configuration",
			"",
		].join("\n"),
	);
	const { stdout } = await home.run("symbols", "eth", "sol", "--json");
	assert.deepEqual(JSON.parse(stdout), [
		{
			symbol: "ETHUSDT",
			status: "Trading",
			base_coin: "ETH",
			quote_coin: "USDT",
			configured: false,
			tick: "0.01",
			qty_step: "0.01",
			min_qty: "0.01",
			max_qty: "1000000000",
			max_market_qty: "1000000000",
			min_notional: "5",
			max_leverage: 100,
			funding_interval_h: 8,
			launch_time_ms: Date.UTC(2024, 0, 20),
			delisting_time_ms: null,
		},
	]);
	refused(await home.run("symbols", "--quote", "USDC"), /--quote USDC: .*USDT is the only one/);
	refused(await home.run("symbols", "--status", "Gone"), /--status.*Trading, PreLaunch, Delivering, Closed/);
});

test("a download of several symbols and intervals, and its words (H1, C3)", async () => {
	const past = await pastExchange(SHORT, { symbols: ["BTCUSDT", "ETHUSDT"] });
	const home = new Home(past);
	const { code, stdout, stderr } = await home.run("download", "--symbols", "btcusdt,ETHUSDT", "--interval", "1,60", "--from", "2024-01-01");
	assert.deepEqual([code, stderr], [0, ""]);
	const lines = stdout.split("\n").map((line) => line.replace(/Stored in .*/, "Stored"));
	const [span, hours] = ["from 2024-01-20 00:00 to 2024-01-21 09:19", "from 2024-01-20 00:00 to 2024-01-21 09:00"];
	assert.deepEqual(lines, [
		`BTCUSDT 1 m: 1,999 candles ${span}, 1,999 of them new; 5 new funding rates`,
		`BTCUSDT 1 h: 33 candles ${hours}, 33 of them new; 0 new funding rates`,
		`ETHUSDT 1 m: 1,999 candles ${span}, 1,999 of them new; 5 new funding rates`,
		`ETHUSDT 1 h: 33 candles ${hours}, 33 of them new; 0 new funding rates`,
		"Stored",
		"",
	]);
	isMarket(openCandles(home.series("ETHUSDT")).columns, SHORT);
	const again = await home.run("download", "--latest", "100");
	assert.match(again.stdout, /^BTCUSDT 1 m: 100 candles from 2024-01-21 07:39 to 2024-01-21 09:19, 0 of them new; 0 new funding rates$/m);
});

test("holes of the exchange are counted in the last line", async () => {
	const holed = { ...SHORT, length: 1990 } as { -readonly [K in keyof Columns]: Columns[K] };
	for (const name of ["openTime", "open", "high", "low", "close", "volume", "turnover"] as const)
		holed[name] = Float64Array.from([...SHORT[name].subarray(0, 500), ...SHORT[name].subarray(510)]);
	const home = new Home(await pastExchange(holed));
	const { stdout } = await home.run("download", "--from", "2024-01-20");
	assert.match(
		stdout,
		/: 1,989 candles .* to 2024-01-21 09:19, 10 missing at the exchange \(the first 2024-01-20 08:20\), 1,989 of them new/,
	);
	refused(await home.run("backtest", "--offline"), /10 candles are missing in 1 gap, .*data\.allow_gaps/);
});

test("killed in the middle, twice, the same command goes on from what is written, and the end is whole (C3, I3)", async () => {
	const past = await pastExchange(MARKET);
	const home = new Home(past);
	const args = ["download", "--from", "2024-01-20"];
	// A page begins with the last stored candle, to be compared: one fewer is new.
	for (const kept of [10_000, 19_999]) {
		// The next group of pages never comes, so that the kill finds the process at work.
		const stuck = past.rig.sim.control.inject({ fault: "http-error", endpoint: KLINE, nth: 11 });
		const child = home.start(...args);
		const over = ended(child);
		assert.match(await said(child, / of [\d,]+ candles\n/), /10,000 of/);
		child.kill("SIGKILL");
		assert.equal((await over).code, null);
		past.rig.sim.control.remove(stuck);
		assert.equal(openCandles(home.series()).columns.length, kept);
	}
	// How far into the stuck group the kill comes is the machine's matter; what is there is not asked for again.
	const asked = past.pages();
	assert.ok(asked >= 20 && asked < 40, String(asked));
	const { code, stdout } = await home.run(...args);
	assert.equal(code, 0);
	assert.match(stdout, /25,919 candles .* 5,920 of them new/);
	isMarket(openCandles(home.series()).columns);
	assert.equal(past.pages() - asked, 6);
});

test("Ctrl-C ends it cleanly, with one line and exit code 1, and the same command goes on", async () => {
	const past = await pastExchange(MIDDLE, { faults: [{ fault: "http-error", endpoint: KLINE, nth: 11 }] });
	const home = new Home(past);
	const child = home.start("download", "--from", "2024-01-20");
	const over = ended(child);
	await said(child, / of [\d,]+ candles\n/);
	child.kill("SIGINT");
	const { code, stderr } = await over;
	assert.equal(stderr, "anchorwatch: stopped by SIGINT: what was fetched is stored, and the same command goes on from there\n");
	assert.equal(code, 1);
	past.rig.sim.control.heal();
	assert.match((await home.run("download", "--from", "2024-01-20")).stdout, /1,999 of them new/);
	isMarket(openCandles(home.series()).columns, MIDDLE);
});

test("a backtest without --data equals, byte for byte, the one on the same candles by --data; what is missing is fetched (H1)", async () => {
	const past = await pastExchange(MARKET);
	const home = new Home(past, { backtest: { start: "2024-01-27", end: "2024-02-06" } });
	const first = await home.run("backtest", "--json", "store.json");
	assert.equal(first.code, 0, first.stderr);
	assert.match(first.stderr, /^anchorwatch: fetched [\d,]+ candles and \d+ funding rates of BTCUSDT \(1 m\) into data\/\S+\n$/);
	const pages = past.pages();
	await past.rig.close();

	const again = await home.run("backtest", "--json", "again.json");
	assert.deepEqual([again.code, again.stderr], [0, ""], "with all of it stored, no exchange is needed");
	assert.equal(past.pages(), pages);
	writeCandles(join(home.folder, "candles.csv"), openCandles(home.series()).columns);
	const rates = join(home.store, "BTCUSDT", "funding.csv");
	for (const data of ["candles.csv", home.series()])
		assert.equal((await home.run("backtest", "--data", data, "--funding", rates, "--json", "data.json")).code, 0);
	const read = (name: string): string => readFileSync(join(home.folder, name), "utf8");
	const { trades } = JSON.parse(read("store.json"));
	assert.ok(trades.length > 0);
	assert.equal(read("again.json"), read("store.json"));
	assert.equal(read("data.json"), read("store.json"));
	// What was fetched before the start is enough: with a longer past nothing changes.
	writeCandles(join(home.folder, "longer.csv"), MARKET);
	assert.equal((await home.run("backtest", "--data", "longer.csv", "--funding", rates, "--json", "longer.json")).code, 0);
	assert.deepEqual(JSON.parse(read("longer.json")).trades, trades);
});

test("a backtest on the last N candles, on all that are stored, and offline (H1)", async () => {
	const past = await pastExchange(MIDDLE);
	const home = new Home(past);
	const candles = async (...args: string[]): Promise<unknown> => {
		const { code, stderr } = await home.run("backtest", "--json", "result.json", ...args);
		assert.equal(code, 0, stderr);
		return JSON.parse(readFileSync(join(home.folder, "result.json"), "utf8")).candles;
	};
	assert.equal(await candles("--limit", "5000"), 5000);
	assert.equal(await candles(), 5000);
	assert.equal(await candles("--offline"), 5000);
	assert.equal(await candles("--offline", "--limit", "3000"), 3000);
	refused(
		await home.run("backtest", "--offline", "--limit", "9000"),
		/candles from .* to 2024-01-24 20:39 are not in data\S+; leave --offline out/,
	);
	await past.rig.close();
	refused(
		await home.run("backtest", "--limit", "5000"),
		/http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED.*; or run on what is stored with --offline/,
		1,
	);
});

const BAD: readonly (readonly [string, readonly string[], RegExp])[] = [
	[
		"a symbol that is not listed",
		["download", "--symbols", "BTCUSDT,XYZUSDT", "--latest", "9"],
		/XYZUSDT: .* does not list it as a USDT perp/,
	],
	["a symbol that is none", ["download", "--symbols", "BTC/USDT", "--latest", "9"], /--symbols BTC\/USDT: a symbol such as BTCUSDT/],
	["no symbol", ["download", "--symbols", ",", "--latest", "9"], /name at least one symbol/],
	["an interval that is none", ["download", "--interval", "1m", "--latest", "9"], /--interval 1m: choose one of 1 3 5 15 /],
	["no range", ["download"], /--latest N candles, or --from TIME/],
	["an end before the start", ["download", "--from", "2024-02-01", "--to", "2024-01-01"], /--from lies at or after --to/],
	["a start after now", ["download", "--from", "2034-02-01"], /--from 2034-02-01T00:00:00\.000Z: no candle has closed since/],
	["two ranges", ["download", "--from", "2024-01-20", "--latest", "9"], /--from and --latest: give one of the two/],
	["a bad date", ["download", "--from", "soon"], /--from soon: a date or an instant/],
	["a bad count", ["download", "--latest", "0"], /--latest.*a whole number, 1 or more/],
	[
		"an exchange that is none",
		["download", "--latest", "9", "--environment", "moon"],
		/--environment <name>' argument 'moon' is invalid\. Allowed choices are mainnet, testnet/,
	],
	["nothing stored", ["backtest"], /no candles of BTCUSDT \(1 m\) are stored in data\S+: .*--limit N .*--data FILE/],
	["another symbol than the configuration's", ["backtest", "--symbol", "ETHUSDT"], /--symbol ETHUSDT: the configuration has BTCUSDT/],
];

test("each kind of bad input gives one clear line and exit code 2, and writes no candle", async () => {
	const home = new Home(await pastExchange(SHORT));
	// No tests of their own: what is opened for a test is closed with it, and a subtest counts as one.
	for (const [what, args, line] of BAD)
		await home
			.run(...args)
			.then((over) => refused(over, line))
			.catch((error: Error) => assert.fail(`${what}: ${error.message}`));
	assert.ok(!existsSync(join(home.folder, "data")));
});

test("several symbols, no exchange, a store that is a file: one clear line", async () => {
	const past = await pastExchange(SHORT);
	const several = new Home(past, { symbols: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }] });
	refused(
		await several.run("backtest"),
		/a backtest takes one symbol, and the configuration has BTCUSDT, ETHUSDT: choose one with --symbol/,
	);
	const sim = new Home(undefined, { environment: "sim" });
	refused(await sim.run("download", "--latest", "9"), /environment: sim has no exchange to ask; name one with --environment mainnet/);
	refused(await sim.run("backtest"), /environment: sim has no exchange: name the candles with --data FILE/);
	const file = new Home(past, { data: { dir: "store" } });
	writeFileSync(join(file.folder, "store"), "");
	refused(await file.run("download", "--latest", "9"), /store\S+: a part of this path is a file, not a folder: check data\.dir/);
});

test("nobody at the address: one clear line, and exit code 1, so that a script tries again", async () => {
	const past = await pastExchange(SHORT);
	const home = new Home(past);
	await past.rig.close();
	for (const args of [["symbols"], ["download", "--latest", "9"]])
		refused(await home.run(...args), /http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/, 1);
});

test("a folder that may not be written", { skip: process.getuid?.() === 0 ? "root may write everywhere" : false }, async () => {
	const home = new Home(await pastExchange(SHORT), { data: { dir: "store" } });
	mkdirSync(join(home.folder, "store"));
	chmodSync(join(home.folder, "store"), 0o500);
	refused(await home.run("download", "--latest", "9"), /store\S+: it may not be written: check the permissions of data\.dir/);
});

test("a disk that takes no more: one clear line, nothing half, and it goes on when there is room", async () => {
	const home = new Home(await pastExchange(MIDDLE));
	assert.equal((await home.run("download", "--from", "2024-01-20", "--to", "2024-01-21")).code, 0);
	// Files of at most 200 KB, the signal about it ignored: writing fails in the middle of a file.
	const full = await home.runAfter("trap '' XFSZ; ulimit -f 400", "download", "--from", "2024-01-20");
	assert.match(full.stderr, /^anchorwatch: data\S+2024-01\.candles: it cannot be written \(EFBIG\)\n$/);
	assert.equal(full.code, 1);
	assert.equal(openCandles(home.series()).columns.length, 1440);
	assert.deepEqual(readdirSync(home.series()), ["2024-01.candles"]);
	assert.equal((await home.run("download", "--from", "2024-01-20")).code, 0);
	isMarket(openCandles(home.series()).columns, MIDDLE);
});

test("two downloads at once end with all of it", async () => {
	const home = new Home(await pastExchange(MIDDLE));
	const runs = [
		["--from", "2024-01-20", "--to", "2024-01-26"],
		["--from", "2024-01-23"],
	].map((range) => home.run("download", ...range));
	for (const { code, stderr } of await Promise.all(runs)) assert.deepEqual([code, stderr], [0, ""]);
	isMarket(openCandles(home.series()).columns, MIDDLE);
});
