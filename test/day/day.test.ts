// The last hours of a day of market time over sockets, as fast as they go, with Telegram away in the middle of them: `npm run day` plays the
// whole day, and measures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR } from "../../src/units/unit.ts";
import { arrivalsOf, orderProblems } from "./chat.ts";
import { playDay } from "./day.ts";

const PLAN = { seed: "day", begin: 21.2 };

test("with Telegram away for an hour every message comes once and in order, and the bot trades as if it had been there (G1, G3)", async () => {
	const there = await playDay({ ...PLAN, away: undefined });
	const away = await playDay({ ...PLAN, away: { from: 21.5, to: 22.75 } });
	for (const { chat } of [there, away]) {
		assert.deepEqual(chat.wrong, []);
		assert.equal(chat.repeated, 0);
	}
	assert.ok(there.trades.length > 40 && there.faults > 40, `${there.trades.length} trades, ${there.faults} faults`);
	assert.deepEqual(away.trades, there.trades);
	const { refused, failing, silent } = away.attempts;
	assert.ok(refused > 0 && failing > 0 && silent > 0, `attempts: ${refused} refused, ${failing} failing, ${silent} silent`);
	assert.ok(away.longestWait > HOUR && away.heldBack > 50, `${away.heldBack} waited`);
	assert.equal(there.chat.marked, 0);
	assert.ok(away.chat.marked > 0 && away.chat.digested > there.chat.digested);
});

test("a message that is missing, comes twice or comes too late is seen", () => {
	const [one, two, three, four] = ["a\nt #1", "📨 2 messages together\nx\ny\n#2–#3", "b\nt #4", "b\nt #4 ↻ sent again: if"];
	const problems = (...texts: string[]): string[] => orderProblems([1, 2, 3, 4], arrivalsOf(texts));
	assert.deepEqual(problems(one, two, three), []);
	assert.deepEqual(problems(one, "an answer to a command", two, three, four), []);
	assert.deepEqual(problems(one, three), ["#2 never came", "#3 never came"]);
	assert.deepEqual(problems(one, two, three, three), ["#4 came twice, and the second did not say so"]);
	assert.deepEqual(problems(one, three, two), ["#2 came after #4", "#3 came after #4"]);
	assert.deepEqual(problems(one, two, three, "c\nt #5"), ["numbers came that the outbox does not know"]);
});
