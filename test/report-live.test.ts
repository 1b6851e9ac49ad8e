// A run over sockets, told again by its journal: the same trades, balance and equity as the run itself counted, and the page that
// `anchorwatch report` makes of them, as a person starts it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { generatedMarket } from "../src/cli/generated-market.ts";
import { simulatedRun } from "../src/cli/simulated-run.ts";
import { decodeConfig } from "../src/config/decode.ts";
import type { Entry } from "../src/journal/journal.ts";
import { runsOf, tellingEntries } from "../src/journal/runs.ts";
import { recordedRun } from "../src/page/recorded-run.ts";
import type { Heartbeat } from "../src/report/heartbeat.ts";
import { measure, type RunRecord } from "../src/report/metrics.ts";
import { resultOf } from "../src/report/result.ts";

const PROGRAM = new URL("../bin/anchorwatch.js", import.meta.url).pathname;
let folder = "";
let run: RunRecord | undefined;

before(async () => {
	folder = mkdtempSync(join(tmpdir(), "anchorwatch-report-"));
	const decoded = decodeConfig("environment: sim", "config.yaml");
	assert.ok(decoded.ok);
	const config = decoded.value;
	const market = generatedMarket(config.resolved.symbols[0]!, config.config, { seed: "told", days: 4 });
	run = await simulatedRun({ config, markets: [market], journalDir: join(folder, "state"), run: "told" });
});

after(() => rmSync(folder, { recursive: true, force: true }));

function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
	return new Promise((resolve) => {
		execFile(process.execPath, [PROGRAM, ...args], { cwd: folder }, (error, stdout, stderr) => {
			resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
		});
	});
}

test("(H2) the journal tells the trades, the balance and the equity that the run itself counted", () => {
	const dir = join(folder, "state");
	const [told] = runsOf(dir, "simulated");
	assert.ok(told !== undefined && run !== undefined);
	const found = recordedRun({
		entries: tellingEntries(dir, "simulated", told.last),
		symbols: ["BTCUSDT"],
		baseInterval: "1",
		from: told.first,
		stored: () => undefined,
		generated: true,
		config: run.config,
	});
	assert.ok(found !== undefined);
	assert.ok(run.trades.length >= 2, "there are trades");
	assert.deepEqual(resultOf(found.record).trades, resultOf(run).trades);
	assert.equal(found.record.finalBalance, run.finalBalance);
	const counted = new Map(Array.from(run.times, (at, i) => [at, run?.equity[i]]));
	const funding = run.trades.reduce((sum, trade) => sum + Math.abs(trade.funding), 0) / 1e8;
	for (const [i, at] of found.record.times.entries()) {
		const away = Math.abs(found.record.equity[i]! - (counted.get(at) ?? Number.NaN));
		assert.ok(away <= funding + 1e-6, `${new Date(at).toISOString()}: ${away} USDT away, more than the funding that is told later`);
	}
});

test("(H2, F7) when the candles are gone, heartbeats tell the equity, and its drawdown is not understated", () => {
	const dir = join(folder, "state");
	const [told] = runsOf(dir, "simulated");
	assert.ok(told !== undefined && run !== undefined);
	const { times, equity } = run;
	const notes = tellingEntries(dir, "simulated", told.last).filter(({ kind }) => kind === "note");
	const beats = Array.from({ length: Math.floor(times.length / 5) }, (_, i): Entry => {
		const five = [...equity.subarray(5 * i, 5 * i + 5)];
		const seen = { now: five[4]!, high: Math.max(...five), low: Math.min(...five) };
		const beat: Heartbeat = { what: "heartbeat", failing: [], equity: seen, logLines: 0, logLinesLost: 0 };
		return { seq: told.first, at: times[5 * i + 4]!, kind: "note", body: JSON.stringify(beat) };
	});
	const found = recordedRun({
		entries: [...notes, ...beats].sort((a, b) => a.at - b.at),
		symbols: ["BTCUSDT"],
		baseInterval: "1",
		from: told.first,
		stored: () => undefined,
		generated: true,
		config: run.config,
	});
	assert.ok(found !== undefined);
	assert.ok(found.record.times.length > 1000, "they have filled it");
	assert.deepEqual([found.unknown.includes("unknownBeats"), found.unknown.includes("unknownGaps")], [true, false]);
	const [counted, shown] = [measure(run), measure(found.record)];
	assert.ok(counted.mddPct > 1, "there is a fall");
	assert.ok(
		shown.mddPct >= counted.mddPct - 1e-9 && shown.mddPct < counted.mddPct + 0.5,
		`${shown.mddPct} shown, ${counted.mddPct} counted`,
	);
	assert.equal(shown.pnl, counted.pnl);
});

test("anchorwatch report writes the page of the last run; what cannot be is one line", async () => {
	const made = await command("report", "--simulated", "--out", "told.html");
	assert.deepEqual([made.code, made.stderr], [0, ""]);
	assert.match(made.stdout, /^Report: told\.html \(\d+\.\d MB/);
	const page = readFileSync(join(folder, "told.html"), "utf8");
	assert.match(page, /<html lang="ko">/, "the language of the operator's messages");
	assert.equal(page.split("<tr data-trade=").length - 1, run?.trades.length);
	for (const [args, line] of [
		[["report"], /there is no journal yet/],
		[["report", "--simulated", "--run", "nobody"], /--run nobody: the journal holds told/],
		[["report", "--simulated", "--locale", "fr"], /--locale <language>.*fr.*Allowed choices are ko, en/],
		[["report", "--simulated", "--out", "none/told.html"], /none\/told\.html: cannot be written: its folder does not exist/],
	] as const) {
		const { code, stderr } = await command(...args);
		assert.equal(code, 2, args.join(" "));
		assert.match(stderr, line);
		assert.equal(stderr.trimEnd().split("\n").length, 1);
	}
	assert.ok(!existsSync(join(folder, "report.html")));
});

test("(A1) keys that stand in the configuration are not on the page", async () => {
	const config = join(folder, "keys.yaml");
	writeFileSync(config, "secrets: {api_key: KEYKEYKEY1, api_secret: SECRETSECRET2}\n", { mode: 0o600 });
	assert.equal((await command("generate", "--days", "3", "--out", "three.csv")).code, 0);
	const made = await command("backtest", "--config", config, "--data", "three.csv", "--report", "keys.html");
	assert.equal(made.code, 0, made.stderr);
	const page = readFileSync(join(folder, "keys.html"), "utf8");
	assert.ok(page.includes("api_key"), "the configuration is there");
	assert.doesNotMatch(page, /KEYKEYKEY1|SECRETSECRET2/);
});
