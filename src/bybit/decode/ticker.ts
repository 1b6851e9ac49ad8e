// Tickers: a snapshot states all fields, a delta only those that changed, so what is absent from a delta keeps its value.
// Source: docs/v5/websocket/public/ticker, docs/v5/market/tickers. Bybit's linear ticker has no VWAP field today; `vwap` and
// `avgPrice` are read all the same, should the venue send one (spec §2.1).

import type { Ticker } from "../../market/ticker.ts";
import { err, ok } from "../../std/result.ts";
import { asDecimal, type Decimal } from "./decimal.ts";
import { type Decoded, isObject } from "./row.ts";

const DECIMAL_FIELDS = [
	"lastPrice",
	"markPrice",
	"indexPrice",
	"bid1Price",
	"bid1Size",
	"ask1Price",
	"ask1Size",
	"turnover24h",
	"volume24h",
	"fundingRate",
	"nextFundingTime",
	"openInterest",
	"openInterestValue",
	"price24hPcnt",
	"prevPrice24h",
	"prevPrice1h",
	"highPrice24h",
	"lowPrice24h",
	"vwap",
	"avgPrice",
] as const;

/** The merged fields as the exchange wrote them. Absent or "" is undefined. */
export type TickerRaw = { readonly symbol: string; readonly tickDirection?: string | undefined } & {
	readonly [K in (typeof DECIMAL_FIELDS)[number]]?: Decimal | undefined;
};
type MutableRaw = { -readonly [K in keyof TickerRaw]: TickerRaw[K] };

export type TickerView = { readonly raw: TickerRaw; readonly ticker: Ticker };

/** The running ticker of one symbol. */
export class TickerState {
	#view: TickerView | undefined;

	/** The last good state; undefined before the first snapshot. */
	get view(): TickerView | undefined {
		return this.#view;
	}

	/** Takes one message's `type` and `data`. After an error the state is what it was. */
	apply(type: unknown, data: unknown): Decoded<TickerView> {
		let before: TickerRaw | undefined;
		if (type === "delta") {
			if (this.#view === undefined) return err("a delta before the first snapshot");
			before = this.#view.raw;
		} else if (type !== "snapshot") return err("type is neither snapshot nor delta");
		const decoded = mergeTicker(before, data);
		if (decoded.ok) this.#view = decoded.value;
		return decoded;
	}
}

/** One row of GET /v5/market/tickers. */
export function decodeTicker(row: unknown): Decoded<TickerView> {
	return mergeTicker(undefined, row);
}

function mergeTicker(before: TickerRaw | undefined, data: unknown): Decoded<TickerView> {
	if (!isObject(data)) return err("data is no object");
	const { symbol } = data;
	if (typeof symbol !== "string" || symbol === "") return err("symbol is missing");
	if (before !== undefined && before.symbol !== symbol) return err("symbol is another one's");
	const raw: MutableRaw = before === undefined ? { symbol } : { ...before };
	for (const name of DECIMAL_FIELDS) {
		const value = data[name];
		if (value === undefined) continue;
		if (value === "") {
			raw[name] = undefined;
			continue;
		}
		const checked = asDecimal(value);
		if (checked === undefined) return err(`${name} is not a decimal`);
		raw[name] = checked;
	}
	const { tickDirection } = data;
	if (typeof tickDirection === "string") raw.tickDirection = tickDirection;
	return tickerOf(raw);
}

function tickerOf(raw: TickerRaw): Decoded<TickerView> {
	const last = positive(raw.lastPrice);
	const mark = positive(raw.markPrice);
	if (last === undefined) return err("lastPrice is missing or not above zero");
	if (mark === undefined) return err("markPrice is missing or not above zero");
	const ticker: Ticker = {
		last,
		mark,
		index: positive(raw.indexPrice),
		bid: positive(raw.bid1Price),
		ask: positive(raw.ask1Price),
		vwap: positive(raw.vwap) ?? positive(raw.avgPrice),
		turnover24h: number(raw.turnover24h),
		volume24h: number(raw.volume24h),
		fundingRate: number(raw.fundingRate),
		nextFundingTime: positive(raw.nextFundingTime),
	};
	return ok({ raw, ticker });
}

function number(text: Decimal | undefined): number | undefined {
	return text === undefined ? undefined : Number(text);
}

/** "0" is one of the exchange's ways to say "none" for a price or a time. */
function positive(text: Decimal | undefined): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	return value > 0 ? value : undefined;
}
