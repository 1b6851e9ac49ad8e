// `anchorwatch completion`: a script by which a shell completes commands, options and their choices, made of the very tree that parses them.

import { Argument, type Command } from "commander";
import type { Shell } from "./completion-scripts.ts";
import { examples } from "./options.ts";

const SHELLS = ["bash", "zsh", "fish"] as const satisfies readonly Shell[];

export function addCompletion(program: Command): void {
	const command = program
		.command("completion")
		.description("print a script by which your shell completes commands and options")
		.addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
		.action(async (shell: Shell) => {
			const [{ stepsOf }, { completionScript }, { BUNDLED }] = await Promise.all([
				import("./completion-tree.ts"),
				import("./completion-scripts.ts"),
				import("../market/instrument.ts"),
			]);
			const symbols = BUNDLED.map(({ symbol }) => symbol);
			process.stdout.write(completionScript(shell, stepsOf(program, symbols)));
		});
	examples(
		command,
		[
			"completion bash > ~/.anchorwatch.bash",
			"completion zsh > ~/.anchorwatch.zsh",
			"completion fish > ~/.config/fish/completions/anchorwatch.fish",
		],
		"For a shell that reads it at its start: source <(anchorwatch completion bash) in ~/.bashrc, or the same with zsh in\n~/.zshrc after compinit.",
	);
}
