// The environments as a person starts them, each at a simulated exchange on the loopback: what asks for a yes, what needs a key, what has
// no trade socket, and what a wrong key leads to.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { minutes, still } from "../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../src/simserver/testing/rig.ts";
import { DAY, MINUTE } from "../src/units/unit.ts";
import { EnvironmentRig } from "./support/environment-rig.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));
const KEYS = { ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };
const NO_TERMINAL = spawnSync("script", ["--version"]).error === undefined ? false : "there is no script(1) to make a terminal with";

/** A folder with a configuration of that environment at a simulated exchange that walks in real time, a day after it began. */
async function folderAt(environment: string): Promise<{ home: string; rig: Rig }> {
	const rig = await Rig.open({ markets: [market("BTCUSDT", minutes(still(DAY / MINUTE + 60, 20_000)))], autostart: false, speed: 1 });
	await rig.sim.control.step({ ms: DAY });
	rig.sim.start();
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-environment-"));
	afterwards(() => rmSync(home, { recursive: true, force: true }));
	const endpoints = { rest: rig.sim.addresses.rest, public: rig.sim.addresses.public, private: rig.sim.addresses.private };
	writeFileSync(join(home, "config.yaml"), JSON.stringify({ environment, endpoints }));
	return { home, rig };
}

type Ended = { readonly code: number | null; readonly text: string };

/** Runs it to its end; `act` sees all that has been written whenever something is. */
async function ran(child: ChildProcess, act: (text: string) => void = () => {}): Promise<Ended> {
	afterwards(() => child.kill("SIGKILL"));
	let text = "";
	for (const stream of [child.stdout, child.stderr])
		stream?.on("data", (chunk) => {
			text += chunk;
			act(text);
		});
	const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
	return { code, text };
}

function start(home: string, args: readonly string[], env: Record<string, string>): ChildProcess {
	return spawn(process.execPath, [PROGRAM, "run", ...args], { cwd: home, env: { PATH: process.env.PATH ?? "", ...env } });
}

/** On a terminal of its own, whose keys are `stdin`. */
function onTerminal(home: string): ChildProcess {
	const command = `exec '${process.execPath}' '${PROGRAM}' run`;
	return spawn("script", ["-qefc", command, "/dev/null"], { cwd: home, env: { PATH: process.env.PATH ?? "", SHELL: "/bin/sh", ...KEYS } });
}

/** Stops it by SIGTERM once it trades. */
function untilItTrades(child: ChildProcess): (text: string) => void {
	return (text) => {
		if (/trading BTCUSDT/.test(text) && !child.killed) child.kill("SIGTERM");
	};
}

test("mainnet with --yes-mainnet starts without a terminal, as a service does (A2)", async () => {
	const { home } = await folderAt("mainnet");
	const child = start(home, ["--yes-mainnet"], KEYS);
	const { code, text } = await ran(child, untilItTrades(child));
	assert.match(text, /anchorwatch on mainnet: BTCUSDT/);
	assert.equal(code, 0, text);
});

test("mainnet without a terminal and without --yes-mainnet is refused with one line, and nothing is asked (A2)", async () => {
	const { home, rig } = await folderAt("mainnet");
	const count = rig.sim.control.inject({ fault: "unknown-fields" });
	const { code, text } = await ran(start(home, [], KEYS));
	assert.match(text, /^anchorwatch: mainnet trades real money: .*--yes-mainnet\n$/);
	assert.equal(code, 2);
	assert.deepEqual(
		rig.sim.control.log.filter(({ id }) => id === count),
		[],
	);
});

test("mainnet on a terminal asks once: yes trades, Ctrl-C stops (A2)", { skip: NO_TERMINAL }, async () => {
	const { home } = await folderAt("mainnet");
	const child = onTerminal(home);
	let typed = 0;
	const { code, text } = await ran(child, (sofar) => {
		if (typed === 0 && sofar.includes("Type yes to trade:")) child.stdin?.write(["yes\n", ""][typed++] ?? "");
		if (typed === 1 && /trading BTCUSDT/.test(sofar)) child.stdin?.write(["", "\u0003"][typed++] ?? "");
	});
	assert.equal(text.split("Type yes to trade:").length, 2, text);
	assert.match(text, /stopped: 0 trades/);
	assert.equal(code, 0);
});

test("mainnet on a terminal: anything but yes starts nothing (A2)", { skip: NO_TERMINAL }, async () => {
	const { home } = await folderAt("mainnet");
	const child = onTerminal(home);
	let typed = false;
	const { code, text } = await ran(child, (sofar) => {
		if (typed || !sofar.includes("Type yes to trade:")) return;
		typed = true;
		child.stdin?.write("y\n");
	});
	assert.match(text, /anchorwatch: not confirmed: nothing was started/);
	assert.equal(code, 2);
	assert.equal(readdirSync(home).includes("state"), false);
});

test("a key of another environment gives one clear line and exit code 2 (A2, C6)", async () => {
	const { home } = await folderAt("testnet");
	const { code, text } = await ran(start(home, [], { ...KEYS, ANCHORWATCH_API_KEY: "another-environments-key" }));
	const lines = text.split("\n").filter((line) => line.startsWith("anchorwatch: "));
	assert.equal(lines.length, 1, text);
	assert.match(lines[0] ?? "", /is the key one of this environment/);
	assert.equal(code, 2);
});

test("a journal of one environment is not gone on with in another (A2)", async () => {
	const { home } = await folderAt("testnet");
	const first = start(home, [], KEYS);
	const before = await ran(first, untilItTrades(first));
	assert.equal(before.code, 0, before.text);
	const file = join(home, "config.yaml");
	writeFileSync(file, readFileSync(file, "utf8").replace("testnet", "mainnet"));
	const { code, text } = await ran(start(home, ["--yes-mainnet"], KEYS));
	assert.match(text, /its journal is that of testnet; give mainnet a journal\.dir of its own/);
	assert.equal(code, 2);
});

test("paper starts without a key, says PAPER in every line, and goes on with its account (A2)", async () => {
	const { home } = await folderAt("paper");
	for (const account of [/PAPER {2}a new account with 10000\.00 USDT/, /PAPER {2}the account goes on with 10000\.00 USDT/]) {
		const child = start(home, [], {});
		const { code, text } = await ran(child, untilItTrades(child));
		assert.equal(code, 0, text);
		assert.match(text, account);
		assert.match(text, /PAPER {2}stopped: 0 trades/);
		for (const line of text.trimEnd().split("\n")) assert.match(line, /PAPER/);
	}
	assert.ok(readdirSync(join(home, "state")).includes("paper.sqlite"));
	const [log = ""] = readdirSync(join(home, "logs"));
	for (const line of readFileSync(join(home, "logs", log), "utf8")
		.trimEnd()
		.split("\n"))
		assert.equal((JSON.parse(line) as { environment?: string }).environment, "paper");
});

test("demo trades without a trade socket: its orders go by REST, and nothing is asked that it lacks (A2)", async () => {
	const closes = [20_100, 20_100, 20_100, 19_800, 19_800];
	const rows = closes.map((close, i) => {
		const open = closes[i - 1] ?? 20_000;
		return { open, high: Math.max(open, close), low: Math.min(open, close), close };
	});
	const rig = await EnvironmentRig.open(minutes([...still(DAY / MINUTE + 1, 20_000), ...rows]), {}, "demo");
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
	await rig.minutes(2);
	assert.equal(rig.trades.length, 1);
	assert.deepEqual(
		rig.asked().filter((hit) => !hit.startsWith("rest request /v5/order/create")),
		[],
		"what demo lacks",
	);
	assert.equal(rig.asked().length, 2, "entry and target by REST; the stop is the exchange's own");
	assert.equal(rig.bot.engine.balance, rig.exchange.sim.venue.wallet);
});
