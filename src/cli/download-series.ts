// What `anchorwatch download` does once its options are read: each symbol and interval in turn, a bar on a terminal, lines elsewhere.

import type { Range } from "../candles/ranges.ts";
import { countBetween, gapsOf } from "../candles/spacing.ts";
import { CandleStore, type Key } from "../candles/store.ts";
import type { StoredRules } from "../candles/stored-instrument.ts";
import type { Resolved } from "../config/rules.ts";
import type { Config } from "../config/schema.ts";
import { latest, settledBy } from "../download/candles.ts";
import type { Exchange } from "../download/exchange.ts";
import { type Columns, lowerBound, slice } from "../market/candle.ts";
import { closeOf, INTERVALS, type Interval, intervalName, openOf } from "../market/interval.ts";
import { grouped } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { assert } from "../std/assert.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import type { Plan, PlanOptions } from "./download.ts";
import { askRules, fetchMarket, sinceListing } from "./fetch-market.ts";
import { Progress } from "./progress.ts";
import { instant } from "./run-config.ts";

export function downloadPlan(options: PlanOptions, config: Config, resolved: Resolved): Plan {
	const symbols = options.symbols === undefined ? resolved.symbols.map(({ symbol }) => symbol) : listOf(options.symbols).map(symbolOf);
	const usual = resolved.symbols[0]?.strategy.interval ?? "60";
	const intervals = options.interval === undefined ? [config.backtest.base_interval ?? usual] : listOf(options.interval).map(intervalOf);
	if (symbols.length === 0) throw new UsageError("--symbols: name at least one symbol");
	if (intervals.length === 0) throw new UsageError("--interval: name at least one interval");
	return {
		symbols: [...new Set(symbols)],
		intervals: [...new Set(intervals)],
		rangeOf: rangeFinder(options, config),
		refetch: options.refetch === true,
	};
}

/** Options first; only where none of them says which range, the configuration's. */
function rangeFinder({ from, to, latest: count }: PlanOptions, { backtest }: Config): Plan["rangeOf"] {
	if (from !== undefined && count !== undefined) throw new UsageError("--from and --latest: give one of the two");
	const isSaid = from !== undefined || count !== undefined;
	const start = from === undefined ? (isSaid ? undefined : (backtest.start ?? undefined)) : instant("--from", from);
	const end = to === undefined ? (isSaid ? undefined : (backtest.end ?? undefined)) : instant("--to", to);
	const last = count ?? (isSaid ? undefined : (backtest.limit ?? undefined));
	if (start === undefined && last === undefined)
		throw new UsageError("say what to download: --latest N candles, or --from TIME and perhaps --to TIME");
	if (start !== undefined && end !== undefined && start >= end) throw new UsageError("--from lies at or after --to: the start comes first");
	return (key, settled) => {
		const until = end === undefined ? settled : Math.min(settled, ceilTo(key.interval, end));
		if (start === undefined) return latest(key, last ?? 1, until);
		if (start >= until) throw new UsageError(`--from ${new Date(start).toISOString()}: no candle has closed since`);
		return [openOf(key.interval, start), until];
	};
}

export async function downloadSeries(exchange: Exchange, { symbols, intervals, rangeOf, refetch }: Plan): Promise<void> {
	const wishes: { key: Key; range: Range; rules: StoredRules; refetch: boolean }[] = [];
	for (const symbol of symbols) {
		const rules = await askRules(exchange, symbol);
		for (const interval of intervals) {
			const key = { symbol, interval };
			wishes.push({ key, range: sinceListing(rangeOf(key, settledBy(key, exchange.now())), key, rules), rules, refetch });
		}
	}
	for (const wish of wishes) await downloadOne(exchange, wish);
	process.stdout.write(`Stored in ${exchange.source.folder}\n`);
}

async function downloadOne(
	exchange: Exchange,
	{ key, range, rules, refetch }: { key: Key; range: Range; rules: StoredRules; refetch: boolean },
): Promise<void> {
	const name = `${key.symbol} ${intervalName(key.interval)}`;
	const progress = new Shown(name);
	try {
		const got = await fetchMarket(exchange, { key, range, rules, refetch, onProgress: (done, total) => progress.show(done, total) });
		progress.clear();
		const { columns } = new CandleStore(exchange.source.folder).read(key);
		const part = slice(columns, lowerBound(columns, range[0]), lowerBound(columns, range[1]));
		process.stdout.write(
			`${name}: ${told(key, range, part)}, ${grouped(got.candles, 0)} of them new; ${grouped(got.rates, 0)} new funding rates\n`,
		);
	} finally {
		progress.clear();
	}
}

/** "1,440 candles from … to …, 3 missing at the exchange (the first 2024-01-05 03:00)" */
function told({ interval }: Key, [from, to]: Range, columns: Columns): string {
	const gaps = gapsOf(columns.openTime, interval);
	assert(!("reason" in gaps), "stored candles lie on their interval's boundaries");
	const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
	const first = columns.openTime[0] ?? to;
	const late = first > from ? `, none before ${utcMinute(first)} (${grouped(countBetween(interval, from, first), 0)})` : "";
	const holes = missing === 0 ? "" : `, ${grouped(missing, 0)} missing at the exchange (the first ${utcMinute(gaps[0]?.from ?? 0)})`;
	return `${grouped(columns.length, 0)} candles from ${utcMinute(from)} to ${utcMinute(to)}${late}${holes}`;
}

/** A bar on a terminal; elsewhere a line at each tenth of the way. */
class Shown {
	readonly #name: string;
	readonly #live = process.stderr.isTTY === true;
	#bar: Progress | undefined;
	#tenth = 0;

	constructor(name: string) {
		this.#name = name;
	}

	show(done: number, total: number): void {
		this.#bar ??= new Progress(this.#name, total);
		this.#bar.show(done, `${grouped(done, 0)} of ${grouped(total, 0)} candles`);
		const tenth = total === 0 ? 0 : Math.floor((done / total) * 10);
		if (!this.#live && tenth > this.#tenth && done < total)
			process.stdout.write(`${this.#name}: ${grouped(done, 0)} of ${grouped(total, 0)} candles\n`);
		this.#tenth = tenth;
	}

	clear(): void {
		this.#bar?.clear();
	}
}

function listOf(text: string): string[] {
	return text
		.split(",")
		.map((part) => part.trim())
		.filter((part) => part !== "");
}

function symbolOf(text: string): string {
	const symbol = text.toUpperCase();
	if (!/^[A-Z0-9]{2,30}$/.test(symbol)) throw new UsageError(`--symbols ${text}: a symbol such as BTCUSDT is expected`);
	return symbol;
}

function intervalOf(text: string): Interval {
	const interval = INTERVALS.find((each) => each === text);
	if (interval === undefined) throw new UsageError(`--interval ${text}: choose one of ${INTERVALS.join(" ")} (minutes, day, week, month)`);
	return interval;
}

/** The boundary at or after `at`: a candle that opens before the end belongs to the range. */
function ceilTo(interval: Interval, at: Ms): Ms {
	const open = openOf(interval, at);
	return open === at ? at : closeOf(interval, open);
}
