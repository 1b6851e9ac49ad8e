// Stories of the account, in process: positions and money that the exchange states wrongly, late or not at all, hands of other people, and
// what happened while the bot was away.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isFlat } from "../account/position.ts";
import { addUsdt, roundUsdt, usdtNumber } from "../units/grid.ts";
import { HOUR, MINUTE } from "../units/unit.ts";
import { grid, Rig, START, SYMBOL } from "./testing/rig.ts";

const ENTRY = "entry buy 0.1";
const TARGET = "target sell 0.05 at 20703";
const EXIT = "exit sell 0.1";

const entries = (rig: Rig): string[] => rig.placed.filter((text) => text.startsWith("entry"));
const exits = (rig: Rig): string[] => rig.placed.filter((text) => text.startsWith("exit"));

test("an empty position list is not flat: nothing is entered, nothing closed twice, and it is over when the list is back", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("account", "position");
	const empty = (): void => {
		while (rig.waits("position") > 0) rig.answer(rig.asked("position"), { kind: "position", position: undefined });
		while (rig.waits("account") > 0) {
			const call = rig.asked("account");
			rig.answer(call, { kind: "account", account: { ...rig.shown.account(call.since), positions: [] } });
		}
	};
	for (let second = 0; second < 90; second++) {
		rig.pass(1000);
		empty();
	}
	assert.equal(rig.position, "long 0.1", "what was not stated is not gone");
	assert.match(rig.trader.oms.doubtOf(SYMBOL) ?? "", /states nothing where long 0\.100 is known/);
	rig.minute(19_900); // the signal turns: closed once, and the other side not entered in doubt
	for (let second = 0; second < 50; second++) {
		rig.pass(1000);
		empty();
		rig.tick(19_900);
	}
	rig.minute(19_900);
	empty();
	assert.deepEqual([rig.position, rig.really, exits(rig), entries(rig)], ["flat", "flat", [EXIT], [ENTRY]]);
	assert.equal(rig.said("skipped").at(-1)?.guard, "doubt");
	rig.release("account", "position");
	rig.pass(11_000);
	rig.assertAgrees();
	rig.minute(19_900);
	assert.equal(entries(rig).length, 2, "the same episode enters once the doubt is over");
});

test("a list that says flat where a position is held is not believed either, without an execution that explains it", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("account", "position");
	for (let second = 0; second < 90; second++) {
		rig.pass(1000);
		const flat = { ...rig.shown.stated(), qty: grid.floorToStep(0), stopLoss: undefined };
		while (rig.waits("position") > 0) rig.answer(rig.asked("position"), { kind: "position", position: flat });
		while (rig.waits("account") > 0) {
			const call = rig.asked("account");
			rig.answer(call, { kind: "account", account: { ...rig.shown.account(call.since), positions: [flat] } });
		}
	}
	assert.deepEqual([rig.position, rig.placed], ["long 0.1", [ENTRY, TARGET]]);
	assert.match(rig.trader.oms.doubtOf(SYMBOL) ?? "", /states flat where long 0\.100 is known/);
	rig.release("account", "position");
	rig.pass(11_000);
	rig.assertAgrees();
});

test("a funding execution changes the money and the trade, not the position, and counts once (H2)", () => {
	const rig = new Rig();
	rig.long();
	const funding = rig.shown.fund(0.201);
	rig.execution(funding);
	rig.execution(funding);
	rig.tellWallet();
	rig.pass(2 * MINUTE);
	assert.deepEqual([rig.position, rig.placed, rig.differences], ["long 0.1", [ENTRY, TARGET], []]);
	rig.assertAgrees();
	rig.minute(19_900);
	assert.equal(usdtNumber(rig.said("flat")[0]!.trade.funding), 0.201);
	assert.equal(rig.said("transferred").length, 0);
});

test("a clock that jumps an hour ahead and back leaves the bot awake", () => {
	const rig = new Rig();
	rig.long();
	rig.now += HOUR;
	rig.take({ kind: "time" });
	rig.pass(1000);
	rig.now -= HOUR;
	rig.shown.stop = undefined;
	rig.tick(20_100);
	rig.pass(2 * MINUTE); // by the clock as it is now, not an hour later
	assert.equal(rig.really, "long 0.1 stop 19899");
	rig.hold("place");
	rig.minute(19_900);
	const exit = rig.asked("place");
	rig.shown.accept(exit.order);
	rig.shown.fill(exit.order.linkId, { price: 19_900 });
	rig.answer(exit);
	rig.release("place");
	rig.pass(10_000); // nothing is heard of the fill: missed by the clock as it is now
	assert.deepEqual([rig.position, exits(rig)], ["flat", [EXIT]]);
	rig.pass(MINUTE);
	rig.assertAgrees();
});

test("a balance of zero in a broken answer trips nothing and sizes nothing; it is doubted, and believed again when it is explained", () => {
	const rig = new Rig();
	rig.long();
	const { balance } = rig.shown;
	const broken = (): void => {
		for (const kind of ["account", "ledger"] as const)
			while (rig.waits(kind) > 0) {
				const call = rig.asked(kind);
				if (call.kind === "account")
					rig.answer(call, { kind: "account", account: { ...rig.shown.account(call.since), balance: roundUsdt(0) } });
				else rig.answer(call, { kind: "ledger", transactions: [], balance: roundUsdt(0) });
			}
	};
	rig.hold("account", "ledger");
	rig.tellWallet(0);
	for (let second = 0; second < 10; second++) {
		rig.pass(1000);
		broken();
	}
	assert.deepEqual([rig.trader.engine.balance, rig.trader.engine.halted], [balance, undefined]);
	assert.equal(rig.said("unexplained").length, 1);
	assert.equal(usdtNumber(rig.said("unexplained")[0]!.amount), -10_000, "the fee is in no row that was shown");
	rig.minute(19_900);
	for (let second = 0; second < 50; second++) {
		rig.pass(1000);
		broken();
	}
	rig.minute(19_900);
	broken();
	assert.deepEqual([rig.position, entries(rig), rig.said("skipped").at(-1)?.guard], ["flat", [ENTRY], "doubt"]);
	rig.release("account", "ledger");
	rig.tellWallet();
	rig.pass(2 * MINUTE);
	rig.assertAgrees();
	rig.minute(19_900);
	assert.deepEqual([entries(rig).length, rig.trader.engine.halted], [2, undefined]);
});

test("a balance of zero that cannot be checked, because the log cannot be read, is doubted, too", () => {
	const rig = new Rig();
	rig.hold("account", "ledger");
	rig.tellWallet(0);
	const fail = (): void => {
		for (const kind of ["account", "ledger"] as const) while (rig.waits(kind) > 0) rig.fail(rig.asked(kind), { class: "retry" });
	};
	for (let second = 0; second < 10; second++) {
		rig.pass(1000);
		fail();
	}
	assert.equal(rig.said("unexplained").length, 1);
	rig.minute(20_100);
	assert.deepEqual([rig.placed, rig.said("skipped").at(-1)?.guard], [[], "doubt"]);
	fail();
	rig.release("account", "ledger");
	rig.pass(2 * MINUTE);
	rig.assertAgrees();
	rig.minute(20_100);
	assert.deepEqual(entries(rig), [ENTRY]);
});

test("a wallet message that comes before its execution waits a moment for its explanation, and says nothing", () => {
	const rig = new Rig();
	rig.long();
	const stop = rig.shown.fillElse({ side: "sell", qty: 0.1, price: 19_890, cause: "stopLoss" });
	rig.tellWallet(); // before the execution
	rig.pass(300);
	rig.execution(stop);
	rig.pass(5000);
	assert.deepEqual([rig.said("unexplained"), rig.said("transferred"), rig.said("doubted")], [[], [], []]);
	rig.assertAgrees();
});

test("money out and in is neither profit nor loss: the drawdown guard does not trip, and the peak moves along (F7)", () => {
	const rig = new Rig();
	rig.long();
	const { peak } = rig.trader.engine;
	rig.shown.transfer(-5000); // half of it: three times the limit
	rig.tellWallet();
	rig.pass(5000);
	rig.minute(20_100);
	assert.deepEqual([rig.trader.engine.halted, rig.trader.engine.peak], [undefined, peak - 5000]);
	rig.shown.transfer(2500);
	rig.pass(2 * MINUTE); // nobody tells: the next reading does
	rig.minute(20_100);
	assert.deepEqual([rig.trader.engine.halted, rig.trader.engine.peak], [undefined, peak - 2500]);
	assert.deepEqual(
		rig.said("transferred").map(({ type, amount }) => [type, usdtNumber(amount)]),
		[
			["TRANSFER_OUT", -5000],
			["TRANSFER_IN", 2500],
		],
	);
	rig.minute(19_900);
	assert.equal(
		usdtNumber(rig.said("flat")[0]!.trade.pnl),
		usdtNumber(addUsdt(rig.shown.balance, roundUsdt(2500), roundUsdt(-10_000))),
		"the trade knows nothing of it",
	);
	rig.assertAgrees();
});

test("another bot of this kind on the account ends this one at its first order, and nothing more leaves (D6)", () => {
	for (const heard of ["stream", "list", "fill"] as const) {
		const rig = new Rig();
		const linkId = `aw-zzz-${SYMBOL}-1`;
		const order = rig.shown.put({ linkId, symbol: SYMBOL, qty: grid.floorToStep(0.1), price: grid.nearestTick(15_000) });
		if (heard === "stream") rig.order(order);
		else if (heard === "list") rig.pass(MINUTE);
		else rig.execution(rig.shown.fillElse({ side: "buy", qty: 0.1, price: 20_000, linkId }));
		assert.match(rig.stopped ?? "", /another Anchorwatch \(run zzz\).*aw-zzz-BTCUSDT-1.*stop one of the two/, heard);
		const left = rig.calls.length;
		rig.minute(20_100);
		assert.deepEqual([rig.calls.length, rig.trader.wakeAt], [left, Number.POSITIVE_INFINITY], heard);
	}
});

test("an order of somebody else is told once and left alone", () => {
	const rig = new Rig();
	const order = rig.shown.put({ linkId: "mine", symbol: SYMBOL, qty: grid.floorToStep(0.1), price: grid.nearestTick(15_000) });
	rig.shown.others = ["an order on ETHUSDT, buy 1, is not of this bot"];
	rig.order(order);
	rig.pass(5 * MINUTE);
	rig.restart(1000);
	rig.pass(5 * MINUTE);
	assert.equal(rig.shown.order("mine").status, "New");
	assert.deepEqual(rig.differences, ["not ours", "not ours", "not ours", "not ours"], "two, once in each life");
	assert.equal(rig.count("cancel"), 0);
	rig.assertAgrees();
});

test("a position of somebody else is told once and left alone, and nothing is entered beside it", () => {
	const rig = new Rig();
	rig.execution(rig.shown.fillElse({ side: "buy", qty: 0.5, price: 20_000 }));
	rig.pass(2 * MINUTE);
	rig.minute(20_100);
	rig.minute(19_900);
	rig.pass(5 * MINUTE);
	assert.deepEqual([rig.position, rig.really, rig.placed, rig.count("protect")], ["flat", "long 0.5 stop none", [], 0]);
	assert.deepEqual(rig.differences, ["foreign fill"]);
	assert.equal(rig.said("doubted").length, 1);
	rig.execution(rig.shown.fillElse({ side: "sell", qty: 0.5, price: 20_000 }));
	rig.pass(2 * MINUTE);
	rig.assertAgrees();
	rig.minute(20_100);
	assert.deepEqual(entries(rig), [ENTRY], "once it is gone, entries are allowed again");
});

test("a position that stood there before the bot is left alone, over a restart too", () => {
	const rig = new Rig();
	rig.shown.fillElse({ side: "sell", qty: 0.5, price: 20_000 });
	rig.shown.executions.length = 0; // long ago
	const fresh = new Rig();
	Object.assign(fresh.shown, { position: rig.shown.position, balance: fresh.shown.balance });
	fresh.restart(); // the account was read as flat in the earlier life: no execution explains the position now
	fresh.pass(2 * MINUTE);
	fresh.minute(20_100);
	assert.deepEqual([fresh.position, fresh.placed, fresh.trader.agreed], ["flat", [], false]);
	fresh.restart(1000);
	fresh.minute(20_100);
	assert.deepEqual([fresh.placed, isFlat(fresh.shown.position)], [[], false]);
});

test("our position, closed by hand, is booked as it happened, TP1 goes with it, and nothing is closed again", () => {
	const rig = new Rig();
	rig.long();
	rig.execution(rig.shown.fillElse({ side: "sell", qty: 0.1, price: 20_050 }));
	rig.tellPosition();
	rig.pass(2 * MINUTE);
	assert.deepEqual([rig.position, rig.placed, rig.shown.open], ["flat", [ENTRY, TARGET], []]);
	assert.deepEqual(rig.differences, ["closed elsewhere"]);
	assert.equal(rig.said("flat")[0]?.trade.exits[0]?.price, 20_050);
	rig.assertAgrees();
});

test("our position, turned round by hand, leaves the other side to its owner", () => {
	const rig = new Rig();
	rig.long();
	rig.execution(rig.shown.fillElse({ side: "sell", qty: 0.3, price: 20_050 }));
	rig.pass(2 * MINUTE);
	rig.minute(19_900);
	rig.pass(2 * MINUTE);
	assert.deepEqual([rig.position, rig.really, rig.placed], ["flat", "short 0.2 stop none", [ENTRY, TARGET]]);
	assert.match(rig.trader.oms.doubtOf(SYMBOL) ?? "", /0\.200 \(short\) is not of this bot/);
});

test("what filled and was paid while the bot was away is booked with its real price, fee and funding (I3)", () => {
	const rig = new Rig();
	rig.long();
	rig.die();
	rig.now += HOUR;
	rig.shown.fund(0.35);
	rig.now += HOUR;
	const target = rig.shown.open[0]!;
	rig.shown.fill(target.linkId, { price: 20_700 });
	rig.now += HOUR;
	rig.shown.fillElse({ side: "sell", qty: 0.05, price: 19_880, cause: "stopLoss" });
	rig.restart();
	rig.pass(2 * MINUTE);
	const [over] = rig.said("flat");
	assert.ok(over !== undefined);
	const { exits: closed, funding, fees, pnl } = over.trade;
	assert.deepEqual(
		closed.map(({ price, qty, reason, at }) => [price, qty, reason, at > START + 2 * HOUR]),
		[
			[20_700, 0.05, "take_profit", true],
			[19_880, 0.05, "stop_loss", true],
		],
	);
	assert.equal(usdtNumber(funding), 0.35);
	assert.equal(usdtNumber(fees), usdtNumber(roundUsdt(0.00055 * (2010 + 1035 + 994))));
	assert.equal(addUsdt(roundUsdt(10_000), pnl), rig.shown.balance, "to the cent");
	assert.deepEqual([rig.placed, rig.shown.open, rig.trader.oms.live], [[ENTRY, TARGET], [], 0]);
	rig.assertAgrees();
});

test("an entry that was under way when the process died is looked up, not sent again (I3)", () => {
	for (const arrived of [true, false]) {
		const rig = new Rig();
		rig.hold("place");
		rig.minute(20_100);
		const call = rig.asked("place");
		rig.die();
		if (arrived) {
			rig.shown.accept(call.order);
			rig.shown.fill(call.order.linkId, { price: 20_100 });
		}
		rig.release("place");
		rig.restart(2000);
		rig.pass(2 * MINUTE);
		assert.deepEqual([rig.position, entries(rig)], [arrived ? "long 0.1" : "flat", [ENTRY]]);
		if (arrived) assert.equal(rig.really, "long 0.1 stop 19899");
		rig.assertAgrees();
	}
});

test("with a full disk at the commit nothing leaves, and the next life finds what was there before (I3)", () => {
	const rig = new Rig();
	const left = rig.calls.length;
	rig.paper.full = true;
	assert.throws(() => rig.minute(20_100), /disk is full/);
	assert.equal(rig.calls.filter(({ kind }) => kind === "place").length, 0);
	assert.ok(rig.calls.length <= left + 1, "at most the regular reading had left before");
	rig.paper.full = false;
	rig.restart(MINUTE);
	assert.deepEqual([rig.position, rig.placed], ["flat", []]);
	rig.minute(20_100);
	assert.deepEqual(entries(rig), [ENTRY]);
	rig.assertAgrees();
});

test("what was halted stays halted over a restart, until a person resumes it (F4)", () => {
	const rig = new Rig();
	rig.long();
	rig.minute(3000); // half the account
	assert.match(rig.trader.engine.halted ?? "", /^drawdown/);
	rig.pass(5000);
	assert.deepEqual([rig.position, rig.really, rig.said("confirmedFlat").length], ["flat", "flat", 1]);
	rig.restart(HOUR);
	rig.minute(20_100);
	rig.minute(20_100);
	assert.match(rig.trader.engine.halted ?? "", /^drawdown/);
	assert.deepEqual([entries(rig), rig.said("skipped").at(-1)?.guard], [[ENTRY], "halted"]);
	rig.event({ kind: "operator", at: rig.now, wish: "resume" });
	rig.minute(20_100);
	assert.equal(entries(rig).length, 2);
	rig.assertAgrees();
});

test("what a person has flattened is closed, said once, and stays stopped over a restart until a person resumes (F4)", () => {
	const rig = new Rig();
	rig.long();
	rig.event({ kind: "operator", at: rig.now, wish: "flatten" });
	rig.pass(5000);
	assert.deepEqual([rig.position, rig.really, rig.shown.open, rig.said("confirmedFlat").length], ["flat", "flat", [], 1]);
	rig.restart(MINUTE);
	rig.minute(20_000);
	rig.minute(20_100);
	assert.deepEqual([entries(rig), rig.said("skipped").at(-1)?.guard], [[ENTRY], "halted"]);
	rig.event({ kind: "operator", at: rig.now, wish: "resume" });
	rig.minute(20_100);
	assert.equal(entries(rig).length, 2);
	rig.assertAgrees();
});

test("a key that is refused while a position stands stops trading for good; the stop at the exchange stays (A3, F4)", () => {
	const rig = new Rig();
	rig.long();
	rig.hold("place", "cancel", "protect", "find", "position", "account", "ledger");
	rig.minute(19_900);
	rig.fail(rig.asked("place"), { class: "fatal", code: 10003, reason: "API key is invalid." });
	assert.match(rig.trader.engine.halted ?? "", /^fatal: place: API key is invalid/);
	for (let i = 0; i < 30; i++) {
		rig.pass(2000);
		rig.tick(19_900);
		for (const kind of ["place", "cancel", "protect", "find", "position", "account", "ledger"] as const)
			while (rig.waits(kind) > 0) rig.fail(rig.asked(kind), { class: "fatal", code: 10003, reason: "API key is invalid." });
	}
	assert.deepEqual([rig.said("tripped").length, entries(rig), rig.really], [1, [ENTRY], "long 0.1 stop 19899"]);
});
