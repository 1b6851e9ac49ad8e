// One day of market time over sockets, faults on the wire and the production notifications beside the bot, in market time: what the day's
// report and its test play.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { generatedMarket } from "../../src/cli/generated-market.ts";
import { simulatedRun } from "../../src/cli/simulated-run.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { TelegramServer } from "../../src/notify/testing/telegram-server.ts";
import type { Trade } from "../../src/report/trade.ts";
import type { FaultInput } from "../../src/simserver/faults/scenario.ts";
import { assert } from "../../src/std/assert.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../../src/units/unit.ts";
import { arrivalsOf, judge, type Verdict } from "./chat.ts";
import { Line, type LineState, WAYS_DOWN } from "./line.ts";
import { MarketTime } from "./market-time.ts";
import { type Attempts, Phone, TOKEN } from "./phone.ts";

export type DayPlan = {
	readonly seed: string;
	/** The hour of the day at which the bot starts; 0 without it. */
	readonly begin?: number;
	/** Hours of the day between which Telegram is away. */
	readonly away: { readonly from: number; readonly to: number } | undefined;
	/** Market ms per wall ms at the most; without it as fast as both sides can. */
	readonly pace?: number | undefined;
};

export type Day = {
	readonly trades: readonly Trade[];
	/** Of each order, ms from the frame that showed the price to the frame of the order, and at which hour of the day. */
	readonly latency: readonly { readonly hour: number; readonly ms: number }[];
	/** How late the event loop was, ms. */
	readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
	readonly chat: Verdict;
	readonly attempts: Attempts;
	/** The longest that a message waited, market ms. */
	readonly longestWait: Ms;
	/** What was waiting when Telegram came back. */
	readonly heldBack: number;
	readonly faults: number;
	readonly wallMs: number;
};

/** Each way of being away lasts so long, then the next one has its turn. */
const TURN: Ms = 20 * MINUTE;

/** A trade every few candles, on three symbols. */
const CONFIG = {
	symbols: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }, { symbol: "SOLUSDT" }],
	strategy: {
		interval: "1",
		vwap: { source: "kline" },
		anchor: { type: "event", lookback: 5, volume_multiple: 1, range_multiple: 1 },
		bands: { length: 5, k: 0.3 },
		momentum: { lookback: 0 },
		cooldown: { candles: 0 },
		exit: { long: { take_profit_pct: 0.2, stop_loss_pct: 0.1 }, short: { take_profit_pct: 0.2, stop_loss_pct: 0.1 } },
	},
	risk: { max_drawdown_pct: null, max_errors: 100_000 },
};

/** Those that strike what does not depend on how fast this machine is, as answers to readings do: the same seed is the same day. */
const FAULTS: readonly FaultInput[] = [
	{ fault: "server-timeout", op: "order.create", chance: "1 in 100" },
	{ fault: "server-error", endpoint: "/v5/position/trading-stop", chance: "1 in 25" },
	{ fault: "lost-message", topic: "execution", chance: "1 in 50" },
	{ fault: "lost-message", topic: "order", chance: "1 in 50" },
	{ fault: "lost-message", topic: "wallet", chance: "1 in 50" },
	{ fault: "doubled-message", topic: "execution", chance: "1 in 20" },
	{ fault: "reordered-message", topic: "execution", chance: "1 in 20" },
	{ fault: "unknown-fields", topic: "position", chance: "1 in 10" },
	{ fault: "broken-json", topic: "order", chance: "1 in 50" },
	{ fault: "stop-vanishes", chance: "1 in 50" },
	{ fault: "cut", stream: "public", every: "5h" },
	{ fault: "price-jump", every: "5h", percent: 1 },
	{ fault: "funding-now", every: "7h" },
];

export async function playDay({ seed, begin = 0, away, pace }: DayPlan): Promise<Day> {
	const decoded = decodeConfig(JSON.stringify(CONFIG), "config.yaml");
	assert(decoded.ok, "the day's configuration is valid");
	const config = decoded.value;
	const markets = config.resolved.symbols.map((symbol) => generatedMarket(symbol, config.config, { seed, days: 2 }));
	const start = (markets[0]?.columns.openTime[0] ?? 0) + DAY;
	const hourOf = (at: Ms): number => (at - start) / HOUR;
	const stateAt = (at: Ms): LineState => {
		const hour = hourOf(at);
		if (away === undefined || hour < away.from || hour >= away.to) return "open";
		return WAYS_DOWN[Math.floor(((hour - away.from) * HOUR) / TURN) % WAYS_DOWN.length]!;
	};
	const dir = mkdtempSync(join(tmpdir(), "aw-day-"));
	const latency: { hour: number; ms: number }[] = [];
	const lag = monitorEventLoopDelay({ resolution: 5 });
	let time: MarketTime | undefined;
	const server = await TelegramServer.open(TOKEN, () => time?.now() ?? start);
	const line = await Line.open(server.url);
	let phone: Phone | undefined;
	let faults = 0;
	let heldBack = 0;
	const began = performance.now();
	try {
		const record = await simulatedRun({
			config,
			markets,
			pace,
			lead: DAY + begin * HOUR,
			run: "day",
			journalDir: dir,
			faults: { list: FAULTS, seed },
			onLatency: (ms) => latency.push({ hour: hourOf(time?.now() ?? start), ms }),
			onProgress: () => time?.moved(),
			onNote: ({ at, symbol, note }) => phone?.onNote(at, symbol, note),
			onlooker: { onEvent: (event) => phone?.onEvent(event), onCall: () => {}, onAnswer: () => {} },
			beside: ({ bot, simulation, journal }) => {
				assert(journal !== undefined, "a day has a journal");
				time = new MarketTime(simulation.clock, seed, (at) => {
					const state = stateAt(at);
					if (state === "open" && line.state !== "open") heldBack = phone?.waiting ?? 0;
					line.become(state, at);
					phone?.look(at);
				});
				phone = new Phone({ bot, journal, dir, time, url: line.url, lineState: () => line.state });
				lag.enable();
				return phone;
			},
			onEnd: async (_bot, { control }) => {
				lag.disable();
				faults = control.log.length;
			},
		});
		assert(phone !== undefined, "the day had its phone");
		return {
			trades: record.trades,
			latency,
			lag: { p50: lag.percentile(50) / 1e6, p99: lag.percentile(99) / 1e6, max: lag.max / 1e6 },
			chat: judge(dir, "simulated", arrivalsOf(server.texts)),
			attempts: phone.attempts,
			longestWait: phone.longestWait,
			heldBack,
			faults,
			wallMs: performance.now() - began,
		};
	} finally {
		time?.stop();
		await line.close();
		await server.close();
		rmSync(dir, { recursive: true, force: true });
	}
}
