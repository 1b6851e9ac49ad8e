// `anchorwatch completion`: a script by which a shell completes commands, options and their choices, made of the very tree that parses them.

import { Argument, type Command } from "commander";
import type { Shell } from "./completion-scripts.ts";

const SHELLS = ["bash", "zsh", "fish"] as const satisfies readonly Shell[];

export function addCompletion(program: Command): void {
	program
		.command("completion")
		.description("print a script by which your shell completes commands and options")
		.addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
		.addHelpText(
			"after",
			"\nExamples:\n  source <(anchorwatch completion bash)                                     # also in ~/.bashrc\n  source <(anchorwatch completion zsh)                                      # after compinit\n  anchorwatch completion fish > ~/.config/fish/completions/anchorwatch.fish",
		)
		.action(async (shell: Shell) => {
			const [{ stepsOf }, { completionScript }] = await Promise.all([import("./completion-tree.ts"), import("./completion-scripts.ts")]);
			process.stdout.write(completionScript(shell, stepsOf(program)));
		});
}
