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
	const [{ loadConfig }, { journalFile }, { InstanceLock }, { WishBox }, { journalKind }, { standstillOf }] = await Promise.all([
		import("./run-config.ts"),
		import("../journal/journal.ts"),
		import("../journal/instance-lock.ts"),
		import("../journal/wishes.ts"),
		import("./live-bot.ts"),
		import("./standstill.ts"),
	]);
	const config = loadConfig(options.config);
	const { dir } = config.config.journal;
	const { halted, paused } = standstillOf(config);
	const isRunning = InstanceLock.holder(dir) !== undefined; // it may be in doubt, which its journal does not say
	if (halted === undefined && !paused && !isRunning)
		return void process.stdout.write("Nothing to resume: no guard has stopped the bot, and nobody has paused it.\n");
	const box = new WishBox(journalFile(dir, journalKind(config)));
	box.wish("resume", Date.now());
	box.close();
	const why = halted !== undefined ? ` (it was stopped by ${halted})` : paused ? " (it was paused)" : "";
	const when = isRunning ? "the bot that runs trades again at once" : "the bot trades again from its next start";
	process.stdout.write(`Resumed${why}: ${when}${halted === undefined ? "" : ", from a new peak"}.\n`);
}
