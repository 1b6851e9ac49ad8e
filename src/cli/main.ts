// The command line: one file per command; this one gathers them and turns failures into exit codes.
//   0 done · 1 a fault while running · 2 the input was wrong (one line says what and what to do)

import { Command, CommanderError } from "commander";
import { masked } from "../config/mask.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { COMMANDS } from "./commands.ts";

export const EXIT = { done: 0, fault: 1, usage: 2 } as const;

function program(): Command {
	const root = new Command("anchorwatch");
	root
		.description("Automated margin trading on Bybit USDT perpetuals: anchored VWAP, strict limits, one engine from backtest to live.")
		.version("0.1.0")
		.exitOverride()
		.configureOutput({ outputError: (text, write) => write(oneLine(text)) });
	for (const add of COMMANDS) add(root);
	return root;
}

/** The parser's complaint, and its guess at what was meant, on one line. */
function oneLine(text: string): string {
	return `${text
		.trim()
		.replace(/^error:/, "anchorwatch:")
		.replaceAll("\n", " ")} (--help shows what is possible)\n`;
}

async function main(argv: readonly string[]): Promise<void> {
	try {
		await program().parseAsync(argv);
	} catch (error) {
		if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
		else if (error instanceof UsageError) {
			process.stderr.write(masked(`anchorwatch: ${error.message}\n`));
			process.exitCode = EXIT.usage;
		} else if (error instanceof RunFailure) {
			process.stderr.write(masked(`anchorwatch: ${error.message}\n`));
			process.exitCode = EXIT.fault;
		} else {
			process.stderr.write(masked(`anchorwatch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
			process.exitCode = EXIT.fault;
		}
	}
}

// Whoever read our output may go away (`| head`, a logger that ends): what is said to nobody is dropped, and the run goes on.
for (const stream of [process.stdout, process.stderr])
	stream.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") throw error;
	});

await main(process.argv);
