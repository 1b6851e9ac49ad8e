// The rows of docs/requirements.md, and the tests whose titles end with their names: read from the sources, or from a run's TAP output.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { tokens } from "../support/tokens.ts";

const ROOT = join(import.meta.dirname, "../..");
export const DOCUMENT = "docs/requirements.md";

export type Row = { readonly id: string; readonly demand: string };
export const OUTCOMES = ["passed", "failed", "skipped"] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** `title` as it stands in the source; of a template its last stretch. `outcome` is known of a run alone. */
export type Named = { readonly rows: readonly string[]; readonly title: string; readonly where?: string; readonly outcome?: Outcome };

/** Every line of a table that is neither its header nor its rule is a row; what is wrong with its form is for the test to say. */
export function rowsOf(markdown: string): Row[] {
	return markdown
		.split("\n")
		.filter((line) => line.startsWith("|"))
		.map((line) => line.split("|").map((cell) => cell.trim()))
		.filter(([, id = ""]) => id !== "row" && !/^-+$/.test(id))
		.map(([, id = "", ...demand]) => ({ id, demand: demand.slice(0, -1).join("|") }));
}

export function documentRows(): Row[] {
	return rowsOf(readFileSync(join(ROOT, DOCUMENT), "utf8"));
}

/** The rows at the end of a title, in one pair of brackets or several: `(D5)`, `(J2, J3)`, `(I1) (B1)`. */
export function rowsInTitle(title: string): string[] {
	const end = /(?:\s*\([A-Z]\d+(?:, ?[A-Z]\d+)*\))+$/.exec(title.trimEnd())?.[0] ?? "";
	return end.match(/[A-Z]\d+/g) ?? [];
}

/** Titles are any strings that end so: rows of a table of tests are titles, too. */
export function namedIn(source: string, where: string): Named[] {
	return tokens(source)
		.filter((token) => token.kind === "string")
		.map(({ text, line }) => ({ rows: rowsInTitle(text), title: text.trim(), where: `${where}:${line}` }))
		.filter(({ rows }) => rows.length > 0);
}

/** All of `src/` and `test/`, but the tests of this very list, whose samples are no titles. */
export function namedInSources(): Named[] {
	return ["src", "test"]
		.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(ROOT, folder, name)))
		.filter((path) => path.endsWith(".test.ts") && !path.startsWith(import.meta.dirname))
		.sort()
		.flatMap((path) => namedIn(readFileSync(path, "utf8"), relative(ROOT, path)));
}

/** What `node --test --test-reporter=tap` printed: `ok 1 - title`, `not ok 2 - title`, `ok 3 - title # SKIP why`. */
export function namedInRun(tap: string): Named[] {
	return [...tap.matchAll(/^\s*(ok|not ok) \d+ - (.*)$/gm)].flatMap(([, verdict, rest = ""]): Named[] => {
		const [, text = rest, directive] = /^(.*?)(?: # (SKIP|TODO)\b.*)?$/.exec(rest) ?? [];
		const title = text.replaceAll("\\#", "#").replaceAll("\\\\", "\\");
		const rows = rowsInTitle(title);
		const outcome = directive !== undefined ? "skipped" : verdict === "ok" ? "passed" : "failed";
		return rows.length > 0 ? [{ rows, title, outcome }] : [];
	});
}

export type Verdict = { readonly lines: readonly string[]; readonly isHeld: boolean };

/** A row is held by a test that names it, and in a run by one that passed and none that failed. Names that are no row fail as well. */
export function judge(rows: readonly Row[], named: readonly Named[]): Verdict {
	const lines: string[] = [];
	const open: string[] = [];
	for (const { id, demand } of rows) {
		const tests = named.filter((test) => test.rows.includes(id));
		const isHeld =
			tests.some(({ outcome }) => outcome === undefined || outcome === "passed") && !tests.some((test) => test.outcome === "failed");
		if (!isHeld) open.push(id);
		lines.push("", `${id}  ${demand}`, ...tests.map(testLine));
		if (tests.length === 0) lines.push("    no test yet");
	}
	const known = new Set(rows.map((row) => row.id));
	const strangers = named.filter((test) => test.rows.some((id) => !known.has(id)));
	if (strangers.length > 0) lines.push("", `named, but no row of ${DOCUMENT}`, ...strangers.map(testLine));
	const rest = open.length === 0 ? "" : `; not held: ${open.join(", ")}`;
	lines.push("", `${rows.length} rows, ${rows.length - open.length} held by ${named.length} tests${rest}`);
	return { lines, isHeld: open.length === 0 && strangers.length === 0 };
}

function testLine({ title, where, outcome }: Named): string {
	return `    ${outcome === undefined ? "" : `${outcome}: `}${title}${where === undefined ? "" : `  ${where}`}`;
}
