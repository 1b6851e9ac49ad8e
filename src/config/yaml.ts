// YAML text as plain values that remember where each key stands. What YAML allows and a configuration does not need (a key twice, aliases,
// tags, several documents) is a problem here, so that the reader's eye and the program see the same thing.

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLError } from "yaml";
import { byPlace, isBelow, type Path, type Problem, pathText } from "./problem.ts";

/** A key with nothing behind it: a section's defaults, or a value forgotten. Not the same as a written null. */
export const EMPTY: unique symbol = Symbol("no value");

export type Place = { readonly line: number; readonly column: number };

export type Source = {
	readonly value: unknown;
	readonly problems: readonly Problem[];
	/** The text is no YAML, and `value` means nothing. */
	readonly broken: boolean;
	/** Where the value of a path stands, or its key (`part`); what is not written stands where its section does. */
	place(path: Path, part?: "key" | "value"): Place;
	isWritten(path: Path): boolean;
};

const SYNTAX = {
	ALIAS_PROPS: "an alias takes neither an anchor nor a tag",
	BAD_ALIAS: "not a name for an anchor or an alias",
	BAD_COLLECTION_TYPE: "the tag does not fit what follows",
	BAD_DIRECTIVE: "this % line is not understood; none is needed",
	BAD_DQ_ESCAPE: "a backslash in \"…\" that begins no known escape: write two of them, or use '…'",
	BAD_INDENT: "the indentation does not fit the lines above, or a bracket or brace is not closed",
	BAD_PROP_ORDER: "anchors and tags stand before their value",
	BAD_SCALAR_START: "a value cannot begin with this character: put it in quotes",
	BLOCK_AS_IMPLICIT_KEY: "a colon too many (then put the value in quotes), or the next line is indented too far",
	BLOCK_IN_FLOW: "inside brackets or braces there can be no indented list or section",
	DUPLICATE_KEY: "the key stands here twice",
	IMPOSSIBLE: "not understood",
	KEY_OVER_1024_CHARS: "the colon after a key is missing or very far away",
	MISSING_CHAR: "a colon, quote, comma, bracket or brace is missing here or just before",
	MULTILINE_IMPLICIT_KEY: "a key does not go over several lines: is the colon missing?",
	MULTIPLE_ANCHORS: "one anchor at most",
	MULTIPLE_DOCS: 'a second document begins at this "---": a configuration is one',
	MULTIPLE_TAGS: "one tag at most",
	NON_STRING_KEY: "a key is a plain word",
	RESOURCE_EXHAUSTION: "nested too deeply",
	TAB_AS_INDENT: "a tab indents this line: use spaces",
	TAG_RESOLVE_FAILED: "an unknown tag (!…): leave it out",
	UNEXPECTED_TOKEN: "something stands here that does not belong: is a quote, a colon or an indentation wrong?",
} as const satisfies Record<YAMLError["code"], string>;

export function readYaml(text: string, file: string): Source {
	const counter = new LineCounter();
	const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, stringKeys: true, lineCounter: counter });
	const placeOf = (offset: number): Place => {
		const { line, col } = counter.linePos(offset);
		return { line: Math.max(1, line), column: Math.max(1, col) };
	};
	const faults = [...document.errors, ...document.warnings].map(
		(fault): Problem => ({ file, ...placeOf(fault.pos[0]), path: "", message: SYNTAX[fault.code] }),
	);
	const root = document.contents;
	if (faults.length > 0)
		return { value: EMPTY, problems: firstPerLine(faults), broken: true, place: () => placeOf(0), isWritten: () => false };

	const problems: Problem[] = [];
	const lineOf = (node: Node): number => placeOf(node.range?.[0] ?? 0).line;
	const say = (node: Node, path: Path, message: string): void => {
		// A key below secrets may be one, pasted in the wrong place.
		const said = path[0] === "secrets" ? path.slice(0, 1) : path;
		problems.push({ file, ...placeOf(node.range?.[0] ?? 0), path: pathText(said), message });
	};
	const value = root === null ? EMPTY : plain(root, [], { say, lineOf });
	return {
		value,
		problems,
		broken: false,
		place: (path, part = "value") => placeOf(offsetOf(root, path, part)),
		isWritten: (path) => root !== null && isBelow(written(root, path), path),
	};
}

type Reader = { readonly say: (node: Node, path: Path, message: string) => void; readonly lineOf: (node: Node) => number };

function plain(node: Node | null, path: Path, reader: Reader): unknown {
	if (node === null) return EMPTY;
	if (isAlias(node)) {
		reader.say(node, path, "an alias (*) is not followed here: write the value itself");
		return EMPTY;
	}
	if (isScalar(node)) return node.value === null && node.source === "" ? EMPTY : node.value;
	if (isSeq<Node>(node)) return node.items.map((item, i) => plain(item, [...path, i], reader));
	if (!isMap<Node, Node | null>(node)) return EMPTY;
	const entries = new Map<string, unknown>();
	const first = new Map<string, Node>();
	for (const pair of node.items) {
		const name = nameOf(pair);
		const before = first.get(name);
		if (before !== undefined) reader.say(pair.key, [...path, name], `this key stands in line ${reader.lineOf(before)} already`);
		else first.set(name, pair.key);
		entries.set(name, plain(pair.value, [...path, name], reader));
	}
	return Object.fromEntries(entries);
}

function nameOf(pair: Pair<Node, Node | null>): string {
	return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

/** The node behind `part` of a list or a section, and the node that names it. */
function child(node: Node | null, part: string | number): { readonly key: Node; readonly value: Node | null } | undefined {
	if (isSeq<Node>(node) && typeof part === "number") {
		const item = node.items[part];
		return item === undefined ? undefined : { key: item, value: item };
	}
	if (!isMap<Node, Node | null>(node)) return undefined;
	return node.items.findLast((pair) => nameOf(pair) === part);
}

/** The longest beginning of `path` that the text holds. */
function written(root: Node | null, path: Path): Path {
	let node = root;
	for (const [i, part] of path.entries()) {
		const found = child(node, part);
		if (found === undefined) return path.slice(0, i);
		node = found.value;
	}
	return path;
}

function offsetOf(root: Node | null, path: Path, part: "key" | "value"): number {
	let node = root;
	let offset = root?.range?.[0] ?? 0;
	for (const name of written(root, path)) {
		const found = child(node, name);
		node = found?.value ?? null;
		const isValue = part === "value" && isScalar(node) && node.source !== "";
		offset = (isValue ? node : found?.key)?.range?.[0] ?? offset;
	}
	return offset;
}

/** One slip often breaks a line in several ways; the first says enough. */
function firstPerLine(problems: readonly Problem[]): Problem[] {
	const sorted = problems.toSorted(byPlace);
	return sorted.filter((problem, i) => problem.line !== sorted[i - 1]?.line);
}
