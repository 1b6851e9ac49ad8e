// Small synthetic markets for the tests: candles whose path is known by construction.

import { type Candle, type Columns, columnsOf } from "../../market/candle.ts";
import { bundledInstrument, type Instrument } from "../../market/instrument.ts";
import { MINUTE, type Ms } from "../../units/unit.ts";

/** 2023-11-15 00:00 UTC, a Wednesday. */
export const DAY_START: Ms = Date.UTC(2023, 10, 15);

export type Row = { readonly open: number; readonly high: number; readonly low: number; readonly close: number; readonly at?: Ms };

/** One-minute candles, one after the other unless a row says when it opens; volume 10, turnover at the mean of open and close. */
export function minutes(rows: readonly Row[], start: Ms = DAY_START): Columns {
	let openTime = start - MINUTE;
	const candles = rows.map(({ open, high, low, close, at }): Candle => {
		openTime = at ?? openTime + MINUTE;
		return { openTime, open, high, low, close, volume: 10, turnover: 5 * (open + close) };
	});
	return columnsOf(candles);
}

/** Candles that stand at one price. */
export function still(count: number, price: number): Row[] {
	return Array.from({ length: count }, () => ({ open: price, high: price, low: price, close: price }));
}

/** A deterministic wave around `price`, for sessions in which only the protocol counts. */
export function wave(count: number, price: number): Row[] {
	let open = price;
	return Array.from({ length: count }, (_, i) => {
		const close = Math.round((price + price * 0.004 * Math.sin(i / 3)) * 10) / 10;
		const row = { open, high: Math.max(open, close) + 5, low: Math.min(open, close) - 5, close };
		open = close;
		return row;
	});
}

export function bundled(symbol: string): Instrument {
	const instrument = bundledInstrument(symbol);
	if (instrument === undefined) throw new RangeError(`the bundled table holds ${symbol}`);
	return instrument;
}
