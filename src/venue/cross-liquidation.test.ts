// A cross position's liquidation takes the whole wallet, and not a cent more.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bundledInstrument } from "../market/instrument.ts";
import { roundUsdt } from "../units/grid.ts";
import { Venue } from "./venue.ts";

test("after a cross liquidation the wallet holds what the tick leaves of it, never less than nothing (D2)", () => {
	const instrument = bundledInstrument("BTCUSDT")!; // bundled
	fc.assert(
		fc.property(
			fc.constantFrom("buy", "sell"),
			fc.integer({ min: 20, max: 60 }),
			fc.integer({ min: 1, max: 900 }),
			(side, leverage, part) => {
				const balance = roundUsdt(1000);
				const rates = { takerFee: 0.00055, makerFee: 0.0002, slippage: 0.0001 };
				const venue = new Venue([instrument], { ...rates, marginMode: "cross", balance, leverage });
				venue.open("BTCUSDT", 20_000, 0);
				const qty = instrument.grid.floorToStep((leverage * 1000 * part) / 1000 / 20_000);
				if (qty < instrument.minQty) return;
				const placed = venue.submit(
					{ linkId: "a", symbol: "BTCUSDT", side, type: "market", qty, timeInForce: "IOC", reduceOnly: false },
					0,
				);
				if (!placed.ok) return;
				const end = side === "buy" ? 10 : 400_000;
				while (!venue.advance("BTCUSDT", end, 1));
				if (venue.position("BTCUSDT").qty > 0) return;
				assert.ok(venue.wallet >= 0, `the wallet is ${venue.wallet}`);
				assert.ok(venue.wallet < 1e8 * 200, `the wallet is ${venue.wallet}`);
			},
		),
	);
});
