import assert from "node:assert/strict";
import { test } from "node:test";
import { runOf } from "../report/testing/sample-run.ts";
import { printSummary, type SummaryEnvironment, type SummaryStream } from "./print-summary.ts";

function printed(stream: Omit<SummaryStream, "write">, env: SummaryEnvironment = {}): string {
	let text = "";
	printSummary(runOf(), { ...stream, write: (chunk: string) => (text += chunk) }, { env });
	return text;
}

function widest(text: string): number {
	return Math.max(...text.split("\n").map((line) => [...line].length));
}

test("colour needs a terminal and no NO_COLOR (H2)", () => {
	const rows: readonly (readonly [stream: Omit<SummaryStream, "write">, env: SummaryEnvironment, colour: boolean])[] = [
		[{ isTTY: true }, {}, true],
		[{ isTTY: true }, { NO_COLOR: "" }, true],
		[{ isTTY: true }, { NO_COLOR: "1" }, false],
		[{ isTTY: true }, { TERM: "dumb" }, false],
		[{}, {}, false],
	];
	for (const [stream, env, colour] of rows) assert.equal(printed(stream, env).includes("\u001b["), colour);
});

test("the page is as wide as the terminal, from 60 to 100 columns, and 100 in a file (H2)", () => {
	const rows = [
		[{ isTTY: true, columns: 20 }, 60],
		[{ isTTY: true, columns: 81 }, 81],
		[{ isTTY: true, columns: 200 }, 100],
		[{ columns: 81 }, 100],
	] as const;
	for (const [stream, width] of rows) assert.equal(widest(printed(stream, { NO_COLOR: "1" })), width);
});

test("a locale that is no UTF-8 gets ASCII, and the page ends with a newline (H2)", () => {
	assert.match(printed({}, { LANG: "C" }), /^[\n -~]*$/);
	assert.match(printed({}, { LANG: "C", LC_ALL: "en_US.UTF-8" }), /─/);
	assert.match(printed({}), /─/);
	assert.ok(printed({}).endsWith("\n"));
});
