// `anchorwatch download`: candles, funding rates and rules from the exchange into the local store. What is there is not fetched again, so
// the same command goes on where an interrupted one stopped.

import { type Command, Option } from "commander";
import type { Range } from "../candles/ranges.ts";
import type { Key } from "../candles/store.ts";
import { INTERVALS, type Interval } from "../market/interval.ts";
import { anyConfigOption, examples, sourceOption, suggesting, wholeNumber } from "./options.ts";

type Options = {
	readonly config?: string;
	readonly environment?: string;
	readonly symbols?: string;
	readonly interval?: string;
	readonly from?: string;
	readonly to?: string;
	readonly latest?: number;
	readonly refetch?: true;
};

export function addDownload(program: Command): void {
	const command = program
		.command("download")
		.description("fetch candles, funding rates and rules from the exchange into the local store")
		.option("--symbols <list>", "symbols, with commas between (default: those of the configuration)")
		.addOption(suggesting(new Option("--interval <list>", `${INTERVALS.join(" ")} (default: backtest.base_interval)`), INTERVALS))
		.option("--from <time>", "first candle: a date or an instant, UTC (default: backtest.start)")
		.option("--to <time>", "end (default: backtest.end, else now)")
		.option("--latest <n>", "the last n closed candles (default: backtest.limit)", wholeNumber)
		.option("--refetch", "ask for all of it anew, and let the exchange's word hold against what is stored")
		.addOption(anyConfigOption())
		.addOption(sourceOption())
		.action(download);
	examples(
		command,
		["download --symbols BTCUSDT,ETHUSDT --interval 1 --from 2024-01-01 --to 2024-07-01 --environment mainnet", "download --latest 43200"],
		"Public data: no key is needed. The store is the folder data.dir. Ctrl-C ends it cleanly; the same command goes on from\nthere.",
	);
}

async function download(options: Options): Promise<void> {
	const [{ loadConfig }, { sourceOf }, { Exchange }, { stopSignal }, { downloadPlan, downloadSeries }] = await Promise.all([
		import("./run-config.ts"),
		import("../download/source.ts"),
		import("../download/exchange.ts"),
		import("./stop-signal.ts"),
		import("./download-series.ts"),
	]);
	const { config, resolved } = loadConfig(options.config);
	const plan = downloadPlan(options, config, resolved);
	const source = sourceOf({ config, environment: options.environment });
	if (source.name === "testnet" && options.environment === undefined)
		process.stderr.write("anchorwatch: testnet's prices are not the market's; --environment mainnet fetches those, also without a key\n");
	const { signal, release } = stopSignal();
	const odd = (text: string): void => void process.stderr.write(`anchorwatch: left out, since it could not be read: ${text}\n`);
	try {
		const exchange = await Exchange.open({ source, signal, onOdd: odd });
		try {
			await downloadSeries(exchange, plan);
		} finally {
			await exchange.close();
		}
	} finally {
		release();
	}
}

/** What is to be fetched; a range is known once the exchange has told its time. */
export type Plan = {
	readonly symbols: readonly string[];
	readonly intervals: readonly Interval[];
	readonly rangeOf: (key: Key, settled: number) => Range;
	readonly refetch: boolean;
};

export type PlanOptions = Pick<Options, "symbols" | "interval" | "from" | "to" | "latest" | "refetch">;
