// Funding rates of one symbol from the exchange into the store, in windows that one answer can hold.

import { type Range, without } from "../candles/ranges.ts";
import { addFunding, type FundingRow, fundingCovered } from "../candles/stored-funding.ts";
import { HOUR, type Ms } from "../units/unit.ts";
import type { Exchange } from "./exchange.ts";

/** Bybit's largest page. */
const PAGE = 200;
const WINDOWS_AT_ONCE = 10;

export type FundingWish = {
	readonly symbol: string;
	/** It ends where candles have settled, and so a minute or more after the last rate in it. */
	readonly range: Range;
	/** As it is today; it may have been shorter before. */
	readonly interval: Ms;
	readonly refetch?: boolean;
};

/** Fetches what the store does not have; answers how many rates came. */
export async function downloadFunding(exchange: Exchange, folder: string, wish: FundingWish): Promise<number> {
	const { symbol, range, interval, refetch = false } = wish;
	const missing = refetch ? [range] : without([range], fundingCovered(folder, symbol));
	const windows = missing.flatMap((each) => windowsOf(each, (PAGE - 1) * interval));
	let fetched = 0;
	for (let i = 0; i < windows.length; i += WINDOWS_AT_ONCE) {
		const group = windows.slice(i, i + WINDOWS_AT_ONCE);
		const looks = await Promise.allSettled(group.map((window) => ratesIn(exchange, symbol, window)));
		const rows = looks.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
		const covered = group.filter((_, k) => looks[k]?.status === "fulfilled");
		if (covered.length > 0) await addFunding(folder, symbol, rows, covered);
		fetched += rows.length;
		const failed = looks.find((each) => each.status === "rejected");
		if (failed !== undefined) throw failed.reason;
	}
	return fetched;
}

/** A full page may have left some out: then both halves are asked for. */
async function ratesIn(exchange: Exchange, symbol: string, [from, to]: Range): Promise<FundingRow[]> {
	const what = `funding rates of ${symbol} from ${new Date(from).toISOString()}`;
	const rows = await exchange.ask(what, (rest) => rest.getFundingHistory({ symbol, startTime: from, endTime: to - 1, limit: PAGE }));
	if (rows.length >= PAGE && to - from > HOUR) {
		const middle = from + Math.floor((to - from) / 2);
		return [...(await ratesIn(exchange, symbol, [from, middle])), ...(await ratesIn(exchange, symbol, [middle, to]))];
	}
	return rows
		.filter((row) => row.fundingRateTimestamp >= from && row.fundingRateTimestamp < to)
		.map((row) => ({ at: row.fundingRateTimestamp, rate: row.fundingRate }));
}

function windowsOf([from, to]: Range, length: Ms): Range[] {
	const windows: Range[] = [];
	for (let at = from; at < to; at += length) windows.push([at, Math.min(to, at + length)]);
	return windows;
}
