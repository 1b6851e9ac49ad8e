// `anchorwatch download`: candles, funding rates and rules from the exchange into the local store. What is there is not fetched again, so
// the same command goes on where an interrupted one stopped.

import { type Command, InvalidArgumentError } from "commander";
import type { Range } from "../candles/ranges.ts";
import type { Key } from "../candles/store.ts";
import type { Interval } from "../market/interval.ts";

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
	program
		.command("download")
		.description("fetch candles, funding rates and rules from the exchange into the local store")
		.option("--symbols <list>", "symbols, with commas between (default: those of the configuration)")
		.option("--interval <list>", "1 3 5 15 30 60 120 240 360 720 D W M (default: backtest.base_interval)")
		.option("--from <time>", "first candle: a date or an instant, UTC (default: backtest.start)")
		.option("--to <time>", "end (default: backtest.end, else now)")
		.option("--latest <n>", "the last n closed candles (default: backtest.limit)", wholeNumber)
		.option("--refetch", "ask for all of it anew, and let the exchange's word hold against what is stored")
		.option("--config <file>", "configuration (default: config.yaml, where there is one)")
		.option("--environment <name>", "mainnet or testnet, instead of the configuration's")
		.addHelpText(
			"after",
			"\nPublic data: no key is needed. The store is the folder data.dir. Ctrl-C ends it cleanly; the same command goes on from there.\n\nExamples:\n  anchorwatch download --symbols BTCUSDT,ETHUSDT --interval 1 --from 2024-01-01 --to 2024-07-01 --environment mainnet\n  anchorwatch download --latest 43200",
		)
		.action(download);
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

function wholeNumber(text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number above zero is expected.");
	return value;
}
