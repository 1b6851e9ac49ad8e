// Text into a checked configuration, or every problem in it at once, each with its line. Reads no file.

import { z } from "zod";
import { assert } from "../std/assert.ts";
import { err, ok, type Result } from "../std/result.ts";
import { NOTES } from "./kinds.ts";
import { isSlip, nearest } from "./nearest.ts";
import { byPlace, isBelow, type Path, type Problem, pathText } from "./problem.ts";
import { type Finding, findings, type Resolved, resolve } from "./rules.ts";
import { CONFIG, type Config } from "./schema.ts";
import { EMPTY, readYaml, type Source } from "./yaml.ts";

export type Decoded = {
	/** Every key of the file, defaults filled in. */
	readonly config: Config;
	/** Each symbol with its overrides laid over the common values. */
	readonly resolved: Resolved;
	readonly warnings: readonly Problem[];
};

/** `fileName` is what the problems call the file. An empty text is a valid configuration. */
export function decodeConfig(text: string, fileName: string): Result<Decoded, Problem[]> {
	const source = readYaml(text, fileName);
	if (source.broken) return err([...source.problems]);
	const value = withSections(source.value, CONFIG);
	const parsed = CONFIG.safeParse(value);
	const issues = parsed.success ? [] : parsed.error.issues.flatMap(flatten);
	const config = parsed.success ? parsed.data : CONFIG.safeParse(without(value, issues)).data;

	const problems = [...source.problems, ...issues.filter(news(source)).map((issue) => problemOf(issue, fileName, source))];
	const warnings: Problem[] = [];
	if (config !== undefined) {
		const sound = (path: Path) => !issues.some((issue) => isBelow(path, issue.path) || isBelow(issue.path, path));
		for (const finding of findings(config, resolve(config), source.isWritten)) {
			if (!finding.reads.every(sound)) continue;
			(finding.severity === "error" ? problems : warnings).push(problemOfFinding(finding, fileName, source));
		}
	}
	if (problems.length > 0) return err(ordered(problems));
	assert(config !== undefined, "a configuration without problems has a value");
	return ok({ config, resolved: resolve(config), warnings: ordered(warnings) });
}

/** The schema of the key at `path`, wrappers included; undefined where there is none. */
export function schemaAt(path: Path): z.ZodType | undefined {
	let schema: z.ZodType | undefined = CONFIG;
	for (const part of path) {
		const bare: z.ZodType | undefined = schema && unwrapped(schema);
		if (bare instanceof z.ZodArray) schema = bare.element as z.ZodType;
		else if (bare instanceof z.ZodObject && Object.hasOwn(bare.shape, part)) schema = bare.shape[part] as z.ZodType;
		else return undefined;
	}
	return schema;
}

/** The schema inside defaults and options. */
export function unwrapped(schema: z.ZodType): z.ZodType {
	if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return unwrapped(schema.unwrap() as z.ZodType);
	return schema;
}

/** One thing that is wrong with one key. */
type Issue = { readonly path: Path; readonly unknown: boolean };

function flatten(issue: z.core.$ZodIssue): Issue[] {
	const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
	if (issue.code === "unrecognized_keys") return issue.keys.map((name) => ({ path: [...path, name], unknown: true }));
	return [{ path, unknown: false }];
}

/** An empty section takes its defaults; any other empty key stays what it is, and is refused. */
function withSections(value: unknown, schema: z.ZodType | undefined): unknown {
	const bare = schema && unwrapped(schema);
	if (bare instanceof z.ZodArray && Array.isArray(value)) return value.map((item) => withSections(item, bare.element as z.ZodType));
	if (!(bare instanceof z.ZodObject)) return value;
	if (value === EMPTY) return schema instanceof z.ZodObject && schema !== CONFIG ? value : {};
	if (!isRecord(value)) return value;
	const part = (name: string) => (Object.hasOwn(bare.shape, name) ? (bare.shape[name] as z.ZodType) : undefined);
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withSections(inner, part(name))]));
}

/** The value without what is wrong in it, so that the rest can be judged too. An entry of `symbols` keeps its place under a name of its own. */
function without(value: unknown, issues: readonly Issue[], path: Path = []): unknown {
	const wrong = (at: Path) => issues.some((issue) => pathText(issue.path) === pathText(at));
	if (Array.isArray(value)) {
		return value.map((item: unknown, i) => {
			const entry = without(item, issues, [...path, i]);
			const unnamed = wrong([...path, i]) || wrong([...path, i, "symbol"]);
			return unnamed ? { ...(isRecord(entry) ? entry : {}), symbol: `UNNAMED${i}` } : entry;
		});
	}
	if (!isRecord(value)) return path.length === 0 ? {} : value;
	const kept = Object.entries(value).filter(([name]) => !wrong([...path, name]));
	return Object.fromEntries(kept.map(([name, inner]) => [name, without(inner, issues, [...path, name])]));
}

/** False for a key that is empty because its text was refused already. */
function news({ value, problems }: Source): (issue: Issue) => boolean {
	return ({ path, unknown }) => unknown || valueAt(value, path) !== EMPTY || problems.every((problem) => problem.path !== pathText(path));
}

function problemOf({ path, unknown }: Issue, file: string, source: Source): Problem {
	if (unknown) return unknownKey(path, file, source);
	const schema = schemaAt(path);
	const expected = expectedAt(schema);
	const got = describe(valueAt(source.value, path), path, schema);
	return { file, ...source.place(path), path: pathText(path), message: `expected ${expected}, got ${got}` };
}

function problemOfFinding({ path, message, reads }: Finding, file: string, source: Source): Problem {
	const at = [path, ...reads].find((one) => source.isWritten(one)) ?? path;
	return { file, ...source.place(at), path: pathText(path), message };
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
		return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
	}
	if (hidden) return typeof value === "number" ? "a number" : "another value";
	return typeof value === "number" || typeof value === "boolean" ? String(value) : "another value";
}

function isSecretPath(path: Path): boolean {
	return path[0] === "secrets";
}

function valueAt(value: unknown, path: Path): unknown {
	let at = value;
	for (const part of path) {
		if (Array.isArray(at) && typeof part === "number") at = at[part];
		else if (isRecord(at) && Object.hasOwn(at, part)) at = at[part];
		else return undefined;
	}
	return at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** In the file's order, each said once: a common value that is wrong for two symbols is one problem. */
function ordered(problems: readonly Problem[]): Problem[] {
	const said = new Set<string>();
	const once = problems.filter((problem) => {
		const text = `${problem.line}:${problem.path}:${problem.message}`;
		return said.size < said.add(text).size;
	});
	return once.toSorted(byPlace);
}
