// Candles, public trades and funding rates. Source: docs/v5/websocket/public/{kline,trade}, docs/v5/market/{kline,history-fund-rate}.

import type { Candle } from "../../market/candle.ts";
import type { Interval } from "../../market/interval.ts";
import type { Side } from "../../orders/side.ts";
import { err } from "../../std/result.ts";
import type { Ms } from "../../units/unit.ts";
import type { Decimal } from "./decimal.ts";
import { type Decoded, Row } from "./row.ts";

export type KlineRow = {
	readonly start: Ms;
	readonly open: Decimal;
	readonly high: Decimal;
	readonly low: Decimal;
	readonly close: Decimal;
	/** Base coin. */
	readonly volume: Decimal;
	/** USDT. */
	readonly turnover: Decimal;
};

/** A candle from the stream: `confirm` says that it has closed. */
export type Kline = KlineRow & { readonly interval: Interval; readonly end: Ms; readonly confirm: boolean; readonly timestamp: Ms };

export type PublicTrade = {
	readonly symbol: string;
	readonly id: string;
	readonly at: Ms;
	readonly price: Decimal;
	readonly size: Decimal;
	/** The taker's. */
	readonly side: Side;
	/** Agreed outside the book. */
	readonly block: boolean;
};

export type FundingRate = { readonly symbol: string; readonly fundingRate: Decimal; readonly fundingRateTimestamp: Ms };

export function decodeKline(value: unknown): Decoded<Kline> {
	const row = new Row(value, "a candle");
	return row.finish({
		...prices(row),
		start: row.time("start"),
		end: row.time("end"),
		interval: row.interval("interval"),
		confirm: row.flag("confirm"),
		timestamp: row.time("timestamp"),
	});
}

const COLUMNS = ["start", "open", "high", "low", "close", "volume", "turnover"] as const;

/** One row of GET /v5/market/kline: seven texts in a fixed order. */
export function decodeKlineRow(value: unknown): Decoded<KlineRow> {
	if (!Array.isArray(value) || value.length < COLUMNS.length) return err("a candle is no list of seven");
	const cells = value as readonly unknown[];
	const row = new Row(Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i]])), "a candle");
	return row.finish({ ...prices(row), start: row.time("start") });
}

function prices(row: Row): Omit<KlineRow, "start"> {
	const [open, high, low, close] = [row.price("open"), row.price("high"), row.price("low"), row.price("close")];
	const inside = (price: Decimal): boolean => Number(low) <= Number(price) && Number(price) <= Number(high);
	if (!inside(open) || !inside(close)) row.fail("open or close lies outside low and high");
	return { open, high, low, close, volume: row.size("volume"), turnover: row.size("turnover") };
}

/** The candle as numbers: an observation. */
export function candleOf(row: KlineRow): Candle {
	return {
		openTime: row.start,
		open: Number(row.open),
		high: Number(row.high),
		low: Number(row.low),
		close: Number(row.close),
		volume: Number(row.volume),
		turnover: Number(row.turnover),
	};
}

/** One element of `publicTrade`. */
export function decodePublicTrade(value: unknown): Decoded<PublicTrade> {
	const row = new Row(value, "a trade");
	return row.finish({
		symbol: row.text("s"),
		id: row.text("i"),
		at: row.time("T"),
		price: row.price("p"),
		size: row.size("v"),
		side: row.side("S"),
		block: row.optionalFlag("BT") === true,
	});
}

/** One row of GET /v5/market/funding/history. */
export function decodeFundingRate(value: unknown): Decoded<FundingRate> {
	const row = new Row(value, "a funding rate");
	return row.finish({
		symbol: row.text("symbol"),
		fundingRate: row.decimal("fundingRate"),
		fundingRateTimestamp: row.time("fundingRateTimestamp"),
	});
}
