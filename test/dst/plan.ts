// What a seed trades and where: settings of bot and venue drawn so that the strategy enters, takes targets, is stopped and turns round many
// times within half an hour of market, and the terms of the network between them.

import type { EngineSettings, ExitSettings, SymbolSettings } from "../../src/engine/settings.ts";
import { bundledInstrument, type Instrument, makeInstrument } from "../../src/market/instrument.ts";
import type { Side } from "../../src/orders/side.ts";
import type { Prng } from "../../src/std/prng.ts";
import { roundUsdt, shiftPrice } from "../../src/units/grid.ts";
import type { Ms, Qty } from "../../src/units/unit.ts";
import type { BookLevel, BookLiquidity } from "../../src/venue/liquidity.ts";
import type { VenueTerms } from "../../src/venue/venue.ts";

const INSTRUMENTS: readonly Instrument[] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"].map((symbol) => bundledInstrument(symbol)!);
/** Where only other people trade. */
const ELSEWHERE = makeInstrument({
	...{ symbol: "XRPUSDT", baseCoin: "XRP", tick: "0.0001", step: "0.1", minQty: "0.1" },
	...{ minNotional: 5, maxLeverage: 50, fundingHours: 8 },
})!;
const PRICES: Readonly<Record<string, number>> = { BTCUSDT: 20_000, ETHUSDT: 1_500, SOLUSDT: 100, XRPUSDT: 0.5 };
const COSTS = { takerFee: 0.00055, makerFee: 0.0002, slippage: 0.0001 };
const BALANCE = 10_000;

export type Plan = {
	readonly instruments: readonly Instrument[];
	readonly elsewhere: Instrument;
	readonly engine: Omit<EngineSettings, "run" | "balance">;
	readonly venue: VenueTerms;
	/** Minutes of market under faults. */
	readonly minutes: number;
	readonly ticksPerMinute: number;
	/** How far a price moves from tick to tick, a fraction. */
	readonly volatility: number;
	readonly network: NetworkTerms;
	/** States are copied when they are kept. */
	readonly memoryCopies: boolean;
};

export type NetworkTerms = {
	/** The venue takes a request no later than this after its stamp. */
	readonly window: Ms;
	/** A client gives up waiting for an answer. */
	readonly deadline: Ms;
	/** One way, the least and what is drawn on top. */
	readonly latency: Ms;
	readonly jitter: Ms;
	/** Requests that change something do not overtake each other: one line carries them. */
	readonly keepsOrder: boolean;
	/** What the trader is told about both. */
	readonly late: Ms;
	readonly every: Ms;
};

export function startPrice(symbol: string): number {
	return PRICES[symbol] ?? 1;
}

export function drawPlan(random: Prng, isCalm: boolean): Plan {
	const count = 1 + (random.chance(1, 3) ? 1 : 0) + (random.chance(1, 8) ? 1 : 0);
	const first = random.below(3);
	const instruments = Array.from({ length: count }, (_, i) => INSTRUMENTS[(first + i) % 3]!);
	const leverage = pick(random, [2, 3, 5, 10, 25]);
	const marginMode = random.chance(1, 3) ? "cross" : "isolated";
	const size = { mode: "percent", value: 2 + random.below(12) } as const;
	const symbols = instruments.map((instrument) => drawSymbol(random, instrument, { leverage, size }));
	const notional = (BALANCE * size.value * leverage) / 100;
	const network = drawNetwork(random, isCalm);
	const costs = { ...COSTS, slippage: pick(random, [0, 0.0001, 0.0005]) };
	const book = random.chance(1, 3) ? drawBook(random, notional) : undefined;
	return {
		instruments,
		elsewhere: ELSEWHERE,
		engine: {
			symbols,
			risk: {
				maxSymbolNotional: maybe(random, notional * (0.5 + random.unit())),
				maxTotalNotional: maybe(random, notional * (0.7 + 2 * random.unit())),
				maxLossPct: maybe(random, 0.5 + random.below(30) / 10, 3),
				maxDrawdownPct: maybe(random, 5 + random.below(30), 3),
				maxErrors: maybe(random, 5 + random.below(15), 3),
			},
			guard: {
				maxSpreadPct: undefined,
				maxMovePct: maybe(random, 1 + random.below(20) / 10, 4),
				moveWindowS: 60,
				staleS: undefined,
				maxDivergencePct: undefined,
				minLiquidationDistancePct: maybe(random, 1 + random.below(3), 4),
			},
			costs,
			marginMode,
			baseInterval: "1",
			startAt: Number.NEGATIVE_INFINITY,
			narrate: false,
		},
		venue: { ...costs, marginMode, balance: roundUsdt(BALANCE), leverage, ...(book === undefined ? {} : { liquidity: book }) },
		minutes: 6 + random.below(20),
		ticksPerMinute: 2 + random.below(3),
		volatility: 0.0005 + random.below(25) / 10_000,
		network,
		memoryCopies: random.chance(1, 100),
	};
}

function drawSymbol(random: Prng, instrument: Instrument, terms: Pick<SymbolSettings, "leverage" | "size">): SymbolSettings {
	const price = startPrice(instrument.symbol);
	return {
		instrument,
		strategy: {
			name: "anchored-vwap",
			interval: "1",
			vwapSource: "ticker",
			anchor: {
				type: "price",
				sessionStart: 0,
				time: undefined,
				price,
				lookback: 2,
				volumeMultiple: 3,
				rangeMultiple: 3,
				coldStart: "wait",
			},
			bands: { method: "std", length: 2, k: 0.1 + random.below(8) / 10 },
			momentum: { lookback: random.chance(1, 2) ? 0 : 1 },
		},
		trade: {
			trigger: random.chance(1, 3) ? "tick" : "close",
			entry: {
				order: random.chance(2, 5) ? "limit" : "market",
				postOnly: random.chance(1, 2),
				repriceTicks: 1 + random.below(60),
				timeout: (20 + random.below(160)) * 1000,
			},
			exit: {
				long: drawExit(random),
				short: drawExit(random),
				afterTp1: random.chance(1, 2) ? "breakeven" : "keep",
				trailing: random.chance(1, 3)
					? { activation: random.below(5) / 1000, distance: (2 + random.below(8)) / 1000 }
					: { activation: 0, distance: undefined },
			},
			cooldown: random.below(3),
		},
		...terms,
	};
}

function drawExit(random: Prng): ExitSettings {
	return {
		takeProfit: (2 + random.below(10)) / 1000,
		fraction: pick(random, [0.1, 0.3, 0.5, 1]),
		stop: (2 + random.below(10)) / 1000,
	};
}

function drawNetwork(random: Prng, isCalm: boolean): NetworkTerms {
	const window = pick(random, [2000, 5000]);
	return {
		window,
		deadline: pick(random, [1500, 3000, 10_000]),
		latency: 1 + random.below(30),
		jitter: 1 + random.below(60),
		keepsOrder: isCalm || random.chance(1, 2),
		late: window + 1000,
		every: pick(random, [10_000, 30_000, 60_000, 60_000, 60_000, 60_000]),
	};
}

/** Levels around the last price, of which an order may need several, or more than there are. */
function drawBook(random: Prng, notional: number): BookLiquidity {
	const depth = 0.2 + random.below(20) / 10; // of an entry's usual size, on the first level
	return {
		levels(symbol: string, side: Side, last: number): BookLevel[] {
			const instrument = INSTRUMENTS.find((one) => one.symbol === symbol) ?? ELSEWHERE;
			const { grid } = instrument;
			const sign = side === "buy" ? 1 : -1;
			const steps = Math.max(1, grid.floorToStep((notional * depth) / last)) as Qty;
			const touch = side === "buy" ? grid.ceilToTick(last) : grid.floorToTick(last);
			return [1, 3, 8].map((n) => ({ price: shiftPrice(touch, sign * (n - 1)), qty: (steps * n) as Qty }));
		},
	};
}

function pick<T>(random: Prng, values: readonly T[]): T {
	return values[random.below(values.length)]!;
}

/** Absent in one of `oneIn`. */
function maybe(random: Prng, value: number, oneIn = 2): number | undefined {
	return random.chance(1, oneIn) ? undefined : value;
}
