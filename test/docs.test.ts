// The documents against the program: what they name is there, and what the program offers is in them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { Command } from "commander";
import { COMMANDS } from "../src/cli/commands.ts";
import { stepsOf } from "../src/cli/completion-tree.ts";

const ROOT = dirname(import.meta.dirname);
const READMES = ["README.md", "README.ko.md"] as const;
const DOCUMENTS = [...READMES, "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", ...pagesOf("docs"), ...pagesOf("docs/ko")];
/** Pages in Korean that are no translation line by line: their tables are those of the English page. */
const SHORTER = ["metrics.md"];
const IMAGE_BYTES_MAX = 300_000;
const ARCHITECTURE_LINES_MAX = 250;

function pagesOf(folder: string): string[] {
	return readdirSync(join(ROOT, folder))
		.filter((name) => name.endsWith(".md"))
		.map((name) => `${folder}/${name}`);
}

/** Padding in tables is taken out. */
function text(path: string): string {
	return readFileSync(join(ROOT, path), "utf8").replace(/^\|.*\|$/gm, (row) => row.replace(/ +\| */g, " | ").trimEnd());
}

/** A document without its fenced blocks. */
function prose(path: string): string {
	return text(path).replace(/^```.*?^```/gms, "");
}

function headings(path: string): string[] {
	return prose(path)
		.split("\n")
		.filter((line) => /^#{1,6} /.test(line));
}

/** As GitHub makes it: lower case, without signs, blanks to hyphens. */
function anchor(heading: string): string {
	return heading
		.replace(/^#+ /, "")
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, "")
		.replaceAll(" ", "-");
}

/** Targets of links and images that lie in this repository. */
function links(path: string): string[] {
	return [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "").filter((to) => !/^[a-z]+:/.test(to));
}

/** Paths in code marks that begin with a folder of this repository, `*` and `…` aside. */
function fileNames(path: string): string[] {
	return [...prose(path).matchAll(/`((?:src|test|bin|docs|bench)\/[\w./-]+)`/g)].map((match) => match[1] ?? "");
}

for (const path of DOCUMENTS) {
	test(`every link in ${path} leads somewhere`, () => {
		for (const link of links(path)) {
			const [file = "", fragment] = link.split("#");
			const target = file === "" ? path : join(dirname(path), file);
			assert.ok(existsSync(join(ROOT, target)), `${link}: ${target} is not there`);
			if (fragment !== undefined) assert.ok(headings(target).map(anchor).includes(decodeURI(fragment)), `${link}: no such heading`);
		}
	});

	test(`every file that ${path} names is there`, () => {
		const missing = fileNames(path).filter((name) => !existsSync(join(ROOT, name)));
		assert.deepEqual(missing, []);
	});

	test(`every npm script that ${path} names is there`, () => {
		const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
		for (const [, script = ""] of text(path).matchAll(/npm run (?:--silent )?([a-z]+)/g)) assert.ok(script in scripts, `npm run ${script}`);
	});
}

test("both READMEs begin with the two commands: install and start, install and test", () => {
	for (const path of READMES) {
		const [fence, start, check] = text(path).split("\n");
		assert.match(fence ?? "", /^```sh$/, path);
		assert.match(start ?? "", /^npm ci && npm start(?:\s+#|$)/, path);
		assert.match(check ?? "", /^npm ci && npm test(?:\s+#|$)/, path);
	}
});

test("every command of --help, and every option of run, is in the documents; both READMEs name every command", () => {
	const help = (...args: string[]): string =>
		stripVTControlCharacters(execFileSync(process.execPath, [join(ROOT, "bin/anchorwatch.js"), ...args, "--help"], { encoding: "utf8" }));
	const commands = [...(help().split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((match) => match[1] ?? "");
	assert.ok(commands.includes("run") && commands.includes("help"), `commands are found in the help: ${commands.join(" ")}`);
	for (const path of READMES)
		for (const command of commands.filter((name) => name !== "help"))
			assert.match(text(path), new RegExp(`(?:anchorwatch|npm run) ${command}\\b`), `${path} names the command ${command}`);
	const all = DOCUMENTS.map(text).join("\n");
	for (const [option] of help("run").matchAll(/--[a-z-]+/g))
		if (option !== "--help") assert.ok(all.includes(option), `the documents name run ${option}`);
});

test("every command line that a document shows is one that the program takes, to its last option", () => {
	const program = new Command("anchorwatch").helpOption("-h, --help").version("");
	for (const add of COMMANDS) add(program);
	const steps = new Map(stepsOf(program).map(({ at, flags }) => [at, flags.flatMap(({ names }) => names)]));
	let lines = 0;
	for (const path of DOCUMENTS)
		for (const [line, rest = ""] of text(path).matchAll(/(?:npx anchorwatch|anchorwatch\.js|npm run parity --) ([^\n`|#"']*)/g)) {
			const words = [...(line.startsWith("npm") ? ["parity"] : []), ...rest.trim().split(/\s+/)];
			const [command = ""] = [words.slice(0, 2).join(" "), words[0] ?? ""].filter((name) => steps.has(name));
			if (!/^[a-z]/.test(words[0] ?? "")) continue; // an option of the program itself, or a word for any command
			assert.notEqual(command, "", `${path}: ${line}`);
			for (const option of words.filter((word) => /^--?[a-z]/.test(word)))
				assert.ok(steps.get(command)?.includes(option), `${path}: ${line}: ${command} knows no ${option}`);
			lines++;
		}
	assert.ok(lines > 100, `${lines} command lines are found`);
});

function depths(path: string): number[] {
	return headings(path).map((line) => line.indexOf(" "));
}

/** What a person types or writes into a file (blocks that name a language), comments, explanations and the language that is asked for aside. */
function commands(path: string): string[] {
	return [...text(path).matchAll(/^```(?!text)\w+(?: \S+)?\n(.*?)^```/gms)].map((match) =>
		(match[1] ?? "").replace(/(?:^|\s+)#.*$/gm, "").replace(/(locale:?) (?:ko|en)\b/g, "$1"),
	);
}

test("every page in Korean has its English one, with the same chapters and the same blocks", () => {
	for (const path of pagesOf("docs/ko")) {
		const english = path.replace("/ko/", "/");
		assert.ok(existsSync(join(ROOT, english)), english);
		assert.deepEqual(commands(path), commands(english), `${path}: blocks`);
		if (!SHORTER.some((name) => path.endsWith(`/${name}`))) assert.deepEqual(depths(path), depths(english), `${path}: headings`);
	}
});

test("README.ko.md says what README.md says: the same headings in number and depth, commands, tables, links and images", () => {
	const [english, korean] = READMES;
	const rows = (path: string): string[] => [...prose(path).matchAll(/^\| (`[^|]*`|\d[\d, ]*) \|/gm)].map((match) => match[1] ?? "");
	const targets = (path: string): string[] =>
		links(path)
			.filter((link) => !link.startsWith("README"))
			.map((link) => link.replace("docs/ko/", "docs/").replace(".ko.png", ".png"));
	assert.deepEqual(depths(korean), depths(english), "headings");
	assert.deepEqual(rows(korean), rows(english), "rows of tables");
	assert.deepEqual(commands(korean), commands(english), "commands");
	assert.deepEqual(targets(korean), targets(english), "links");
});

test("the limits in both READMEs are the defaults of the configuration", () => {
	const example = text("config.example.yaml");
	for (const path of READMES)
		for (const [, section = "", key = "", value = ""] of text(path).matchAll(/^\| `(risk|guard)\.(\w+)` \| ([\d .]+\d)/gm)) {
			const written = new RegExp(`^${section}:\n(?:  .*\n)*?  ${key}: ([\\d.]+)`, "m").exec(example)?.[1];
			assert.equal(value.replaceAll(" ", ""), written, `${path}: ${section}.${key}`);
		}
});

test("ARCHITECTURE.md gives each runtime dependency its line, names every room, and stays short", () => {
	const architecture = text("ARCHITECTURE.md");
	const { dependencies } = JSON.parse(text("package.json")) as { dependencies: Record<string, string> };
	for (const name of Object.keys(dependencies)) assert.match(architecture, new RegExp(`^\\| \`${name}\` \\|`, "m"), `a line for ${name}`);
	const rooms = readdirSync(join(ROOT, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
	for (const { name } of rooms)
		if (readdirSync(join(ROOT, "src", name)).length > 0) assert.ok(architecture.includes(`\`src/${name}/\``), `the room ${name}`);
	assert.ok(architecture.split("\n").length <= ARCHITECTURE_LINES_MAX, "short enough to reread");
});

test("images are small", () => {
	for (const name of readdirSync(join(ROOT, "docs/img")))
		assert.ok(statSync(join(ROOT, "docs/img", name)).size < IMAGE_BYTES_MAX, `${name} is below ${IMAGE_BYTES_MAX} bytes`);
});
