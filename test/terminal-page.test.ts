// The terminals in the documents' pictures: a page shows what a person would have seen.

import assert from "node:assert/strict";
import { test } from "node:test";
import { terminalPage } from "../tools/screenshots/terminal.ts";

test("a line that was drawn over shows its last state, colours become styles, and signs of HTML stay signs", () => {
	const esc = "\u001b";
	const page = terminalPage("run <x>", `10 %\r${esc}[K20 %\r\n\r${esc}[Ka & b\r\n${esc}[32m+1.5${esc}[0m ${esc}[1mbold${esc}[0m\r\n`);
	assert.match(
		page,
		/<b>run &lt;x&gt;<\/b>\n20 %\na &amp; b\n<span style="color:#9ece6a">\+1\.5<\/span> <span style="font-weight:700">bold<\/span><\/pre>$/,
	);
	assert.ok(!page.includes("10 %") && !page.includes(esc));
});
