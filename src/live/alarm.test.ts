import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Alarm } from "./alarm.ts";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

test("an alarm rings once, at the time that was set last", () => {
	let rang = 0;
	const alarm = new Alarm(() => rang++);
	alarm.set(1500, 1000);
	alarm.set(1200, 1000);
	mock.timers.tick(199);
	assert.equal(rang, 0);
	mock.timers.tick(1);
	assert.equal(rang, 1);
	mock.timers.tick(10_000);
	assert.equal(rang, 1);
	alarm.set(1200, 1200);
	mock.timers.tick(1);
	assert.equal(rang, 2, "set for the same time again, and it has passed");
	alarm.set(5000, 1200);
	alarm.set(Number.POSITIVE_INFINITY, 1200);
	mock.timers.tick(10_000);
	assert.equal(rang, 2);
});

test("an alarm that is set for its time again and again keeps its timer", () => {
	let rang = 0;
	const alarm = new Alarm(() => rang++);
	const set = mock.method(globalThis, "setTimeout");
	for (let now = 0; now < 500; now += 100) {
		alarm.set(500, now);
		mock.timers.tick(100);
	}
	assert.deepEqual([rang, set.mock.callCount()], [1, 1]);
});

test("a far alarm rings within a minute, for its owner to look at the clock again", () => {
	let rang = 0;
	const alarm = new Alarm(() => rang++);
	alarm.set(3_600_000, 0);
	mock.timers.tick(59_999);
	assert.equal(rang, 0);
	mock.timers.tick(1);
	assert.equal(rang, 1);
	alarm.set(3_600_000, 60_000);
	alarm.clear();
	mock.timers.tick(3_600_000);
	assert.equal(rang, 1);
});
