// `anchorwatch resume`: a person lets a bot trade again that a guard has stopped, or that was paused. A new peak begins at the equity of
// that moment. It is a wish in the journal: a running bot heeds it at once, one that does not run at its next start.

import type { Command } from "commander";
import { configOption, examples } from "./options.ts";

export function addResume(program: Command): void {
	const command = program
		.command("resume")
		.description("let a bot trade again that a guard has stopped")
		.addOption(configOption())
		.action(resume);
	examples(command, ["resume"], "A bot that runs trades again at once, another one from its next start; a new peak begins.");
}

async function resume(options: { readonly config?: string }): Promise<void> {
	const [{ loadConfig }, { Journal }, { haltedBy, journalKind }, { runName }] = await Promise.all([
		import("./run-config.ts"),
		import("../journal/journal.ts"),
		import("./live-bot.ts"),
		import("./run-name.ts"),
	]);
	const config = loadConfig(options.config);
	const run = { name: runName(), started: Date.now(), about: "resume" };
	const journal = new Journal(config.config.journal.dir, run, journalKind(config));
	const halted = haltedBy(journal);
	if (halted !== undefined) journal.wish("resume", Date.now());
	journal.close();
	process.stdout.write(
		halted === undefined
			? "Nothing to resume: no guard has stopped the bot.\n"
			: `Resumed (it was stopped by ${halted}). A bot that runs trades again at once, another one from its next start, from a new peak.\n`,
	);
}
