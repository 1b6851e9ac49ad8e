// Text into a checked configuration, or every problem in it at once, each with its line. Reads no file.

import { z } from "zod";
import { assert } from "../std/assert.ts";
import { err, ok, type Result } from "../std/result.ts";
import { isRecord, unwrapped, valueAt } from "./lookup.ts";
import { byPlace, isBelow, type Path, type Problem, pathText } from "./problem.ts";
import { type Finding, findings, type Resolved, resolve } from "./rules.ts";
import { CONFIG, type Config } from "./schema.ts";
import { type Issue, problemOf } from "./wording.ts";
import { EMPTY, readYaml, type Source } from "./yaml.ts";

export type Decoded = {
	/** Every key of the file, defaults filled in. */
	readonly config: Config;
	/** Each symbol with its overrides laid over the common values. */
	readonly resolved: Resolved;
	readonly warnings: readonly Problem[];
};

/** A file with more wrong in it is no configuration, and each is compared with the others. */
const ISSUES_MAX = 200;

/** `fileName` is what the problems call the file. An empty text is a valid configuration. */
export function decodeConfig(text: string, fileName: string): Result<Decoded, Problem[]> {
	const source = readYaml(text, fileName);
	if (source.broken) return err([...source.problems]);
	const value = withSections(source.value, CONFIG);
	const parsed = CONFIG.safeParse(value);
	const all = parsed.success ? [] : parsed.error.issues.flatMap(flatten);
	const issues = all.slice(0, ISSUES_MAX);
	const isBeyondHelp = all.length > issues.length;
	const config = parsed.success ? parsed.data : isBeyondHelp ? undefined : CONFIG.safeParse(without(value, issues)).data;

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

function problemOfFinding({ path, message, reads }: Finding, file: string, source: Source): Problem {
	const at = [path, ...reads].find((one) => source.isWritten(one)) ?? path;
	return { file, ...source.place(at), path: pathText(path), message };
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
