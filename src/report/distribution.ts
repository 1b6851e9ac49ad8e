// How amounts are spread: quantiles, and a histogram whose bins are round numbers and never mix gains with losses.

import { USDT_SCALE, usdtNumber } from "../units/grid.ts";
import type { Usdt } from "../units/unit.ts";

export const QUANTILES = [0, 5, 25, 50, 75, 95, 100] as const;
/** In percent; 0 and 100 are the smallest and the largest. */
export type Quantile = (typeof QUANTILES)[number];

/** USDT above `from`, up to and including `to`: an amount of exactly zero lies with the losses, as it is no win. */
export type Bin = { readonly from: number; readonly to: number; readonly count: number };

const BINS_MAX = 16;
/** Bin widths are one of these times a power of ten. Bins are counted in 1e-8 USDT, so that an amount on an edge stays on its side of it. */
const ROUND = [10, 20, 25, 50];
const UNITS = 10 ** USDT_SCALE;

/** USDT at each quantile, between two amounts in proportion to the distance (the usual linear one); undefined without amounts. */
export function quantilesOf(amounts: readonly Usdt[]): Readonly<Record<Quantile, number>> | undefined {
	if (amounts.length === 0) return undefined;
	const sorted = Float64Array.from(amounts, usdtNumber).sort();
	const at = (quantile: Quantile): number => {
		const rank = ((sorted.length - 1) * quantile) / 100;
		const below = sorted[Math.floor(rank)]!;
		const above = sorted[Math.ceil(rank)]!;
		return below + (above - below) * (rank - Math.floor(rank));
	};
	return { 0: at(0), 5: at(5), 25: at(25), 50: at(50), 75: at(75), 95: at(95), 100: at(100) };
}

/** Adjoining bins of one width that hold every amount; the empty ones in between are listed. */
export function histogramOf(amounts: readonly Usdt[]): readonly Bin[] {
	if (amounts.length === 0) return [];
	let [low, high] = [0, 0];
	for (const amount of amounts) {
		if (amount < low) low = amount;
		if (amount > high) high = amount;
	}
	const width = widthFor(high - low);
	const binOf = (amount: number): number => Math.ceil(amount / width) - 1;
	const indices = amounts.map(binOf);
	const first = indices.reduce((least, index) => Math.min(least, index));
	const last = indices.reduce((most, index) => Math.max(most, index));
	const counts = new Array<number>(last - first + 1).fill(0);
	for (const index of indices) counts[index - first]!++;
	const edge = (index: number): number => (index * width) / UNITS;
	return counts.map((count, i) => ({ from: edge(first + i), to: edge(first + i + 1), count }));
}

/** The smallest round width, in 1e-8 USDT, of which `BINS_MAX − 2` span the range: zero's edge may add one at either end. */
function widthFor(range: number): number {
	for (let power = 1; ; power *= 10) {
		const width = ROUND.find((round) => round * power * (BINS_MAX - 2) >= range);
		if (width !== undefined) return width * power;
	}
}
