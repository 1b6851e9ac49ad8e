// Stories of single orders that have cost other bots money, in process: what the exchange did, what of it the bot was told, and that
// it ends where the exchange is, with every order sent once and every fill booked once.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fill } from "../orders/fill.ts";
import { MINUTE } from "../units/unit.ts";
import { grid, Rig, SYMBOL } from "./testing/rig.ts";

const LONG = "long 0.1 stop 19899";
const ENTRY = "entry buy 0.1";
const TARGET = "target sell 0.05 at 20703";
const EXIT = "exit sell 0.1";

test("an order that was accepted though the answer was lost is found by its id, and never sent again (D5, J2)", () => {
	const rig = new Rig();
	rig.hold("place");
	rig.minute(20_100);
	const call = rig.asked("place");
	rig.shown.accept(call.order);
	rig.shown.fill(call.order.linkId, { price: 20_100 });
	rig.release("place");
	rig.fail(call, { class: "ambiguous", reason: "no answer within 10000 ms" });
	assert.equal(rig.count("find"), 1);
	assert.deepEqual([rig.position, rig.placed], ["long 0.1", [ENTRY, TARGET]]);
	rig.execution(rig.shown.executions[0]!); // the stream brings it after all
	rig.pass(5 * MINUTE);
	assert.deepEqual([rig.really, rig.placed], [LONG, [ENTRY, TARGET]]);
	rig.assertAgrees();
});

test("an order that never arrived is given up only when it can arrive no more, and its episode sends no other (D5, J2)", () => {
	const rig = new Rig();
	rig.hold("place");
	rig.minute(20_100);
	rig.fail(rig.asked("place"), { class: "ambiguous" });
	rig.pass(6900);
	assert.equal(rig.trader.engine.machine(SYMBOL).phase, "entering", "the receive window is not over");
	rig.pass(3000);
	assert.deepEqual([rig.trader.engine.machine(SYMBOL).phase, rig.trader.oms.live], ["flat", 0]);
	assert.deepEqual(rig.said("refused")[0]?.why, "it never arrived at the exchange");
	rig.minute(20_100);
	assert.deepEqual(rig.placed, [ENTRY]);
	rig.assertAgrees();
});

test("an entry that was filled before it was acknowledged is booked once", () => {
	const rig = new Rig();
	rig.hold("place");
	rig.minute(20_100);
	const call = rig.asked("place");
	rig.shown.accept(call.order);
	const fill = rig.shown.fill(call.order.linkId, { price: 20_100 });
	rig.release("place");
	rig.execution(fill);
	assert.deepEqual([rig.position, rig.placed], ["long 0.1", [ENTRY, TARGET]]);
	rig.order(rig.shown.order(call.order.linkId));
	rig.answer(call);
	rig.pass(5000);
	assert.deepEqual([rig.position, rig.really, rig.count("find")], ["long 0.1", LONG, 0]);
	rig.assertAgrees();
});

for (const standsFor of [2000, 10 * MINUTE])
	test(`TP1 that vanishes at the moment it fills, after ${standsFor / 1000} s, is not aimed a second time`, () => {
		const rig = new Rig();
		rig.long();
		rig.pass(standsFor);
		const { linkId } = rig.shown.open[0]!;
		const gone = rig.shown.order(linkId);
		rig.shown.orders.delete(linkId); // neither among the open ones nor in the history, and no execution yet
		rig.line(false);
		rig.line(true);
		rig.pass(20_000);
		assert.ok(rig.count("find") > 3, "it is looked for");
		assert.deepEqual([rig.position, rig.placed], ["long 0.1", [ENTRY, TARGET]]);
		rig.shown.orders.set(linkId, gone);
		rig.execution(rig.shown.fill(linkId, { price: 20_703 }));
		rig.pass(2 * MINUTE);
		assert.deepEqual(
			rig.said("exited").map(({ reason, qty }) => [reason, qty]),
			[["take_profit", 0.05]],
		);
		assert.deepEqual([rig.position, rig.placed, rig.shown.open], ["long 0.05", [ENTRY, TARGET], []]);
		rig.assertAgrees();
	});

test("executions told twice, before and after a reconnect and by REST, are booked once", () => {
	const rig = new Rig();
	rig.long();
	const [fill] = rig.shown.executions;
	assert.ok(fill !== undefined);
	rig.execution(fill);
	rig.line(false);
	rig.pass(3000); // polled meanwhile, with the same execution in the list
	rig.line(true);
	rig.execution(fill);
	rig.pass(2 * MINUTE);
	rig.execution(fill);
	assert.equal(rig.said("entered").length, 1);
	assert.equal(rig.position, "long 0.1");
	rig.assertAgrees();
});

test("an execution doubled over a restart is booked once, too", () => {
	const rig = new Rig();
	rig.long();
	rig.restart(30_000);
	rig.execution(rig.shown.executions[0]!);
	rig.pass(5000);
	assert.deepEqual([rig.position, rig.said("entered").length], ["long 0.1", 1]);
	rig.assertAgrees();
});

test("a stop that was removed after the fill is set again within a look, and the seconds without it are told (D4)", () => {
	const rig = new Rig();
	rig.long();
	rig.shown.stop = undefined;
	rig.tellPosition();
	assert.deepEqual([rig.really, rig.differences], [LONG, ["no stop"]]);
	rig.pass(1000);
	assert.equal(rig.said("unprotected").length, 1);
	assert.deepEqual([rig.position, rig.trader.oms.exposedSince(SYMBOL)], ["long 0.1", undefined]);
	rig.assertAgrees();
});

test("a stop whose removal nobody told is missed by the regular reading", () => {
	const rig = new Rig();
	rig.long();
	rig.shown.stop = undefined;
	rig.pass(MINUTE);
	assert.equal(rig.really, LONG);
	rig.assertAgrees();
});

test("a position whose stop is refused is closed at once, and the seconds without a stop are told (D4)", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("protect");
	rig.shown.stop = undefined;
	rig.tellPosition();
	rig.pass(700);
	rig.fail(rig.asked("protect"), { class: "refused", code: 10001, reason: "can not set tp/sl/ts for zero position" });
	assert.deepEqual([rig.position, rig.placed.at(-1)], ["flat", EXIT]);
	rig.pass(2000);
	assert.deepEqual(
		rig.said("exited").map(({ reason }) => reason),
		["stop_loss"],
	);
	const [told] = rig.said("unprotected");
	assert.ok(told !== undefined && told.seconds >= 0.7 && told.seconds < 3, `${told?.seconds}`);
	assert.deepEqual(rig.shown.open, []);
	rig.assertAgrees();
});

test("a position whose stop is asked for in vain for ten seconds is closed", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("protect");
	rig.shown.stop = undefined;
	rig.tellPosition();
	for (let second = 0; second < 12 && rig.position !== "flat"; second++) {
		if (rig.waits("protect") > 0) rig.fail(rig.asked("protect"), { class: "ambiguous" });
		rig.pass(1000);
	}
	rig.pass(3000);
	assert.deepEqual([rig.position, rig.placed.at(-1), rig.said("unprotected").length], ["flat", EXIT, 1]);
	rig.assertAgrees();
});

test("a stop that a person moves is put back", () => {
	const rig = new Rig();
	rig.long();
	rig.shown.stop = grid.nearestTick(15_000);
	rig.tellPosition();
	rig.pass(MINUTE);
	assert.deepEqual([rig.really, rig.differences], [LONG, ["stop differs"]]);
	rig.assertAgrees();
});

test("a stop that cannot be moved for some seconds is moved afterwards, and the hiccup stops nobody (D4, D5)", () => {
	const rig = new Rig({ trailing: { activation: 0, distance: 0.005 } });
	rig.long();
	rig.hold("protect");
	rig.tick(20_300);
	for (let ms = 0; ms < 4000; ms += 100) {
		while (rig.waits("protect") > 0) rig.fail(rig.asked("protect"), { class: "ambiguous", code: 10016, reason: "Request timeout" });
		rig.pass(100);
	}
	assert.deepEqual([rig.position, rig.trader.engine.halted], ["long 0.1", undefined]);
	rig.release("protect");
	rig.pass(5000);
	assert.equal(rig.really, "long 0.1 stop 20199.5");
	assert.equal(rig.trader.engine.halted, undefined);
	rig.assertAgrees();
});

test("a half-filled limit entry is cancelled and closed when the signal turns, with what filled on the way", () => {
	const rig = new Rig({ entry: { order: "limit" } });
	rig.minute(20_100);
	const { linkId } = rig.shown.open[0]!;
	rig.execution(rig.shown.fill(linkId, { price: 20_100, qty: 0.05 }));
	rig.order(rig.shown.order(linkId));
	rig.pass(2000);
	assert.deepEqual([rig.position, rig.placed], ["long 0.05", ["entry buy 0.1 at 20100", "target sell 0.025 at 20703"]]);
	rig.hold("cancel");
	rig.minute(19_900); // one cancellation for the entry, and the exit for what has filled
	assert.deepEqual([rig.position, rig.placed.at(-1)], ["flat", "exit sell 0.05"]);
	const late = rig.shown.fill(linkId, { price: 20_100, qty: 0.02 }); // it fills on before it is cancelled
	rig.execution(late);
	assert.equal(rig.position, "long 0.02");
	rig.release("cancel");
	rig.tick(19_900);
	rig.pass(2000);
	assert.deepEqual([rig.position, rig.really], ["flat", "flat"]);
	assert.deepEqual(
		rig.placed.filter((text) => text.startsWith("exit")),
		["exit sell 0.05", "exit sell 0.02"],
	);
	assert.deepEqual(rig.shown.open, []);
	rig.assertAgrees();
	rig.minute(19_900);
	assert.equal(rig.placed.at(-1)?.startsWith("entry sell"), true, "the other side is entered as usual");
});

for (const first of ["target", "stop"] as const)
	test(`TP1 and stop in the same instant, the ${first} told first, leave the bot flat with nothing behind it`, () => {
		const rig = new Rig({ afterTp1: "breakeven" });
		rig.long();
		const { linkId } = rig.shown.open[0]!;
		const target = rig.shown.fill(linkId, { price: 20_703 });
		const stop = rig.shown.fillElse({ side: "sell", qty: 0.05, price: 19_890, cause: "stopLoss" });
		for (const fill of first === "target" ? [target, stop] : [stop, target]) rig.execution(fill);
		rig.order(rig.shown.order(linkId));
		rig.tellPosition();
		rig.pass(2 * MINUTE);
		assert.deepEqual([rig.position, rig.really, rig.shown.open], ["flat", "flat", []]);
		assert.deepEqual(
			rig.placed.filter((text) => text.startsWith("entry")),
			[ENTRY],
		);
		assert.deepEqual(
			rig
				.said("exited")
				.map(({ reason, qty }) => `${reason} ${qty}`)
				.sort(),
			["stop_loss 0.05", "take_profit 0.05"],
		);
		assert.equal(rig.said("flat").length, 1);
		rig.assertAgrees();
	});

test("the stop takes all before TP1 does: TP1 is cancelled, and its end by reduce-only is no surprise", () => {
	const rig = new Rig();
	rig.long();
	const { linkId } = rig.shown.open[0]!;
	rig.shown.end(linkId, "Cancelled", "CancelByReduceOnly");
	rig.execution(rig.shown.fillElse({ side: "sell", qty: 0.1, price: 19_890, cause: "stopLoss" }));
	rig.order(rig.shown.order(linkId));
	rig.pass(2 * MINUTE);
	assert.deepEqual([rig.position, rig.placed, rig.trader.oms.live], ["flat", [ENTRY, TARGET], 0]);
	rig.assertAgrees();
});

test("an exit that is turned away for the rate limit is sent again, neither lost nor doubled (D5)", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("place");
	rig.minute(19_900);
	for (let attempt = 1; attempt <= 3; attempt++) {
		assert.equal(rig.waits("place"), 1, `attempt ${attempt}: one at a time`);
		rig.fail(rig.asked("place"), { class: "retry", code: 10006, reason: "Too many visits." });
		for (let i = 0; i < 10; i++) {
			rig.pass(200);
			rig.tick(19_900);
		}
	}
	rig.release("place");
	rig.pass(1000);
	assert.deepEqual([rig.position, rig.really], ["flat", "flat"]);
	assert.deepEqual(
		rig.shown.executions.map((execution) => execution.kind === "fill" && execution.fill.qty),
		[100, 100],
	);
	const ids = rig.calls.flatMap((call) => (call.kind === "place" ? [call.order.linkId] : []));
	assert.equal(new Set(ids).size, ids.length, "each attempt has an id of its own");
	assert.equal(rig.trader.engine.halted, undefined);
	rig.assertAgrees();
});

test("a ban in the middle of an exit: nothing is heard of it, it is looked up, and closes once (D5)", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("place", "find", "position", "account", "ledger");
	rig.minute(19_900);
	const exit = rig.asked("place");
	rig.shown.accept(exit.order);
	rig.shown.fill(exit.order.linkId, { price: 19_900 });
	rig.fail(exit, { class: "ambiguous", reason: "the line broke" });
	for (let second = 0; second < 60; second++) {
		for (const kind of ["find", "position", "account", "ledger"] as const)
			while (rig.waits(kind) > 0) rig.fail(rig.asked(kind), { class: "retry", reason: "shut out" });
		rig.pass(1000);
		rig.tick(19_900);
	}
	assert.deepEqual([rig.position, rig.placed.at(-1)], ["long 0.1", EXIT], "what is not known is not concluded");
	rig.release("place", "find", "position", "account", "ledger");
	rig.pass(30_000);
	rig.tick(19_900);
	assert.deepEqual([rig.position, rig.really], ["flat", "flat"]);
	assert.equal(rig.placed.filter((text) => text.startsWith("exit")).length, 1);
	rig.assertAgrees();
});

test("a TP1 that a person cancels is aimed anew", () => {
	const rig = new Rig();
	rig.long();
	const { linkId } = rig.shown.open[0]!;
	rig.order(rig.shown.end(linkId, "Cancelled", "CancelByUser"));
	rig.pass(2 * MINUTE);
	assert.deepEqual(rig.placed, [ENTRY, TARGET, TARGET]);
	assert.deepEqual(rig.shown.open.length, 1);
	rig.assertAgrees();
});

test("a TP1 that a person moves or resizes is put back", () => {
	const rig = new Rig();
	rig.long();
	const [target] = rig.shown.open;
	assert.ok(target !== undefined);
	rig.shown.put({ ...target, qty: grid.floorToStep(0.02), triggerPrice: grid.nearestTick(21_000) });
	rig.pass(2 * MINUTE);
	const now = rig.shown.order(target.linkId);
	assert.deepEqual([now.qty, now.triggerPrice], [target.qty, target.triggerPrice]);
	assert.deepEqual(rig.differences, ["target differs"]);
	rig.assertAgrees();
});

test("a stray order with an id of this bot, of this run or a known one, is cancelled", () => {
	const rig = new Rig();
	rig.restart();
	for (const linkId of [`aw-r1-${SYMBOL}-77`, `aw-r2-${SYMBOL}-88`]) {
		const stray = rig.shown.put({ linkId, symbol: SYMBOL, qty: grid.floorToStep(0.01), price: grid.nearestTick(15_000) });
		rig.order(stray);
		rig.pass(3000);
		assert.equal(rig.shown.order(linkId).status, "Cancelled");
	}
	assert.deepEqual([rig.differences, rig.stopped], [["stray order", "stray order"], undefined]);
	rig.assertAgrees();
});

test("a fill is booked with its own price and fee, whatever part of it is told first", () => {
	const rig = new Rig({ entry: { order: "limit" } });
	rig.minute(20_100);
	const { linkId } = rig.shown.open[0]!;
	const parts = [rig.shown.fill(linkId, { price: 20_099, qty: 0.03 }), rig.shown.fill(linkId, { price: 20_100, qty: 0.07 })];
	rig.order(rig.shown.order(linkId)); // "Filled" comes before both
	for (const part of [...parts].reverse()) rig.execution(part);
	rig.pass(2 * MINUTE);
	assert.equal(rig.position, "long 0.1");
	const { cost } = rig.trader.engine.machine(SYMBOL).position;
	const values = parts.map((part) => (part as { fill: Fill }).fill.value);
	assert.equal(cost, values[0]! + values[1]!);
	rig.assertAgrees();
});
