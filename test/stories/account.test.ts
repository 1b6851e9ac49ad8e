// Stories of the account over real sockets: positions, money, keys, clocks and people, at a simulated exchange; and what a second life
// makes of what the first one left.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addUsdt, roundUsdt, usdtNumber } from "../../src/units/grid.ts";
import { HOUR, MINUTE } from "../../src/units/unit.ts";
import { LiveRig } from "../support/live-rig.ts";
import { SYMBOL } from "../support/rig-bot.ts";

const UP = [20_100, 20_100, 20_100, 20_100, 20_100, 20_100, 20_100, 20_100];
const TURN = [20_100, 20_100, 19_950, 19_950, 19_950, 19_950, 19_950, 19_950];

test("an empty position list is not flat: nothing is entered beside it, and nothing closed twice", async () => {
	const rig = await LiveRig.open({ closes: TURN });
	await rig.long();
	rig.inject({ fault: "empty-positions" });
	await rig.step(MINUTE);
	assert.deepEqual([rig.position, await rig.executed()], ["long 0.1", ["Buy 0.1"]]);
	await rig.minutes(3);
	assert.deepEqual([rig.position, await rig.executed()], ["flat", ["Buy 0.1", "Sell 0.1"]], "the signal closed it, once");
	assert.ok(rig.sim.control.count("empty-positions") > 3);
	assert.equal(rig.said("skipped").at(-1)?.guard, "doubt");
	rig.sim.control.heal();
	await rig.minutes(2);
	assert.deepEqual([rig.position, await rig.executed()], ["short 0.1", ["Buy 0.1", "Sell 0.1", "Sell 0.1"]]);
	rig.assertAgrees();
});

test("funding that comes as an execution is money, and no trade (H2)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.long();
	rig.inject({ fault: "doubled-message", topic: "execution" });
	rig.inject({ fault: "funding-now" });
	await rig.minutes(2);
	assert.deepEqual([rig.position, await rig.executed()], ["long 0.1", ["Buy 0.1", "Funding"]]);
	assert.deepEqual([rig.said("entered").length, rig.said("exited").length, rig.said("transferred").length], [1, 0, 0]);
	rig.assertAgrees();
});

test("clocks that part, the exchange's or our own, delay a request and lose none (A4)", async () => {
	for (const jump of ["theirs ahead", "ours ahead", "ours behind"] as const) {
		const rig = await LiveRig.open({ closes: TURN });
		await rig.long();
		if (jump === "theirs ahead") rig.inject({ fault: "clock-skew", by: 60_000 });
		else rig.skew = jump === "ours ahead" ? HOUR : -HOUR;
		await rig.minutes(5);
		assert.deepEqual([rig.position, await rig.executed()], ["short 0.1", ["Buy 0.1", "Sell 0.1", "Sell 0.1"]], jump);
		rig.sim.control.heal();
		rig.skew = 0;
		await rig.minutes(2);
		assert.equal(rig.bot.engine.halted, undefined, jump);
		rig.assertAgrees();
	}
});

test("a request that is refused for its stamp although the clocks agree is sent again", async () => {
	const rig = await LiveRig.open({ closes: UP });
	rig.inject({ fault: "stale-timestamp", op: "order.create", count: 1 });
	await rig.minutes(3);
	assert.deepEqual([rig.sim.control.count("stale-timestamp"), await rig.executed()], [1, ["Buy 0.1"]]);
	rig.assertAgrees();
});

test("a clock that was off between two measurements keeps entries out until it is steady (A4)", async () => {
	const rig = await LiveRig.open({ closes: UP, clockTolerance: 2500 });
	rig.skew = 10_000;
	await rig.client?.syncClock();
	await rig.minutes(3);
	assert.ok(
		rig.lines.some((line) => /^the clock was -\d+ ms off the exchange's: no new entries/.test(line)),
		rig.lines.join("\n"),
	);
	assert.ok(rig.lines.includes("the clock is steady again"));
	assert.deepEqual([rig.position, rig.bot.engine.clockOff], ["long 0.1", false]);
});

test("a bot whose machine is an hour off says so at its start, with what to do, and trades by the exchange's clock (A4)", async () => {
	const rig = await LiveRig.open({ closes: UP, clockTolerance: 2500, durable: true });
	assert.ok(rig.lines.some((line) => /^clock: \S+ ms against the exchange, round trip \d+ ms$/.test(line)));
	rig.skew = -60 * MINUTE;
	await rig.restart();
	assert.ok(
		rig.lines.some((line) =>
			/^clock: \+3600\d{3} ms .*: this machine's clock is 60 minutes slow; let this machine keep its time by NTP/.test(line),
		),
		rig.lines.join("\n"),
	);
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
});

test("a key that is revoked while a position stands ends the bot with one line; the stop stays at the exchange (A3)", async () => {
	for (const fault of ["key-revoked", "key-expired", "key-read-only"] as const) {
		const rig = await LiveRig.open({ closes: TURN, durable: true });
		await rig.long();
		const before = rig.really;
		rig.inject({ fault });
		await rig.stepLoosely(3 * MINUTE);
		assert.match(
			rig.failed?.message ?? "",
			/^trading ends here \(fatal: .+\): positions stay open, with their stops at the exchange; mend the key, then: anchorwatch resume$/,
			fault,
		);
		assert.deepEqual([rig.really, rig.said("tripped").length], [before, 1], fault);
		rig.sim.control.heal();
		await rig.restart();
		await rig.minutes(1);
		assert.match(rig.bot.engine.halted ?? "", /^fatal/, "it stays halted over the restart");
		assert.deepEqual([rig.position, rig.really], ["flat", "flat"], "with a key that trades again, what was to be closed is closed");
	}
});

test("a balance that cannot be read, or of zero, trips nothing and sizes nothing", async () => {
	let broken = false;
	const rig = await LiveRig.open({ closes: TURN, zeroWallet: () => broken });
	await rig.long();
	broken = true;
	for (const endpoint of ["/v5/account/wallet-balance"]) rig.inject({ fault: "nulls", endpoint, field: "walletBalance" });
	rig.inject({ fault: "funding-now" });
	await rig.minutes(3);
	assert.deepEqual([rig.bot.engine.halted, rig.position], [undefined, "flat"]);
	assert.ok(usdtNumber(rig.bot.engine.balance) > 9900);
	assert.equal(rig.said("skipped").at(-1)?.guard, "doubt");
	broken = false;
	rig.sim.control.heal();
	await rig.minutes(3);
	assert.deepEqual([rig.position, rig.bot.engine.halted], ["short 0.1", undefined]);
	rig.assertAgrees();
});

test("a second bot on the account ends this one with one line (D6)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.byHand({ side: "Buy", orderType: "Limit", qty: "0.01", price: "15000", orderLinkId: `aw-other-${SYMBOL}-1` });
	await rig.minutes(4);
	assert.match(
		rig.failed?.message ?? "",
		/^another Anchorwatch \(run other\) trades on this account: its order aw-other-BTCUSDT-1 was seen/,
	);
	assert.deepEqual(await rig.executed(), []);
});

test("an order and a position of somebody else are told once and left alone, and nothing is entered beside the position", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.byHand({ side: "Buy", orderType: "Limit", qty: "0.01", price: "15000", orderLinkId: "by-hand" });
	await rig.byHand({ side: "Sell", qty: "0.2" });
	await rig.minutes(4);
	assert.deepEqual([rig.position, rig.really, await rig.executed()], ["flat", "short 0.2 stop none", ["Sell 0.2"]]);
	assert.deepEqual(
		rig
			.said("difference")
			.map(({ name }) => name)
			.sort(),
		["foreign fill", "not ours"],
	);
	assert.equal(rig.said("skipped").at(-1)?.guard, "doubt");
	await rig.byHand({ side: "Buy", qty: "0.2", reduceOnly: true });
	await rig.minutes(3);
	assert.equal(rig.position, "long 0.1");
	rig.assertAgrees();
});

test("our position closed by hand is booked as it happened, and nothing is closed again", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.long();
	await rig.byHand({ side: "Sell", qty: "0.1", reduceOnly: true });
	await rig.minutes(2);
	assert.deepEqual([rig.position, rig.resting, await rig.executed()], ["flat", [], ["Buy 0.1", "Sell 0.1"]]);
	assert.deepEqual(
		rig.said("difference").map(({ name }) => name),
		["closed elsewhere"],
	);
	rig.assertAgrees();
});

test("money out and in is neither profit nor loss (F7)", async () => {
	const rig = await LiveRig.open({ closes: UP });
	await rig.long();
	const { peak } = rig.bot.engine;
	rig.sim.control.transfer(-5000);
	await rig.minutes(2);
	rig.sim.control.transfer(2500);
	await rig.minutes(2);
	assert.deepEqual([rig.bot.engine.halted, rig.position], [undefined, "long 0.1"]);
	assert.ok(Math.abs(rig.bot.engine.peak - (peak - 2500)) < 20, `${rig.bot.engine.peak}`);
	assert.deepEqual(
		rig.said("transferred").map(({ amount }) => usdtNumber(amount)),
		[-5000, 2500],
	);
	rig.assertAgrees();
});

test("what filled and was paid while the bot was away is booked with its price, fee and funding (I3)", async () => {
	const rig = await LiveRig.open({ closes: UP, durable: true });
	await rig.long();
	await rig.die();
	rig.inject({ fault: "funding-now" });
	rig.sim.control.setPrice(SYMBOL, 20_800);
	rig.sim.control.setPrice(SYMBOL, 19_000);
	await rig.step(MINUTE / 4);
	await rig.restart();
	await rig.minutes(1);
	const [over] = rig.said("flat");
	assert.ok(over !== undefined);
	assert.deepEqual(
		over.trade.exits.map(({ reason, qty }) => [reason, qty]),
		[
			["take_profit", 0.05],
			["stop_loss", 0.05],
		],
	);
	assert.ok(usdtNumber(over.trade.funding) > 0.1);
	assert.equal(addUsdt(roundUsdt(10_000), over.trade.pnl), rig.sim.venue.wallet, "to the cent");
	assert.deepEqual([rig.position, rig.really, rig.resting], ["flat", "flat", []]);
	rig.assertAgrees();
});

test("with a full disk nothing leaves, and the bot ends with one line (I3)", async () => {
	const rig = await LiveRig.open({ closes: UP, durable: true });
	const { journal } = rig;
	assert.ok(journal !== undefined);
	journal.commit = () => {
		throw new Error("database or disk is full");
	};
	await rig.minutes(4);
	assert.match(
		rig.failed?.message ?? "",
		/^the journal cannot be written \(database or disk is full\): trading ends here.*free the disk and start again$/,
	);
	assert.deepEqual(await rig.executed(), []);
	Reflect.deleteProperty(journal, "commit");
	await rig.bot.stop();
	assert.equal(rig.client?.lineHeardAt("public"), undefined, "every line is closed, so that the process ends");
});

test("what was halted stays halted over a restart, until a person resumes (F4)", async () => {
	const rig = await LiveRig.open({
		closes: UP,
		durable: true,
		config: { size: { mode: "percent", value: 100 }, risk: { max_loss_pct: null, max_drawdown_pct: 2 } },
	});
	await rig.minutes(2);
	await rig.step(MINUTE / 2);
	rig.sim.control.setPrice(SYMBOL, 19_600);
	await rig.minutes(2);
	assert.match(rig.bot.engine.halted ?? "", /^drawdown/);
	assert.deepEqual([rig.position, rig.really, rig.said("confirmedFlat").length], ["flat", "flat", 1]);
	await rig.restart();
	const traded = await rig.executed();
	await rig.minutes(3);
	assert.match(rig.bot.engine.halted ?? "", /^drawdown/);
	assert.deepEqual(await rig.executed(), traded);
});
