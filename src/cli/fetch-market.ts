// From the exchange into the store, as the commands do it: a symbol's rules, its candles, and the funding rates of the same time. Rules are
// asked for beforehand, so that an unknown symbol ends a command before anything is written.

import type { Range } from "../candles/ranges.ts";
import { CandleStore, type Key } from "../candles/store.ts";
import { type StoredRules, storeRules } from "../candles/stored-instrument.ts";
import { downloadCandles } from "../download/candles.ts";
import type { Exchange } from "../download/exchange.ts";
import { downloadFunding } from "../download/funding.ts";
import { instrumentOf } from "../download/instruments.ts";
import { openOf } from "../market/interval.ts";

export async function askRules(exchange: Exchange, symbol: string): Promise<StoredRules> {
	const { instrument, launchTime: listedAt } = await instrumentOf(exchange, symbol);
	return { instrument, listedAt };
}

/** A range without the time before the symbol was listed. */
export function sinceListing([from, to]: Range, { interval }: Key, rules: StoredRules | undefined): Range {
	const listed = rules?.listedAt === undefined ? 0 : openOf(interval, rules.listedAt);
	return [Math.min(to, Math.max(from, listed)), to];
}

export type Wish = {
	readonly key: Key;
	readonly range: Range;
	readonly rules: StoredRules;
	readonly refetch?: boolean;
	readonly onProgress?: (done: number, total: number) => void;
};

/** How many candles and rates were new. */
export async function fetchMarket(exchange: Exchange, wish: Wish): Promise<{ candles: number; rates: number }> {
	const { key, range, rules, refetch = false, onProgress } = wish;
	const { folder } = exchange.source;
	await storeRules(folder, rules, exchange.now());
	const candles = await downloadCandles(exchange, new CandleStore(folder), {
		key,
		range,
		refetch,
		...(onProgress === undefined ? {} : { onProgress }),
	});
	const interval = rules.instrument.fundingInterval;
	const rates = await downloadFunding(exchange, folder, { symbol: key.symbol, range, interval, refetch });
	return { candles, rates };
}
