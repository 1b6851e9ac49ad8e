// The wallet, row by row: what explains its change, what is taken over without a word, and what is doubted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addUsdt, roundUsdt, usdtNumber } from "../units/grid.ts";
import { MINUTE, type Usdt } from "../units/unit.ts";
import { Rig, SYMBOL } from "./testing/rig.ts";

/** The wallet changes by so much, with that row in the log; what is told of it. */
function check(usdt: number, type: string | undefined): { rig: Rig; told: string[] } {
	const rig = new Rig();
	const change = roundUsdt(usdt);
	rig.shown.balance = addUsdt(rig.shown.balance, change);
	if (type !== undefined) rig.shown.rows.push({ id: "row", at: rig.now, symbol: SYMBOL, type, change });
	rig.tellWallet();
	rig.pass(MINUTE);
	const told = rig.notes.flatMap((note) =>
		note.what === "transferred" ? [note.type] : note.what === "unexplained" ? ["unexplained"] : [],
	);
	return { rig, told };
}

for (const [usdt, type, told, peak] of [
	[-500, "TRANSFER_OUT", ["TRANSFER_OUT"], 9500],
	[500, "TRANSFER_IN", ["TRANSFER_IN"], 10_500],
	[500, "DEPOSIT", ["DEPOSIT"], 10_500],
	[-500, "WITHDRAW", ["WITHDRAW"], 9500],
	[3, "BONUS", ["BONUS"], 10_000],
	[-3, "FEE_REFUND", ["FEE_REFUND"], 10_000],
	[-3, "TRADE", [], 10_000],
	[-3, "SETTLEMENT", [], 10_000],
	[-3, "LIQUIDATION", [], 10_000],
] as const)
	test(`${usdt} USDT by ${type} is believed, and ${told.length === 0 ? "not told" : "told"}`, () => {
		const { rig, told: said } = check(usdt, type);
		assert.deepEqual(said, told);
		assert.equal(usdtNumber(rig.trader.engine.balance), 10_000 + usdt);
		assert.equal(rig.trader.engine.peak, peak);
		rig.assertAgrees();
	});

test("a change that no row explains is taken over below a cent, and doubted from a cent on", () => {
	for (const [units, doubted] of [
		[-999_999, false],
		[999_999, false],
		[-1_000_000, true],
		[1_000_000, true],
		[-1_000_001, true],
	] as const) {
		const { rig, told } = check(units / 1e8, undefined);
		assert.deepEqual([told, rig.trader.agreed], [doubted ? ["unexplained"] : [], !doubted], String(units));
		const believed = doubted ? 0 : units;
		assert.equal(rig.trader.engine.balance, (roundUsdt(10_000) + believed) as Usdt, String(units)); // whole units
	}
});

test("what was doubted is taken as it is when a person says so", () => {
	const { rig } = check(-700, undefined);
	assert.equal(usdtNumber(rig.trader.engine.balance), 10_000);
	rig.event({ kind: "operator", at: rig.now, wish: "resume" });
	rig.pass(MINUTE);
	assert.equal(usdtNumber(rig.trader.engine.balance), 9300);
	rig.assertAgrees();
	rig.minute(20_100);
	assert.equal(rig.position, "long 0.1");
});

test("a row that is told twice, over a restart too, counts once", () => {
	const { rig } = check(-500, "TRANSFER_OUT");
	rig.tellWallet();
	rig.pass(15 * MINUTE); // an audit reads the log again
	rig.restart(1000);
	rig.pass(15 * MINUTE);
	assert.equal(rig.said("transferred").length, 1);
	rig.assertAgrees();
});

test("what was moved while the bot was away is told when it is back, and is neither profit nor loss", () => {
	const rig = new Rig();
	rig.trader.commit(); // as the bot does at each candle
	rig.die();
	rig.now += 10 * MINUTE;
	rig.shown.transfer(-4000);
	rig.now += 10 * MINUTE;
	rig.restart();
	rig.pass(MINUTE);
	rig.minute(20_000);
	assert.deepEqual(
		rig.said("transferred").map(({ amount }) => usdtNumber(amount)),
		[-4000],
	);
	assert.deepEqual([rig.trader.engine.halted, rig.trader.engine.peak], [undefined, 6000]);
	rig.assertAgrees();
});
