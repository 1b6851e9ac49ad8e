// The soak: a month of market time over sockets, faults of every kind drawn from a seed, journal and logs on disk, with the regular jobs and the
// phone of a live run. What must stay flat is measured once a market day: handles, live memory, event-loop lag.
// `npm run soak -- --days 30 --seed soak --out docs/soak.md`.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
import { TelegramServer } from "../../src/notify/testing/telegram-server.ts";
import type { FaultInput } from "../../src/simserver/faults/scenario.ts";
import { assert } from "../../src/std/assert.ts";
import { usdtNumber } from "../../src/units/grid.ts";
import { DAY, type Ms } from "../../src/units/unit.ts";
import { type Arrival, arrivalsOf, judge } from "../day/chat.ts";
import { TOKEN } from "../day/phone.ts";
import { copiesIn, LiveAround } from "./beside.ts";
import { type Findings, type Row, soakReport } from "./report.ts";

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
	environment: "sim",
	log: { level: "debug" },
	// A month in minutes: what is asked of the exchange each minute otherwise is asked less often.
	schedule: { reconcile: "*/20 * * * *", clock: "7 * * * *" },
};
const PROGRAM = join(import.meta.dirname, "../../bin/anchorwatch.js");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function soak(): Promise<void> {
	const days = Number(options.days);
	assert(days >= 1, "--days is a number of days");
	const dir = mkdtempSync(join(tmpdir(), "aw-soak-"));
	const text = JSON.stringify({ ...CONFIG, journal: { dir } });
	const config = decodeConfig(text, "config.yaml");
	assert(config.ok, "the soak's configuration is valid");
	writeFileSync(join(dir, "config.yaml"), text);
	const [symbol] = config.value.resolved.symbols;
	assert(symbol !== undefined, "a configuration has a symbol");
	const market = generatedMarket(symbol, config.value.config, { seed: options.seed, days });
	const server = await TelegramServer.open(TOKEN, () => around?.now() ?? 0);
	const chat: Arrival[] = [];
	/** Telegram's stand-in must not be what grows. */
	const takePosts = (): void => {
		for (const { numbers, marked } of arrivalsOf(server.texts)) chat.push({ numbers, marked, lines: undefined });
		for (const list of [server.posts, server.calls, server.violations]) list.length = 0;
	};
	const lag = monitorEventLoopDelay({ resolution: 10 });
	lag.enable();
	const counts = new Map<Note["what"], number>();
	const named = new Map<string, number>();
	const rows: Row[] = [];
	let around: LiveAround | undefined;
	let exposed = 0;
	let worst = 0;
	let nextAt: Ms = Number.NEGATIVE_INFINITY;
	let verdict = "";
	let faultsSeen = 0;
	const began = Date.now();
	try {
		await simulatedRun({
			config: config.value,
			markets: [market],
			run: "soak",
			journalDir: dir,
			faults: { list: FAULTS, seed: options.seed },
			beside: ({ bot, simulation, journal }) => {
				assert(journal !== undefined, "the soak has a journal");
				around = new LiveAround({ config: config.value, dir, seed: options.seed, url: server.url }, { bot, simulation, journal });
				return around;
			},
			onlooker: {
				onEvent: (event) => around?.onEvent(event),
				onCall: (call) => around?.onCall(call),
				onAnswer: (answer) => around?.onAnswer(answer),
			},
			onLine: (level, line) => around?.log.line(level, line),
			onNote: (told) => {
				const { note } = told;
				around?.onNote(told);
				counts.set(note.what, (counts.get(note.what) ?? 0) + 1);
				if (note.what === "difference") named.set(note.name, (named.get(note.name) ?? 0) + 1);
				if (note.what === "unprotected") {
					exposed += note.seconds;
					worst = Math.max(worst, note.seconds);
				}
			},
			onProgress: (at) => {
				around?.moved();
				if (at < nextAt) return;
				nextAt = Math.floor(at / DAY) * DAY + DAY;
				takePosts();
				collect();
				const { heapUsed, rss } = process.memoryUsage();
				rows.push({
					day: rows.length,
					heapMb: heapUsed / 2 ** 20,
					rssMb: rss / 2 ** 20,
					handles: process.getActiveResourcesInfo().length,
					lagMs: lag.percentile(99) / 1e6,
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
		assert(around !== undefined, "the soak had its jobs and its phone");
		takePosts();
		const judged = judge(dir, "simulated", chat);
		for (const wrong of judged.wrong) process.stderr.write(`${wrong}\n`);
		if (judged.wrong.length > 0) process.exitCode = 1;
		const { log, jobs, breaks } = around;
		const copies = readdirSync(copiesIn(dir)).sort();
		const found: Findings = {
			...{ days, rows, counts, named, verdict, exposed, worst, faultsSeen, jobs, breaks },
			chat: judged,
			seconds: (Date.now() - began) / 1000,
			copies: copies.map((name) => statSync(join(copiesIn(dir), name)).size / 2 ** 20),
			journalMb: statSync(join(dir, "simulated.sqlite")).size / 2 ** 20,
			lines: [...log.written.values()].reduce((sum, count) => sum + count, 0),
			linesLost: log.lost,
			linesInFile: linesIn(join(dir, "logs")),
			tables: (["week", "year"] as const).map((window) => kpi(dir, window)),
		};
		const text = soakReport(found, options.seed);
		if (options.out === undefined) process.stdout.write(text);
		else writeFileSync(options.out, text);
	} finally {
		lag.disable();
		await server.close();
		rmSync(dir, { recursive: true, force: true });
	}
}

/** Of the JSON files. */
function linesIn(dir: string): number {
	const files = readdirSync(dir).filter((name) => name.endsWith(".jsonl"));
	return files.reduce((sum, name) => sum + readFileSync(join(dir, name), "utf8").split("\n").length - 1, 0);
}

/** What the program itself says of that journal. */
function kpi(dir: string, window: "week" | "year"): Findings["tables"][number] {
	const { stdout, stderr, status } = spawnSync(process.execPath, [PROGRAM, "kpi", window, "--config", join(dir, "config.yaml")], {
		encoding: "utf8",
	});
	return { window, text: `${stdout}${stderr}`.replaceAll(dir, "state").trimEnd(), status };
}

await soak();
