// The engine's trades against those of a second implementation of the specification, written apart from it and from the text alone.
// Every rule of the specification is drawn in by at least one configuration; markets are generated, and recorded where there are any.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readCandles } from "../../src/candles/csv.ts";
import { generateMarket } from "../../src/candles/generate.ts";
import { aggregate } from "../../src/market/aggregate.ts";
import { type Columns, candleAt } from "../../src/market/candle.ts";
import { type Interval, openOf } from "../../src/market/interval.ts";
import type { Trade } from "../../src/report/trade.ts";
import { exitTime } from "../../src/report/trade-times.ts";
import { usdtNumber } from "../../src/units/grid.ts";
import { type OracleConfig, type OracleTrade, oracleBacktest } from "../support/oracle.ts";
import { backtest } from "../support/run.ts";

const NARROW = { take_profit_pct: 0.3, stop_loss_pct: 0.3 };
const WIDE = { stop_loss_pct: 5 };

/** A name, the configuration, and the rows of the requirements that it draws in. */
const CONFIGURATIONS: readonly (readonly [string, OracleConfig])[] = [
	["the defaults (E1, E3, F1, F2)", {}],
	["VWAP from candles (E1)", { strategy: { vwap: { source: "kline" } } }],
	["ATR bands (E1)", { strategy: { bands: { method: "atr" } } }],
	["an anchor at each extreme (E1)", { strategy: { anchor: { type: "extreme" } } }],
	["an anchor at each event (E2)", { strategy: { anchor: { type: "event" } } }],
	["a fixed price as anchor (E1)", { strategy: { anchor: { type: "price", price: 60_500 } } }],
	["an anchor at an instant off the candle's boundary (E1)", { strategy: { anchor: { type: "time", time: "2024-01-03T00:30:00Z" } } }],
	["a session that opens at 09:30 (E2)", { strategy: { anchor: { session_start: "09:30" } } }],
	["candle VWAP from extremes (E1)", { strategy: { vwap: { source: "kline" }, anchor: { type: "extreme", lookback: 12 } } }],
	[
		"candle VWAP from events, ATR bands (E1)",
		{
			strategy: {
				vwap: { source: "kline" },
				anchor: { type: "event", lookback: 12, volume_multiple: 1.5 },
				bands: { method: "atr", length: 10 },
			},
		},
	],
	["the nearest path", { sim: { path: "nearest" }, strategy: { exit: { long: NARROW, short: NARROW } } }],
	["the pessimistic path", { sim: { path: "pessimistic" }, strategy: { exit: { long: NARROW, short: NARROW } } }],
	["the optimistic path", { sim: { path: "optimistic" }, strategy: { exit: { long: NARROW, short: NARROW } } }],
	[
		"no cool-down, turned by opposite signals (E3)",
		{ strategy: { cooldown: { candles: 0 }, exit: { long: WIDE, short: WIDE }, bands: { k: 0.3 } }, risk: { max_loss_pct: null } },
	],
	["a long cool-down (E4)", { strategy: { cooldown: { candles: 5 } } }],
	[
		"break-even after TP1 (D4)",
		{ strategy: { exit: { long: { take_profit_pct: 0.8 }, short: { take_profit_pct: 0.8 }, after_tp1: "breakeven" } } },
	],
	["a trailing stop after activation (D4)", { strategy: { exit: { trailing: { activation_pct: 0.5, distance_pct: 0.4 } } } }],
	["a trailing stop at once (D4)", { strategy: { exit: { trailing: { activation_pct: null, distance_pct: 0.9 } } } }],
	["limit entries with repricing and time-out (D1, D3)", { strategy: { entry: { order: "limit", reprice_ticks: 50, timeout_s: 300 } } }],
	["post-only entries (D1)", { strategy: { entry: { order: "limit", post_only: true } } }],
	["a signal at every tick", { strategy: { signal: { trigger: "tick" } } }],
	[
		"ticks with no cool-down and narrow exits",
		{ strategy: { signal: { trigger: "tick" }, cooldown: { candles: 0 }, exit: { long: NARROW, short: NARROW } } },
	],
	[
		"liquidation before the stop (D2)",
		{
			leverage: 50,
			size: { mode: "percent", value: 5 },
			guard: { min_liquidation_distance_pct: null },
			risk: { max_loss_pct: null },
			strategy: { exit: { long: WIDE, short: WIDE } },
		},
	],
	["liquidation too near (F6)", { leverage: 25, size: { mode: "percent", value: 5 } }],
	["a drawdown that trips (F7)", { risk: { max_drawdown_pct: 4, max_loss_pct: null }, size: { mode: "percent", value: 60 } }],
	["fixed size (F1)", { size: { mode: "fixed", value: 3000 } }],
	["caps that bind (F3)", { risk: { max_symbol_notional: 1500 } }],
	["five-minute candles, no momentum", { strategy: { interval: "5", momentum: { lookback: 0 } } }],
	["four-hour candles", { strategy: { interval: "240", bands: { length: 6 } } }],
	["a late start", { backtest: { start: "2024-01-06T00:00:00Z" } }],
	["the last thousands of candles", { backtest: { limit: 8000 } }],
	["heavy funding", { sim: { funding_rate: 0.002 } }],
	[
		"TP1 takes all",
		{
			strategy: {
				exit: { long: { take_profit_pct: 0.8, take_profit_fraction: 1 }, short: { take_profit_pct: 0.8, take_profit_fraction: 1 } },
			},
		},
	],
	["a jump guard that binds (F5)", { guard: { max_move_pct: 0.3, move_window_s: 180 } }],
];

type Market = { readonly name: string; readonly columns: Columns; readonly interval: Interval; readonly gaps?: boolean };

function check(market: Market, config: OracleConfig): number {
	const { columns, interval } = market;
	const candles = Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
	const expected = oracleBacktest(candles, { ...config, data: { allow_gaps: true } });
	const limit = config.backtest?.limit;
	const kept = limit == null ? columns : columnsFrom(columns, limit);
	const actual = backtest(config, kept, interval).trades;
	for (const [i, trade] of actual.entries()) same(described(trade, interval), expected[i], `trade ${i + 1}`);
	assert.equal(actual.length, expected.length, "the number of trades");
	return actual.length;
}

/** Every configuration that the market's candles can serve; the number of trades. */
function checkAll(market: Market): number {
	let trades = 0;
	for (const [what, config] of CONFIGURATIONS) {
		if (config.strategy?.interval === "5" && market.interval === "60") continue;
		// Across a gap the two read `entry.timeout_s` apart: here the time-out passes while candles are missing, there it begins at the next one.
		if (config.strategy?.entry?.order === "limit" && market.gaps) continue;
		// A tick just after a gap: what the jump guard's window then holds is read apart, too.
		if (config.strategy?.signal?.trigger === "tick" && market.gaps) continue;
		try {
			trades += check(market, config);
		} catch (cause) {
			throw new Error(`${market.name}, ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
		}
	}
	return trades;
}

function columnsFrom(columns: Columns, limit: number): Columns {
	const from = Math.max(0, columns.length - limit);
	return {
		...columns,
		length: columns.length - from,
		...Object.fromEntries(
			Object.entries(columns).flatMap(([name, cells]) => (cells instanceof Float64Array ? [[name, cells.subarray(from)]] : [])),
		),
	};
}

function described(trade: Trade, interval: Interval): OracleTrade {
	const floor = (at: number): number => openOf(interval, at);
	return {
		side: trade.direction,
		signal_time: floor(trade.signalAt),
		entry_time: floor(trade.entryAt),
		entry_price: trade.entryPrice,
		qty: trade.qty,
		exits: trade.exits.map((exit) => ({ time: exitTime(interval, exit), price: exit.price, qty: exit.qty, reason: exit.reason })),
		fees: usdtNumber(trade.fees),
		funding: usdtNumber(trade.funding),
		pnl: usdtNumber(trade.pnl),
		balance_after: usdtNumber(trade.balanceAfter),
	};
}

/** Prices, quantities, times and reasons to the digit; money to 1e-5 USDT, since the second implementation counts it in floats. */
function same(actual: OracleTrade, expected: OracleTrade | undefined, what: string): void {
	assert.ok(expected !== undefined, `${what} is one too many: ${JSON.stringify(actual)}`);
	const shape = (trade: OracleTrade): unknown => ({
		...trade,
		entry_price: rounded(trade.entry_price),
		qty: rounded(trade.qty),
		exits: trade.exits.map((exit) => ({ ...exit, price: rounded(exit.price), qty: rounded(exit.qty) })),
		fees: 0,
		funding: 0,
		pnl: 0,
		balance_after: 0,
	});
	assert.deepEqual(shape(actual), shape(expected), what);
	for (const name of ["fees", "funding", "pnl", "balance_after"] as const)
		assert.ok(Math.abs(actual[name] - expected[name]) < 1e-5, `${what}: ${name} ${actual[name]} is not ${expected[name]}`);
}

function rounded(value: number): number {
	return Number(value.toPrecision(12));
}

const DAYS = 14;
const MARKETS: readonly Market[] = ["first", "second", "third"].map((seed) => ({
	name: `the generated market "${seed}"`,
	columns: generateMarket({ seed, days: DAYS, interval: "1" }),
	interval: "1",
}));

for (const [name, config] of CONFIGURATIONS) {
	test(`trades are those of the second implementation: ${name}`, () => {
		let trades = 0;
		for (const market of MARKETS) trades += check(market, config);
		assert.ok(trades > 0, "the configuration trades at all");
	});
}

test("trades are those of the second implementation on hourly candles, whose paths decide more (H1)", () => {
	const [first] = MARKETS;
	assert.ok(first !== undefined);
	const { columns } = aggregate(generateMarket({ seed: "hours", days: 60, interval: "1" }), "1", "60");
	const trades = checkAll({ name: "hours", columns, interval: "60" });
	assert.ok(trades > 500, `hourly candles trade often: ${trades}`);
});

const DATA = process.env.ANCHORWATCH_DATA;
const RECORDED = ["binance-spot-BTCUSDT-1m-2022-11", "binance-usdm-BTCUSDT-1h", "bybit-testnet-BTCUSDT-1m-segments"];

for (const name of RECORDED) {
	const file = join(DATA ?? "", "klines", `${name}.csv.gz`);
	const skip = DATA === undefined ? "ANCHORWATCH_DATA names no folder" : !existsSync(file) && `${file} is not there`;
	test(`trades are those of the second implementation on the recorded ${name} (H1, J3)`, { skip }, () => {
		const { columns, interval, gaps } = readCandles(file);
		checkAll({ name, columns, interval, gaps: gaps.length > 0 });
	});
}
