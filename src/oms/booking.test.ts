// Whose fill it was: shares of a position that the bot holds together with somebody else, in coins, before and after a fill.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { FillCause } from "../orders/fill.ts";
import type { Side } from "../orders/side.ts";
import { MINUTE } from "../units/unit.ts";
import { Rig, SYMBOL } from "./testing/rig.ts";

type Shares = { readonly ours: number; readonly theirs: number };

function sharesOf(rig: Rig): Shares {
	const { direction, qty } = rig.trader.engine.machine(SYMBOL).position;
	const theirs = rig.trader.oms.saved().foreign[SYMBOL] ?? 0;
	return { ours: ((direction === "long" ? 1 : -1) * qty || 0) / 1000, theirs: theirs / 1000 };
}

/** Ours is 0 or 0.1, theirs not below zero: a person bought beside it. */
function shared({ ours, theirs }: Shares): Rig {
	const rig = new Rig();
	if (ours > 0) rig.long();
	if (theirs > 0) rig.execution(rig.shown.fillElse({ side: "buy", qty: theirs, price: 20_100 }));
	rig.pass(MINUTE);
	assert.deepEqual(sharesOf(rig), { ours, theirs });
	return rig;
}

const ROWS: readonly (readonly [before: Shares, side: Side, qty: number, cause: FillCause, after: Shares])[] = [
	[{ ours: 0.1, theirs: 0 }, "sell", 0.05, "order", { ours: 0.05, theirs: 0 }],
	[{ ours: 0.1, theirs: 0 }, "sell", 0.1, "order", { ours: 0, theirs: 0 }],
	[{ ours: 0.1, theirs: 0 }, "sell", 0.15, "order", { ours: 0, theirs: -0.05 }],
	[{ ours: 0.1, theirs: 0 }, "buy", 0.2, "order", { ours: 0.1, theirs: 0.2 }],
	[{ ours: 0.1, theirs: 0 }, "sell", 0.1, "stopLoss", { ours: 0, theirs: 0 }],
	[{ ours: 0.1, theirs: 0 }, "sell", 0.04, "adl", { ours: 0.06, theirs: 0 }],
	[{ ours: 0.1, theirs: 0 }, "sell", 0.1, "liquidation", { ours: 0, theirs: 0 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.1, "order", { ours: 0.1, theirs: 0.1 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.2, "order", { ours: 0.1, theirs: 0 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.25, "order", { ours: 0.05, theirs: 0 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.3, "order", { ours: 0, theirs: 0 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.4, "order", { ours: 0, theirs: -0.1 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.1, "stopLoss", { ours: 0, theirs: 0.2 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.3, "stopLoss", { ours: 0, theirs: 0 }],
	[{ ours: 0.1, theirs: 0.2 }, "sell", 0.3, "liquidation", { ours: 0, theirs: 0 }],
	[{ ours: 0, theirs: 0.2 }, "sell", 0.2, "order", { ours: 0, theirs: 0 }],
	[{ ours: 0, theirs: 0.2 }, "sell", 0.2, "stopLoss", { ours: 0, theirs: 0 }],
	[{ ours: 0, theirs: 0.2 }, "sell", 0.5, "order", { ours: 0, theirs: -0.3 }],
	[{ ours: 0, theirs: 0 }, "sell", 0.2, "order", { ours: 0, theirs: -0.2 }],
];

for (const [before, side, qty, cause, after] of ROWS)
	test(`ours ${before.ours}, theirs ${before.theirs}: ${side} ${qty} by ${cause} leaves ours ${after.ours}, theirs ${after.theirs}`, () => {
		const rig = shared(before);
		rig.execution(rig.shown.fillElse({ side, qty, price: 20_050, cause }));
		rig.pass(MINUTE);
		assert.deepEqual(sharesOf(rig), after);
		assert.equal(rig.trader.engine.balance, rig.shown.balance);
	});

test("our closing order that reached what is theirs, because ours was gone before it, is told and left with them", () => {
	const rig = shared({ ours: 0.1, theirs: 0.2 });
	rig.hold("place");
	rig.minute(19_900);
	const exit = rig.asked("place");
	rig.execution(rig.shown.fillElse({ side: "sell", qty: 0.1, price: 19_890, cause: "stopLoss" }));
	rig.shown.accept(exit.order);
	rig.answer(exit);
	rig.execution(rig.shown.fill(exit.order.linkId, { price: 19_900 }));
	rig.release("place");
	rig.pass(MINUTE);
	assert.deepEqual(sharesOf(rig), { ours: 0, theirs: 0.1 });
	assert.match(rig.said("difference").at(-1)?.text ?? "", /our aw-r1-BTCUSDT-3 closed 0\.100 that was not ours/);
	assert.equal(rig.trader.oms.live, 0);
});

test("a fill of ours is shared in value and fee to the last unit", () => {
	const rig = shared({ ours: 0.1, theirs: 0 });
	rig.execution(rig.shown.fillElse({ side: "sell", qty: 0.3, price: 20_050 }));
	rig.pass(MINUTE);
	const [over] = rig.said("flat");
	// bought 0.1 at 20100, sold 0.1 at 20050; fees of 0.055 % on both
	assert.equal(over?.trade.pnl, Math.round((-5 - 0.00055 * (2010 + 2005)) * 1e8));
});
