// What is wrong with one key, in words: what was expected, what was found, which key was most likely meant.

import { z } from "zod";
import { withoutPath } from "./address.ts";
import { NOTES } from "./kinds.ts";
import { isRecord, schemaAt, unwrapped, valueAt } from "./lookup.ts";
import { isSlip, nearest } from "./nearest.ts";
import { type Path, type Problem, pathText } from "./problem.ts";
import { CONFIG } from "./schema.ts";
import { EMPTY, type Source } from "./yaml.ts";

/** One thing that is wrong with one key. */
export type Issue = { readonly path: Path; readonly unknown: boolean };

export function problemOf({ path, unknown }: Issue, file: string, source: Source): Problem {
	if (unknown) return unknownKey(path, file, source);
	const schema = schemaAt(path);
	const expected = expectedAt(schema);
	const got = describe(valueAt(source.value, path), path, schema);
	return { file, ...source.place(path), path: pathText(path), message: `expected ${expected}, got ${got}` };
}

function unknownKey(path: Path, file: string, source: Source): Problem {
	const name = String(path.at(-1));
	const section = path.slice(0, -1);
	const place = source.place(path, "key");
	const bare = schemaAt(section);
	const known = keysOf(bare && unwrapped(bare));
	// What stands beside secrets may be one, pasted without its key.
	if (isSecretPath(path)) return { file, ...place, path: pathText(section), message: `unknown key, expected ${known.join(", ")}` };
	const closest = nearest(name, known);
	const elsewhere = placesOf(name);
	const hint =
		closest !== undefined && isSlip(name, closest.distance)
			? `did you mean ${closest.word}?`
			: elsewhere.length > 0
				? `did you mean ${elsewhere.join(" or ")}?`
				: `the nearest known key is ${closest?.word}`;
	return {
		file,
		...place,
		path: pathText(path.map((part) => (typeof part === "string" ? part.slice(0, 60) : part))),
		message: `unknown key, ${hint}`,
	};
}

/** The sections that hold a key of this very name; overrides aside. */
function placesOf(name: string, schema: z.ZodType = CONFIG, path: Path = []): string[] {
	const bare = unwrapped(schema);
	if (!(bare instanceof z.ZodObject)) return [];
	return Object.entries(bare.shape).flatMap(([key, part]) => [
		...(key === name ? [pathText([...path, key])] : []),
		...placesOf(name, part as z.ZodType, [...path, key]),
	]);
}

function keysOf(schema: z.ZodType | undefined): string[] {
	return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function expectedAt(schema: z.ZodType | undefined): string {
	for (let at = schema; at !== undefined; at = at === unwrapped(at) ? undefined : unwrapped(at)) {
		const note = NOTES.get(at);
		if (note !== undefined) return note.expected;
	}
	return "another value";
}

/** Long, of letters and digits, and no time: a key or a token in the wrong place. */
const LIKE_A_KEY = /^(?!\d{4}-\d\d)(?=.*\d)(?=.*[A-Za-z])(?!.*\/\/)[\w:+/=-]{18,}$/;

/** What was found, in words. Of a secret, and of text where a section belongs, only the kind. */
function describe(value: unknown, path: Path, schema: z.ZodType | undefined): string {
	const bare = schema && unwrapped(schema);
	const hidden = isSecretPath(path) || bare instanceof z.ZodObject || bare instanceof z.ZodArray;
	if (value === EMPTY || value === undefined) return "nothing";
	if (value === null) return "null";
	if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
	if (isRecord(value)) return "a section of keys";
	if (typeof value === "string") {
		if (hidden) return "a text";
		if (/\/\/[^/]*@/.test(value)) return "an address with a user name or password in it";
		if (/^\w+:\/\/[^?#]*[?#]/.test(value)) return "an address with a query (?) or a fragment (#) in it";
		if (pathText(path) === "notify.webhook.url" && URL.canParse(value)) return JSON.stringify(withoutPath(value));
		if (LIKE_A_KEY.test(value)) return "a text that may be a key, which is not shown here";
		return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
	}
	if (hidden) return typeof value === "number" ? "a number" : "another value";
	return typeof value === "number" || typeof value === "boolean" ? String(value) : "another value";
}

function isSecretPath(path: Path): boolean {
	return path[0] === "secrets";
}
