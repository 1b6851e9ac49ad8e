// Guards and protection that need more than candles (spec §6, §8): a quote, a mark price, a stream, a clock, a venue that says no, a person.
// One step is a second. At a close of 20100 after one at 20000 the signal is long: 0.1, stop 19899, TP1 20703.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Rig, SYMBOL } from "../../support/rig.ts";

const LONG = "long 0.1 @ 20100 stop 19899";

test("an entry goes out when everything is open, with its stop and TP1 behind it (D4, E3)", () => {
	const rig = new Rig();
	rig.hour(20_100);
	assert.equal(rig.held, LONG);
	const [stop, target] = rig.venue.openOrders(SYMBOL);
	assert.deepEqual([stop?.stopOrderType, stop?.qty, stop?.trigger?.price], ["StopLoss", 100, 198_990]);
	assert.deepEqual([target?.stopOrderType, target?.qty, target?.trigger?.price, target?.reduceOnly], ["Stop", 50, 207_030, true]);
});

test("a spread above the limit keeps an entry out, and the episode stays unused (F5)", () => {
	// mid 20100: 0.1 % of it is 20.1
	for (const [bid, ask, out] of [
		[20_090, 20_110, false], // 0.0995 %
		[20_089.9, 20_110.1, true], // 0.1005 %
	] as const) {
		const rig = new Rig();
		rig.hour(20_100, { bid, ask });
		assert.equal(rig.held, out ? "flat" : LONG);
		assert.deepEqual(rig.skipped, out ? ["spread"] : []);
		rig.hour(20_100);
		assert.equal(rig.held, LONG, "the next evaluation of the same episode enters");
	}
});

test("a jump of the last prices within the window keeps an entry out (F5)", () => {
	// From 20520 to 20100 is 2.09 %: seen by the evaluation 59 seconds later, forgotten after 60.
	for (const [age, out] of [
		[59, true],
		[60, false],
	] as const) {
		const rig = new Rig();
		rig.now = rig.nextHour - (age + 1) * 1000;
		rig.tick(20_520);
		rig.hour(20_100);
		assert.deepEqual([rig.held, rig.skipped], out ? ["flat", ["jump"]] : [LONG, []]);
	}
});

test("without fresh market data, or with the clock off, there is no new entry until that is over (C1, A4)", () => {
	const rig = new Rig();
	rig.show({ kind: "feed", at: rig.now, symbol: SYMBOL, stale: true });
	rig.hour(20_100);
	rig.show({ kind: "clock", at: rig.now, off: true });
	rig.hour(20_100);
	rig.show({ kind: "feed", at: rig.now, symbol: SYMBOL, stale: false });
	rig.hour(20_100);
	assert.deepEqual([rig.held, rig.skipped], ["flat", ["stale", "clock", "clock"]]);
	rig.show({ kind: "clock", at: rig.now, off: false });
	rig.hour(20_100);
	assert.equal(rig.held, LONG);
});

test("last and mark price apart by more than the limit close the position at market (F6)", () => {
	// 2 % of a mark of 20000 is 400; the last price stays at 20100, the mark goes.
	for (const [mark, closed] of [
		[20_100, false],
		[19_706, false], // 394 ÷ 19706 = 1.9994 %
		[19_705, true], // 395 ÷ 19705 = 2.0046 %
	] as const) {
		const rig = new Rig();
		rig.hour(20_100);
		rig.tick(20_100, { mark });
		assert.deepEqual([rig.held, rig.exits], closed ? ["flat", ["guard"]] : [LONG, []]);
	}
});

test("so many failed calls in a row flatten and stop; one that succeeds begins the count anew (F4)", () => {
	const rig = new Rig();
	rig.hour(20_100);
	const call = (ok: boolean) => rig.show({ kind: "call", at: rig.now, ok, fatal: false, what: "POST /v5/order/create" });
	for (let i = 0; i < 4; i++) call(false);
	call(true);
	for (let i = 0; i < 4; i++) call(false);
	assert.deepEqual([rig.held, rig.engine.halted], [LONG, undefined]);
	call(false);
	assert.deepEqual([rig.held, rig.exits], ["flat", ["guard"]]);
	assert.match(rig.engine.halted ?? "", /^error streak/);
	assert.deepEqual(rig.venue.openOrders(SYMBOL), [], "nothing of the bot is left at the venue");
	rig.hour(20_000);
	rig.hour(20_100);
	assert.deepEqual([rig.held, rig.skipped], ["flat", ["halted"]]);
});

test("max_errors null never stops for failed calls, a fatal one always does (D6, F4)", () => {
	const rig = new Rig({ risk: { max_errors: null } });
	rig.hour(20_100);
	for (let i = 0; i < 100; i++) rig.show({ kind: "call", at: rig.now, ok: false, fatal: false, what: "timeout" });
	assert.equal(rig.held, LONG);
	rig.show({ kind: "call", at: rig.now, ok: false, fatal: true, what: "API key is invalid" });
	assert.equal(rig.held, "flat");
	assert.match(rig.engine.halted ?? "", /^fatal: API key is invalid/);
});

test("a pause lets positions be and opens none; a person who resumes lets the same episode enter (E4)", () => {
	const rig = new Rig();
	rig.show({ kind: "operator", at: rig.now, wish: "pause" });
	rig.hour(20_100);
	assert.deepEqual([rig.held, rig.skipped], ["flat", ["paused"]]);
	rig.show({ kind: "operator", at: rig.now, wish: "resume" });
	rig.hour(20_100);
	assert.equal(rig.held, LONG);
	rig.show({ kind: "operator", at: rig.now, wish: "pause" });
	rig.tick(20_050);
	assert.equal(rig.held, LONG);
});

test("a person's flatten closes everything, and nothing is opened until that person resumes (F4)", () => {
	const rig = new Rig();
	rig.hour(20_100);
	rig.show({ kind: "operator", at: rig.now, wish: "flatten" });
	assert.deepEqual([rig.held, rig.exits], ["flat", ["guard"]]);
	assert.match(rig.engine.halted ?? "", /^operator: /);
	assert.deepEqual(rig.venue.openOrders(SYMBOL), []);
	rig.hour(20_000);
	rig.hour(20_100);
	assert.deepEqual([rig.held, rig.skipped.at(-1)], ["flat", "halted"]);
	rig.show({ kind: "operator", at: rig.now, wish: "flatten" }); // once more, with nothing left
	rig.show({ kind: "operator", at: rig.now, wish: "resume" });
	rig.hour(20_000);
	rig.hour(20_100);
	assert.equal(rig.held, LONG);
});

test("a symbol that a person closes is closed alone, and nothing of it is opened until that person resumes (F4)", () => {
	const rig = new Rig();
	rig.hour(20_100);
	rig.show({ kind: "operator", at: rig.now, wish: "close", symbol: SYMBOL });
	assert.deepEqual([rig.held, rig.exits, rig.engine.halted, rig.engine.paused], ["flat", ["guard"], undefined, false]);
	assert.deepEqual(rig.venue.openOrders(SYMBOL), [], "nothing of the bot is left at the venue");
	rig.hour(20_000);
	rig.hour(20_100);
	assert.deepEqual([rig.held, rig.skipped.at(-1)], ["flat", "paused"]);
	const machine = rig.engine.machine(SYMBOL);
	assert.equal(machine.saved().held, true, "over a restart, too");
	assert.deepEqual(
		machine.guards(rig.now).filter(({ closed }) => closed),
		[{ name: "paused", closed: true, why: "paused by the operator" }],
	);
	rig.show({ kind: "operator", at: rig.now, wish: "resume" });
	rig.hour(20_000);
	rig.hour(20_100);
	assert.equal(rig.held, LONG);
});

test("after a halt a person resumes, and the peak starts anew at the equity of that moment (F7)", () => {
	const rig = new Rig();
	for (let i = 0; i < 5; i++) rig.show({ kind: "call", at: rig.now, ok: false, fatal: false, what: "timeout" });
	rig.show({ kind: "wallet", at: rig.now, balance: 8000e8 as never });
	assert.equal(rig.engine.peak, 10_000);
	rig.show({ kind: "operator", at: rig.now, wish: "resume" });
	assert.deepEqual([rig.engine.halted, rig.engine.peak], [undefined, 8000]);
	for (let i = 0; i < 4; i++) rig.show({ kind: "call", at: rig.now, ok: false, fatal: false, what: "timeout" });
	assert.equal(rig.engine.halted, undefined, "and so does the count of failed calls");
});

test("a position whose stop the venue refuses is closed, one whose stop stands already is not (D4)", () => {
	const rig = new Rig();
	rig.hour(20_100);
	rig.show({ kind: "unprotected", at: rig.now, symbol: SYMBOL, code: 34040, reason: "not modified" });
	assert.equal(rig.held, LONG);
	rig.show({
		kind: "unprotected",
		at: rig.now,
		symbol: SYMBOL,
		code: 10001,
		reason: "StopLoss set for Buy position should lower than base_price",
	});
	assert.deepEqual([rig.held, rig.exits], ["flat", ["stop_loss"]]);
});

test("an entry that the venue refuses is noted, uses its episode and holds nothing up (D1, E4)", () => {
	const rig = new Rig({ leverage: 1, size: { mode: "fixed", value: 10_000 }, risk: { max_loss_pct: null, max_symbol_notional: null } });
	// 10000 ÷ 20100 = 0.497 coins bind 9989.7 of the 10000, and the stranger's order 190 of them.
	rig.venue.submit(
		{
			linkId: "stranger",
			symbol: SYMBOL,
			side: "buy",
			type: "limit",
			qty: 10 as never,
			price: 190_000 as never,
			timeInForce: "GTC",
			reduceOnly: false,
		},
		rig.now,
	);
	rig.venue.drain();
	rig.hour(20_100);
	const refused = rig.notes.flatMap((note) => (note.what === "refused" ? [[note.purpose, note.code]] : []));
	assert.deepEqual([rig.held, refused], ["flat", [["entry", 110007]]]);
	rig.hour(20_100);
	assert.equal(rig.notes.filter(({ what }) => what === "entering").length, 1, "the episode is used");
	rig.hour(20_000);
	rig.venue.cancel({ symbol: SYMBOL, linkId: "stranger" }, rig.now);
	rig.hour(20_100);
	assert.equal(rig.held, "long 0.497 @ 20100 stop 19899", "the next one enters");
});
