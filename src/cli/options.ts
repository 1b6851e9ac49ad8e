// Options, values and examples that several commands share, so that one thing has one name, one text and one way to be wrong.

import { type Argument, type Command, InvalidArgumentError, Option } from "commander";

export function configOption(about = "configuration (default: config.yaml)"): Option {
	return new Option("--config <file>", about).argParser((text) => {
		if (text !== "") return text;
		throw new InvalidArgumentError("the name of a file is expected.");
	});
}

/** Of a command that reads the journal alone. */
export function journalConfigOption(): Option {
	return configOption("configuration, which names the journal (default: config.yaml)");
}

/** Of a command that also runs without a configuration. */
export function anyConfigOption(): Option {
	return configOption("configuration (default: config.yaml, where there is one)");
}

export function jsonOption(about = "as JSON, for programs"): Option {
	return new Option("--json", about);
}

export function passphraseOption(about = "read the key file's passphrase from this file descriptor"): Option {
	return new Option("--passphrase-fd <number>", about);
}

/** Exchanges with public data; those of `src/download/source.ts`. */
export function sourceOption(about = "which exchange, instead of the configuration's"): Option {
	return new Option("--environment <name>", about).choices(["mainnet", "testnet"]);
}

export function localeOption(about: string): Option {
	return new Option("--locale <language>", about).choices(["ko", "en"]);
}

const SUGGESTED = new WeakMap<Option | Argument, readonly string[]>();

/** Words that a shell offers after it, although others are taken, too. */
export function suggesting<Taker extends Option | Argument>(taker: Taker, words: readonly string[]): Taker {
	SUGGESTED.set(taker, words);
	return taker;
}

export function suggested(taker: Option | Argument): readonly string[] | undefined {
	return SUGGESTED.get(taker);
}

/** What stands below the options: lines to copy, and what else there is to know. */
export function examples(command: Command, lines: readonly string[], more = ""): Command {
	const title = lines.length === 1 ? "Example" : "Examples";
	const told = more === "" ? "" : `\n\n${more}`;
	return command.addHelpText("after", `\n${title}:\n${lines.map((line) => `  anchorwatch ${line}`).join("\n")}${told}`);
}

// ---- values

export function wholeNumber(text: string): number {
	if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("a whole number, 1 or more, is expected.");
	return Number(text);
}

export function days(min: number): (text: string) => number {
	return (text) => {
		const value = /^\d{1,4}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
		if (value >= min && value <= DAYS_MAX) return value;
		throw new InvalidArgumentError(`a number of days from ${min} to ${DAYS_MAX} is expected.`);
	};
}

const DAYS_MAX = 3660;

export function speedOrMax(text: string): number | "max" {
	if (text === "max") return text;
	const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
	if (value > 0 && value <= SPEED_MAX) return value;
	throw new InvalidArgumentError(`a number above 0, at most ${SPEED_MAX}, or max, is expected.`);
}

const SPEED_MAX = 1e9;
