// What the order management leaves alone: symbols that are no longer traded, and what others have on the account, however much of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledInstrument } from "../market/instrument.ts";
import { MINUTE } from "../units/unit.ts";
import type { Call } from "./call.ts";
import { Rig, START, SYMBOL, settings } from "./testing/rig.ts";
import { Trader } from "./trader.ts";

const OTHER = bundledInstrument("ETHUSDT")!; // bundled

test("what is left of a symbol that is no longer traded is neither asked for nor judged (I3)", () => {
	const rig = new Rig();
	rig.long();
	assert.ok(rig.paper.saved?.oms.intents.some(({ purpose }) => purpose === "take_profit"));
	const one = settings("r2");
	const calls: Call[] = [];
	const trader = new Trader({
		settings: { ...one, symbols: one.symbols.map((symbol) => ({ ...symbol, instrument: OTHER })) },
		memory: undefined,
		send: (call) => calls.push(call),
		onNote: () => {},
		onStop: (why) => assert.fail(why),
		terms: { late: 7000, every: MINUTE, runs: ["r1"] },
	});
	trader.begin(rig.paper.saved, rig.now);
	for (let now = rig.now; now < rig.now + 3 * MINUTE; now += 1000) {
		trader.take({ kind: "time" }, now);
		for (const { id, kind } of calls.splice(0)) {
			assert.notEqual(kind, "find");
			trader.take({ kind: "answer", answer: { id, ok: false, fault: { class: "retry", code: 0, reason: "away", what: kind } } }, now);
		}
	}
	assert.equal(trader.oms.live, 0);
});

test("what others have is told once, though they have placed thousands of orders meanwhile", () => {
	const rig = new Rig();
	const byHand = (count: number) =>
		rig.order({
			at: START,
			symbol: SYMBOL,
			orderId: `hand${count}`,
			linkId: "",
			side: "buy",
			status: "New",
			qty: OTHER.minQty,
			filled: OTHER.minQty,
			price: undefined,
			triggerPrice: undefined,
			isProtection: false,
			reason: "",
		});
	byHand(0);
	for (let count = 1; count <= 5000; count++) {
		byHand(count);
		byHand(0); // stands all the while
	}
	assert.equal(rig.said("difference").filter(({ text }) => text.includes("hand0:")).length, 1);
	assert.equal(rig.differences.length, 5001);
	byHand(1); // seen last 4999 orders ago
	assert.equal(rig.differences.length, 5002);
});
