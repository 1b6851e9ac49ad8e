// docs/configuration.md: every key of the configuration file, from the schema that checks it. English words are the schema's own;
// Korean ones, examples and what is told around the tables come from texts/configuration.yaml.

import { z } from "zod";
import { defaultConfig } from "../../src/config/interview.ts";
import { NOTES } from "../../src/config/kinds.ts";
import { schemaAt, unwrapped, valueAt } from "../../src/config/lookup.ts";
import { type Path, pathText } from "../../src/config/problem.ts";
import { renderConfigFile, shown } from "../../src/config/render.ts";
import { CONFIG } from "../../src/config/schema.ts";
import { SECRET_VARIABLES, SECRETS } from "../../src/config/secret.ts";
import { type Both, block, code, type Language, page, prose, table, textFile } from "./page.ts";
import { typeText } from "./types.ts";

/** Of a key: its Korean description, an English one where the schema's own would mislead, and an example other than the default. */
type KeyText = { readonly ko: string; readonly en?: string; readonly example?: string };

type Texts = {
	readonly title: Both;
	readonly intro: Both;
	readonly symbols: { readonly ko: string };
	readonly general: Both;
	readonly head: { readonly en: readonly string[]; readonly ko: readonly string[] };
	readonly secrets: Both & { readonly title: Both };
	readonly rules: Both & { readonly title: Both };
	readonly example: Both & { readonly title: Both };
	/** By the section's path: its Korean description, and more to say below its table. */
	readonly sections: Readonly<Record<string, { readonly ko: string; readonly more?: Both }>>;
	readonly keys: Readonly<Record<string, KeyText>>;
};

const TEXTS = textFile<Texts>("configuration.yaml");
const NAME = "configuration.md";

export function configurationPage(language: Language): string {
	const top = Object.keys(CONFIG.shape);
	const isSection = (name: string): boolean => unwrapped(CONFIG.shape[name as keyof typeof CONFIG.shape]) instanceof z.ZodObject;
	const general = top.filter((name) => !isSection(name));
	const parts = [
		`## ${TEXTS.general[language]}`,
		keyTable(
			general.flatMap((name) => keysBelow([name])),
			language,
		),
		...top.filter(isSection).flatMap((name) => sectionParts([name], language)),
		`## ${TEXTS.secrets.title[language]}`,
		secretTable(language),
		TEXTS.secrets[language].trim(),
		`## ${TEXTS.rules.title[language]}`,
		TEXTS.rules[language].trim(),
		`## ${TEXTS.example.title[language]}`,
		TEXTS.example[language].trim(),
		block("yaml", exampleFile(language)),
	];
	return page(language, { title: TEXTS.title[language], name: NAME, intro: [TEXTS.intro[language].trim()], parts });
}

/** What the texts lack and what they hold for nothing: empty when they are in step with the schema. */
export function configurationGaps(): { readonly missing: readonly string[]; readonly leftOver: readonly string[] } {
	const keys = keysBelow([]).map(keyName);
	const sections = sectionsBelow([]).map(pathText);
	const known = [...keys, ...sections.map((name) => `${name}:`)];
	const told = [...Object.keys(TEXTS.keys), ...Object.keys(TEXTS.sections).map((name) => `${name}:`)];
	return { missing: known.filter((name) => !told.includes(name)), leftOver: told.filter((name) => !known.includes(name)) };
}

/** A heading, what the section is for, its own keys; sections within follow with theirs. */
function sectionParts(path: Path, language: Language): string[] {
	const own = keysBelow(path).filter((key) => key.length === path.length + 1);
	const within = sectionsBelow(path).filter((each) => each.length === path.length + 1);
	const { ko = "", more } = TEXTS.sections[pathText(path)] ?? {};
	const about = language === "en" ? `${schemaAt(path)?.description ?? ""}.` : `${ko}.`;
	return [
		`${path.length === 1 ? "##" : "###"} ${pathText(path)}`,
		prose(about),
		...(own.length === 0 ? [] : [keyTable(own, language)]),
		...(more === undefined ? [] : [more[language].trim()]),
		...within.flatMap((each) => sectionParts(each, language)),
	];
}

function keyTable(paths: readonly Path[], language: Language): string {
	const rows = paths.map((path) => {
		const schema = schemaAt(path);
		const { ko, en, example } = TEXTS.keys[keyName(path)] ?? { ko: "" };
		const about = language === "en" ? (en ?? schema?.description ?? "") : ko;
		return [
			code(keyName(path)),
			prose(`${typeText(expectedOf(path), String(path.at(-1)), language)}`),
			initialText(path),
			example === undefined ? "" : code(example),
			prose(about),
		];
	});
	return table(TEXTS.head[language], rows);
}

function expectedOf(path: Path): string {
	for (let schema = schemaAt(path); schema !== undefined; ) {
		const note = NOTES.get(schema);
		if (note !== undefined) return note.expected;
		const inner = unwrapped(schema);
		if (inner === schema) break;
		schema = inner;
	}
	throw new RangeError(`${pathText(path)}: a key says what it expects`);
}

function initialText(path: Path): string {
	if (path[0] === "symbols" && path.length > 1) return path.at(-1) === "symbol" ? "" : "–";
	const value = shown(valueAt(defaultConfig(), path), path);
	return code(Array.isArray(value) ? JSON.stringify(value).replaceAll('"', "") : typeof value === "string" ? value : String(value));
}

/** `symbols[].leverage`: an entry of a list stands for all. */
function keyName(path: Path): string {
	return pathText(path).replaceAll(/\[\d+\]/g, "[]");
}

/** Every key that holds a value, in the schema's order. What an entry of `symbols` may override is told once, as a whole. */
function keysBelow(path: Path): Path[] {
	const bare = bareAt(path);
	if (bare instanceof z.ZodArray && path[0] === "symbols")
		return keysBelow([...path, 0])
			.map((key) => key.slice(0, 3))
			.filter(isFirst);
	if (!(bare instanceof z.ZodObject)) return [path];
	return Object.keys(bare.shape).flatMap((name) => keysBelow([...path, name]));
}

function isFirst(path: Path, i: number, all: readonly Path[]): boolean {
	return all.findIndex((other) => pathText(other) === pathText(path)) === i;
}

function sectionsBelow(path: Path): Path[] {
	const bare = bareAt(path);
	if (!(bare instanceof z.ZodObject)) return [];
	return Object.keys(bare.shape).flatMap((name) => {
		const inner = [...path, name];
		return bareAt(inner) instanceof z.ZodObject ? [inner, ...sectionsBelow(inner)] : [];
	});
}

function bareAt(path: Path): z.ZodType {
	const schema = path.length === 0 ? CONFIG : schemaAt(path);
	if (schema === undefined) throw new RangeError(`${pathText(path)} is a key`);
	return unwrapped(schema as z.ZodType);
}

function secretTable(language: Language): string {
	const head = { en: ["secret", "environment and `.env`", "in the file"], ko: ["비밀", "환경 변수와 `.env`", "설정 파일"] }[language];
	return table(
		head,
		SECRETS.map((name) => [prose(aboutSecret(name, language)), code(SECRET_VARIABLES[name]), code(`secrets.${name}`)]),
	);
}

function aboutSecret(name: (typeof SECRETS)[number], language: Language): string {
	const names: Record<(typeof SECRETS)[number], Both> = {
		api_key: { en: "API key", ko: "API 키" },
		api_secret: { en: "its secret", ko: "API 시크릿" },
		telegram_token: { en: "token of the Telegram bot", ko: "텔레그램 봇 토큰" },
		webhook_secret: { en: "secret that signs webhooks", ko: "웹훅 서명용 시크릿" },
	};
	return names[name][language];
}

/** What `anchorwatch init` writes, its comments in the page's language. */
function exampleFile(language: Language): string {
	const text = renderConfigFile(defaultConfig(), "./config.schema.json");
	if (language === "en") return text;
	let from = 0;
	let told = text;
	for (const path of pathsInOrder([])) {
		const about = `# ${schemaAt(path)?.description ?? ""}\n`;
		const at = told.indexOf(about, from);
		const ko =
			TEXTS.keys[keyName(path)]?.ko ?? TEXTS.sections[pathText(path)]?.ko ?? (path[0] === "symbols" ? TEXTS.symbols.ko : undefined);
		if (at < 0 || ko === undefined) continue;
		told = `${told.slice(0, at)}# ${ko.replaceAll("`", "")}\n${told.slice(at + about.length)}`;
		from = at + ko.length;
	}
	return told.replace(
		/^(# yaml.*\n)(?:# .*\n)+/,
		`$1${TEXTS.example.ko
			.trim()
			.split("\n")
			.map((line) => `# ${line.replaceAll("`", '"')}\n`)
			.join("")}`,
	);
}

/** Sections before what they hold, as the file has them. */
function pathsInOrder(path: Path): Path[] {
	const bare = bareAt(path);
	const own = path.length === 0 ? [] : [path];
	if (!(bare instanceof z.ZodObject)) return own;
	return [...own, ...Object.keys(bare.shape).flatMap((name) => pathsInOrder([...path, name]))];
}
