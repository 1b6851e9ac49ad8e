// Candles of one symbol and interval from the exchange into the store: what is there is not asked for again, the candle under way is never
// stored, a hole is looked at twice before it is noted, and where new candles touch stored ones, one of those is compared.

import { candleOf } from "../bybit/decode/public.ts";
import { covers, joined, type Range, without } from "../candles/ranges.ts";
import { countBetween } from "../candles/spacing.ts";
import type { CandleStore, Key, Series } from "../candles/store.ts";
import { type Candle, columnsOf } from "../market/candle.ts";
import { closeOf, intervalName, openOf } from "../market/interval.ts";
import { RunFailure } from "../std/run-failure.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { Exchange } from "./exchange.ts";

/** Bybit's largest page. */
const PAGE = 1000;
/** So many pages are asked for at once, and then written: what a killed process loses at most. */
const PAGES_AT_ONCE = 10;
/** A candle counts as final this long after its close. */
const SETTLE_MS: Ms = 10_000;
/** A missing candle younger than this may still appear: it is not noted, and asked for again. */
const LATE_MS: Ms = DAY;

export type CandleWish = {
	readonly key: Key;
	/** Opening times. */
	readonly range: Range;
	/** Asks for everything anew, and takes the exchange's word against the store's. */
	readonly refetch?: boolean;
	/** Of the candles that were to be fetched. */
	readonly onProgress?: (done: number, total: number) => void;
};

/** Where the last candle ends that has closed and settled. */
export function settledBy({ interval }: Key, now: Ms): Ms {
	return openOf(interval, now - SETTLE_MS);
}

/** The range that holds the last `count` candles before `to`. */
export function latest({ interval }: Key, count: number, to: Ms): Range {
	let from = to;
	for (let i = 0; i < count && from > 0; i++) from = openOf(interval, from - 1);
	return [Math.max(0, from), to];
}

/** Fetches what the store does not have; answers how many candles came. `range` ends at or before what has settled. */
export async function downloadCandles(exchange: Exchange, store: CandleStore, wish: CandleWish): Promise<number> {
	const { key, range, refetch = false, onProgress } = wish;
	const covered = store.covered(key);
	const missing = refetch ? [range] : without([range], covered);
	const total = missing.reduce((sum, [from, to]) => sum + countBetween(key.interval, from, to), 0);
	const pages = missing.flatMap((each) => pagesOf(key, refetch ? each : widened(key, each, covered)));
	let done = 0;
	let fetched = 0;
	for (let i = 0; i < pages.length; i += PAGES_AT_ONCE) {
		onProgress?.(Math.min(done, total), total);
		const looks = await Promise.allSettled(pages.slice(i, i + PAGES_AT_ONCE).map((page) => look(exchange, key, page)));
		const got = looks.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
		await store.add(key, together(got), { replace: refetch });
		fetched += got.reduce((sum, { candles }) => sum + candles.filter((candle) => isIn(missing, candle.openTime)).length, 0);
		done += got.reduce((sum, { page }) => sum + countBetween(key.interval, ...page), 0);
		const failed = looks.find((each) => each.status === "rejected");
		if (failed !== undefined) throw failed.reason;
	}
	if (pages.length > 0) onProgress?.(total, total);
	return fetched;
}

type Look = { readonly page: Range; readonly candles: readonly Candle[]; readonly covered: readonly Range[] };

/** One page, and what is missing in it once more. */
async function look(exchange: Exchange, key: Key, page: Range): Promise<Look> {
	let candles = await fetchPage(exchange, key, page);
	const [first, ...others] = holesOf(key, page, candles);
	if (first !== undefined) {
		const [, to] = others.at(-1) ?? first;
		const again = await fetchPage(exchange, key, [first[0], to]);
		const known = new Set(candles.map((candle) => candle.openTime));
		candles = [...candles, ...again.filter((candle) => !known.has(candle.openTime))].sort((a, b) => a.openTime - b.openTime);
	}
	const young = exchange.now() - LATE_MS;
	const open = holesOf(key, page, candles).filter(([, to]) => to > young);
	return { page, candles, covered: without([page], open) };
}

async function fetchPage(exchange: Exchange, { symbol, interval }: Key, [from, to]: Range): Promise<Candle[]> {
	const what = `candles of ${symbol} (${intervalName(interval)}) from ${new Date(from).toISOString()}`;
	const rows = await exchange.ask(what, (rest) => rest.getKline({ symbol, interval, start: from, end: to - 1, limit: PAGE }));
	const odd = rows.find((row) => openOf(interval, row.start) !== row.start);
	if (odd !== undefined) throw new RunFailure(`${what}: one opens at ${odd.start}, which is no boundary of the interval`);
	return rows.filter((row) => row.start >= from && row.start < to).map(candleOf);
}

/** The parts of `page` without a candle. */
function holesOf({ interval }: Key, page: Range, candles: readonly Candle[]): Range[] {
	return without(
		[page],
		candles.map(({ openTime }): Range => [openTime, closeOf(interval, openTime)]),
	);
}

function pagesOf({ interval }: Key, [from, to]: Range): Range[] {
	const pages: Range[] = [];
	let start = from;
	let count = 0;
	for (let at = from; at < to; at = closeOf(interval, at)) {
		if (count++ < PAGE) continue;
		pages.push([start, at]);
		start = at;
		count = 1;
	}
	return start < to ? [...pages, [start, to]] : pages;
}

/** With the stored candle at either end, to compare what is known with what is told now. */
function widened({ interval }: Key, [from, to]: Range, covered: readonly Range[]): Range {
	const before: Range = [openOf(interval, from - 1), from];
	const after: Range = [to, closeOf(interval, to)];
	return [covers(covered, before) ? before[0] : from, covers(covered, after) ? after[1] : to];
}

/** Several looks as one addition to the store. A stored candle between two missing stretches is in both of their pages. */
function together(looks: readonly Look[]): Series {
	const candles = new Map(looks.flatMap(({ candles }) => candles.map((candle) => [candle.openTime, candle] as const)));
	const ascending = [...candles.values()].sort((a, b) => a.openTime - b.openTime);
	return { columns: columnsOf(ascending), covered: joined(looks.flatMap(({ covered }) => covered)) };
}

function isIn(ranges: readonly Range[], at: Ms): boolean {
	return ranges.some(([from, to]) => at >= from && at < to);
}
