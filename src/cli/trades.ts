// `anchorwatch trades`: the trades that are over, with what each brought and cost, out of the journal.

import { type Command, InvalidArgumentError } from "commander";

type Options = { readonly config?: string; readonly json?: true; readonly last?: number; readonly since?: string };

/** Shown when nothing is said of how many. */
const LAST = 20;

export function addTrades(program: Command): void {
	program
		.command("trades")
		.description("trades that are over: profit, fees, funding (from the journal)")
		.option("--config <file>", "configuration, which names the journal (default: config.yaml)")
		.option("--last <number>", `only the newest so many (${LAST} without --since)`, countOption)
		.option("--since <date>", "only those that ended at or after that date or instant (UTC)")
		.option("--json", "as JSON, for programs")
		.addHelpText(
			"after",
			"\nExamples:\n  anchorwatch trades\n  anchorwatch trades --since 2026-01-01\n  anchorwatch trades --last 5 --json\n\nFees and funding are costs: a minus is what was received. PnL is net of both.",
		)
		.action(trades);
}

function countOption(text: string): number {
	if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("expected a whole number, 1 or more");
	return Number(text);
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
