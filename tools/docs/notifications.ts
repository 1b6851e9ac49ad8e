// The messages of the operator's phone as a chapter: each rendered by the code that sends it, from a sample, in the page's language.

import { importanceOf, isTold, noteWords } from "../../src/notify/catalogue.ts";
import { HAPPENINGS, happeningImportance, happeningWords } from "../../src/notify/happenings.ts";
import { telegramText } from "../../src/notify/markdown.ts";
import type { Importance, Words } from "../../src/notify/message.ts";
import { type Both, type Language, textFile } from "./page.ts";
import { AT, BALANCE, HAPPENED, NOTES, SYMBOL } from "./samples.ts";

/** When it comes, and what to do. */
type About = readonly [when: string, remedy: string];
type Texts = {
	readonly title: Both;
	readonly intro: Both;
	readonly words: { readonly [Name in "when" | "do"]: Both };
	readonly levels: Readonly<Record<Importance, Both>>;
	readonly messages: Readonly<Record<string, { readonly en: About; readonly ko: About }>>;
};

const TEXTS = textFile<Texts>("notifications.yaml");
const ORDER: readonly Importance[] = ["alarm", "news", "quiet"];

type Sent = { readonly name: string; readonly importance: Importance; readonly words: (language: Language) => Words };

function all(): Sent[] {
	const notes = Object.values(NOTES)
		.filter(isTold)
		.map(
			(note): Sent => ({
				name: note.what,
				importance: importanceOf(note),
				words: (language) => noteWords({ symbol: SYMBOL, note, cash: BALANCE, coin: 0.094 }, language),
			}),
		);
	const events = Object.values(HAPPENED).map(
		(happening): Sent => ({
			name: happening.event,
			importance: happeningImportance(happening),
			words: (language) => happeningWords(happening, language),
		}),
	);
	return [...notes, ...events];
}

export function notificationParts(language: Language): string[] {
	const order = Object.keys(TEXTS.messages);
	const sent = all().toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
	return [
		`## ${TEXTS.title[language]}`,
		TEXTS.intro[language].trim(),
		...ORDER.flatMap((importance) => [
			`### ${TEXTS.levels[importance][language]}`,
			...sent.filter((each) => each.importance === importance).flatMap((each, i) => messageParts(each, i, language)),
		]),
	];
}

/** What the texts lack and hold for nothing, and events without a sample. */
export function notificationGaps(): { readonly missing: readonly string[]; readonly leftOver: readonly string[] } {
	const names = all().map(({ name }) => name);
	const told = Object.keys(TEXTS.messages);
	return {
		missing: [...names.filter((name) => !told.includes(name)), ...Object.keys(HAPPENINGS).filter((event) => !(event in HAPPENED))],
		leftOver: told.filter((name) => !names.includes(name)),
	};
}

function messageParts({ name, words }: Sent, i: number, language: Language): string[] {
	const [when, remedy] = TEXTS.messages[name]?.[language] ?? ["", ""];
	const part = { at: AT, number: 17 + i, words: words(language) };
	const message = { numbers: [part.number], importance: "news", repeated: false, parts: [part], locale: language } as const;
	return [bubble(telegramText(message).plain), `**${TEXTS.words.when[language]}** ${when}<br>\n**${TEXTS.words.do[language]}** ${remedy}`];
}

/** As a quotation, its headline bold, without the line of its time and number, which all of them have. */
function bubble(text: string): string {
	const [head = "", ...rows] = text
		.split("\n")
		.slice(0, -1)
		.map((line) => line.replace(/[\\`*_<>#]/g, "\\$&"));
	return `> ${[`**${head}**`, ...rows].join("<br>\n> ")}`;
}
