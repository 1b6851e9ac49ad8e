import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";
import { HEARTBEAT_EVERY } from "./heartbeat.ts";
import { beatAt, beatsOf, type Life } from "./testing/sample-beats.ts";
import { START } from "./testing/sample-run.ts";
import { type Beat, type Uptime, uptimeOf } from "./uptime.ts";

function measured(to: Ms, beats: readonly Beat[], before?: Beat): Uptime {
	return uptimeOf({ from: START, to: START + to, before, beats });
}

/** Up, ill, stopped, gone, and where counting ends, in ms after START. */
function spans({ up, ill, stopped, gone, until }: Uptime): number[] {
	return [up, ill, stopped, gone, (until ?? Number.NaN) - START];
}

test("the next heartbeat within two periods leaves the time between them up; one millisecond more, and it was gone (G7)", () => {
	for (const [gap, up] of [
		[2 * HEARTBEAT_EVERY - 1, true],
		[2 * HEARTBEAT_EVERY, true],
		[2 * HEARTBEAT_EVERY + 1, false],
	] as const) {
		assert.deepEqual(spans(measured(gap, [beatAt(0), beatAt(gap)])), up ? [gap, 0, 0, 0, gap] : [0, 0, 0, gap, gap]);
		assert.deepEqual(spans(measured(gap, [beatAt(0)])), up ? [gap, 0, 0, 0, gap] : [0, 0, 0, gap, gap], "up to the window's end");
	}
});

test("each kind of stretch is counted as what it was (G7)", () => {
	const ill = { failing: ["account"] };
	const rows: readonly { name: string; beats: readonly Beat[]; before?: Beat; is: readonly number[] }[] = [
		{ name: "ill until the next heartbeat says that it is well", beats: [beatAt(0, ill), beatAt(3), beatAt(10)], is: [17, 3, 0, 0, 20] },
		{ name: "up without a log: trading goes on", beats: [beatAt(0, { failing: ["log"] }), beatAt(10)], is: [20, 0, 0, 0, 20] },
		{
			name: "a run after a stop: until then a person had stopped it",
			beats: [beatAt(0), beatAt(5, { end: "stopped" }), beatAt(12, { run: "b" })],
			is: [13, 0, 7, 0, 20],
		},
		{
			name: "a run after a kill: gone from the last heartbeat on",
			beats: [beatAt(0), beatAt(5), beatAt(12, { run: "b" })],
			is: [13, 0, 0, 7, 20],
		},
		{
			name: "a run that gave up is gone, also when nobody starts it again",
			beats: [beatAt(0), beatAt(5, { end: "failed" })],
			is: [5, 0, 0, 15, 20],
		},
		{ name: "a stop after which nothing comes ends the counting", beats: [beatAt(0), beatAt(5, { end: "stopped" })], is: [5, 0, 0, 0, 5] },
		{ name: "what was before the window goes on in it", beats: [beatAt(8)], before: beatAt(-2, ill), is: [12, 8, 0, 0, 20] },
		{
			name: "stopped since before the window, and started in it",
			beats: [beatAt(8)],
			before: beatAt(-2, { run: "z", end: "stopped" }),
			is: [12, 0, 8, 0, 20],
		},
		{ name: "nothing before its first heartbeat ever counts", beats: [beatAt(8)], is: [12, 0, 0, 0, 20] },
		{
			name: "times that step back a little count for nothing",
			beats: [beatAt(0), beatAt(9, ill), beatAt(7), beatAt(12)],
			is: [20, 0, 0, 0, 20],
		},
	];
	for (const { name, beats, before, is } of rows) assert.deepEqual(spans(measured(20, beats, before)), is, name);
	assert.deepEqual(measured(20, []), {
		...{ since: undefined, until: undefined, up: 0, ill: 0, stopped: 0, gone: 0 },
		...{ restarts: { stopped: 0, gone: 0 }, ended: false },
	});
	assert.deepEqual(measured(DAY, [], beatAt(-DAY, { end: "stopped" })).up, 0, "stopped long ago and since: nothing to count");
});

const time = (max: Ms) => fc.integer({ min: 1, max });
const life: fc.Arbitrary<Life> = fc.record({
	pieces: fc.array(fc.record({ ill: fc.boolean(), time: time(HOUR) }), { minLength: 1, maxLength: 6 }),
	end: fc.constantFrom("stopped", "failed", "killed"),
	away: time(2 * HOUR),
});

test("whatever a bot lives through, its heartbeats tell how long it was what, and a kill costs at most the time since the last one (G7)", () => {
	fc.assert(
		fc.property(fc.array(life, { minLength: 1, maxLength: 5 }), (drawn) => {
			// The last one lives: its end is the window's, just where its last piece ends.
			const lives = drawn.map((each, i) => (i === drawn.length - 1 ? { ...each, end: "killed" as const, away: 0 } : each));
			const truth = { up: 0, ill: 0, stopped: 0, gone: 0 };
			for (const [i, { pieces, end, away }] of lives.entries()) {
				for (const [k, piece] of pieces.entries()) {
					// Of a run that was killed the time after its last heartbeat is taken for gone.
					const tail = end === "killed" && i < lives.length - 1 && k === pieces.length - 1 ? ((piece.time - 1) % HEARTBEAT_EVERY) + 1 : 0;
					truth[piece.ill ? "ill" : "up"] += piece.time - tail;
					truth.gone += tail;
				}
				truth[end === "stopped" ? "stopped" : "gone"] += away;
			}
			const { up, ill, stopped, gone } = truth;
			const all = up + ill + stopped + gone;
			const found = measured(all, beatsOf(lives));
			assert.deepEqual(spans(found), [up, ill, stopped, gone, all]);
			const ends = lives.slice(0, -1).map(({ end }) => end);
			assert.deepEqual(found.restarts, {
				stopped: ends.filter((end) => end === "stopped").length,
				gone: ends.filter((end) => end !== "stopped").length,
			});
		}),
	);
});

function within(all: readonly Beat[], from: Ms, to: Ms): Uptime {
	return uptimeOf({
		...{ from, to },
		before: all.findLast(({ at }) => at <= from),
		beats: all.filter(({ at }) => at > from && at <= to),
		after: all.find(({ at }) => at > to),
	});
}

test("a window is its parts: wherever it is cut, each kind of time and each restart is in one of them (G7)", () => {
	const cut = fc.integer({ min: -HOUR, max: 8 * HOUR });
	fc.assert(
		fc.property(fc.array(life, { minLength: 1, maxLength: 5 }), fc.tuple(cut, cut, cut), (lives, cuts) => {
			// Somebody starts it again in the end: how each stretch ended is known.
			const all = [...beatsOf(lives), beatAt(4 * DAY, { run: "last" })];
			const [from, middle, to] = cuts.map((at) => START + at).sort((a, b) => a - b) as [Ms, Ms, Ms];
			const [whole, first, second] = [within(all, from, to), within(all, from, middle), within(all, middle, to)];
			for (const kind of ["up", "ill", "stopped", "gone"] as const) {
				assert.ok(whole[kind] >= 0);
				assert.equal(first[kind] + second[kind], whole[kind], kind);
			}
			for (const how of ["stopped", "gone"] as const)
				assert.equal(first.restarts[how] + second.restarts[how], whole.restarts[how], `restarts after ${how}`);
			const { since, until, up, ill, stopped, gone } = whole;
			assert.equal(up + ill + stopped + gone, since === undefined || until === undefined ? 0 : until - since);
		}),
	);
});

test("a stop over the end of a window is downtime of it once the bot has been started again, and not before (G7)", () => {
	const all = [beatAt(0), beatAt(5, { end: "stopped" }), beatAt(40, { run: "b" })];
	assert.deepEqual(spans(within(all.slice(0, 2), START, START + 20)), [5, 0, 0, 0, 5]);
	assert.deepEqual(spans(within(all, START, START + 20)), [5, 0, 15, 0, 20]);
	assert.equal(within(all, START, START + 20).ended, false);
});

test("a minute of stop in a week is shown to the minute (G7)", () => {
	const lives: readonly Life[] = [
		{ pieces: [{ ill: false, time: 3 * DAY }], end: "stopped", away: MINUTE },
		{ pieces: [{ ill: false, time: 4 * DAY - MINUTE }], end: "killed", away: 0 },
	];
	assert.deepEqual(spans(measured(7 * DAY, beatsOf(lives))), [7 * DAY - MINUTE, 0, MINUTE, 0, 7 * DAY]);
});
