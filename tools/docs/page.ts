// A generated page of the documentation: Markdown in one of the two languages, with a table of contents made of its own headings.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const ROOT = join(import.meta.dirname, "../..");

export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in both languages. */
export type Both = { readonly en: string; readonly ko: string };

/** The files of texts beside the generator, one for each page or part of one. */
export function textFile<T>(name: string): T {
	return parse(readFileSync(join(import.meta.dirname, "texts", name), "utf8")) as T; // checked where it is used
}

const NOTICE = {
	en: "<!-- Made by npm run docs; edit its sources, not this file. -->",
	ko: "<!-- npm run docs가 만든 파일입니다. 이 파일이 아니라 그 원본을 고치십시오. -->",
} as const;

/** The whole file: title, a link to the other language, what it is about, contents, then the parts. */
export function page(
	language: Language,
	{ title, name, intro, parts }: { title: string; name: string; intro: readonly string[]; parts: readonly string[] },
): string {
	const body = parts.join("\n\n");
	const other = language === "en" ? `[한국어](ko/${name})` : `[English](../${name})`;
	return `${[`# ${title}`, NOTICE[language], other, ...intro, contents(body), body].join("\n\n")}\n`;
}

/** Links to the headings of the second level, and below each those of the third on one line. */
function contents(body: string): string {
	const lines: string[] = [];
	for (const [, signs = "", heading = ""] of body.replace(/^```.*?^```/gms, "").matchAll(/^(#{2,3}) (.*)$/gm)) {
		const link = `[${heading.replaceAll("`", "")}](#${anchor(heading)})`;
		if (signs === "##") lines.push(`- ${link}`);
		else lines[lines.length - 1] += `${lines.at(-1)?.includes(": [") === true ? " ·" : ":"} ${link}`;
	}
	return lines.join("\n");
}

/** As GitHub makes it: lower case, without signs, blanks to hyphens. */
export function anchor(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, "")
		.replaceAll(" ", "-");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, "<br>")).join(" | ")} |`;
	return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Words for a cell of a table: what would end the cell, or begin an HTML tag, is escaped. */
export function prose(text: string): string {
	return text.replace(/(?<!\\)\|/g, "\\|").trim();
}

/** Code for a cell. */
export function code(text: string): string {
	const inner = text.replaceAll("|", "\\|");
	return inner.includes("`") ? `\`\` ${inner} \`\`` : `\`${inner}\``;
}

/** A code block of its own. */
export function block(language: string, text: string): string {
	return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
