// What stops a bot, and who lets it go on: read from its journal without beginning a run in it.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { InstanceLock } from "../src/journal/instance-lock.ts";
import { Journal } from "../src/journal/journal.ts";

const PROGRAM = join(import.meta.dirname, "../bin/anchorwatch.js");
const ENV = { PATH: process.env.PATH ?? "", ANCHORWATCH_API_KEY: "k".repeat(18), ANCHORWATCH_API_SECRET: "s".repeat(36) };

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function run(dir: string, ...args: string[]): Promise<Ended> {
	return new Promise((resolve) => {
		execFile(process.execPath, [PROGRAM, ...args], { cwd: dir, env: ENV }, (error, stdout, stderr) =>
			resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
		);
	});
}

/** A journal with that state of the engine. */
function bench(t: TestContext, engine: object): { dir: string; journal: () => Journal } {
	const dir = mkdtempSync(join(tmpdir(), "aw-standstill-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	writeFileSync(join(dir, "config.yaml"), "environment: testnet\n");
	let runs = 0;
	const journal = (): Journal => new Journal(join(dir, "state"), { name: `r${++runs}`, started: runs, about: {} });
	const first = journal();
	first.keep({ engine: { machines: {}, ...engine }, oms: {} });
	first.close();
	return { dir, journal };
}

test("a bot that a guard has stopped is not started, resume is one wish, and looking begins no run (I5, F4)", async (t) => {
	const { dir, journal } = bench(t, { halted: "drawdown: too much" });
	const refused = await run(dir, "run");
	assert.equal(refused.code, 2);
	assert.equal(
		refused.stderr,
		"anchorwatch: trading was stopped by a guard (drawdown: too much); look at what happened, then let it trade again with: anchorwatch resume\n",
	);
	const resumed = await run(dir, "resume");
	assert.deepEqual(
		[resumed.code, resumed.stdout],
		[0, "Resumed (it was stopped by drawdown: too much): the bot trades again from its next start, from a new peak.\n"],
	);
	assert.equal((await run(dir, "log-level", "debug")).code, 0);
	const next = journal();
	assert.deepEqual(next.runs(), ["r1", "r2"], "runs of bots, and no others");
	assert.deepEqual(
		next.wishes().map(({ wish }) => wish),
		["resume"],
	);
	assert.equal(next.takeLevel(1), "debug");
	next.close();
});

test("a bot that was paused is resumed, too; one that nothing holds is left alone, unless it runs and may be in doubt (I5)", async (t) => {
	const held = bench(t, { machines: { BTCUSDT: { held: true } } });
	assert.equal((await run(held.dir, "resume")).stdout, "Resumed (it was paused): the bot trades again from its next start.\n");
	const { dir } = bench(t, {});
	const nothing = "Nothing to resume: no guard has stopped the bot, and nobody has paused it.\n";
	assert.equal((await run(dir, "resume")).stdout, nothing);
	const lock = InstanceLock.take(join(dir, "state"), { pid: process.pid, run: "r1" });
	assert.equal((await run(dir, "resume")).stdout, "Resumed: the bot that runs trades again at once.\n");
	lock.release();
	rmSync(join(dir, "state"), { recursive: true });
	assert.equal((await run(dir, "resume")).stdout, nothing);
	const level = await run(dir, "log-level", "debug");
	assert.equal(level.code, 2);
	assert.match(level.stderr, /^anchorwatch: .*journal\.sqlite: there is no journal yet; start the bot with .*\n$/);
});

test("while a bot waits for an exchange that is away, other processes can put their wishes into its journal (I5)", async (t) => {
	const { dir } = bench(t, {});
	const nobody = ["rest: http", "public: ws", "private: ws", "trade: ws"].map((name) => `  ${name}://127.0.0.1:9\n`).join("");
	writeFileSync(join(dir, "config.yaml"), `environment: testnet\nmetrics:\n  enabled: false\nendpoints:\n${nobody}`);
	const bot = spawn(process.execPath, [PROGRAM, "run"], { cwd: dir, env: ENV });
	t.after(() => bot.kill("SIGKILL"));
	const heard = async (what: RegExp): Promise<void> => {
		for (let said = ""; !what.test(said); ) said += String((await once(bot.stdout, "data"))[0]);
	};
	await heard(/anchorwatch on testnet/);
	const taken = heard(/log level debug: by the operator/);
	assert.deepEqual(await run(dir, "log-level", "debug").then(({ code, stderr }) => [code, stderr]), [0, ""]);
	await taken;
	assert.deepEqual(await run(dir, "log-level", "info").then(({ code, stderr }) => [code, stderr]), [0, ""]);
});
