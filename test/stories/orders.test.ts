// Stories of single orders over real sockets: the bot as it runs, at a simulated exchange that loses, doubles, delays and refuses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TERMS } from "../../src/simserver/testing/rig.ts";
import { roundUsdt } from "../../src/units/grid.ts";
import { MINUTE } from "../../src/units/unit.ts";
import { LiveRig } from "../support/live-rig.ts";
import { STRATEGY, SYMBOL } from "../support/rig-bot.ts";

const UP = [20_100, 20_100, 20_100, 20_100, 20_100, 20_100];

test("an order that was accepted though the answer was lost is found, protected, and not sent again (D5, J2)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	rig.inject({ fault: "lost-answer", op: "order.create", count: 1 });
	await rig.stepThrough(2 * MINUTE, "lost-answer");
	await rig.minutes(3);
	assert.deepEqual([rig.position, await rig.executed(), rig.resting], ["long 0.1", ["Buy 0.1"], ["Sell 0.05"]]);
	assert.equal(rig.exposed, false);
	rig.assertAgrees();
});

test("an order that never arrived leaves the bot flat, and its episode sends no other (D5, J2)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	rig.inject({ fault: "lost-request", op: "order.create", count: 1 });
	await rig.stepThrough(2 * MINUTE, "lost-request");
	await rig.minutes(3);
	assert.deepEqual([rig.position, await rig.executed(), rig.resting, rig.bot.trader.oms.live], ["flat", [], [], 0]);
	rig.assertAgrees();
});

test("an entry that is filled before its acknowledgement is booked once", async () => {
	const rig = await LiveRig.open({ closes: UP });
	rig.inject({ fault: "late-answer", op: "order.create", delay: 3000, count: 1 });
	await rig.stepLoosely(3 * MINUTE);
	assert.equal(rig.sim.control.count("late-answer"), 1);
	assert.deepEqual([rig.position, await rig.executed(), rig.resting], ["long 0.1", ["Buy 0.1"], ["Sell 0.05"]]);
	assert.equal(rig.said("entered").length, 1);
	rig.assertAgrees();
});

test("messages that come twice, out of order, or never, and a line that is cut leave the same position", async () => {
	for (const fault of ["doubled-message", "reordered-message", "lost-message"] as const) {
		const rig = await LiveRig.open({ closes: [...UP, 19_950, 19_950, 19_950, 19_950] });
		for (const topic of ["execution", "order", "position", "wallet"]) rig.inject({ fault, topic });
		await rig.minutes(4);
		assert.ok(rig.sim.control.count(fault) > 0, fault);
		rig.inject({ fault: "cut", stream: "private", at: "+0s" });
		await rig.step(0);
		rig.hand.fire(5000);
		await rig.minutes(6);
		assert.deepEqual(await rig.executed(), ["Buy 0.1", "Sell 0.1", "Sell 0.1"], fault);
		assert.deepEqual([rig.position, rig.said("entered").length, rig.said("flat").length], ["short 0.1", 2, 1], fault);
		rig.assertAgrees();
	}
});

test("a stop that vanishes after the fill is set again at once (D4)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	rig.inject({ fault: "stop-vanishes", topic: "execution", count: 1 });
	await rig.minutes(2);
	await rig.step(MINUTE / 2);
	assert.equal(rig.sim.control.count("stop-vanishes"), 1);
	assert.deepEqual([rig.really, await rig.executed()], ["long 0.1 stop 19901.1", ["Buy 0.1"]]);
	await rig.minutes(1);
	assert.equal(rig.bot.trader.oms.exposedSince(SYMBOL), undefined);
	rig.assertAgrees();
});

test("a stop that vanishes after the fill and is refused closes the position at once (D4)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	rig.inject({ fault: "stop-vanishes", topic: "execution", count: 1 });
	rig.inject({ fault: "stop-refused" });
	await rig.minutes(2);
	await rig.step(MINUTE / 2);
	assert.deepEqual([rig.position, rig.really, rig.resting], ["flat", "flat", []]);
	assert.deepEqual(await rig.executed(), ["Buy 0.1", "Sell 0.1"]);
	assert.deepEqual(
		rig.said("exited").map(({ reason }) => reason),
		["stop_loss"],
	);
	rig.assertAgrees();
});

test("a half-filled limit entry is cancelled and closed when the signal turns", async () => {
	const rig = await LiveRig.open({
		closes: [20_100, 20_099.9, 19_950, 19_950, 19_950],
		simulation: { liquidity: "book", terms: { ...TERMS, balance: roundUsdt(1_000_000) } },
		config: {
			strategy: { ...STRATEGY, entry: { order: "limit", reprice_ticks: 100_000, timeout_s: 3600 } },
			size: { mode: "fixed", value: 200_000 },
			risk: { max_loss_pct: null, max_symbol_notional: null, max_total_notional: null },
		},
	});
	await rig.step(3 * MINUTE); // the market trades 2.5 every quarter of a minute, and it asks for 30
	assert.deepEqual([rig.position, rig.resting], ["long 5", ["Buy 29.85", "Sell 2.5"]]);
	assert.equal(rig.exposed, false);
	await rig.step(MINUTE); // it falls
	assert.deepEqual([rig.position, rig.really, rig.resting], ["flat", "flat", []]);
	assert.deepEqual(new Set(rig.said("exited").map(({ reason }) => reason)), new Set(["opposite_signal"]));
	await rig.step(MINUTE);
	assert.match(rig.resting.join(), /^Sell 30/, "the other side is entered as usual");
	rig.assertAgrees();
});

test("TP1 and stop in the same instant leave the bot flat and nothing at the exchange", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.long();
	rig.sim.control.setPrice(SYMBOL, 20_800);
	rig.sim.control.setPrice(SYMBOL, 19_000);
	await rig.step(MINUTE / 4);
	assert.deepEqual([rig.position, rig.really, rig.resting], ["flat", "flat", []]);
	assert.deepEqual(await rig.executed(), ["Buy 0.1", "Sell 0.05", "Sell 0.05"]);
	assert.deepEqual(
		rig
			.said("exited")
			.map(({ reason }) => reason)
			.sort(),
		["stop_loss", "take_profit"],
	);
	rig.assertAgrees();
});

test("an exit that meets the rate limit is neither lost nor doubled (D5)", async () => {
	const rig = await LiveRig.open({ closes: [...UP.slice(0, 2), 19_950, 19_950, 19_950, 19_950] });
	await rig.long();
	rig.inject({ fault: "rate-limited", op: "order.create", count: 2 });
	await rig.minutes(4);
	assert.equal(rig.sim.control.count("rate-limited"), 2);
	assert.deepEqual([rig.position, await rig.executed()], ["short 0.1", ["Buy 0.1", "Sell 0.1", "Sell 0.1"]]);
	assert.equal(rig.bot.engine.halted, undefined);
	rig.assertAgrees();
});

test("an exit while every question meets an address ban is sent once, and booked from the stream (D5)", async () => {
	const rig = await LiveRig.open({ closes: [...UP.slice(0, 2), 19_950, 19_950, 19_950, 19_950] });
	await rig.long();
	for (const endpoint of ["/v5/position/list", "/v5/order/realtime", "/v5/execution/list", "/v5/account/wallet-balance"])
		rig.inject({ fault: "ip-ban", endpoint });
	await rig.minutes(2);
	assert.ok(rig.sim.control.count("ip-ban") > 0);
	assert.deepEqual([rig.position, rig.said("exited").length], ["flat", 1]);
	rig.sim.control.heal();
	assert.deepEqual(await rig.executed(), ["Buy 0.1", "Sell 0.1"]);
	await rig.minutes(2);
	rig.assertAgrees();
});

test("a TP1 that a person cancels is aimed anew, and one of an id that nothing wants is cancelled", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.long();
	const [target] = rig.sim.control.state().symbols[SYMBOL]!.orders.filter(({ stopOrderType }) => stopOrderType === "Stop");
	await rig.exchange.done("/v5/order/cancel", { category: "linear", symbol: SYMBOL, orderId: target?.orderId });
	await rig.byHand({ side: "Buy", orderType: "Limit", qty: "0.01", price: "15000", orderLinkId: `aw-life1-${SYMBOL}-999` });
	await rig.minutes(3);
	assert.deepEqual([rig.resting, rig.position], [["Sell 0.05"], "long 0.1"]);
	assert.deepEqual(
		rig.said("difference").map(({ name }) => name),
		["stray order"],
	);
	rig.assertAgrees();
});
