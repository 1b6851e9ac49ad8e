// `anchorwatch kpi`: what it reads out of a journal that a bot has written, while it runs and after, and what it says of it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { evidenceIn } from "../src/cli/kpi-evidence.ts";
import { kpiReport, kpiText } from "../src/cli/kpi-rows.ts";
import { withRecord } from "../src/cli/record.ts";
import { loadConfig, type RunConfig } from "../src/cli/run-config.ts";
import type { Note } from "../src/engine/command.ts";
import { Journal, type JournalKind } from "../src/journal/journal.ts";
import { beatsOf } from "../src/report/testing/sample-beats.ts";
import { START, tradeOf, usdt } from "../src/report/testing/sample-run.ts";
import { usdtNumber } from "../src/units/grid.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../src/units/unit.ts";
import { LiveRig } from "./support/live-rig.ts";
import { RigJobs } from "./support/rig-jobs.ts";

const PROGRAM = fileURLToPath(new URL("../bin/anchorwatch.js", import.meta.url));

function configOf(dir: string, environment = "testnet"): RunConfig {
	const file = join(dir, "config.yaml");
	writeFileSync(file, `environment: ${environment}\njournal: {dir: ${JSON.stringify(dir)}}\n`);
	return loadConfig(file);
}

async function inFolder(use: (dir: string) => void | Promise<void>): Promise<void> {
	const dir = mkdtempSync(join(tmpdir(), "aw-kpi-"));
	try {
		await use(dir);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

function note(journal: Journal, at: Ms, told: Note): void {
	journal.command({ kind: "note", at: START + at, symbol: "BTCUSDT", cash: usdt(1000), coin: 0, note: told });
}

/** A week of a bot: three days, an hour's stop, and the rest with a kill in it. A loss, a deposit, and a message that never went. */
function writeWeek(dir: string, kind: JournalKind, loss: number): void {
	const lives = beatsOf([
		{ pieces: [{ ill: false, time: 3 * DAY }], end: "stopped", away: HOUR },
		{
			pieces: [
				{ ill: false, time: 3 * DAY },
				{ ill: true, time: 10 * MINUTE },
			],
			end: "killed",
			away: 5 * MINUTE,
		},
		{ pieces: [{ ill: false, time: DAY }], end: "killed", away: 0 },
	]);
	for (const run of ["run0", "run1", "run2"]) {
		const journal = new Journal(dir, { name: run, started: START, about: {} }, kind);
		journal.tellTo(["telegram"], ({ what }) => what === "flat");
		for (const { at, beat } of lives.filter((each) => each.run === run))
			journal.beat(at, { ...beat, equity: { now: 1000, high: 1001, low: 999 }, logLines: 50 });
		if (run === "run1") {
			note(journal, 4 * DAY, { what: "flat", trade: tradeOf({ pnl: -loss, fees: 1, out: 4 * DAY }) });
			note(journal, 4 * DAY + 1, { what: "transferred", type: "DEPOSIT", amount: usdt(10) });
			note(journal, 4 * DAY + 2, { what: "difference", name: "no stop", text: "set" });
			note(journal, 4 * DAY + 3, { what: "unprotected", seconds: 2 });
			note(journal, 4 * DAY + 4, { what: "lateFunding", amount: usdt(0.5) });
		}
		journal.commit();
		journal.close();
	}
}

test("each figure of a journal is the sum made by hand, in a real and in a paper one (G7, G3, F2, F7)", () =>
	inFolder((dir) => {
		for (const [environment, kind] of [
			["testnet", "real"],
			["paper", "paper"],
		] as const) {
			writeWeek(dir, kind, 8);
			const to = START + 7 * DAY;
			const { kpis, shown } = kpiReport(configOf(dir, environment), "week", to);
			const uptime = kpis.rows.find(({ name }) => name === "uptime");
			// Killed after ten minutes of ill health: of these the last five are gone, with the five until the start.
			const [up, gone, stopped, ill] = [7 * DAY - HOUR - 15 * MINUTE, 10 * MINUTE, HOUR, 5 * MINUTE];
			assert.partialDeepStrictEqual(uptime?.evidence, { up, gone, stopped, ill, restarts: { stopped: 1, gone: 1 } });
			assert.deepEqual(
				shown.rows.map(({ name, verdict }) => [name, verdict]),
				[
					["drawdown", "held"],
					["position_loss", "held"],
					["uptime", (100 * up) / (7 * DAY) >= 99 ? "held" : "missed"],
					["notifications_missed", "missed"],
					["log_lines_missed", "held"],
				],
			);
			assert.deepEqual(shown.rows[3]?.evidence, { channel: "telegram", written: 1, sent: 0, late: 0, failed: 0, waiting: 1, overdue: 1 });
			assert.deepEqual(shown.rows[4]?.evidence, { lines: 100, lost: 0 }, "the first run's were there when the window began");
			assert.partialDeepStrictEqual(shown.context, {
				net: -8.5,
				fees: 1,
				funding: 0.5,
				transferred: 10,
				unprotected_s: 2,
				differences: { "no stop": 1 },
			});
			assert.match(
				kpiText(kpis, shown),
				/uptime +≥ 99 % +99\.\d\d % +held +6 d 23 h of 7 d, ill 5 m, stopped by a person 1 h, crashed, killed or silent 10 m/,
			);
		}
	}));

test("what was simulated is measured up to its end in the market's time (G7)", () =>
	inFolder((dir) => {
		const journal = new Journal(dir, { name: "r", started: 0, about: {} }, "simulated");
		for (const { at, beat } of beatsOf([{ pieces: [{ ill: false, time: 9 * DAY }], end: "stopped", away: 0 }])) journal.beat(at, beat);
		journal.close();
		const { kpis } = kpiReport(configOf(dir, "sim"), "week", undefined);
		assert.deepEqual([kpis.from, kpis.to], [START + 2 * DAY, START + 9 * DAY]);
		assert.equal(kpis.rows.find(({ name }) => name === "uptime")?.value, 100);
	}));

test("a window takes what was after its beginning and up to its end, and the last heartbeat before it (G7, G3)", () =>
	inFolder((dir) => {
		writeWeek(dir, "real", 8);
		const config = configOf(dir);
		const at = START + 4 * DAY;
		const of = (from: Ms, to: Ms) => withRecord(config, (view) => evidenceIn(view, { from, to }));
		assert.deepEqual([of(at - 1, at).trades.length, of(at, at + DAY).trades.length, of(at - DAY, at - 1).trades.length], [1, 0, 0]);
		assert.deepEqual(
			[of(at, at + 3).differences, of(at, at + 3).unprotectedSeconds, of(at, at + 2).unprotectedSeconds],
			[["no stop"], 2, 0],
		);
		const { before, beats } = of(at, at + HOUR);
		assert.ok(before !== undefined && before.at <= at && (beats[0]?.at ?? 0) > at);
		const { after } = of(at - DAY, (beats[0]?.at ?? 0) - 1);
		assert.equal(after?.at, beats[0]?.at, "and the first one after it: what began in it may end there");
		assert.equal(of(START - DAY, START - 1).before, undefined);
		assert.equal(of(at, START + 9 * DAY).after, undefined);
		assert.deepEqual(of(START - DAY, START - 1).beats, []);
		assert.equal(of(at + 6 * MINUTE, at + HOUR).movements.length, 0);
		assert.equal(of(at + 2, at + HOUR).movements.length, 1, "money moved since the last heartbeat before the window moves its first peak");
	}));

test("the notes of a time are found without going through the inputs, and the last ones, too (G7)", () =>
	inFolder((dir) => {
		const journal = new Journal(dir, { name: "r", started: 0, about: {} });
		journal.close();
		const database = new DatabaseSync(join(dir, "journal.sqlite"));
		for (const order of ["at, seq", "at DESC, seq DESC LIMIT 1"]) {
			const plan = database
				.prepare(
					`EXPLAIN QUERY PLAN SELECT body FROM entries WHERE kind = 'note' AND at > ? AND at <= ? AND body ->> 'what' IN (?) ORDER BY ${order}`,
				)
				.all(1, 2, "heartbeat");
			assert.deepEqual(
				plan.map(({ detail }) => detail),
				["SEARCH entries USING INDEX notes (at>? AND at<?)"],
			);
		}
		database.close();
	}));

test("a journal from before there were messages says nothing of them, and the rest (G3)", () =>
	inFolder((dir) => {
		writeWeek(dir, "real", 8);
		const database = new DatabaseSync(join(dir, "journal.sqlite"));
		database.exec("DROP TABLE deliveries; DROP TABLE messages; DROP INDEX notes");
		database.close();
		const { rows } = kpiReport(configOf(dir), "week", START + 7 * DAY).kpis;
		assert.deepEqual(
			rows.map(({ verdict }) => verdict),
			["held", "held", "held", "unknown", "held"],
		);
	}));

test("what a bot writes of itself beside its trading is measured as it was: a loss, a fall, and its time (G7, G3, F2, F7)", async () => {
	const closes = [20_100, 20_100, 19_800, ...Array.from({ length: 100 }, () => 19_800)];
	const rig = await LiveRig.open({ closes, durable: true, config: { risk: { max_loss_pct: null } } });
	const config = configOf(rig.dir);
	const beside = new RigJobs(rig);
	await beside.minutes(70);
	rig.journal?.commit();
	const at = rig.sim.clock.now();
	const running = kpiReport(config, "week", at);
	const trades = rig.said("flat").map(({ trade }) => trade);
	const worst = Math.max(...trades.map(({ pnl, balanceBefore }) => (-100 * pnl) / balanceBefore));
	const [drawdown, loss, uptime, messages, lines] = running.kpis.rows;
	assert.ok(trades.length > 0 && worst > 0, "it has lost");
	assert.deepEqual([loss?.value, loss?.verdict], [worst, "held"]);
	assert.deepEqual([uptime?.value, uptime?.verdict, messages?.verdict, lines?.value], [100, "held", "unknown", 0]);
	const { equity } = running.kpis.context;
	assert.equal(equity?.last, rig.bot.engine.equity());
	assert.ok(drawdown?.verdict === "held" && (drawdown.value ?? 0) > 0 && (drawdown.value ?? 0) < 1, `${drawdown?.value}`);
	assert.equal(
		running.kpis.context.net,
		trades.reduce((sum, { pnl }) => sum + usdtNumber(pnl), 0),
	);

	await beside.jobs.end("stopped");
	rig.journal?.commit();
	const week = kpiReport(config, "week", at + DAY).kpis.rows.find(({ name }) => name === "uptime");
	assert.ok(week?.name === "uptime");
	assert.deepEqual([week.value, week.evidence.ended, week.evidence.stopped], [100, true, 0], "a stop ends the counting");
	const untold = kpiReport(config, "week", at + 9 * DAY).kpis.rows.map(({ verdict }) => verdict);
	assert.deepEqual(untold, ["unknown", "unknown", "unknown", "unknown", "unknown"], "nothing is held in a week in which nothing ran");
});

test("the command says 0 when no limit was missed and 1 when one was, as a table or as JSON; wrong words are the operator's (G7, G3)", () =>
	inFolder(async (dir) => {
		configOf(dir);
		const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
			new Promise((resolve) => {
				execFile(process.execPath, [PROGRAM, "kpi", ...args], { cwd: dir }, (error, stdout, stderr) =>
					resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
				);
			});
		const none = await run();
		assert.deepEqual([none.code, none.stderr.split("\n").length], [2, 2]);
		assert.match(none.stderr, /journal\.sqlite: there is no journal yet/);
		assert.deepEqual(readdirSync(dir), ["config.yaml"]);
		writeWeek(dir, "real", 8);
		const [empty, missed, wrong, when] = await Promise.all([
			run("year", "--json"),
			run("week", "--until", new Date(START + 7 * DAY).toISOString(), "--json"),
			run("month"),
			run("--until", "soon"),
		]);
		// By now the week is long over, and the bot that was killed has been gone for years.
		assert.deepEqual([empty.code, (JSON.parse(empty.stdout) as { rows: { verdict: string }[] }).rows[2]?.verdict], [1, "missed"]);
		const { rows, from_ms: from } = JSON.parse(missed.stdout) as {
			rows: { name: string; verdict: string; value_pct: number }[];
			from_ms: Ms;
		};
		assert.deepEqual([missed.code, from], [1, START]);
		assert.deepEqual(
			rows.filter(({ verdict }) => verdict === "missed").map(({ name }) => name),
			["notifications_missed"],
		);
		const held = await run("week", "--until", new Date(START + 3 * DAY).toISOString());
		assert.equal(held.code, 0, held.stdout);
		assert.match(held.stdout, /uptime +≥ 99 % +100\.00 % +held +3 d of 3 d/);
		assert.deepEqual([wrong.code, when.code], [2, 2]);
		assert.match(when.stderr, /--until soon: a date or an instant is expected/);
	}));
