// Half-open ranges of time, [from, to): which parts of history are known, and which are not.

import type { Ms } from "../units/unit.ts";

export type Range = readonly [from: Ms, to: Ms];

/** The same times, ascending and without overlap; ranges that touch become one, empty ones vanish. */
export function joined(ranges: readonly Range[]): Range[] {
	const result: [Ms, Ms][] = [];
	for (const [from, to] of ranges.filter(([from, to]) => from < to).toSorted(([a], [b]) => a - b)) {
		const last = result.at(-1);
		if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
		else result.push([from, to]);
	}
	return result;
}

/** The parts of the first ranges that lie in none of the others. */
export function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
	let rest = joined(ranges);
	for (const [from, to] of joined(others))
		rest = rest.flatMap(([start, end]): Range[] => {
			const parts: Range[] = [
				[start, Math.min(end, from)],
				[Math.max(start, to), end],
			];
			return end <= from || start >= to ? [[start, end]] : parts.filter(([a, b]) => a < b);
		});
	return rest;
}

/** The parts of the ranges that lie inside one. */
export function inside(ranges: readonly Range[], [from, to]: Range): Range[] {
	return joined(ranges.map(([start, end]): Range => [Math.max(start, from), Math.min(end, to)]));
}

export function covers(ranges: readonly Range[], range: Range): boolean {
	return without([range], ranges).length === 0;
}
