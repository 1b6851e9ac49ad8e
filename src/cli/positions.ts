// `anchorwatch positions`: what the bot holds and has ordered, as its journal kept it last; with a running bot or without one.

import type { Command } from "commander";
import { examples, journalConfigOption, jsonOption } from "./options.ts";
import type { Holdings } from "./record.ts";

export function addPositions(program: Command): void {
	const command = program
		.command("positions")
		.description("what the bot holds: entry, stop, target, open orders (from the journal)")
		.addOption(journalConfigOption())
		.addOption(jsonOption())
		.action(positions);
	examples(
		command,
		["positions", "positions --json | jq '.positions[].unrealised'"],
		"Only what is the bot's own. Nothing is asked of the exchange: what the bot knew last is shown.",
	);
}

async function positions(options: { readonly config?: string; readonly json?: true }): Promise<void> {
	const [{ loadConfig }, { holdingsIn, withRecord }, { holdingsText }] = await Promise.all([
		import("./run-config.ts"),
		import("./record.ts"),
		import("./record-text.ts"),
	]);
	const holdings: Holdings = withRecord(loadConfig(options.config), holdingsIn);
	process.stdout.write(options.json === true ? `${JSON.stringify(holdings, null, 2)}\n` : `${holdingsText(holdings)}\n`);
}
