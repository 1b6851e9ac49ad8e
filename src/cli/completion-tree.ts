// What may follow each command, read from the parser's own tree: for shells that complete.

import type { Command } from "commander";

/** What comes after an option or as an argument: one of these words, the name of a file, or what nobody can guess. */
export type Value = { readonly kind: "words"; readonly words: readonly string[] } | { readonly kind: "file" } | { readonly kind: "free" };

/** `value` is absent for an option that takes none. */
export type Flag = { readonly names: readonly string[]; readonly about: string; readonly value?: Value };
export type Word = { readonly name: string; readonly about: string };

/** `at` is the command with those it belongs to, as in `config check`; empty: the program itself. */
export type Step = { readonly at: string; readonly commands: readonly Word[]; readonly flags: readonly Flag[]; readonly argument: Value };

const FILE = /<(?:file|folder|dir|path)s?\b|\[(?:file|folder|dir|path)s?\b/;

/** The program's step and those of all commands below it, parents first. */
export function stepsOf(command: Command, at = ""): Step[] {
	const help = command.createHelp();
	const below = help.visibleCommands(command);
	const argument = command.registeredArguments[0];
	const step: Step = {
		at,
		commands: below.map((each) => ({ name: each.name(), about: each.description() })),
		flags: help.visibleOptions(command).map((option) => ({
			names: [option.short, option.long].filter((name) => name != null),
			about: option.description,
			...((option.required || option.optional) && { value: afterwards(option.flags, option.argChoices) }),
		})),
		argument: argument === undefined ? { kind: "free" } : afterwards(`<${argument.name()}>`, argument.argChoices),
	};
	return [step, ...below.flatMap((each) => stepsOf(each, at === "" ? each.name() : `${at} ${each.name()}`))];
}

function afterwards(shape: string, choices: readonly string[] | undefined): Value {
	if (choices !== undefined) return { kind: "words", words: choices };
	return { kind: FILE.test(shape) ? "file" : "free" };
}
