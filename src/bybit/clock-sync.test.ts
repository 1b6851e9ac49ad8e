import assert from "node:assert/strict";
import { test } from "node:test";
import { err, ok } from "../std/result.ts";
import { ClockSync } from "./clock-sync.ts";
import { offlineFault } from "./fault.ts";
import { ManualTime } from "./testing/manual-time.ts";

/** A server `ahead` ms before us whose answers take `out` ms to get there and `back` ms to return. */
function server(time: ManualTime, ahead: number, trips: [out: number, back: number][]): () => Promise<ReturnType<typeof ok<number>>> {
	return () => {
		const [out, back] = trips.shift() ?? [0, 0];
		time.advance(out);
		const said = time.now() + ahead;
		time.advance(back);
		return Promise.resolve(ok(said));
	};
}

test("of several samples the one with the shortest round trip counts, and half of it is taken off (A4)", async () => {
	const time = new ManualTime(1_000_000);
	const sync = new ClockSync({
		clock: time,
		serverTime: server(time, 2500, [
			[400, 10],
			[30, 30],
			[10, 300],
		]),
	});
	assert.equal(sync.serverNow(), 1_000_000);
	const estimate = await sync.sync();
	assert.ok(estimate.ok);
	assert.equal(estimate.value.offsetMs, 2500);
	assert.equal(estimate.value.roundTripMs, 60);
	assert.equal(estimate.value.movedMs, undefined);
	assert.equal(sync.serverNow(), time.now() + 2500);
});

test("a second estimate says how far the clocks have drifted apart (A4)", async () => {
	const time = new ManualTime(0);
	let ahead = 100;
	const sync = new ClockSync({ clock: time, serverTime: () => Promise.resolve(ok(time.now() + ahead)), samples: 1 });
	await sync.sync();
	ahead = 130;
	const second = await sync.sync();
	assert.ok(second.ok && second.value.movedMs === 30);
});

test("measurements asked for at the same time are one", async () => {
	const time = new ManualTime(0);
	let calls = 0;
	const sync = new ClockSync({
		clock: time,
		serverTime: () => {
			calls += 1;
			return Promise.resolve(ok(1));
		},
		samples: 2,
	});
	const [a, b] = await Promise.all([sync.sync(), sync.sync()]);
	assert.equal(calls, 2);
	assert.deepEqual(a, b);
});

test("without a single answer the estimate stays what it was and the fault is told", async () => {
	const time = new ManualTime(500);
	const fault = offlineFault({ what: "GET /v5/market/time", access: "read" }, "ECONNREFUSED");
	const sync = new ClockSync({ clock: time, serverTime: () => Promise.resolve(err(fault)) });
	assert.deepEqual(await sync.sync(), { ok: false, error: fault });
	assert.equal(sync.estimate, undefined);
	assert.equal(sync.serverNow(), 500);
});

test("a server whose clock runs faster than ours is followed by its own stamps, until it is measured again (A4)", async () => {
	let local = 1000;
	let server = 50_000;
	const sync = new ClockSync({ clock: { now: () => local }, serverTime: async () => ({ ok: true, value: server }) });
	await sync.sync();
	assert.equal(sync.serverNow(), 50_000);
	sync.heard(90_000);
	sync.heard(80_000);
	assert.equal(sync.serverNow(), 90_000);
	local = 2000;
	server = 60_000; // a stamp from the future was wrong: a measurement puts it right
	await sync.sync();
	assert.equal(sync.serverNow(), 60_000);
});
