// A backtest's market from the local store: the candles that the configuration's range and interval ask for, with what is missing fetched
// first, so that a run needs no file. With `offline` nothing is asked of any exchange.

import { covers, type Range, without } from "../candles/ranges.ts";
import { CandleStore, candleFile, type Key } from "../candles/store.ts";
import { fundingCovered, storedFundingPath } from "../candles/stored-funding.ts";
import { storedRules } from "../candles/stored-instrument.ts";
import type { ResolvedSymbol } from "../config/rules.ts";
import type { Config } from "../config/schema.ts";
import { latest, settledBy } from "../download/candles.ts";
import { Exchange } from "../download/exchange.ts";
import type { Source } from "../download/source.ts";
import { lowerBound, slice } from "../market/candle.ts";
import { closeOf, fixedLength, intervalName, openOf } from "../market/interval.ts";
import { grouped } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { DAY, type Ms } from "../units/unit.ts";
import { askRules, fetchMarket, sinceListing } from "./fetch-market.ts";
import { checkMarket, type MarketFile } from "./market-file.ts";
import { Progress } from "./progress.ts";

export type StoredOptions = {
	readonly source: Source;
	readonly entry: ResolvedSymbol;
	readonly config: Config;
	readonly offline: boolean;
	/** A file of rates instead of the store's. */
	readonly funding?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	/** What was fetched, in a line. */
	readonly onLine: (text: string) => void;
};

/** ATR after so many of its lengths has forgotten what came before it. */
const ATR_LENGTHS = 5;

export async function storedMarket(options: StoredOptions): Promise<MarketFile> {
	const { source, entry, config } = options;
	const key: Key = { symbol: entry.symbol, interval: config.backtest.base_interval ?? entry.strategy.interval };
	const store = new CandleStore(source.folder);
	const range = options.offline ? storedRange(store, key, options) : await fetched(store, key, options);
	const folder = store.seriesFolder(key);
	const { columns } = store.read(key);
	const part = slice(columns, lowerBound(columns, range[0]), lowerBound(columns, range[1]));
	if (part.length === 0)
		throw new UsageError(`${name(key)}: ${source.name} has no candle from ${utcMinute(range[0])} to ${utcMinute(range[1])}`);
	const rates = options.funding ?? storedFundingPath(source.folder, key.symbol);
	return checkMarket(candleFile(part, key.interval, folder), folder, entry, config, rates);
}

/** The range to run, which the store holds once this is done. */
async function fetched(store: CandleStore, key: Key, options: StoredOptions): Promise<Range> {
	const { source, config } = options;
	const known = store.covered(key);
	const { end } = config.backtest;
	const wanted = end === null ? undefined : wantedRange(key, options, ceilTo(key, end), known);
	const isStored = wanted !== undefined && isComplete(store, key, wanted, source);
	if (isStored) return wanted;
	// Whatever is stored, and no word of a range: that is all of it.
	if (wanted === undefined && saysNoRange(config) && isComplete(store, key, allOf(known, key, source), source))
		return allOf(known, key, source);
	const { signal, onLine } = options;
	const exchange = await Exchange.open({ source, signal, onOdd: onLine }).catch((error: unknown) => {
		if (!(error instanceof RunFailure) || signal?.aborted === true) throw error;
		throw new RunFailure(`${error.message}; or run on what is stored with --offline`, { cause: error });
	});
	try {
		const rules = await askRules(exchange, key.symbol);
		const settled = settledBy(key, exchange.now());
		const to = end === null ? (saysNoRange(config) ? allOf(known, key, source)[1] : settled) : Math.min(settled, ceilTo(key, end));
		const range = sinceListing(wantedRange(key, options, to, known), key, rules);
		const progress = new Progress(name(key), 1);
		const onProgress = (done: number, total: number): void => progress.show(total === 0 ? 1 : done / total, "fetching candles");
		try {
			const { candles, rates } = await fetchMarket(exchange, { key, range, rules, onProgress });
			progress.clear();
			if (candles + rates > 0)
				onLine(`fetched ${grouped(candles, 0)} candles and ${grouped(rates, 0)} funding rates of ${name(key)} into ${source.folder}`);
		} finally {
			progress.clear();
		}
		return range;
	} finally {
		await exchange.close();
	}
}

/** What is stored of what is wanted; without an end, up to where the store ends. */
function storedRange(store: CandleStore, key: Key, options: StoredOptions): Range {
	const { source, config } = options;
	const known = store.covered(key);
	const to = config.backtest.end === null ? allOf(known, key, source)[1] : ceilTo(key, config.backtest.end);
	const range = sinceListing(wantedRange(key, options, to, known), key, storedRules(source.folder, key.symbol));
	const [missing] = without([range], known);
	if (missing === undefined) return range;
	throw new UsageError(
		`${name(key)}: the candles from ${utcMinute(missing[0])} to ${utcMinute(missing[1])} are not in ${source.folder}; leave --offline out to fetch them`,
	);
}

/** From the configuration: the last `limit` candles, or those from the start on with what warms the strategy up before it, or all there are. */
function wantedRange(key: Key, { config, entry, source }: StoredOptions, to: Ms, known: readonly Range[]): Range {
	const { start, limit } = config.backtest;
	if (limit !== null) return latest(key, limit, to);
	if (start === null) return [Math.min(to, allOf(known, key, source)[0]), to];
	return [Math.min(to, openOf(key.interval, openOf(entry.strategy.interval, warmUpFrom(entry, start)))), to];
}

/** Where the data must begin for the first evaluation at `start`: the exchange's 24 h, an anchor's day, and the candles looked back on. */
function warmUpFrom({ strategy }: ResolvedSymbol, start: Ms): Ms {
	const { bands, momentum, anchor, interval } = strategy;
	const bandCandles = bands.method === "atr" ? ATR_LENGTHS * bands.length : bands.length;
	const candles = Math.max(bandCandles, momentum.lookback, anchor.lookback) + 2;
	const from = start - candles * (fixedLength(interval) ?? 31 * DAY) - 2 * DAY;
	return Math.max(0, anchor.type === "time" && anchor.time !== null ? Math.min(from, anchor.time - DAY) : from);
}

function isComplete(store: CandleStore, key: Key, range: Range, { folder }: Source): boolean {
	const rules = storedRules(folder, key.symbol);
	if (rules === undefined) return false;
	const wanted = sinceListing(range, key, rules);
	return covers(store.covered(key), wanted) && covers(fundingCovered(folder, key.symbol), wanted);
}

function saysNoRange({ backtest }: Config): boolean {
	return backtest.start === null && backtest.limit === null;
}

function allOf(known: readonly Range[], key: Key, { folder }: Source): Range {
	const [first] = known;
	const last = known.at(-1);
	if (first !== undefined && last !== undefined) return [first[0], last[1]];
	throw new UsageError(
		`no candles of ${name(key)} are stored in ${folder}: say how many with --limit N or from when with --start TIME, or name a file with --data FILE`,
	);
}

/** The boundary at or after `at`. */
function ceilTo({ interval }: Key, at: Ms): Ms {
	const open = openOf(interval, at);
	return open === at ? at : closeOf(interval, open);
}

function name({ symbol, interval }: Key): string {
	return `${symbol} (${intervalName(interval)})`;
}
