// What the page's chart draws, packed: candles exact, the reference and its bands rounded to the price's last decimal, equity rounded to a
// millionth of the start. How they are thinned out on a screen is the browser's matter (`browser/levels.js`).

import type { Columns } from "../market/candle.ts";
import { fixedLength, type Interval } from "../market/interval.ts";
import { type Direction, signOf } from "../orders/side.ts";
import type { RunRecord } from "../report/metrics.ts";
import { candleTime, exitTime } from "../report/trade-times.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { distances, pack } from "./pack.ts";

/** What the strategy found at one evaluation, as far as it had a figure. */
export type Evaluation = {
	readonly at: Ms;
	readonly reference?: number | undefined;
	readonly upper?: number | undefined;
	readonly lower?: number | undefined;
};

/** The market of one symbol, and what the strategy made of it. */
export type ChartInput = {
	readonly symbol: string;
	readonly interval: Interval;
	readonly columns: Columns;
	readonly evaluations: readonly Evaluation[];
};

const DECIMALS_MAX = 8;
const SECOND = 1000;

/** `name`: of the interval, as the page calls it. */
export function packedChart({ symbol, interval, columns, evaluations }: ChartInput, name: string) {
	const decimals = decimalsOfPrices(columns);
	const times = columns.openTime.subarray(0, columns.length);
	return {
		symbol,
		decimals,
		interval: name,
		/** 0: months, which have no fixed length. */
		length: fixedLength(interval) ?? 0,
		rows: columns.length,
		candles: pack([distances(times.map((time) => time / SECOND)), ...priceRows(columns, 10 ** decimals)]),
		evaluations: evaluations.length,
		bands: pack([
			distances(evaluations.map(({ at }) => Math.floor(at / SECOND))),
			...(["reference", "upper", "lower"] as const).map((name) =>
				distances(evaluations.map((each) => levelCode(each[name], 10 ** decimals))),
			),
		]),
	};
}

/** The open, and from there the way to the close, the high above both and the low below both: small numbers. */
function priceRows({ length, open, high, low, close }: Columns, scale: number): Float64Array[] {
	const whole = (price: number): number => Math.round(price * scale);
	const [opens, bodies, above, below] = [
		new Float64Array(length),
		new Float64Array(length),
		new Float64Array(length),
		new Float64Array(length),
	];
	for (let i = 0; i < length; i++) {
		const [o, h, l, c] = [whole(open[i]!), whole(high[i]!), whole(low[i]!), whole(close[i]!)];
		opens[i] = o;
		bodies[i] = c - o;
		above[i] = h - Math.max(o, c);
		below[i] = Math.min(o, c) - l;
	}
	return [distances(opens), bodies, above, below];
}

/** 0 is no figure. */
function levelCode(level: number | undefined, scale: number): number {
	if (level === undefined || !Number.isFinite(level)) return 0;
	const whole = Math.round(level * scale);
	return whole >= 0 ? whole + 1 : whole;
}

/** What was held when the record ended. Prices in USDT per coin, times as the trades', the last price as far as one was seen. */
export type OpenPosition = {
	readonly symbol: string;
	readonly direction: Direction;
	readonly qty: number;
	readonly entryAt: Ms;
	/** NaN where the entry was not recorded. */
	readonly entryPrice: number;
	readonly at: Ms;
	readonly last: number | undefined;
	readonly unrealised: number | undefined;
	/** What of it has been closed already. */
	readonly exits: readonly (readonly [at: Ms, price: number, reason: string])[];
};

/** Equity at each point, and what it began with. */
export function packedEquity({ times, equity, initialBalance, start }: RunRecord) {
	const initial = usdtNumber(initialBalance);
	const decimals = Math.min(DECIMALS_MAX, Math.max(0, 6 - Math.floor(Math.log10(initial))));
	const scale = 10 ** decimals;
	return {
		initial,
		start,
		decimals,
		points: equity.length,
		curve: pack([distances(times.map((time) => Math.ceil(time / SECOND))), distances(equity.map((value) => Math.round(value * scale)))]),
	};
}

/** Trades as the chart marks them: `[direction, entry time, entry price, pnl, symbol, [exit time, price, reason] …]`, prices and times of the result file. */
export function markedTrades({ baseInterval, trades }: RunRecord) {
	return trades.map((trade) => [
		signOf(trade.direction),
		candleTime(baseInterval, trade.entryAt),
		trade.entryPrice,
		usdtNumber(trade.pnl),
		trade.symbol,
		trade.exits.map((exit) => [exitTime(baseInterval, exit), exit.price, exit.reason] as const),
	]);
}

/** As the trades are marked; its end is where the record ends. */
export function markedOpen({ direction, entryAt, entryPrice, unrealised, symbol, exits, at, last }: OpenPosition) {
	return [
		signOf(direction),
		entryAt,
		entryPrice,
		unrealised ?? 0,
		symbol,
		[...exits, [at, last ?? entryPrice, "still_open"] as const],
	] as const;
}

/** The fewest decimals that hold every price. */
export function decimalsOfPrices({ length, open, high, low, close }: Columns): number {
	let decimals = 0;
	for (const row of [open, high, low, close])
		for (let i = 0; i < length; i++) while (decimals < DECIMALS_MAX && !holds(row[i]!, decimals)) decimals++;
	return decimals;
}

function holds(price: number, decimals: number): boolean {
	const scale = 10 ** decimals;
	return Math.abs(Math.round(price * scale) / scale - price) <= 1e-12 * Math.abs(price);
}
