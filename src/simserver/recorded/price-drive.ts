// How a recording moves the venue: who says what the last price is, and what meets the orders that rest.

import type { Instrument } from "../../market/instrument.ts";
import type { Ms } from "../../units/unit.ts";
import type { Venue } from "../../venue/venue.ts";
import type { TickDirection } from "../wire/ticker.ts";
import type { PublicTrade } from "../wire/trade.ts";
import type { RecordedBook } from "./recorded-book.ts";

/** Who says what the last price is: the best of those that have spoken. */
export const RANK = { book: 0, kline: 1, ticker: 2, trade: 3 } as const;
/** The price at one place meets no more than the book holds orders; this is above any book's. */
const MEETINGS_MAX = 10_000;

export class PriceDrive {
	readonly #instrument: Instrument;
	readonly #venue: Venue;
	readonly #book: RecordedBook;
	#rank = 0;
	#direction: TickDirection = "ZeroPlusTick";

	constructor(instrument: Instrument, venue: Venue, book: RecordedBook) {
		this.#instrument = instrument;
		this.#venue = venue;
		this.#book = book;
	}

	/** NaN before the first price. */
	get last(): number {
		return this.#venue.last(this.#instrument.symbol);
	}

	get direction(): TickDirection {
		return this.#direction;
	}

	/** A source says what the last price is; one that was better once is not contradicted. False when it is not heard. */
	say(rank: number, price: number, at: Ms): boolean {
		if (rank < this.#rank) return false;
		this.#rank = rank;
		this.#move(price, at);
		return true;
	}

	/** A trade in the book: the price is there, and orders that rest are met up to its size. */
	trade({ price, size, side, direction }: PublicTrade, at: Ms): void {
		const { grid, symbol } = this.#instrument;
		this.say(RANK.trade, Number(price), at);
		const met = { price: grid.nearestTick(Number(price)), qty: grid.floorToStep(Number(size)) };
		this.#venue.trade(symbol, { ...met, side: side === "Buy" ? "buy" : "sell" }, at);
		this.#direction = direction;
	}

	/** The recorded book has changed: it holds the last price where nothing better does, and meets the resting orders that it has come to. Says the price when it was heard. */
	meetBook(at: Ms): number | undefined {
		const best = this.#book.to(1, this.last);
		const bid = Number(best?.bids[0]?.[0] ?? 0);
		const ask = Number(best?.asks[0]?.[0] ?? Number.POSITIVE_INFINITY);
		const { last } = this;
		const within = Number.isNaN(last) ? bid : Math.min(Math.max(last, bid), ask);
		const heard = within > 0 && this.say(RANK.book, within, at);
		if (!Number.isNaN(this.last)) this.#meetResting(at);
		return heard ? within : undefined;
	}

	/** Trades are points, not a path: what lies between two of them is passed at the later one's price. */
	#move(price: number, at: Ms): void {
		const { symbol } = this.#instrument;
		const before = this.last;
		if (price === before) return;
		if (price > before) this.#direction = "PlusTick";
		else if (price < before) this.#direction = "MinusTick";
		this.#venue.open(symbol, price, at);
		for (let i = 0; i < MEETINGS_MAX && !this.#venue.advance(symbol, price, at); i++);
	}

	#meetResting(at: Ms): void {
		const { symbol } = this.#instrument;
		const resting = this.#venue.openOrders(symbol).filter(({ type, status }) => type === "limit" && status !== "Untriggered");
		for (const side of ["buy", "sell"] as const) {
			const limits = resting.flatMap((order) => (order.side === side && order.price !== undefined ? [order.price] : []));
			if (limits.length === 0) continue;
			const furthest = side === "buy" ? Math.max(...limits) : Math.min(...limits);
			for (const { price, qty } of [...this.#book.offers(side, this.last)]) {
				if (side === "buy" ? price > furthest : price < furthest) break;
				this.#venue.trade(symbol, { price, qty, side: side === "buy" ? "sell" : "buy" }, at);
			}
		}
	}
}
