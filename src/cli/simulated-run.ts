// The bot over real sockets against an exchange embedded in the same process: what `run` does with environment sim, what the demo is,
// and one side of `parity`.

import { BybitClient, RECV_WINDOW_DEFAULT } from "../bybit/client.ts";
import { resolveEndpoints } from "../bybit/endpoints.ts";
import type { Decoded } from "../config/decode.ts";
import { shown } from "../config/render.ts";
import { Secret } from "../config/secret.ts";
import { settingsOf } from "../config/settings.ts";
import { Journal } from "../journal/journal.ts";
import { ExchangeAccount } from "../live/account-side.ts";
import { Bot, type BotOptions } from "../live/bot.ts";
import { type Onlooker, seenBy } from "../live/onlooker.ts";
import { bundledInstrument } from "../market/instrument.ts";
import { closeOf, type Interval } from "../market/interval.ts";
import type { RunRecord } from "../report/metrics.ts";
import type { Warning } from "../report/warning.ts";
import type { FaultInput } from "../simserver/faults/scenario.ts";
import { type Simulation, startSimulation } from "../simserver/simulation.ts";
import { assert } from "../std/assert.ts";
import { usdtNumber } from "../units/grid.ts";
import { HOUR, type Ms } from "../units/unit.ts";
import type { MarketFile } from "./market-file.ts";
import { stopped } from "./stop-signal.ts";

export type SimulatedRun = {
	readonly config: Pick<Decoded, "config" | "resolved">;
	readonly markets: readonly MarketFile[];
	/** At most this many market ms per wall ms; without it as fast as both sides can. */
	readonly pace?: number | undefined;
	/** So much market time has passed when the bot starts; none without it. */
	readonly lead?: Ms;
	/** Folder of the journal; none without it. */
	readonly journalDir?: string | undefined;
	readonly run: string;
	readonly onNote?: BotOptions["onNote"];
	readonly onLine?: BotOptions["onLine"];
	readonly onlooker?: Onlooker | undefined;
	/** Market time, share done, equity: often. */
	readonly onProgress?: (at: Ms, share: number, equity: number) => void;
	/** From the frame on the public socket to an order's frame on the trade socket, ms. */
	readonly onLatency?: (ms: number) => void;
	/** Faults of the embedded exchange, and what their chances are drawn from. */
	readonly faults?: { readonly list: readonly FaultInput[]; readonly seed: string };
	/** What runs beside the bot as in a live run: begun before its start, ended after its stop, while the journal is still open. */
	readonly beside?: (parts: { readonly bot: Bot; readonly simulation: Simulation; readonly journal: Journal | undefined }) => Beside;
	/** Once the data have ended, before anything is closed. */
	readonly onEnd?: (bot: Bot, simulation: Simulation) => Promise<void>;
	/** Ends the run early when aborted. */
	readonly signal?: AbortSignal | undefined;
};

export type Beside = { end(): Promise<void> };

const KEYS = { key: "embedded-key", secret: "embedded-secret" } as const;

export async function simulatedRun(options: SimulatedRun): Promise<RunRecord> {
	const { config, resolved } = options.config;
	const [first] = options.markets;
	assert(first !== undefined, "a simulated run has a market");
	const settings = settingsOf(config, resolved, bundledInstrument);
	let progressed = (): void => {};
	const journal =
		options.journalDir === undefined
			? undefined
			: new Journal(
					options.journalDir,
					{
						name: options.run,
						started: Date.now(),
						about: { config: shown(config), generated: first.generated },
					},
					"simulated",
				);
	const simulation = await startSimulation({
		markets: options.markets.map((market) =>
			simMarket(
				market,
				settings.engine.symbols.find(({ instrument }) => instrument.symbol === market.symbol)?.instrument,
				config.sim.funding_rate,
			),
		),
		terms: settings.venue,
		speed: "lockstep",
		...(options.pace === undefined ? {} : { pace: options.pace }),
		...KEYS,
		...(options.faults === undefined ? {} : { faults: options.faults.list, faultSeed: options.faults.seed }),
		autostart: false,
		onStep: () => progressed(),
		warn: (text) => options.onLine?.("warn", text),
	});
	const curve: { times: number[]; equity: number[] } = { times: [], equity: [] };
	let bot: Bot | undefined;
	let beside: Beside | undefined;
	try {
		if (options.lead !== undefined) await simulation.control.step({ ms: options.lead });
		bot = embeddedBot(options, simulation, journal, first.interval, (at, equity) => {
			curve.times.push(at);
			curve.equity.push(equity);
		});
		beside = options.beside?.({ bot, simulation, journal });
		await bot.start();
		const { engine } = bot;
		progressed = () => options.onProgress?.(simulation.clock.now(), simulation.progress(), engine.equity());
		simulation.start();
		if (options.lead !== undefined) simulation.control.resume();
		await Promise.race([simulation.finished, stopped(options.signal)]);
		const ended = options.signal?.aborted !== true;
		await options.onEnd?.(bot, simulation);
		const end = ended ? closeOf(first.interval, first.columns.openTime[first.columns.length - 1]!) : simulation.clock.now();
		bot.closeBooks(end);
		const { balance } = engine;
		if (curve.equity.length > 0) curve.equity[curve.equity.length - 1] = usdtNumber(balance);
		const warnings: Warning[] = options.markets.flatMap((market) => market.warnings);
		if (engine.halted !== undefined) warnings.push({ kind: "halted", why: engine.halted });
		return {
			symbols: options.markets.map((market) => market.symbol),
			baseInterval: first.interval,
			start: first.columns.openTime[0] ?? 0,
			end,
			candles: curve.times.length,
			initialBalance: settings.engine.balance,
			finalBalance: balance,
			times: Float64Array.from(curve.times),
			equity: Float64Array.from(curve.equity),
			trades: bot.trades,
			warnings,
			generated: first.generated,
			ambiguousCandles: simulation.venue.ambiguousCandles(),
			config: shown(config),
		};
	} finally {
		await bot?.stop();
		await beside?.end();
		await simulation.close();
		journal?.close();
	}
}

function simMarket(
	market: MarketFile,
	instrument: ReturnType<typeof bundledInstrument>,
	fundingRate: number,
): Parameters<typeof startSimulation>[0]["markets"][number] {
	assert(instrument !== undefined, `${market.symbol} is configured`);
	const { interval, columns: candles, generated, rateAt } = market;
	return { instrument, interval, candles, generated, fundingRate, ...(rateAt === undefined ? {} : { rateAt }) };
}

function embeddedBot(
	options: SimulatedRun,
	simulation: Simulation,
	journal: Journal | undefined,
	baseInterval: Interval,
	onEquity: (at: Ms, equity: number) => void,
): Bot {
	const { onlooker } = options;
	const { config, resolved } = options.config;
	const endpoints = resolveEndpoints("testnet", simulation.addresses);
	assert(endpoints.ok, "the embedded exchange is on the loopback");
	return new Bot({
		connect: (onEvent) =>
			new BybitClient({
				endpoints: endpoints.value,
				credentials: { key: new Secret(KEYS.key), secret: new Secret(KEYS.secret) },
				clock: simulation.clock,
				random: Math.random, // spreads reconnections, which an embedded exchange does not see
				onEvent: (event) => {
					onlooker?.onEvent(event);
					onEvent(event);
				},
				onOrderSent: (frameAt, sentAt) => {
					if (frameAt !== undefined) options.onLatency?.(sentAt - frameAt);
				},
				paced: false, // the exchange's time stands still while requests are under way
			}),
		now: () => simulation.clock.now(),
		settingsFor: ({ instruments }) => ({
			...settingsOf(config, resolved, (symbol) => instruments.get(symbol)).engine,
			baseInterval,
			run: options.run,
			narrate: false,
		}),
		symbols: resolved.symbols.map((entry) => entry.symbol),
		intervals: new Map(resolved.symbols.map((entry) => [entry.symbol, entry.strategy.interval])),
		baseInterval,
		journal,
		durable: false,
		wallTime: false,
		account: onlooker && seenBy(onlooker, (tools) => new ExchangeAccount(tools)),
		terms: { late: RECV_WINDOW_DEFAULT + 2000, every: HOUR, runs: [] },
		onNote: (told) => options.onNote?.(told),
		onLine: (level, text) => options.onLine?.(level, text),
		onEquity,
	});
}
