// An entry of the journal as a line that a person reads, and what its chain shows as a sentence.

import type { Note } from "../engine/command.ts";
import type { Verdict } from "../journal/chain.ts";
import type { LoggedEntry } from "../journal/view.ts";
import { noteText } from "../observe/note-text.ts";
import { grouped } from "../report/figures.ts";

/** Commands and inputs, and notes without a sentence, are shown as they are written, up to `width` characters. */
export function entryText({ seq, at, kind, body }: LoggedEntry, width: number): string {
	const text = (kind === "note" ? sentence(body) : undefined) ?? body;
	return `${instant(at)}  ${seq}  ${kind.padEnd(7)}  ${text.length > width ? `${text.slice(0, width - 1)}…` : text}`;
}

function sentence(body: string): string | undefined {
	const { symbol = "", ...note } = JSON.parse(body) as Note & { symbol?: string }; // written by the journal
	return noteText(symbol, note);
}

export function verdictText(file: string, { entries, links, kept, bad }: Verdict): string {
	if (bad === undefined)
		return `${file}: all stands as it was written: ${grouped(entries, 0)} commands and notes in ${grouped(links, 0)} links, ${kept} kept values`;
	const { first, last, at, why } = bad;
	const numbers = [first, last].filter((number) => number !== undefined);
	const which = numbers.length === 0 ? "" : `${[...new Set(numbers)].join(" to ")}${at === undefined ? "" : ` (${instant(at)})`}: `;
	return `${file}: NOT as it was written: ${numbers.length > 0 ? "entry " : ""}${which}${why}; ${grouped(entries, 0)} entries were read up to there`;
}

/** UTC, to the second; an entry from before the clock was known has no calendar. */
function instant(at: number): string {
	return Math.abs(at) <= 8.64e15 ? `${new Date(at).toISOString().slice(0, 19)}Z` : String(at);
}
