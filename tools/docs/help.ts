// The help of the program and of each command as plain text, which the launcher tells without starting the program.

import type { Command } from "commander";
import { program } from "../../src/cli/program.ts";

/** Of lines, as on a stream that is no terminal. */
const WIDTH = 80;

export function helpTexts(): string {
	return `${JSON.stringify(Object.fromEntries(textsOf(program(), "")), null, "\t")}\n`;
}

function textsOf(command: Command, path: string): [path: string, text: string][] {
	let text = "";
	command.configureOutput({
		getOutHelpWidth: () => WIDTH,
		writeOut: (more) => {
			text += more;
		},
	});
	command.outputHelp();
	return [[path, text], ...command.commands.flatMap((below) => textsOf(below, `${path} ${below.name()}`.trim()))];
}
