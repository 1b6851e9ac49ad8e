import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR, MINUTE } from "../units/unit.ts";
import { clockText, clockWrong } from "./clock-words.ts";

test("a clock that is wrong by more than a second is told as slow or fast, in words (A4)", () => {
	for (const [offset, words] of [
		[1000, undefined],
		[-1000, undefined],
		[1001, "this machine's clock is 1 seconds slow"],
		[-5000, "this machine's clock is 5 seconds fast"],
		[HOUR, "this machine's clock is 60 minutes slow"],
		[-9 * HOUR, "this machine's clock is 9 hours fast"],
		[2 * MINUTE, "this machine's clock is 2 minutes slow"],
	] as const)
		assert.equal(clockWrong(offset), words);
	assert.equal(clockText({ offsetMs: -12.4, roundTripMs: 80 }), "-12 ms against the exchange, round trip 80 ms");
});
