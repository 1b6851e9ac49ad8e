// `anchorwatch run`: trades. On the exchange that config.yaml names, on an exchange embedded in this process (environment sim, or a candle
// file with --data), or, with no config.yaml at all, a demo that shows what the bot does.

import { type Command, Option } from "commander";
import { configOption, days, examples, passphraseOption, speedOrMax, suggesting } from "./options.ts";
import type { RunOptions } from "./run-options.ts";

export function addRun(program: Command): void {
	const command = program
		.command("run")
		.description("trade; with no config.yaml: a demo on a generated market")
		.addOption(configOption())
		.option("--data <file>", "replay this candle file on the embedded exchange instead")
		.addOption(
			suggesting(new Option("--speed <x>", "embedded exchange: market time per wall time, or max").argParser(speedOrMax).default("max"), [
				"max",
			]),
		)
		.option("--seed <seed>", "embedded exchange without --data: seed of the generated market", "anchorwatch")
		.option("--days <n>", "embedded exchange without --data: its length", days(2), 30)
		.option("--json <file>", "embedded exchange: write the result file")
		.addOption(passphraseOption())
		.option("--yes-mainnet", "mainnet: start without asking (for services)")
		.action(run);
	examples(
		command,
		["run", "run --data candles.csv.gz --speed 5000", "run --config mainnet.yaml --yes-mainnet --passphrase-fd 3 3< passphrase"],
		"Stops cleanly on Ctrl-C or SIGTERM, with a summary; positions at a real exchange keep their stops.",
	);
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
