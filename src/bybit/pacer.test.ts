import assert from "node:assert/strict";
import { test } from "node:test";
import { err, ok, type Result } from "../std/result.ts";
import { backoffMs, withRetry } from "./backoff.ts";
import { exchangeFault, type Fault, offlineFault, timeoutFault } from "./fault.ts";
import type { Urgency } from "./lane.ts";
import { Pacer, type Road } from "./pacer.ts";
import { urgencyOf } from "./requests.ts";
import { ManualTime } from "./testing/manual-time.ts";

const CREATE = "/v5/order/create";
const CANCEL = "/v5/order/cancel";
const STOP = "/v5/position/trading-stop";
const NOW = 1_784_880_000_000;

type Setup = {
	time: ManualTime;
	pacer: Pacer;
	started: string[];
	ask: (name: string, path: string, urgency: Urgency, road?: Road) => void;
};

/** A pacer whose requests write down when they start. */
function setUp(): Setup {
	const time = new ManualTime(NOW);
	const pacer = new Pacer({ clock: time, timers: time });
	const started: string[] = [];
	const ask: Setup["ask"] = (name, path, urgency, road = "socket") =>
		void pacer.run({ path, urgency, road }, () => {
			started.push(`${name} ${time.now() - NOW}`);
			return Promise.resolve(ok(undefined));
		});
	return { time, pacer, started, ask };
}

test("ten closing orders start inside their calls, the eleventh a window later, in order, and cancels do not wait behind them (D5)", () => {
	const { time, pacer, started, ask } = setUp();
	for (let i = 1; i <= 12; i++) ask(`close${i}`, CREATE, "protect");
	ask("cancel", CANCEL, "protect");
	assert.equal(started.length, 11);
	assert.equal(pacer.waiting, 2);
	time.advance(1049);
	assert.equal(started.length, 11);
	time.advance(1);
	assert.deepEqual(started.slice(10), ["cancel 0", "close11 1050", "close12 1050"]);
	assert.equal(time.armed, 0);
});

test("entries leave a reserve that closing orders still find, and those go first when all wait (D5)", () => {
	const { time, started, ask } = setUp();
	for (let i = 1; i <= 9; i++) ask(`entry${i}`, CREATE, "enter");
	assert.equal(started.length, 8, "eight of ten");
	for (let i = 1; i <= 3; i++) ask(`close${i}`, CREATE, "protect");
	assert.deepEqual(started.slice(8), ["close1 0", "close2 0"]);
	time.advance(1050);
	assert.deepEqual(started.slice(10), ["close3 1050", "entry9 1050"]);
	assert.equal(time.armed, 0);
});

test("what shares the address's limit waits in the order of urgency, whatever its endpoint, and sockets do not wait with it (D5)", () => {
	const { time, pacer, started, ask } = setUp();
	for (let i = 0; i < 600; i++) ask("read", `/v5/market/${i}`, "adjust", "http");
	assert.equal(started.length, 472, "590 less a fifth");
	for (let i = 0; i < 118; i++) ask("protect", `/x/${i}`, "protect", "http");
	assert.equal(started.length, 590);
	ask("amend", "/v5/order/amend", "adjust", "http");
	ask("stop", STOP, "protect", "http");
	ask("cancel by socket", CANCEL, "protect");
	assert.deepEqual(started.slice(590), ["cancel by socket 0"]);
	assert.deepEqual(pacer.headroom()[0], { lane: "address", cap: 590, left: 0, waiting: 0, heldMs: 0 });
	time.advance(5249);
	assert.equal(started.length, 591);
	time.advance(1);
	assert.equal(started[591], "stop 5250");
	assert.equal(started.at(-1), "amend 5250");
	assert.equal(pacer.waiting, 0);
});

test("the cap is what the header says, higher or lower (D5)", () => {
	for (const [limit, entries, closings] of [
		[20, 16, 20],
		[5, 4, 5],
		[1, 1, 1],
	] as const) {
		for (const [urgency, expected] of [
			["enter", entries],
			["protect", closings],
		] as const) {
			const { pacer, started, ask } = setUp();
			pacer.learn(CREATE, { limit, remaining: limit, resetInMs: 0 });
			for (let i = 0; i < 30; i++) ask("x", CREATE, urgency);
			assert.equal(started.length, expected, `${limit} ${urgency}`);
			assert.deepEqual(
				pacer.headroom().find(({ lane }) => lane === CREATE),
				{ lane: CREATE, cap: limit, left: limit - expected, waiting: 30 - expected, heldMs: 0 },
			);
		}
	}
	const { pacer, started, ask } = setUp();
	for (const limit of [0, -1, 1_000_000]) pacer.learn(CREATE, { limit, remaining: 10, resetInMs: 0 });
	for (let i = 0; i < 30; i++) ask("x", CREATE, "protect");
	assert.equal(started.length, 10, "what is no limit is not believed");
});

test("when somebody else spends the account's limit, entries wait a window and closing orders do not; at none left all wait for the reset (D5)", () => {
	const { time, pacer, started, ask } = setUp();
	pacer.learn(CREATE, { limit: 10, remaining: 2, resetInMs: 0 });
	ask("entry1", CREATE, "enter");
	pacer.learn(CREATE, { limit: 10, remaining: 1, resetInMs: 0 });
	ask("entry2", CREATE, "enter");
	ask("close1", CREATE, "protect");
	assert.deepEqual(started, ["entry1 0", "close1 0"]);
	time.advance(1050);
	assert.deepEqual(started.slice(2), ["entry2 1050"]);
	pacer.learn(CREATE, { limit: 10, remaining: 0, resetInMs: 400 });
	ask("close2", CREATE, "protect");
	time.advance(399);
	assert.equal(started.length, 3);
	time.advance(1);
	assert.deepEqual(started.slice(3), ["close2 1450"]);
});

test("a refusal holds the endpoint until its reset: at least 50 ms, at most 10 s, a second where none is told (D5)", () => {
	const { time, pacer, started, ask } = setUp();
	assert.deepEqual(
		[700, 1, -5, 99_999, undefined].map((resetInMs) => setUp().pacer.hold(CREATE, resetInMs)),
		[700, 50, 50, 10_000, 1000],
	);
	ask("before", CREATE, "protect");
	pacer.hold(CREATE, 700);
	ask("close", CREATE, "protect");
	ask("cancel", CANCEL, "protect");
	time.advance(699);
	assert.deepEqual(started, ["before 0", "cancel 0"]);
	time.advance(1);
	assert.deepEqual(started.slice(2), ["close 700"]);
});

test("an address that is shut out lets go of all that wait for that road, and of nothing on the other (D5)", () => {
	const { time, pacer, started, ask } = setUp();
	pacer.hold(CREATE, 900);
	ask("by http", CREATE, "protect", "http");
	ask("by socket", CREATE, "protect");
	assert.equal(pacer.shutOut("http", 600_000), true);
	assert.equal(pacer.shutOut("http", 600_000), false, "told once");
	assert.deepEqual(started, ["by http 0"], "to be told that it is shut out");
	assert.deepEqual([pacer.shutOutFor("http"), pacer.shutOutFor("socket"), pacer.waiting], [600_000, 0, 1]);
	time.advance(900);
	assert.deepEqual(started.slice(1), ["by socket 900"]);
	time.advance(599_100);
	assert.equal(pacer.shutOutFor("http"), 0);
});

test("the queue has a bound, and over it the answer says that nothing was sent; closing orders have their own (D5)", async () => {
	const { time, pacer } = setUp();
	const asked: Promise<Result<undefined, Fault>>[] = [];
	const run = (urgency: Urgency): void =>
		void asked.push(pacer.run({ path: CREATE, urgency, road: "socket" }, () => Promise.resolve(ok(undefined))));
	for (let i = 0; i < 209; i++) run("enter");
	const last = await asked[208];
	assert.ok(last !== undefined && !last.ok && last.error.kind === "offline" && !last.error.ambiguous);
	for (let i = 0; i < 202; i++) run("protect");
	assert.equal(pacer.waiting, 400);
	pacer.close();
	assert.equal((await Promise.all(asked)).filter((answer) => answer.ok).length, 410);
	assert.equal(time.armed, 0);
});

test("cancels, stops and closing orders protect; amends and questions come next; only a new order enters (D4, D5)", () => {
	const create = (more: object): string => urgencyOf(CREATE, { category: "linear", ...more });
	assert.deepEqual(
		[CANCEL, "/v5/order/cancel-all", STOP, "/v5/order/amend", "/v5/position/set-leverage", "/v5/position/list"].map((path) =>
			urgencyOf(path, {}),
		),
		["protect", "protect", "protect", "adjust", "adjust", "adjust"],
	);
	assert.deepEqual(
		[create({}), create({ reduceOnly: false }), create({ reduceOnly: true }), create({ closeOnTrigger: true })],
		["enter", "enter", "protect", "protect"],
	);
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
