// An equity curve as a picture for a phone: the line, what lies under it, its highest, lowest and last figure, and the days it spans.

import { grouped } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { Canvas, type Colour, GLYPH_WIDTH } from "./canvas.ts";

const [WIDTH, HEIGHT] = [900, 450];
const PLOT = { left: 20, top: 60, right: WIDTH - 150, bottom: HEIGHT - 50 } as const;
const PAPER: Colour = [16, 20, 28];
const GRID: Colour = [44, 52, 66];
const INK: Colour = [200, 208, 220];
const UP: Colour = [46, 189, 133];
const DOWN: Colour = [246, 70, 93];

/** Undefined with fewer than two points. */
export function chartOf(
	curve: { readonly times: Float64Array; readonly equity: Float64Array },
	{ title }: { readonly title: string },
): Uint8Array | undefined {
	const { times, equity } = curve;
	const [first, last] = [equity[0], equity.at(-1)];
	if (equity.length < 2 || first === undefined || last === undefined) return undefined;
	const canvas = new Canvas(WIDTH, HEIGHT, PAPER);
	const [low, high] = rangeOf(equity);
	const y = (value: number): number => PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top);
	for (const value of [low, (low + high) / 2, high]) {
		canvas.fill(PLOT.left, Math.round(y(value)), PLOT.right - PLOT.left, 1, GRID);
		canvas.text(PLOT.right + 8, Math.round(y(value)) - 7, label(value), INK);
	}
	drawCurve(canvas, equity, y, last >= first ? UP : DOWN);
	const change = (100 * (last - first)) / first;
	canvas.text(PLOT.left, 16, `${title}  ${grouped(last, 2)}  ${change >= 0 ? "+" : ""}${change.toFixed(2)}%`, INK);
	const [from, to] = [utcMinute(times[0] ?? 0), utcMinute(times.at(-1) ?? 0)];
	canvas.text(PLOT.left, HEIGHT - 30, from, INK);
	canvas.text(PLOT.right - to.length * GLYPH_WIDTH, HEIGHT - 30, to, INK);
	return canvas.png();
}

/** Each column shows the lowest and the highest of the points in it, so that no fall is lost by thinning. */
function drawCurve(canvas: Canvas, equity: Float64Array, y: (value: number) => number, colour: Colour): void {
	const columns = PLOT.right - PLOT.left;
	const shade: Colour = [(colour[0] + 3 * PAPER[0]) / 4, (colour[1] + 3 * PAPER[1]) / 4, (colour[2] + 3 * PAPER[2]) / 4];
	let before: readonly [number, number] | undefined;
	for (let column = 0; column < columns; column++) {
		const from = Math.floor((column * equity.length) / columns);
		const to = Math.max(from + 1, Math.floor(((column + 1) * equity.length) / columns));
		let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
		for (let i = from; i < to; i++) [low, high] = [Math.min(low, equity[i]!), Math.max(high, equity[i]!)];
		const [x, top, bottom] = [PLOT.left + column, y(high), y(low)];
		canvas.fill(x, Math.round(bottom), 1, PLOT.bottom - Math.round(bottom), shade);
		canvas.line([x, top], [x, bottom], colour);
		const point = [x, y(equity[to - 1]!)] as const;
		if (before !== undefined) canvas.line(before, point, colour);
		before = point;
	}
}

function rangeOf(equity: Float64Array): [low: number, high: number] {
	let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const value of equity) [low, high] = [Math.min(low, value), Math.max(high, value)];
	const room = Math.max((high - low) * 0.05, Math.abs(high) * 0.0005, 0.01);
	return [low - room, high + room];
}

function label(value: number): string {
	return grouped(value, Math.abs(value) < 1000 ? 2 : 0);
}
