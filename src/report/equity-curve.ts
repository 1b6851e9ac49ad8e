// What an equity curve tells by itself: the deepest falls from a peak, and the return of each UTC day (spec §10). One pass, however
// many points there are, and nothing is kept per point.
//
// A point belongs to the day that its candle ends in, so that the close at midnight is the last of the day before. A day without a
// point (a gap, or candles longer than a day) keeps the equity of the day before it, a return of 0: annualising by √365 stays right.

import { assert } from "../std/assert.ts";
import { DAY, type Ms } from "../units/unit.ts";

export type Curve = {
	/** Close time of each point, ascending. */
	readonly times: Float64Array;
	/** USDT. */
	readonly equity: Float64Array;
};

export type CurveFacts = {
	/** Equity at the last point; the start's when there is none. */
	readonly last: number;
	/** The deepest fall below a running peak, USDT; the start is the first peak. */
	readonly drawdown: number;
	/** The deepest one in % of its peak (it need not be the same), and the moments of that peak and of that low. */
	readonly drawdownPct: number;
	readonly drawdownFrom: Ms;
	readonly drawdownTo: Ms;
	/** Empty when there is no point. The first is counted from the start's equity. */
	readonly daily: DailyReturns;
};

/** Returns as fractions; `quietDays` are days without a point, of return 0. */
export type DailyReturns = { readonly returns: readonly number[]; readonly quietDays: number };

export function readCurve({ times, equity }: Curve, start: { at: Ms; equity: number }): CurveFacts {
	assert(times.length === equity.length, "each equity point has its time");
	assert(start.equity > 0, "a run starts with money");
	const returns: number[] = [];
	let quietDays = 0;
	let dayEnd = (Math.floor(start.at / DAY) + 1) * DAY;
	let dayOpen = start.equity;
	let last = start.equity;
	let peak = start.equity;
	let peakAt = start.at;
	let [drawdown, share, from, to] = [0, 0, start.at, start.at];
	let sum = 0;
	for (let i = 0; i < equity.length; i++) {
		const value = equity[i]!;
		const at = times[i]!;
		if (at > dayEnd) {
			const days = Math.ceil((at - dayEnd) / DAY);
			returns.push(last / dayOpen - 1);
			quietDays += days - 1;
			dayOpen = last;
			dayEnd += days * DAY;
		}
		last = value;
		sum += value;
		if (value > peak) {
			peak = value;
			peakAt = at;
			continue;
		}
		const fall = peak - value;
		if (fall > drawdown) drawdown = fall;
		if (fall > share * peak && fall / peak > share) {
			share = fall / peak; // by the product alone an equal fall may seem deeper, by a bit
			from = peakAt;
			to = at;
		}
	}
	assert(Number.isFinite(sum), "equity is a finite number at every point");
	if (equity.length > 0) returns.push(last / dayOpen - 1);
	return { last, drawdown, drawdownPct: 100 * share, drawdownFrom: from, drawdownTo: to, daily: { returns, quietDays } };
}

const YEAR_ROOT = Math.sqrt(365);
/** A spread this much smaller than the mean is binary noise on equal returns. */
const NOISE = 1e-12;

/** Mean ÷ standard deviation of the daily returns, × √365, risk-free 0. The deviation is the population's, as in spec §4; 0 when it is 0. */
export function sharpeRatio(daily: DailyReturns): number | undefined {
	const mean = meanOf(daily);
	if (mean === undefined) return undefined;
	let squares = daily.quietDays * mean * mean;
	for (const each of daily.returns) squares += (each - mean) ** 2;
	const deviation = Math.sqrt(squares / daysOf(daily));
	return deviation <= NOISE * Math.abs(mean) ? 0 : (mean / deviation) * YEAR_ROOT;
}

/** The same over the downside deviation, √(mean of min(return, 0)²) over all days. Without a losing day: 0 when no day gains, else undefined. */
export function sortinoRatio(daily: DailyReturns): number | undefined {
	const mean = meanOf(daily);
	if (mean === undefined || mean === 0) return mean;
	let squares = 0;
	for (const each of daily.returns) if (each < 0) squares += each * each;
	return squares === 0 ? undefined : (mean / Math.sqrt(squares / daysOf(daily))) * YEAR_ROOT;
}

function daysOf({ returns, quietDays }: DailyReturns): number {
	return returns.length + quietDays;
}

/** Undefined without days, and when equity fell to zero on the way, after which a return means nothing. */
function meanOf(daily: DailyReturns): number | undefined {
	let sum = 0;
	for (const each of daily.returns) sum += each;
	const days = daysOf(daily);
	return days === 0 || !Number.isFinite(sum) || daily.returns.slice(0, -1).some((each) => each <= -1) ? undefined : sum / days;
}
