// How much an entry is (spec §7): the configured size, the caps, the loss cap, the step and the minima. P is the close of 20100.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, notesOf } from "../../support/golden.ts";

const CANDLES = `
	2 00:00  20000  20100  20000  20100
	2 01:00  20100  20100  20100  20100`;

/** All limits off that a row does not name. */
const FREE = { max_symbol_notional: null, max_total_notional: null, max_loss_pct: null, max_drawdown_pct: null };

type Row = { config: object; qty: number; bound: string };

function checkSize({ config, qty, bound }: Row): void {
	const rule = { config, candles: CANDLES };
	check({ ...rule, trades: `long ${qty} @ 20100 at 2 01:00, end_of_data ${qty} @ 20100 at 2 01:00` });
	const bounds = notesOf(rule).flatMap((note) => (note.what === "entering" ? [note.bound] : []));
	assert.deepEqual(bounds, [bound]);
}

test("percent takes that part of the balance as margin, fixed that many USDT; notional is margin × leverage (F1)", () => {
	const rows: readonly Row[] = [
		// 10000 · 20 % · 3 = 6000; ÷ 20100 = 0.29850
		{ config: { size: { mode: "percent", value: 20 } }, qty: 0.298, bound: "size" },
		// 10000 · 20 % · 5 = 10000; ÷ 20100 = 0.49751
		{ config: { size: { mode: "percent", value: 20 }, leverage: 5, risk: FREE }, qty: 0.497, bound: "size" },
		// 1000 · 3 = 3000; ÷ 20100 = 0.14925
		{ config: { size: { mode: "fixed", value: 1000 } }, qty: 0.149, bound: "size" },
		// 670 · 3 = 2010: exactly 0.1, whatever binary makes of it
		{ config: { size: { mode: "fixed", value: 670 } }, qty: 0.1, bound: "size" },
		{ config: { size: { mode: "fixed", value: 669.99 } }, qty: 0.099, bound: "size" },
		// an account of half the size
		{ config: { size: { mode: "percent", value: 20 }, sim: { initial_balance: 5000 } }, qty: 0.149, bound: "size" },
	];
	for (const row of rows) checkSize(row);
});

test("each cap binds alone, and names itself; null is off (F1, F2, F3)", () => {
	const size = { mode: "percent", value: 99 }; // 10000 · 99 % · 3 = 29700: 1.47761
	const rows: readonly Row[] = [
		{ config: { size, risk: FREE }, qty: 1.477, bound: "size" },
		// 20000 ÷ 20100 = 0.99502
		{ config: { size, risk: { ...FREE, max_symbol_notional: 20_000 } }, qty: 0.995, bound: "max_symbol_notional" },
		// 4020 is exactly 0.2; a cent less is not
		{ config: { size, risk: { ...FREE, max_symbol_notional: 4020 } }, qty: 0.2, bound: "max_symbol_notional" },
		{ config: { size, risk: { ...FREE, max_symbol_notional: 4019.99 } }, qty: 0.199, bound: "max_symbol_notional" },
		{ config: { size, risk: { ...FREE, max_total_notional: 5000 } }, qty: 0.248, bound: "max_total_notional" },
		{ config: { size, risk: { ...FREE, max_symbol_notional: 6000, max_total_notional: 5000 } }, qty: 0.248, bound: "max_total_notional" },
		{ config: { size, risk: { ...FREE, max_symbol_notional: 5000, max_total_notional: 6000 } }, qty: 0.248, bound: "max_symbol_notional" },
		// stop 1 %, no costs: 100 ÷ 0.01 = 10000; 0.49751
		{ config: { size, risk: { ...FREE, max_loss_pct: 1 } }, qty: 0.497, bound: "max_loss_pct" },
		// a stop twice as far halves it: 0.24875
		{
			config: { size, strategy: { exit: { long: { stop_loss_pct: 2 } } }, risk: { ...FREE, max_loss_pct: 1 } },
			qty: 0.248,
			bound: "max_loss_pct",
		},
	];
	for (const row of rows) checkSize(row);
});

test("the loss cap counts the way to the stop, both fees and both slippages (F2, E5)", () => {
	// 0.01 + 2 · 0.00055 + 2 · 0.0001 = 0.0113; 100 ÷ 0.0113 = 8849.557; ÷ 20100 = 0.44027. The entry fills at 20102.1.
	const rule = {
		config: { size: { mode: "percent", value: 99 }, risk: { ...FREE, max_loss_pct: 1 }, sim: { slippage_bps: 1, taker_fee: 0.00055 } },
		candles: CANDLES,
	};
	// In: 0.44 · 20102.1 · 0.00055 = 4.8647082; out: 0.44 · 20100 · 0.00055 = 4.8642; gross −0.44 · 2.1 = −0.924.
	check({
		...rule,
		trades:
			"long 0.44 @ 20102.1 at 2 01:00, end_of_data 0.44 @ 20100 at 2 01:00 | fees 9.7289082 funding 0 pnl -10.6529082 balance 9989.3470918",
	});
});

test("what an entry may bring is noted with it, net of fees and slippage: the gain at TP1, the loss at the stop (E5)", () => {
	// Notional 0.1 · 20100 = 2010; costs of a turn 2 · 0.00055 + 2 · 0.0001 = 0.0013.
	// Gain: half of it, 2010 · 0.5 · (0.03 − 0.0013) = 28.8435. Loss: 2010 · (0.01 + 0.0013) = 22.713.
	const [entering] = notesOf({ config: { sim: { slippage_bps: 1, taker_fee: 0.00055 } }, candles: CANDLES }).flatMap((note) =>
		note.what === "entering" ? [note] : [],
	);
	assert.ok(entering !== undefined);
	assert.deepEqual([entering.gain.toFixed(6), entering.loss.toFixed(6)], ["28.843500", "22.713000"]);
});

test("below the minimum quantity there is no order, and the log names the limit that bound (F1)", () => {
	const rows = [
		{ risk: { ...FREE, max_symbol_notional: 20.09 }, qty: undefined },
		{ risk: { ...FREE, max_symbol_notional: 20.1 }, qty: 0.001 }, // exactly 0.001 · 20100
		{ risk: { ...FREE, max_symbol_notional: 20.11 }, qty: 0.001 },
	];
	for (const { risk, qty } of rows) {
		const rule = { config: { risk }, candles: CANDLES };
		check({ ...rule, trades: qty === undefined ? "" : `long ${qty} @ 20100 at 2 01:00, end_of_data ${qty} @ 20100 at 2 01:00` });
		const skipped = notesOf(rule).flatMap((note) => (note.what === "skipped" ? [note.why] : []));
		if (qty === undefined) assert.match(skipped.join(), /minimum quantity 0\.001.*max_symbol_notional/);
		else assert.deepEqual(skipped, []);
	}
});

test("below the minimum notional, Q · P, there is no order (F1)", () => {
	// SOLUSDT: step 0.1, minimum 5 USDT. 1.7 · 3 = 5.1 USDT buy 0.2 at these prices: worth 4.98, 5 and 5.02. R = 24, and the close is far above.
	const rows = [
		{ price: "24.9", trades: "" },
		{ price: "25", trades: "long 0.2 @ 25 at 2 01:00, end_of_data 0.2 @ 25 at 2 01:00" },
		{ price: "25.1", trades: "long 0.2 @ 25.1 at 2 01:00, end_of_data 0.2 @ 25.1 at 2 01:00" },
	];
	for (const { price, trades } of rows)
		check({
			config: { symbols: [{ symbol: "SOLUSDT" }], strategy: { anchor: { price: 24 } }, size: { value: 1.7 } },
			warmUp: 24,
			candles: `
				2 00:00  24        ${price}  24        ${price}
				2 01:00  ${price}  ${price}  ${price}  ${price}`,
			trades,
		});
});

test("the balance that sizes an entry has this moment's funding already in it (F1)", () => {
	// Short from 08:00 (0.299 · 20000 …): at 16:00 it pays 1 % funding before it is turned, and the long is sized from what is left.
	// Short: 6000 ÷ 19900 = 0.301. Funding at −1 %: 0.301 · 20200 · 0.01 = 60.802 paid. Exit at 20200: −0.301 · 300 = −90.3.
	// Balance 10000 − 60.802 − 90.3 = 9848.898; · 0.6 = 5909.3388; ÷ 20200 = 0.29254.
	const far = { take_profit_pct: 50, stop_loss_pct: 20 };
	check({
		config: {
			strategy: { cooldown: { candles: 0 }, exit: { long: far, short: far } },
			size: { mode: "percent", value: 20 },
			risk: FREE,
			sim: { funding_rate: -0.01 },
		},
		candles: `
			2 08:00  20000  20000  19900  19900
			flat to 2 15:00
			2 15:00  19900  20200  19900  20200
			2 16:00  20200  20200  20200  20200`,
		trades: `
			short 0.301 @ 19900 at 2 09:00, opposite_signal 0.301 @ 20200 at 2 16:00 | fees 0 funding 60.802 pnl -151.102 balance 9848.898
			long 0.292 @ 20200 at 2 16:00, end_of_data 0.292 @ 20200 at 2 16:00 | fees 0 funding 0 pnl 0 balance 9848.898`,
	});
});
