// One trade as a picture for a phone: the price from before its entry until after its exit, where it went in and out, its stop and target
// while it was open, and the strategy's reference with its bands where they were noted. Without candles the line goes from note to note.

import { grouped, signedPercent } from "../report/figures.ts";
import type { ExitReason } from "../report/trade.ts";
import { utcMinute } from "../report/utc.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { Canvas, type Colour, GLYPH_WIDTH } from "./canvas.ts";
import { BAND, DOWN, ENTRY, faint, GRID, INK, MEAN, PAPER, UP } from "./palette.ts";
import type { TradeStory } from "./view.ts";
import { price as priceText } from "./words.ts";

const [WIDTH, HEIGHT] = [900, 520];
const PLOT = { left: 20, top: 76, right: WIDTH - 190, bottom: HEIGHT - 50 } as const;
/** Between the middles of two labels at the side. */
const LABEL_ROOM = 20;

const REASONS: Readonly<Record<ExitReason, string>> = {
	take_profit: "TP1",
	stop_loss: "SL",
	trailing_stop: "TRAIL",
	opposite_signal: "SIGNAL",
	liquidation: "LIQ",
	guard: "GUARD",
	end_of_data: "END",
};

type Scale = { readonly x: (at: Ms) => number; readonly y: (value: number) => number; readonly from: Ms; readonly to: Ms };
type Label = { readonly text: string; readonly value: number; readonly colour: Colour };

export function tradePicture(story: TradeStory): Uint8Array {
	const canvas = new Canvas(WIDTH, HEIGHT, PAPER);
	const scale = scaleOf(story);
	drawFrame(canvas, story, scale);
	drawReference(canvas, story, scale);
	if (story.candles.length > 1) drawCandles(canvas, story, scale);
	else drawPath(canvas, story, scale);
	const levels = drawLevels(canvas, story, scale);
	drawMarks(canvas, story, scale);
	drawLabels(canvas, [...levels, ...tradeLabels(story)], scale);
	return canvas.png();
}

function scaleOf({ trade, candles, interval, levels }: TradeStory): Scale {
	const room = 0.25 * Math.max(trade.exitAt - trade.entryAt, interval);
	const [first, last] = [candles[0], candles.at(-1)];
	const from = first === undefined ? trade.entryAt - room : Math.min(first.openTime, trade.entryAt);
	const to = last === undefined ? trade.exitAt + room : Math.max(last.openTime + interval, trade.exitAt);
	const values = [
		...candles.flatMap(({ low, high }) => [low, high]),
		...levels.flatMap(({ stop, takeProfit }) => (takeProfit === undefined ? [stop] : [stop, takeProfit])),
		trade.entryPrice,
		...trade.exits.map((exit) => exit.price),
	];
	const [low, high] = [Math.min(...values), Math.max(...values)];
	const edge = 0.04 * (high - low) || 0.001 * high;
	const [bottom, top] = [low - edge, high + edge];
	return {
		from,
		to,
		x: (at) => PLOT.left + ((at - from) / (to - from)) * (PLOT.right - PLOT.left),
		y: (value) => PLOT.bottom - ((value - bottom) / (top - bottom)) * (PLOT.bottom - PLOT.top),
	};
}

function drawFrame(canvas: Canvas, { trade }: TradeStory, { from, to, x }: Scale): void {
	const net = usdtNumber(trade.pnl);
	const share = signedPercent((100 * net) / usdtNumber(trade.balanceBefore));
	const ways = [...new Set(trade.exits.map(({ reason }) => REASONS[reason]))].join("+");
	canvas.text(
		PLOT.left,
		16,
		`${trade.symbol} ${trade.direction}  ${net > 0 ? "+" : ""}${grouped(net, 2)} USDT  ${share}`,
		net > 0 ? UP : DOWN,
	);
	canvas.text(PLOT.left, 42, `${trade.qty}  ${priceText(trade.entryPrice)} > ${priceText(trade.exits.at(-1)?.price)}  ${ways}`, INK);
	canvas.fill(PLOT.left, PLOT.bottom, PLOT.right - PLOT.left, 1, GRID);
	for (const at of [trade.entryAt, trade.exitAt]) canvas.fill(Math.round(x(at)), PLOT.top, 1, PLOT.bottom - PLOT.top, GRID);
	canvas.text(PLOT.left, HEIGHT - 30, utcMinute(from), INK);
	const end = utcMinute(to);
	canvas.text(PLOT.right - end.length * GLYPH_WIDTH, HEIGHT - 30, end, INK);
}

function drawReference(canvas: Canvas, { evaluations }: TradeStory, { x, y, from, to }: Scale): void {
	const within = evaluations.filter(({ at }) => at >= from && at <= to);
	for (const [name, colour] of [
		["upper", BAND],
		["lower", BAND],
		["reference", MEAN],
	] as const) {
		let before: readonly [number, number] | undefined;
		for (const { at, signal } of within) {
			const value = signal[name];
			const point = value === undefined || value === null ? undefined : ([x(at), y(value)] as const);
			if (before !== undefined && point !== undefined) canvas.line(inPlot(before), inPlot(point), colour);
			before = point;
		}
	}
}

/** A band may lie far outside what the price did. */
function inPlot([x, y]: readonly [number, number]): readonly [number, number] {
	return [x, Math.min(PLOT.bottom, Math.max(PLOT.top, y))];
}

function drawCandles(canvas: Canvas, { candles, interval }: TradeStory, { x, y, from }: Scale): void {
	const width = Math.max(1, Math.floor((x(from + interval) - x(from)) * 0.7));
	for (const { openTime, open, high, low, close } of candles) {
		const colour = close >= open ? UP : DOWN;
		const middle = Math.round(x(openTime + interval / 2));
		canvas.fill(middle, Math.round(y(high)), 1, Math.max(1, Math.round(y(low)) - Math.round(y(high))), colour);
		const top = Math.round(y(Math.max(open, close)));
		canvas.fill(middle - (width >> 1), top, width, Math.max(1, Math.round(y(Math.min(open, close))) - top), colour);
	}
}

/** Through what was noted: evaluations, entry and exits. */
function drawPath(canvas: Canvas, { trade, evaluations }: TradeStory, { x, y, from, to }: Scale): void {
	const points = [
		...evaluations.map(({ at, signal }) => ({ at, price: signal.price })),
		{ at: trade.entryAt, price: trade.entryPrice },
		...trade.exits,
	]
		.filter(({ at }) => at >= from && at <= to)
		.sort((a, b) => a.at - b.at);
	for (const [i, point] of points.entries()) {
		const before = points[i - 1];
		if (before !== undefined) canvas.line(inPlot([x(before.at), y(before.price)]), inPlot([x(point.at), y(point.price)]), INK);
	}
}

/** Each level from its note until the next one, or until it was taken; gives the last of them, to be named at the side. */
function drawLevels(canvas: Canvas, { trade, levels }: TradeStory, { x, y }: Scale): Label[] {
	for (const [i, { at, stop, takeProfit }] of levels.entries()) {
		const from = Math.round(x(Math.max(at, trade.entryAt)));
		const taken = trade.exits.find((exit) => exit.reason === "take_profit")?.at ?? trade.exitAt;
		const until = Math.round(x(levels[i + 1]?.at ?? trade.exitAt));
		dashes(canvas, { from, until, y: Math.round(y(stop)) }, DOWN);
		if (takeProfit !== undefined) dashes(canvas, { from, until: Math.min(until, Math.round(x(taken))), y: Math.round(y(takeProfit)) }, UP);
	}
	const last = levels.at(-1);
	const target = levels.findLast(({ takeProfit }) => takeProfit !== undefined)?.takeProfit;
	return [
		...(last === undefined ? [] : [{ text: `SL ${priceText(last.stop)}`, value: last.stop, colour: DOWN }]),
		...(target === undefined ? [] : [{ text: `TP ${priceText(target)}`, value: target, colour: UP }]),
	];
}

function dashes(canvas: Canvas, { from, until, y }: { from: number; until: number; y: number }, colour: Colour): void {
	for (let x = from; x <= until; x += 8) canvas.fill(x, y, Math.min(5, until - x + 1), 2, colour);
}

/** A triangle points the way of each order: up for what was bought. */
function drawMarks(canvas: Canvas, { trade }: TradeStory, { x, y }: Scale): void {
	const isLong = trade.direction === "long";
	mark(canvas, { x: x(trade.entryAt), y: y(trade.entryPrice), up: isLong }, ENTRY);
	for (const { at, price } of trade.exits) {
		const gained = (price - trade.entryPrice) * (isLong ? 1 : -1) > 0;
		mark(canvas, { x: x(at), y: y(price), up: !isLong }, gained ? UP : DOWN);
	}
}

/** With its tip at the price, and an edge that keeps it apart from candles. */
function mark(canvas: Canvas, { x, y, up }: { x: number; y: number; up: boolean }, colour: Colour): void {
	for (const [size, shade] of [
		[13, PAPER],
		[10, colour],
	] as const)
		for (let row = 0; row < size; row++) {
			const half = Math.round((row * 0.6 * size) / 10);
			const line = Math.round(y) + (up ? row - (size > 10 ? 1 : 0) : -row + (size > 10 ? 1 : 0));
			canvas.fill(Math.round(x) - half, line, 2 * half + 1, 1, shade);
		}
}

function tradeLabels({ trade }: TradeStory): Label[] {
	const exits = new Map(trade.exits.map(({ price, reason }) => [`${REASONS[reason]} ${priceText(price)}`, price]));
	return [
		{ text: `IN ${priceText(trade.entryPrice)}`, value: trade.entryPrice, colour: ENTRY },
		...[...exits].map(([text, value]) => ({ text: `OUT ${text.split(" ")[1]}`, value, colour: INK })),
	];
}

/** Beside the plot from the top down, none over another. */
function drawLabels(canvas: Canvas, labels: readonly Label[], { y }: Scale): void {
	const sorted = [...labels].sort((a, b) => b.value - a.value);
	const places = sorted.map(({ value }) => y(value));
	for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + LABEL_ROOM);
	const over = Math.max(0, (places.at(-1) ?? 0) - PLOT.bottom);
	for (const [i, { text, colour, value }] of sorted.entries()) {
		const place = Math.round((places[i] ?? 0) - over);
		canvas.line([PLOT.right + 1, y(value)], [PLOT.right + 10, place], faint(colour));
		canvas.text(PLOT.right + 14, place - 7, text, colour);
	}
}
