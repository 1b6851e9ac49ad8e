import assert from "node:assert/strict";
import { test } from "node:test";
import { SimClock } from "./clock.ts";

test("at a real speed the clock runs between two steps and never reaches the next one before it is taken", () => {
	let wall = 1000;
	const clock = new SimClock(0, 60, () => wall);
	clock.run({ market: 0, wall: 1000 }, 60_000);
	const seen = [0, 500, 999, 1000, 5000].map((passed) => {
		wall = 1000 + passed;
		return clock.now();
	});
	assert.deepEqual(seen, [0, 30_000, 59_940, 59_999, 59_999]);
	clock.stand(60_000);
	assert.equal(clock.now(), 60_000);
});

test("the clock never goes back", () => {
	const clock = new SimClock(500, "max", () => 0);
	clock.stand(100);
	assert.equal(clock.now(), 500);
});
