// The transaction log as a client reads it: every change of the wallet is a row, and the rows lead from the first balance to the last.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addUsdt, parseUsdt } from "../units/grid.ts";
import { DAY, MINUTE, type Usdt } from "../units/unit.ts";
import { type Json, type Rig, TERMS } from "./testing/rig.ts";
import { buy, CREATE, standing } from "./testing/standing.ts";

function money(text: unknown): Usdt {
	const sign = String(text).startsWith("-");
	const amount = parseUsdt(String(text).replace("-", ""));
	assert.ok(amount !== undefined, `an amount: ${String(text)}`);
	return (sign ? -amount : amount) as Usdt; // the same amount, signed
}

/** The whole log, oldest first, a page of seven at a time. */
async function logOf(rig: Rig, query: Record<string, string> = {}): Promise<Json[]> {
	const rows: Json[] = [];
	let cursor = "";
	do {
		const page = await rig.get("/v5/account/transaction-log", { limit: "7", ...query, ...(cursor === "" ? {} : { cursor }) });
		rows.push(...(page.result.list as Json[]));
		cursor = String(page.result.nextPageCursor);
	} while (cursor !== "");
	return rows.reverse();
}

async function balanceOf(rig: Rig): Promise<unknown> {
	const [wallet] = await rig.list("/v5/account/wallet-balance", { accountType: "UNIFIED" });
	return wallet?.totalWalletBalance;
}

const STEPS = fc.oneof(
	fc.record({ kind: fc.constant("trade" as const), side: fc.constantFrom("Buy", "Sell"), steps: fc.integer({ min: 1, max: 200 }) }),
	fc.record({ kind: fc.constant("price" as const), price: fc.integer({ min: 12_000, max: 30_000 }) }),
	fc.record({ kind: fc.constant("transfer" as const), cents: fc.integer({ min: -500_000, max: 500_000 }).filter((cents) => cents !== 0) }),
	fc.record({ kind: fc.constant("funding" as const) }),
	fc.record({ kind: fc.constant("deleverage" as const) }),
);

type Step = typeof STEPS extends fc.Arbitrary<infer T> ? T : never;

async function take(rig: Rig, step: Step): Promise<void> {
	const { control } = rig.sim;
	switch (step.kind) {
		case "trade":
			await rig.post(CREATE, buy("", { side: step.side, qty: String(step.steps / 1000) }));
			return;
		case "price":
			return control.setPrice("BTCUSDT", step.price);
		case "transfer":
			try {
				control.transfer(step.cents / 100);
			} catch (error) {
				assert.match(String(error), /amount/, "what is bound does not leave");
			}
			return;
		case "funding":
			control.inject({ fault: "funding-now" });
			await control.step({ ms: MINUTE });
			return;
		case "deleverage":
			control.inject({ fault: "deleverage", symbol: "BTCUSDT", percent: 50 });
	}
}

test("the wallet is what it began with and the sum of the transaction log, and each row leaves the balance it says (D2)", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(STEPS, { minLength: 1, maxLength: 15 }), async (steps) => {
			const rig = await standing();
			const account = await rig.account();
			for (const step of steps) await take(rig, step);
			let balance = TERMS.balance;
			const rows = await logOf(rig, { startTime: String(rig.sim.clock.now() - DAY), endTime: String(rig.sim.clock.now()) });
			for (const row of rows) {
				const paid = money(row.fee);
				const funding = row.funding === "" ? 0 : money(row.funding);
				assert.equal(money(row.change), money(row.cashFlow) + funding - paid, JSON.stringify(row));
				balance = addUsdt(balance, money(row.change));
				assert.equal(money(row.cashBalance), balance, JSON.stringify(row));
			}
			assert.equal(money(await balanceOf(rig)), balance);
			assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
			const told = account.topic("wallet").flatMap((frame) => frame.data as Json[]);
			if (told.length > 0) assert.equal(money(told.at(-1)?.totalWalletBalance), balance);
			await rig.close();
		}),
		{ numRuns: 25 },
	);
});

test("money comes in and goes out as a row of the log and a wallet frame; what a position binds stays (D2)", async () => {
	const rig = await standing();
	const account = await rig.account();
	rig.sim.control.transfer(250.5);
	rig.sim.control.transfer(-100);
	const frames = [await account.next(({ topic }) => topic === "wallet"), await account.next(({ topic }) => topic === "wallet")];
	assert.deepEqual(
		frames.map(({ data }) => (data as Json[])[0]?.totalWalletBalance),
		["10250.5", "10150.5"],
	);
	const [last, first] = await rig.list("/v5/account/transaction-log", {});
	assert.deepEqual([first?.type, first?.change, first?.cashBalance], ["TRANSFER_IN", "250.5", "10250.5"]);
	assert.deepEqual([last?.type, last?.cashFlow, last?.fee, last?.side, last?.symbol], ["TRANSFER_OUT", "-100", "0", "None", ""]);
	assert.equal((await logOf(rig, { type: "TRANSFER_IN" })).length, 1);
	assert.deepEqual(await logOf(rig, { category: "linear" }), []);
	await rig.done(CREATE, buy("a"));
	assert.throws(() => rig.sim.control.transfer(-9900), /amount/);
	for (const amount of [0, Number.NaN, 1e9]) assert.throws(() => rig.sim.control.transfer(amount), /amount: expected/);
});
