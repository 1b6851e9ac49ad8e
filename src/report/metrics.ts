// What a run amounts to: every figure of spec §10, from its trades and its equity curve. Sums are taken exact and handed out as plain
// numbers of USDT; a figure that does not exist (no trade, no time, a division by nothing) is undefined, never NaN.

import type { Interval } from "../market/interval.ts";
import { DIRECTIONS, type Direction } from "../orders/side.ts";
import { addUsdt, NO_USDT, negate, usdtNumber } from "../units/grid.ts";
import { DAY, type Ms, type Usdt } from "../units/unit.ts";
import { type Bin, histogramOf, type Quantile, quantilesOf } from "./distribution.ts";
import { readCurve, sharpeRatio, sortinoRatio } from "./equity-curve.ts";
import { EXIT_REASONS, type ExitReason, type Trade } from "./trade.ts";
import type { Warning } from "./warning.ts";

/** One event in the account: the USDT wallet balance after it, and the coins that the symbol then holds, negative when short. */
export type BalancePoint = { readonly at: Ms; readonly symbol: string; readonly cash: Usdt; readonly coin: number };

export type RunRecord = {
	readonly symbols: readonly string[];
	readonly baseInterval: Interval;
	/** Open of the first candle. */
	readonly start: Ms;
	/** End of the last candle. */
	readonly end: Ms;
	/** Base candles walked. */
	readonly candles: number;
	readonly initialBalance: Usdt;
	readonly finalBalance: Usdt;
	/** Close time of each equity point, ascending. */
	readonly times: Float64Array;
	/** USDT at each of them. */
	readonly equity: Float64Array;
	/** In the order in which they closed. */
	readonly trades: readonly Trade[];
	readonly warnings: readonly Warning[];
	/** The candles are a generated market, no history. */
	readonly generated: boolean;
	/** Candles in which the order of high and low decided a trade. */
	readonly ambiguousCandles: number;
	/** What the run was configured with, without secrets; copied into the result file. */
	readonly config?: unknown;
	/** Cash and coins at each fill. Left out, the result file says what the trades alone tell. */
	readonly balances?: readonly BalancePoint[] | undefined;
};

/** Some of the trades. A win has PnL > 0. */
export type Group = { readonly trades: number; readonly wins: number; readonly winRate: number | undefined; readonly pnl: number };

/** Trades that went the same way out, first exit first: `["take_profit", "stop_loss"]` took a part and was stopped with the rest. */
export type ExitGroup = Group & { readonly reasons: readonly ExitReason[] };

/** Money in USDT, shares and rates in percent, except `cagr`, a fraction as its formula in §10 yields it. */
export type Metrics = {
	/** Final less initial balance. */
	readonly pnl: number;
	readonly returnPct: number;
	readonly mdd: number;
	readonly mddPct: number;
	/** From the peak to the low of the fall behind `mddPct`. */
	readonly mddFrom: Ms;
	readonly mddTo: Ms;
	readonly winRate: number | undefined;
	readonly trades: number;
	readonly wins: number;
	readonly cagr: number | undefined;
	readonly sharpe: number | undefined;
	readonly sortino: number | undefined;
	/** CAGR in % ÷ MDD in %. */
	readonly calmar: number | undefined;
	/** Sum of the gains ÷ sum of the losses. */
	readonly profitFactor: number | undefined;
	/** Mean PnL of a trade. */
	readonly expectancy: number | undefined;
	readonly averageWin: number | undefined;
	/** Of the trades that are no win, negative. */
	readonly averageLoss: number | undefined;
	readonly averageHoldingMs: Ms | undefined;
	readonly longestHoldingMs: Ms | undefined;
	/** Share of the run's time in which a position of any symbol was open. */
	readonly exposurePct: number | undefined;
	readonly fees: number;
	readonly funding: number;
	readonly slippage: number;
	/** What the trades made before fees, funding and slippage. */
	readonly gross: number;
	/** The trade that lost most, in % of the balance at its entry (negative), and which it is, counted from 0. */
	readonly worstTrade: { readonly index: number; readonly pct: number; readonly pnl: number } | undefined;
	/** Longest rows of wins, and of trades that are none. */
	readonly winStreak: number;
	readonly lossStreak: number;
	readonly ambiguousCandles: number;
	readonly byDirection: Readonly<Record<Direction, Group>>;
	/** The most frequent way first. */
	readonly byReason: readonly ExitGroup[];
	readonly quantiles: Readonly<Record<Quantile, number>> | undefined;
	readonly histogram: readonly Bin[];
};

const YEAR: Ms = 365.25 * DAY;

export function measure(run: RunRecord): Metrics {
	const { trades, start, end } = run;
	const initial = usdtNumber(run.initialBalance);
	const curve = readCurve(run, { at: start, equity: initial });
	const all = groupOf(trades);
	const pnl = usdtNumber(addUsdt(run.finalBalance, negate(run.initialBalance)));
	const amounts = trades.map((trade) => trade.pnl);
	const gains = usdtNumber(total(amounts.filter((amount) => amount > 0)));
	const losses = usdtNumber(total(amounts.filter((amount) => amount <= 0)));
	const fees = total(trades.map((trade) => trade.fees));
	const funding = total(trades.map((trade) => trade.funding));
	const slippage = trades.reduce((sum, trade) => sum + trade.slippage, 0);
	const holding = trades.map((trade) => trade.exitAt - trade.entryAt);
	const held = holding.reduce((sum, each) => sum + each, 0);
	const cagr = growth(curve.last / initial, end - start);
	return {
		pnl,
		returnPct: (100 * pnl) / initial,
		mdd: curve.drawdown,
		mddPct: curve.drawdownPct,
		mddFrom: curve.drawdownFrom,
		mddTo: curve.drawdownTo,
		winRate: all.winRate,
		trades: trades.length,
		wins: all.wins,
		cagr,
		sharpe: sharpeRatio(curve.daily),
		sortino: sortinoRatio(curve.daily),
		calmar: cagr === undefined ? undefined : ratio(100 * cagr, curve.drawdownPct),
		profitFactor: ratio(gains, -losses),
		expectancy: ratio(usdtNumber(total(amounts)), trades.length),
		averageWin: ratio(gains, all.wins),
		averageLoss: ratio(losses, trades.length - all.wins),
		averageHoldingMs: ratio(held, trades.length),
		longestHoldingMs: trades.length === 0 ? undefined : holding.reduce((most, each) => Math.max(most, each)),
		exposurePct: ratio(100 * timeInMarket(run), end - start),
		fees: usdtNumber(fees),
		funding: usdtNumber(funding),
		slippage,
		gross: usdtNumber(addUsdt(total(amounts), fees, funding)) + slippage,
		worstTrade: worstOf(trades),
		winStreak: longestRow(amounts, (amount) => amount > 0),
		lossStreak: longestRow(amounts, (amount) => amount <= 0),
		ambiguousCandles: run.ambiguousCandles,
		byDirection: directionsOf(trades),
		byReason: exitGroups(trades),
		quantiles: quantilesOf(amounts),
		histogram: histogramOf(amounts),
	};
}

/** The reasons of a trade's exits in order; one that comes in several fills is named once. */
export function reasonsOf(trade: Trade): readonly ExitReason[] {
	return trade.exits.map((exit) => exit.reason).filter((reason, i, reasons) => reason !== reasons[i - 1]);
}

/** (E_end ÷ E_start)^(365.25 d ÷ span) − 1, a fraction; −1 when nothing is left; undefined without time, or beyond what a number holds. */
function growth(multiple: number, span: Ms): number | undefined {
	if (span <= 0) return undefined;
	return finite(Math.max(0, multiple) ** (YEAR / span) - 1);
}

function ratio(part: number, whole: number): number | undefined {
	return whole === 0 ? undefined : finite(part / whole);
}

function finite(value: number): number | undefined {
	return Number.isFinite(value) ? value : undefined;
}

function total(amounts: readonly Usdt[]): Usdt {
	return amounts.reduce((sum, amount) => addUsdt(sum, amount), NO_USDT);
}

function groupOf(trades: readonly Trade[]): Group {
	const wins = trades.filter((trade) => trade.pnl > 0).length;
	const pnl = usdtNumber(total(trades.map((trade) => trade.pnl)));
	return { trades: trades.length, wins, winRate: ratio(100 * wins, trades.length), pnl };
}

function directionsOf(trades: readonly Trade[]): Readonly<Record<Direction, Group>> {
	const [long, short] = DIRECTIONS.map((direction) => groupOf(trades.filter((trade) => trade.direction === direction)));
	return { long: long!, short: short! };
}

function exitGroups(trades: readonly Trade[]): readonly ExitGroup[] {
	const ways = Map.groupBy(trades, (trade) => reasonsOf(trade).join(" "));
	const groups = [...ways.values()].map((way) => ({ reasons: reasonsOf(way[0]!), ...groupOf(way) }));
	return groups.sort((a, b) => b.trades - a.trades || rank(a.reasons) - rank(b.reasons));
}

/** An order for groups of equal size: by the first reason, then the next, as the table of reasons has them. */
function rank(reasons: readonly ExitReason[]): number {
	const base = EXIT_REASONS.length + 1;
	return reasons.reduce((sum, reason, i) => sum + (EXIT_REASONS.indexOf(reason) + 1) / base ** i, 0);
}

function worstOf(trades: readonly Trade[]): Metrics["worstTrade"] {
	let worst: Metrics["worstTrade"];
	trades.forEach((trade, index) => {
		const pnl = usdtNumber(trade.pnl);
		const pct = (100 * pnl) / usdtNumber(trade.balanceBefore);
		if (trade.balanceBefore > 0 && pct < (worst?.pct ?? Number.POSITIVE_INFINITY)) worst = { index, pct, pnl };
	});
	return worst;
}

function longestRow(amounts: readonly Usdt[], belongs: (amount: Usdt) => boolean): number {
	let [row, longest] = [0, 0];
	for (const amount of amounts) {
		row = belongs(amount) ? row + 1 : 0;
		if (row > longest) longest = row;
	}
	return longest;
}

/** Time in which at least one position was open, within the run; what several symbols hold at once counts once. */
function timeInMarket({ trades, start, end }: RunRecord): Ms {
	let [time, covered] = [0, start];
	for (const trade of trades.toSorted((a, b) => a.entryAt - b.entryAt)) {
		const from = Math.max(covered, trade.entryAt);
		const to = Math.min(end, trade.exitAt);
		if (to <= from) continue;
		time += to - from;
		covered = to;
	}
	return time;
}
