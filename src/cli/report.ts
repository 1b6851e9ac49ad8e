// `anchorwatch report`: the HTML page of a run that the journal holds, live, on paper or on the embedded exchange. A backtest writes its own
// with `backtest --report`.

import { type Command, Option } from "commander";
import type { Columns } from "../market/candle.ts";
import { examples, journalConfigOption, localeOption, suggesting } from "./options.ts";
import type { RunConfig } from "./run-config.ts";

type Options = {
	readonly config?: string;
	readonly run: string;
	readonly out: string;
	readonly simulated?: true;
	readonly locale?: string;
};

export function addReport(program: Command): void {
	const command = program
		.command("report")
		.description("one HTML page of a run of the bot: chart, trades, figures, costs (of a backtest: backtest --report)")
		.addOption(journalConfigOption())
		.addOption(suggesting(new Option("--run <name>", "which run: its name, last, or all").default("last"), ["last", "all"]))
		.option("--simulated", "a run on the embedded exchange instead of the exchange")
		.option("--out <file>", "the page", "report.html")
		.addOption(localeOption("of the page, instead of notify.locale"))
		.action(report);
	examples(command, ["report", "report --run all --locale en --out 2024.html", "backtest --data candles.csv.gz --report backtest.html"]);
}

async function report(options: Options): Promise<void> {
	const [{ loadConfig }, { localeOf, writeReport }, { journalKind }, { runsOf, tellingEntries }, { recordedRun }, { UsageError }] =
		await Promise.all([
			import("./run-config.ts"),
			import("./report-page.ts"),
			import("./live-bot.ts"),
			import("../journal/runs.ts"),
			import("../page/recorded-run.ts"),
			import("../std/usage-error.ts"),
		]);
	const config = loadConfig(options.config);
	const locale = localeOf(options.locale, config.config);
	const { dir } = config.config.journal;
	const kind = options.simulated === true ? "simulated" : journalKind(config);
	const runs = runsOf(dir, kind);
	const chosen = options.run === "all" ? runs : options.run === "last" ? runs.slice(-1) : runs.filter(({ run }) => run === options.run);
	const [first] = chosen;
	const last = chosen.at(-1);
	if (first === undefined || last === undefined)
		throw new UsageError(
			runs.length === 0
				? `${dir}: its journal holds no run yet; start the bot with anchorwatch run`
				: `--run ${options.run}: the journal holds ${runs.map(({ run }) => run).join(", ")}; or say last, or all`,
		);
	const { used, generated, shown } = await configOf(last.about, config);
	const [entry] = used.resolved.symbols;
	const baseInterval = used.config.backtest.base_interval ?? entry?.strategy.interval ?? "1";
	const found = recordedRun({
		entries: tellingEntries(dir, kind, last.last),
		symbols: used.resolved.symbols.map(({ symbol }) => symbol),
		baseInterval,
		from: first.first,
		stored: await storedCandles(used, baseInterval, generated),
		generated,
		config: shown,
	});
	if (found === undefined) throw new UsageError(`--run ${options.run}: that run was told nothing by the market and has nothing to show`);
	const { record, candles, evaluations, open, unknown } = found;
	const charts = [...candles].map(([symbol, columns]) => ({
		symbol,
		interval: baseInterval,
		columns,
		evaluations: evaluations.get(symbol) ?? [],
	}));
	const name = chosen.length === 1 ? first.run : `${first.run} … ${last.run}`;
	process.stdout.write(
		writeReport(options.out, { run: record, kind: kind === "real" ? "live" : kind, name, locale, charts, open, unknown }),
	);
}

/** What the run was configured with, as its journal has it; the configuration of now where that cannot be read any more. */
async function configOf(about: unknown, now: RunConfig) {
	const { decodeConfig } = await import("../config/decode.ts");
	const { config: shown, generated = false } = (about ?? {}) as { config?: unknown; generated?: boolean }; // written by the bot
	const decoded = decodeConfig(JSON.stringify(shown ?? {}), "the journal");
	return { used: decoded.ok && shown !== undefined ? decoded.value : now, generated, shown };
}

/** Candles of the local store, where there are any. */
async function storedCandles(
	{ config }: Pick<RunConfig, "config">,
	interval: RunConfig["config"]["strategy"]["interval"],
	generated: boolean,
): Promise<(symbol: string, from: number, to: number) => Columns | undefined> {
	const [{ CandleStore }, { findSource }, { lowerBound, slice }] = await Promise.all([
		import("../candles/store.ts"),
		import("../download/source.ts"),
		import("../market/candle.ts"),
	]);
	const source = generated ? undefined : findSource({ config });
	if (source === undefined) return () => undefined;
	const store = new CandleStore(source.folder);
	return (symbol, from, to) => {
		const { columns } = store.read({ symbol, interval });
		return slice(columns, lowerBound(columns, from), lowerBound(columns, to));
	};
}
