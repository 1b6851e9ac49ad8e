// The dead-man's switch: it cancels what rests when the last line that arms it is gone for its window, and not sooner.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { Rig, Socket } from "./testing/rig.ts";
import { buy, CREATE, openIds, resting, standing, until } from "./testing/standing.ts";

const SET = "/v5/order/disconnected-cancel-all";

async function armed(rig: Rig): Promise<Socket> {
	const socket = await rig.authenticated("private");
	socket.send({ op: "subscribe", args: ["dcp.future"] });
	await socket.next(({ op }) => op === "subscribe");
	return socket;
}

async function gone(socket: Socket): Promise<void> {
	const closed = once(socket.ws, "close");
	socket.ws.terminate();
	await closed;
}

/** A resting order, and a position with its stop. */
async function inhabited(): Promise<Rig> {
	const rig = await standing();
	await rig.done(CREATE, buy("held", { stopLoss: "19000" }));
	await rig.done(CREATE, resting("rests"));
	return rig;
}

test("when the last line is gone for the window what rests is cancelled, and the stop stays (B1)", async () => {
	const rig = await inhabited();
	await rig.done(SET, { product: "DERIVATIVES", timeWindow: 10 });
	assert.deepEqual((await rig.get("/v5/account/query-dcp-info")).result, {
		dcpInfos: [{ product: "DERIVATIVES", dcpStatus: "ON", timeWindow: "10" }],
	});
	const [first, second] = [await armed(rig), await armed(rig)];
	await gone(first);
	await rig.sim.control.step({ ms: 60_000 });
	assert.deepEqual(await openIds(rig), ["rests", ""], "another line holds it");
	await gone(second);
	await until(() => rig.sim.control.state().held === 1);
	await rig.sim.control.step({ ms: 9999 });
	assert.deepEqual(await openIds(rig), ["rests", ""]);
	await rig.sim.control.step({ ms: 1 });
	assert.deepEqual(await openIds(rig), [""]);
	const [order] = await rig.list("/v5/order/history", { category: "linear", orderLinkId: "rests" });
	assert.deepEqual([order?.orderStatus, order?.cancelType], ["Cancelled", "CancelByDCP"]);
});

test("a line that comes back in time keeps the orders; without the switch set nothing is cancelled (B1)", async () => {
	const rig = await inhabited();
	await gone(await armed(rig));
	await rig.sim.control.step({ ms: 400_000 });
	assert.deepEqual(await openIds(rig), ["rests", ""], "not set");
	await rig.done(SET, { product: "DERIVATIVES", timeWindow: 3 });
	await rig.sim.control.step({ ms: 10_000 });
	assert.deepEqual(await openIds(rig), ["rests", ""], "nobody has armed it since");
	await gone(await armed(rig));
	await until(() => rig.sim.control.state().held === 1);
	await rig.sim.control.step({ ms: 2000 });
	const again = await armed(rig);
	await rig.sim.control.step({ ms: 10_000 });
	assert.deepEqual(await openIds(rig), ["rests", ""]);
	again.send({ op: "unsubscribe", args: ["dcp.future"] });
	await again.next(({ op }) => op === "unsubscribe");
	await rig.sim.control.step({ ms: 3000 });
	assert.deepEqual(await openIds(rig), [""], "who gives up the topic is gone, too");
});

test("its window is 3 to 300 whole seconds, and its product, options by default, one that exists (B1)", async () => {
	const rig = await standing();
	for (const wrong of [{}, { timeWindow: 2 }, { timeWindow: 301 }, { timeWindow: "5.5" }, { timeWindow: 5, product: "FUTURES" }])
		assert.equal((await rig.post(SET, wrong)).retCode, 10001, JSON.stringify(wrong));
	for (const right of [{ timeWindow: 3 }, { timeWindow: "300", product: "DERIVATIVES" }])
		assert.equal((await rig.post(SET, right)).retCode, 0, JSON.stringify(right));
	const { dcpInfos } = (await rig.get("/v5/account/query-dcp-info")).result as { dcpInfos: { product: string }[] };
	assert.deepEqual(
		dcpInfos.map(({ product }) => product),
		["OPTIONS", "DERIVATIVES"],
	);
});
