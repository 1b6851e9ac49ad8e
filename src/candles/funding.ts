// Funding files (spec §13): when funding was settled and at which rate. A rate belongs to the funding time nearest within a minute,
// since recorded times jitter by milliseconds.

import { UsageError } from "../std/usage-error.ts";
import { MINUTE, type Ms } from "../units/unit.ts";
import { readBytes } from "./internal/bytes.ts";
import { complain, parseTable } from "./internal/table.ts";

const REQUIRED = ["funding_time_ms", "funding_rate"] as const;
const OPTIONAL = ["mark_price"] as const;

export type FundingFile = {
	readonly length: number;
	/** Ascending. */
	readonly times: Float64Array;
	/** Fractions: 0.0001 is 0.01 %; positive ones are paid by longs. */
	readonly rates: Float64Array;
	/** USDT; NaN where it was not recorded; undefined where the file has no such column. */
	readonly markPrices: Float64Array | undefined;
};

export function readFunding(path: string): FundingFile {
	return parseFunding(readBytes(path), path);
}

/** `fileName` is what the complaints call it. Throws a UsageError. */
export function parseFunding(bytes: Uint8Array, fileName: string): FundingFile {
	const table = parseTable(bytes, fileName, { required: REQUIRED, optional: OPTIONAL });
	const [times, rates, markPrices] = table.columns as readonly [Float64Array, Float64Array, Float64Array | undefined];
	for (let i = 0; i < table.length; i++) {
		const reason = faultOf({ time: times[i]!, before: i === 0 ? -1 : times[i - 1]!, rate: rates[i]!, mark: markPrices?.[i] });
		if (reason !== undefined) throw complain(fileName, { line: table.firstLine + i, reason });
	}
	if (table.fault !== undefined) throw complain(fileName, table.fault);
	if (table.length === 0) throw new UsageError(`${fileName}: a header and no rows: leave the file out to use one rate throughout`);
	return { length: table.length, times, rates, markPrices };
}

/** The rate of the funding time nearest to `at` within a minute, the earlier of two as near; undefined when there is none. */
export function rateNear(times: Float64Array, rates: Float64Array, at: Ms): number | undefined {
	let low = 0;
	let high = times.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (times[middle]! < at) low = middle + 1;
		else high = middle;
	}
	const before = low > 0 ? at - times[low - 1]! : Number.POSITIVE_INFINITY;
	const after = low < times.length ? times[low]! - at : Number.POSITIVE_INFINITY;
	if (Math.min(before, after) > MINUTE) return undefined;
	return rates[before <= after ? low - 1 : low];
}

function faultOf({ time, before, rate, mark }: { time: Ms; before: Ms; rate: number; mark: number | undefined }): string | undefined {
	if (Number.isNaN(time)) return "funding_time_ms is empty: give the time or remove the row";
	if (!Number.isSafeInteger(time) || time < 0) return `funding_time_ms is ${time}, no whole number of milliseconds since 1970`;
	if (time === before) return `funding_time_ms ${time} is that of the row before: remove one of the two`;
	if (time < before) return `funding_time_ms ${time} comes after ${before}: sort the rows by time`;
	if (Number.isNaN(rate)) return "funding_rate is empty: give the rate or remove the row";
	if (Math.abs(rate) >= 1) return `funding_rate is ${rate}, more than the whole position: rates are fractions, 0.0001 for 0.01 %`;
	if (mark !== undefined && mark <= 0) return `mark_price is ${mark}: prices are above zero`;
	return undefined;
}
