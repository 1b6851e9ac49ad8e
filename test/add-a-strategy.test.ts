// The strategy that docs/add-a-strategy.md adds: its blocks are put into a copy of the sources, where they compile, pass their golden rule
// and trade on a generated market. The Korean page has the same blocks.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..");
const COPIED = ["src", "bin", "test/support", "package.json", "tsconfig.json"];

type Block = { readonly kind: string; readonly path: string; readonly text: string };

/** Fenced blocks that name a file behind their language. */
function blocksOf(page: string): Block[] {
	const text = readFileSync(join(ROOT, page), "utf8");
	return [...text.matchAll(/^```(ts|diff) (\S+)\n(.*?)^```$/gms)].map(([, kind = "", path = "", body = ""]) => ({
		kind,
		path,
		text: body,
	}));
}

/** A hunk without line numbers: what it expects must stand in the file exactly once. */
function patched(source: string, { path, text }: Block): string {
	const side = (signs: string): string =>
		text
			.split("\n")
			.filter((line) => line !== "" && signs.includes(line[0]!))
			.map((line) => line.slice(1))
			.join("\n");
	const [before, after] = [side(" -"), side(" +")];
	assert.equal(source.split(before).length, 2, `${path}: what the page expects there stands in it once:\n${before}`);
	return source.replace(before, () => after);
}

test("the strategy of docs/add-a-strategy.md compiles, passes its golden rule, and trades (E6)", (t) => {
	const blocks = blocksOf("docs/add-a-strategy.md");
	assert.deepEqual(blocksOf("docs/ko/add-a-strategy.md"), blocks, "both pages have the same blocks");
	assert.ok(blocks.length >= 6, `${blocks.length} blocks are found`);
	const copy = mkdtempSync(join(tmpdir(), "anchorwatch-strategy-"));
	t.after(() => rmSync(copy, { recursive: true, force: true }));
	for (const path of COPIED) cpSync(join(ROOT, path), join(copy, path), { recursive: true });
	symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
	for (const block of blocks) {
		const file = join(copy, block.path);
		if (block.kind === "ts") cpSync(join(ROOT, "LICENSE"), file); // makes the folders
		writeFileSync(file, block.kind === "ts" ? block.text : patched(readFileSync(file, "utf8"), block));
	}
	const run = (program: string, ...args: string[]): string => {
		const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, program), ...args], { cwd: copy, encoding: "utf8" });
		assert.equal(status, 0, `${args.join(" ")}\n${stdout}${stderr}`);
		return stdout;
	};
	writeFileSync(
		join(copy, "tsconfig.json"),
		readFileSync(join(copy, "tsconfig.json"), "utf8").replace(
			/"include": \[.*\]/,
			'"include": ["src/config", "src/backtest", "src/live", "test/golden"]',
		),
	);
	run("node_modules/typescript/bin/tsc", "--noEmit");
	run("bin/node.js", "--test", "test/golden/rules/breakout.test.ts");
	writeFileSync(join(copy, "breakout.yaml"), "strategy: {name: breakout, breakout: {length: 20}}\n");
	run("bin/anchorwatch.js", "generate", "--seed", "7", "--days", "30", "--out", "market.csv.gz");
	run("bin/anchorwatch.js", "backtest", "--config", "breakout.yaml", "--data", "market.csv.gz", "--json", "result.json");
	const result = JSON.parse(readFileSync(join(copy, "result.json"), "utf8")) as { trades: unknown[]; config: { strategy: object } };
	assert.ok(result.trades.length > 5, `${result.trades.length} trades`);
	assert.deepEqual(Object.entries(result.config.strategy)[0], ["name", "breakout"]);
});
