// `anchorwatch backtest`: the engine over recorded candles.

import { type Command, InvalidArgumentError } from "commander";
import type { MarketFile } from "./market-file.ts";

type Options = {
	readonly config?: string;
	readonly data?: string;
	readonly funding?: string;
	readonly json?: string;
	readonly start?: string;
	readonly end?: string;
	readonly limit?: number;
};

export function addBacktest(program: Command): void {
	program
		.command("backtest")
		.description("run the strategy over recorded candles and report what it would have made")
		.option("--config <file>", "configuration (default: config.yaml, where there is one)")
		.option("--data <file>", "candles: CSV, also gzipped, with open_time_ms,open,high,low,close,volume,turnover")
		.option("--funding <file>", "recorded funding rates: CSV with funding_time_ms,funding_rate")
		.option("--json <file>", "write the result file")
		.option("--start <time>", "first evaluation, instead of backtest.start: a date or an instant, UTC")
		.option("--end <time>", "end, instead of backtest.end")
		.option("--limit <n>", "the last n candles, instead of backtest.limit", wholeNumber)
		.addHelpText(
			"after",
			"\nExamples:\n  anchorwatch backtest --data candles.csv.gz\n  anchorwatch backtest --data candles.csv --start 2023-01-01 --json result.json",
		)
		.action(backtest);
}

async function backtest(options: Options): Promise<void> {
	const [
		{ UsageError },
		{ loadConfig },
		{ openMarket, onlySymbol },
		{ backtestRecord },
		{ Progress },
		{ printSummary },
		{ formatResult },
		{ writeTextFile },
		{ printProblem },
	] = await Promise.all([
		import("../std/usage-error.ts"),
		import("./run-config.ts"),
		import("./market-file.ts"),
		import("./backtest-run.ts"),
		import("./progress.ts"),
		import("./print-summary.ts"),
		import("../report/result.ts"),
		import("./write-text.ts"),
		import("../config/problem.ts"),
	]);
	const config = loadConfig(options.config, { start: options.start, end: options.end, limit: options.limit });
	if (options.data === undefined) throw new UsageError("backtest: name the candles with --data FILE");
	const market: MarketFile = openMarket(options.data, onlySymbol(config.resolved, "--data"), config.config, options.funding);
	const progress = new Progress(market.symbol, market.columns.length);
	const record = backtestRecord({ config, market, onProgress: (done) => progress.show(done) });
	progress.clear();
	if (options.json !== undefined) writeTextFile(options.json, formatResult(record));
	for (const warning of config.warnings) process.stderr.write(`anchorwatch: ${printProblem(warning)}\n`);
	printSummary(record, process.stdout, { drawdownLimitPct: config.config.risk.max_drawdown_pct ?? undefined });
	if (options.json !== undefined) process.stdout.write(`\nResult file: ${options.json}\n`);
}

function wholeNumber(text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number above zero is expected.");
	return value;
}
