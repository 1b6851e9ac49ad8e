// Every line that the program can say to a person, collected from its source: refusals, failures, warnings, verdicts, problems of a
// configuration. What is computed stands as <name> or … in it. A text that cannot be followed to its words is reported, not dropped.

import type { Expression, Identifier, Node } from "typescript/unstable/ast";
import {
	isArrayLiteralExpression,
	isArrowFunction,
	isAsExpression,
	isBinaryExpression,
	isBlock,
	isCallExpression,
	isCaseBlock,
	isConditionalExpression,
	isElementAccessExpression,
	isFunctionDeclaration,
	isIdentifier,
	isNewExpression,
	isNoSubstitutionTemplateLiteral,
	isNumericLiteral,
	isObjectLiteralExpression,
	isParenthesizedExpression,
	isPropertyAccessExpression,
	isPropertyAssignment,
	isReturnStatement,
	isSatisfiesExpression,
	isShorthandPropertyAssignment,
	isSourceFile,
	isStringLiteral,
	isTemplateExpression,
	isVariableDeclaration,
} from "typescript/unstable/ast/is";
import { type File, lineOf, readSource, SyntaxKind, walk } from "./source.ts";

/**
 * `refusal` ends a command with exit code 2, `failure` with 1; `warn` and `error` are lines of console and log; `verdict` is the doctor's;
 * `problem` and `caution` are what is wrong, or warned about, in a configuration; `reason` stands inside another message; `guard` is why
 * nothing is opened, or why all is closed; `difference` is the name of one between exchange and bot.
 */
export const KINDS = ["refusal", "failure", "warn", "error", "verdict", "problem", "caution", "reason", "guard", "difference"] as const;
export type Kind = (typeof KINDS)[number];

export type Found = { readonly text: string; readonly kind: Kind; readonly file: string; readonly line: number };

type Sink = { readonly kind: Kind; readonly value: Node };
/** What names stand for: within one file, and in capitals anywhere. */
type Scope = { readonly file: File; readonly named: ReadonlyMap<string, readonly Node[]>; readonly shared: ReadonlyMap<string, Node> };

/** What answers programs, not people: the simulator's control interface, its scenarios, and decoders whose complaint another line quotes. */
const LEFT_OUT = /^src\/(?:simserver\/(?:control|faults|rest|wire)\/|simserver\/key-terms|venue\/|bybit\/decode\/(?!account))/;
/** Where an `err("…")` is a reason that a person reads within a refusal. */
const REASONS = /^src\/(?:bybit\/(?:endpoints|proxy)|candles\/internal\/|candles\/store|config\/|live\/statements|simserver\/recorded\/)/;
const FAULTS = ["networkFault", "malformedFault", "offlineFault", "configFault", "unavailableFault"];
/** Functions that make a refusal of a reason: which argument it is, or which property of that. */
const WRAPPERS: Readonly<Record<string, number>> = { complain: 1, fail: 0, readFault: 1, writeFault: -1 };

const COMPUTED = "\0";
/** How often a text may lead on to another one, and in how many ways a text may be told. */
const DEPTH_MAX = 8;
const WAYS_MAX = 24;

/** All of them by file; the same text is told once. `unread` are places whose words were not found: they quote another message. */
export function collect(): { readonly found: readonly Found[]; readonly unread: readonly string[] } {
	return readSource((files) => {
		const shared = new Map(files.flatMap((file) => [...namesOf(file)].flatMap(([name, [node]]) => sharedConst(name, node))));
		const found = new Map<string, Found>();
		const unread: string[] = [];
		for (const file of files) {
			if (LEFT_OUT.test(file.path)) continue;
			const scope = { file, shared, named: namesOf(file) };
			walk(file.tree, (node) => {
				for (const { kind, value } of sinksOf(node, file.path)) {
					const texts = textsOf(value, scope)
						.map(oneLine)
						.filter((text) => text !== COMPUTED && isMessage(text, kind));
					if (texts.length === 0) unread.push(`${file.path}: ${oneLine(value.getText(file.tree))}`);
					for (const text of texts) if (!found.has(text)) found.set(text, { text, kind, file: file.path, line: lineOf(file, value) });
				}
			});
		}
		return { found: [...found.values()], unread };
	});
}

function sharedConst(name: string, node: Node | undefined): [string, Node][] {
	return node !== undefined && /^[A-Z][A-Z_]+$|[a-z]Text$|^dangerOf$/.test(name) ? [[name, node]] : [];
}

// ---- where a message is said

function sinksOf(node: Node, path: string): Sink[] {
	if (isNewExpression(node) && isIdentifier(node.expression)) {
		const [first] = node.arguments ?? [];
		if (first === undefined) return [];
		if (["UsageError", "InvalidArgumentError"].includes(node.expression.text)) return [{ kind: "refusal", value: first }];
		if (node.expression.text === "RunFailure") return [{ kind: "failure", value: first }];
	}
	if (isCallExpression(node)) return ofCall(nameOf(node.expression), node.arguments, path);
	if (isObjectLiteralExpression(node)) return ofObject(new Map(propertiesOf(node)), path);
	return [];
}

function ofCall(name: string, given: readonly Expression[], path: string): Sink[] {
	const [first, second, third] = given;
	if (first === undefined) return [];
	const level = /"(warn|error)"/.exec(first.getText())?.[1] as "warn" | "error" | undefined;
	if (level !== undefined && second !== undefined && !/^(?:on|once|emit|addEventListener|Error|addText)$/.test(name) && isLevel(first))
		return [{ kind: level, value: second }];
	if (path === "src/cli/service-notice.ts" && name === "onLine") return [{ kind: "warn", value: first }];
	if (name === "lose" && second !== undefined && path.startsWith("src/bybit/")) return [{ kind: "reason", value: second }];
	if (name === "restart" && path.startsWith("src/bybit/")) return [{ kind: "reason", value: first }];
	if (name === "warn" || name === "onOdd") return [{ kind: "warn", value: first }];
	if (name === "stop" && path.startsWith("src/oms/")) return [{ kind: "failure", value: first }];
	if (name === "write" && /stderr\.write$/.test(given[0]?.parent.getText().split("(")[0] ?? "")) return [{ kind: "warn", value: first }];
	if (path === "src/config/rules.ts" && second !== undefined && ["error", "warning"].includes(name))
		return [{ kind: name === "error" ? "problem" : "caution", value: second }];
	if (name === "push" && path === "src/bybit/decode/account.ts") return [{ kind: "reason", value: first }];
	if (FAULTS.includes(name) && second !== undefined && !path.endsWith("/fault.ts")) return [{ kind: "reason", value: second }];
	if (name === "err" && REASONS.test(path)) return [{ kind: "reason", value: first }];
	if (path.startsWith("src/config/") && (name === "whole" || name === "say")) {
		const said = given[name === "whole" ? 1 : path === "src/config/dotenv.ts" ? 0 : 2];
		if (said !== undefined) return [{ kind: "problem", value: said }];
	}
	if (name === "until" && second !== undefined && path.startsWith("src/live/")) return [{ kind: "failure", value: second }];
	if (name === "setDoubt" && third !== undefined && nameOf(third) !== "undefined") return [{ kind: "guard", value: third }];
	if (name === "none" && path.startsWith("src/strategy/")) return [{ kind: "guard", value: first }];
	if (name === "differ" && path.startsWith("src/oms/") && third !== undefined) return [{ kind: "difference", value: third }];
	if (name === "trip" && third !== undefined && second !== undefined) return [{ kind: "guard", value: second }];
	if (name === "cancelEntry" && third !== undefined) return [{ kind: "guard", value: third }];
	const at = WRAPPERS[name];
	const wrapped = at === undefined ? undefined : given[at];
	if (wrapped === undefined || !/^src\/(?:candles|simserver)\//.test(path)) return [];
	const reason = isObjectLiteralExpression(wrapped) ? new Map(propertiesOf(wrapped)).get("reason") : wrapped;
	return reason === undefined ? [] : [{ kind: "reason", value: reason }];
}

function ofObject(properties: ReadonlyMap<string, Node>, path: string): Sink[] {
	const [verdict, text, message, why, what] = ["verdict", "text", "message", "why", "what"].map((name) => properties.get(name));
	if (verdict !== undefined && text !== undefined && isStringLiteral(verdict) && ["warn", "fail"].includes(verdict.text))
		return [{ kind: "verdict", value: text }];
	if (/^src\/config\/(?!rules)/.test(path) && message !== undefined) return [{ kind: "problem", value: message }];
	const [kind, reason] = [properties.get("kind"), properties.get("reason")];
	if (path === "src/bybit/trouble.ts" && kind !== undefined && text !== undefined) return [{ kind: "reason", value: text }];
	if (path === "src/bybit/fault.ts" && message !== undefined && kind !== undefined) return [{ kind: "reason", value: message }];
	if (path === "src/candles/spacing.ts" && reason !== undefined) return [{ kind: "reason", value: reason }];
	if (/^src\/notify\/(?:telegram|webhook)\.ts$/.test(path) && why !== undefined) return [{ kind: "reason", value: why }];
	const isSkip = /^src\/(?:engine|risk|strategy)\//.test(path) && why !== undefined && properties.size > 1;
	if (isSkip && (what === undefined || (isStringLiteral(what) && ["skipped", "unfilled", "noTp1"].includes(what.text))))
		return [{ kind: "guard", value: why }];
	return [];
}

/** `"warn"` itself, or a choice between levels. */
function isLevel(node: Node): boolean {
	return isStringLiteral(node) || (isConditionalExpression(node) && isStringLiteral(node.whenTrue) && isStringLiteral(node.whenFalse));
}

function nameOf(node: Node): string {
	if (isIdentifier(node)) return node.text;
	if (isPropertyAccessExpression(node)) return node.name.text.replace(/^#/, "");
	return "";
}

function propertiesOf(node: Node): [string, Node][] {
	const found: [string, Node][] = [];
	node.forEachChild((each) => {
		if (isPropertyAssignment(each)) found.push([each.name.getText().replace(/^"|"$/g, ""), each.initializer]);
		else if (isShorthandPropertyAssignment(each)) found.push([each.name.getText(), each.name]);
	});
	return found;
}

// ---- the words of an expression

/** Every text that the expression can be; `COMPUTED` for each way that leads to no words. */
function textsOf(node: Node, scope: Scope, depth = 0): string[] {
	if (depth > DEPTH_MAX) return [COMPUTED];
	const inner = (each: Node): string[] => textsOf(each, scope, depth + 1);
	if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return [node.text];
	if (isTemplateExpression(node))
		return node.templateSpans.reduce(
			(ways: readonly string[], { expression, literal }) =>
				joined(ways, filling(expression, scope, inner)).map((text) => text + literal.text),
			[node.head.text],
		) as string[];
	if (isConditionalExpression(node)) return [...inner(node.whenTrue), ...inner(node.whenFalse)];
	if (isBinaryExpression(node))
		return node.operatorToken.kind === SyntaxKind.PlusToken
			? joined(orDots(inner(node.left)), orDots(inner(node.right)))
			: [...inner(node.left), ...inner(node.right)];
	if (isParenthesizedExpression(node) || isAsExpression(node) || isSatisfiesExpression(node) || isElementAccessExpression(node))
		return inner(node.expression);
	if (isIdentifier(node)) return told(meaningOf(node, scope).flatMap(inner));
	if (isObjectLiteralExpression(node)) return propertiesOf(node).flatMap(([, value]) => inner(value));
	if (isArrayLiteralExpression(node)) return node.elements.flatMap(inner);
	if (isArrowFunction(node)) return inner(node.body);
	if (isCallExpression(node) && ["redact", "masked"].includes(nameOf(node.expression))) return node.arguments.flatMap(inner);
	if (isCallExpression(node) && isIdentifier(node.expression)) return told(meaningOf(node.expression, scope).flatMap(inner));
	if (isFunctionDeclaration(node)) return told(returnsOf(node).flatMap(inner));
	return [COMPUTED];
}

function told(texts: string[]): string[] {
	return texts.length === 0 ? [COMPUTED] : texts;
}

/** What may stand in a template's gap: words where they can be told, else the name of what is computed. */
function filling(node: Node, scope: Scope, inner: (node: Node) => string[]): readonly string[] {
	const texts = inner(node);
	const words = texts.filter((text) => text !== "");
	if (texts.includes(COMPUTED) || !words.some((text) => /[a-z]/i.test(text))) return [placeholder(node, scope)];
	if (words.some(hasWords)) return words;
	return [words.length < texts.length ? `(${words.join("/")})` : words.join("/")];
}

function joined(left: readonly string[], right: readonly string[]): string[] {
	return left.flatMap((one) => right.map((two) => one + two)).slice(0, WAYS_MAX);
}

function orDots(texts: readonly string[]): readonly string[] {
	return texts.map((text) => (text === COMPUTED ? "…" : text));
}

function returnsOf(declared: Node): Node[] {
	const found: Node[] = [];
	walk(declared, (node) => {
		if (isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
	});
	return found;
}

/** The value that a name stands for where it is used: the innermost declaration around it, a function of the file, or a shared constant. */
function meaningOf(node: Identifier, { named, shared }: Scope): readonly Node[] {
	const around = new Set<Node>();
	for (let at: Node | undefined = node; at !== undefined; at = at.parent) around.add(at);
	const seen = (named.get(node.text) ?? []).filter((value) => around.has(blockOf(value)));
	const inmost = seen.at(-1);
	if (inmost !== undefined) return [inmost];
	const elsewhere = shared.get(node.text);
	return elsewhere === undefined ? [] : [elsewhere];
}

function blockOf(node: Node): Node {
	for (let at = node.parent; ; at = at.parent) if (isBlock(at) || isSourceFile(at) || isCaseBlock(at) || isArrowFunction(at)) return at;
}

function placeholder(node: Node, scope: Scope): string {
	if (isIdentifier(node)) {
		const [value] = meaningOf(node, scope);
		if (value !== undefined && (isNumericLiteral(value) || isStringLiteral(value))) return value.text.length < 40 ? value.text : "…";
		return `<${node.text}>`;
	}
	if (isPropertyAccessExpression(node)) return `<${nameOf(node)}>`;
	if (isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.QuestionQuestionToken) return placeholder(node.left, scope);
	if (isCallExpression(node) && isPropertyAccessExpression(node.expression)) {
		const name = nameOf(node.expression);
		if (["toFixed", "slice", "join", "trim"].includes(name)) return placeholder(node.expression.expression, scope);
	}
	return "…";
}

function isConst({ parent }: Node): boolean {
	return parent.getText().startsWith("const");
}

/** What each name of the file stands for: initial values of its declarations, and its functions. Parameters have none. */
function namesOf({ tree }: File): ReadonlyMap<string, readonly Node[]> {
	const found = new Map<string, Node[]>();
	walk(tree, (node) => {
		const value = isVariableDeclaration(node) && isConst(node) ? node.initializer : isFunctionDeclaration(node) ? node : undefined;
		if (value === undefined || !(isVariableDeclaration(node) || isFunctionDeclaration(node))) return;
		if (node.name !== undefined && isIdentifier(node.name)) found.set(node.name.text, [...(found.get(node.name.text) ?? []), value]);
	});
	return found;
}

/** Not merely another message with a word before it. */
function isMessage(text: string, kind: Kind): boolean {
	if (kind === "difference") return true;
	return wordsIn(text) >= (kind === "guard" ? 2 : 1) && !/^anchorwatch: (?:<\w+>|…)$/.test(text);
}

function hasWords(text: string): boolean {
	return wordsIn(text) >= 2;
}

function wordsIn(text: string): number {
	return [...text.replace(/<\w+>/g, "").matchAll(/[A-Za-z]{2,}/g)].length;
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, " ").trim();
}
