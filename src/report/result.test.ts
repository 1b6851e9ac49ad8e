import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, MINUTE } from "../units/unit.ts";
import { formatResult, resultOf } from "./result.ts";
import { chainOf, curveOf, runOf, START, tradeOf, usdt } from "./testing/sample-run.ts";

const trades = chainOf(
	[
		{ pnl: 40.5, fees: 2, funding: -1, in: HOUR + 1, out: 2 * HOUR + 20_000, reasons: ["take_profit", "stop_loss"] },
		{ pnl: -10, in: 3 * HOUR + 1, out: 2 * DAY, direction: "short", reasons: ["end_of_data"] },
	],
	1000,
);

test("the file holds the fields that readers rely on, by their names and in their order (H2)", () => {
	const result = resultOf(runOf({ trades }));
	assert.deepEqual(Object.keys(result).slice(0, 6), ["symbol", "start", "end", "candles", "metrics", "trades"]);
	assert.deepEqual(Object.keys(result.metrics).slice(0, 10), [
		...["pnl", "return_pct", "mdd", "mdd_pct", "win_rate"],
		...["trades", "cagr", "sharpe", "fees", "funding"],
	]);
	assert.deepEqual(Object.keys(result.trades[0]!).slice(0, 10), [
		...["side", "signal_time", "entry_time", "entry_price", "qty"],
		...["exits", "fees", "funding", "pnl", "balance_after"],
	]);
	assert.deepEqual(Object.keys(result.trades[0]!.exits[0]!), ["time", "price", "qty", "reason"]);
	assert.deepEqual([result.symbol, result.start, result.end, result.candles], ["BTCUSDT", START, START + 2 * DAY, 2880]);
	assert.deepEqual([result.metrics.pnl, result.metrics.fees, result.metrics.funding], [30.5, 2, -1]);
});

test("fills bear the open of their base candle, a signal on a boundary stays, the end of the data belongs to the last candle (H2)", () => {
	const [first, second] = resultOf(runOf({ trades })).trades;
	assert.equal(first!.signal_time, START + HOUR);
	assert.equal(first!.entry_time, START + HOUR);
	assert.equal(first!.exits[0]!.time, START + 2 * HOUR);
	assert.equal(second!.exits[0]!.time, START + 2 * DAY - MINUTE);
	const hourly = resultOf(runOf({ trades, baseInterval: "60" })).trades[1]!;
	assert.equal(hourly.exits[0]!.time, START + 2 * DAY - HOUR);
	const boundary = tradeOf({ in: HOUR });
	assert.equal(
		resultOf(runOf({ trades: [{ ...boundary, signalAt: START + HOUR - 1 }, boundary] })).trades[0]!.signal_time,
		START + HOUR - MINUTE,
	);
	assert.equal(resultOf(runOf({ trades: [boundary] })).trades[0]!.signal_time, START + HOUR);
});

test("the PnL of the trades adds up to final less initial balance when every position was closed (H2)", () => {
	const result = resultOf(runOf({ trades }));
	const sum = result.trades.reduce((total, { pnl }) => total + pnl, 0);
	assert.equal(sum, result.final_balance - result.initial_balance);
	assert.equal(result.trades.at(-1)!.balance_after, result.final_balance);
});

test("balances over time: the run's own record, else what the trades tell, null where they do not (H2)", () => {
	assert.deepEqual(resultOf(runOf({ trades })).balances, [
		[START + HOUR, 1000, 1],
		[START + 2 * HOUR, null, 0.5],
		[START + 2 * HOUR, 1040.5, 0],
		[START + 3 * HOUR, 1040.5, -1],
		[START + 2 * DAY - MINUTE, 1030.5, 0],
	]);
	const balances = [
		{ at: START + 90_001, symbol: "BTCUSDT", cash: usdt(999.4), coin: 1 },
		{ at: START + 2 * DAY, symbol: "BTCUSDT", cash: usdt(1001), coin: 0 },
	];
	assert.deepEqual(resultOf(runOf({ balances })).balances, [
		[START + MINUTE, 999.4, 1],
		[START + 2 * DAY - MINUTE, 1001, 0],
	]);
});

test("several symbols are named on each trade and each balance (E6)", () => {
	const both = [tradeOf({ symbol: "BTCUSDT" }), tradeOf({ symbol: "ETHUSDT" })];
	const result = resultOf(runOf({ trades: both, symbols: ["BTCUSDT", "ETHUSDT"] }));
	assert.equal(result.symbol, "BTCUSDT,ETHUSDT");
	assert.deepEqual(
		result.trades.map((trade) => trade.symbol),
		["BTCUSDT", "ETHUSDT"],
	);
	assert.deepEqual(result.balances[0], [START + HOUR, 1000, 1, "BTCUSDT"]);
	assert.equal("symbol" in resultOf(runOf({ trades: [both[0]!] })).trades[0]!, false);
});

test("the text is JSON of the same object, ends with a newline, and is the same bytes each time (H2)", () => {
	const parts = {
		trades,
		warnings: [{ kind: "halted", why: 'a "quoted" word' }] as const,
		config: { leverage: 3 },
		...curveOf([[MINUTE, 1000]]),
	};
	const text = formatResult(runOf(parts), { equity: true });
	assert.equal(text, formatResult(runOf(parts), { equity: true }));
	assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(resultOf(runOf(parts), { equity: true }))));
	assert.ok(text.endsWith("}\n") && !text.endsWith("\n\n"));
	assert.deepEqual(JSON.parse(text).equity, [[START + MINUTE, 1000]]);
	assert.equal("equity" in JSON.parse(formatResult(runOf(parts))), false);
});

test("a figure that does not exist is null in the file (H2)", () => {
	const { metrics } = JSON.parse(formatResult(runOf()));
	for (const name of ["win_rate", "sharpe", "sortino", "calmar", "profit_factor", "expectancy", "worst_trade_pct"]) {
		assert.equal(metrics[name], null, name);
	}
	assert.doesNotMatch(formatResult(runOf()), /NaN|Infinity|undefined/);
});
