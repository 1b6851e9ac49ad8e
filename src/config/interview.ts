// The few questions that make a first configuration. Each answer is judged like the same value in a file, and asked again until it fits.

import { stringify } from "yaml";
import { assert } from "../std/assert.ts";
import { type Decoded, decodeConfig } from "./decode.ts";
import { type Config, ENVIRONMENTS } from "./schema.ts";

/** Puts one line before the operator and returns the answer; empty for the default. */
export type Ask = (question: string) => Promise<string>;

/** The defaults. */
export function defaultConfig(): Config {
	const decoded = decodeConfig("", "the defaults");
	assert(decoded.ok, "an empty file is a valid configuration");
	return decoded.value.config;
}

type Answer = string | number;

/** One question: its words, its default, and the part of a file that an answer stands for. */
type Question = {
	readonly words: string;
	readonly initial: (defaults: Config) => Answer | undefined;
	readonly part: (answer: Answer) => Readonly<Record<string, unknown>>;
};

const QUESTIONS: readonly Question[] = [
	{
		words: `Environment: ${ENVIRONMENTS.join(", ")}`,
		initial: ({ environment }) => environment,
		part: (environment) => ({ environment }),
	},
	{ words: "Symbol", initial: ({ symbols }) => symbols[0]?.symbol, part: (symbol) => ({ symbols: [{ symbol }] }) },
	{ words: "Leverage", initial: ({ leverage }) => leverage, part: (leverage) => ({ leverage }) },
	{
		words: "Margin of a position, percent of the balance",
		initial: ({ size }) => size.value,
		part: (value) => ({ size: { value } }),
	},
	{
		words: "Stop loss, percent of the entry price",
		initial: ({ strategy }) => strategy.exit.long.stop_loss_pct,
		part: (stop_loss_pct) => ({ strategy: { exit: { long: { stop_loss_pct }, short: { stop_loss_pct } } } }),
	},
];

/** The defaults with the answers in place, and what there is to warn about. */
export async function interview(ask: Ask): Promise<Decoded> {
	const defaults = defaultConfig();
	let file: Readonly<Record<string, unknown>> = {};
	for (const { words, initial, part } of QUESTIONS) {
		let complaint = "";
		for (;;) {
			const text = (await ask(`${complaint}${words} [${initial(defaults)}]: `)).trim();
			if (text === "") break;
			const changed = { ...file, ...part(asValue(text)) };
			const decoded = decode(changed);
			if (decoded.ok) {
				file = changed;
				break;
			}
			complaint = `  ${decoded.error[0]?.message}\n`;
		}
	}
	const decoded = decode(file);
	assert(decoded.ok, "answers that fit one by one fit together");
	return decoded.value;
}

function decode(file: Readonly<Record<string, unknown>>) {
	return decodeConfig(stringify(file), "the answers");
}

function asValue(text: string): Answer {
	return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
