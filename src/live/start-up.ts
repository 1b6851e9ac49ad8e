// What the bot asks the exchange before it trades: the rules of its symbols, what its key may do, its balance and settings, and the candles
// that warm the strategy up. What keeps it from starting is one clear line.

import type { BybitClient } from "../bybit/client.ts";
import { reviewKey } from "../bybit/decode/account.ts";
import { candleOf } from "../bybit/decode/public.ts";
import type { Fault } from "../bybit/fault.ts";
import type { SymbolSettings } from "../engine/settings.ts";
import type { Candle } from "../market/candle.ts";
import type { Instrument } from "../market/instrument.ts";
import { closeOf, fixedLength, type Interval } from "../market/interval.ts";
import type { Result } from "../std/result.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { parseUsdt } from "../units/grid.ts";
import { DAY, type Ms, type Usdt } from "../units/unit.ts";

/** Bybit's largest page of candles. */
const KLINE_PAGE = 1000;

/** The value, or the one line that says what failed and why: ours to mend (code 2), or worth another try (code 1). */
export function must<T>(result: Result<T, Fault>, what: string): T {
	if (result.ok) return result.value;
	const text = `${what}: ${result.error.message} (${result.error.what})`;
	throw result.error.class === "fatal" || result.error.class === "refused" ? new UsageError(text) : new RunFailure(text);
}

export async function findInstruments({ rest }: BybitClient, symbols: readonly string[]): Promise<Map<string, Instrument>> {
	const found = new Map<string, Instrument>();
	for (const symbol of symbols) {
		const risks = must(await rest.getRiskLimit(symbol), `risk limits of ${symbol}`);
		const [info] = must(await rest.getInstruments({ symbol, risks }), `rules of ${symbol}`);
		if (info === undefined) throw new UsageError(`symbols: the exchange does not list ${symbol} as a USDT perpetual`);
		const { status } = info.instrument;
		if (status !== "Trading") throw new UsageError(`symbols: ${symbol} is ${status} at the exchange, not Trading`);
		found.set(symbol, info.instrument);
	}
	return found;
}

/** The USDT balance, once the key has been found fit: it may trade, and may not withdraw. */
export async function checkAccount({ rest }: BybitClient, onWarning: (text: string) => void): Promise<Usdt> {
	const { refusals, warnings } = reviewKey(must(await rest.getApiKey(), "the API key's permissions"));
	for (const warning of warnings) onWarning(warning);
	if (refusals.length > 0) throw new UsageError(refusals.join("; "));
	const wallet = must(await rest.getWallet("USDT"), "the wallet");
	const coin = wallet.coins.find((entry) => entry.coin === "USDT");
	const balance = coin === undefined ? undefined : parseUsdt(coin.walletBalance);
	if (balance === undefined) throw new UsageError("the account states no USDT balance: a unified account with USDT is needed");
	return balance;
}

/** Margin mode and leverage as configured. */
export async function prepareSymbol(
	{ rest }: BybitClient,
	{ instrument, leverage }: SymbolSettings,
	mode: "isolated" | "cross",
): Promise<void> {
	const { symbol } = instrument;
	const info = must(await rest.getAccountInfo(), "the account's settings");
	const wanted = mode === "isolated" ? "ISOLATED_MARGIN" : "REGULAR_MARGIN";
	if (info.marginMode !== wanted) must(await rest.setMarginMode(wanted), `margin mode ${mode}`);
	const set = await rest.setLeverage({ symbol, leverage: String(leverage) });
	if (!set.ok && set.error.class !== "benign") must(set, `leverage ${leverage} of ${symbol}`);
}

/** The latest candles of an interval that have closed by `at`, ascending. */
export async function closedCandles({ rest }: BybitClient, terms: { symbol: string; interval: Interval; at: Ms }): Promise<Candle[]> {
	const { symbol, interval, at } = terms;
	const rows = must(await rest.getKline({ symbol, interval, limit: KLINE_PAGE }), `candles of ${symbol}`);
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
		const rows = must(await rest.getKline(query), `candles of ${symbol}`);
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
