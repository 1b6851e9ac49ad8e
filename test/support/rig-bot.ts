// What the bots of the rigs have in common: one symbol, signals on minute closes, and a start while market time goes on.

import assert from "node:assert/strict";
import { type Decoded, decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { Journal } from "../../src/journal/journal.ts";
import type { Bot, BotOptions } from "../../src/live/bot.ts";
import type { Simulation } from "../../src/simserver/simulation.ts";
import { turns } from "../../src/simserver/testing/standing.ts";
import { MINUTE, type Ms } from "../../src/units/unit.ts";

export const SYMBOL = "BTCUSDT";

/** Long when a minute closes above 20000, short below. */
export const STRATEGY = {
	interval: "1",
	anchor: { type: "price", price: 20_000 },
	bands: { length: 2, k: 0.01 },
	momentum: { lookback: 0 },
};

/** For the whole program: a narrower band, stop and TP1 half a per cent away, 2010 USDT an entry. */
export const PROGRAM = {
	environment: "testnet",
	strategy: {
		...STRATEGY,
		bands: { length: 2, k: 0.001 },
		exit: {
			long: { take_profit_pct: 0.5, stop_loss_pct: 0.5 },
			short: { take_profit_pct: 0.5, stop_loss_pct: 0.5 },
			after_tp1: "breakeven",
		},
		cooldown: { candles: 0 },
	},
	size: { mode: "fixed", value: 670 },
	guard: { stale_s: null },
	backtest: { base_interval: "1" },
};

/** 2010 USDT an entry, stop 1 % and TP1 3 % away; no guard is on. */
const PLAIN = {
	strategy: STRATEGY,
	size: { mode: "fixed", value: 670 },
	guard: { max_move_pct: null, max_spread_pct: null, max_divergence_pct: null, min_liquidation_distance_pct: null },
	risk: { max_loss_pct: null },
};

/** `config`: whole sections of config.yaml beside the plain ones. */
export function configured(config: object): Decoded {
	const decoded = decodeConfig(JSON.stringify({ ...PLAIN, ...config }), "config.yaml");
	assert.ok(decoded.ok, decoded.ok ? "" : JSON.stringify(decoded.error));
	return decoded.value;
}

type Common = "settingsFor" | "symbols" | "intervals" | "baseInterval" | "journal" | "terms";

/** All that does not depend on how the bot is connected and who listens to it. */
export function botOptions({ config, resolved }: Decoded, run: string, journal: Journal | undefined): Pick<BotOptions, Common> {
	return {
		settingsFor: ({ instruments }) => ({
			...settingsOf(config, resolved, (symbol) => instruments.get(symbol)).engine,
			startAt: Number.NEGATIVE_INFINITY,
			baseInterval: "1",
			run,
			narrate: false,
		}),
		symbols: [SYMBOL],
		intervals: new Map([[SYMBOL, "1" as const]]),
		baseInterval: "1",
		journal,
		terms: { late: 7000, every: MINUTE, runs: journal?.runs() ?? [] },
	};
}

/** It begins while market time goes on: what it wants to ask again a little later it is woken for. */
export async function startBot(bot: Bot, { clock }: Simulation, step: (ms: Ms) => Promise<void>): Promise<void> {
	let over = false;
	const starting = bot.start().finally(() => {
		over = true;
	});
	starting.catch(() => {}); // awaited below
	for (; !over; await turns(50)) {
		const wait = (bot.view.trader?.wakeAt ?? Number.POSITIVE_INFINITY) - clock.now();
		if (!(wait > 0 && wait < MINUTE)) continue;
		await step(wait);
		if (!over) bot.trader.take({ kind: "time" }, clock.now());
	}
	await starting;
}

/** As the bot believes: `long 0.1`, or `flat`. */
export function positionOf(bot: Bot): string {
	const { direction, qty } = bot.engine.machine(SYMBOL).position;
	return qty === 0 ? "flat" : `${direction} ${qty / 1000}`;
}
