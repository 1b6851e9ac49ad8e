// docs/messages.md: everything that the bot can say, what it means and what to do. Notifications are rendered by the code that sends them,
// messages are collected from the source, codes come from the tables that act on them; what they mean is told in texts/.

import { REACTIONS, type Reaction } from "../../src/bybit/fault.ts";
import { TROUBLES, troubleOf } from "../../src/bybit/trouble.ts";
import { GUARD_WORDS, pickOf, reasonText } from "../../src/notify/terms.ts";
import { GUARDS } from "../../src/risk/guards.ts";
import { differences, messageGaps, sections, type ToldRow, type ToldSection } from "./message-rows.ts";
import { notificationGaps, notificationParts } from "./notifications.ts";
import { type Both, code, type Language, page, prose, table, textFile } from "./page.ts";

type Head = { readonly en: readonly string[]; readonly ko: readonly string[] };
type Chapter = { readonly title: Both; readonly intro: Both; readonly head: Head };
type Told = { readonly en: readonly string[]; readonly ko: readonly string[] };

type Texts = {
	readonly title: Both;
	readonly intro: Both;
	readonly head: Head;
	/** Guards as `/why` calls them. */
	readonly guards: { readonly head: Head };
	readonly differences: Chapter & { readonly rows: Readonly<Record<string, Told>> };
	readonly troubles: Chapter;
	readonly codes: Chapter & { readonly classes: Readonly<Record<Reaction, Both & { readonly title: Both }>> };
};

const TEXTS = textFile<Texts>("messages.yaml");
const CODES = textFile<{
	readonly codes: Readonly<Record<string, readonly [en: string, ko: string]>>;
	readonly troubles: Readonly<Record<string, readonly [meaning: string, remedy: string]>>;
}>("codes.yaml");

/** The classes in the order in which a person needs them. */
const CLASSES: readonly Reaction[] = ["fatal", "refused", "retry", "serverTimeout", "ambiguous", "goneOrder", "benign"];
/** Behind these sections of messages stand the chapters that are no list of messages. */
const BEFORE_DIFFERENCES = "Lines of a running bot";
const BEFORE_TROUBLES = "Network and addresses";
/** Where the phone's own words for guards and reasons stand, too. */
const OF_GUARDS = "Why nothing is opened";

export function messagesPage(language: Language): string {
	const parts = [...notificationParts(language)];
	for (const section of sections()) {
		parts.push(...sectionParts(section, language));
		if (section.title.en === BEFORE_DIFFERENCES) parts.push(...differenceParts(language));
		if (section.title.en === BEFORE_TROUBLES) parts.push(...troubleParts(language), ...codeParts(language));
	}
	return page(language, { title: TEXTS.title[language], name: "messages.md", intro: [TEXTS.intro[language].trim()], parts });
}

/** Everything that is not in step between the program and the texts; a list is empty where all is well. */
export function messagePageGaps(): Readonly<Record<string, readonly string[]>> {
	const { untold, twice, leftOver, unread } = messageGaps();
	const events = notificationGaps();
	const codes = REACTIONS.flatMap(([, list]) => list.map(String));
	const apart = (name: string, known: readonly string[], told: readonly string[]): Record<string, readonly string[]> => ({
		[`${name}: without a text`]: known.filter((each) => !told.includes(each)),
		[`${name}: a text for nothing`]: told.filter((each) => !known.includes(each)),
	});
	return {
		"messages-*.yaml: messages without a row": untold,
		"messages-*.yaml: messages with two rows": twice,
		"messages-*.yaml: rows without a message": leftOver,
		"../scan.ts: messages whose words were not found": unread,
		"notifications.yaml: without a text or a sample": events.missing,
		"notifications.yaml: a text for nothing": events.leftOver,
		...apart("messages.yaml: differences", [...new Set(differences())], Object.keys(TEXTS.differences.rows)),
		...apart("codes.yaml: codes", codes, Object.keys(CODES.codes)),
		...apart("codes.yaml: troubles", Object.keys(TROUBLES), Object.keys(CODES.troubles)),
	};
}

function sectionParts({ title, intro, rows }: ToldSection, language: Language): string[] {
	return [
		`## ${title[language]}`,
		...(intro === undefined ? [] : [intro[language].trim()]),
		...(title.en === OF_GUARDS ? [guardTable(language)] : []),
		...(rows.length === 0
			? []
			: [
					table(
						TEXTS.head[language],
						rows.map((row) => messageRow(row, language)),
					),
				]),
	];
}

function messageRow(row: ToldRow, language: Language): string[] {
	const shown = row.shown === undefined ? row.messages.flatMap((text) => [text, ...onPhone(text, language)]) : row.shown.split(" · ");
	return [shown.map(code).join("<br>"), ...row[language].map(prose)];
}

/** The same as the phone says it in Korean, where it does. */
function onPhone(text: string, language: Language): string[] {
	const pick = pickOf(language);
	const said = [text, text.replace(/<\w+>/g, "24")].map((each) => [each, reasonText(each, pick)]).find(([each, told]) => told !== each);
	return said?.[1] === undefined ? [] : [said[1]];
}

function guardTable(language: Language): string {
	const pick = pickOf(language);
	const rows = GUARDS.map((name) => [code(name), `✅ ${pick(...GUARD_WORDS[name].open)}`, `❌ ${pick(...GUARD_WORDS[name].closed)}`]);
	return table(TEXTS.guards.head[language], rows);
}

function differenceParts(language: Language): string[] {
	const { title, intro, head, rows } = TEXTS.differences;
	return [
		`## ${title[language]}`,
		intro[language],
		table(
			head[language],
			Object.entries(rows).map(([name, told]) => [code(name), ...told[language].map(prose)]),
		),
	];
}

function troubleParts(language: Language): string[] {
	const { title, intro, head } = TEXTS.troubles;
	const rows = Object.keys(TROUBLES).map((name) =>
		[code(name), ...(language === "en" ? troubleWords(name) : (CODES.troubles[name] ?? []))].map(prose),
	);
	return [`## ${title[language]}`, intro[language], table(head[language], rows)];
}

/** The sentence that the program says, taken apart: what happened, and what to do. */
function troubleWords(name: string): [string, string] {
	const { text } = troubleOf(Object.assign(new Error(name), { code: name }), { host: "api.bybit.com" });
	const at = text.indexOf(` (${name}): `);
	return [text.slice(0, at), text.slice(at + name.length + 5)];
}

function codeParts(language: Language): string[] {
	const { title, intro, head, classes } = TEXTS.codes;
	return [
		`## ${title[language]}`,
		intro[language].trim(),
		...CLASSES.flatMap((reaction) => {
			const codes = REACTIONS.flatMap(([each, list]) => (each === reaction ? list : [])).toSorted((a, b) => a - b);
			const rows = codes.map((each) => [code(String(each)), prose(CODES.codes[each]?.[language === "en" ? 0 : 1] ?? "")]);
			return [`### ${classes[reaction].title[language]}`, classes[reaction][language], table(head[language], rows)];
		}),
	];
}
