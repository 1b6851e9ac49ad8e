// The public stream's frames into events. Tickers and books are merged here, per topic; a book that lost its thread asks for a new
// snapshot. Source: docs/v5/websocket/public/*.

import type { Ms } from "../units/unit.ts";
import { OrderBook } from "./decode/book.ts";
import { decodeKline, decodePublicTrade } from "./decode/public.ts";
import { asInteger, type JsonObject } from "./decode/row.ts";
import { TickerState } from "./decode/ticker.ts";
import type { OnEvent } from "./events.ts";

export type PublicFeedOptions = {
	readonly onEvent: OnEvent;
	/** The topic's data are lost or doubtful: a new snapshot is wanted. */
	readonly onLost: (topic: string, reason: string) => void;
	readonly onMalformed: (topic: string | undefined, reason: string) => void;
};

export class PublicFeed {
	readonly #options: PublicFeedOptions;
	readonly #tickers = new Map<string, TickerState>();
	readonly #books = new Map<string, OrderBook>();

	constructor(options: PublicFeedOptions) {
		this.#options = options;
	}

	/** The book of a topic such as `orderbook.50.BTCUSDT`; it may be waiting for its snapshot. */
	book(topic: string): OrderBook | undefined {
		return this.#books.get(topic);
	}

	/** The line was down: what was merged so far is history, snapshots follow. */
	reset(): void {
		this.#tickers.clear();
		for (const book of this.#books.values()) book.reset();
	}

	take(frame: JsonObject): void {
		const { topic } = frame;
		const { onMalformed } = this.#options;
		if (typeof topic !== "string") {
			onMalformed(undefined, "the frame has no topic");
			return;
		}
		const at = asInteger(frame.ts);
		if (at === undefined) {
			onMalformed(topic, "ts is missing or no time");
			return;
		}
		const dot = topic.indexOf(".");
		switch (dot < 0 ? topic : topic.slice(0, dot)) {
			case "tickers":
				this.#ticker(topic, frame, at);
				return;
			case "orderbook":
				this.#book(topic, frame, at);
				return;
			case "kline":
				this.#klines(topic, frame, at);
				return;
			case "publicTrade":
				this.#trades(topic, frame);
				return;
			default:
				onMalformed(topic, "no decoder for this topic");
				return;
		}
	}

	#ticker(topic: string, frame: JsonObject, at: Ms): void {
		let state = this.#tickers.get(topic);
		if (state === undefined) {
			state = new TickerState();
			this.#tickers.set(topic, state);
		}
		const view = state.apply(frame.type, frame.data);
		if (view.ok && !topic.endsWith(`.${view.value.raw.symbol}`)) {
			this.#tickers.delete(topic);
			this.#options.onMalformed(topic, "symbol is not the topic's");
			return;
		}
		if (view.ok) {
			const { raw, ticker } = view.value;
			this.#options.onEvent({ kind: "ticker", symbol: raw.symbol, at, ticker, raw });
			return;
		}
		this.#options.onMalformed(topic, view.error);
		// A delta that was not understood may have changed what no later delta repeats.
		this.#options.onLost(topic, view.error);
	}

	#book(topic: string, frame: JsonObject, at: Ms): void {
		const [, depthText = "", symbol = ""] = topic.split(".");
		const depth = asInteger(depthText);
		if (depth === undefined || symbol === "") {
			this.#options.onMalformed(topic, "the topic names no depth and symbol");
			return;
		}
		let book = this.#books.get(topic);
		if (book === undefined) {
			book = new OrderBook(symbol);
			this.#books.set(topic, book);
		}
		const outcome = book.apply(frame.type, frame.data);
		switch (outcome.kind) {
			case "updated":
				this.#options.onEvent({ kind: "book", symbol, depth, at, bid: book.bid, ask: book.ask, book });
				return;
			case "ignored":
				return;
			case "resync":
				this.#options.onMalformed(topic, outcome.reason);
				this.#options.onLost(topic, outcome.reason);
				return;
		}
	}

	#klines(topic: string, frame: JsonObject, at: Ms): void {
		const symbol = topic.split(".")[2];
		if (symbol === undefined || symbol === "") {
			this.#options.onMalformed(topic, "the topic names no symbol");
			return;
		}
		for (const row of this.#rows(topic, frame)) {
			const kline = decodeKline(row);
			if (kline.ok) this.#options.onEvent({ kind: "kline", symbol, interval: kline.value.interval, at, kline: kline.value });
			else this.#options.onMalformed(topic, kline.error);
		}
	}

	#trades(topic: string, frame: JsonObject): void {
		for (const row of this.#rows(topic, frame)) {
			const trade = decodePublicTrade(row);
			if (trade.ok) this.#options.onEvent({ kind: "trade", symbol: trade.value.symbol, at: trade.value.at, trade: trade.value });
			else this.#options.onMalformed(topic, trade.error);
		}
	}

	#rows(topic: string, frame: JsonObject): readonly unknown[] {
		if (Array.isArray(frame.data)) return frame.data;
		this.#options.onMalformed(topic, "data is no list");
		return [];
	}
}
