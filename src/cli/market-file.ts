// A candle file as a run wants it: checked against the configuration, cut to its range, with what the report must say about it.

import type { CandleFile } from "../candles/csv.ts";
import { rateNear, readFunding } from "../candles/funding.ts";
import { openCandles } from "../candles/open.ts";
import { approximateTurnover } from "../candles/turnover.ts";
import type { Resolved, ResolvedSymbol } from "../config/rules.ts";
import type { Config } from "../config/schema.ts";
import { type Columns, lowerBound, slice } from "../market/candle.ts";
import { divides, fixedLength, type Interval, intervalName } from "../market/interval.ts";
import { compensatedSum } from "../market/rolling.ts";
import { utcMinute } from "../report/utc.ts";
import type { Warning } from "../report/warning.ts";
import { UsageError } from "../std/usage-error.ts";
import { DAY, type Ms } from "../units/unit.ts";

export type MarketFile = {
	readonly symbol: string;
	readonly columns: Columns;
	readonly interval: Interval;
	readonly generated: boolean;
	readonly rateAt: ((at: Ms) => number | undefined) | undefined;
	readonly warnings: readonly Warning[];
};

/** Reads `path` for a symbol of the configuration. Whatever keeps it from serving the run is one clear line. */
export function openMarket(path: string, entry: ResolvedSymbol, config: Config, funding?: string): MarketFile {
	const file = openCandles(path);
	return checkMarket(file, path, entry, config, funding);
}

export function checkMarket(file: CandleFile, path: string, entry: ResolvedSymbol, config: Config, funding?: string): MarketFile {
	const warnings: Warning[] = [];
	const { interval } = file;
	const signal = entry.strategy.interval;
	if (!divides(interval, signal))
		throw new UsageError(
			`${path}: its candles of ${intervalName(interval)} do not fill those of strategy.interval "${signal}"; choose a longer interval or finer candles`,
		);
	const columns = cut(withTurnover(file, path, entry, config, warnings), config, path);
	refuseGaps(file, columns, path, config, warnings);
	const window = (config.guard.move_window_s ?? 0) * 1000;
	if (config.guard.max_move_pct !== null && (fixedLength(interval) ?? Number.POSITIVE_INFINITY) > window)
		warnings.push({ kind: "jumpGuard", interval, windowS: window / 1000 });
	const { anchor, vwap } = entry.strategy;
	const first = columns.openTime[0] ?? 0;
	const firstDay = vwap.source === "ticker";
	if (anchor.type === "time" && anchor.time !== null && anchor.time < first + (firstDay ? DAY : 0))
		warnings.push({ kind: "anchor", anchor: anchor.time, firstDay });
	const recorded = funding === undefined ? undefined : readFunding(funding);
	const rateAt = recorded === undefined ? undefined : (at: Ms) => rateNear(recorded.times, recorded.rates, at);
	return { symbol: entry.symbol, columns, interval, generated: file.origin === "generated", rateAt, warnings };
}

/** Turnover where the strategy reads it: recorded, or approximated when the configuration allows that. */
function withTurnover(file: CandleFile, path: string, { strategy }: ResolvedSymbol, config: Config, warnings: Warning[]): Columns {
	const needsTurnover = strategy.anchor.type !== "price";
	const needsVolume = needsTurnover || strategy.anchor.type === "event";
	const missing = (column: "volume" | "turnover"): boolean => Number.isNaN(compensatedSum(file.columns[column], 0, file.columns.length));
	if (needsVolume && missing("volume"))
		throw new UsageError(
			`${path}: the volume is not recorded in every row, and the VWAP needs it; use a file with volume, or strategy.anchor.type: price`,
		);
	if (!needsTurnover || !missing("turnover")) return file.columns;
	if (!config.data.approximate_turnover)
		throw new UsageError(
			`${path}: the turnover is not recorded in every row, and the VWAP needs it; set data.approximate_turnover: true to estimate it from volume and price`,
		);
	warnings.push({ kind: "turnover" });
	return approximateTurnover(file.columns);
}

/** The rows before `backtest.end`, and of those the last `backtest.limit`; rows before `backtest.start` stay as warm-up. */
function cut(columns: Columns, { backtest }: Config, path: string): Columns {
	const to = backtest.end === null ? columns.length : lowerBound(columns, backtest.end);
	const from = backtest.limit === null ? 0 : Math.max(0, to - backtest.limit);
	if (to - from < 1) throw new UsageError(`${path}: no candle lies before backtest.end`);
	if (backtest.start !== null && backtest.start > columns.openTime[to - 1]!)
		throw new UsageError(`${path}: backtest.start lies after its last candle, ${utcMinute(columns.openTime[to - 1]!)}`);
	return from === 0 && to === columns.length ? columns : slice(columns, from, to);
}

function refuseGaps(file: CandleFile, columns: Columns, path: string, config: Config, warnings: Warning[]): void {
	const first = columns.openTime[0] ?? 0;
	const last = columns.openTime[columns.length - 1] ?? 0;
	const gaps = file.gaps.filter((gap) => gap.to > first && gap.from <= last);
	const [one] = gaps;
	if (one === undefined) return;
	const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
	if (config.data.allow_gaps) return void warnings.push({ kind: "gaps", missing, gaps: gaps.length, from: one.from, to: one.to });
	const absent = `${missing} ${missing === 1 ? "candle is" : "candles are"} missing in ${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"}`;
	throw new UsageError(
		`${path}: ${absent}, the first from ${utcMinute(one.from)} to ${utcMinute(one.to)}; set data.allow_gaps: true to run across`,
	);
}

/** The one symbol of the configuration that a single candle file is for. */
export function onlySymbol(resolved: Resolved, what: string): ResolvedSymbol {
	const [entry, ...others] = resolved.symbols;
	if (entry === undefined || others.length > 0)
		throw new UsageError(`${what} serves one symbol, and the configuration has ${resolved.symbols.length}; leave one in symbols`);
	return entry;
}
