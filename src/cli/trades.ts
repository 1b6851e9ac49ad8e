// `anchorwatch trades`: the trades that are over, with what each brought and cost, out of the journal.

import type { Command } from "commander";
import { examples, journalConfigOption, jsonOption, wholeNumber } from "./options.ts";

type Options = { readonly config?: string; readonly json?: true; readonly last?: number; readonly since?: string };

/** Shown when nothing is said of how many. */
const LAST = 20;

export function addTrades(program: Command): void {
	const command = program
		.command("trades")
		.description("trades that are over: profit, fees, funding (from the journal)")
		.addOption(journalConfigOption())
		.option("--last <number>", `only the newest so many (${LAST} without --since)`, wholeNumber)
		.option("--since <date>", "only those that ended at or after that date or instant (UTC)")
		.addOption(jsonOption())
		.action(trades);
	examples(
		command,
		["trades", "trades --since 2026-01-01", "trades --last 5 --json"],
		"Fees and funding are costs: a minus is what was received. PnL is net of both.",
	);
}

async function trades(options: Options): Promise<void> {
	const [{ loadConfig, instant }, { lateFundingIn, tradesIn, withRecord }, { tradesText }] = await Promise.all([
		import("./run-config.ts"),
		import("./record.ts"),
		import("./record-text.ts"),
	]);
	const since = options.since === undefined ? Number.NEGATIVE_INFINITY : instant("--since", options.since);
	const last = options.last ?? (options.since === undefined ? LAST : -1);
	const found = withRecord(loadConfig(options.config), (view) => {
		const rows = tradesIn(view, { since, last });
		return { trades: rows, late_funding: lateFundingIn(view, rows[0]?.exit_ms ?? since) };
	});
	process.stdout.write(options.json === true ? `${JSON.stringify(found, null, 2)}\n` : `${tradesText(found.trades, found.late_funding)}\n`);
}
