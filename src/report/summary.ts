// A run on one terminal page, for people: what came of it, how it got there, what it cost, and what to doubt about it.

import { intervalName } from "../market/interval.ts";
import { DIRECTIONS } from "../orders/side.ts";
import { decimalsOf, plainDecimal } from "../units/decimal.ts";
import { usdtNumber } from "../units/grid.ts";
import { DAY } from "../units/unit.ts";
import { painter, type Style, widthOf } from "./ansi.ts";
import { type Bin, QUANTILES, type Quantile } from "./distribution.ts";
import { duration, grouped, money, percent, plain, signedMoney, signedPercent, signedPlain } from "./figures.ts";
import { bar, beside, type Cell, type Column, flow, type Page, pad, rule, table, toAscii, wrap } from "./layout.ts";
import { type Group, type Metrics, measure, type RunRecord, reasonsOf } from "./metrics.ts";
import { sparkline } from "./sparkline.ts";
import type { ExitReason } from "./trade.ts";
import { utcDate, utcMinute } from "./utc.ts";
import { warningText } from "./warning.ts";

export type SummaryOptions = {
	/** Columns of the terminal; the page is 60 to 100 of them wide. */
	readonly width: number;
	readonly colour: boolean;
	/** Block characters and rules; else ASCII. */
	readonly unicode: boolean;
	/** What the drawdown is held against, in %: the requirement's 15 unless told otherwise. */
	readonly drawdownLimitPct?: number | undefined;
};

const WIDTH = { min: 60, max: 100 } as const;
const DRAWDOWN_LIMIT_PCT = 15;
const CHART_ROWS = 5;
/** Columns of a figure's name, of its unit with the space before it, and between the two lists. */
const METRIC = { label: 19, unit: 5, gap: 4 } as const;

/** "Drawdown" and what follows it stand in line with the text after "Worst trade: ". */
const LIMIT_LABEL = 10;
const GAUGE = 16;

export function summaryLines(run: RunRecord, options: SummaryOptions): string[] {
	const { colour, unicode } = options;
	const width = Math.min(WIDTH.max, Math.max(WIDTH.min, Math.floor(options.width)));
	const page: Page = { width, paint: painter(colour), unicode };
	const metrics = measure(run);
	const sections = [
		headerLines(run, page),
		equityLines(run, page),
		beside(resultRows(run, metrics, page), riskRows(metrics, page), METRIC.gap, page),
		limitLines(run, metrics, options.drawdownLimitPct ?? DRAWDOWN_LIMIT_PCT, page),
		...(metrics.trades === 0 ? [["No trades."]] : [groupLines(metrics, page), costLines(metrics, page), distributionLines(metrics, page)]),
		[...doubtLines(metrics, page), ...warningLines(run, page)],
	];
	const lines = sections.filter((section) => section.length > 0).flatMap((section, i) => (i === 0 ? section : [rule(page), ...section]));
	return unicode ? lines : lines.map(toAscii);
}

function headerLines(run: RunRecord, page: Page): string[] {
	const { start, end } = run;
	const text = start % DAY === 0 && end % DAY === 0 ? utcDate : utcMinute;
	const parts: Cell[] = [
		{ text: run.symbols.join(", "), style: "bold" },
		{ text: `${text(start)} → ${text(end)} UTC (${duration(end - start)})` },
		{ text: `${count(run.candles, "candle")} of ${intervalName(run.baseInterval)}` },
	];
	return flow(run.generated ? [...parts, { text: "GENERATED MARKET, not history", style: "yellow" }] : parts, page);
}

/** The curve between its lowest and highest equity, with the dates below. */
function equityLines(run: RunRecord, { width, paint, unicode }: Page): string[] {
	const { min, max } = sparkline(run.equity, { width: 1 }) ?? { min: 0, max: 0 };
	const labels = [money(max), money(min)] as const;
	const margin = Math.max(...labels.map((label) => label.length), "Equity".length);
	const chart = sparkline(run.equity, { width: width - margin - 2, rows: CHART_ROWS, unicode });
	if (chart === undefined) return [];
	const gutter = [labels[0], "Equity", "USDT", ...new Array<string>(CHART_ROWS - 4).fill(""), labels[1]];
	const lines = chart.lines.map(
		(line, i) => `${paint("dim", `${pad(gutter[i] ?? "", margin, "right")} │`)}${paint("cyan", line.trimEnd())}`,
	);
	const columns = Math.max(...chart.lines.map((line) => line.length));
	const [from, to] = [utcDate(run.start), utcDate(run.end)];
	const dates = columns < from.length + to.length + 2 ? from : `${pad(from, columns - to.length)}${to}`;
	return [...lines, paint("dim", `${" ".repeat(margin + 2)}${dates}`)];
}

type Row = readonly [label: string, value: string, unit: string, style?: Style | undefined];

function resultRows(run: RunRecord, metrics: Metrics, page: Page): string[] {
	const { pnl, expectancy, averageWin, averageLoss, cagr } = metrics;
	const cagrPct = cagr === undefined ? undefined : 100 * cagr;
	return metricLines(
		[
			["PnL", signedMoney(pnl), "USDT", tone(pnl)],
			["Return", signedPlain(metrics.returnPct, 2), "%", tone(metrics.returnPct)],
			["CAGR", signedPlain(cagrPct, 2), "%", tone(cagrPct)],
			["Balance at the end", money(usdtNumber(run.finalBalance)), "USDT"],
			["Trades", grouped(metrics.trades, 0), ""],
			["Win rate", plain(metrics.winRate, 2), "%"],
			["Profit factor", plain(metrics.profitFactor, 2), ""],
			["Expectancy", signedMoney(expectancy), "USDT", tone(expectancy)],
			["Average win", signedMoney(averageWin), "USDT"],
			["Average loss", signedMoney(averageLoss), "USDT"],
		],
		page,
	);
}

function riskRows(metrics: Metrics, page: Page): string[] {
	return metricLines(
		[
			["Max drawdown", money(metrics.mdd), "USDT"],
			["Max drawdown", plain(metrics.mddPct, 2), "%"],
			["Sharpe", plain(metrics.sharpe, 2), ""],
			["Sortino", plain(metrics.sortino, 2), ""],
			["Calmar", plain(metrics.calmar, 2), ""],
			["Time in the market", plain(metrics.exposurePct, 2), "%"],
			["Average holding", duration(metrics.averageHoldingMs), ""],
			["Longest holding", duration(metrics.longestHoldingMs), ""],
			["Wins in a row", grouped(metrics.winStreak, 0), ""],
			["Losses in a row", grouped(metrics.lossStreak, 0), ""],
		],
		page,
	);
}

/** As wide as half a page, so that two lists fill it. */
function metricLines(rows: readonly Row[], { width, paint }: Page): string[] {
	const half = Math.floor((width - METRIC.gap) / 2) - METRIC.label - METRIC.unit;
	const column = Math.max(half, ...rows.map(([, text]) => widthOf(text)));
	return rows.map(([label, text, unit, style]) => {
		const figure = pad(text, column, "right");
		return `${pad(label, METRIC.label)}${style === undefined ? figure : paint(style, figure)}${unit === "" ? "" : ` ${paint("dim", unit)}`}`;
	});
}

/** The drawdown against what is allowed, and the worst trade. */
function limitLines(run: RunRecord, metrics: Metrics, limitPct: number, page: Page): string[] {
	const { mddPct, mddFrom, mddTo } = metrics;
	const within = mddPct <= limitPct;
	const limit = `${plainDecimal(limitPct)} %`;
	const gauge: Cell[] = [
		{ text: pad("Drawdown", LIMIT_LABEL), style: "bold" },
		{ text: bar(limitPct > 0 ? mddPct / limitPct : 1, GAUGE, "░") },
		{ text: percent(mddPct) },
		within ? { text: `within ${limit}`, style: "green" } : { text: `OVER ${limit}`, style: "red" },
	];
	if (mddPct > 0) gauge.push({ text: `${utcDate(mddFrom)} → ${utcDate(mddTo)}` });
	return [...flow(gauge, page), ...worstLines(run, metrics, page)];
}

function worstLines(run: RunRecord, { worstTrade }: Metrics, { width, paint }: Page): string[] {
	const trade = worstTrade === undefined ? undefined : run.trades[worstTrade.index];
	if (worstTrade === undefined || trade === undefined) return [];
	const size = `${signedPercent(worstTrade.pct)} of the balance at its entry (${signedMoney(worstTrade.pnl)} USDT)`;
	const which = `${trade.direction} ${trade.symbol} of ${utcMinute(trade.entryAt)}, ${reasonText(reasonsOf(trade))}`;
	const indent = " ".repeat(LIMIT_LABEL + 3);
	return wrap(`Worst trade: ${size}; ${which}`, width, indent).map((line, i) =>
		i === 0 ? line.replace(/^Worst trade/, paint("bold", "Worst trade")) : line,
	);
}

const GROUP_COLUMNS: readonly Column[] = [
	{ title: "Trades by direction", align: "left", elastic: true },
	{ title: "trades", align: "right" },
	{ title: "share %", align: "right", spare: true },
	{ title: "win rate %", align: "right" },
	{ title: "PnL, USDT", align: "right" },
];

/** By direction and by way out, in one table so that the columns stand in line. */
function groupLines({ trades, byDirection, byReason }: Metrics, page: Page): string[] {
	const rows = [
		...DIRECTIONS.map((direction) => groupRow(direction, byDirection[direction], trades)),
		...byReason.map((group) => groupRow(reasonText(group.reasons), group, trades)),
	];
	const lines = table(GROUP_COLUMNS, rows, page);
	const first = 1 + DIRECTIONS.length;
	return [...lines.slice(0, first), page.paint("bold", "Trades by exit"), ...lines.slice(first)];
}

function groupRow(name: string, { trades, winRate, pnl }: Group, total: number): Cell[] {
	return [
		{ text: `  ${name}` },
		{ text: grouped(trades, 0) },
		{ text: plain((100 * trades) / total, 1) },
		{ text: plain(winRate, 1) },
		{ text: signedMoney(pnl), style: tone(pnl) },
	];
}

function reasonText(reasons: readonly ExitReason[]): string {
	return reasons.map((reason) => reason.replaceAll("_", " ")).join(", then ");
}

function costLines({ gross, fees, funding, slippage, trades }: Metrics, page: Page): string[] {
	const share = (amount: number): string => plain(gross > 0 ? (100 * amount) / gross : undefined, 1);
	const row = (name: string, amount: number): Cell[] => [
		{ text: `  ${name}` },
		{ text: signedMoney(amount) },
		{ text: share(amount) },
		{ text: signedMoney(amount / trades) },
	];
	const columns: Column[] = [
		{ title: "Costs", align: "left", elastic: true },
		{ title: "USDT", align: "right" },
		{ title: "% of gross", align: "right" },
		{ title: "per trade", align: "right" },
	];
	const net = gross - fees - funding - slippage;
	const rows = [
		row("gross result", gross),
		row("fees", -fees),
		row("funding", -funding),
		row("slippage", -slippage),
		row("net result", net),
	];
	return table(columns, rows, page);
}

const QUANTILE_NAMES: Readonly<Record<Quantile, string>> = {
	0: "worst",
	5: "p5",
	25: "p25",
	50: "median",
	75: "p75",
	95: "p95",
	100: "best",
};

function distributionLines({ histogram, quantiles }: Metrics, page: Page): string[] {
	const title = page.paint("bold", "PnL of a trade, USDT");
	const figures = QUANTILES.map((quantile): Cell => ({ text: `${QUANTILE_NAMES[quantile]} ${signedMoney(quantiles?.[quantile])}` }));
	return [title, ...histogramLines(histogram, page), ...flow(figures, page)];
}

function histogramLines(bins: readonly Bin[], { width, paint }: Page): string[] {
	const decimals = Math.max(...bins.map(({ from, to }) => Math.max(decimalsOf(plainDecimal(from)), decimalsOf(plainDecimal(to)))));
	const most = bins.reduce((largest, { count }) => Math.max(largest, count), 0);
	const edges = bins.flatMap(({ from, to }) => [from, to]).map((edge) => signedPlain(edge, decimals).length);
	const edge = Math.max(...edges);
	const room = width - 2 * edge - 20;
	return bins.map(({ from, to, count }) => {
		const label = `${pad(signedPlain(from, decimals), edge, "right")} … ${pad(signedPlain(to, decimals), edge, "right")}`;
		const axis = `  ${label} ${paint("dim", "│")}`;
		return count === 0 ? axis : `${axis} ${paint(from >= 0 ? "green" : "red", bar(count / most, room))} ${grouped(count, 0)}`;
	});
}

/** How much hangs on what a candle cannot tell. */
function doubtLines({ ambiguousCandles, trades }: Metrics, { width, paint }: Page): string[] {
	if (trades === 0) return [];
	const share = percent((100 * ambiguousCandles) / trades);
	const text =
		ambiguousCandles === 0
			? "No trade was decided by the order in which a candle's high and low came."
			: `In ${count(ambiguousCandles, "candle")} (${share} of the number of trades) the order of high and low, which candles do not tell, decided a trade.`;
	return wrap(text, width).map((line) => paint("dim", line));
}

function warningLines({ warnings }: RunRecord, { width, paint }: Page): string[] {
	return warnings.flatMap((warning) => wrap(`! ${warningText(warning)}`, width, "  ")).map((line) => paint("yellow", line));
}

function count(amount: number, noun: string): string {
	return `${grouped(amount, 0)} ${noun}${amount === 1 ? "" : "s"}`;
}

function tone(value: number | undefined): Style | undefined {
	if (value === undefined || value === 0) return undefined;
	return value > 0 ? "green" : "red";
}
