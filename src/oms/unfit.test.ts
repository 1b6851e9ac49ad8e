// A symbol whose rules have changed, or whose trading has ended, is held back by word from outside: as a doubt that no reading ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MINUTE } from "../units/unit.ts";
import { Rig, SYMBOL } from "./testing/rig.ts";

const WHY = "its price step has changed";

function heldBack(rig: Rig, why: string | undefined): void {
	rig.event({ kind: "doubt", at: rig.now, symbol: SYMBOL, why });
}

test("nothing is opened on a symbol that is held back, however often the account agrees, until it is let go (I7)", () => {
	const rig = new Rig();
	heldBack(rig, WHY);
	assert.deepEqual(rig.said("doubted"), [{ what: "doubted", why: WHY }]);
	rig.pass(5 * MINUTE);
	assert.equal(rig.trader.oms.doubtOf(SYMBOL), WHY);
	rig.minute(20_100);
	rig.minute(20_110);
	assert.equal(rig.placed.length, 0);
	heldBack(rig, undefined);
	rig.pass(3 * MINUTE);
	rig.minute(20_120);
	assert.equal(rig.placed[0]?.startsWith("entry buy"), true);
});

test("another doubt beside it ends, and it is still held back; a person's word does not let it go, the next life does (I7)", () => {
	const rig = new Rig();
	rig.shown.balance = (rig.shown.balance - 500_000_000) as typeof rig.shown.balance; // 5 USDT that nothing explains
	rig.tellWallet();
	rig.pass(10 * MINUTE);
	assert.match(rig.trader.oms.doubtOf(SYMBOL) ?? "", /balance|wallet/);
	heldBack(rig, WHY);
	rig.event({ kind: "operator", at: rig.now, wish: "resume" });
	rig.pass(2 * MINUTE);
	assert.equal(rig.trader.oms.doubtOf(SYMBOL), WHY);
	rig.restart(1000);
	rig.pass(MINUTE);
	rig.assertAgrees();
});

test("a position of a symbol that is held back keeps its stop, and is closed by it (I7)", () => {
	const rig = new Rig();
	rig.long();
	heldBack(rig, WHY);
	rig.pass(5 * MINUTE);
	assert.equal(rig.really, "long 0.1 stop 19899");
	rig.shown.stop = undefined; // somebody takes it away
	rig.pass(2 * MINUTE);
	assert.equal(rig.really, "long 0.1 stop 19899", "and it is set again");
});

test("the whole account is read when it is asked for (G2, I7)", () => {
	const rig = new Rig();
	rig.pass(10_000);
	const readings = rig.count("account");
	rig.trader.oms.read();
	rig.take({ kind: "time" });
	assert.equal(rig.count("account"), readings + 1);
	assert.equal(rig.trader.oms.agreedAt, rig.now);
});
