// An equity curve as a picture for a phone: the line, what lies under it, its highest, lowest and last figure, and the days it spans.

import { grouped } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { Canvas, type Colour, GLYPH_WIDTH } from "./canvas.ts";
import { DOWN, faint, GRID, INK, PAPER, UP } from "./palette.ts";

const [WIDTH, HEIGHT] = [900, 450];
const PLOT = { left: 20, top: 60, right: WIDTH - 150, bottom: HEIGHT - 50 } as const;
type Curve = { readonly times: Float64Array; readonly equity: Float64Array };

/** Undefined where all of it is one moment. */
export function chartOf(curve: Curve, { title }: { readonly title: string }): Uint8Array | undefined {
	const { times, equity } = curve;
	const [first, last] = [equity[0], equity.at(-1)];
	if (times.at(-1) === times[0] || first === undefined || last === undefined) return undefined;
	const canvas = new Canvas(WIDTH, HEIGHT, PAPER);
	const [low, high] = rangeOf(equity);
	const y = (value: number): number => PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top);
	for (const value of [low, (low + high) / 2, high]) {
		canvas.fill(PLOT.left, Math.round(y(value)), PLOT.right - PLOT.left, 1, GRID);
		canvas.text(PLOT.right + 8, Math.round(y(value)) - 7, label(value), INK);
	}
	drawCurve(canvas, curve, y, last >= first ? UP : DOWN);
	const change = (100 * (last - first)) / first;
	canvas.text(PLOT.left, 16, `${title}  ${grouped(last, 2)}  ${change >= 0 ? "+" : ""}${change.toFixed(2)}%`, INK);
	const [from, to] = [utcMinute(times[0] ?? 0), utcMinute(times.at(-1) ?? 0)];
	canvas.text(PLOT.left, HEIGHT - 30, from, INK);
	canvas.text(PLOT.right - to.length * GLYPH_WIDTH, HEIGHT - 30, to, INK);
	return canvas.png();
}

/** By time. Each column shows the lowest and the highest of the points in it, so that no fall is lost by thinning. */
function drawCurve(canvas: Canvas, { times, equity }: Curve, y: (value: number) => number, colour: Colour): void {
	const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
	const columns = PLOT.right - PLOT.left;
	const columnOf = (i: number): number => (to === from ? 0 : Math.floor(((times[i]! - from) / (to - from)) * (columns - 1)));
	const shade = faint(colour);
	let before: readonly [number, number] | undefined;
	for (let i = 0; i < equity.length; ) {
		const column = columnOf(i);
		let [low, high, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
		for (; i < equity.length && columnOf(i) === column; i++)
			[low, high, last] = [Math.min(low, equity[i]!), Math.max(high, equity[i]!), equity[i]!];
		const point = [PLOT.left + column, y(last)] as const;
		under(canvas, before ?? point, point, shade);
		if (before !== undefined) canvas.line(before, point, colour);
		canvas.line([point[0], y(high)], [point[0], y(low)], colour);
		before = point;
	}
}

/** Fills what lies below the line from point to point. */
function under(canvas: Canvas, from: readonly [number, number], to: readonly [number, number], shade: Colour): void {
	const width = to[0] - from[0];
	for (let x = from[0]; x <= to[0]; x++) {
		const top = Math.round(width === 0 ? to[1] : from[1] + ((to[1] - from[1]) * (x - from[0])) / width);
		canvas.fill(x, top, 1, PLOT.bottom - top, shade);
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
