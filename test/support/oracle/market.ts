// §1 and §2: intervals, signal candles, gaps, and the exchange's VWAP.
import { instantOf, type Settings } from "./settings.ts";

export type OracleCandle = {
	openTime: number;
	open: number;
	high: number;
	low: number;
	close: number;
	volume: number;
	turnover: number;
};

/** A closed signal candle; `end` is the `T_j` at which it is evaluated. */
export type SignalCandle = OracleCandle & { end: number };

export type Market = { base: readonly OracleCandle[]; endOfBase: (openTime: number) => number; signals: readonly SignalCandle[] };

const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;
const WEEK = 7 * DAY;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY = 4 * DAY;

const MINUTE_INTERVALS = [1, 3, 5, 15, 30, 60, 120, 240, 360, 720];

/** §1: the start of the interval that holds `time`, on UTC boundaries. */
function intervalStart(interval: string, time: number): number {
	if (interval === "M") return Date.UTC(new Date(time).getUTCFullYear(), new Date(time).getUTCMonth(), 1);
	if (interval === "W") return Math.floor((time - FIRST_MONDAY) / WEEK) * WEEK + FIRST_MONDAY;
	const length = interval === "D" ? DAY : Number(interval) * MINUTE;
	return Math.floor(time / length) * length;
}

function intervalEnd(interval: string, start: number): number {
	if (interval === "M") return Date.UTC(new Date(start).getUTCFullYear(), new Date(start).getUTCMonth() + 1, 1);
	if (interval === "W") return start + WEEK;
	return start + (interval === "D" ? DAY : Number(interval) * MINUTE);
}

/** §13: the interval of the base candles is the spacing of the rows. */
function baseIntervalOf(candles: readonly OracleCandle[], signalInterval: string): string {
	if (candles.length < 2) return signalInterval;
	let spacing = Number.POSITIVE_INFINITY;
	for (let i = 1; i < candles.length; i++) spacing = Math.min(spacing, candles[i]!.openTime - candles[i - 1]!.openTime);
	if (spacing === DAY) return "D";
	if (spacing === WEEK) return "W";
	if (spacing >= 28 * DAY) return "M";
	if (!MINUTE_INTERVALS.includes(spacing / MINUTE)) throw new Error(`no interval is ${spacing} ms long`);
	return String(spacing / MINUTE);
}

/** §1: the base interval divides the signal interval, or the run is refused. */
function divides(base: string, signal: string): boolean {
	if (base === signal) return true;
	if (base === "W" || base === "M") return false;
	const baseMinutes = base === "D" ? 1_440 : Number(base);
	const signalMinutes = signal === "W" || signal === "M" || signal === "D" ? 1_440 : Number(signal);
	return signalMinutes % baseMinutes === 0;
}

/** §12: the candles before `backtest.end`, then the last `backtest.limit` of them; with what §13 says of missing turnover. */
function chosenCandles(candles: readonly OracleCandle[], settings: Settings): OracleCandle[] {
	const { limit, end } = settings.backtest;
	let chosen = candles.filter((candle) => end === null || candle.openTime < instantOf(end));
	if (limit !== null) chosen = chosen.slice(Math.max(0, chosen.length - limit));
	if (!settings.data.approximate_turnover) return chosen;
	return chosen.map((candle) =>
		Number.isFinite(candle.turnover) ? candle : { ...candle, turnover: (candle.volume * (candle.high + candle.low + candle.close)) / 3 },
	);
}

/** §1: signal candles from the base candles there are; a first one that the data enters midway is not used. */
function aggregate(base: readonly OracleCandle[], interval: string): SignalCandle[] {
	const signals: SignalCandle[] = [];
	for (const candle of base) {
		const start = intervalStart(interval, candle.openTime);
		const current = signals.at(-1);
		if (current === undefined || current.openTime !== start) {
			signals.push({ ...candle, openTime: start, end: intervalEnd(interval, start) });
			continue;
		}
		current.high = Math.max(current.high, candle.high);
		current.low = Math.min(current.low, candle.low);
		current.close = candle.close;
		current.volume += candle.volume;
		current.turnover += candle.turnover;
	}
	if (signals.length > 0 && signals[0]!.openTime !== base[0]!.openTime) signals.shift();
	return signals;
}

export function marketOf(candles: readonly OracleCandle[], settings: Settings): Market {
	const signalInterval = String(settings.strategy.interval);
	const base = chosenCandles(candles, settings);
	const baseInterval = baseIntervalOf(base, signalInterval);
	if (!divides(baseInterval, signalInterval)) throw new Error(`${baseInterval} does not divide ${signalInterval}`);
	const endOfBase = (openTime: number): number => intervalEnd(baseInterval, openTime);
	for (let i = 0; i < base.length; i++) {
		const { openTime } = base[i]!;
		if (intervalStart(baseInterval, openTime) !== openTime) throw new Error(`the candle at ${openTime} is off its boundary`);
		if (i === 0) continue;
		const due = endOfBase(base[i - 1]!.openTime);
		if (openTime < due) throw new Error(`the candle at ${openTime} is not ascending`);
		// §1: a gap is refused unless data.allow_gaps is set.
		if (openTime > due && !settings.data.allow_gaps) throw new Error(`gap from ${due} to ${openTime}`);
	}
	return { base, endOfBase, signals: aggregate(base, signalInterval) };
}

/** The index of the first base candle that opens at `time` or later. */
export function firstIndexFrom(base: readonly OracleCandle[], time: number): number {
	let low = 0;
	let high = base.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (base[middle]!.openTime < time) low = middle + 1;
		else high = middle;
	}
	return low;
}

/**
 * §2: `V(time)` = turnover ÷ volume of the base candles with `openTime` in [time − 24 h, time), of those that have closed by `now`; null where
 * the ticker has no such figures.
 */
export function exchangeVwap(market: Market, time: number, now: number): number | null {
	const { base } = market;
	if (base.length === 0 || time - base[0]!.openTime < DAY) return null;
	let turnover = 0;
	let volume = 0;
	for (let i = firstIndexFrom(base, time - DAY); i < base.length && base[i]!.openTime < time; i++) {
		if (market.endOfBase(base[i]!.openTime) > now) break;
		turnover += base[i]!.turnover;
		volume += base[i]!.volume;
	}
	return quotient(turnover, volume);
}

/** §13: figures that were not recorded end the run. §2: no volume, no VWAP. */
export function quotient(turnover: number, volume: number): number | null {
	if (!Number.isFinite(turnover) || !Number.isFinite(volume))
		throw new Error("the run needs turnover and volume, and they are not recorded");
	return volume > 0 ? turnover / volume : null;
}
