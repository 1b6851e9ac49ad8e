// One symbol of the paper account: the exchange's public data drive the venue in process. Tickers and trades move its prices, the live
// book is what orders take from, trades and a book that has come to them fill those that rest, and funding is settled at the exchange's
// own times and rates. What nobody can know from outside is left out: the queue before an order of ours, and its effect on others.

import type { OrderBook } from "../bybit/decode/book.ts";
import type { PublicTrade } from "../bybit/decode/public.ts";
import type { Candle } from "../market/candle.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Side } from "../orders/side.ts";
import { MINUTE, type Ms, type Qty } from "../units/unit.ts";
import type { BookLevel } from "../venue/liquidity.ts";
import type { Venue } from "../venue/venue.ts";
import { walkCandle } from "../venue/walk.ts";

/** The price at one place meets no more than there are orders; this is above any number of them. */
const MEETINGS_MAX = 10_000;
/** More than any order asks for. */
const BOTTOMLESS = Number.MAX_SAFE_INTEGER as Qty;

export class PaperMarket {
	readonly #instrument: Instrument;
	readonly #venue: Venue;
	readonly #slippage: number;
	#book: OrderBook | undefined;
	/** A ticker of an earlier time does not take back what a trade has said. */
	#tradedAt: Ms = Number.NEGATIVE_INFINITY;
	/** When funding is due next, with the rate and the mark price told last. */
	#funding: { readonly at: Ms; readonly rate: number; readonly price: number } | undefined;

	/** A ticker that a trade has overtaken does not make funding due again. */
	#settledAt: Ms = Number.NEGATIVE_INFINITY;

	constructor(instrument: Instrument, venue: Venue) {
		this.#instrument = instrument;
		this.#venue = venue;
		this.#slippage = venue.terms.slippage;
	}

	get symbol(): string {
		return this.#instrument.symbol;
	}

	// ---- what the exchange tells

	ticker({ last, mark, index, fundingRate, nextFundingTime }: Ticker, at: Ms): void {
		this.settle(at);
		if (Number.isNaN(this.#venue.last(this.symbol))) this.#venue.open(this.symbol, last, at);
		if (index !== undefined) this.#venue.setIndex(this.symbol, index, at);
		this.#venue.setMark(this.symbol, mark, at);
		if (at >= this.#tradedAt) this.#move(last, at);
		if (nextFundingTime !== undefined && fundingRate !== undefined && nextFundingTime > Math.max(at, this.#settledAt))
			this.#funding = { at: nextFundingTime, rate: fundingRate, price: mark };
	}

	/** A trade in the book: the price is there, and orders that rest are met up to its size. */
	trade({ price, size, side, block }: PublicTrade, at: Ms): void {
		if (block) return;
		this.settle(at);
		const { grid } = this.#instrument;
		this.#tradedAt = Math.max(this.#tradedAt, at);
		this.#move(Number(price), at);
		const met = { price: grid.nearestTick(Number(price)), qty: grid.floorToStep(Number(size)), side };
		this.#venue.trade(this.symbol, met, at);
	}

	/** The book is another one: it may have come to orders that rest. */
	book(book: OrderBook, at: Ms): void {
		this.#book = book;
		if (!Number.isNaN(this.#venue.last(this.symbol))) this.#meetResting(at);
	}

	/** Funding that is due by then. */
	settle(at: Ms): void {
		const due = this.#funding;
		if (due === undefined || due.at > at) return;
		this.#funding = undefined;
		this.#settledAt = due.at;
		this.#venue.fund(this.symbol, due, due.at);
	}

	/** A minute that passed while nobody looked, with the funding at its beginning; the reading of it that never flatters. */
	walk(candle: Candle, rate: number | undefined): void {
		const { grid } = this.#instrument;
		if (rate !== undefined) this.#venue.fund(this.symbol, { price: candle.open, rate }, candle.openTime);
		for (const step of walkCandle(this.#venue, this.symbol, candle, { policy: "pessimistic", length: MINUTE }))
			if (step.kind === "point")
				this.#venue.trade(this.symbol, { price: grid.nearestTick(step.price), qty: grid.floorToStep(candle.volume / 4) }, step.at);
	}

	// ---- what orders meet

	/** The book as it is shown; what it does not show, or all where none is known, at its last price made worse by the slippage. */
	*levels(side: Side, last: number): Generator<BookLevel, void, void> {
		const { grid } = this.#instrument;
		let worst = last;
		if (this.#book?.ready === true)
			for (const { price, size } of side === "buy" ? this.#book.asks : this.#book.bids) {
				worst = Number(price);
				yield { price: grid.nearestTick(worst), qty: grid.floorToStep(Number(size)) };
			}
		const beyond = side === "buy" ? grid.ceilToTick(worst * (1 + this.#slippage)) : grid.floorToTick(worst * (1 - this.#slippage));
		yield { price: beyond, qty: BOTTOMLESS };
	}

	/** Prices are points, not a path: what lies between two of them is passed at the later one. */
	#move(price: number, at: Ms): void {
		if (price === this.#venue.last(this.symbol) && this.#isQuiet(price)) return;
		this.#venue.open(this.symbol, price, at);
		for (let i = 0; i < MEETINGS_MAX && !this.#venue.advance(this.symbol, price, at); i++);
	}

	#isQuiet(price: number): boolean {
		const { below, above } = this.#venue.levels(this.symbol);
		return below < price && price < above;
	}

	#meetResting(at: Ms): void {
		const resting = this.#venue.openOrders(this.symbol).filter(({ type, status }) => type === "limit" && status !== "Untriggered");
		for (const { side, price: limit } of resting) {
			if (limit === undefined || this.#book?.ready !== true) continue;
			const { grid } = this.#instrument;
			for (const level of side === "buy" ? this.#book.asks : this.#book.bids) {
				const price = grid.nearestTick(Number(level.price));
				if (side === "buy" ? price > limit : price < limit) break;
				const qty = grid.floorToStep(Number(level.size));
				this.#venue.trade(this.symbol, { price, qty, side: side === "buy" ? "sell" : "buy" }, at);
			}
		}
	}
}
