// `anchorwatch resume`: a person lets a bot trade again that a guard has stopped. A new peak begins at the equity of its next start.

import type { Command } from "commander";

export function addResume(program: Command): void {
	program
		.command("resume")
		.description("let a bot trade again that a guard has stopped")
		.option("--config <file>", "configuration (default: config.yaml)")
		.action(resume);
}

async function resume(options: { readonly config?: string }): Promise<void> {
	const [{ loadConfig }, { Journal }, { HALTED, PEAK }, { runName }] = await Promise.all([
		import("./run-config.ts"),
		import("../journal/journal.ts"),
		import("../live/bot.ts"),
		import("./run-name.ts"),
	]);
	const { config } = loadConfig(options.config);
	const journal = new Journal(config.journal.dir, { name: runName(), started: Date.now(), about: "resume" });
	const halted = journal.recall(HALTED);
	if (halted !== undefined) for (const key of [HALTED, PEAK]) journal.remember(key, undefined);
	journal.close();
	process.stdout.write(
		halted === undefined
			? "Nothing to resume: no guard has stopped the bot.\n"
			: `Resumed (it was stopped by ${String(halted)}). The next run trades again, from a new peak.\n`,
	);
}
