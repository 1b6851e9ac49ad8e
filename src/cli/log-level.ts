// `anchorwatch log-level`: how much the log of a running bot tells, from now on. It is a wish in the journal, heeded within a second; where
// no bot runs, the next one begins with it.

import type { Command } from "commander";
import { LOG_LEVELS } from "../std/log-level.ts";

export function addLogLevel(program: Command): void {
	program
		.command("log-level")
		.description("let a running bot's log tell more, or less")
		.argument("<level>", LOG_LEVELS.join(", "))
		.option("--config <file>", "configuration (default: config.yaml)")
		.action(setLevel);
}

async function setLevel(wanted: string, options: { readonly config?: string }): Promise<void> {
	const [{ loadConfig }, { Journal }, { journalKind }, { runName }, { UsageError }] = await Promise.all([
		import("./run-config.ts"),
		import("../journal/journal.ts"),
		import("./live-bot.ts"),
		import("./run-name.ts"),
		import("../std/usage-error.ts"),
	]);
	const level = LOG_LEVELS.find((name) => name === wanted);
	if (level === undefined) throw new UsageError(`log-level: expected ${LOG_LEVELS.join(", ")}, got "${wanted}"`);
	const config = loadConfig(options.config);
	const { dir } = config.config.journal;
	const journal = new Journal(dir, { name: runName(), started: Date.now(), about: "log-level" }, journalKind(config));
	journal.wishLevel(level, Date.now());
	journal.close();
	process.stdout.write(
		`Log level ${level}: of a bot that runs within a second, else of the next one. log.level in the file stays as it is.\n`,
	);
}
