// `anchorwatch run`: trades. On the exchange that config.yaml names, on an exchange embedded in this process (environment sim, or a candle
// file with --data), or, with no config.yaml at all, a demo that shows what the bot does.

import { type Command, InvalidArgumentError } from "commander";
import type { RunOptions } from "./run-options.ts";

export function addRun(program: Command): void {
	program
		.command("run")
		.description("trade; with no config.yaml: a demo on a generated market")
		.option("--config <file>", "configuration (default: config.yaml)")
		.option("--data <file>", "replay this candle file on the embedded exchange instead")
		.option("--speed <x>", "embedded exchange: market time per wall time, or max", speed, "max")
		.option("--seed <seed>", "embedded exchange without --data: seed of the generated market", "anchorwatch")
		.option("--days <n>", "embedded exchange without --data: its length", days, 30)
		.option("--json <file>", "embedded exchange: write the result file")
		.option("--passphrase-fd <number>", "read the key file's passphrase from this file descriptor")
		.option("--yes-mainnet", "mainnet: start without asking (for services)")
		.addHelpText(
			"after",
			"\nExamples:\n  anchorwatch run\n  anchorwatch run --data candles.csv.gz --speed 5000\n\nStops cleanly on Ctrl-C or SIGTERM, with a summary; positions at a real exchange keep their stops.",
		)
		.action(run);
}

async function run(options: RunOptions): Promise<void> {
	const [{ loadConfig }, { printProblem }, { demo, replay }, { live }, { unlocked }] = await Promise.all([
		import("./run-config.ts"),
		import("../config/problem.ts"),
		import("./replay.ts"),
		import("./live-run.ts"),
		import("./unlock.ts"),
	]);
	const config = loadConfig(options.config);
	for (const warning of config.warnings) process.stderr.write(`anchorwatch: ${printProblem(warning)}\n`);
	if (options.data === undefined && config.isDefault) return demo(config, options);
	if (options.data !== undefined || config.config.environment === "sim") return replay(config, options);
	return live(await unlocked(config, options), options);
}

function speed(text: string): number | "max" {
	const value = Number(text);
	if (text === "max") return text;
	if (!(value > 0)) throw new InvalidArgumentError("a number above zero, or max, is expected.");
	return value;
}

function days(text: string): number {
	const value = Number(text);
	if (!(value >= 2 && value <= 3660)) throw new InvalidArgumentError("a number of days from 2 to 3660 is expected.");
	return value;
}
