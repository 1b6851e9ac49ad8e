// What a symbol's recorded messages add up to: the ticker's fields, the books of each depth. A message that does not fit what came before
// is named, not mended. Source of the merging rules: docs/v5/websocket/public/{ticker,orderbook,trade,kline}.

import { OrderBook } from "../../bybit/decode/book.ts";
import { candleOf, decodeKline, decodePublicTrade } from "../../bybit/decode/public.ts";
import { asInteger, decodeAll, isObject, type JsonObject } from "../../bybit/decode/row.ts";
import { TickerState } from "../../bybit/decode/ticker.ts";
import type { Candle } from "../../market/candle.ts";
import type { Instrument } from "../../market/instrument.ts";
import type { Interval } from "../../market/interval.ts";
import type { Ticker } from "../../market/ticker.ts";
import { err, ok, type Result } from "../../std/result.ts";
import type { Ms } from "../../units/unit.ts";
import type { AnyDepth, PublicTopic } from "../topics.ts";
import type { TickDirection, TickerFields } from "../wire/ticker.ts";
import type { PublicTrade } from "../wire/trade.ts";

/** What one message has changed. */
export type Update =
	| { readonly kind: "ticker"; readonly ticker: Ticker }
	| { readonly kind: "book"; readonly depth: AnyDepth }
	| { readonly kind: "trades"; readonly trades: readonly PublicTrade[] }
	| { readonly kind: "kline"; readonly interval: Interval; readonly candles: readonly { candle: Candle; confirm: boolean }[] }
	| { readonly kind: "other" };

export type MergedTicker = { readonly fields: TickerFields; readonly cs: number; readonly ts: Ms };
export type MergedBook = { readonly book: OrderBook; ts: Ms; cts: Ms };

const DIRECTIONS: readonly TickDirection[] = ["PlusTick", "ZeroPlusTick", "MinusTick", "ZeroMinusTick"];

export class Merged {
	readonly #instrument: Instrument;
	readonly #state = new TickerState();
	readonly #books = new Map<AnyDepth, MergedBook>();
	#ticker: MergedTicker | undefined;

	constructor(instrument: Instrument) {
		this.#instrument = instrument;
	}

	/** Undefined before the first snapshot. */
	get ticker(): MergedTicker | undefined {
		return this.#ticker;
	}

	/** The ticker's numbers. */
	get numbers(): Ticker | undefined {
		return this.#state.view?.ticker;
	}

	book(depth: AnyDepth): MergedBook | undefined {
		return this.#books.get(depth);
	}

	/** Takes one message of `topic`; what it changed, or why it cannot be. */
	take(topic: PublicTopic, message: JsonObject): Result<Update, string> {
		switch (topic.kind) {
			case "tickers":
				return this.#takeTicker(topic.symbol, message);
			case "orderbook":
				return this.#takeBook(topic.depth, message);
			case "publicTrade":
				return this.#takeTrades(topic.symbol, message);
			case "kline":
				return takeKline(topic.interval, message);
			default:
				return ok({ kind: "other" });
		}
	}

	#takeTicker(symbol: string, { type, data, cs, ts }: JsonObject): Result<Update, string> {
		if (isObject(data) && data.symbol !== symbol) return err(`data.symbol is not ${symbol}`);
		const read = this.#state.apply(type, data);
		if (!read.ok) return read;
		const told = Object.entries(data as JsonObject).filter(([, value]) => typeof value === "string") as [string, string][]; // an object: it was read
		const before = type === "snapshot" ? {} : this.#ticker?.fields;
		this.#ticker = { fields: { ...before, ...Object.fromEntries(told) }, cs: asInteger(cs) ?? this.#ticker?.cs ?? 0, ts: ts as Ms }; // checked by the reader
		return ok({ kind: "ticker", ticker: read.value.ticker });
	}

	#takeBook(depth: AnyDepth, { type, data, ts, cts }: JsonObject): Result<Update, string> {
		const problem = isObject(data) ? (this.#offGrid(data.b) ?? this.#offGrid(data.a)) : undefined;
		if (problem !== undefined) return err(problem);
		const merged = this.#books.get(depth) ?? { book: new OrderBook(this.#instrument.symbol), ts: 0, cts: 0 };
		if (type === "delta" && !merged.book.ready) return err("a delta before the first snapshot");
		const outcome = merged.book.apply(type, data);
		if (outcome.kind === "resync") return err(outcome.reason);
		merged.ts = ts as Ms; // checked by the reader
		merged.cts = asInteger(cts) ?? merged.ts;
		this.#books.set(depth, merged);
		return ok({ kind: "book", depth });
	}

	#takeTrades(symbol: string, { data }: JsonObject): Result<Update, string> {
		if (!Array.isArray(data)) return err("data is no list");
		const read = decodeAll(data, decodePublicTrade);
		if (!read.ok) return read;
		const trades: PublicTrade[] = [];
		for (const [i, { id, at, price, size, side, symbol: named }] of read.value.entries()) {
			if (named !== symbol) return err(`data[${i}].s is not ${symbol}`);
			const problem = this.#offGrid([[price, size]]);
			if (problem !== undefined) return err(problem);
			const { L, seq, BT } = data[i] as JsonObject; // decoded above
			const direction = DIRECTIONS.find((each) => each === L) ?? (side === "buy" ? "PlusTick" : "MinusTick");
			const block = BT === true;
			trades.push({ id, symbol, at, price, size, side: side === "buy" ? "Buy" : "Sell", direction, seq: asInteger(seq) ?? 0, block });
		}
		return ok({ kind: "trades", trades });
	}

	/** What of these price and size pairs does not stand on the instrument's grid. What is no pair is left to the reader of the book. */
	#offGrid(pairs: unknown): string | undefined {
		const { grid, symbol } = this.#instrument;
		if (!Array.isArray(pairs)) return undefined;
		for (const pair of pairs as readonly unknown[]) {
			const [price, size] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
			const rules = `the rules of ${symbol} may have changed, name them with --instruments`;
			if (typeof price === "string" && grid.parsePrice(price) === undefined)
				return `the price ${price} is off the tick ${grid.tick}: ${rules}`;
			if (typeof size === "string" && grid.parseQty(size) === undefined) return `the size ${size} is off the step ${grid.step}: ${rules}`;
		}
		return undefined;
	}
}

function takeKline(interval: Interval, { data }: JsonObject): Result<Update, string> {
	if (!Array.isArray(data)) return err("data is no list");
	const read = decodeAll(data, decodeKline);
	if (!read.ok) return read;
	if (read.value.some((kline) => kline.interval !== interval)) return err(`interval is not ${interval}`);
	return ok({ kind: "kline", interval, candles: read.value.map((kline) => ({ candle: candleOf(kline), confirm: kline.confirm })) });
}
