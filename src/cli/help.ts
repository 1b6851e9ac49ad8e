// `anchorwatch help`: the help of a command by its name, for those who look for it there; the same as its --help.

import type { Command } from "commander";
import { UsageError } from "../std/usage-error.ts";
import { examples } from "./options.ts";

export function addHelp(program: Command): void {
	const command = program
		.command("help")
		.description("print the help of a command")
		.argument("[command...]", "its name, such as: journal verify")
		.action((names: readonly string[]) => help(program, names));
	examples(command, ["help backtest", "help journal verify"]);
}

async function help(program: Command, names: readonly string[]): Promise<void> {
	let at = program;
	for (const [i, name] of names.entries()) {
		const below = at.commands.find((each) => each.name() === name);
		if (below === undefined) return await unknown(program, at, names.slice(0, i + 1));
		at = below;
	}
	at.outputHelp();
}

/** The parser says it, with its guess at what was meant. */
async function unknown(program: Command, at: Command, path: readonly string[]): Promise<void> {
	if (at.commands.length === 0) throw new UsageError(`help: ${path.slice(0, -1).join(" ")} has no command of its own`);
	await program.parseAsync(path, { from: "user" });
}
