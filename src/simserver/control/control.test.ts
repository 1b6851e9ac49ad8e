// The control endpoint over HTTP, and time under it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../../units/unit.ts";
import { DAY_START } from "../testing/candles.ts";
import type { Json, Rig } from "../testing/rig.ts";
import { buy, CREATE, resting, standing, turns } from "../testing/standing.ts";

type Reply = { readonly status: number; readonly body: Json };

async function call(rig: Rig, path: string, body?: unknown, token = rig.sim.controlAccess?.token): Promise<Reply> {
	const { url = "" } = rig.sim.controlAccess ?? {};
	const init = body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
	const response = await fetch(`${url}/${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
	return { status: response.status, body: (await response.json()) as Json };
}

test("without being asked for, there is no control endpoint", async () => {
	const rig = await standing();
	assert.equal(rig.sim.controlAccess, undefined);
	assert.equal((await fetch(`${rig.sim.addresses.rest}/control/state`)).status, 404);
});

test("only the token opens the control endpoint", async () => {
	const rig = await standing([], { control: true });
	assert.match(rig.sim.controlAccess?.token ?? "", /^[0-9a-f]{48}$/);
	for (const path of ["state", "nothing"]) assert.equal((await call(rig, path, undefined, "wrong")).status, 401);
	assert.equal((await call(rig, "heal", {}, "")).status, 401);
	assert.equal((await call(rig, "state")).status, 200);
});

const WRONG: readonly (readonly [string, unknown, number, RegExp])[] = [
	["stat", undefined, 404, /did you mean \/control\/state/],
	["heal", undefined, 405, /takes POST/],
	["faults", "no json", 400, /no JSON object/],
	["faults", { fault: "cutt" }, 400, /did you mean cut\?/],
	["scenario", "faults:\n  - fault: cutt", 400, /scenario:2: .*did you mean cut\?/],
	["step", { ms: 0 }, 400, /ms: expected/],
	["step", { ms: 5, to: "point" }, 400, /one of ms and to/],
	["step", { too: "point" }, 400, /unknown key too/],
	["speed", { speed: "fast" }, 400, /speed: expected/],
	["price", { symbol: "NOPE", price: 1 }, 400, /no symbol NOPE/],
	["price", { symbol: "BTCUSDT", price: -1 }, 400, /above 0/],
	["key", { state: "lost" }, 400, /state: expected one of/],
	["remove", { id: 99 }, 400, /no fault with id 99/],
	["notice", {}, 400, /title: expected a text/],
	["notice", { title: "a", id: "" }, 400, /id: expected a text/],
	["notice", { title: "a", state: "over" }, 400, /state: expected one of scheduled/],
	["notice", { title: "a", begin: 5, end: 4 }, 400, /end: expected a time not before begin/],
	["notice", { title: "a", begin: "soon" }, 400, /begin: expected UTC milliseconds/],
	["notice", { title: "a", serviceTypes: [1, 1] }, 400, /serviceTypes: expected a list/],
	["notice", { title: "a", serviceTypes: [6] }, 400, /serviceTypes: expected a list/],
	["notice", { title: "a", maintainType: 4 }, 400, /maintainType: expected one of 1, 2, 3/],
	["notice", { title: "x".repeat(501) }, 400, /title: expected a text/],
	["announcement", {}, 400, /title: expected a text/],
	["announcement", { title: "a", type: "news" }, 400, /type: expected one of new_crypto/],
	["announcement", { title: "a", tags: "Futures" }, 400, /tags: expected a list/],
	["announcement", { title: "a", tags: [7] }, 400, /tags: expected a text/],
	["announcement", { title: "a", at: 7 }, 400, /unknown key at/],
];

test("what the control endpoint cannot do it says clearly, and time and faults are as before", async () => {
	const rig = await standing([], { control: true });
	const before = rig.sim.control.state();
	for (const [path, body, status, words] of WRONG) {
		const reply = await call(rig, path, body);
		assert.equal(reply.status, status, path);
		assert.match(String(reply.body.error), words);
	}
	assert.deepEqual(rig.sim.control.state(), before);
});

test("faults are injected, logged, taken away and healed over HTTP", async () => {
	const rig = await standing([], { control: true });
	const { id } = (await call(rig, "faults", { fault: "overload", endpoint: CREATE, count: 1 })).body;
	const { ids } = (await call(rig, "scenario", "faults:\n  - {fault: halt}\n  - {fault: server-error, op: order.cancel}")).body;
	assert.deepEqual([id, ids], [1, [2, 3]]);
	assert.equal((await call(rig, "remove", { id: 1 })).body.done, true);
	assert.equal((await rig.post(CREATE, resting("a"))).retCode, 110074);
	assert.equal((await rig.post("/v5/order/cancel", { category: "linear", symbol: "BTCUSDT", orderLinkId: "a" })).retCode, 10016);
	const { injected } = (await call(rig, "log")).body as { injected: Json[] };
	assert.deepEqual(
		injected.map(({ seq, fault, id: rule }) => [seq, fault, rule]),
		[
			[1, "halt", 2],
			[2, "server-error", 3],
		],
	);
	await call(rig, "reset", {});
	assert.deepEqual((await call(rig, "log")).body.injected, []);
	assert.equal((await rig.post(CREATE, resting("a"))).retCode, 0);
	const { faults } = (await call(rig, "library")).body as { faults: Json[] };
	assert.ok(faults.some(({ fault, source }) => fault === "restart" && String(source).includes("§8.2")));
});

test("the state holds what an assertion needs, prices are set, the key is changed", async () => {
	const rig = await standing([], { control: true });
	await rig.done(CREATE, buy("a", { stopLoss: "19000" }));
	await rig.done(CREATE, resting("b"));
	await call(rig, "price", { symbol: "BTCUSDT", price: 20_100.04 });
	await call(rig, "price", { symbol: "BTCUSDT", price: 20_111, which: "mark" });
	assert.equal(rig.sim.venue.mark("BTCUSDT"), 20_111);
	await call(rig, "key", { state: "read-only" });
	const state = (await call(rig, "state")).body as { key: string; symbols: Record<string, Json>; wallet: string };
	const { last, position, orders } = state.symbols.BTCUSDT ?? {};
	assert.deepEqual([state.key, last], ["read-only", 20_100]);
	assert.deepEqual(position, { side: "Buy", size: "0.1", entry: 20_002, stopLoss: "19000" });
	assert.deepEqual(
		(orders as Json[]).map(({ orderLinkId, status, price }) => [orderLinkId, status, price]),
		[
			["", "Untriggered", ""],
			["b", "New", "19000"],
		],
	);
	assert.equal((await rig.post(CREATE, resting("c"))).retCode, 10005);
});

test("a notice is posted, heard on the status stream, listed, and changed by its id", async () => {
	const rig = await standing([], { control: true });
	const status = await rig.socket("status");
	status.send({ op: "subscribe", args: ["system.status"] });
	await status.next(({ success }) => success === true);
	const now = rig.sim.clock.now();
	assert.deepEqual((await call(rig, "notice", { id: "m1", title: "Upgrade", begin: now + 1000, serviceTypes: [2, 3] })).body, { id: "m1" });
	const row = {
		id: "m1",
		title: "Upgrade",
		state: "scheduled",
		begin: String(now + 1000),
		end: String(now + 1000 + 60 * MINUTE),
		href: "",
	};
	const scheduled = { ...row, serviceTypes: [2, 3], product: [1], uidSuffix: [], maintainType: 1, env: 1 };
	assert.deepEqual(await status.next(), { topic: "system.status", ts: now, data: [scheduled] });
	await call(rig, "notice", { id: "m1", state: "completed", end: now + 5000 });
	const completed = { ...scheduled, state: "completed", end: String(now + 5000) };
	assert.deepEqual((await status.next()).data, [completed]);
	assert.equal(rig.sim.control.post({ title: "Incident", state: "ongoing", maintainType: 3 }), "notice-2");
	const ids = async (query: string): Promise<unknown[]> =>
		((await rig.ask(`/v5/system/status${query}`)).result.list as Json[]).map(({ id }) => id);
	assert.deepEqual([await ids(""), await ids("?state=completed"), await ids("?id=none")], [["notice-2", "m1"], ["m1"], []]);
	assert.deepEqual((await rig.ask("/v5/system/status?id=m1")).result.list, [completed]);
});

test("what is announced stands first among the announcements, by kind, tag and page", async () => {
	const rig = await standing([], { control: true });
	const text = { title: "Delisting of BTCUSDT", type: "delistings", tags: ["Futures"], url: "https://example.invalid/1" };
	assert.deepEqual((await call(rig, "announcement", text)).body, { done: true });
	const list = async (query = ""): Promise<Json[]> => (await rig.ask(`/v5/announcements/index?locale=en-US${query}`)).result.list as Json[];
	const at = rig.sim.clock.now();
	const times = { dateTimestamp: at, startDateTimestamp: at, endDateTimestamp: at, publishTime: at };
	const row = { ...text, description: "", type: { title: "Delistings", key: "delistings" }, ...times };
	const [first, ours] = await list();
	assert.deepEqual(first, row);
	assert.deepEqual(Object.keys(ours ?? {}).sort(), Object.keys(row).sort());
	assert.deepEqual([await list("&type=delistings"), await list("&tag=Futures")], [[row], [row]]);
	assert.deepEqual([await list("&limit=1&page=2"), await list("&page=3")], [[ours], []]);
});

test("money is transferred in and out over HTTP, the log and the wallet stream tell it, and what is bound stays", async () => {
	const rig = await standing([], { control: true });
	const account = await rig.account();
	const paid = await call(rig, "transfer", { amount: 2500.5 });
	assert.deepEqual([paid.status, paid.body.wallet], [200, "12500.5"]);
	const frame = await account.next(({ topic }) => topic === "wallet");
	assert.equal((frame.data as Json[])[0]?.totalWalletBalance, "12500.5");
	assert.equal((await call(rig, "transfer", { amount: -12_000 })).body.wallet, "500.5");
	const log = await rig.list("/v5/account/transaction-log", {});
	assert.deepEqual(
		log.map(({ type, change, cashBalance, symbol }) => [type, change, cashBalance, symbol]),
		[
			["TRANSFER_OUT", "-12000", "500.5", ""],
			["TRANSFER_IN", "2500.5", "12500.5", ""],
		],
	);
	await rig.done(CREATE, { ...resting("a"), qty: "0.01" });
	for (const [amount, words] of [
		[-500.5, /amount: /],
		[0, /other than 0/],
		[40_000_000, /no more than 40000000/],
		["1", /amount: expected a number/],
		[undefined, /amount: expected a number/],
		[1e-12, /other than 0/],
		[-1e300, /other than 0/],
	] as const) {
		const no = await call(rig, "transfer", { amount });
		assert.equal(no.status, 400, String(amount));
		assert.match(String(no.body.error), words);
	}
	assert.equal((await call(rig, "transfer", { amount: 1, coin: "BTC" })).status, 400);
	assert.deepEqual([rig.sim.control.state().wallet, (await rig.list("/v5/account/transaction-log", {})).length], ["500.5", 2]);
});

test("time is stepped by ms, to the next point, to the next boundary; it stands in between", async () => {
	const rig = await standing([], { control: true });
	const since = (reply: Reply): number => Number(reply.body.at) - DAY_START - MINUTE;
	const moves = [{ ms: 100 }, { to: "point" }, { to: "point" }, { to: "boundary" }, { to: "point" }, { ms: 250 * MINUTE }];
	const stands: number[] = [];
	for (const move of moves) stands.push(since(await call(rig, "step", move)));
	assert.deepEqual(stands, [20_100, 40_000, 59_999, 60_000, 60_001, 60_001 + 250 * MINUTE]);
	await turns();
	assert.equal(rig.sim.clock.now() - DAY_START - MINUTE, 60_001 + 250 * MINUTE);
});

test("time goes on when it is told to, waits for the clients in lockstep, and changes its speed", async () => {
	const rig = await standing([], { control: true });
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
	await stream.next(({ topic }) => topic !== undefined);
	stream.answers = false;
	await call(rig, "run", {});
	await turns();
	const held = rig.sim.clock.now();
	assert.ok(held <= DAY_START + MINUTE + 20_000, "the listener has not answered");
	await call(rig, "speed", { speed: "max" });
	stream.answers = true;
	stream.answerPings();
	await rig.sim.finished;
	assert.equal(rig.sim.progress(), 1);
	assert.equal((await call(rig, "step", { ms: 1000 })).body.at, rig.sim.clock.now(), "after the end time stands");
});

test("at a real speed a pause stops the clock where it is, and another speed goes on from there", async () => {
	let wall = 1_000_000;
	const rig = await standing([], { control: true, speed: 60, wall: () => wall });
	await call(rig, "pause", {});
	const stood = rig.sim.clock.now();
	wall += 10_000;
	assert.equal(rig.sim.clock.now(), stood);
	rig.sim.control.setSpeed(1);
	rig.sim.control.resume();
	await turns();
	wall += 500;
	assert.equal(rig.sim.clock.now(), stood + 500);
});

test("what is due while time stands for good still happens: the end of the data holds nothing back", async () => {
	const rig = await standing([{ fault: "late-message", topic: "order", delay: "20h" }]);
	const account = await rig.account();
	await rig.done(CREATE, resting("a"));
	await rig.sim.control.step({ ms: 600 * MINUTE });
	await account.next(({ topic }) => topic === "order");
	await rig.sim.finished;
});
