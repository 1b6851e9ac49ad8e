// The shape of the code, held by a test: rooms in rows that import downwards only, pure rooms that know no world, one place for each
// npm package. Each violation is printed with its file, line and import. The rules are explained in ARCHITECTURE.md.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { type Import, importsOf, isMember, type Token, tokens } from "./support/tokens.ts";

/** A row imports only from rows above it; rooms of one row are strangers. */
const ROWS: readonly (readonly string[])[] = [
	["std"],
	["units"],
	["market"],
	["orders"],
	["account"],
	["strategy", "risk", "report"],
	["engine", "venue"],
	["oms"],
	["config", "journal", "bybit", "candles", "observe", "notify", "schedule"],
	["backtest", "simserver", "live", "download", "page"],
	["cli"],
];
/** Rows from here on may touch the world. */
const IMPURE_FROM = ROWS.findIndex((row) => row.includes("config"));

/** Where each runtime dependency may be imported. A room that is not here has none. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
	config: ["zod", "yaml", "age-encryption", "croner"],
	bybit: ["ws", "undici"],
	observe: ["pino", "prom-client"],
	notify: ["grammy"],
	schedule: ["croner"],
	simserver: ["ws", "fastify"],
	page: ["lightweight-charts"],
	cli: ["commander"],
};

/** What a pure room never says: time that passes, the network, the machine, chance, printing. */
const IMPURE_WORDS = new Set([
	...["async", "await", "Promise", "fetch", "WebSocket", "Worker", "Atomics"],
	...["setTimeout", "setInterval", "setImmediate", "queueMicrotask"],
	...["Date", "performance", "process", "console", "crypto", "navigator", "globalThis", "require"],
]);

/** Past 400 lines a file probably holds two things; this is where the test stops waiting for somebody to look. */
const LINES_MAX = 450;
const TEST_LINES_MAX = 600;

type Source = { readonly path: string; readonly text: string };
type Scanned = Source & { readonly code: readonly Token[]; readonly comments: readonly Token[]; readonly imports: readonly Import[] };
type Rule = (file: Scanned, all: ReadonlyMap<string, Scanned>) => string[];

function scan(sources: readonly Source[]): Map<string, Scanned> {
	return new Map(
		sources.map(({ path, text }) => {
			const all = tokens(text);
			const code = all.filter((token) => token.kind !== "comment");
			const comments = all.filter((token) => token.kind === "comment");
			return [path, { path, text, code, comments, imports: importsOf(all) }];
		}),
	);
}

// ---- where a file stands

function roomOf(path: string): string | undefined {
	return /^src\/([^/]+)\//.exec(path)?.[1];
}

function rowOf(room: string): number {
	return ROWS.findIndex((row) => row.includes(room));
}

function isTest(path: string): boolean {
	return path.endsWith(".test.ts") || path.includes("/testing/") || !path.startsWith("src/");
}

function isPure(path: string): boolean {
	const row = rowOf(roomOf(path) ?? "");
	return row >= 0 && row < IMPURE_FROM;
}

/** The file that a relative import names, from the repository's root. */
function target(path: string, from: string): string {
	return posix.join(posix.dirname(path), from);
}

// ---- the rules

/** A file of `src/` lies in a room, and the room in a row. */
const roomIsKnown: Rule = ({ path }) => {
	if (!path.startsWith("src/")) return [];
	const room = roomOf(path);
	if (room === undefined) return [`${path}: lies in no room`];
	return rowOf(room) < 0 ? [`${path}: the room ${room} stands in no row`] : [];
};

const importsFromRowsAbove: Rule = ({ path, imports }) => {
	const room = roomOf(path);
	if (room === undefined) return [];
	return imports.filter(isRelative).flatMap(({ from, line }) => {
		const other = roomOf(target(path, from));
		if (other === undefined) return isTest(path) ? [] : [`${path}:${line}: "${from}" lies outside src`];
		if (other === room || rowOf(other) < rowOf(room)) return [];
		const why = rowOf(other) === rowOf(room) ? "stands in the same row" : "stands below";
		return [`${path}:${line}: "${from}": the room ${other} ${why}`];
	});
};

const privateFoldersStayPrivate: Rule = ({ path, imports }) =>
	imports.filter(isRelative).flatMap(({ from, line }) => {
		const to = target(path, from);
		const folder = /^src\/([^/]+)\/(?:.*\/)?(internal|testing)\//.exec(to);
		if (folder === null) return [];
		const [, room, name] = folder;
		if (name === "testing") return isTest(path) ? [] : [`${path}:${line}: "${from}" is for tests`]; // fixtures serve every test
		return room === roomOf(path) ? [] : [`${path}:${line}: "${from}" is the ${name} folder of ${room}`];
	});

const importsNameFiles: Rule = ({ path, imports }, all) =>
	imports.flatMap(({ from, line }) => {
		if (from === "") return [`${path}:${line}: an import whose name is computed`];
		if (!isRelative({ from })) return [];
		if (!from.endsWith(".ts")) return [`${path}:${line}: "${from}" does not end in .ts`];
		return all.has(target(path, from)) ? [] : [`${path}:${line}: "${from}" is not there`];
	});

const noBarrels: Rule = ({ path, code }) => {
	if (!path.startsWith("src/")) return [];
	const found = path.endsWith("/index.ts") ? [`${path}: an index file`] : [];
	for (const [i, token] of code.entries())
		if (token.text === "export" && token.kind === "word" && [code[i + 1]?.text, code[i + 2]?.text].includes("*"))
			if (code[i + 1]?.text === "*" || code[i + 1]?.text === "type") found.push(`${path}:${token.line}: export * from another file`);
	return found;
};

const packagesHaveTheirRooms: Rule = ({ path, imports }) => {
	const room = roomOf(path);
	if (room === undefined || isTest(path)) return [];
	return imports
		.filter(({ from }) => from !== "" && !isRelative({ from }) && !from.startsWith("node:"))
		.filter(({ from }) => !PACKAGES[room]?.includes(packageOf(from)))
		.map(({ from, line }) => `${path}:${line}: the package "${from}" has no place in ${room}`);
};

/** Values in, values out: no world, no time that passes, no chance but the seeded. */
const pureRoomsArePure: Rule = ({ path, code, imports }) => {
	if (!isPure(path) || isTest(path)) return [];
	const builtin = imports
		.filter(({ from }) => from.startsWith("node:"))
		.map(({ from, line }) => `${path}:${line}: "${from}" in a pure room`);
	const words = code.flatMap((token, i) => {
		if (token.kind !== "word" || isMember(code, i)) return [];
		const random = token.text === "Math" && code[i + 2]?.text === "random";
		const meta = token.text === "import" && code[i + 1]?.text === ".";
		if (!random && !meta && !IMPURE_WORDS.has(token.text)) return [];
		return [`${path}:${token.line}: ${random ? "Math.random" : meta ? "import.meta" : token.text} in a pure room`];
	});
	return [...builtin, ...words];
};

const noLooseEnds: Rule = ({ path, code, comments }) => {
	if (isTest(path)) return [];
	const any = code
		.filter((token, i) => token.kind === "word" && token.text === "any" && !isMember(code, i))
		.map(({ line }) => `${path}:${line}: any`);
	const marks = comments.flatMap(({ text, line }) => {
		const mark = /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-(?:ignore|nocheck|expect-error)/.exec(text)?.[0];
		return mark === undefined ? [] : [`${path}:${line}: ${mark}`];
	});
	return [...any, ...marks];
};

const filesStayShort: Rule = ({ path, text }) => {
	const lines = text.split("\n").length - 1;
	const max = isTest(path) ? TEST_LINES_MAX : LINES_MAX;
	return lines > max ? [`${path}: ${lines} lines, more than ${max}`] : [];
};

/** Files that import each other, types included; what is loaded when a command runs (`import()`) is not counted. */
function cycles(all: ReadonlyMap<string, Scanned>): string[] {
	const found: string[] = [];
	const done = new Set<string>();
	const road: string[] = [];
	const visit = (path: string): void => {
		if (road.includes(path)) {
			found.push([...road.slice(road.indexOf(path)), path].join(" → "));
			return;
		}
		if (done.has(path)) return;
		done.add(path);
		road.push(path);
		for (const each of all.get(path)?.imports ?? []) if (each.form !== "load" && isRelative(each)) visit(target(path, each.from));
		road.pop();
	};
	for (const path of all.keys()) visit(path);
	return found;
}

function isRelative({ from }: { readonly from: string }): boolean {
	return from.startsWith(".");
}

function packageOf(from: string): string {
	return from
		.split("/")
		.slice(0, from.startsWith("@") ? 2 : 1)
		.join("/");
}

function violations(rule: Rule, sources: ReadonlyMap<string, Scanned>): string[] {
	return [...sources.values()].flatMap((file) => rule(file, sources));
}

// ---- the tree as it is

const ROOT = dirname(import.meta.dirname);

function read(folder: string): Source[] {
	return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
		.map((entry) => {
			const full = join(entry.parentPath, entry.name);
			return { path: full.slice(ROOT.length + 1).replaceAll("\\", "/"), text: readFileSync(full, "utf8") };
		})
		.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const TREE = scan(["src", "test", "bench", "tools"].flatMap(read));

const RULES: readonly (readonly [string, Rule])[] = [
	["every file of src lies in a room that stands in a row", roomIsKnown],
	["a row imports only from rows above it, and rooms of one row are strangers", importsFromRowsAbove],
	["nobody enters another room's internal/ folder, and production code no testing/ folder", privateFoldersStayPrivate],
	["a relative import ends in .ts and names a file that is there", importsNameFiles],
	["there are no barrels in src: no index.ts, no export *", noBarrels],
	["each npm package is imported in its own rooms, and in the pure ones none", packagesHaveTheirRooms],
	["pure rooms know no waiting, no clock, no chance, no machine", pureRoomsArePure],
	["production code has no any, no TODO, no silenced compiler", noLooseEnds],
	[`files stay under ${LINES_MAX} lines, tests under ${TEST_LINES_MAX}`, filesStayShort],
];

for (const [sentence, rule] of RULES) {
	test(sentence, () => {
		const found = violations(rule, TREE);
		assert.equal(found.length, 0, `\n${found.join("\n")}`);
	});
}

test("no file imports itself by a detour", () => {
	const found = cycles(TREE);
	assert.equal(found.length, 0, `\n${found.join("\n")}`);
});

test("every runtime dependency is imported somewhere, and no other package is", () => {
	const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { dependencies: Record<string, string> };
	const used = [...TREE.values()]
		.filter(({ path }) => path.startsWith("src/") && !isTest(path))
		.flatMap(({ imports }) => imports.map(({ from }) => from))
		.filter((from) => !isRelative({ from }) && !from.startsWith("node:"));
	assert.deepEqual([...new Set(used.map(packageOf))].sort(), Object.keys(dependencies).sort());
});

// ---- the checker itself, on this tree and on sources that were made up

test("the checker reads every file to its end: each bracket that opens also closes", () => {
	for (const { path, code } of TREE.values()) {
		const open: string[] = [];
		for (const { kind, text, line } of code) {
			if (kind !== "sign") continue;
			if ("([{".includes(text)) open.push(text);
			if (")]}".includes(text)) assert.equal(`${open.pop()}${text}`, { ")": "()", "]": "[]", "}": "{}" }[text], `${path}:${line}`);
		}
		assert.deepEqual(open, [], path);
	}
});

function check(rule: Rule, files: Readonly<Record<string, string>>): string[] {
	return violations(rule, scan(Object.entries(files).map(([path, text]) => ({ path, text }))));
}

test("the checker finds an import from a row below, from a neighbour, and from outside", () => {
	const rows = (path: string, text: string): string[] => check(importsFromRowsAbove, { [path]: text });
	assert.deepEqual(rows("src/units/a.ts", '\nimport { b } from "../market/b.ts";'), [
		'src/units/a.ts:2: "../market/b.ts": the room market stands below',
	]);
	assert.deepEqual(rows("src/engine/a.ts", 'import type { V } from "../venue/v.ts";'), [
		'src/engine/a.ts:1: "../venue/v.ts": the room venue stands in the same row',
	]);
	assert.deepEqual(rows("src/cli/a.ts", 'import "../../bench/x.ts";'), ['src/cli/a.ts:1: "../../bench/x.ts" lies outside src']);
	assert.deepEqual(rows("src/risk/a.ts", 'const r = await import("../report/r.ts");'), [
		'src/risk/a.ts:1: "../report/r.ts": the room report stands in the same row',
	]);
	assert.deepEqual(rows("src/risk/a.ts", 'export { r } from "../report/r.ts";').length, 1);
	assert.deepEqual(rows("src/engine/deep/a.ts", 'import { b } from "../../units/b.ts";\nimport { c } from "./c.ts";'), []);
});

test("the checker reads no import in a comment, a string or a template", () => {
	const text = [
		'// import { a } from "../cli/a.ts";',
		'/* import "../cli/a.ts"; */',
		"const s = 'import \"../cli/a.ts\"';",
		// biome-ignore lint/suspicious/noTemplateCurlyInString: a template inside a made-up source
		'const t = `import "../cli/a.ts" ${`x ${1}`} export * from "../cli/a.ts"`;',
		"const url = import.meta.url;",
	].join("\n");
	assert.deepEqual(check(importsFromRowsAbove, { "src/std/a.ts": text }), []);
	assert.deepEqual(check(noBarrels, { "src/std/a.ts": text }), []);
});

test("the checker finds each impure word of a pure room, with its line", () => {
	const lines: readonly (readonly [string, string])[] = [
		["const now = Date.now();", "Date"],
		["const x = Math.random();", "Math.random"],
		["async function f() {}", "async"],
		["for (const x of y) await x;", "await"],
		["let p: Promise<void>;", "Promise"],
		["console.log(1);", "console"],
		["const a = b! / 2 / process.pid;", "process"],
		["setTimeout(f, 1);", "setTimeout"],
		// biome-ignore lint/suspicious/noTemplateCurlyInString: a template inside a made-up source
		["const t = `${performance.now()}`;", "performance"],
		['import { readFileSync } from "node:fs";', '"node:fs"'],
		["const home = import.meta.dirname;", "import.meta"],
		["return ok ? Date : undefined;", "Date"],
		["return ok ? 1 + Date : undefined;", "Date"],
	];
	for (const [line, word] of lines)
		assert.deepEqual(check(pureRoomsArePure, { "src/venue/a.ts": `// a\n${line}` }), [`src/venue/a.ts:2: ${word} in a pure room`], line);
});

test("the checker lets pure rooms speak of such things, and impure rooms do them", () => {
	const harmless = [
		'// Date.now() is not called here, and "await" is a word\nconst s = "process";',
		"const r = /await Date/.test(x);",
		"this.process(x); x.fetch; const y = { console: 1 };",
		"/** await */ const half = a / 2; const third = b / Math.floor(3);",
	];
	for (const text of harmless) assert.deepEqual(check(pureRoomsArePure, { "src/risk/a.ts": text }), [], text);
	assert.deepEqual(check(pureRoomsArePure, { "src/live/a.ts": "await Date.now();", "src/risk/a.test.ts": "await Date.now();" }), []);
});

test("the checker finds a private folder entered, a package out of place, a barrel, a missing or unnamed file", () => {
	const bytes = { "src/candles/internal/bytes.ts": "" };
	assert.equal(check(privateFoldersStayPrivate, { ...bytes, "src/cli/a.ts": 'import "../candles/internal/bytes.ts";' }).length, 1);
	assert.equal(check(privateFoldersStayPrivate, { ...bytes, "test/a.test.ts": 'import "../src/candles/internal/bytes.ts";' }).length, 1);
	assert.equal(check(privateFoldersStayPrivate, { ...bytes, "src/candles/a.ts": 'import "./internal/bytes.ts";' }).length, 0);
	assert.equal(check(privateFoldersStayPrivate, { "src/bybit/a.ts": 'import "./testing/rig.ts";' }).length, 1);
	assert.equal(check(privateFoldersStayPrivate, { "src/bybit/a.test.ts": 'import "./testing/rig.ts";' }).length, 0);
	assert.deepEqual(check(packagesHaveTheirRooms, { "src/live/a.ts": 'import { z } from "zod";' }), [
		'src/live/a.ts:1: the package "zod" has no place in live',
	]);
	assert.equal(check(packagesHaveTheirRooms, { "src/cli/a.ts": 'import { RestClientV5 } from "bybit-api";' }).length, 1);
	assert.equal(check(packagesHaveTheirRooms, { "src/config/a.ts": 'import { z } from "zod/v4";' }).length, 0);
	assert.equal(check(noBarrels, { "src/std/index.ts": 'export * from "./a.ts";' }).length, 2);
	assert.equal(check(noBarrels, { "src/std/a.ts": "export const area = a * b;" }).length, 0);
	assert.deepEqual(check(importsNameFiles, { "src/std/a.ts": 'import "./b";\nimport "./c.ts";\nimport(name);' }), [
		'src/std/a.ts:1: "./b" does not end in .ts',
		'src/std/a.ts:2: "./c.ts" is not there',
		"src/std/a.ts:3: an import whose name is computed",
	]);
});

test("the checker finds loose ends, long files, unknown rooms and cycles", () => {
	const loose = "// TODO later\nconst a = b as any;\nlet c: any;\n// @ts-ignore\nconst d = Promise.any(e); // any\nconst f = { any: 1 };";
	assert.deepEqual(check(noLooseEnds, { "src/live/a.ts": loose }), [
		"src/live/a.ts:2: any",
		"src/live/a.ts:3: any",
		"src/live/a.ts:1: TODO",
		"src/live/a.ts:4: @ts-ignore",
	]);
	assert.equal(check(filesStayShort, { "src/live/a.ts": "\n".repeat(LINES_MAX + 1) }).length, 1);
	assert.equal(check(filesStayShort, { "src/live/a.ts": "\n".repeat(LINES_MAX) }).length, 0);
	assert.equal(check(roomIsKnown, { "src/attic/a.ts": "", "src/b.ts": "", "src/std/c.ts": "" }).length, 2);
	const ring = {
		"src/std/a.ts": 'import "./b.ts";',
		"src/std/b.ts": 'import type { C } from "./c.ts";',
		"src/std/c.ts": 'export { x } from "./a.ts";',
	};
	assert.deepEqual(cycles(scan(Object.entries(ring).map(([path, text]) => ({ path, text })))), [
		"src/std/a.ts → src/std/b.ts → src/std/c.ts → src/std/a.ts",
	]);
});
