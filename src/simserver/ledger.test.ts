import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Side } from "../orders/side.ts";
import { addUsdt } from "../units/grid.ts";
import type { Qty } from "../units/unit.ts";
import { SimClock } from "./clock.ts";
import { Exchange } from "./exchange.ts";
import { DAY_START, minutes, still } from "./testing/candles.ts";
import { KEY, market, SECRET, TERMS } from "./testing/rig.ts";
import { netProfit } from "./wire/closed-profit.ts";

const trades = fc.array(
	fc.record({
		side: fc.constantFrom<Side>("buy", "sell"),
		qty: fc.integer({ min: 1, max: 60 }),
		price: fc.integer({ min: 190_000, max: 210_000 }),
	}),
	{
		minLength: 1,
		maxLength: 20,
	},
);

test("once all is closed, the closed profits are what the wallet has gained, and the transaction log ends on its balance (D2)", () => {
	fc.assert(
		fc.property(trades, (steps) => {
			const clock = new SimClock(DAY_START, "max", () => 0);
			const exchange = new Exchange([market("BTCUSDT", minutes(still(2, 20_000)))], TERMS, { clock, keys: { key: KEY, secret: SECRET } });
			const { venue, ledger } = exchange;
			const order = { linkId: "", symbol: "BTCUSDT", type: "market", timeInForce: "IOC", reduceOnly: false } as const;
			for (const [i, { side, qty, price }] of steps.entries()) {
				venue.open("BTCUSDT", price / 10, DAY_START + i);
				venue.submit({ ...order, side, qty: qty as Qty }, DAY_START + i); // whole steps
			}
			const { qty, direction } = venue.position("BTCUSDT");
			if (qty > 0) venue.submit({ ...order, side: direction === "long" ? "sell" : "buy", qty, reduceOnly: true }, DAY_START + steps.length);
			exchange.absorb();
			const gained = venue.wallet - TERMS.balance;
			assert.equal(addUsdt(...[...ledger.closedProfits].map(({ entry }) => netProfit(entry))), gained);
			const last = ledger.transactions.at(-1)?.entry;
			assert.equal(last?.balance ?? TERMS.balance, venue.wallet);
			assert.equal(last?.held ?? 0, 0);
		}),
	);
});
