// The program as a tree of commands, which parses, helps and completes; nothing is run by making it.

import { Command } from "commander";
import { COMMANDS } from "./commands.ts";
import { EXIT_HELP } from "./exit-code.ts";

const VERSION = "0.1.0";

export function program(): Command {
	const root = new Command("anchorwatch");
	root
		.description("Automated margin trading on Bybit USDT perpetuals: anchored VWAP, strict limits, one engine from backtest to live.")
		.version(VERSION, "-V, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.helpCommand(false)
		.exitOverride()
		.configureOutput({ outputError: (text, write) => write(oneLine(text)) })
		.addHelpText("after", EXIT_HELP);
	for (const add of COMMANDS) add(root);
	for (const command of root.commands) command.helpCommand(false); // `help journal verify` is the program's
	return root;
}

/** The parser's complaint, and its guess at what was meant, on one line. */
function oneLine(text: string): string {
	return `${text
		.trim()
		.replace(/^error:/, "anchorwatch:")
		.replaceAll("\n", " ")} (--help shows what is possible)\n`;
}
