// How the bot asks the exchange before it trades, and the candles that warm the strategy up. What keeps it from starting is one clear line.

import { withRetry } from "../bybit/backoff.ts";
import type { BybitClient } from "../bybit/client.ts";
import { candleOf } from "../bybit/decode/public.ts";
import type { Fault } from "../bybit/fault.ts";
import { SYSTEM_TIMERS, type Timers } from "../bybit/ports.ts";
import type { Candle } from "../market/candle.ts";
import { closeOf, fixedLength, type Interval } from "../market/interval.ts";
import type { Result } from "../std/result.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { DAY, MINUTE, type Ms } from "../units/unit.ts";

/** Bybit's largest page of candles. */
const KLINE_PAGE = 1000;
/** Tries of each question at the start, a second, two and four apart. */
const ATTEMPTS = 4;

/** The value, or the one line that says what failed and why: ours to mend (code 2), or worth another try (code 1). */
export function must<T>(result: Result<T, Fault>, what: string): T {
	if (result.ok) return result.value;
	const hint = WRONG_KEY.includes(result.error.retCode ?? 0) ? "; is the key one of this environment, and are both parts whole?" : "";
	const text = `${what}: ${result.error.message} (${result.error.what})${hint}`;
	throw result.error.class === "fatal" || result.error.class === "refused" ? new UsageError(text) : new RunFailure(text);
}

/** Bybit's answers to a key of another environment, or to one that was copied wrongly. */
const WRONG_KEY = [10003, 10004, 33004];

/** Asks again while nothing speaks against it. */
export function retried<T>(call: () => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> {
	return withRetry(call, { attempts: ATTEMPTS, timers: SYSTEM_TIMERS, random: Math.random });
}

/** Asks again while nothing speaks against it; `onLine` hears, once, that it does. */
export async function ask<T>(call: () => Promise<Result<T, Fault>>, what: string, onLine?: (text: string) => void): Promise<T> {
	let told = false;
	const onWait = ({ message }: Fault, { left }: { readonly left: number }): void => {
		if (!told) onLine?.(`${what}: ${message}; it is asked ${left} more times`);
		told = true;
	};
	return must(await withRetry(call, { attempts: ATTEMPTS, timers: SYSTEM_TIMERS, random: Math.random, onWait }), what);
}

/** Between two rounds of tries at an exchange that is away. */
const KNOCK_EVERY: Ms = 30_000;
/** How often it is said that it still is. */
const KNOCK_TOLD: Ms = 600_000;

export type Knock = {
	readonly what: string;
	readonly signal: AbortSignal | undefined;
	readonly onLine: (text: string) => void;
	readonly now?: () => Ms;
	readonly timers?: Timers;
	readonly random?: () => number;
};

/**
 * Asks until the exchange answers, however long that takes: whoever traded there before has no reason to give up. Undefined when `signal`
 * ended the wait; what no waiting mends throws at once.
 */
export async function knock<T>(call: () => Promise<Result<T, Fault>>, options: Knock): Promise<T | undefined> {
	const { what, signal, onLine, now = Date.now, timers = SYSTEM_TIMERS, random = Math.random } = options;
	const began = now();
	let toldAt = Number.NEGATIVE_INFINITY;
	while (signal?.aborted !== true) {
		const answer = await withRetry(call, { attempts: ATTEMPTS, timers, random });
		if (answer.ok || answer.error.class === "fatal" || answer.error.class === "refused") return must(answer, what);
		if (now() - toldAt >= KNOCK_TOLD) {
			toldAt = now();
			const since = `${((toldAt - began) / MINUTE).toFixed(0)} min`;
			onLine(`${what}: ${answer.error.message}; it is asked until it does, for ${since} now; positions keep their stops there`);
		}
		await pause(Math.max(KNOCK_EVERY, answer.error.retryAfterMs ?? 0), timers, signal);
	}
	return undefined;
}

function pause(length: Ms, timers: Timers, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve) => {
		const end = (): void => {
			cancel();
			signal?.removeEventListener("abort", end);
			resolve();
		};
		const cancel = timers.after(length, end);
		signal?.addEventListener("abort", end);
	});
}

/** The latest candles of an interval that have closed by `at`, ascending. */
export async function closedCandles({ rest }: BybitClient, terms: { symbol: string; interval: Interval; at: Ms }): Promise<Candle[]> {
	const { symbol, interval, at } = terms;
	const rows = await ask(() => rest.getKline({ symbol, interval, limit: KLINE_PAGE }), `candles of ${symbol}`);
	return rows.map(candleOf).filter((candle) => closeOf(interval, candle.openTime) <= at);
}

/** Turnover and volume of the candles closed by `at` that open in `[from, to)`; undefined when the exchange does not have them from the start. */
export async function sumsBetween(
	{ rest }: BybitClient,
	terms: { symbol: string; interval: Interval; from: Ms; to: Ms; at: Ms },
): Promise<{ turnover: number; volume: number } | undefined> {
	const { symbol, interval, to, at } = terms;
	const page = (KLINE_PAGE - 1) * (fixedLength(interval) ?? 28 * DAY); // a month's page may overlap the next, and loses nothing
	let turnover = 0;
	let volume = 0;
	for (let next = terms.from; next < to; ) {
		const query = { symbol, interval, start: next, end: Math.min(to - 1, next + page), limit: KLINE_PAGE };
		const rows = await ask(() => rest.getKline(query), `candles of ${symbol}`);
		const [first] = rows;
		if (first === undefined || first.start > next) return undefined;
		for (const row of rows) {
			const close = closeOf(interval, row.start);
			if (close > at) return { turnover, volume };
			turnover += Number(row.turnover);
			volume += Number(row.volume);
			next = close;
		}
	}
	return { turnover, volume };
}
