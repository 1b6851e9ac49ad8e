// `anchorwatch kpi`: what the bot was to keep to (drawdown, loss of one position, uptime, nothing missed) against what its journal shows.

import { Argument, type Command } from "commander";
import { EXIT } from "./exit-code.ts";
import { examples, journalConfigOption, jsonOption } from "./options.ts";

export const WINDOWS = ["week", "year"] as const;
export type Window = (typeof WINDOWS)[number];

type Options = { readonly config?: string; readonly json?: true; readonly until?: string };

export function addKpi(program: Command): void {
	const command = program
		.command("kpi")
		.description("what is measured against its limits: drawdown, losses, uptime, what went missing (from the journal)")
		.addArgument(new Argument("[window]", "the last 7 or the last 365 days").choices(WINDOWS).default("week"))
		.addOption(journalConfigOption())
		.option("--until <date>", "the window's end, a date or an instant (UTC), instead of now")
		.addOption(jsonOption())
		.action(kpi);
	examples(
		command,
		["kpi", "kpi year --json | jq '.rows[] | {name, verdict}'", "kpi week --until 2026-11-01"],
		"Exit code 0: no limit was missed; 1: one was. What is not known is said to be unknown and misses nothing.\nHow each figure is measured, and what it cannot know: docs/kpi.md",
	);
}

async function kpi(window: Window, options: Options): Promise<void> {
	const [{ loadConfig, instant }, { kpiReport, kpiText }, { anyMissed }] = await Promise.all([
		import("./run-config.ts"),
		import("./kpi-rows.ts"),
		import("../report/kpi.ts"),
	]);
	const until = options.until === undefined ? undefined : instant("--until", options.until);
	const { kpis, shown } = kpiReport(loadConfig(options.config), window, until);
	process.stdout.write(options.json === true ? `${JSON.stringify(shown, null, 2)}\n` : `${kpiText(kpis, shown)}\n`);
	if (anyMissed(kpis)) process.exitCode = EXIT.fault;
}
