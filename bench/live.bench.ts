// The live bot's own time: from a ticker's frame to the order's frame over loopback sockets, journal on disk included, and the reading and
// judging of a large account by REST.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BybitClient } from "../src/bybit/client.ts";
import { resolveEndpoints } from "../src/bybit/endpoints.ts";
import { generatedMarket } from "../src/cli/generated-market.ts";
import { simulatedRun } from "../src/cli/simulated-run.ts";
import { decodeConfig } from "../src/config/decode.ts";
import { Secret } from "../src/config/secret.ts";
import { settingsOf } from "../src/config/settings.ts";
import { Link } from "../src/live/link.ts";
import { allocate } from "../src/market/candle.ts";
import { type Instrument, makeInstrument } from "../src/market/instrument.ts";
import type { Answer } from "../src/oms/call.ts";
import { type SavedTrader, Trader } from "../src/oms/trader.ts";
import { startSimulation } from "../src/simserver/simulation.ts";
import { assert } from "../src/std/assert.ts";
import { Histogram } from "../src/std/histogram.ts";
import { usdtNumber } from "../src/units/grid.ts";
import type { Price, Qty } from "../src/units/unit.ts";
import { type Bench, type Figure, main, median } from "./figure.ts";

const SYMBOLS = 100;
const ORDERS_EACH = 10;
const ROUNDS = 7;
const START = Date.UTC(2024, 0, 1);
const PRICE = 60_000;

async function bench(): Promise<Bench> {
	return {
		stake: "A price that moves while the bot thinks is slippage; an account that takes long to read is a position nobody watches.",
		figures: [...(await latency()), ...(await reconciliation())],
	};
}

/** Bands so narrow and no cool-down: a trade every few candles. */
async function latency(): Promise<Figure[]> {
	const exits = { take_profit_pct: 0.2, stop_loss_pct: 0.1 };
	const values = {
		strategy: {
			interval: "1",
			vwap: { source: "kline" },
			anchor: { type: "event", lookback: 5, volume_multiple: 1, range_multiple: 1 },
			bands: { length: 5, k: 0.3 },
			momentum: { lookback: 0 },
			cooldown: { candles: 0 },
			exit: { long: exits, short: exits },
		},
	};
	const config = decodeConfig(JSON.stringify({ ...values, risk: { max_drawdown_pct: null } }), "config.yaml");
	assert(config.ok, "the bench's configuration is valid");
	const [symbol] = config.value.resolved.symbols;
	assert(symbol !== undefined, "a configuration has a symbol");
	const histogram = new Histogram();
	const dir = mkdtempSync(join(tmpdir(), "aw-latency-"));
	try {
		await simulatedRun({
			config: config.value,
			markets: [generatedMarket(symbol, config.value.config, { seed: "latency", days: 6 })],
			run: "bench",
			journalDir: dir,
			onLatency: (ms) => histogram.add(ms),
		});
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
	return [
		{ name: "orders measured", value: histogram.count, unit: "" },
		{ name: "frame in to order frame out, p50", value: histogram.percentile(0.5), unit: "ms", mark: { value: 0.1, side: "at most" } },
		{ name: "frame in to order frame out, p99", value: histogram.percentile(0.99), unit: "ms", mark: { value: 0.5, side: "at most" } },
	];
}

async function reconciliation(): Promise<Figure[]> {
	const instruments = Array.from({ length: SYMBOLS }, (_, k) => instrument(`S${k}USDT`));
	const bySymbol = new Map(instruments.map((one) => [one.symbol, one]));
	const decoded = decodeConfig(
		JSON.stringify({ symbols: instruments.map(({ symbol }) => ({ symbol })), sim: { initial_balance: 10_000_000 } }),
		"config.yaml",
	);
	assert(decoded.ok, "the bench's configuration is valid");
	const { engine, venue: terms } = settingsOf(decoded.value.config, decoded.value.resolved, (symbol) => bySymbol.get(symbol));
	const keys = { key: "bench", secret: "bench" };
	const candles = allocate(1);
	candles.openTime[0] = START;
	for (const name of ["open", "high", "low", "close"] as const) candles[name][0] = PRICE;
	const simulation = await startSimulation({
		markets: instruments.map((one) => ({ instrument: one, interval: "1", candles, generated: true, fundingRate: 0 })),
		terms,
		speed: "max",
		...keys,
		autostart: false,
	});
	const endpoints = resolveEndpoints("testnet", simulation.addresses);
	assert(endpoints.ok, "the simulation is on the loopback");
	const client = new BybitClient({
		endpoints: endpoints.value,
		credentials: { key: new Secret(keys.key), secret: new Secret(keys.secret) },
		clock: simulation.clock,
		random: Math.random,
		onEvent: () => {},
		paced: false,
	});
	try {
		await client.syncClock();
		const { venue } = simulation;
		for (const { symbol } of instruments) fillAccount(venue, symbol);
		await client.rest.getServerTime(); // what the venue did is published with the next request
		const settings = { ...engine, run: "bench", narrate: false, startAt: 0, baseInterval: "1" as const, balance: venue.wallet };
		const [whole, own]: [number[], number[]] = [[], []];
		for (let round = 0; round < ROUNDS; round++) {
			let answered: (answer: Answer) => void = () => {};
			const link = new Link({
				client,
				instruments: bySymbol,
				now: () => simulation.clock.now(),
				onAnswer: (answer) => answered(answer),
				onOdd: (what) => {
					throw new Error(what);
				},
			});
			const trader = new Trader({
				settings,
				memory: undefined,
				send: (call) => {
					if (call.kind === "account") link.carry(call);
				},
				onNote: ({ note }) => {
					if (note.what === "difference") throw new Error(note.text);
				},
				onStop: (why) => {
					throw new Error(why);
				},
				terms: { late: 7000, every: 60_000, runs: [] },
			});
			const before = performance.now();
			const told = new Promise<Answer>((resolve) => {
				answered = resolve;
			});
			trader.begin(savedState(instruments, venue.wallet), simulation.clock.now());
			const answer = await told;
			const taken = performance.now();
			trader.take({ kind: "answer", answer }, simulation.clock.now());
			const end = performance.now();
			assert(trader.oms.live === SYMBOLS * ORDERS_EACH, "all orders stand as meant");
			assert(trader.oms.agreedAt >= START, `the account agrees: ${trader.oms.doubtOf("S0USDT") ?? "no doubt"}`);
			whole.push(end - before);
			own.push(end - taken);
		}
		const what = `${SYMBOLS * ORDERS_EACH} orders, ${SYMBOLS} positions`;
		return [
			{ name: `account read and judged, ${what}`, value: median(whole), unit: "ms", mark: { value: 1000, side: "at most" } },
			{ name: "of that, judged", value: median(own), unit: "ms" },
		];
	} finally {
		await client.close();
		await simulation.close();
	}
}

function instrument(symbol: string): Instrument {
	const made = makeInstrument({
		symbol,
		baseCoin: symbol.slice(0, -4),
		tick: "0.1",
		step: "0.001",
		minQty: "0.001",
		minNotional: 5,
		maxLeverage: 100,
		fundingHours: 8,
	});
	assert(made !== undefined, "its numbers are on its grid");
	return made;
}

type Venue = Awaited<ReturnType<typeof startSimulation>>["venue"];

/** A position of one coin with its stop, and orders that would close it far away. */
function fillAccount(venue: Venue, symbol: string): void {
	const base = { symbol, timeInForce: "GTC" } as const;
	venue.open(symbol, PRICE, START);
	const entry = { ...base, linkId: `aw-bench-${symbol}-0`, side: "buy", type: "market", qty: 10 as Qty, reduceOnly: false } as const;
	const entered = venue.submit({ ...entry, timeInForce: "IOC", stopLoss: 580_000 as Price }, START);
	assert(entered.ok, `the position opens: ${entered.ok ? "" : entered.error.message}`);
	for (let k = 1; k <= ORDERS_EACH; k++) {
		const linkId = `aw-bench-${symbol}-${k}`;
		const price = (640_000 + k) as Price;
		const placed = venue.submit({ ...base, linkId, side: "sell", type: "limit", qty: 1 as Qty, price, reduceOnly: true }, START);
		assert(placed.ok, `the order rests: ${placed.ok ? "" : placed.error.message}`);
	}
}

/** What the bot would have kept of the same account. */
function savedState(instruments: readonly Instrument[], balance: SavedTrader["engine"]["balance"]): SavedTrader {
	const machines = Object.fromEntries(
		instruments.map(({ symbol, grid }) => {
			const cost = grid.value(10 as Qty, 600_000 as Price);
			const trade = { symbol, direction: "long", signalAt: START, balanceBefore: balance, entryAt: START, entryQty: 10 as Qty } as const;
			const none = grid.value(0 as Qty, 0 as Price);
			return [
				symbol,
				{
					last: PRICE,
					episode: { evaluation: 0, judgedAt: START, direction: 1, used: true, endedAt: Number.NEGATIVE_INFINITY },
					position: { direction: "long", qty: 10 as Qty, cost },
					trade: { ...trade, entryValue: cost, exits: [], gross: none, fees: none, funding: none, slippage: 0 },
					entry: undefined,
					exit: undefined,
					retryExit: undefined,
					protection: {
						fixedStop: 580_000 as Price,
						stop: 580_000 as Price,
						venueStop: 580_000 as Price,
						trails: false,
						best: Number.NaN,
						takeProfit: undefined,
						target: undefined,
						tookProfit: true,
					},
				} as const,
			];
		}),
	);
	const intents = instruments.flatMap(({ symbol }) =>
		Array.from({ length: ORDERS_EACH }, (_, k) => ({
			linkId: `aw-bench-${symbol}-${k + 1}`,
			symbol,
			purpose: "entry" as const,
			side: "sell" as const,
			qty: 1 as Qty,
			resting: true,
			state: "open" as const,
			sentAt: START,
			filled: 0 as Qty,
			end: undefined,
			cancelAsked: false,
			lingers: false,
			refusals: 0,
			shown: true,
			missedAt: undefined,
			lookAt: Number.POSITIVE_INFINITY,
			looks: 0,
			looking: false,
		})),
	);
	const { engine, oms } = {
		engine: { balance, peak: usdtNumber(balance), halted: undefined, paused: false, machines },
		oms: {
			since: START + 300_000,
			intents,
			past: [],
			seen: [],
			foreign: {},
			flattening: false,
			later: [],
			cash: { base: balance, readAt: START, rows: [] },
		},
	};
	return { engine, oms };
}

await main("live", bench);
