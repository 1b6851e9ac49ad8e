// `anchorwatch status`: whether the bot runs, whether something has stopped it, and how it stands, as its journal kept it last.

import type { Command } from "commander";
import { examples, journalConfigOption, jsonOption } from "./options.ts";

export function addStatus(program: Command): void {
	const command = program
		.command("status")
		.description("whether the bot runs, what it holds and what happened last (from the journal)")
		.addOption(journalConfigOption())
		.addOption(jsonOption())
		.action(status);
	examples(
		command,
		["status", "status --json | jq '{running, halted, equity}'"],
		"Reads only: a running bot is not disturbed, and the exchange is not asked.",
	);
}

async function status(options: { readonly config?: string; readonly json?: true }): Promise<void> {
	const [{ loadConfig }, { statusOf }, { statusText }] = await Promise.all([
		import("./run-config.ts"),
		import("./record.ts"),
		import("./record-text.ts"),
	]);
	const row = statusOf(loadConfig(options.config));
	process.stdout.write(options.json === true ? `${JSON.stringify(row, null, 2)}\n` : `${statusText(row)}\n`);
}
