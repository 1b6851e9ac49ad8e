// Our own client under faults: what it reads out of an answer that is lost, spoilt or not the exchange's, and how it comes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BybitClient } from "../../bybit/client.ts";
import { resolveEndpoints } from "../../bybit/endpoints.ts";
import type { BybitEvent } from "../../bybit/events.ts";
import type { Timers } from "../../bybit/ports.ts";
import type { CreateOrder } from "../../bybit/requests.ts";
import { afterwards, KEY, type Rig, SECRET } from "../testing/rig.ts";
import { openIds, standing, until } from "../testing/standing.ts";

/** Timers that run when the test says so, all that are set up to a length. */
class Hand implements Timers {
	readonly #set = new Set<{ delay: number; run: () => void }>();

	after(delay: number, run: () => void): () => void {
		const entry = { delay, run };
		this.#set.add(entry);
		return () => void this.#set.delete(entry);
	}

	fire(delayMax: number): void {
		for (const entry of [...this.#set]) {
			if (entry.delay > delayMax || !this.#set.delete(entry)) continue;
			entry.run();
		}
	}
}

async function connected(rig: Rig): Promise<{ client: BybitClient; hand: Hand; events: BybitEvent[] }> {
	const endpoints = resolveEndpoints("testnet", rig.sim.addresses);
	assert.ok(endpoints.ok);
	const hand = new Hand();
	const events: BybitEvent[] = [];
	const client = new BybitClient({
		endpoints: endpoints.value,
		credentials: { key: { reveal: () => KEY }, secret: { reveal: () => SECRET } },
		clock: rig.sim.clock,
		timers: hand,
		random: () => 0.5,
		onEvent: (event) => events.push(event),
		paced: false,
	});
	afterwards(() => client.close());
	assert.ok((await client.start()).ok);
	await until(() => events.filter((event) => event.kind === "topic" && event.up).length >= 4 && client.tradeReady);
	return { client, hand, events };
}

const ORDER: CreateOrder = {
	symbol: "BTCUSDT",
	side: "Buy",
	orderType: "Limit",
	qty: "0.1",
	price: "19000",
	timeInForce: "GTC",
	orderLinkId: "a",
};

test("an order whose answer is lost is ambiguous for our client, and stands at the exchange", async () => {
	const rig = await standing();
	const { client, hand } = await connected(rig);
	rig.sim.control.inject({ fault: "lost-answer", count: 1 });
	const answer = client.place(ORDER);
	await until(() => rig.sim.control.count() > 0);
	hand.fire(10_000);
	const lost = await answer;
	assert.deepEqual(!lost.ok && [lost.error.kind, lost.error.ambiguous], ["timeout", true]);
	assert.deepEqual(await openIds(rig), ["a"]);
});

test("a proxy's page is ambiguous for a write, a spoilt frame is malformed, and neither stops our client", async () => {
	const rig = await standing();
	const { client, events } = await connected(rig);
	rig.sim.control.inject({ fault: "http-error", endpoint: "/v5/order/create", done: true, count: 1 });
	const page = await client.rest.placeOrder(ORDER);
	assert.deepEqual(!page.ok && [page.error.kind, page.error.httpStatus, page.error.ambiguous], ["http", 502, true]);
	rig.sim.control.inject({ fault: "broken-json", topic: "order", count: 1 });
	assert.ok((await client.place({ ...ORDER, orderLinkId: "b" })).ok);
	await until(() => events.some(({ kind }) => kind === "malformed"));
	assert.ok((await client.place({ ...ORDER, orderLinkId: "c" })).ok);
	await until(() => events.some((event) => event.kind === "order" && event.order.orderLinkId === "c"));
});

test("after a restart our client comes back on every line and hears of its orders again", async () => {
	const rig = await standing();
	const { client, hand, events } = await connected(rig);
	rig.sim.control.inject({ fault: "restart" });
	const count = (up: boolean): number => events.filter((event) => event.kind === "stream" && event.up === up).length;
	await until(() => count(false) >= 3);
	hand.fire(5000);
	await until(() => count(true) >= 6 && events.filter((event) => event.kind === "topic" && event.up).length >= 8);
	assert.ok((await client.place(ORDER)).ok);
	await until(() => events.some(({ kind }) => kind === "order"));
});
