// `anchorwatch log-level`: how much the log of a running bot tells, from now on. It is a wish in the journal, heeded within a second; where
// no bot runs, the next one begins with it.

import { Argument, type Command } from "commander";
import { LOG_LEVELS, type LogLevel } from "../std/log-level.ts";
import { configOption, examples } from "./options.ts";

export function addLogLevel(program: Command): void {
	const command = program
		.command("log-level")
		.description("let a running bot's log tell more, or less")
		.addArgument(new Argument("<level>", "how much: trace tells all").choices(LOG_LEVELS))
		.addOption(configOption())
		.action(setLevel);
	examples(command, ["log-level debug", "log-level info"], "A running bot heeds it within a second. log.level in the file stays as it is.");
}

async function setLevel(level: LogLevel, options: { readonly config?: string }): Promise<void> {
	const [{ loadConfig }, { journalFile }, { WishBox }, { journalKind }] = await Promise.all([
		import("./run-config.ts"),
		import("../journal/journal.ts"),
		import("../journal/wishes.ts"),
		import("./live-bot.ts"),
	]);
	const config = loadConfig(options.config);
	const box = new WishBox(journalFile(config.config.journal.dir, journalKind(config)));
	box.wishLevel(level, Date.now());
	box.close();
	process.stdout.write(
		`Log level ${level}: of a bot that runs within a second, else of the next one. log.level in the file stays as it is.\n`,
	);
}
