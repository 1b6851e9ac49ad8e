import assert from "node:assert/strict";
import { test } from "node:test";
import { roundUsdt, usdtNumber } from "../units/grid.ts";
import { HOUR } from "../units/unit.ts";
import { BUNDLED, bundledInstrument, makeInstrument, tierOf } from "./instrument.ts";

test("the bundled table holds the symbols of the specification with their rules (B1)", () => {
	const rows = BUNDLED.map(({ symbol }) => {
		const { grid, minQty, minNotional, fundingInterval, maxLeverage } = bundledInstrument(symbol)!;
		return [symbol, grid.tick, grid.step, grid.formatQty(minQty), usdtNumber(minNotional), fundingInterval / HOUR, maxLeverage];
	});
	assert.deepEqual(rows, [
		["BTCUSDT", "0.1", "0.001", "0.001", 5, 8, 100],
		["ETHUSDT", "0.01", "0.01", "0.01", 5, 8, 100],
		["SOLUSDT", "0.01", "0.1", "0.1", 5, 8, 100],
	]);
	assert.equal(bundledInstrument("DOGEUSDT"), undefined);
});

test("an instrument whose numbers are off its own grid is none (C6)", () => {
	const spec = { symbol: "X", baseCoin: "X", tick: "0.1", step: "0.01", minQty: "0.01", minNotional: 5, maxLeverage: 50, fundingHours: 4 };
	assert.notEqual(makeInstrument(spec), undefined);
	assert.equal(makeInstrument({ ...spec, minQty: "0.015" }), undefined);
	assert.equal(makeInstrument({ ...spec, maxQty: "100.005" }), undefined);
	assert.equal(makeInstrument({ ...spec, maxMarketQty: "ten" }), undefined);
});

test("a position value falls into the first tier whose limit it does not pass, and beyond all into the last (D2)", () => {
	const instrument = makeInstrument({
		...{ symbol: "X", baseCoin: "X", tick: "0.1", step: "0.01", minQty: "0.01", minNotional: 5, maxLeverage: 50, fundingHours: 4 },
		tiers: [
			{ limit: 1000, maintenance: 0.01, maxLeverage: 50 },
			{ limit: 5000, maintenance: 0.02, maxLeverage: 20 },
		],
	})!;
	for (const [value, maintenance] of [
		[999.99, 0.01],
		[1000, 0.01],
		[1000.01, 0.02],
		[5000.01, 0.02],
	] as const)
		assert.equal(tierOf(instrument, roundUsdt(value)).maintenance, maintenance, String(value));
});
