// The soak: a month of market time over sockets, faults of every kind drawn from a seed, the journal on disk. What must stay flat is
// measured once a market day: handles, live memory, event-loop lag. `npm run soak -- --days 30 --seed soak --out docs/soak.md`.

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { generatedMarket } from "../../src/cli/generated-market.ts";
import { simulatedRun } from "../../src/cli/simulated-run.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import type { Note } from "../../src/engine/command.ts";
import type { FaultInput } from "../../src/simserver/faults/scenario.ts";
import { assert } from "../../src/std/assert.ts";
import { usdtNumber } from "../../src/units/grid.ts";
import { DAY, type Ms } from "../../src/units/unit.ts";

const { values: options } = parseArgs({
	options: { days: { type: "string", default: "30" }, seed: { type: "string", default: "soak" }, out: { type: "string" } },
});

/** Every kind of trouble that heals, some of it every few hours. */
const FAULTS: readonly FaultInput[] = [
	{ fault: "lost-answer", chance: "1 in 25" },
	{ fault: "lost-request", chance: "1 in 40" },
	{ fault: "server-timeout", op: "order.create", chance: "1 in 30" },
	{ fault: "server-error", endpoint: "/v5/position/trading-stop", chance: "1 in 10" },
	{ fault: "rate-limited", endpoint: "/v5/position/list", chance: "1 in 20" },
	{ fault: "http-error", endpoint: "/v5/execution/list", chance: "1 in 20" },
	{ fault: "empty-positions", chance: "1 in 25" },
	{ fault: "lost-message", topic: "execution", chance: "1 in 20" },
	{ fault: "lost-message", topic: "order", chance: "1 in 20" },
	{ fault: "lost-message", topic: "wallet", chance: "1 in 20" },
	{ fault: "doubled-message", topic: "execution", chance: "1 in 8" },
	{ fault: "reordered-message", topic: "execution", chance: "1 in 10" },
	{ fault: "unknown-fields", topic: "position", chance: "1 in 10" },
	{ fault: "nulls", topic: "tickers", chance: "1 in 500" },
	{ fault: "broken-json", topic: "order", chance: "1 in 50" },
	{ fault: "stop-vanishes", chance: "1 in 10" },
	{ fault: "cut", stream: "private", every: "9h", chance: "1 in 2" },
	{ fault: "cut", stream: "public", every: "13h", chance: "1 in 2" },
	{ fault: "cut", stream: "trade", every: "11h", chance: "1 in 2" },
	{ fault: "restart", every: "5d" },
	{ fault: "price-jump", every: "31h", percent: 1 },
	{ fault: "funding-now", every: "7h" },
];

/** A trade every hour or so. */
const CONFIG = {
	strategy: {
		interval: "5",
		bands: { length: 12, k: 0.5 },
		momentum: { lookback: 1 },
		cooldown: { candles: 0 },
		exit: { long: { take_profit_pct: 0.6, stop_loss_pct: 0.4 }, short: { take_profit_pct: 0.6, stop_loss_pct: 0.4 } },
	},
	risk: { max_drawdown_pct: null, max_errors: 1000 },
};

type Row = { day: number; heapMb: number; handles: number; lagMs: number; trades: number; differences: number };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function soak(): Promise<void> {
	const days = Number(options.days);
	assert(days >= 1, "--days is a number of days");
	const config = decodeConfig(JSON.stringify(CONFIG), "config.yaml");
	assert(config.ok, "the soak's configuration is valid");
	const [symbol] = config.value.resolved.symbols;
	assert(symbol !== undefined, "a configuration has a symbol");
	const market = generatedMarket(symbol, config.value.config, { seed: options.seed, days });
	const dir = mkdtempSync(join(tmpdir(), "aw-soak-"));
	const lag = monitorEventLoopDelay({ resolution: 10 });
	lag.enable();
	const counts = new Map<Note["what"], number>();
	const named = new Map<string, number>();
	const rows: Row[] = [];
	let exposed = 0;
	let worst = 0;
	let nextAt: Ms = Number.NEGATIVE_INFINITY;
	let verdict = "";
	let journalMb = 0;
	let faultsSeen = 0;
	const began = Date.now();
	try {
		await simulatedRun({
			config: config.value,
			markets: [market],
			run: "soak",
			journalDir: dir,
			faults: { list: FAULTS, seed: options.seed },
			onNote: ({ note }) => {
				counts.set(note.what, (counts.get(note.what) ?? 0) + 1);
				if (note.what === "difference") named.set(note.name, (named.get(note.name) ?? 0) + 1);
				if (note.what === "unprotected") {
					exposed += note.seconds;
					worst = Math.max(worst, note.seconds);
				}
			},
			onProgress: (at) => {
				if (at < nextAt) return;
				nextAt = Math.floor(at / DAY) * DAY + DAY;
				collect();
				rows.push({
					day: rows.length,
					heapMb: process.memoryUsage().heapUsed / 2 ** 20,
					handles: process.getActiveResourcesInfo().length,
					lagMs: lag.percentile(99) / 1e6,
					trades: counts.get("flat") ?? 0,
					differences: counts.get("difference") ?? 0,
				});
				lag.reset();
			},
			onEnd: async (bot, { venue, control }) => {
				faultsSeen = control.log.length;
				const { position } = bot.engine.machine(symbol.symbol);
				const theirs = venue.position(symbol.symbol);
				const same = position.qty === theirs.qty && (position.qty === 0 || position.direction === theirs.direction);
				const cash = bot.engine.balance === venue.wallet;
				verdict = `at the end the position is ${same ? "the exchange's" : "NOT the exchange's"}, the wallet is ${cash ? "the exchange's to the last digit" : `${usdtNumber(bot.engine.balance)} where the exchange states ${usdtNumber(venue.wallet)}`}`;
				if (!same || !cash) process.exitCode = 1;
			},
		});
		journalMb = statSync(join(dir, "simulated.sqlite")).size / 2 ** 20;
	} finally {
		lag.disable();
		rmSync(dir, { recursive: true, force: true });
	}
	const text = report({ days, rows, counts, named, verdict, exposed, worst, journalMb, faultsSeen, seconds: (Date.now() - began) / 1000 });
	if (options.out === undefined) process.stdout.write(text);
	else writeFileSync(options.out, text);
}

type Findings = {
	days: number;
	rows: readonly Row[];
	counts: ReadonlyMap<string, number>;
	named: ReadonlyMap<string, number>;
	verdict: string;
	exposed: number;
	worst: number;
	journalMb: number;
	faultsSeen: number;
	seconds: number;
};

function report(found: Findings): string {
	const { days, rows, counts, named, verdict, exposed, worst, journalMb, faultsSeen, seconds } = found;
	const third = Math.max(1, Math.floor(rows.length / 3));
	const mean = (part: readonly Row[], of: (row: Row) => number): string =>
		(part.reduce((sum, row) => sum + of(row), 0) / Math.max(1, part.length)).toFixed(1);
	const [early, late] = [rows.slice(1, 1 + third), rows.slice(-third)];
	const flat = (name: string, of: (row: Row) => number): string => `| ${name} | ${mean(early, of)} | ${mean(late, of)} |`;
	const list = [...named].sort((a, b) => b[1] - a[1]).map(([name, count]) => `| ${name} | ${count} |`);
	return `# Soak

${days} days of market time over sockets in ${(seconds / 60).toFixed(1)} minutes, seed \`${options.seed}\`, exchange and bot in one process, journal on disk.
Made by \`npm run soak -- --days ${days} --seed ${options.seed} --out docs/soak.md\`; what it draws, it draws from the seed, what it measures belongs to one machine and moment.

- ${faultsSeen} faults struck (lost and doubled messages, lost answers, server errors, cut sockets, restarts, vanished stops, price jumps);
  ${counts.get("flat") ?? 0} trades were made, ${counts.get("entered") ?? 0} entry fills, ${counts.get("exited") ?? 0} exit fills.
- ${verdict}.
- The position was seen without a stop for ${exposed.toFixed(1)} s of market time in all, ${worst.toFixed(1)} s at the longest.
- The journal held ${journalMb.toFixed(0)} MB at the end.

What must stay flat, first third against last third of the days:

| | first | last |
|---|---|---|
${flat("live heap after collection, MB", (row) => row.heapMb)}
${flat("open handles", (row) => row.handles)}
${flat("event-loop lag p99, ms", (row) => row.lagMs)}

Differences that were found and settled:

| difference | times |
|---|---|
${list.join("\n")}
`;
}

await soak();
