// The result file (spec §11): one object that other programs read. The names are the file's own, in snake_case; times bear candle opens;
// a figure that does not exist is null. The same run gives the same bytes.

import { signOf } from "../orders/side.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Bin } from "./distribution.ts";
import { type Group, type Metrics, measure, type RunRecord } from "./metrics.ts";
import type { Trade } from "./trade.ts";
import { candleTime, exitTime } from "./trade-times.ts";
import { warningText } from "./warning.ts";

/** `equity: true` adds the whole curve, one `[time, equity]` for each base candle. */
export type ResultOptions = { readonly equity?: boolean | undefined };

/** More than any quantity step has. */
const COIN_DECIMALS = 10;

export function resultOf(run: RunRecord, options: ResultOptions = {}) {
	const metrics = measure(run);
	return {
		symbol: run.symbols.join(","),
		start: run.start,
		end: run.end,
		candles: run.candles,
		metrics: metricsRow(metrics),
		trades: run.trades.map((trade) => tradeRow(run, trade)),
		symbols: run.symbols,
		base_interval: run.baseInterval,
		generated: run.generated,
		initial_balance: usdtNumber(run.initialBalance),
		final_balance: usdtNumber(run.finalBalance),
		warnings: run.warnings.map((warning) => warningText(warning)),
		by_direction: { long: groupRow(metrics.byDirection.long), short: groupRow(metrics.byDirection.short) },
		by_reason: metrics.byReason.map((group) => ({ reasons: group.reasons, ...groupRow(group) })),
		pnl_quantiles: metrics.quantiles === undefined ? null : quantilesRow(metrics.quantiles),
		pnl_histogram: metrics.histogram.map(({ from, to, count }: Bin) => ({ from, to, count })),
		balances: balanceRows(run),
		...(run.config === undefined ? {} : { config: run.config }),
		...(options.equity === true ? { equity: equityRows(run) } : {}),
	};
}

/** The file's text: one line for each entry, and for each row of its lists, so that two files can be compared line by line. */
export function formatResult(run: RunRecord, options: ResultOptions = {}): string {
	const entries = Object.entries(resultOf(run, options)).map(([key, value]) => `  ${JSON.stringify(key)}: ${entryText(value)}`);
	return `{\n${entries.join(",\n")}\n}\n`;
}

function entryText(value: unknown): string {
	if (!Array.isArray(value) || value.length === 0) return JSON.stringify(value) ?? "null";
	return `[\n${value.map((row) => `    ${JSON.stringify(row) ?? "null"}`).join(",\n")}\n  ]`;
}

function metricsRow(metrics: Metrics) {
	return {
		pnl: metrics.pnl,
		return_pct: metrics.returnPct,
		mdd: metrics.mdd,
		mdd_pct: metrics.mddPct,
		win_rate: orNull(metrics.winRate),
		trades: metrics.trades,
		cagr: orNull(metrics.cagr),
		sharpe: orNull(metrics.sharpe),
		fees: metrics.fees,
		funding: metrics.funding,
		sortino: orNull(metrics.sortino),
		calmar: orNull(metrics.calmar),
		profit_factor: orNull(metrics.profitFactor),
		expectancy: orNull(metrics.expectancy),
		average_win: orNull(metrics.averageWin),
		average_loss: orNull(metrics.averageLoss),
		wins: metrics.wins,
		win_streak: metrics.winStreak,
		loss_streak: metrics.lossStreak,
		average_holding_ms: orNull(metrics.averageHoldingMs),
		longest_holding_ms: orNull(metrics.longestHoldingMs),
		exposure_pct: orNull(metrics.exposurePct),
		slippage: metrics.slippage,
		gross: metrics.gross,
		worst_trade_pct: orNull(metrics.worstTrade?.pct),
		worst_trade_index: orNull(metrics.worstTrade?.index),
		mdd_from: metrics.mddFrom,
		mdd_to: metrics.mddTo,
		ambiguous_candles: metrics.ambiguousCandles,
	};
}

function tradeRow({ baseInterval, symbols }: RunRecord, trade: Trade) {
	return {
		side: trade.direction,
		signal_time: candleTime(baseInterval, trade.signalAt),
		entry_time: candleTime(baseInterval, trade.entryAt),
		entry_price: trade.entryPrice,
		qty: trade.qty,
		exits: trade.exits.map((exit) => ({ time: exitTime(baseInterval, exit), price: exit.price, qty: exit.qty, reason: exit.reason })),
		fees: usdtNumber(trade.fees),
		funding: usdtNumber(trade.funding),
		pnl: usdtNumber(trade.pnl),
		balance_after: usdtNumber(trade.balanceAfter),
		slippage: trade.slippage,
		...(symbols.length > 1 ? { symbol: trade.symbol } : {}),
	};
}

function groupRow({ trades, wins, winRate, pnl }: Group) {
	return { trades, wins, win_rate: orNull(winRate), pnl };
}

function quantilesRow(quantiles: NonNullable<Metrics["quantiles"]>) {
	const { 0: min, 5: p5, 25: p25, 50: p50, 75: p75, 95: p95, 100: max } = quantiles;
	return { min, p5, p25, p50, p75, p95, max };
}

/** `[time, cash, coin]`, with the symbol behind when there are several. Cash is null where only the run's own record could tell it. */
type BalanceRow = readonly [time: number, cash: number | null, coin: number, symbol?: string];

function balanceRows(run: RunRecord): readonly BalanceRow[] {
	const row = (symbol: string, time: number, cash: number | null, coin: number): BalanceRow =>
		run.symbols.length > 1 ? [time, cash, coin, symbol] : [time, cash, coin];
	if (run.balances === undefined) return run.trades.flatMap((trade) => tradeBalances(run, trade, row)).sort((a, b) => a[0] - b[0]);
	return run.balances.map(({ at, symbol, cash, coin }) =>
		row(symbol, candleTime(run.baseInterval, Math.min(at, run.end - 1)), usdtNumber(cash), coin),
	);
}

/** What a trade alone tells: the coins after each fill, the cash before the first and after the last. */
function tradeBalances(
	{ baseInterval }: RunRecord,
	trade: Trade,
	row: (symbol: string, time: number, cash: number | null, coin: number) => BalanceRow,
): readonly BalanceRow[] {
	const { symbol, exits } = trade;
	const sign = signOf(trade.direction);
	let left = trade.qty;
	const entered = row(symbol, candleTime(baseInterval, trade.entryAt), usdtNumber(trade.balanceBefore), sign * left);
	const reduced = exits.map((exit, i) => {
		const last = i === exits.length - 1;
		left = last ? 0 : lessCoins(left, exit.qty);
		return row(symbol, exitTime(baseInterval, exit), last ? usdtNumber(trade.balanceAfter) : null, left === 0 ? 0 : sign * left);
	});
	return [entered, ...reduced];
}

/** Coins less coins without the binary noise of the subtraction. */
function lessCoins(coins: number, closed: number): number {
	return Number((coins - closed).toFixed(COIN_DECIMALS));
}

function equityRows({ times, equity }: RunRecord): readonly (readonly [time: number, equity: number])[] {
	return Array.from(equity, (value, i) => [times[i]!, value] as const);
}

function orNull(value: number | undefined): number | null {
	return value ?? null;
}
