// Two runs, trade for trade: did the same market and settings lead to the same trades? Quantities, prices and money are compared exactly;
// times candle by candle, as a fill over a wire comes some milliseconds after one in process.

import type { Interval } from "../market/interval.ts";
import { plainDecimal } from "../units/decimal.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import type { Exit, Trade } from "./trade.ts";
import { candleTime, exitTime } from "./trade-times.ts";
import { utcMinute } from "./utc.ts";

/** What the two runs are called in the text. */
export type RunNames = { readonly a: string; readonly b: string };

/** One comparable field of a trade, as text: exact for numbers, so that equal text means equal value. */
type Field = readonly [name: string, value: string];

/** The first trade, and in it the first field, in which two runs differ, with both sides in full; undefined when none does. */
export function firstDifference(
	a: readonly Trade[],
	b: readonly Trade[],
	interval: Interval,
	names: RunNames = { a: "first", b: "second" },
): string | undefined {
	for (let i = 0; i < Math.max(a.length, b.length); i++) {
		const [ours, theirs] = [a[i], b[i]];
		if (ours === undefined || theirs === undefined) return lengthText(a, b, interval, names);
		const difference = tradeDifference(ours, theirs, interval);
		if (difference === undefined) continue;
		const [name, left, right] = difference;
		const sides = sidesText(names, tradeText(ours, interval), tradeText(theirs, interval));
		return `trade ${i + 1} of ${a.length} differs in ${name}: ${left} in the ${names.a} run, ${right} in the ${names.b} run\n${sides}`;
	}
	return undefined;
}

function tradeDifference(a: Trade, b: Trade, interval: Interval): readonly [name: string, left: string, right: string] | undefined {
	const [left, right] = [fieldsOf(a, interval), fieldsOf(b, interval)];
	for (let i = 0; i < Math.max(left.length, right.length); i++) {
		const name = left[i]?.[0] ?? right[i]?.[0] ?? "";
		const [ours, theirs] = [left[i]?.[1] ?? "nothing", right[i]?.[1] ?? "nothing"];
		if (ours !== theirs) return [name, ours, theirs];
	}
	return undefined;
}

/** In the order in which a difference is worth naming; the number of exits comes before them, so that fields line up. */
function fieldsOf(trade: Trade, interval: Interval): readonly Field[] {
	return [
		["symbol", trade.symbol],
		["direction", trade.direction],
		["signal time", utcMinute(candleTime(interval, trade.signalAt))],
		["entry time", utcMinute(candleTime(interval, trade.entryAt))],
		["quantity", plainDecimal(trade.qty)],
		["entry price", plainDecimal(trade.entryPrice)],
		["number of exits", String(trade.exits.length)],
		...trade.exits.flatMap((exit, i) => exitFields(exit, i, interval)),
		["fees", plainDecimal(usdtNumber(trade.fees))],
		["funding", plainDecimal(usdtNumber(trade.funding))],
		["PnL", plainDecimal(usdtNumber(trade.pnl))],
		["balance after", plainDecimal(usdtNumber(trade.balanceAfter))],
	];
}

function exitFields(exit: Exit, i: number, interval: Interval): readonly Field[] {
	const name = `exit ${i + 1}`;
	return [
		[`${name} reason`, exit.reason],
		[`${name} time`, utcMinute(exitTime(interval, exit))],
		[`${name} quantity`, plainDecimal(exit.qty)],
		[`${name} price`, plainDecimal(exit.price)],
	];
}

function lengthText(a: readonly Trade[], b: readonly Trade[], interval: Interval, names: RunNames): string {
	const common = Math.min(a.length, b.length);
	const sides = sidesText(names, sideText(a[common], interval), sideText(b[common], interval));
	return `the ${names.a} run has ${count(a.length)}, the ${names.b} run ${count(b.length)}; the first ${common} agree\n${sides}`;
}

function count(trades: number): string {
	return trades === 1 ? "1 trade" : `${trades} trades`;
}

function sideText(trade: Trade | undefined, interval: Interval): string {
	return trade === undefined ? "no such trade" : tradeText(trade, interval);
}

function sidesText(names: RunNames, a: string, b: string): string {
	const width = Math.max(names.a.length, names.b.length);
	return `  ${names.a.padEnd(width)}  ${a}\n  ${names.b.padEnd(width)}  ${b}`;
}

/** A trade on one line, to the last digit. */
function tradeText(trade: Trade, interval: Interval): string {
	const at = (time: Ms): string => utcMinute(candleTime(interval, time));
	const exits = trade.exits.map(
		(exit) => `${exit.reason} ${plainDecimal(exit.qty)} at ${plainDecimal(exit.price)} (${utcMinute(exitTime(interval, exit))})`,
	);
	const money = [
		`fees ${plainDecimal(usdtNumber(trade.fees))}`,
		`funding ${plainDecimal(usdtNumber(trade.funding))}`,
		`PnL ${plainDecimal(usdtNumber(trade.pnl))}`,
		`balance ${plainDecimal(usdtNumber(trade.balanceAfter))}`,
	];
	const entry = `${trade.direction} ${plainDecimal(trade.qty)} ${trade.symbol} at ${plainDecimal(trade.entryPrice)}`;
	return [`${entry} (signal ${at(trade.signalAt)}, fill ${at(trade.entryAt)})`, ...exits, money.join(", ")].join("; ");
}
