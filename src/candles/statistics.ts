// What a candle series is like: the measurements that tell a lifelike market from a random walk, taken the same way on recorded
// and on generated one-minute candles. A return is the logarithm of a close over the close one candle earlier; one that would
// reach over a gap is left out.

import type { Columns } from "../market/candle.ts";
import { DAY, HOUR, type Ms } from "../units/unit.ts";

export type MarketStatistics = {
	readonly candles: number;
	/** Standard deviation of a return, in basis points. */
	readonly returnStdBps: number;
	/** Fourth standardised moment; 3 for a normal distribution. */
	readonly kurtosis: number;
	/** Of returns over whole UTC hours. */
	readonly hourlyKurtosis: number;
	/** Share of returns further than five standard deviations from zero. */
	readonly beyondFiveSigma: number;
	/** Autocorrelation of |return| at lags of 1, 10, 60 and 1440 candles. */
	readonly clustering: { readonly lag1: number; readonly lag10: number; readonly lag60: number; readonly lag1440: number };
	/** Autocorrelation of the return itself at lag 1. */
	readonly returnAutocorrelation: number;
	/** Variance of hourly returns over 60 times that of one-minute returns: 1 for a random walk, less where prices revert. */
	readonly varianceRatio: number;
	/** The same of daily returns and 1440 minutes. */
	readonly dailyVarianceRatio: number;
	/** Mean |return| of the liveliest UTC hour over that of the calmest. */
	readonly volatilityHourRatio: number;
	readonly volumeHourRatio: number;
	/** Mean |return| of Saturday and Sunday over that of the other days. */
	readonly weekendCalm: number;
	/** Of volume and |return|, as they are. */
	readonly volumeCorrelation: number;
	/** Of the logarithm of volume, at lag 1. */
	readonly volumePersistence: number;
	/** Standard deviation of the logarithm of volume. */
	readonly volumeSpread: number;
	readonly zeroVolume: number;
	/** Mean high − low over mean |close − open|. */
	readonly rangeToBody: number;
	/** Share of candles whose high and low are the open and the close. */
	readonly wickless: number;
	/** Share of candles whose close is their open. */
	readonly bodiless: number;
	/** Share of opens that are not the previous close. */
	readonly openGaps: number;
	/** Where turnover ÷ volume lies from low (0) to high (1): mean and standard deviation. */
	readonly vwapMean: number;
	readonly vwapSpread: number;
	/** Standard deviation of a day's return, in percent, and the largest one. */
	readonly dailyPct: number;
	readonly largestDayPct: number;
	/** How often a week an hourly close leaves the bands of the default strategy (spec §4) on a fresh side. */
	readonly breakoutsPerWeek: number;
};

const HOURS = 24;
const BAND_HOURS = 24;
const MOMENTUM_HOURS = 3;

/** Measures one-minute candles of at least two days that hold volume and turnover. */
export function measure(columns: Columns): MarketStatistics {
	const returns = returnsOf(columns, 60_000);
	const sizes = returns.map(Math.abs);
	const hours = closesEvery(columns, HOUR);
	const days = closesEvery(columns, DAY);
	const hourly = differences(hours);
	const daily = differences(days);
	const std = Math.sqrt(variance(returns));
	const logVolume = columns.volume.map((volume) => (volume > 0 ? Math.log(volume) : Number.NaN));
	const shares = sharesOf(columns);
	return {
		candles: columns.length,
		returnStdBps: std * 1e4,
		kurtosis: kurtosis(returns),
		hourlyKurtosis: kurtosis(hourly),
		beyondFiveSigma: mean(sizes.map((size) => (Number.isNaN(size) ? size : Number(size > 5 * std)))),
		clustering: {
			lag1: autocorrelation(sizes, 1),
			lag10: autocorrelation(sizes, 10),
			lag60: autocorrelation(sizes, 60),
			lag1440: autocorrelation(sizes, 1440),
		},
		returnAutocorrelation: autocorrelation(returns, 1),
		varianceRatio: variance(hourly) / (60 * variance(returns)),
		dailyVarianceRatio: variance(daily) / (1440 * variance(returns)),
		volatilityHourRatio: hourRatio(columns, sizes),
		volumeHourRatio: hourRatio(columns, columns.volume),
		weekendCalm: weekendCalm(columns, sizes),
		volumeCorrelation: correlation(columns.volume, sizes),
		volumePersistence: autocorrelation(logVolume, 1),
		volumeSpread: Math.sqrt(variance(logVolume)),
		...shares,
		dailyPct: Math.sqrt(variance(daily)) * 100,
		largestDayPct: daily.reduce((largest, each) => (Number.isNaN(each) ? largest : Math.max(largest, Math.abs(each))), 0) * 100,
		breakoutsPerWeek: breakoutsPerWeek(columns),
	};
}

/** The logarithmic return of each candle; NaN for the first, and for one that follows a gap. */
function returnsOf({ length, openTime, close }: Columns, spacing: Ms): Float64Array {
	const returns = new Float64Array(length).fill(Number.NaN);
	for (let i = 1; i < length; i++) {
		if (openTime[i]! - openTime[i - 1]! === spacing) returns[i] = Math.log(close[i]! / close[i - 1]!);
	}
	return returns;
}

/** The logarithm of the last close in each stretch of `length` ms, NaN where a stretch has no candle. */
function closesEvery({ length, openTime, close }: Columns, stretch: Ms): Float64Array {
	const first = Math.floor(openTime[0]! / stretch);
	const closes = new Float64Array(Math.floor(openTime[length - 1]! / stretch) - first + 1).fill(Number.NaN);
	for (let i = 0; i < length; i++) closes[Math.floor(openTime[i]! / stretch) - first] = Math.log(close[i]!);
	return closes;
}

function differences(values: Float64Array): Float64Array {
	return values.map((value, i) => value - (values[i - 1] ?? Number.NaN));
}

/** The statistics of all below leave NaN out. */
function mean(values: Float64Array): number {
	let sum = 0;
	let count = 0;
	for (const value of values) {
		if (Number.isNaN(value)) continue;
		sum += value;
		count++;
	}
	return sum / count;
}

function moment(values: Float64Array, power: number): number {
	const middle = mean(values);
	return mean(values.map((value) => (value - middle) ** power));
}

function variance(values: Float64Array): number {
	return moment(values, 2);
}

function kurtosis(values: Float64Array): number {
	return moment(values, 4) / variance(values) ** 2;
}

function autocorrelation(values: Float64Array, lag: number): number {
	return correlation(values.subarray(lag), values.subarray(0, values.length - lag));
}

function correlation(a: Float64Array, b: Float64Array): number {
	let [count, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [a[i]!, b[i]!];
		if (Number.isNaN(x) || Number.isNaN(y)) continue;
		count++;
		sumA += x;
		sumB += y;
		sumAA += x * x;
		sumBB += y * y;
		sumAB += x * y;
	}
	const covariance = sumAB / count - (sumA / count) * (sumB / count);
	return covariance / Math.sqrt((sumAA / count - (sumA / count) ** 2) * (sumBB / count - (sumB / count) ** 2));
}

/** The mean of the liveliest UTC hour over that of the calmest. */
function hourRatio({ openTime }: Columns, values: Float64Array): number {
	const means = Array.from({ length: HOURS }, (_, hour) =>
		mean(values.map((value, i) => (Math.floor((openTime[i]! % DAY) / HOUR) === hour ? value : Number.NaN))),
	);
	return Math.max(...means) / Math.min(...means);
}

function weekendCalm({ openTime }: Columns, sizes: Float64Array): number {
	const isWeekend = (i: number): boolean => [0, 6].includes(new Date(openTime[i]!).getUTCDay());
	const weekend = mean(sizes.map((size, i) => (isWeekend(i) ? size : Number.NaN)));
	return weekend / mean(sizes.map((size, i) => (isWeekend(i) ? Number.NaN : size)));
}

/** What can be said of each candle by itself, and of its open. */
function sharesOf(columns: Columns) {
	const { length, open, high, low, close, volume, turnover } = columns;
	const positions = new Float64Array(length).fill(Number.NaN);
	let [ranges, bodies, wickless, bodiless, gaps, zeroes] = [0, 0, 0, 0, 0, 0];
	for (let i = 0; i < length; i++) {
		const range = high[i]! - low[i]!;
		const body = Math.abs(close[i]! - open[i]!);
		ranges += range;
		bodies += body;
		if (range === body) wickless++;
		if (body === 0) bodiless++;
		if (i > 0 && open[i] !== close[i - 1]) gaps++;
		if (volume[i] === 0) zeroes++;
		if (range > 0 && volume[i]! > 0) positions[i] = (turnover[i]! / volume[i]! - low[i]!) / range;
	}
	return {
		zeroVolume: zeroes / length,
		rangeToBody: ranges / bodies,
		wickless: wickless / length,
		bodiless: bodiless / length,
		openGaps: gaps / (length - 1),
		vwapMean: mean(positions),
		vwapSpread: Math.sqrt(variance(positions)),
	};
}

/** Hourly closes beyond R ± σ with momentum, R the VWAP of the 24 h before midnight: each run of closes on one side counts once. */
function breakoutsPerWeek(columns: Columns): number {
	const { length, openTime, volume, turnover } = columns;
	const first = Math.floor(openTime[0]! / HOUR);
	const closes = closesEvery(columns, HOUR).map(Math.exp);
	const volumes = new Float64Array(closes.length);
	const turnovers = new Float64Array(closes.length);
	for (let i = 0; i < length; i++) {
		const hour = Math.floor(openTime[i]! / HOUR) - first;
		volumes[hour]! += volume[i]!;
		turnovers[hour]! += turnover[i]!;
	}
	let reference = Number.NaN;
	let side = 0;
	let count = 0;
	for (let hour = HOURS; hour < closes.length; hour++) {
		const dayBefore = hour - HOURS;
		if ((first + hour) % HOURS === 0) reference = sum(turnovers.subarray(dayBefore, hour)) / sum(volumes.subarray(dayBefore, hour));
		const band = Math.sqrt(variance(closes.subarray(hour + 1 - BAND_HOURS, hour + 1)));
		const close = closes[hour]!;
		const momentum = close - closes[hour - MOMENTUM_HOURS]!;
		const now = close > reference + band && momentum > 0 ? 1 : close < reference - band && momentum < 0 ? -1 : 0;
		if (now !== 0 && now !== side) count++;
		side = now;
	}
	return (count / closes.length) * HOURS * 7;
}

function sum(values: Float64Array): number {
	return values.reduce((total, value) => total + value, 0);
}
