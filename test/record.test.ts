// `status`, `positions` and `trades`: what they read out of the journal of a bot at the simulated exchange, while it runs and after.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { holdingsIn, lateFundingIn, statusOf, tradesIn, withRecord } from "../src/cli/record.ts";
import { holdingsText, statusText, tradesText } from "../src/cli/record-text.ts";
import { loadConfig, type RunConfig } from "../src/cli/run-config.ts";
import { InstanceLock } from "../src/journal/instance-lock.ts";
import { usdtNumber } from "../src/units/grid.ts";
import { LiveRig } from "./support/live-rig.ts";
import { SYMBOL } from "./support/rig-bot.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));

function configOf(dir: string): RunConfig {
	const file = join(dir, "config.yaml");
	writeFileSync(file, `environment: testnet\njournal: {dir: ${JSON.stringify(dir)}}\n`);
	return loadConfig(file);
}

test("a position shows with its entry, stop, target and order; afterwards the trade with what it cost (G6)", async () => {
	const rig = await LiveRig.open({ closes: [20_100, 20_100, 19_800, 19_800], durable: true });
	const config = configOf(rig.dir);
	rig.bot.trader.commit(); // as its rounds do each second
	const before = statusOf(config);
	assert.deepEqual([before.positions, before.trades, before.balance], [[], [], usdtNumber(rig.bot.engine.balance)]);
	assert.match(statusText(before), /no position\n\nno open order/);

	await rig.long();
	const { position, protection } = rig.bot.engine.machine(SYMBOL).saved();
	const status = statusOf(config);
	const [held] = status.positions;
	const shown = rig.sim.control.state().symbols[SYMBOL]?.position;
	assert.deepEqual([held?.direction, held?.qty, held?.entry], ["long", 0.1, shown?.entry]);
	assert.deepEqual([held?.stop, held?.stop_at_exchange], [Number(shown?.stopLoss), true]);
	assert.equal(held?.target?.price, (protection.takeProfit?.price ?? 0) / 10);
	assert.equal(usdtNumber(position.cost), 0.1 * (held?.entry ?? 0));
	assert.deepEqual(
		status.orders.map(({ purpose, side, price, filled }) => [purpose, side, price, filled]),
		[["take_profit", "sell", held?.target?.price, 0]],
	);
	assert.ok(Math.abs((status.equity ?? 0) - (status.balance ?? 0) - (held?.unrealised ?? 0)) < 1e-9);
	assert.match(statusText(status), /BTCUSDT +long +0\.1 /);
	assert.match(holdingsText(withRecord(config, holdingsIn)), /take_profit +sell/);

	await rig.minutes(2);
	const [trade] = rig.said("flat").map(({ trade: ended }) => ended);
	assert.ok(trade !== undefined, "the stop ended the trade");
	const trades = withRecord(config, (view) => tradesIn(view, {}));
	assert.partialDeepStrictEqual(trades[0], {
		pnl: usdtNumber(trade.pnl),
		fees: usdtNumber(trade.fees),
		funding: usdtNumber(trade.funding),
		exit_ms: trade.exitAt,
	});
	assert.equal(withRecord(config, (view) => tradesIn(view, { since: trade.exitAt + 60_000 })).length, 0);
	const text = tradesText(trades.slice(0, 1), 1.5);
	assert.match(text, /1 trade: -[\d.]+ USDT net of [\d.]+ fees and 0\.00 funding; -1\.50 USDT of funding came after/);
	assert.equal(
		withRecord(config, (view) => lateFundingIn(view, 0)),
		0,
	);
	assert.ok(status.notes.some(({ what }) => what === "entered"));
});

test("a guard's stop, the operator's pause and what is not done yet are said; running is who holds the lock (I5)", async () => {
	const rig = await LiveRig.open({ closes: [20_000], durable: true });
	const config = configOf(rig.dir);
	assert.equal(statusOf(config).running, null);
	assert.deepEqual(
		readdirSync(rig.dir).filter((name) => name.startsWith("instance")),
		[],
		"looking writes nothing",
	);
	const lock = InstanceLock.take(rig.dir, { pid: 4711, run: "k3f9x2" });
	assert.deepEqual(statusOf(config).running, { pid: 4711, run: "k3f9x2" });
	assert.match(statusText(statusOf(config)), /^testnet: running, process 4711, run k3f9x2\ntrading: allowed/);
	lock.release();
	assert.match(statusText(statusOf(config)), /^testnet: no bot runs/);

	rig.journal?.wish("pause", 1);
	assert.deepEqual(statusOf(config).wishes, ["pause"]);
	const at = rig.sim.clock.now();
	for (const wish of ["pause", "flatten"] as const) rig.bot.trader.take({ kind: "event", event: { kind: "operator", at, wish } }, at);
	const stopped = statusOf(config);
	assert.deepEqual([stopped.paused, stopped.halted?.startsWith("operator"), stopped.flattening], [true, true, true]);
	assert.match(statusText(stopped), /STOPPED by operator: .*anchorwatch resume.*; paused by the operator; closing everything/);
});

test("without a journal each command says so in one line, and makes none; wrong options are the operator's (I5)", async () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-record-"));
	try {
		configOf(dir);
		const run = (...args: string[]): Promise<{ code: number; stderr: string }> =>
			new Promise((resolve) => {
				execFile(process.execPath, [PROGRAM, ...args], { cwd: dir }, (error, _stdout, stderr) =>
					resolve({ code: error === null ? 0 : Number(error.code), stderr }),
				);
			});
		for (const command of ["status", "positions", "trades"]) {
			const { code, stderr } = await run(command);
			assert.deepEqual([code, stderr.split("\n").length], [2, 2]);
			assert.match(stderr, /journal\.sqlite: there is no journal yet; start the bot/);
		}
		assert.match((await run("trades", "--last", "0")).stderr, /--last.*whole number, 1 or more/);
		assert.match((await run("trades", "--since", "soon")).stderr, /--since soon: a date or an instant is expected/);
		assert.deepEqual(readdirSync(dir), ["config.yaml"]);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
});
