import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bundledInstrument, makeInstrument } from "../market/instrument.ts";
import type { Costs, RiskSettings, SizeSettings } from "./settings.ts";
import { type EntryInputs, expectation, lossRate, sizeEntry } from "./size.ts";

const BTC = bundledInstrument("BTCUSDT")!;
const COSTS: Costs = { takerFee: 0.00055, makerFee: 0.0002, slippage: 0.0001 };
const NO_LIMITS: RiskSettings = {
	maxSymbolNotional: undefined,
	maxTotalNotional: undefined,
	maxLossPct: undefined,
	maxDrawdownPct: undefined,
	maxErrors: undefined,
};
const INPUTS: EntryInputs = { price: 20_000, balance: 10_000, leverage: 3, stop: 0.01, symbolHeld: 0, totalHeld: 0 };

type Row = { inputs?: Partial<EntryInputs>; size?: SizeSettings; risk?: Partial<RiskSettings>; expected: string };

function check({ inputs, size = { mode: "percent", value: 20 }, risk, expected }: Row): void {
	const sized = sizeEntry({ ...INPUTS, ...inputs }, { size, risk: { ...NO_LIMITS, ...risk }, costs: COSTS, instrument: BTC });
	assert.equal(sized.ok ? `${BTC.grid.formatQty(sized.qty)} bound by ${sized.bound}` : `none, bound by ${sized.bound}`, expected);
}

test("the loss at the stop counts the way to it, both fees and both slippages (F2)", () => {
	assert.ok(Math.abs(lossRate(0.01, COSTS) - 0.0113) < 1e-15); // 0.01 + 2 · 0.00055 + 2 · 0.0001
});

test("size is margin times leverage, by price (F1)", () => {
	check({ expected: "0.300 bound by size" }); // 10000 · 20 % · 3 = 6000
	check({ size: { mode: "fixed", value: 500 }, expected: "0.075 bound by size" }); // 500 · 3 = 1500
	check({ inputs: { leverage: 5 }, expected: "0.500 bound by size" });
});

test("a cap is what is left of it: held notional counts against the symbol's and the account's (F3)", () => {
	const rows: readonly Row[] = [
		{ risk: { maxSymbolNotional: 6000 }, expected: "0.300 bound by size" }, // at the cap: not bound by it
		{ risk: { maxSymbolNotional: 5999.99 }, expected: "0.299 bound by max_symbol_notional" },
		{ risk: { maxSymbolNotional: 20_000 }, inputs: { symbolHeld: 14_000 }, expected: "0.300 bound by size" },
		{ risk: { maxSymbolNotional: 20_000 }, inputs: { symbolHeld: 16_000 }, expected: "0.200 bound by max_symbol_notional" },
		{ risk: { maxTotalNotional: 50_000 }, inputs: { totalHeld: 44_000 }, expected: "0.300 bound by size" },
		{ risk: { maxTotalNotional: 50_000 }, inputs: { totalHeld: 48_000 }, expected: "0.100 bound by max_total_notional" },
		{ risk: { maxTotalNotional: 50_000 }, inputs: { totalHeld: 50_000 }, expected: "none, bound by max_total_notional" },
		{ risk: { maxTotalNotional: 50_000 }, inputs: { totalHeld: 60_000 }, expected: "none, bound by max_total_notional" },
	];
	for (const row of rows) check(row);
});

test("the loss cap binds at loss rate · notional = limit (F2)", () => {
	// 10000 · 0.678 % = 67.8 = 6000 · 0.0113
	for (const [maxLossPct, expected] of [
		[0.679, "0.300 bound by size"],
		[0.677, "0.299 bound by max_loss_pct"], // 67.7 ÷ 0.0113 = 5991.15
		[0.1, "0.044 bound by max_loss_pct"], // 10 ÷ 0.0113 = 884.96
	] as const)
		check({ risk: { maxLossPct }, expected });
});

test("the venue's largest market order binds last (F1)", () => {
	const small = makeInstrument({
		symbol: "X",
		baseCoin: "X",
		tick: "0.1",
		step: "0.001",
		minQty: "0.001",
		maxMarketQty: "0.25",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
	})!;
	const sized = sizeEntry(INPUTS, { size: { mode: "percent", value: 20 }, risk: NO_LIMITS, costs: COSTS, instrument: small });
	assert.ok(sized.ok);
	assert.deepEqual([sized.qty, sized.bound], [250, "maximum quantity"]);
});

test("below the minimum quantity or notional there is none, at it there is (F1)", () => {
	const sol = bundledInstrument("SOLUSDT")!; // step 0.1, minimum 0.1 and 5 USDT
	for (const [price, value, ok] of [
		[100, 9.99 / 3, false], // 0.0999
		[100, 10 / 3, true], // 0.1, worth 10
		[25, 5 / 3, true], // 0.2, worth 5
		[24.9, 5 / 3, false], // 0.2, worth 4.98
	] as const)
		assert.equal(
			sizeEntry({ ...INPUTS, price }, { size: { mode: "fixed", value }, risk: NO_LIMITS, costs: COSTS, instrument: sol }).ok,
			ok,
			`${value} · 3 at ${price}`,
		);
});

const limit = fc.option(fc.double({ min: 10, max: 100_000, noNaN: true }), { nil: undefined });

test("no size breaks a limit, and one step more would break one or the wish (F1, F2, F3)", () => {
	fc.assert(
		fc.property(
			fc.record({
				price: fc.integer({ min: 10_000, max: 1_000_000 }).map((ticks) => ticks / 10),
				balance: fc.double({ min: 100, max: 1_000_000, noNaN: true }),
				leverage: fc.integer({ min: 1, max: 20 }),
				stop: fc.double({ min: 0.001, max: 0.1, noNaN: true }),
				symbolHeld: fc.double({ min: 0, max: 20_000, noNaN: true }),
				totalHeld: fc.double({ min: 0, max: 50_000, noNaN: true }),
			}),
			fc.record({
				maxSymbolNotional: limit,
				maxTotalNotional: limit,
				maxLossPct: fc.option(fc.double({ min: 0.05, max: 5, noNaN: true }), { nil: undefined }),
			}),
			fc.double({ min: 1, max: 100, noNaN: true }),
			(inputs, limits, value) => {
				const risk = { ...NO_LIMITS, ...limits };
				const sized = sizeEntry(inputs, { size: { mode: "percent", value }, risk, costs: COSTS, instrument: BTC });
				if (!sized.ok) return;
				const breaks = (qty: number): boolean => {
					const notional = (qty / 1000) * inputs.price;
					const over = (held: number, cap: number | undefined) => cap !== undefined && held + notional > cap * (1 + 1e-9) + 1e-6;
					return (
						notional > ((inputs.balance * value) / 100) * inputs.leverage * (1 + 1e-9) ||
						over(inputs.symbolHeld, risk.maxSymbolNotional) ||
						over(inputs.totalHeld, risk.maxTotalNotional) ||
						(risk.maxLossPct !== undefined &&
							notional * lossRate(inputs.stop, COSTS) > (risk.maxLossPct / 100) * inputs.balance * (1 + 1e-9))
					);
				};
				assert.ok(!breaks(sized.qty), "within every limit");
				assert.ok(breaks(sized.qty + 1), "and as large as they allow");
				assert.ok(Math.abs(sized.plannedLoss - sized.notional * lossRate(inputs.stop, COSTS)) < 1e-9);
			},
		),
	);
});

test("an entry's expectation is net: half at TP1, all at the stop (E5)", () => {
	// 2010 · 0.5 · (0.03 − 0.0013) = 28.8435; 2010 · (0.01 + 0.0013) = 22.713
	const { gain, loss } = expectation(2010, { takeProfit: 0.03, fraction: 0.5, stop: 0.01 }, COSTS);
	assert.deepEqual([gain.toFixed(6), loss.toFixed(6)], ["28.843500", "22.713000"]);
});
