// `anchorwatch parity`: what you test is what you trade. The bot over sockets against the simulated exchange in lockstep, and the backtest
// on the same candles with the exchange's own path, must make the same trades, to the last one.

import { type Command, InvalidArgumentError } from "commander";

type Options = { readonly config?: string; readonly data?: string; readonly days: number; readonly seed: string };

export function addParity(program: Command): void {
	program
		.command("parity")
		.description("compare the bot over sockets with the backtest, trade for trade")
		.option("--config <file>", "configuration (default: config.yaml, where there is one)")
		.option("--data <file>", "candles (default: a generated market)")
		.option("--days <n>", "days of the generated market", positive, 7)
		.option("--seed <seed>", "seed of the generated market", "parity")
		.addHelpText("after", "\nThe spread guard is off on both sides: candles know no spreads. Exit code 1 when the trades differ.")
		.action(parity);
}

async function parity(options: Options): Promise<void> {
	const [{ loadConfig }, { generatedMarket }, { openMarket, onlySymbol }, { compareRuns }] = await Promise.all([
		import("./run-config.ts"),
		import("./generated-market.ts"),
		import("./market-file.ts"),
		import("./compare-runs.ts"),
	]);
	const config = loadConfig(options.config);
	const entry = onlySymbol(config.resolved, "parity");
	const market =
		options.data === undefined
			? generatedMarket(entry, config.config, { seed: options.seed, days: options.days })
			: openMarket(options.data, entry, config.config);
	const { trades, difference, seconds } = await compareRuns(config, market);
	const candles = `${market.columns.length} candles${market.generated ? " of a generated market" : ""}`;
	process.stdout.write(
		`${market.symbol}: ${candles}, ${trades} trades, ${difference === undefined ? "identical" : "different"} (${seconds.toFixed(1)} s over sockets)\n`,
	);
	if (difference === undefined) return;
	process.stdout.write(`${difference}\n`);
	process.exitCode = 1;
}

function positive(text: string): number {
	const value = Number(text);
	if (!(value > 0 && value <= 3660)) throw new InvalidArgumentError("a number of days above zero is expected.");
	return value;
}
