// What may follow each command, read from the parser's own tree: for shells that complete.

import type { Argument, Command, Option } from "commander";
import { suggested } from "./options.ts";

/** What comes after an option or as an argument: one of these words, the name of a file, or what nobody can guess. */
export type Value = { readonly kind: "words"; readonly words: readonly string[] } | { readonly kind: "file" } | { readonly kind: "free" };

/** `value` is absent for an option that takes none. */
export type Flag = { readonly names: readonly string[]; readonly about: string; readonly value?: Value };
export type Word = { readonly name: string; readonly about: string };

/** `at` is the command with those it belongs to, as in `config check`; empty: the program itself. */
export type Step = { readonly at: string; readonly commands: readonly Word[]; readonly flags: readonly Flag[]; readonly argument: Value };

const FILE = /<(?:file|folder|dir|path)s?\b|\[(?:file|folder|dir|path)s?\b/;
const SYMBOL = /<(?:symbol|filter)s?\b/;
const COMMAND = /<command\b/;

/** The program's step and those of all commands below it, parents first. `symbols` are offered where one is named. */
export function stepsOf(program: Command, symbols: readonly string[] = []): Step[] {
	const commands = program.commands.map((command) => command.name());
	const afterwards = (taker: Option | Argument, shape: string): Value => {
		const guesses = SYMBOL.test(shape) ? symbols : COMMAND.test(shape) ? commands : [];
		const words = taker.argChoices ?? suggested(taker) ?? guesses;
		if (words.length > 0) return { kind: "words", words };
		return { kind: FILE.test(shape) ? "file" : "free" };
	};
	const below = (command: Command, at: string): Step[] => {
		const help = command.createHelp();
		const children = help.visibleCommands(command);
		const argument = command.registeredArguments[0];
		const step: Step = {
			at,
			commands: children.map((each) => ({ name: each.name(), about: each.description() })),
			flags: help.visibleOptions(command).map((option) => ({
				names: [option.short, option.long].filter((name) => name != null),
				about: option.description,
				...((option.required || option.optional) && { value: afterwards(option, option.flags) }),
			})),
			argument: argument === undefined ? { kind: "free" } : afterwards(argument, `<${argument.name()}>`),
		};
		return [step, ...children.flatMap((each) => below(each, at === "" ? each.name() : `${at} ${each.name()}`))];
	};
	return below(program, "");
}
