// The completion scripts of three shells, over the same steps. Each finds out which command the line is at, and offers what may follow.

import { never } from "../std/assert.ts";
import type { Flag, Step, Value } from "./completion-tree.ts";

export type Shell = "bash" | "zsh" | "fish";

const PROGRAM = "anchorwatch";

export function completionScript(shell: Shell, steps: readonly Step[]): string {
	switch (shell) {
		case "bash":
			return bash(steps);
		case "zsh":
			return zsh(steps);
		case "fish":
			return fish(steps);
		default:
			return never(shell);
	}
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Every command below the program, as a pattern of `case`. */
function places(steps: readonly Step[]): string {
	return steps
		.filter(({ at }) => at !== "")
		.map(({ at }) => quoted(at))
		.join(" | ");
}

/** A branch of `case` for each option that takes a value, over `command:option`. */
function valueBranches(steps: readonly Step[], take: (value: Value) => string): string[] {
	return steps.flatMap(({ at, flags }) =>
		flags.flatMap(({ names, value }) =>
			value === undefined ? [] : [`\t${names.map((name) => quoted(`${at}:${name}`)).join(" | ")}) ${take(value)}; return ;;`],
		),
	);
}

/** Lines that bash and zsh share: `at` becomes the command that the line is at, and what follows an option is offered. */
function finding(steps: readonly Step[], line: { words: string; first: number; typed: string }, take: (value: Value) => string): string {
	return `	for ((i = ${line.first}; i < ${line.typed}; i++)); do
		next="\${at:+$at }\${${line.words}[i]}"
		case $next in
		${places(steps)}) at=$next ;;
		esac
	done
	case "$at:$before" in
${valueBranches(steps, take).join("\n")}
	esac`;
}

function argumentWords({ argument }: Step): readonly string[] {
	return argument.kind === "words" ? argument.words : [];
}

// ---- bash

/** Names of files are split at line ends alone, and shown as such where a person completes. */
const FILES = "local IFS=$'\\n'; compopt -o filenames 2>/dev/null";

function bash(steps: readonly Step[]): string {
	const take = (value: Value): string => {
		if (value.kind === "file") return `${FILES}; COMPREPLY=($(compgen -f -- "$word"))`;
		return value.kind === "words" ? `COMPREPLY=($(compgen -W ${quoted(value.words.join(" "))} -- "$word"))` : ":";
	};
	const words = (step: Step): string =>
		quoted([...step.commands.map(({ name }) => name), ...argumentWords(step), ...step.flags.flatMap(({ names }) => names)].join(" "));
	return `# ${PROGRAM}: completion for bash
_${PROGRAM}() {
	local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} at= next i
	COMPREPLY=()
${finding(steps, { words: "COMP_WORDS", first: 1, typed: "COMP_CWORD" }, take)}
	case $at in
${steps.map((step) => `\t${quoted(step.at)}) COMPREPLY=($(compgen -W ${words(step)} -- "$word"))${step.argument.kind === "file" ? `; ${FILES}; COMPREPLY+=($(compgen -f -- "$word"))` : ""} ;;`).join("\n")}
	esac
}
complete -F _${PROGRAM} ${PROGRAM}
`;
}

// ---- zsh

function zsh(steps: readonly Step[]): string {
	const take = (value: Value): string => {
		if (value.kind === "file") return "_files";
		return value.kind === "words" ? `compadd -- ${value.words.map(quoted).join(" ")}` : ":";
	};
	const described = (name: string, about: string): string => quoted(`${name.replaceAll(":", "\\:")}:${about.replaceAll(":", "\\:")}`);
	const offers = (step: Step): string =>
		[
			...step.commands.map(({ name, about }) => described(name, about)),
			...argumentWords(step).map((name) => described(name, "")),
			...step.flags.flatMap(({ names, about }) => names.map((name) => described(name, about))),
		].join(" ");
	return `#compdef ${PROGRAM}
# ${PROGRAM}: completion for zsh
_${PROGRAM}() {
	local at= next i before=\${words[CURRENT - 1]}
	local -a offers
${finding(steps, { words: "words", first: 2, typed: "CURRENT" }, take)}
	case $at in
${steps.map((step) => `\t${quoted(step.at)}) offers=(${offers(step)})${step.argument.kind === "file" ? "; _files" : ""} ;;`).join("\n")}
	esac
	_describe ${PROGRAM} offers
}
if [[ $funcstack[1] == _${PROGRAM} ]]; then _${PROGRAM} "$@"; else compdef _${PROGRAM} ${PROGRAM}; fi
`;
}

// ---- fish

function fish(steps: readonly Step[]): string {
	const fishQuoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
	const line = (step: Step, rest: string): string => `complete -c ${PROGRAM} -n ${fishQuoted(`__${PROGRAM}_at "${step.at}"`)} ${rest}`;
	const value = (flag: Flag): string => {
		if (flag.value === undefined) return "";
		if (flag.value.kind === "file") return " -r -F";
		return flag.value.kind === "words" ? ` -x -a ${fishQuoted(flag.value.words.join(" "))}` : " -x";
	};
	const named = (name: string): string => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`);
	const lines = steps.flatMap((step) => [
		...step.commands.map(({ name, about }) => line(step, `-a ${name} -d ${fishQuoted(about)}`)),
		...argumentWords(step).map((name) => line(step, `-a ${name}`)),
		...(step.argument.kind === "file" ? [line(step, "-F")] : []),
		...step.flags.map((flag) => line(step, `${flag.names.map(named).join(" ")}${value(flag)} -d ${fishQuoted(flag.about)}`)),
	]);
	return `# ${PROGRAM}: completion for fish
function __${PROGRAM}_at
	set -l at
	for word in (commandline -opc)[2..]
		switch (string join -- ' ' $at $word)
			case ${steps
				.filter(({ at }) => at !== "")
				.map(({ at }) => fishQuoted(at))
				.join(" ")}
				set -a at $word
		end
	end
	test "$at" = "$argv[1]"
end
complete -c ${PROGRAM} -f
${lines.join("\n")}
`;
}
