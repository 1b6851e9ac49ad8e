// What a running bot shows of itself, as a person and a Prometheus see it: a process at a simulated exchange, its two log files, its
// console, /metrics, /healthz and /readyz, and the level of its log changed from outside.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { afterwards, KEY, SECRET } from "../src/simserver/testing/rig.ts";
import { Running, trading } from "./support/running.ts";

/** The value of the first line of a metric that begins so. */
function value(text: string, name: string): number {
	const line = text.split("\n").find((row) => row.startsWith(name));
	assert.ok(line !== undefined, `${name} is not in\n${text}`);
	return Number(line.split(" ").at(-1));
}

test("a running bot shows its figures, its health and its readiness, changes its log's level, and tells no secret (G4, G5, G6)", async () => {
	const { home, bot, url } = await trading();
	const metrics = await (await fetch(`${url}/metrics`)).text();
	assert.equal(value(metrics, "anchorwatch_equity_usdt"), 10_000);
	assert.equal(value(metrics, "anchorwatch_halted"), 0);
	for (const stream of ["public", "private", "trade"]) assert.equal(value(metrics, `anchorwatch_stream_up{stream="${stream}"}`), 1);
	assert.ok(value(metrics, 'anchorwatch_request_seconds_count{endpoint="GET /v5/position/list"}') > 0);
	assert.ok(value(metrics, "anchorwatch_journal_entries_total") > 0);
	assert.ok(value(metrics, 'anchorwatch_log_lines_total{level="info"}') > 0);
	assert.ok(value(metrics, "nodejs_eventloop_lag_p99_seconds") >= 0);
	assert.ok(value(metrics, "process_start_time_seconds") > 0);
	assert.match(metrics, /anchorwatch_build_info\{version="\d+\.\d+\.\d+",run="\w+",environment="testnet"/);

	const health = await fetch(`${url}/healthz`);
	assert.equal(health.status, 200);
	assert.equal(((await health.json()) as { ok: boolean }).ok, true);
	const ready = await fetch(`${url}/readyz`);
	const body = (await ready.json()) as { ok: boolean; checks: Record<string, { ok: boolean }> };
	assert.deepEqual(Object.keys(body.checks), ["streams", "account", "market", "guards"]);
	assert.equal(ready.status, 200, JSON.stringify(body));

	assert.equal(await new Running(home, ["log-level", "debug"]).ended, 0);
	await bot.says(/log level debug: by the operator/);

	bot.child.kill("SIGTERM");
	assert.equal(await bot.ended, 0, bot.text);

	const files = readdirSync(join(home, "logs")).sort();
	const year = new Date().getUTCFullYear();
	assert.deepEqual(files, [`anchorwatch-${year}.jsonl`, `anchorwatch-${year}.log`]);
	const texts = files.map((name) => readFileSync(join(home, "logs", name), "utf8"));
	const [json = "", plain = ""] = texts.map((text) => text.trimEnd());
	for (const line of json.split("\n")) JSON.parse(line);
	assert.equal(json.split("\n").length, plain.split("\n").length);
	for (const line of plain.split("\n"))
		assert.match(line, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z {2}(TRACE|DEBUG|INFO|WARN|ERROR) {2,3}\S/);
	for (const text of [...texts, bot.text, metrics, JSON.stringify(body)])
		for (const secret of [KEY, SECRET]) assert.equal(text.includes(secret), false);
});

test("a level that does not exist is refused with the list of those that do (G4)", async () => {
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-observe-"));
	afterwards(() => rmSync(home, { recursive: true, force: true }));
	const command = new Running(home, ["log-level", "loud"]);
	assert.equal(await command.ended, 2);
	assert.match(command.text, /^anchorwatch: .*loud.* Allowed choices are trace, debug, info, warn, error\..*\n$/);
});
