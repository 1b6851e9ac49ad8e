// The command line as a process: arguments in, an exit code out (see exit-code.ts). Whatever goes wrong is told on standard error: one line
// for what an operator can mend, a stack trace for a bug.

import { CommanderError } from "commander";
import { masked } from "../config/mask.ts";
import { isStorageError, unreadable } from "../journal/unreadable.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { EXIT } from "./exit-code.ts";
import { guardConsole } from "./guarded-console.ts";
import { program } from "./program.ts";

guardConsole(process.env);

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
		} else if (isStorageError(error)) {
			process.stderr.write(masked(`anchorwatch: ${unreadable("the journal", "read", error).message}\n`));
			process.exitCode = EXIT.usage;
		} else {
			process.stderr.write(masked(`anchorwatch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
			process.exitCode = EXIT.fault;
		}
	}
}

// Whoever read our output may go away (`| head`, a logger that ends), and the disk beneath it may be full: what is said to nobody is dropped,
// and the run goes on. What was asked for and could not be written is a failure all the same.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE" || process.exitCode === EXIT.fault) return;
	process.stderr.write(`anchorwatch: standard output cannot be written (${error.code ?? error.message})\n`);
	process.exitCode = EXIT.fault;
});
process.stderr.on("error", () => {});

await main(process.argv);
