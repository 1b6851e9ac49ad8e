// A backtest of a million one-minute candles with the settings of an empty config.yaml, through the real engine and venue, against the
// yardstick: a hand-written loop that must make the very same trades, which is checked before anything is timed.

import { spawnSync } from "node:child_process";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BacktestOutcome, runBacktest } from "../src/backtest/backtest.ts";
import { formatCandles } from "../src/candles/write.ts";
import { backtestRecord } from "../src/cli/backtest-run.ts";
import { decodeConfig } from "../src/config/decode.ts";
import { settingsOf } from "../src/config/settings.ts";
import type { Columns } from "../src/market/candle.ts";
import { bundledInstrument } from "../src/market/instrument.ts";
import { measure } from "../src/report/metrics.ts";
import { formatResult } from "../src/report/result.ts";
import type { Trade } from "../src/report/trade.ts";
import { candleTime, exitTime } from "../src/report/trade-times.ts";
import { assert } from "../src/std/assert.ts";
import { benchCandles, benchFolder, ROWS } from "./candles.ts";
import { type Bench, byTurns, main, median } from "./figure.ts";
import { REASONS, TRADE, type YardstickRun, yardstick } from "./yardstick.ts";

const ROUNDS = { rounds: 30, warmUp: 12 };
const PROCESSES = 3;
const COLUMN_BYTES = 7 * 8 * ROWS;
const COMMAND = join(import.meta.dirname, "..", "bin", "anchorwatch.js");

const REASON_NAMES: readonly string[] = REASONS;

const decoded = decodeConfig("", "config.yaml");
assert(decoded.ok, "an empty configuration is valid");
const { config, resolved } = decoded.value;

function bench(): Bench {
	const columns = benchCandles();
	const before = process.memoryUsage.rss();
	const outcome = product(columns);
	const memory = (COLUMN_BYTES + process.memoryUsage.rss() - before) / COLUMN_BYTES;
	checkSame(outcome, yardstick(columns));
	const market = { symbol: "BTCUSDT", columns, interval: "1", generated: true, rateAt: undefined, warnings: [] } as const;
	const record = backtestRecord({ config: { config, resolved }, market });
	const [loop = 0, engine = 0, metrics = 0, text = 0] = byTurns(
		[() => yardstick(columns), () => product(columns), () => measure(record), () => formatResult(record)],
		ROUNDS,
	);
	const command = commandSeconds(columns);
	return {
		stake: "Every search over settings is thousands of these: at half the speed a night's search becomes two.",
		figures: [
			{ name: "yardstick, one hand-written loop", value: loop, unit: "ms" },
			{ name: "backtest, engine and venue", value: engine, unit: "ms" },
			{ name: "backtest ÷ yardstick", value: engine / loop, unit: "×", mark: { value: 1, side: "at most" } },
			{ name: "backtest, first mark", value: perSecond(engine), unit: "M candles/s", mark: { value: 5, side: "at least" } },
			{ name: "backtest, next mark", value: perSecond(engine), unit: "M candles/s", mark: { value: 50, side: "at least" } },
			{ name: "metrics (measure) ÷ yardstick", value: metrics / loop, unit: "×" },
			{ name: "result file's text, metrics included ÷ yardstick", value: text / loop, unit: "×" },
			{ name: "memory of candles and first run ÷ candles", value: memory, unit: "×", mark: { value: 2, side: "at most" } },
			{ name: "anchorwatch backtest --data CSV, whole process", value: command, unit: "s", mark: { value: 0.5, side: "at most" } },
		],
	};
}

/** What the command runs, less reading and reporting. */
function product(columns: Columns): BacktestOutcome {
	const settings = settingsOf(config, resolved, bundledInstrument);
	return runBacktest({
		columns,
		baseInterval: "1",
		engine: { ...settings.engine, run: "bench", narrate: false },
		venue: settings.venue,
		policy: config.sim.path,
		fundingRate: config.sim.funding_rate,
	});
}

function perSecond(ms: number): number {
	return ROWS / ms / 1000;
}

/** Ends the bench when one trade or one point of the equity curve differs. */
function checkSame({ trades, equity, balance, halted }: BacktestOutcome, run: YardstickRun): void {
	assert(halted === undefined, "the run trades to the end of the data");
	for (const [i, trade] of trades.entries()) {
		const ours = rowOf(trade);
		const theirs = run.trades.subarray(i * TRADE.size, i * TRADE.size + ours.length);
		assert(ours.join() === theirs.join(), `trade ${i + 1} is the yardstick's ${theirs.join()}, not ${ours.join()}`);
	}
	assert(trades.length === run.count, `the yardstick makes ${run.count} trades, the product ${trades.length}`);
	assert(balance === run.balance, "both end with the same balance");
	const apart = equity.findIndex((value, i) => value !== run.equity[i]);
	assert(apart < 0, `equity at row ${apart} is ${run.equity[apart]} by the yardstick, ${equity[apart]} by the product`);
}

/** A trade as the yardstick writes it. */
function rowOf(trade: Trade): number[] {
	const exits = trade.exits.flatMap((exit) => [exitTime("1", exit), exit.price, exit.qty, REASON_NAMES.indexOf(exit.reason)]);
	const side = trade.direction === "long" ? 1 : -1;
	const entry = [side, candleTime("1", trade.signalAt), candleTime("1", trade.entryAt), trade.entryPrice, trade.qty];
	return [...entry, trade.pnl, trade.exits.length, ...exits];
}

/** The command as a person starts it, on a folder without a configuration: the median of some processes. */
function commandSeconds(columns: Columns): number {
	const file = join(benchFolder(), `candles-${ROWS}.csv`);
	if (!existsSync(file)) {
		writeFileSync(`${file}.${process.pid}`, formatCandles(columns));
		renameSync(`${file}.${process.pid}`, file);
	}
	const taken = Array.from({ length: PROCESSES }, () => {
		const before = performance.now();
		const { status, stderr } = spawnSync(process.execPath, [COMMAND, "backtest", "--data", file], { cwd: benchFolder(), encoding: "utf8" });
		assert(status === 0, `the command succeeds: ${stderr}`);
		return (performance.now() - before) / 1000;
	});
	return median(taken);
}

if (import.meta.main) await main("backtest", bench);
