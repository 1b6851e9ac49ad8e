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

test("every key and section of the configuration has its Korean text, and no text is left over (I1)", () => {
	assert.deepEqual(configurationGaps(), { missing: [], leftOver: [] }, "tools/docs/texts/configuration.yaml");
});

test("every command, argument and option has its Korean text, and no text is left over", () => {
	assert.deepEqual(commandGaps(), { missing: [], leftOver: [] }, "tools/docs/texts/commands.yaml");
});

test("every message, notification and code has its meaning and its remedy in both languages, and no text is left over (G1)", () => {
	for (const [what, list] of Object.entries(messagePageGaps())) assert.deepEqual(list, [], `tools/docs/texts/${what}`);
});
