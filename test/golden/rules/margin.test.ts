// Liquidation in isolated mode (spec §9; bybit-v5.md §10): where the margin left equals the maintenance margin, taken over at the bankruptcy
// price. Worked there: E 20000, L 50, MMR 0.5 %: (20000 · 0.98) ÷ 0.995 = 19698.4925.

import { test } from "node:test";
import { check } from "../../support/golden.ts";

const CONFIG = {
	leverage: 50,
	size: { value: 40 }, // 2000 USDT: 0.1
	strategy: { anchor: { price: 19_900 }, exit: { long: { stop_loss_pct: 5 }, short: { stop_loss_pct: 5 } } },
	risk: { max_loss_pct: null, max_drawdown_pct: null },
	guard: { min_liquidation_distance_pct: null },
};
const LONG = `
	2 00:00  19900  20000  19900  20000
	2 01:00  20000  20010  19990  20000
`;

test("a long is liquidated where margin left equals maintenance margin, 19698.49, and loses its margin (D2)", () => {
	for (const [low, trades] of [
		["19698.5", "long 0.1 @ 20000 at 2 01:00, end_of_data 0.1 @ 19900 at 2 02:00 | fees 0 funding 0 pnl -10 balance 9990"],
		// bankruptcy price 20000 · 0.98 = 19600: 0.1 · 400 = 40 lost, which is all of the margin
		["19698.4", "long 0.1 @ 20000 at 2 01:00, liquidation 0.1 @ 19600 at 2 02:00 | fees 0 funding 0 pnl -40 balance 9960"],
		["19000.0", "long 0.1 @ 20000 at 2 01:00, liquidation 0.1 @ 19600 at 2 02:00 | fees 0 funding 0 pnl -40 balance 9960"],
	] as const)
		check({ config: CONFIG, warmUp: 19_900, candles: `${LONG} 2 02:00 20000 20000 ${low} 19900`, trades });
});

test("a short is liquidated at E · (1 + 1/L) ÷ (1 + MMR) (D2)", () => {
	// 20000 · 1.02 ÷ 1.005 = 20298.507; bankruptcy at 20400.
	for (const [high, trades] of [
		["20298.5", "short 0.1 @ 20000 at 2 01:00, end_of_data 0.1 @ 20100 at 2 02:00 | fees 0 funding 0 pnl -10 balance 9990"],
		["20298.6", "short 0.1 @ 20000 at 2 01:00, liquidation 0.1 @ 20400 at 2 02:00 | fees 0 funding 0 pnl -40 balance 9960"],
	] as const)
		check({
			config: { ...CONFIG, strategy: { ...CONFIG.strategy, anchor: { price: 20_100 } } },
			warmUp: 20_100,
			candles: `
				2 00:00  20100  20100    20000  20000
				2 01:00  20000  20010    19990  20000
				2 02:00  20000  ${high}  20000  20100`,
			trades,
		});
});

test("a liquidation pays the taker fee of its fill (D2, H1)", () => {
	// In: 0.1 · 20000 · 0.00055 = 1.1; out: 0.1 · 19600 · 0.00055 = 1.078.
	check({
		config: { ...CONFIG, sim: { taker_fee: 0.00055 } },
		warmUp: 19_900,
		candles: `${LONG} 2 02:00 20000 20000 19600 19900`,
		trades: "long 0.1 @ 20000 at 2 01:00, liquidation 0.1 @ 19600 at 2 02:00 | fees 2.178 funding 0 pnl -42.178 balance 9957.822",
	});
});

test("a stop nearer than the liquidation comes first on the way; a gap beyond both is a liquidation (D2)", () => {
	const config = { ...CONFIG, strategy: { ...CONFIG.strategy, exit: { long: { stop_loss_pct: 1 } } } };
	check({
		config,
		warmUp: 19_900,
		candles: `${LONG} 2 02:00 20000 20000 19500 19900`,
		trades: "long 0.1 @ 20000 at 2 01:00, stop_loss 0.1 @ 19800 at 2 02:00",
	});
	check({
		config,
		warmUp: 19_900,
		candles: `${LONG} 2 02:00 19650 19900 19650 19900`,
		trades: "long 0.1 @ 20000 at 2 01:00, liquidation 0.1 @ 19600 at 2 02:00",
	});
	// Between the two levels the gap meets the stop alone.
	check({
		config,
		warmUp: 19_900,
		candles: `${LONG} 2 02:00 19750 19900 19750 19900`,
		trades: "long 0.1 @ 20000 at 2 01:00, stop_loss 0.1 @ 19750 at 2 02:00",
	});
});
