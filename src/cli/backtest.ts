// `anchorwatch backtest`: the engine over recorded candles, from a file or from the local store, which is filled where it lacks some.

import type { Command } from "commander";
import type { Resolved } from "../config/rules.ts";
import type { Source } from "../download/source.ts";
import type { Evaluation } from "../page/series.ts";
import type { BacktestRun } from "./backtest-run.ts";
import type { MarketFile } from "./market-file.ts";
import { anyConfigOption, examples, localeOption, sourceOption, wholeNumber } from "./options.ts";
import type { RunConfig } from "./run-config.ts";

type Options = {
	readonly config?: string;
	readonly data?: string;
	readonly symbol?: string;
	readonly environment?: string;
	readonly offline?: true;
	readonly funding?: string;
	readonly json?: string;
	readonly notify?: true;
	readonly report?: string;
	readonly locale?: string;
	readonly start?: string;
	readonly end?: string;
	readonly limit?: number;
};

/** In the place of a file. */
const STANDARD_OUTPUT = "-";

export function addBacktest(program: Command): void {
	const command = program
		.command("backtest")
		.description("run the strategy over recorded candles and report what it would have made")
		.addOption(anyConfigOption())
		.option("--data <file>", "candles: CSV, also gzipped, or a folder of the store (default: the store; what is missing is fetched)")
		.option("--symbol <symbol>", "which one, where the configuration has several")
		.option("--offline", "without --data: ask no exchange, run on what is stored")
		.addOption(sourceOption("without --data: whose prices, instead of the configuration's"))
		.option("--funding <file>", "recorded funding rates: CSV with funding_time_ms,funding_rate")
		.option("--json <file>", "write the result file; - is standard output, which then holds nothing else")
		.option("--report <file>", "write the report: one HTML page with chart, trades, figures and costs")
		.addOption(localeOption("of the report, instead of notify.locale"))
		.option("--notify", "send the summary to Telegram, with the equity curve as a picture")
		.option("--start <time>", "first evaluation, instead of backtest.start: a date or an instant, UTC")
		.option("--end <time>", "end, instead of backtest.end")
		.option("--limit <n>", "the last n candles, instead of backtest.limit", wholeNumber)
		.action(backtest);
	examples(command, [
		"backtest --limit 43200 --environment mainnet",
		"backtest --start 2024-01-01 --end 2024-07-01 --json result.json",
		"backtest --data candles.csv.gz --funding funding.csv --report report.html",
		"backtest --data candles.csv.gz --json - | jq .metrics",
	]);
}

async function backtest(options: Options): Promise<void> {
	const [
		{ loadConfig },
		{ backtestRecord },
		{ Progress },
		{ printSummary },
		{ formatResult },
		{ writeTextFile },
		{ printProblem },
		{ findSource },
		{ ruleFinder },
		{ localeOf, writeReport },
	] = await Promise.all([
		import("./run-config.ts"),
		import("./backtest-run.ts"),
		import("./progress.ts"),
		import("./print-summary.ts"),
		import("../report/result.ts"),
		import("./write-text.ts"),
		import("../config/problem.ts"),
		import("../download/source.ts"),
		import("./rule-finder.ts"),
		import("./report-page.ts"),
	]);
	const loaded = loadConfig(options.config, { start: options.start, end: options.end, limit: options.limit });
	const summary = options.notify === true ? await import("./notify-summary.ts") : undefined;
	const channel = summary?.summaryChannel(loaded);
	const locale = localeOf(options.locale, loaded.config);
	const config = { ...loaded, resolved: await oneSymbol(loaded.resolved, options.symbol) };
	const source = findSource({ config: config.config, environment: options.environment });
	const market = await marketOf(options, config, source);
	const progress = new Progress(market.symbol, market.columns.length);
	const instrumentOf = ruleFinder(source?.folder);
	const evaluations: Evaluation[] = [];
	const onNote: BacktestRun["onNote"] = (at, _symbol, note) => {
		if (note.what !== "evaluated") return;
		const { reference, upper, lower } = note.signal;
		evaluations.push({ at, reference, upper, lower });
	};
	const record = backtestRecord({
		config,
		market,
		instrumentOf,
		onProgress: (done) => progress.show(done),
		onNote: options.report === undefined ? undefined : onNote,
	});
	progress.clear();
	const onlyResult = options.json === STANDARD_OUTPUT;
	const say = (text: string): void => void (onlyResult ? process.stderr : process.stdout).write(text);
	if (onlyResult) process.stdout.write(formatResult(record));
	else if (options.json !== undefined) writeTextFile(options.json, formatResult(record));
	for (const warning of config.warnings) process.stderr.write(`anchorwatch: ${printProblem(warning)}\n`);
	if (!onlyResult) printSummary(record, process.stdout, { drawdownLimitPct: config.config.risk.max_drawdown_pct ?? undefined });
	if (options.json !== undefined && !onlyResult) say(`\nResult file: ${options.json}\n`);
	if (summary !== undefined && channel !== undefined) await summary.notifySummary(channel, record, loaded.config.notify.locale);
	if (options.report === undefined) return;
	const { symbol, interval, columns } = market;
	const charts = [{ symbol, interval, columns, evaluations }];
	say(writeReport(options.report, { run: record, kind: "backtest", locale, charts, unknown: [] }));
}

async function marketOf(options: Options, { config, resolved }: RunConfig, source: Source | undefined): Promise<MarketFile> {
	const [{ openMarket, onlySymbol }, { storedMarket }, { stopSignal }, { UsageError }] = await Promise.all([
		import("./market-file.ts"),
		import("./stored-market.ts"),
		import("./stop-signal.ts"),
		import("../std/usage-error.ts"),
	]);
	const entry = onlySymbol(resolved, "a backtest");
	if (options.data !== undefined) return openMarket(options.data, entry, config, options.funding);
	if (source === undefined)
		throw new UsageError("environment: sim has no exchange: name the candles with --data FILE, or an exchange with --environment mainnet");
	const { signal, release } = stopSignal();
	const onLine = (text: string): void => void process.stderr.write(`anchorwatch: ${text}\n`);
	try {
		return await storedMarket({ source, entry, config, offline: options.offline === true, funding: options.funding, signal, onLine });
	} finally {
		release();
	}
}

/** The configuration's symbols, cut down to the one that `--symbol` names. */
async function oneSymbol(resolved: Resolved, wanted: string | undefined): Promise<Resolved> {
	const { UsageError } = await import("../std/usage-error.ts");
	const names = resolved.symbols.map(({ symbol }) => symbol).join(", ");
	const symbols = wanted === undefined ? resolved.symbols : resolved.symbols.filter(({ symbol }) => symbol === wanted);
	if (symbols.length === 0) throw new UsageError(`--symbol ${wanted}: the configuration has ${names}`);
	if (symbols.length > 1) throw new UsageError(`a backtest takes one symbol, and the configuration has ${names}: choose one with --symbol`);
	return { symbols };
}
