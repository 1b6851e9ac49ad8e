// The figures in Prometheus's text: absent before they are known, right when they are, and named as the documents name them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Figures } from "./figures.ts";
import { COUNTERS, GAUGES, HISTOGRAMS, Metrics } from "./metrics.ts";

const EARLY: Figures = {
	account: undefined,
	streams: [{ stream: "public", up: false, quietFor: undefined }],
	quiet: [],
	clockOffset: undefined,
	limits: [],
	journalEntries: 0,
	logLines: new Map(),
	logLinesLost: 0,
	logFailing: false,
	channels: [],
	jobs: [],
};

const TRADING: Figures = {
	...EARLY,
	account: {
		equity: 9_400,
		balance: 9_500,
		unrealised: -100,
		peak: 10_000,
		drawdown: 0.06,
		drawdownLimit: 0.15,
		halted: false,
		paused: true,
		ordersLive: 2,
		agreedAgo: 1.5,
		symbols: [{ symbol: "BTCUSDT", exposure: 2_000, position: -0.1, unrealised: -100, inDoubt: true, bareFor: 3 }],
	},
	streams: [{ stream: "public", up: true, quietFor: 0.2 }],
	quiet: [{ symbol: "BTCUSDT", seconds: 0.1 }],
	clockOffset: -0.02,
	limits: [{ lane: "/v5/order/create", capacity: 10, left: 9, waiting: 0 }],
	journalEntries: 7,
	logLines: new Map([["info", 5]]),
	logLinesLost: 1,
	logFailing: true,
	channels: [{ channel: "telegram", waiting: 3, waitsFor: 90, sent: 12, failed: 1 }],
	jobs: [{ job: "backup", succeededAt: 1_700_000_000_500 }],
};

function metrics(): Metrics {
	return new Metrics({ version: "1.2.3", run: "r1", environment: "testnet" });
}

/** Lines of our own, without comments. */
function rows(text: string): string[] {
	return text.split("\n").filter((line) => line.startsWith("anchorwatch_"));
}

test("what is not known yet is absent, not 0 (G4)", async () => {
	const names = rows(await metrics().text(EARLY)).map((line) => line.split(/[{ ]/)[0]);
	for (const name of ["equity_usdt", "drawdown_ratio", "halted", "clock_offset_seconds", "stream_message_age_seconds"])
		assert.equal(names.includes(`anchorwatch_${name}`), false, name);
	assert.ok(names.includes("anchorwatch_stream_up"));
});

test("figures are shown as they are, and totals are not added up twice (G4)", async () => {
	const shown = metrics();
	await shown.text(TRADING);
	shown.count("trades_total", { symbol: "BTCUSDT", result: "win" });
	shown.took("order_latency_seconds", 0.3);
	const lines = rows(await shown.text(TRADING));
	for (const line of [
		"anchorwatch_equity_usdt 9400",
		"anchorwatch_drawdown_ratio 0.06",
		"anchorwatch_paused 1",
		'anchorwatch_position_coins{symbol="BTCUSDT"} -0.1',
		'anchorwatch_doubt{symbol="BTCUSDT"} 1',
		'anchorwatch_unprotected_seconds{symbol="BTCUSDT"} 3',
		'anchorwatch_rate_limit_left{lane="/v5/order/create"} 9',
		"anchorwatch_clock_offset_seconds -0.02",
		"anchorwatch_journal_entries_total 7",
		'anchorwatch_log_lines_total{level="info"} 5',
		"anchorwatch_log_lines_lost_total 1",
		'anchorwatch_job_success_timestamp_seconds{job="backup"} 1700000000.5',
		'anchorwatch_messages_waiting{channel="telegram"} 3',
		'anchorwatch_message_wait_seconds{channel="telegram"} 90',
		'anchorwatch_messages_sent_total{channel="telegram"} 12',
		'anchorwatch_messages_failed_total{channel="telegram"} 1',
		'anchorwatch_trades_total{symbol="BTCUSDT",result="win"} 1',
		'anchorwatch_order_latency_seconds_bucket{le="0.00025"} 0',
		'anchorwatch_order_latency_seconds_bucket{le="0.0005"} 1',
	])
		assert.ok(lines.includes(line), `${line} is not in\n${lines.join("\n")}`);
});

const NAMES = Object.keys({ ...GAUGES, ...COUNTERS, ...HISTOGRAMS });

test("docs/metrics.md names every metric with its labels and meaning, and no other", () => {
	const text = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
	for (const [name, [help, labels]] of Object.entries({ ...GAUGES, ...COUNTERS, ...HISTOGRAMS }))
		assert.ok(text.includes(`| \`anchorwatch_${name}\` | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`), name);
	for (const [, name = ""] of text.matchAll(/`anchorwatch_(\w+)`/g)) assert.ok(NAMES.includes(name), name);
});

test("the alerts and the dashboard ask for metrics that there are", () => {
	for (const path of ["../../ops/prometheus/alerts.yml", "../../ops/grafana/anchorwatch.json"]) {
		const asked = [...readFileSync(new URL(path, import.meta.url), "utf8").matchAll(/anchorwatch_(\w+)/g)].map((match) => match[1] ?? "");
		assert.ok(asked.length > 10);
		for (const name of asked) assert.ok(NAMES.includes(name.replace(/_(bucket|sum|count)$/, "")), `${path}: ${name}`);
	}
});
