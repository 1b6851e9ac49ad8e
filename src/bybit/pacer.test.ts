import assert from "node:assert/strict";
import { test } from "node:test";
import { err, ok, type Result } from "../std/result.ts";
import { backoffMs, withRetry } from "./backoff.ts";
import { exchangeFault, type Fault, offlineFault, timeoutFault } from "./fault.ts";
import { Pacer } from "./pacer.ts";
import { ManualTime } from "./testing/manual-time.ts";

const CREATE = "/v5/order/create";

test("ten orders start inside their calls, the eleventh a window later, in order, and cancels do not wait behind them (D5)", () => {
	const time = new ManualTime(0);
	const pacer = new Pacer({ clock: time, timers: time });
	const started: string[] = [];
	const ask = (path: string, name: string): void =>
		void pacer.run(path, () => {
			started.push(`${name} ${time.now()}`);
			return Promise.resolve(ok(undefined));
		});
	for (let i = 1; i <= 12; i++) ask(CREATE, `create${i}`);
	ask("/v5/order/cancel", "cancel");
	assert.equal(started.length, 11);
	assert.equal(pacer.waiting, 2);
	time.advance(1049);
	assert.equal(started.length, 11);
	time.advance(1);
	assert.deepEqual(started.slice(10), ["cancel 0", "create11 1050", "create12 1050"]);
	assert.equal(time.armed, 0);
});

test("the queue has a bound, and over it the answer says that nothing was sent (D5)", async () => {
	const time = new ManualTime(0);
	const pacer = new Pacer({ clock: time, timers: time });
	const asked: Promise<Result<undefined, Fault>>[] = [];
	for (let i = 0; i < 211; i++) asked.push(pacer.run(CREATE, () => Promise.resolve(ok(undefined))));
	const last = await asked[210];
	assert.ok(last !== undefined && !last.ok && last.error.kind === "offline" && !last.error.ambiguous);
	pacer.close();
	assert.equal((await Promise.all(asked)).filter((answer) => answer.ok).length, 210);
	assert.equal(time.armed, 0);
});

test("the wait doubles with each failure, between half and all of it, to 30 s (D5)", () => {
	assert.deepEqual(
		[0, 1, 2, 5, 50].map((attempt) => backoffMs(attempt, () => 0)),
		[500, 1000, 2000, 15_000, 15_000],
	);
	assert.deepEqual(
		[0, 1, 2, 5].map((attempt) => backoffMs(attempt, () => 0.5)),
		[750, 1500, 3000, 22_500],
	);
});

test("what failed without happening is tried again; an unknown write and a refusal never are (D5)", async () => {
	const asked = { what: "x", access: "write" } as const;
	const rows: readonly (readonly [Fault, tries: number])[] = [
		[offlineFault(asked, ""), 3],
		[exchangeFault(asked, { retCode: 10006, message: "" }), 3],
		[timeoutFault(asked, 1), 1],
		[exchangeFault(asked, { retCode: 110007, message: "" }), 1],
		[exchangeFault(asked, { retCode: 10018, message: "" }), 1],
	];
	for (const [fault, expected] of rows) {
		let tries = 0;
		const timers = {
			after: (_: number, run: () => void) => {
				queueMicrotask(run);
				return () => {};
			},
		};
		const call = (): Promise<Result<never, Fault>> => {
			tries += 1;
			return Promise.resolve(err(fault));
		};
		assert.deepEqual(await withRetry(call, { attempts: 3, timers, random: () => 0 }), err(fault));
		assert.equal(tries, expected, fault.message);
	}
});
