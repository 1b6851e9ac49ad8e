// Two lists of candles of one symbol and interval as one. Where both have a candle they must say the same: an exchange that tells its
// past differently, or a folder that held another market, is not mixed in silently.

import { allocate, COLUMN_NAMES, type Columns } from "../market/candle.ts";
import type { Ms } from "../units/unit.ts";

/** The candle that is told in two ways. */
export class Disagreement extends Error {
	override readonly name = "Disagreement";
	readonly at: Ms;
	readonly what: string;

	constructor(at: Ms, what: string) {
		super(`${what} of the candle at ${at}`);
		this.at = at;
		this.what = what;
	}
}

/** Both ascend. Throws a Disagreement. */
export function merged(stored: Columns, fresh: Columns): Columns {
	const result = allocate(stored.length + fresh.length);
	let [i, k, length] = [0, 0, 0];
	while (i < stored.length || k < fresh.length) {
		const a = i < stored.length ? stored.openTime[i]! : Number.POSITIVE_INFINITY;
		const b = k < fresh.length ? fresh.openTime[k]! : Number.POSITIVE_INFINITY;
		if (a === b) agree(stored, i, fresh, k);
		const [from, row] = b < a ? [fresh, k] : [stored, i];
		for (const name of COLUMN_NAMES) result[name][length] = from[name][row]!;
		length++;
		if (a <= b) i++;
		if (b <= a) k++;
	}
	return { ...result, length };
}

/** The candles that open outside `[from, to)`. */
export function outside(columns: Columns, ranges: readonly (readonly [from: Ms, to: Ms])[]): Columns {
	const result = allocate(columns.length);
	let length = 0;
	for (let i = 0; i < columns.length; i++) {
		const at = columns.openTime[i]!;
		if (ranges.some(([from, to]) => at >= from && at < to)) continue;
		for (const name of COLUMN_NAMES) result[name][length] = columns[name][i]!;
		length++;
	}
	return { ...result, length };
}

function agree(stored: Columns, i: number, fresh: Columns, k: number): void {
	const odd = COLUMN_NAMES.find((name) => !Object.is(stored[name][i], fresh[name][k]));
	if (odd !== undefined) throw new Disagreement(stored.openTime[i]!, `${odd} ${stored[odd][i]} is stored, ${fresh[odd][k]} was fetched`);
}
