// A configuration as YAML text with every key in the schema's order, each with its description: what `init` writes and `config show` prints.

import { NOTES } from "./kinds.ts";
import { schemaAt } from "./lookup.ts";
import type { Path } from "./problem.ts";
import type { Config } from "./schema.ts";

const COMMENT_COLUMN = 40;

/** YAML that decodes to `config` again, secrets aside: those are stars. */
export function renderConfig(config: Config, { comments }: { readonly comments: boolean }): string {
	const blocks = Object.entries(config).map(([name, value]) => keyLines([name], value, comments).join("\n"));
	return `${blocks.join(comments ? "\n\n" : "\n")}\n`;
}

/** The commented file that `init` writes. `schema` is the path of the JSON schema as seen from the file. */
export function renderConfigFile(config: Config, schema: string): string {
	const head = [
		`# yaml-language-server: $schema=${schema}`,
		"# Anchorwatch's configuration. Every key may be left out: its default holds then. No environment variable overrides a value here.",
		'# "anchorwatch config check" tells what is wrong; "anchorwatch config show" prints what holds. Percent are percent: 1 is 1 %.',
	];
	return `${head.join("\n")}\n\n${renderConfig(config, { comments: true })}`;
}

/** A value as it is shown: an instant as ISO text, a secret as stars. */
export function shown(value: unknown, path: Path = []): unknown {
	if (Array.isArray(value)) return value.map((item: unknown, i) => shown(item, [...path, i]));
	if (isSection(value)) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shown(part, [...path, name])]));
	const schema = schemaAt(path);
	const print = schema && NOTES.get(schema)?.print;
	return print === undefined ? value : print(value);
}

function keyLines(path: Path, value: unknown, comments: boolean): string[] {
	const schema = schemaAt(path);
	const indent = "  ".repeat(path.length - 1);
	const about = comments && schema?.description !== undefined ? [`${indent}# ${schema.description}`] : [];
	const name = `${indent}${path.at(-1)}:`;
	if (Array.isArray(value) && !value.some(isSection) && path.length > 1) {
		const line = `${name} [${value.map(scalar).join(", ")}]`;
		return comments ? [`${line.padEnd(COMMENT_COLUMN)} # ${schema?.description}`] : [line];
	}
	if (Array.isArray(value)) return [...about, name, ...value.flatMap((item: unknown, i) => itemLines([...path, i], item, comments))];
	if (isSection(value)) {
		const parts = Object.entries(value).filter(([, part]) => part !== undefined);
		return parts.length === 0 ? [] : [...about, name, ...parts.flatMap(([part, inner]) => keyLines([...path, part], inner, comments))];
	}
	const line = `${name} ${scalar(shown(value, path))}`;
	return path.length > 1 && comments ? [`${line.padEnd(COMMENT_COLUMN)} # ${schema?.description}`] : [...about, line];
}

/** An entry of a list: its first line bears the dash. */
function itemLines(path: Path, item: unknown, comments: boolean): string[] {
	const indent = "  ".repeat(path.length - 1);
	const lines = isSection(item) ? Object.entries(item).flatMap(([name, value]) => keyLines([...path, name], value, false)) : [];
	const entry = lines.map((line, i) => (i === 0 ? `${indent}- ${line.trimStart()}` : line));
	const first =
		comments && lines.length === 1 ? [`${indent}  # leverage: 2`, `${indent}  # strategy: {exit: {long: {stop_loss_pct: 0.8}}}`] : [];
	return [...entry, ...first];
}

function scalar(value: unknown): string {
	if (typeof value !== "string") return String(value);
	const isWord = /^[A-Za-z][\w-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
	return isWord ? value : JSON.stringify(value);
}

function isSection(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
