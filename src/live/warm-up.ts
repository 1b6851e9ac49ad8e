// Warms one symbol's strategy up before it trades: closed signal candles before now, and the sums behind an anchor that has passed.

import type { BybitClient } from "../bybit/client.ts";
import type { Engine } from "../engine/engine.ts";
import type { Event } from "../engine/event.ts";
import type { SymbolSettings } from "../engine/settings.ts";
import { closeOf, openOf } from "../market/interval.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { BotOptions } from "./bot-options.ts";
import { closedCandles, sumsBetween } from "./start-up.ts";
import type { Translator } from "./translate.ts";

/** After a restart an entry is still made on a candle that closed so long ago. */
const ENTRY_LATEST: Ms = 60_000;

export type WarmUpTools = Pick<BotOptions, "now" | "baseInterval" | "onLine"> & {
	readonly client: BybitClient;
	readonly engine: Engine;
	readonly translator: Translator | undefined;
	readonly onEvent: (event: Event) => void;
};

export async function warmUp(tools: WarmUpTools, settings: SymbolSettings): Promise<void> {
	const at = tools.now();
	await tellCandles(tools, settings, at);
	await rebuildReference(tools, settings, at);
}

async function tellCandles({ client, engine, translator, onEvent }: WarmUpTools, settings: SymbolSettings, at: Ms): Promise<void> {
	const { symbol } = settings.instrument;
	const { interval } = settings.strategy;
	const candles = await closedCandles(client, { symbol, interval, at });
	const newest = candles.at(-1);
	if (newest === undefined) return;
	translator?.know(symbol, interval, newest.openTime);
	// An earlier life has not judged the newest one: the first ticker does, by its close, as it would have done then.
	const { judgedAt } = engine.machine(symbol);
	const closed = closeOf(interval, newest.openTime);
	const missed = judgedAt > Number.NEGATIVE_INFINITY && closed > judgedAt;
	const past = missed ? candles.slice(0, -1) : candles;
	const closeTimes = past.map((candle) => closeOf(interval, candle.openTime));
	onEvent({ kind: "history", at, symbol, candles: past, closeTimes });
	if (missed) onEvent({ kind: "closed", at: closed, symbol, candle: newest, late: at - closed > ENTRY_LATEST });
}

async function rebuildReference(tools: WarmUpTools, { instrument, strategy }: SymbolSettings, at: Ms): Promise<void> {
	const { client, engine, translator, baseInterval, onLine, onEvent } = tools;
	const { symbol } = instrument;
	const anchor = engine.machine(symbol).strategy.missingAnchor(at);
	if (anchor === undefined) return;
	const [from, to] = strategy.vwapSource === "kline" ? [anchor, at] : [anchor - DAY, anchor];
	const sums = await sumsBetween(client, { symbol, interval: baseInterval, from, to, at });
	if (sums === undefined) return;
	if (strategy.vwapSource === "kline") translator?.know(symbol, baseInterval, openOf(baseInterval, at) - 1);
	onLine("info", `${symbol}: the reference of the anchor at ${new Date(anchor).toISOString()} was rebuilt from the exchange's candles`);
	onEvent({ kind: "reference", at, symbol, anchor, ...sums });
}
