// Laws of the faults: the same seed strikes the same, and a healed exchange and a client that asks it anew agree.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Rig } from "../testing/rig.ts";
import { buy, CREATE, openIds, rawPost, resting, standing } from "../testing/standing.ts";
import type { FaultInput } from "./scenario.ts";

const MIXED: readonly FaultInput[] = [
	{ fault: "server-error", op: "order.create", chance: "1 in 5" },
	{ fault: "server-timeout", op: "order.create", chance: "1 in 4", done: true },
	{ fault: "lost-answer", how: "reset", chance: "1 in 6" },
	{ fault: "lost-message", topic: "order", chance: [1, 3] },
	{ fault: "doubled-message", topic: "execution", chance: "1 in 2" },
	{ fault: "nulls", topic: "position", chance: "1 in 3" },
	{ fault: "late-message", topic: "wallet", delay: "30s", chance: "1 in 2" },
	{ fault: "cut", stream: "private", every: "10m", chance: "1 in 3" },
	{ fault: "price-jump", percent: 1, every: "7m", chance: "1 in 2", symbol: "BTCUSDT" },
];

/** Twenty orders, some at market, some resting, a minute apart. */
async function trade(rig: Rig, moves: readonly boolean[]): Promise<void> {
	for (const [i, market] of moves.entries()) {
		const order = market ? buy(`o-${i}`, { qty: "0.01", side: i % 3 === 0 ? "Sell" : "Buy" }) : resting(`o-${i}`);
		await rawPost(rig, CREATE, order).catch(() => undefined);
		await rig.sim.control.step({ ms: 60_000 });
	}
}

async function logOf(seed: string): Promise<string> {
	const rig = await standing(MIXED, { faultSeed: seed });
	await rig.account();
	await trade(
		rig,
		Array.from({ length: 20 }, (_, i) => i % 2 === 0),
	);
	const log = JSON.stringify(rig.sim.control.log);
	await rig.close();
	return log;
}

test("the same seed strikes the same, another one otherwise", async () => {
	const [first, again, other] = [await logOf("a"), await logOf("a"), await logOf("b")];
	assert.equal(first, again);
	assert.notEqual(first, other);
	assert.ok((JSON.parse(first) as unknown[]).length > 10);
});

test("after heal, a client that asks anew agrees with the exchange on orders, position and wallet", async () => {
	await fc.assert(
		fc.asyncProperty(fc.string({ maxLength: 5 }), fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (seed, moves) => {
			const rig = await standing(MIXED, { faultSeed: seed });
			await rig.account();
			await trade(rig, moves);
			rig.sim.control.heal();
			const truth = rig.sim.control.state();
			const { position, orders } = truth.symbols.BTCUSDT ?? { position: null, orders: [] };
			assert.deepEqual([truth.held, truth.faults, truth.clock.skew], [0, [], 0]);
			assert.deepEqual((await openIds(rig)).toSorted(), orders.map((order) => order.orderLinkId).toSorted());
			const [row] = await rig.list("/v5/position/list", { category: "linear", symbol: "BTCUSDT" });
			assert.deepEqual([row?.side, row?.size], [position?.side ?? "", position?.size ?? "0"]);
			const [wallet] = await rig.list("/v5/account/wallet-balance", { accountType: "UNIFIED" });
			const coins = wallet?.coin as { walletBalance: string }[] | undefined; // a wallet row's coins
			assert.equal(coins?.[0]?.walletBalance, truth.wallet);
			const account = await rig.account();
			await rig.done(CREATE, resting("after"));
			await account.next(({ topic }) => topic === "order");
			await rig.close();
		}),
		{ numRuns: 15 },
	);
});
