// Jobs come at their times, in any clock's time; they fail, last too long and are missed without harm.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";
import { type Job, Scheduler } from "./scheduler.ts";

const MONDAY = Date.UTC(2024, 0, 1);

type Bench = { readonly scheduler: Scheduler; readonly lines: string[]; readonly kept: { begun?: unknown }; to(at: Ms): Promise<void> };

function bench(jobs: readonly Job[], { from = MONDAY, kept = {} as { begun?: unknown } } = {}): Bench {
	let now = from;
	const lines: string[] = [];
	const scheduler = new Scheduler({
		jobs,
		now: () => now,
		memory: {
			recall: () => kept.begun,
			remember: (begun) => {
				kept.begun = { ...begun };
			},
		},
		onLine: (level, text) => lines.push(`${level} ${text}`),
	});
	const to = async (at: Ms): Promise<void> => {
		now = at;
		scheduler.look();
		await scheduler.settled();
	};
	return { scheduler, lines, kept, to };
}

test("jobs come at the times of their patterns, in UTC, whatever drives the clock (I7)", async () => {
	const done: string[] = [];
	const hear = (name: string, cron: string): Job => ({
		name,
		cron,
		run: (due) => void done.push(`${name} ${new Date(due).toISOString()}`),
	});
	const { to } = bench([
		hear("minute", "* * * * *"),
		hear("daily", "5 0 * * *"),
		hear("weekly", "10 0 * * MON"),
		hear("year", "0 0 1 1 *"),
	]);
	for (let at = MONDAY; at <= MONDAY + 3 * MINUTE; at += 30_000) await to(at);
	assert.deepEqual(
		done.splice(0),
		[1, 2, 3].map((n) => `minute 2024-01-01T00:0${n}:00.000Z`),
	);
	for (let at = MONDAY + 4 * MINUTE; at <= MONDAY + 366 * DAY + HOUR; at += HOUR / 2) await to(at);
	const count = (name: string): number => done.filter((line) => line.startsWith(name)).length;
	assert.deepEqual([count("daily"), count("weekly"), count("year")], [367, 53, 1]);
	assert.ok(done.includes("daily 2024-02-29T00:05:00.000Z"));
	assert.ok(done.includes("year 2025-01-01T00:00:00.000Z"));
});

test("a job that fails is told once, runs again at its next time, and its recovery is told (I7)", async () => {
	let broken = true;
	const { to, lines, scheduler } = bench([
		{
			name: "backup",
			cron: "* * * * *",
			run: () => {
				if (broken) throw new Error("no room");
			},
		},
	]);
	await to(MONDAY + MINUTE);
	await to(MONDAY + 2 * MINUTE);
	assert.deepEqual(lines, ["error schedule: backup failed (no room); it is tried again at its next time"]);
	assert.deepEqual(scheduler.states, [{ name: "backup", next: MONDAY + 3 * MINUTE, last: { at: MONDAY + 2 * MINUTE, ok: false } }]);
	broken = false;
	await to(MONDAY + 3 * MINUTE);
	assert.deepEqual(lines.slice(1), ["info schedule: backup succeeds again"]);
});

test("a job never runs twice at once, and its failure as a promise is no crash (I7)", async () => {
	let end: (cause: Error) => void = () => {};
	let begun = 0;
	const { scheduler, lines, to } = bench([
		{
			name: "slow",
			cron: "* * * * *",
			run: () => {
				begun++;
				return new Promise<void>((_resolve, reject) => {
					end = reject;
				});
			},
		},
	]);
	const first = to(MONDAY + MINUTE);
	const second = to(MONDAY + 2 * MINUTE);
	assert.equal(begun, 1);
	end(new Error("too slow"));
	await Promise.all([first, second]);
	assert.deepEqual(lines, [
		"warn schedule: slow has not ended since its last time: passed over",
		"error schedule: slow failed (too slow); it is tried again at its next time",
	]);
	assert.equal(scheduler.states[0]?.next, MONDAY + 3 * MINUTE);
});

test("what was due while nothing ran is done once at the start, where it catches up, and else not (I7)", async () => {
	const done: string[] = [];
	const jobs = (): Job[] =>
		[true, false].map((catchesUp) => ({
			name: catchesUp ? "kpi" : "health",
			cron: "10 0 * * MON",
			catchesUp,
			run: (due) => void done.push(`${catchesUp ? "kpi" : "health"} ${new Date(due).toISOString().slice(0, 10)}`),
		}));
	const kept: { begun?: unknown } = {};
	await bench(jobs(), { kept }).to(MONDAY + 7 * DAY + HOUR);
	assert.deepEqual(done.splice(0), ["kpi 2024-01-08", "health 2024-01-08"].sort().reverse());
	const later = bench(jobs(), { kept, from: MONDAY + 24 * DAY });
	await later.to(MONDAY + 24 * DAY + 1000);
	assert.deepEqual(done.splice(0), ["kpi 2024-01-22"], "once, and of the latest, however many were missed");
	await later.to(MONDAY + 24 * DAY + MINUTE);
	assert.deepEqual(done, []);
	for (const begun of [undefined, null, 3, "x", { kpi: "yesterday" }]) bench(jobs(), { kept: { begun } });
});

test("after the stop nothing is begun, what is under way is waited for, and its failure is nobody's any more (I7)", async () => {
	let fail: (cause: Error) => void = () => {};
	let begun = 0;
	const { scheduler, lines, to } = bench([
		{
			name: "rules",
			cron: "* * * * *",
			run: () => {
				begun++;
				return new Promise<void>((_resolve, reject) => {
					fail = reject;
				});
			},
		},
	]);
	const under = to(MONDAY + MINUTE);
	const stopped = scheduler.stop();
	fail(new Error("the client is closed"));
	await Promise.all([under, stopped]);
	await to(MONDAY + 5 * MINUTE);
	assert.deepEqual([begun, lines], [1, []]);
});

test("where the clock goes far back, or what is kept lies ahead of it, jobs go on at its times all the same (I7)", async () => {
	const done: string[] = [];
	const job: Job = { name: "kpi", cron: "0 * * * *", catchesUp: true, run: (due) => void done.push(new Date(due).toISOString()) };
	const { to } = bench([job], { from: MONDAY + 400 * DAY, kept: { begun: { kpi: MONDAY + 900 * DAY } } });
	await to(MONDAY + 400 * DAY + HOUR);
	assert.equal(done.splice(0).length, 1);
	await to(MONDAY + 1000);
	await to(MONDAY + HOUR - 1);
	assert.deepEqual(done, []);
	await to(MONDAY + HOUR);
	assert.deepEqual(done.splice(0), ["2024-01-01T01:00:00.000Z"]);
	await to(MONDAY + 2 * HOUR);
	await to(MONDAY + 2 * HOUR - 1000);
	await to(MONDAY + 2 * HOUR + 1000);
	assert.deepEqual(done, ["2024-01-01T02:00:00.000Z"], "a little back is nothing");
});

test("a job whose time always comes while nothing runs is made up for all the same, from the first life on (I7)", async () => {
	const done: string[] = [];
	const kept: { begun?: unknown } = {};
	const life = async (from: Ms): Promise<void> => {
		const job: Job = {
			name: "backup",
			cron: "30 3 * * *",
			catchesUp: true,
			run: (due) => void done.push(new Date(due).toISOString().slice(0, 10)),
		};
		const { to } = bench([job], { from, kept });
		for (let at = from; at < from + 8 * HOUR; at += HOUR) await to(at);
	};
	for (let day = 0; day < 3; day++) await life(MONDAY + day * DAY + 9 * HOUR);
	assert.deepEqual(done, ["2024-01-02", "2024-01-03"]);
});
