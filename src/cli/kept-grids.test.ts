// A start on a journal that counts in other steps than the exchange does now.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instrument, makeInstrument } from "../market/instrument.ts";
import { UsageError } from "../std/usage-error.ts";
import { refuseOtherGrids } from "./kept-grids.ts";

function instrument(tick: string, step: string): Instrument {
	const made = makeInstrument({
		...{ symbol: "BTCUSDT", baseCoin: "BTC", tick, step, minQty: step },
		...{ minNotional: 5, maxLeverage: 100, fundingHours: 8 },
	});
	assert.ok(made !== undefined);
	return made;
}

/** A journal whose bot held so many steps, and had such an order under way. */
function memory(qty: number, intents: readonly string[] = []) {
	const state = { engine: { machines: { BTCUSDT: { position: { qty } } } }, oms: { intents: intents.map((symbol) => ({ symbol })) } };
	return { kept: () => state, recall: (): unknown => ({ tick: "0.10", step: "0.001" }) };
}

test("something held in steps that are others now keeps the bot from starting, with one line that says what to do (I5, B1)", () => {
	assert.throws(
		() => refuseOtherGrids(memory(100), [instrument("0.5", "0.01")]),
		(cause) =>
			cause instanceof UsageError &&
			cause.message ===
				"symbols: the exchange has changed BTCUSDT (its price step from 0.10 to 0.5, its quantity step from 0.001 to 0.01) while the bot held it: close it and its orders there by hand, then start with a new journal.dir",
	);
	assert.throws(() => refuseOtherGrids(memory(0, ["BTCUSDT"]), [instrument("0.5", "0.001")]), /price step from 0\.10 to 0\.5\)/);
});

test("the same steps in other words, nothing held, or a journal without them: the bot starts (I5)", () => {
	refuseOtherGrids(memory(100), [instrument("0.1", "0.001")]);
	refuseOtherGrids(memory(0), [instrument("0.5", "0.001")]);
	refuseOtherGrids(memory(0, ["ETHUSDT"]), [instrument("0.5", "0.001")]);
	refuseOtherGrids({ ...memory(100), recall: () => undefined }, [instrument("0.5", "0.001")]);
	refuseOtherGrids({ kept: () => undefined, recall: () => ({ tick: "1", step: "1" }) }, [instrument("0.5", "0.001")]);
});
