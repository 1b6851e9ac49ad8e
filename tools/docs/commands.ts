// docs/commands.md: every command with its arguments, options, examples and exit codes, from the tree that parses the command line.
// English words are the help's own; Korean ones come from texts/commands.yaml, keyed by the command's path.

import type { Command } from "commander";
import { EXIT_HELP } from "../../src/cli/exit-code.ts";
import { program } from "../../src/cli/program.ts";
import { type Both, block, code, type Language, page, prose, table, textFile } from "./page.ts";

type CommandText = {
	readonly ko: string;
	/** What the help says below its examples. */
	readonly note?: string;
	/** By the flag's long name, or the argument's: where it is not the shared text. */
	readonly words?: Readonly<Record<string, string>>;
};

type Texts = {
	readonly title: Both;
	readonly intro: Both;
	readonly headings: Readonly<Record<"usage" | "codes", Both>>;
	readonly codes: { readonly intro: Both; readonly ko: Readonly<Record<string, string>> };
	readonly groups: readonly { readonly title: Both; readonly commands: readonly string[] }[];
	/** Texts of flags that say the same wherever they stand. */
	readonly shared: Readonly<Record<string, string>>;
	readonly commands: Readonly<Record<string, CommandText>>;
};

const TEXTS = textFile<Texts>("commands.yaml");
const HEAD = { en: ["option", "what it does", "default"], ko: ["옵션", "하는 일", "기본값"] } as const;

type Step = { readonly path: string; readonly command: Command };

export function commandsPage(language: Language): string {
	const steps = stepsBelow(program());
	const parts = TEXTS.groups.flatMap(({ title, commands }) => [
		`## ${title[language]}`,
		...commands
			.flatMap((name) => steps.filter(({ path }) => path === name || path.startsWith(`${name} `)))
			.flatMap((step) => commandParts(step, language)),
	]);
	const codes = [`## ${TEXTS.headings.codes[language]}`, TEXTS.codes.intro[language].trim(), codeTable(language)];
	return page(language, {
		title: TEXTS.title[language],
		name: "commands.md",
		intro: [TEXTS.intro[language].trim()],
		parts: [...parts, ...codes],
	});
}

/** What the texts lack, and what they hold for nothing. */
export function commandGaps(): { readonly missing: readonly string[]; readonly leftOver: readonly string[] } {
	const steps = stepsBelow(program());
	const missing: string[] = [];
	const used = new Set<string>();
	const shared = new Set<string>();
	const grouped = TEXTS.groups.flatMap(({ commands }) => commands);
	for (const { path, command } of steps) {
		const text = TEXTS.commands[path];
		if (text === undefined) missing.push(path);
		if (!path.includes(" ") && !grouped.includes(path)) missing.push(`groups: ${path}`);
		for (const word of wordsOf(command)) {
			if (text?.words?.[word] !== undefined) used.add(`${path} ${word}`);
			else if (TEXTS.shared[word] !== undefined) shared.add(word);
			else missing.push(`${path} ${word}`);
		}
		if ((noteOf(command) !== "") !== (text?.note !== undefined)) missing.push(`${path}: note`);
	}
	for (const { exit } of exitCodes()) if (TEXTS.codes.ko[exit] === undefined) missing.push(`codes: ${exit}`);
	const paths = steps.map(({ path }) => path);
	const leftOver = [
		...Object.entries(TEXTS.commands).flatMap(([path, { words = {} }]) => [
			...(paths.includes(path) ? [] : [path]),
			...Object.keys(words).flatMap((word) => (used.has(`${path} ${word}`) ? [] : [`${path} ${word}`])),
		]),
		...Object.keys(TEXTS.shared).filter((word) => !shared.has(word)),
		...grouped.filter((name) => !paths.includes(name)),
		...Object.keys(TEXTS.codes.ko).filter((exit) => !exitCodes().some((each) => each.exit === exit)),
	];
	return { missing, leftOver };
}

/** Every command below, parents first; a path is `config check`. */
function stepsBelow(parent: Command, at = ""): Step[] {
	return parent
		.createHelp()
		.visibleCommands(parent)
		.filter((command) => command.name() !== "help")
		.flatMap((command) => {
			const path = at === "" ? command.name() : `${at} ${command.name()}`;
			return [{ path, command }, ...stepsBelow(command, path)];
		});
}

function commandParts({ path, command }: Step, language: Language): string[] {
	const ko = TEXTS.commands[path];
	const about = language === "en" ? command.description() : (ko?.ko ?? "");
	const heading = `### ${path}`;
	const below = stepsBelow(command, path);
	if (below.length > 0)
		return [heading, sentence(about), below.map((each) => `[${each.path}](#${each.path.replaceAll(" ", "-")})`).join(" · ")];
	const { lines } = tailOf(command);
	const note = language === "en" ? linked(noteOf(command)) : (ko?.note ?? "").trim();
	const rows = rowsOf(path, command, language);
	const usage = `npx anchorwatch ${path} ${usageOf(command)}`.trim();
	const shown = lines.map((line) => line.replace("anchorwatch", "npx anchorwatch"));
	return [
		heading,
		sentence(about),
		...(usageOf(command) === "" ? [] : [`${TEXTS.headings.usage[language]}: ${code(usage)}`]),
		block("sh", (shown.length === 0 ? [usage] : shown).join("\n")),
		...(rows.length === 0 ? [] : [table(HEAD[language], rows)]),
		...(note === "" ? [] : [note]),
	];
}

/** Documents that the help names are links here. */
function linked(text: string): string {
	return text.replace(/docs\/([\w-]+\.md)/g, "[$1]($1)");
}

function usageOf(command: Command): string {
	return command
		.usage()
		.replace(/\[(?:options|command)\]/g, "")
		.trim();
}

function rowsOf(path: string, command: Command, language: Language): string[][] {
	const help = command.createHelp();
	const told = (word: string, en: string): string =>
		prose(language === "en" ? en : (TEXTS.commands[path]?.words?.[word] ?? TEXTS.shared[word] ?? ""));
	const args = command.registeredArguments.map((argument) => [
		code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
		told(argument.name(), withChoices(argument.description, argument.argChoices)),
		initial(argument.defaultValue),
	]);
	const flags = help
		.visibleOptions(command)
		.filter(({ long }) => long !== "--help")
		.map((option) => [
			code(option.flags),
			told(
				option.long ?? option.flags,
				withChoices(withoutDefault(option.description), option.argChoices).replace(/docs\/([\w-]+\.md)/g, "[$1]($1)"),
			),
			initial(option.defaultValue) || defaultIn(option.description, language),
		]);
	return [...args, ...flags];
}

/** Some texts name their default in words, at their end. */
function withoutDefault(text: string): string {
	return text.replace(/ \(default: [^()]*\)$/, "");
}

function defaultIn(text: string, language: Language): string {
	const words = / \(default: ([^()]*)\)$/.exec(text)?.[1] ?? "";
	if (words === "") return "";
	if (/^[\w.]+$/.test(words)) return code(words);
	return language === "en" ? prose(words) : prose(defaultKo(words));
}

function defaultKo(words: string): string {
	return TEXTS.shared[`default: ${words}`] ?? words;
}

function withChoices(text: string, choices: readonly string[] | undefined): string {
	return choices === undefined || choices.every((choice) => text.includes(choice)) ? text : `${text}: ${choices.map(code).join(", ")}`;
}

function initial(value: unknown): string {
	return value === undefined || (Array.isArray(value) && value.length === 0) ? "" : code(String(value));
}

/** Names of arguments and long names of options: what a text is keyed by. */
function wordsOf(command: Command): string[] {
	if (stepsBelow(command).length > 0) return [];
	const flags = command
		.createHelp()
		.visibleOptions(command)
		.flatMap((option) => {
			const name = option.long ?? option.flags;
			const words = / \(default: ([^()]*)\)$/.exec(option.description)?.[1];
			return name === "--help" ? [] : [name, ...(words === undefined || /^[\w.]+$/.test(words) ? [] : [`default: ${words}`])];
		});
	return [...command.registeredArguments.map((argument) => argument.name()), ...flags];
}

/** What stands below the options in the help: lines of examples, and the rest as paragraphs. */
function tailOf(command: Command): { readonly lines: readonly string[]; readonly notes: readonly string[] } {
	let whole = "";
	const written = command.configureOutput();
	command.configureOutput({ ...written, writeOut: (text) => (whole += text) });
	command.outputHelp();
	command.configureOutput(written);
	const parts = whole
		.slice(command.helpInformation().length)
		.split(/\n\s*\n/)
		.map((part) => part.replace(/^\n+|\s+$/g, ""))
		.filter((part) => part !== "");
	const isExamples = (part: string): boolean => /^Examples?:/.test(part);
	return {
		lines: parts.filter(isExamples).flatMap((part) =>
			part
				.split("\n")
				.slice(1)
				.map((line) => line.trim()),
		),
		notes: parts.filter((part) => !isExamples(part)).map((part) => part.replace(/\s*\n\s*/g, " ")),
	};
}

function noteOf(command: Command): string {
	return tailOf(command).notes.join("\n\n");
}

function exitCodes(): { readonly exit: string; readonly about: string }[] {
	return [...EXIT_HELP.matchAll(/^ {2}(\d+) +(.*)$/gm)].map(([, exit = "", about = ""]) => ({ exit, about }));
}

function codeTable(language: Language): string {
	const head = { en: ["code", "what it says"], ko: ["코드", "뜻"] }[language];
	return table(
		head,
		exitCodes().map(({ exit, about }) => [exit, prose(language === "en" ? about : (TEXTS.codes.ko[exit] ?? ""))]),
	);
}

function sentence(text: string): string {
	const first = text.slice(0, 1).toUpperCase() + text.slice(1);
	return /[.!?]$/.test(first) ? first : `${first}.`;
}
