// Each command, walked through in the parser's own tree: what its help must tell, and that every exit code is told once.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { Command } from "commander";
import { EXIT, EXIT_HELP } from "../src/cli/exit-code.ts";
import { program } from "../src/cli/program.ts";

/** The longest description that does not drown the others in the list of commands. */
const DESCRIPTION_MAX = 160;

type Place = { readonly path: string; readonly command: Command };

function places(command: Command, path = ""): Place[] {
	return command.commands.flatMap((below) => {
		const at = `${path} ${below.name()}`.trim();
		return [{ path: at, command: below }, ...places(below, at)];
	});
}

function helpOf(command: Command): string {
	let text = "";
	command.configureOutput({
		writeOut: (more) => {
			text += more;
		},
	});
	command.outputHelp();
	return text;
}

const ALL = places(program());

test("every command says what it does, and shows a line to copy (I1)", () => {
	assert.ok(ALL.length > 25, `${ALL.length} commands`);
	for (const { path, command } of ALL) {
		const about = command.description();
		assert.ok(about.length > 0 && about.length <= DESCRIPTION_MAX, `${path}: ${about.length} letters`);
		assert.match(helpOf(command), /\nExamples?:\n {2}anchorwatch \w/, `${path} has an example`);
	}
});

test("every example is a line that the parser takes (I1)", () => {
	for (const { path, command } of ALL) {
		const lines = [...helpOf(command).matchAll(/^ {2}anchorwatch (.*)$/gm)].map(([, line = ""]) => line);
		assert.ok(
			lines.some((line) => line.startsWith(path)),
			`one of ${path} itself`,
		);
		for (const line of lines) {
			const words = (line.split(/ [|<>]| \d</)[0] ?? "").split(" ");
			const { command: named, rest } = commandOf(words);
			const known = new Set(
				named
					.createHelp()
					.visibleOptions(named)
					.flatMap(({ short, long }) => [short, long]),
			);
			for (const word of rest.filter((each) => each.startsWith("--"))) assert.ok(known.has(word), `${line}: ${word}`);
			assert.equal(named.commands.length, 0, `${line}: names a command that does something`);
		}
	}
});

function commandOf(words: readonly string[]): { command: Command; rest: readonly string[] } {
	let command = program();
	for (const [i, word] of words.entries()) {
		const below = command.commands.find((each) => each.name() === word);
		if (below === undefined) return { command, rest: words.slice(i) };
		command = below;
	}
	return { command, rest: [] };
}

test("every option and argument says what it is, and an option that several commands have says the same (I1)", () => {
	const shapes = new Map<string, string>();
	for (const { path, command } of ALL) {
		for (const argument of command.registeredArguments) assert.ok(argument.description !== "", `${path} <${argument.name()}>`);
		for (const { long, flags, description } of command.options) {
			assert.ok(description !== "", `${path} ${flags}`);
			if (long === "--config") assert.match(description, /^(configuration|the file to write)/, path);
			if (long !== "--passphrase-fd" && long !== "--locale" && long !== "--environment") continue;
			assert.equal(shapes.get(long) ?? flags, flags, path);
			shapes.set(long, flags);
		}
	}
});

test("one signal asks for a clean end, a second one leaves at once with its own code (I3)", {
	skip: process.platform === "win32",
}, async () => {
	const waiting = `
		import { stopSignal } from ${JSON.stringify(new URL("../src/cli/stop-signal.ts", import.meta.url).href)};
		const { signal } = stopSignal();
		signal.addEventListener("abort", () => console.log("asked"));
		setInterval(() => {}, 1000);
		console.log("ready");`;
	for (const [name, code] of [
		["SIGINT", EXIT.interrupted],
		["SIGTERM", EXIT.terminated],
	] as const) {
		const child = spawn(process.execPath, ["--input-type=module", "-e", waiting]);
		for await (const line of createInterface({ input: child.stdout })) {
			assert.ok(["ready", "asked"].includes(line));
			child.kill(name);
		}
		if (child.exitCode === null) await once(child, "exit");
		assert.equal(child.exitCode, code);
	}
});

test("the exit codes stand in the program's help and in the documents, each of them (I1)", () => {
	const running = readFileSync(join(import.meta.dirname, "../docs/running.md"), "utf8");
	const [, section = ""] = running.split("\n## Exit codes\n");
	for (const code of Object.values(EXIT)) {
		assert.match(EXIT_HELP, new RegExp(`\\b${code}\\b`));
		assert.match(section.split("\n## ")[0] ?? "", new RegExp(`^\\| ${code} \\|`, "m"), `docs/running.md tells ${code}`);
	}
	assert.ok(helpOf(program()).includes(EXIT_HELP.trim()));
});
