// What is wrong with the text of a `.env` file, by line and without any value: Node's own reader passes over it in silence.

import { isSlip, nearest } from "./nearest.ts";

export type Slip = { readonly line: number; readonly message: string };

const BLANK = /^\s*(?:#.*)?$/;
const SETTING = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(.*)$/;
const PREFIX = "ANCHORWATCH_";

/** `known`: the variables that mean something here. */
export function dotenvSlips(text: string, known: readonly string[]): Slip[] {
	const lines = text.split(/\r?\n/);
	const slips: Slip[] = [];
	for (let i = 0; i < lines.length; i++) {
		const line = lines[i] ?? "";
		const say = (message: string): void => void slips.push({ line: i + 1, message });
		if (BLANK.test(line)) continue;
		const [, name = "", value = ""] = SETTING.exec(line) ?? [];
		if (name === "") {
			say("expected NAME=VALUE: the line is passed over");
			continue;
		}
		if (name.startsWith(PREFIX) && !known.includes(name)) say(`${name}: unknown, ${guess(name, known)}`);
		const end = closingLine(lines, i, value);
		if (end === undefined) say(`${name.startsWith(PREFIX) ? name : "a value"}: its quote is not closed`);
		i = end ?? i;
	}
	return slips;
}

function guess(name: string, known: readonly string[]): string {
	const near = nearest(name, known);
	return near !== undefined && isSlip(name, near.distance) ? `did you mean ${near.word}?` : `known are ${known.join(", ")}`;
}

/** The line on which a value ends that began on `from`; undefined when its quote is never closed. */
function closingLine(lines: readonly string[], from: number, value: string): number | undefined {
	const quote = value[0];
	if (quote !== '"' && quote !== "'" && quote !== "`") return from;
	if (value.indexOf(quote, 1) > 0) return from;
	for (let i = from + 1; i < lines.length; i++) if (lines[i]?.includes(quote)) return i;
	return undefined;
}
