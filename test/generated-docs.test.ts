// The documents that are made of the program: as on disk, and told completely in both languages.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { commandGaps } from "../tools/docs/commands.ts";
import { configurationGaps } from "../tools/docs/configuration.ts";
import { DOCUMENTS } from "../tools/docs/documents.ts";
import { messagePageGaps } from "../tools/docs/messages.ts";
import { ROOT } from "../tools/docs/page.ts";

for (const { path, make } of DOCUMENTS)
	test(`${path} is what the program says`, () => {
		const file = join(ROOT, path);
		const held = existsSync(file) ? readFileSync(file, "utf8") : "";
		const made = make();
		if (held === made) return;
		const lines = held.split("\n");
		const at = made.split("\n").findIndex((line, i) => line !== lines[i]);
		assert.fail(`${path} differs from the program in line ${at + 1}: run npm run docs`);
	});

/** What is not in step is named, line by line. */
function inStep(file: string, gaps: Readonly<Record<string, readonly string[]>>): void {
	const lines = Object.entries(gaps).flatMap(([what, list]) => list.map((each) => `${what}: ${each}`));
	assert.ok(lines.length === 0, `mend tools/docs/texts/${file}, then run npm run docs\n${lines.join("\n")}`);
}

test("every key and section of the configuration has its Korean text, and no text is left over (I1)", () => {
	inStep("configuration.yaml", configurationGaps());
});

test("every command, argument and option has its Korean text, and no text is left over", () => {
	inStep("commands.yaml", commandGaps());
});

test("every message, notification and code has its meaning and its remedy in both languages, and no text is left over (G1)", () => {
	inStep("", messagePageGaps());
});
