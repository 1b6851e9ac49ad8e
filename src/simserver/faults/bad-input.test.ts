// Bad input while faults are at work: what they look at in a request or a frame does not stop them either.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assertWell, inhabited, raw, STRANGE, stateOf } from "../testing/hostile.ts";
import { CREATE } from "../testing/standing.ts";

/** Rows within rows. */
function burrow(depth: number): string {
	return `${'{"request":['.repeat(depth)}1${"]}".repeat(depth)}`;
}

const WATCHFUL = [
	{ fault: "refusal", endpoint: CREATE, symbol: "BTCUSDT", nth: 1_000_000 },
	{ fault: "lost-message", topic: "order", nth: 1_000_000 },
	{ fault: "clock-skew", by: 1 },
];

test("rows within rows, and values of any kind where a symbol should be, are answered while faults watch (C6)", async () => {
	const rig = await inhabited();
	for (const fault of WATCHFUL) rig.sim.control.inject(fault);
	const before = stateOf(rig);
	const trade = await rig.authenticated("trade");
	for (const depth of [100, 4000]) {
		const next = trade.next();
		trade.send(`{"op":"order.create-batch","args":[${burrow(depth)}]}`);
		assert.equal((await next).retCode, 10002);
	}
	for (const depth of [100, 4000, 15_000]) {
		const body = burrow(depth);
		const sent = {
			method: "POST",
			path: "/v5/order/create-batch",
			headers: { ...rig.signed(body), "Content-Type": "application/json" },
			body,
		};
		const { status, answer } = await raw(rig, sent);
		assert.deepEqual([status, answer.retCode], [200, 10001], String(depth));
	}
	const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...STRANGE.filter((value) => value !== undefined)));
	await fc.assert(
		fc.asyncProperty(values, values, values, async (symbol, request, args) => {
			assert.equal(typeof (await rig.post("/v5/order/amend-batch", { category: "spot", symbol, request })).retCode, "number");
			const next = trade.next();
			trade.send({ op: "order.create", args });
			assert.equal((await next).retCode, 10002);
		}),
		{ numRuns: 100 },
	);
	assert.equal(stateOf(rig), before);
	await assertWell(rig);
});
