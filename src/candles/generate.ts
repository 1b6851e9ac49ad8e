// Generated markets: one-minute candles from a seed, for demonstrations, tests and the simulated exchange. They have the habits of a
// real market that a strategy feels (bursts, fat tails, the day's rhythm, trends and spells without one, volume that follows
// movement) and none of its history. How the model works and how near it comes is told in docs/generated-markets.md.
//
// Each minute is a little walk of trades on the price grid: its open, extremes, close, volume and turnover are those of the trades,
// so the candle's parts agree with each other to the last digit.

import { allocate, type Columns } from "../market/candle.ts";
import { assert } from "../std/assert.ts";
import { Prng } from "../std/prng.ts";
import { decimalsOf, parseScaled, plainDecimal } from "../units/decimal.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";
import { GENERATED_MARK } from "./csv.ts";

export type MarketOptions = {
	readonly seed: string | number;
	/** Above zero, a fraction allowed. More days of one seed continue the same market. */
	readonly days: number;
	/** The first open, on a minute; default 2024-01-01T00:00Z. The day's rhythm follows it. */
	readonly start?: Ms | undefined;
	/** USDT at the start; default 60 000. */
	readonly price?: number | undefined;
	readonly interval?: "1" | undefined;
	/** The grid of prices, as decimal text; by default the start price has six digits on it, so "0.1" at 60 000. */
	readonly tick?: string | undefined;
	/** The grid of volumes, as decimal text; default "0.001". */
	readonly step?: string | undefined;
	/** What the market is like; without one, as markets mostly are. */
	readonly temper?: Temper | undefined;
};

const TEMPERS = ["calm", "trending", "gapping", "thin"] as const;
export type Temper = (typeof TEMPERS)[number];

const MARKET_DEFAULTS = { start: Date.UTC(2024, 0, 1), price: 60_000, step: "0.001" } as const;

/** The start price stands on so many ticks: on fewer the grid would swallow the movement, more a double could not count exactly. */
export const TICKS = { min: 100, max: 100_000_000 } as const;

/** Standard deviation of a one-minute move in the middling state, as a fraction. */
const BASE_MOVE = 4e-4;
/** How the logarithm of volatility wanders: independent pulls back to zero, each over its own time, which together remember long. */
const VOLATILITY_SCALES = [
	{ minutes: 3, variance: 0.18 },
	{ minutes: 20, variance: 0.1 },
	{ minutes: 120, variance: 0.09 },
	{ minutes: 1440, variance: 0.11 },
	{ minutes: 10_080, variance: 0.11 },
] as const;
/** Liveliness of each UTC hour: the rounded mean of six recorded months and years, liveliest as the United States open. */
const HOURLY = [
	1.1, 1.05, 0.9, 0.78, 0.72, 0.74, 0.76, 0.8, 0.85, 0.83, 0.79, 0.8, 0.93, 1.1, 1.38, 1.45, 1.32, 1.2, 1.15, 1.13, 1.1, 1.04, 1.05, 0.97,
].map(Math.log);
const WEEKEND = Math.log(0.75);

/** Sudden moves: about two a day, several times the minute's own size; volatility is higher after them. */
const JUMPS = { perMinutes: 700, least: 2.5, mean: 3, excitement: [1.2, 0.5], largest: 0.08 } as const;
/** No minute's own move has a larger standard deviation: the wandering has no bound of its own. */
const LARGEST_MOVE = 0.015;
/** A trade now and then reaches past the price and leaves a wick: so often of 100 minutes, by how much of the minute's move. */
const SWEEPS = { outOf100: 40, size: 0.7 } as const;
/** A slow drift that takes its time to turn, in standard deviations of the base move. */
const TREND = { minutes: 600, size: 0.034 } as const;
/** Spells in which the price is drawn to its own recent mean. */
const REVERSION = { moodMinutes: 480, meanMinutes: 240, pull: 1 / 900 } as const;
/** Over years the price is held near where it began, so that the grid stays fine. */
const TETHER = 1 / (180 * 1440);
/** The open leaves the last close behind so often of 100 times, by a fraction of the minute's move. */
const OPEN_GAPS = { outOf100: 3, size: 0.15 } as const;

/** USDT a minute in the middling state, and how volume follows volatility, movement, its own mood and chance (logarithms). */
const VOLUME = { turnover: 1_500_000, withVolatility: 1.2, withMove: 0.4, moodMinutes: 30, mood: 0.4, chance: 0.4 } as const;
const TRADES = { least: 5, most: 22 } as const;

/** What a temper makes of the model's sizes: factors, and how many opens of 100 leave the last close behind. */
type Nature = {
	readonly move: number;
	readonly trend: number;
	readonly gap: number;
	readonly gapsOutOf100: number;
	readonly sweep: number;
	readonly volume: number;
	readonly jumpsPer: number;
};
const PLAIN: Nature = { move: 1, trend: 1, gap: 1, gapsOutOf100: OPEN_GAPS.outOf100, sweep: 1, volume: 1, jumpsPer: JUMPS.perMinutes };
const NATURES: Readonly<Record<Temper, Nature>> = {
	calm: { ...PLAIN, move: 0.4, trend: 0.4, jumpsPer: 20 * JUMPS.perMinutes },
	trending: { ...PLAIN, trend: 6 },
	gapping: { ...PLAIN, gap: 40, gapsOutOf100: 20, jumpsPer: JUMPS.perMinutes / 10 },
	thin: { ...PLAIN, sweep: 4, volume: 0.02, gapsOutOf100: 30, gap: 4 },
};

const MINUTES_PER_CALL = 1440;

/** The tick on which `price` has six digits. */
export function defaultTick(price: number): string {
	return plainDecimal(Number(`1e${Math.floor(Math.log10(price)) - 5}`));
}

/** The comment line of a file that holds such a market. */
export function marketNote({ seed, days, start = MARKET_DEFAULTS.start, price = MARKET_DEFAULTS.price, temper }: MarketOptions): string {
	return `${GENERATED_MARK}: seed ${seed}, ${temper === undefined ? "" : `${temper}, `}${days} days from ${new Date(start).toISOString()} at ${price} USDT; invented, not history`;
}

export function generateMarket(options: MarketOptions): Columns {
	const start = options.start ?? MARKET_DEFAULTS.start;
	const rows = Math.round((options.days * DAY) / MINUTE);
	assert(rows >= 1, "a generated market has at least one minute");
	assert(start >= 0 && start % MINUTE === 0, "a generated market starts on a minute");
	const columns = allocate(rows);
	const market = new Market(options);
	for (let from = 0; from < rows; from += MINUTES_PER_CALL)
		market.fill(columns, { from, to: Math.min(rows, from + MINUTES_PER_CALL), start });
	return columns;
}

/** A value drawn back to zero over `minutes`, of the given variance in the long run. */
class Wanderer {
	value: number;
	readonly #keep: number;
	readonly #push: number;
	readonly #draw: Prng;

	constructor(draw: Prng, { minutes, variance }: { minutes: number; variance: number }) {
		this.#keep = Math.exp(-1 / minutes);
		this.#push = Math.sqrt(variance * (1 - this.#keep * this.#keep));
		this.#draw = draw;
		this.value = Math.sqrt(variance) * draw.normal();
	}

	step(): number {
		this.value = this.#keep * this.value + this.#push * this.#draw.normal();
		return this.value;
	}
}

/** One axis of the grid: prices or volumes are whole units of numerator / power. */
type Axis = { readonly numerator: number; readonly power: number };

function axis(text: string, name: string): Axis {
	const scale = decimalsOf(text);
	const numerator = Number(parseScaled(text, scale) ?? 0n);
	assert(Number.isSafeInteger(numerator) && numerator > 0, `${name} is a positive decimal, not "${text}"`);
	return { numerator, power: 10 ** scale };
}

class Market {
	readonly #nature: Nature;
	readonly #tick: Axis;
	readonly #step: Axis;
	readonly #volatility: readonly Wanderer[];
	readonly #trend: Wanderer;
	readonly #mood: Wanderer;
	readonly #volumeMood: Wanderer;
	readonly #jumps: Prng;
	readonly #moves: Prng;
	readonly #trades: Prng;
	readonly #volumes: Prng;
	/** Logarithms of the price at the start, now, and of its recent mean. */
	readonly #home: number;
	#price: number;
	#recent: number;
	#lastTicks: number;
	readonly #weights = new Float64Array(TRADES.most);
	readonly #shares = new Float64Array(TRADES.most + 1);
	readonly #ticks = new Float64Array(TRADES.most + 1);

	constructor(options: MarketOptions) {
		const root = new Prng(options.seed);
		const price = options.price ?? MARKET_DEFAULTS.price;
		this.#nature = options.temper === undefined ? PLAIN : NATURES[options.temper];
		this.#tick = axis(options.tick ?? defaultTick(price), "the tick");
		this.#step = axis(options.step ?? MARKET_DEFAULTS.step, "the step");
		this.#volatility = VOLATILITY_SCALES.map((scale) => new Wanderer(root.fork(`volatility ${scale.minutes}`), scale));
		this.#trend = new Wanderer(root.fork("trend"), {
			minutes: TREND.minutes,
			variance: (this.#nature.trend * TREND.size * BASE_MOVE) ** 2,
		});
		this.#mood = new Wanderer(root.fork("mood"), { minutes: REVERSION.moodMinutes, variance: 1 });
		this.#volumeMood = new Wanderer(root.fork("volume mood"), { minutes: VOLUME.moodMinutes, variance: VOLUME.mood ** 2 });
		this.#jumps = root.fork("jumps");
		this.#moves = root.fork("moves");
		this.#trades = root.fork("trades");
		this.#volumes = root.fork("volumes");
		this.#home = Math.log(price);
		this.#price = this.#home;
		this.#recent = this.#home;
		this.#lastTicks = this.#ticksAt(this.#home);
		assert(this.#lastTicks >= TICKS.min && this.#lastTicks <= TICKS.max, `the start price stands on ${TICKS.min} to ${TICKS.max} ticks`);
	}

	fill(columns: Columns, { from, to, start }: { from: number; to: number; start: Ms }): void {
		for (let i = from; i < to; i++) this.#minute(columns, i, start + i * MINUTE);
	}

	#minute(columns: Columns, i: number, at: Ms): void {
		const state = this.#state(at);
		const move = Math.min(LARGEST_MOVE, BASE_MOVE * Math.exp(state)) * this.#nature.move;
		const trades = this.#walk(move);
		const steps = this.#steps(state, move, trades);
		this.#write(columns, i, { at, trades, steps });
	}

	/** The logarithm of volatility over its middling state: slow and fast wandering, the hour of the day, the weekend. */
	#state(at: Ms): number {
		let state = HOURLY[Math.floor((at % DAY) / HOUR)]!;
		for (const scale of this.#volatility) state += scale.step();
		const weekday = (Math.floor(at / DAY) + 4) % 7;
		return weekday === 0 || weekday === 6 ? state + WEEKEND : state;
	}

	/** Walks the price through the minute; leaves each trade's price in ticks in `#ticks`, the open first. How many trades after it. */
	#walk(move: number): number {
		const count = TRADES.least + this.#trades.below(TRADES.most - TRADES.least + 1);
		const weights = this.#weights;
		let total = 0;
		for (let k = 0; k < count; k++) {
			weights[k] = -Math.log(1 - this.#trades.unit());
			total += weights[k]!;
		}
		const gap = this.#trades.chance(this.#nature.gapsOutOf100, 100) ? this.#nature.gap * OPEN_GAPS.size * move * this.#moves.normal() : 0;
		const jump = this.#jump(move);
		const jumpAt = this.#trades.below(count);
		const sweep = this.#trades.chance(SWEEPS.outOf100, 100) ? this.#nature.sweep * SWEEPS.size * move * this.#moves.normal() : 0;
		const sweepAt = this.#trades.below(count - 1);
		const drift = this.#drift() / count;
		this.#price += gap;
		this.#ticks[0] = gap === 0 ? this.#lastTicks : this.#ticksAt(this.#price);
		for (let k = 0; k < count; k++) {
			this.#price += drift + move * Math.sqrt(weights[k]! / total) * this.#moves.normal() + (k === jumpAt ? jump : 0);
			this.#ticks[k + 1] = this.#ticksAt(k === sweepAt ? this.#price + sweep : this.#price);
		}
		this.#lastTicks = this.#ticks[count]!;
		this.#recent += (this.#price - this.#recent) / REVERSION.meanMinutes;
		return count;
	}

	#jump(move: number): number {
		if (!this.#jumps.chance(1, this.#nature.jumpsPer)) return 0;
		JUMPS.excitement.forEach((excitement, k) => {
			this.#volatility[k]!.value += excitement;
		});
		const size = Math.min(JUMPS.largest, move * (JUMPS.least - JUMPS.mean * Math.log(1 - this.#jumps.unit())));
		return this.#jumps.chance(1, 2) ? size : -size;
	}

	/** Where the price is drawn this minute: with the trend, to its recent mean while the mood is for it, and a little towards home. */
	#drift(): number {
		const reversion = Math.max(0, this.#mood.step()) * REVERSION.pull * (this.#recent - this.#price);
		return this.#trend.step() + reversion + TETHER * (this.#home - this.#price);
	}

	/** The minute's volume in steps: at least one for each trade and one for the open. */
	#steps(state: number, move: number, trades: number): number {
		const moved = Math.abs(Math.log(this.#ticks[trades]! / this.#ticks[0]!)) / move;
		const logarithm =
			VOLUME.withVolatility * state +
			VOLUME.withMove * Math.log(0.3 + moved) +
			this.#volumeMood.step() +
			VOLUME.chance * this.#volumes.normal();
		const coins = (this.#nature.volume * VOLUME.turnover * Math.exp(logarithm)) / Math.exp(this.#home);
		return Math.max(trades + 1, Math.round((coins * this.#step.power) / this.#step.numerator));
	}

	/** Shares the volume out over the trades, and writes the candle. Sums are whole numbers, so the turnover is exact. */
	#write(columns: Columns, i: number, { at, trades, steps }: { at: Ms; trades: number; steps: number }): void {
		const shares = this.#shares;
		let total = 0;
		for (let k = 0; k <= trades; k++) {
			shares[k] = 0.2 + this.#volumes.unit();
			total += shares[k]!;
		}
		const free = steps - trades - 1;
		let left = steps;
		let turnover = 0;
		let high = this.#ticks[0]!;
		let low = high;
		for (let k = 0; k <= trades; k++) {
			const ticks = this.#ticks[k]!;
			const traded = k === trades ? left : 1 + Math.floor((free * shares[k]!) / total);
			left -= traded;
			turnover += traded * ticks;
			high = Math.max(high, ticks);
			low = Math.min(low, ticks);
		}
		columns.openTime[i] = at;
		columns.open[i] = this.#usdt(this.#ticks[0]!);
		columns.high[i] = this.#usdt(high);
		columns.low[i] = this.#usdt(low);
		columns.close[i] = this.#usdt(this.#lastTicks);
		columns.volume[i] = (steps * this.#step.numerator) / this.#step.power;
		columns.turnover[i] = (turnover * this.#tick.numerator * this.#step.numerator) / (this.#tick.power * this.#step.power);
	}

	#ticksAt(logarithm: number): number {
		return Math.max(1, Math.round((Math.exp(logarithm) * this.#tick.power) / this.#tick.numerator));
	}

	#usdt(ticks: number): number {
		return (ticks * this.#tick.numerator) / this.#tick.power;
	}
}
