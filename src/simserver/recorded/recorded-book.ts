// What orders meet in a recording: the deepest book that was recorded; without one the best prices of the ticker; without those a book drawn
// around the last price.

import type { Instrument } from "../../market/instrument.ts";
import type { Side } from "../../orders/side.ts";
import { Prng } from "../../std/prng.ts";
import { shiftPrice } from "../../units/grid.ts";
import type { Price } from "../../units/unit.ts";
import type { BookLevel } from "../../venue/liquidity.ts";
import { Ladder, type Level } from "../ladder.ts";
import type { AnyDepth } from "../topics.ts";
import type { Merged, MergedBook } from "./merged.ts";
import type { Shown } from "./shown-books.ts";

export class RecordedBook {
	readonly #instrument: Instrument;
	readonly #depth: AnyDepth | undefined;
	readonly #merged: Merged;
	#drawn: Ladder | undefined;
	/** So many messages have come: what is drawn is drawn anew with each. */
	#messages = 0;

	constructor({ instrument, depth }: { instrument: Instrument; depth: AnyDepth | undefined }, merged: Merged) {
		this.#instrument = instrument;
		this.#depth = depth;
		this.#merged = merged;
	}

	/** Undefined where none was recorded, and before its first snapshot. */
	get deepest(): MergedBook | undefined {
		return this.#depth === undefined ? undefined : this.#merged.book(this.#depth);
	}

	/** A message has come. */
	pass(): void {
		this.#messages++;
	}

	/** The best `depth` levels around a last price; undefined before there is a price. */
	to(depth: number, last: number): Shown | undefined {
		const { deepest } = this;
		if (deepest !== undefined) return shownOf(deepest, depth);
		const { ticker } = this.#merged;
		const best = this.#tickerBest();
		if (best !== undefined && ticker !== undefined) return { ...best, seq: ticker.cs, cts: ticker.ts };
		if (Number.isNaN(last)) return undefined;
		return { ...this.#ladder(last).levels(this.#around(last), depth), seq: this.#messages, cts: ticker?.ts ?? 0 };
	}

	/** What an order of `side` can take, best first. */
	*offers(side: Side, last: number): Generator<BookLevel, void, void> {
		const { grid } = this.#instrument;
		const book = this.deepest?.book;
		const recorded = book === undefined ? this.#tickerBest() : { bids: book.bids.map(pairOf), asks: book.asks.map(pairOf) };
		if (recorded === undefined) yield* this.#ladder(last).offers(this.#around(last), side);
		else
			for (const [price, size] of side === "buy" ? recorded.asks : recorded.bids)
				yield { price: grid.nearestTick(Number(price)), qty: grid.floorToStep(Number(size)) };
	}

	/** The best prices as the recorded ticker has them; undefined where it has none. */
	#tickerBest(): { bids: Level[]; asks: Level[] } | undefined {
		const { bid1Price = "", bid1Size = "", ask1Price = "", ask1Size = "" } = this.#merged.ticker?.fields ?? {};
		if (!(Number(bid1Price) > 0 && Number(ask1Price) > 0)) return undefined;
		return { bids: [[bid1Price, bid1Size]], asks: [[ask1Price, ask1Size]] };
	}

	/** Its sizes are those of the first price. */
	#ladder(last: number): Ladder {
		const seed = new Prng(`sim/${this.#instrument.symbol}`).uint32();
		this.#drawn ??= new Ladder(this.#instrument, { reference: last, seed });
		return this.#drawn;
	}

	#around(last: number): { bid: Price; ask: Price; update: number } {
		const bid = this.#instrument.grid.floorToTick(last);
		return { bid, ask: shiftPrice(bid, 1), update: this.#messages };
	}
}

/** As many levels as are asked for. */
export function shownOf({ book, cts }: MergedBook, depth: number): Shown {
	const [bids, asks] =
		depth === 1
			? [book.bid, book.ask].map((level) => (level === undefined ? [] : [pairOf(level)]))
			: [book.bids, book.asks].map((levels) => levels.slice(0, depth).map(pairOf));
	return { bids: bids ?? [], asks: asks ?? [], seq: book.seq ?? 0, cts };
}

function pairOf({ price, size }: { price: string; size: string }): Level {
	return [price, size];
}
