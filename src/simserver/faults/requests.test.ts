// Faults of requests and answers, seen from a client's side.

import assert from "node:assert/strict";
import { test } from "node:test";
import { buy, CREATE, openIds, rawPost, resting, standing, turns, until } from "../testing/standing.ts";
import type { FaultInput } from "./scenario.ts";

/** Fault, HTTP status, retCode (undefined: no JSON), whether the order stands afterwards. */
const ANSWERS: readonly (readonly [FaultInput, number, number | undefined, boolean])[] = [
	[{ fault: "http-error" }, 502, undefined, false],
	[{ fault: "http-error", status: 504, done: true }, 504, undefined, true],
	[{ fault: "ip-ban" }, 403, undefined, false],
	[{ fault: "overload" }, 429, undefined, false],
	[{ fault: "server-timeout" }, 200, 10000, false],
	[{ fault: "server-timeout", done: true }, 200, 10000, true],
	[{ fault: "stale-timestamp" }, 200, 10002, false],
	[{ fault: "rate-limited" }, 200, 10006, false],
	[{ fault: "server-error", done: true }, 200, 10016, true],
	[{ fault: "refusal", code: 110007, message: "ab not enough for new order" }, 200, 110007, false],
];

for (const [fault, status, retCode, stands] of ANSWERS)
	test(`${JSON.stringify(fault)} answers ${status} ${retCode ?? ""} and the order ${stands ? "stands" : "does not stand"}`, async () => {
		const rig = await standing([{ endpoint: CREATE, ...fault, count: 1 }]);
		const answer = await rawPost(rig, CREATE, resting("a"));
		assert.equal(answer.status, status);
		if (retCode === undefined) assert.throws(() => JSON.parse(answer.text));
		else assert.equal((JSON.parse(answer.text) as { retCode: number }).retCode, retCode);
		if (retCode === 10006) assert.equal(answer.headers.get("x-bapi-limit-status"), "0");
		assert.deepEqual(await openIds(rig), stands ? ["a"] : []);
		assert.equal((await rig.post(CREATE, resting("b"))).retCode, 0, "the next one is served");
		assert.deepEqual(
			rig.sim.control.log.map(({ fault: name, hit }) => `${name}: ${hit}`),
			[`${fault.fault}: rest request ${CREATE} BTCUSDT`],
		);
		assert.equal(rig.sim.control.count(fault.fault), 1);
	});

for (const how of ["silence", "reset"] as const)
	for (const [name, stands] of [
		["lost-answer", true],
		["lost-request", false],
	] as const)
		test(`${name} by ${how}: the client hears nothing, and the order ${stands ? "stands" : "does not stand"}`, async () => {
			const rig = await standing([{ fault: name, how, count: 1 }]);
			const patience = new AbortController();
			const answer = rawPost(rig, CREATE, resting("a"), patience.signal);
			const lost = assert.rejects(answer);
			await until(() => rig.sim.control.count(name) > 0);
			await turns();
			assert.deepEqual(await openIds(rig), stands ? ["a"] : []);
			await rig.sim.control.step({ ms: 60_000 });
			if (how === "silence") patience.abort();
			await lost;
			const again = await rig.post(CREATE, resting("a"));
			assert.equal(again.retCode, stands ? 110072 : 0, "the same id tells whether the first attempt has succeeded");
		});

test("a late answer comes after its delay, and after the frames that the order has caused", async () => {
	const rig = await standing([{ fault: "late-answer", delay: "5s", count: 1 }]);
	const account = await rig.account();
	const story: string[] = [];
	account.onFrame = (frame) => story.push(String(frame.topic));
	const answer = rawPost(rig, CREATE, resting("a")).then(({ text }) =>
		story.push(`answer ${(JSON.parse(text) as { retCode: number }).retCode}`),
	);
	await account.next((frame) => frame.topic === "position");
	await rig.sim.control.step({ ms: 4999 });
	assert.deepEqual(story, ["order", "position"]);
	await rig.sim.control.step({ ms: 1 });
	await answer;
	assert.deepEqual(story, ["order", "position", "answer 0"]);
});

test("a late request takes effect after its delay", async () => {
	const rig = await standing([{ fault: "late-request", delay: 700, count: 1 }]);
	const answer = rawPost(rig, CREATE, resting("a"));
	await until(() => rig.sim.control.count() > 0);
	assert.deepEqual(await openIds(rig), []);
	await rig.sim.control.step({ ms: 700 });
	assert.equal((JSON.parse((await answer).text) as { retCode: number }).retCode, 0);
	assert.deepEqual(await openIds(rig), ["a"]);
});

test("an empty position list hides what is held, as often as it is told to", async () => {
	const rig = await standing([{ fault: "empty-positions", count: 1 }]);
	await rig.done(CREATE, buy("a"));
	const query = { category: "linear", symbol: "BTCUSDT" };
	assert.deepEqual(await rig.list("/v5/position/list", query), []);
	assert.equal((await rig.list("/v5/position/list", query))[0]?.size, "0.1");
});

test("a stop can be refused after the entry has filled", async () => {
	const rig = await standing([{ fault: "stop-refused", count: 1 }]);
	await rig.done(CREATE, buy("a"));
	const stop = { category: "linear", symbol: "BTCUSDT", stopLoss: "19000", tpslMode: "Full", positionIdx: 0 };
	const refused = await rig.post("/v5/position/trading-stop", stop);
	assert.deepEqual([refused.retCode, refused.retMsg], [10001, "can not set tp/sl/ts for zero position"]);
	assert.equal(rig.sim.control.state().symbols.BTCUSDT?.position?.stopLoss, "");
	await rig.done("/v5/position/trading-stop", stop);
	assert.equal(rig.sim.control.state().symbols.BTCUSDT?.position?.stopLoss, "19000");
});

test("order entry by socket meets the same faults as by REST", async () => {
	const rig = await standing([
		{ fault: "lost-answer", op: "order.create", nth: 2, count: 1 },
		{ fault: "server-error", op: "order.create", stream: "trade", nth: 1, count: 1 },
		{ fault: "late-answer", op: "order.create", stream: "trade", delay: 1000, nth: 1, count: 1 },
	]);
	const trade = await rig.authenticated("trade");
	const send = (id: string): void =>
		trade.send({
			reqId: id,
			op: "order.create",
			header: { "X-BAPI-TIMESTAMP": String(rig.sim.clock.now()) },
			args: [resting(id)],
		});
	send("a");
	assert.equal((await trade.next()).retCode, 10016);
	send("b");
	send("c");
	await trade.ws.ping();
	await until(() => rig.sim.control.count() >= 3);
	assert.equal(trade.frames.length, 2, "auth and the refusal: b's answer is lost, c's is late");
	assert.deepEqual(await openIds(rig), ["c", "b"]);
	await rig.sim.control.step({ ms: 1000 });
	const late = await trade.next();
	assert.deepEqual([late.reqId, late.retCode], ["c", 0]);
});

test("the first, second and n-th request: nth counts what fits, count ends it, from and until bound it", async () => {
	const rig = await standing();
	const now = rig.sim.clock.now();
	rig.sim.control.inject({ fault: "refusal", endpoint: CREATE, code: 1, nth: 2, count: 2 });
	rig.sim.control.inject({ fault: "refusal", endpoint: CREATE, code: 2, from: now + 10, until: now + 20 });
	const codes: number[] = [];
	const ask = async (): Promise<void> => void codes.push((await rig.post(CREATE, resting(`o-${codes.length}`))).retCode);
	for (let i = 0; i < 4; i++) await ask();
	for (let i = 0; i < 2; i++) {
		await rig.sim.control.step({ ms: 10 });
		await ask();
	}
	assert.deepEqual(codes, [0, 1, 1, 0, 2, 0]);
});
