import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR } from "../units/unit.ts";
import { firstDifference } from "./compare.ts";
import { START, tradeOf, usdt } from "./testing/sample-run.ts";
import type { Trade } from "./trade.ts";

const trade = tradeOf({ pnl: -7.25, fees: 0.5, funding: 0.25, reasons: ["take_profit", "stop_loss"] });

function changed(parts: Partial<Trade>): Trade {
	return { ...trade, ...parts };
}

test("the same trades, filled some milliseconds apart within their candles, show no difference (J2)", () => {
	const late = changed({
		signalAt: trade.signalAt + 12,
		entryAt: trade.entryAt + 59_999,
		exits: trade.exits.map((exit) => ({ ...exit, at: exit.at + 1 })),
		slippage: 9,
	});
	assert.equal(firstDifference([trade, trade], [trade, late], "1"), undefined);
	assert.equal(firstDifference([], [], "1"), undefined);
});

test("each field that differs is named with both values (J2)", () => {
	const [first, second] = [trade.exits[0]!, trade.exits[1]!];
	const rows: readonly (readonly [parts: Partial<Trade>, words: string])[] = [
		[{ symbol: "ETHUSDT" }, "symbol: BTCUSDT in the first run, ETHUSDT in the second run"],
		[{ direction: "short" }, "direction: long in the first run, short"],
		[{ signalAt: trade.signalAt - 1 }, "signal time: 2024-01-01 01:00 in the first run, 2024-01-01 00:59"],
		[{ entryAt: trade.entryAt + 60_000 }, "entry time: 2024-01-01 01:00 in the first run, 2024-01-01 01:01"],
		[{ qty: 1.001 }, "quantity: 1 in the first run, 1.001"],
		[{ entryPrice: 100.1 }, "entry price: 100 in the first run, 100.1"],
		[{ exits: [first] }, "number of exits: 2 in the first run, 1"],
		[{ exits: [first, { ...second, reason: "guard" }] }, "exit 2 reason: stop_loss in the first run, guard"],
		[{ exits: [first, { ...second, at: START }] }, "exit 2 time: 2024-01-01 02:00 in the first run, 2024-01-01 00:00"],
		[{ exits: [{ ...first, qty: 0.4 }, second] }, "exit 1 quantity: 0.5 in the first run, 0.4"],
		[{ exits: [{ ...first, price: 101.1 }, second] }, "exit 1 price: 101 in the first run, 101.1"],
		[{ fees: usdt(0.50000001) }, "fees: 0.5 in the first run, 0.50000001"],
		[{ funding: usdt(0) }, "funding: 0.25 in the first run, 0"],
		[{ pnl: usdt(-7.24999999) }, "PnL: -7.25 in the first run, -7.24999999"],
		[{ balanceAfter: usdt(1) }, "balance after: 992.75 in the first run, 1"],
	];
	for (const [parts, words] of rows) {
		const text = firstDifference([trade, trade], [trade, changed(parts)], "1") ?? "";
		assert.ok(text.startsWith(`trade 2 of 2 differs in ${words}`), text);
	}
});

test("the text shows both trades in full, under the names of their runs (J2)", () => {
	assert.equal(
		firstDifference([trade], [changed({ fees: usdt(0.6) })], "1", { a: "backtest", b: "wire" }),
		`trade 1 of 1 differs in fees: 0.5 in the backtest run, 0.6 in the wire run
  backtest  long 1 BTCUSDT at 100 (signal 2024-01-01 01:00, fill 2024-01-01 01:00); take_profit 0.5 at 101 (2024-01-01 02:00); stop_loss 0.5 at 101 (2024-01-01 02:00); fees 0.5, funding 0.25, PnL -7.25, balance 992.75
  wire      long 1 BTCUSDT at 100 (signal 2024-01-01 01:00, fill 2024-01-01 01:00); take_profit 0.5 at 101 (2024-01-01 02:00); stop_loss 0.5 at 101 (2024-01-01 02:00); fees 0.6, funding 0.25, PnL -7.25, balance 992.75`,
	);
});

test("a trade that only one run has is shown (J2)", () => {
	const text = firstDifference([trade, trade], [trade], "1") ?? "";
	assert.match(text, /^the first run has 2 trades, the second run 1 trade; the first 1 agree\n {2}first {3}long 1 BTCUSDT/);
	assert.match(text, /\n {2}second {2}no such trade$/);
});

test("a position closed at the end of the data belongs to the last candle, at its very end or just before (J2)", () => {
	const ended = (at: number): Trade => changed({ exits: [{ at, price: 101, qty: 1, reason: "end_of_data" }] });
	assert.equal(firstDifference([ended(START + HOUR)], [ended(START + HOUR - 1)], "60"), undefined);
	assert.notEqual(firstDifference([ended(START + HOUR)], [ended(START + HOUR + 1)], "60"), undefined);
});
