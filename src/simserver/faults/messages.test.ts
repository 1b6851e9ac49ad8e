// Faults of messages, and of what cannot be read, seen from a client's side.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../std/prng.ts";
import type { Json } from "../testing/rig.ts";
import { CREATE, REALTIME, rawPost, resting, standing } from "../testing/standing.ts";
import { corrupt } from "./corrupt.ts";
import type { FaultInput } from "./scenario.ts";

/** What the private stream says of three orders, while `fault` strikes at the second one's `order` message. */
async function told(fault: FaultInput): Promise<string[]> {
	const rig = await standing([{ topic: "order", nth: 2, count: 1, ...fault }]);
	const account = await rig.account();
	const ids = (): string[] => account.topic("order").flatMap((frame) => (frame.data as Json[]).map((row) => String(row.orderLinkId)));
	for (const id of ["a", "b", "c"]) {
		await rig.done(CREATE, resting(id));
		account.send({ op: "ping", req_id: id });
		await account.next((frame) => frame.req_id === id);
	}
	await rig.sim.control.step({ ms: 60_000 });
	const story = ids();
	assert.equal(rig.sim.control.count(fault.fault), 1);
	return story;
}

const STORIES: readonly (readonly [FaultInput, readonly string[]])[] = [
	[{ fault: "lost-message" }, ["a", "c"]],
	[{ fault: "doubled-message" }, ["a", "b", "b", "c"]],
	[{ fault: "late-message", delay: "1m" }, ["a", "c", "b"]],
];

for (const [fault, expected] of STORIES)
	test(`${fault.fault}: the stream tells ${expected.join(", ")}`, async () => assert.deepEqual(await told(fault), expected));

test("a reordered message comes right after the next one of its socket, and by itself when none comes", async () => {
	const rig = await standing([{ fault: "reordered-message", topic: "order", within: "2s" }]);
	const account = await rig.account();
	const topics = (): unknown[] => account.frames.filter(({ topic }) => topic !== undefined).map(({ topic }) => topic);
	await rig.done(CREATE, resting("a"));
	await account.next((frame) => frame.topic === "order");
	assert.deepEqual(topics(), ["position", "order"]);
	rig.sim.control.heal();
	rig.sim.control.inject({ fault: "reordered-message", topic: "position", within: "2s" });
	await rig.done(CREATE, resting("b"));
	await account.next((frame) => frame.topic === "order");
	await rig.sim.control.step({ ms: 2000 });
	await account.next((frame) => frame.topic === "position");
	assert.deepEqual(topics(), ["position", "order", "order", "position"]);
});

test("public messages meet faults by topic, its beginning and its symbol", async () => {
	const rig = await standing([
		{ fault: "lost-message", topic: "orderbook.1", symbol: "BTCUSDT" },
		{ fault: "doubled-message", topic: "tickers" },
	]);
	const stream = await rig.socket("public");
	stream.send({ op: "subscribe", args: ["orderbook.1.BTCUSDT", "orderbook.50.BTCUSDT", "tickers.BTCUSDT"] });
	await stream.next((frame) => frame.op === "subscribe");
	await rig.sim.control.step({ to: "point" });
	const count = (topic: string): number => stream.topic(`${topic}.BTCUSDT`).length;
	assert.deepEqual([count("orderbook.1"), count("orderbook.50") > 0, count("tickers") % 2], [0, true, 0]);
});

test("an answer can hold unknown fields, a null, another type, or end in the middle", async () => {
	const rig = await standing();
	await rig.done(CREATE, resting("a"));
	const ask = async (fault: FaultInput): Promise<string> => {
		rig.sim.control.heal();
		rig.sim.control.inject({ endpoint: REALTIME, ...fault });
		const query = "category=linear&symbol=BTCUSDT";
		return await (await fetch(`${rig.sim.addresses.rest}${REALTIME}?${query}`, { headers: rig.signed(query) })).text();
	};
	const row = (text: string): Json => ((JSON.parse(text) as { result: { list: Json[] } }).result.list[0] ?? {}) as Json;
	assert.deepEqual(row(await ask({ fault: "unknown-fields" })).xNewField, { since: "2027-01" });
	assert.equal(row(await ask({ fault: "nulls", field: "avgPrice" })).avgPrice, null);
	assert.deepEqual(row(await ask({ fault: "wrong-types", field: "price" })).price, { value: "19000" });
	const broken = await ask({ fault: "broken-json" });
	assert.throws(() => JSON.parse(broken));
});

test("a frame can be spoilt as well", async () => {
	const rig = await standing([{ fault: "nulls", topic: "order", field: "orderStatus", count: 1 }]);
	const account = await rig.account();
	await rig.done(CREATE, resting("a"));
	const frame = await account.next(({ topic }) => topic === "order");
	assert.equal((frame.data as Json[])[0]?.orderStatus, null);
	assert.equal((await rawPost(rig, CREATE, resting("b"))).status, 200);
});

test("what is spoilt is the payload, one place at a time, the same for the same seed", () => {
	const text = JSON.stringify({ retCode: 0, result: { list: [{ a: "1", b: 2, c: true, d: "text" }] } });
	const spoilt = (how: "null" | "type", seed: string): string => corrupt(text, { how, field: undefined }, new Prng(seed));
	const seen = new Set(Array.from({ length: 40 }, (_, i) => spoilt("null", `s${i}`)));
	assert.equal(seen.size, 4);
	for (const each of seen) assert.equal((JSON.parse(each) as { retCode: unknown }).retCode, 0);
	assert.equal(spoilt("type", "x"), spoilt("type", "x"));
	assert.equal(corrupt("no json", { how: "null", field: undefined }, new Prng("x")), "no json");
});
