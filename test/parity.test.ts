// What you test is what you trade: the bot over real sockets makes the backtest's trades, to the last one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compareRuns } from "../src/cli/compare-runs.ts";
import { generatedMarket } from "../src/cli/generated-market.ts";
import { checkMarket } from "../src/cli/market-file.ts";
import { decodeConfig } from "../src/config/decode.ts";
import { aggregate } from "../src/market/aggregate.ts";
import type { FaultInput } from "../src/simserver/faults/scenario.ts";

type Terms = { seed: string; days: number; interval?: "60"; faults?: readonly FaultInput[] };

/** Runs a generated market both ways; the number of trades. */
async function check(content: object, terms: Terms): Promise<number> {
	const decoded = decodeConfig(JSON.stringify(content), "config.yaml");
	assert.ok(decoded.ok);
	const { config, resolved } = decoded.value;
	const [entry] = resolved.symbols;
	assert.ok(entry !== undefined);
	const minutes = generatedMarket(entry, config, terms);
	const hours = aggregate(minutes.columns, "1", "60").columns;
	const file = {
		columns: hours,
		origin: "generated",
		hasVolume: true,
		hasTurnover: true,
		spacing: 3_600_000,
		interval: "60",
		gaps: [],
	} as const;
	const market = terms.interval === "60" ? checkMarket(file, "hours", entry, config) : minutes;
	const { trades, difference } = await compareRuns(decoded.value, market, { faults: terms.faults });
	assert.equal(difference, undefined, String(difference));
	return trades;
}

test("a generated week over sockets makes the backtest's trades (J2, J3)", async () => {
	assert.ok((await check({}, { seed: "c", days: 7 })) >= 5);
});

/** Told twice, in another order, with fields nobody knows, not told at all where another message says the same; accepted and then an error. */
const HEALING: readonly FaultInput[] = [
	{ fault: "server-timeout", op: "order.create", done: true, chance: "1 in 2" },
	{ fault: "server-error", endpoint: "/v5/position/trading-stop", chance: "1 in 3" },
	{ fault: "rate-limited", endpoint: "/v5/position/list", chance: "1 in 3" },
	{ fault: "empty-positions", chance: "1 in 4" },
	{ fault: "doubled-message", topic: "execution", chance: "1 in 2" },
	{ fault: "doubled-message", topic: "order", chance: "1 in 3" },
	{ fault: "reordered-message", topic: "execution", chance: "1 in 3" },
	{ fault: "lost-message", topic: "order", chance: "1 in 3" },
	{ fault: "lost-message", topic: "wallet", chance: "1 in 2" },
	{ fault: "lost-message", topic: "position", chance: "1 in 3" },
	{ fault: "unknown-fields", topic: "tickers", chance: "1 in 10" },
	{ fault: "cut", stream: "trade", every: "9h" },
];

test("faults that heal before the next evaluation change no trade (J2, J3, D5)", async () => {
	const strategy = { cooldown: { candles: 0 }, exit: { long: { take_profit_pct: 1 }, short: { take_profit_pct: 1 } } };
	assert.ok((await check({ strategy, risk: { max_errors: 1000 } }, { seed: "c", days: 3, faults: HEALING })) >= 3);
});

test("limit entries, repriced and timed out over sockets, fill as in the backtest (D1, D3)", async () => {
	const strategy = { entry: { order: "limit", reprice_ticks: 20, timeout_s: 120 } };
	assert.ok((await check({ strategy }, { seed: "a", days: 3 })) >= 1);
});

test("trailing stops and break-even moved over sockets stop where the backtest's do (D4)", async () => {
	const side = { take_profit_pct: 0.6 };
	const strategy = { exit: { long: side, short: side, after_tp1: "breakeven", trailing: { activation_pct: 0.4, distance_pct: 0.3 } } };
	assert.ok((await check({ strategy }, { seed: "c", days: 3 })) >= 2);
});

test("a signal judged at every tick is the same over sockets", async () => {
	assert.ok((await check({ strategy: { signal: { trigger: "tick" } } }, { seed: "c", days: 3 })) >= 2);
});

for (const [name, content] of [
	["the defaults", {}],
	[
		"no cool-down and narrow exits",
		{
			strategy: {
				cooldown: { candles: 0 },
				exit: { long: { take_profit_pct: 0.5, stop_loss_pct: 0.5 }, short: { take_profit_pct: 0.5, stop_loss_pct: 0.5 } },
			},
		},
	],
	[
		"VWAP from candles and event anchors",
		{ strategy: { vwap: { source: "kline" }, anchor: { type: "event", lookback: 12, volume_multiple: 1.5 } } },
	],
	["ATR bands and anchors at extremes", { strategy: { bands: { method: "atr" }, anchor: { type: "extreme", lookback: 12 } } }],
	[
		"liquidations",
		{
			leverage: 50,
			size: { value: 5 },
			guard: { min_liquidation_distance_pct: null },
			risk: { max_loss_pct: null },
			strategy: { exit: { long: { stop_loss_pct: 5 }, short: { stop_loss_pct: 5 } } },
		},
	],
	["a drawdown that trips", { risk: { max_drawdown_pct: 4, max_loss_pct: null }, size: { value: 60 } }],
] as const) {
	test(`hourly candles over sockets make the backtest's trades: ${name} (J2)`, async () => {
		assert.ok((await check(content, { seed: "hours", days: 60, interval: "60" })) >= 1);
	});
}
