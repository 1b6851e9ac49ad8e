// What the shells offer after a line, asked of the shells themselves; zsh and fish only where they are installed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Command, Option } from "commander";
import { completionScript } from "../src/cli/completion-scripts.ts";
import { stepsOf } from "../src/cli/completion-tree.ts";

const PROGRAM = join(import.meta.dirname, "../bin/anchorwatch.js");
const folder = mkdtempSync(join(tmpdir(), "anchorwatch-completion-"));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "my market.csv"), "");

function program(...args: string[]): string {
	return execFileSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8" });
}

function without(shell: string): string | false {
	return spawnSync(shell, ["--version"]).error === undefined ? false : `${shell} is not installed`;
}

/** The words of a line, the last one being typed, and what must be offered for it. */
const LINES: readonly (readonly [readonly string[], readonly string[]])[] = [
	[["stat"], ["status"]],
	[
		["config", "s"],
		["schema", "show"],
	],
	[["config", "show", "--j"], ["--json"]],
	[["status", "--config", "x.yaml", "--js"], ["--json"]],
	[["completion", "f"], ["fish"]],
	[["completion", "bash", "--h"], ["--help"]],
	[["backtest", "--environment", "main"], ["mainnet"]],
	[["backtest", "--locale", "k"], ["ko"]],
	[["backtest", "--symbol", "BTC"], ["BTCUSDT"]],
	[["backtest", "--limit", "4"], []],
	[["run", "--speed", "m"], ["max"]],
	[["sim", "--speed", "l"], ["lockstep"]],
	[["report", "--run", "a"], ["all"]],
	[["log-level", "de"], ["debug"]],
	[["symbols", "ETH"], ["ETHUSDT"]],
	[["help", "par"], ["parity"]],
	[["nonsense", "stat"], ["status"]],
];

test("bash offers commands, options and choices, as the parser knows them", { skip: without("bash") }, () => {
	const script = program("completion", "bash");
	const offered = (words: readonly string[]): string[] => {
		const line = ["anchorwatch", ...words].map((word) => `'${word}'`).join(" ");
		const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _anchorwatch; [ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`;
		const bash = spawnSync("bash", ["--norc", "-c", `${script}\n${ask}`], { encoding: "utf8", cwd: folder });
		assert.equal(bash.stderr, "");
		return bash.stdout.split("\n").filter((word) => word !== "");
	};
	for (const [words, expected] of LINES) assert.deepEqual(offered(words).sort(), expected, words.join(" "));
	assert.deepEqual(offered(["run", "--data", "my"]), ["my market.csv"], "a file with a blank in its name is one offer");
});

test("an option's choices are offered after it, and options again after those", { skip: without("bash") }, () => {
	const tree = new Command("anchorwatch");
	tree.command("go").addOption(new Option("-w, --way <way>", "where").choices(["north", "south"]));
	const script = completionScript("bash", stepsOf(tree));
	const ask = (...words: string[]): string =>
		spawnSync(
			"bash",
			[
				"--norc",
				"-c",
				`${script}\nCOMP_WORDS=(anchorwatch ${words.join(" ")} ''); COMP_CWORD=${words.length + 1}; _anchorwatch; echo "\${COMPREPLY[@]}"`,
			],
			{ encoding: "utf8" },
		).stdout;
	assert.equal(ask("go", "--way"), "north south\n");
	assert.equal(ask("go", "-w"), "north south\n");
	assert.equal(ask("go", "-w", "north"), "-w --way -h --help\n");
});

test("bash offers every command and every option that --help shows", { skip: without("bash") }, () => {
	const script = program("completion", "bash");
	const help = program("--help");
	const commands = [...(help.split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z-]+)(?: |$)/gm)].map(([, name = ""]) => name);
	assert.ok(commands.length > 10);
	for (const name of commands) assert.match(script, new RegExp(`'[^']*\\b${name}\\b[^']*'`), name);
	for (const [option] of program("backtest", "--help").matchAll(/--[a-z][a-z-]+/g)) assert.ok(script.includes(option), option);
});

test("zsh takes the script, and its function is there", { skip: without("zsh") }, () => {
	const file = join(folder, "zsh");
	writeFileSync(file, program("completion", "zsh"));
	const zsh = spawnSync("zsh", ["-fc", `autoload -U compinit; compinit -D -u; source ${file}; echo $_comps[anchorwatch]`], {
		encoding: "utf8",
	});
	assert.deepEqual([zsh.stdout.trim(), zsh.stderr], ["_anchorwatch", ""]);
});

test("zsh's function offers the same", { skip: without("zsh") }, () => {
	const file = join(folder, "zsh-ask");
	// The two widgets that exist only while a line is completed are replaced by ones that print what they are given.
	const spies = `compdef() { :; }; _files() { echo FILES; }; compadd() { shift; print -l -- $@; }; _describe() { print -l -- \${\${(P)2}%%:*}; }`;
	writeFileSync(file, `${spies}\n${program("completion", "zsh")}`);
	for (const [words, expected] of LINES) {
		const line = ["anchorwatch", ...words].map((word) => `'${word}'`).join(" ");
		const ask = `source ${file}; words=(${line}); CURRENT=${words.length + 1}; _anchorwatch`;
		const zsh = spawnSync("zsh", ["-fc", ask], { encoding: "utf8" });
		assert.equal(zsh.stderr, "");
		const last = words.at(-1) ?? "";
		assert.deepEqual(
			zsh.stdout
				.split("\n")
				.filter((word) => word !== "" && word.startsWith(last))
				.sort(),
			expected,
			words.join(" "),
		);
	}
});

test("fish offers the same", { skip: without("fish") }, () => {
	const file = join(folder, "fish");
	writeFileSync(file, program("completion", "fish"));
	for (const [words, expected] of LINES) {
		const fish = spawnSync("fish", ["--no-config", "-c", `source ${file}; complete -C 'anchorwatch ${words.join(" ")}'`], {
			encoding: "utf8",
			cwd: folder,
		});
		assert.equal(fish.stderr, "");
		const offered = fish.stdout.split("\n").filter((line) => line !== "");
		assert.deepEqual(offered.map((line) => line.split("\t")[0]).sort(), expected, words.join(" "));
	}
});

test("another shell is the operator's to name", () => {
	const wrong = spawnSync(process.execPath, [PROGRAM, "completion", "tcsh"], { encoding: "utf8" });
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /^anchorwatch: .*bash, zsh, fish.*\n$/);
});
