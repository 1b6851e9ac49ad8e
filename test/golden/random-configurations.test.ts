// The product against the second implementation on configurations and markets drawn at random, market entries judged at closes: trade for
// trade, prices and quantities to the digit. The seed is fixed, so that a run repeats; a failing case is printed small.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generateMarket } from "../../src/candles/generate.ts";
import { aggregate } from "../../src/market/aggregate.ts";
import { type Columns, candleAt } from "../../src/market/candle.ts";
import { type Interval, openOf } from "../../src/market/interval.ts";
import type { Trade } from "../../src/report/trade.ts";
import { exitTime } from "../../src/report/trade-times.ts";
import { usdtNumber } from "../../src/units/grid.ts";
import { marketEntries } from "../support/configurations.ts";
import { type OracleConfig, type OracleTrade, oracleBacktest } from "../support/oracle.ts";
import { backtest } from "../support/run.ts";

/** Minutes are generated once a seed. */
const minutes = new Map<number, Columns>();

function marketOf(seed: number, base: Interval): Columns {
	const known = minutes.get(seed);
	const columns = known ?? generateMarket({ seed, days: 6 });
	minutes.set(seed, columns);
	return base === "1" ? columns : aggregate(columns, "1", base).columns;
}

const MONEY = ["fees", "funding", "pnl", "balance_after"] as const;

/** The number of trades; the first that differs is an error. */
function compare(config: OracleConfig, columns: Columns, base: Interval): number {
	const candles = Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
	const expected = whileItCanPay(config, oracleBacktest(candles, config));
	const actual = whileItCanPay(
		config,
		backtest(config, columns, base).trades.map((trade) => described(trade, base)),
	);
	for (const [i, trade] of actual.entries()) {
		const other = expected[i];
		assert.deepEqual(fillsOf(trade), other && fillsOf(other), `trade ${i + 1}`);
		// The second implementation counts money in floats.
		for (const name of MONEY)
			assert.ok(Math.abs(trade[name] - other![name]) < 1e-4, `trade ${i + 1}: ${name} ${trade[name]} is not ${other![name]}`);
	}
	assert.equal(actual.length, expected.length, "the number of trades");
	return actual.length;
}

/** Up to where a fixed margin, with its fees, is more than the account has: there the venue refuses, of which the second implementation knows nothing. */
function whileItCanPay({ size, leverage = 3 }: OracleConfig, trades: readonly OracleTrade[]): readonly OracleTrade[] {
	const { mode, value = 0 } = size ?? {};
	const poor = mode === "fixed" ? trades.findIndex(({ balance_after }) => balance_after < value * (1.1 + 0.002 * leverage)) : -1;
	return poor < 0 ? trades : trades.slice(0, poor + 1);
}

function described(trade: Trade, base: Interval): OracleTrade {
	return {
		side: trade.direction,
		signal_time: openOf(base, trade.signalAt),
		entry_time: openOf(base, trade.entryAt),
		entry_price: trade.entryPrice,
		qty: trade.qty,
		exits: trade.exits.map((exit) => ({ time: exitTime(base, exit), price: exit.price, qty: exit.qty, reason: exit.reason })),
		fees: usdtNumber(trade.fees),
		funding: usdtNumber(trade.funding),
		pnl: usdtNumber(trade.pnl),
		balance_after: usdtNumber(trade.balanceAfter),
	};
}

/** All but the money, to 12 digits. */
function fillsOf({ side, signal_time, entry_time, entry_price, qty, exits }: OracleTrade): unknown {
	const digits = (value: number): number => Number(value.toPrecision(12));
	const out = exits.map((exit) => ({ ...exit, price: digits(exit.price), qty: digits(exit.qty) }));
	return { side, signal_time, entry_time, entry_price: digits(entry_price), qty: digits(qty), exits: out };
}

for (const [base, intervals, runs] of [
	["1", ["5", "15", "60"], 15],
	["15", ["15", "60", "240"], 60],
] as const) {
	test(`on candles of ${base} the trades are those of the second implementation, whatever the configuration (E1, E3, F1, H1)`, () => {
		let trades = 0;
		fc.assert(
			fc.property(marketEntries, fc.constantFrom(...intervals), fc.nat(3), (config, interval, seed) => {
				trades += compare({ ...config, strategy: { ...config.strategy, interval } }, marketOf(seed, base), base);
			}),
			{ numRuns: runs, seed: 20_240_101 },
		);
		assert.ok(trades > 10 * runs, `there were trades: ${trades}`);
	});
}
