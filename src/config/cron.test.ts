// Patterns of the section schedule: what is none is refused with its key, before anything runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cronProblem } from "./cron.ts";
import { decodeConfig } from "./decode.ts";

test("a pattern that is none, or never comes, has its problem named", () => {
	assert.equal(cronProblem("*/5 * * * *"), undefined);
	assert.equal(cronProblem("10 0 * * MON"), undefined);
	assert.match(cronProblem("61 * * * *") ?? "", /61|range|minute/i);
	assert.match(cronProblem("often") ?? "", /.+/);
	assert.equal(cronProblem("0 0 30 2 *"), "it never comes");
});

test("the times of the regular jobs are patterns or null, and any other text is one line with its key (I7, I1)", () => {
	const own = decodeConfig('schedule: {backup: "0 */6 * * *", weekly: null}\n', "c");
	assert.ok(own.ok);
	const { backup, weekly, health } = own.value.config.schedule;
	assert.deepEqual([backup, weekly, health], ["0 */6 * * *", null, "* * * * *"]);
	for (const text of ["often", "0 0 30 2 *", "", "61 * * * *"]) {
		const wrong = decodeConfig(`schedule: {daily: ${JSON.stringify(text)}}\n`, "c");
		assert.ok(!wrong.ok, text);
		assert.equal(wrong.error.length, 1);
		assert.match(wrong.error[0]?.message ?? "", /cron pattern/);
	}
});
