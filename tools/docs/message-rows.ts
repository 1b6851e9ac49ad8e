// The meaning of each message, by hand: which row of the texts belongs to which message of the source, and what has no partner.

import { type Both, textFile } from "./page.ts";
import { collect, type Found } from "./scan.ts";

/** What it means, and what to do. */
type Words = readonly [meaning: string, remedy: string];

/** `has`: words of the message. `only`: the whole of it. `in`: where it is said, as a pattern. */
type Row = {
	readonly has?: string | readonly string[];
	readonly only?: string | readonly string[];
	readonly in?: string;
	/** Stands on the page instead of the messages, where they are many and say it themselves. */
	readonly shown?: string;
	readonly en: Words;
	readonly ko: Words;
};

type Section = { readonly title: Both; readonly intro?: Both; readonly rows: readonly Row[] };

export type ToldRow = { readonly messages: readonly string[]; readonly shown: string | undefined; readonly en: Words; readonly ko: Words };
export type ToldSection = { readonly title: Both; readonly intro: Both | undefined; readonly rows: readonly ToldRow[] };

const FILES = ["messages-bot.yaml", "messages-start.yaml", "messages-tools.yaml"] as const;
const SECTIONS = FILES.flatMap((name) => textFile<Section[]>(name));

let collected: ReturnType<typeof collect> | undefined;

/** Read once: the source does not change under a run. */
function source(): ReturnType<typeof collect> {
	collected ??= collect();
	return collected;
}

function all(): readonly Found[] {
	return source().found;
}

function messages(): readonly Found[] {
	return all().filter(({ kind }) => kind !== "difference");
}

/** Names of the differences between exchange and bot. */
export function differences(): readonly string[] {
	return all().flatMap(({ kind, text }) => (kind === "difference" ? [text] : []));
}

export function sections(): ToldSection[] {
	return SECTIONS.map(({ title, intro, rows }) => ({
		title,
		intro,
		rows: rows.map((row) => ({
			messages: [...new Set(messages().flatMap((one) => (fits(row, one) ? [one.text] : [])))],
			shown: row.shown,
			en: row.en,
			ko: row.ko,
		})),
	}));
}

/** What is not in step, each as a line that says where to look. */
type Gaps = {
	/** Messages without a row, with several, and rows without a message. */
	readonly untold: readonly string[];
	readonly twice: readonly string[];
	readonly leftOver: readonly string[];
	/** Places with words of their own that the collection could not follow. */
	readonly unread: readonly string[];
};

export function messageGaps(): Gaps {
	const rows = SECTIONS.flatMap((section) => section.rows);
	const rowsOf = (one: Found): readonly Row[] => rows.filter((row) => fits(row, one));
	const place = ({ file, line, text }: Found): string => `${file}:${line}: ${text}`;
	return {
		untold: messages()
			.filter((one) => rowsOf(one).length === 0)
			.map(place),
		twice: messages()
			.filter((one) => rowsOf(one).length > 1)
			.map((one) => `${place(one)} (${rowsOf(one).map(name).join("; ")})`),
		leftOver: rows.filter((row) => !messages().some((one) => fits(row, one))).map(name),
		unread: source().unread.filter((text) => /["`][^"`]*[a-z]{2,} [a-z]{2,} [a-z]{2,}/i.test(text.replace(/\$\{[^}]*\}/g, ""))),
	};
}

function fits({ has, only, in: where }: Row, { text, file }: Found): boolean {
	if (where !== undefined && !new RegExp(where).test(file)) return false;
	if (only !== undefined) return list(only).includes(text);
	return has === undefined || list(has).some((words) => text.includes(words));
}

function name({ has, only, in: where }: Row): string {
	return [...list(only ?? has ?? []), where ?? ""].filter((part) => part !== "").join(", ");
}

function list(value: string | readonly string[]): readonly string[] {
	return typeof value === "string" ? [value] : value;
}
