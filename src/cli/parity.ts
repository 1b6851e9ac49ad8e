// `anchorwatch parity`: what you test is what you trade. The bot over sockets against the simulated exchange in lockstep, and the backtest
// on the same candles with the exchange's own path, must make the same trades, to the last one.

import type { Command } from "commander";
import { anyConfigOption, days, examples, jsonOption } from "./options.ts";

type Options = { readonly config?: string; readonly data?: string; readonly days: number; readonly seed: string; readonly json?: true };

export function addParity(program: Command): void {
	const command = program
		.command("parity")
		.description("compare the bot over sockets with the backtest, trade for trade")
		.addOption(anyConfigOption())
		.option("--data <file>", "candles (default: a generated market)")
		.option("--days <n>", "days of the generated market", days(0.01), 7)
		.option("--seed <seed>", "seed of the generated market", "parity")
		.addOption(jsonOption())
		.action(parity);
	examples(
		command,
		["parity", "parity --data candles.csv.gz", "parity --days 30 --seed 7 --json"],
		"The spread guard is off on both sides: candles know no spreads. Exit code 1 when the trades differ.",
	);
}

async function parity(options: Options): Promise<void> {
	const [{ loadConfig }, { generatedMarket }, { openMarket, onlySymbol }, { compareRuns }, { Progress }] = await Promise.all([
		import("./run-config.ts"),
		import("./generated-market.ts"),
		import("./market-file.ts"),
		import("./compare-runs.ts"),
		import("./progress.ts"),
	]);
	const config = loadConfig(options.config);
	const entry = onlySymbol(config.resolved, "parity");
	const market =
		options.data === undefined
			? generatedMarket(entry, config.config, { seed: options.seed, days: options.days })
			: openMarket(options.data, entry, config.config);
	const progress = new Progress(market.symbol, 1);
	const { trades, difference, seconds } = await compareRuns(config, market, { onProgress: (share) => progress.show(share) });
	progress.clear();
	if (difference !== undefined) process.exitCode = 1;
	if (options.json === true) {
		const { symbol, generated, columns } = market;
		const row = {
			symbol,
			generated,
			candles: columns.length,
			trades,
			identical: difference === undefined,
			difference: difference ?? null,
			seconds,
		};
		process.stdout.write(`${JSON.stringify(row, null, 2)}\n`);
		return;
	}
	const candles = `${market.columns.length} candles${market.generated ? " of a generated market" : ""}`;
	process.stdout.write(
		`${market.symbol}: ${candles}, ${trades} trades, ${difference === undefined ? "identical" : "different"} (${seconds.toFixed(1)} s over sockets)\n`,
	);
	if (difference !== undefined) process.stdout.write(`${difference}\n`);
}
