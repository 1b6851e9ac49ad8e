// The order book of one symbol and depth, kept by snapshots and deltas. Source: docs/v5/websocket/public/orderbook.
// `u` rises by exactly 1 from frame to frame; after a hole, an unreadable level or a crossed top the book is worthless until the next
// snapshot, and says so. `u` = 1 is a snapshot after a restart of the service, whatever its type says.

import type { Ms } from "../../units/unit.ts";
import { asDecimal, type Decimal } from "./decimal.ts";
import { asInteger, isObject, type JsonObject } from "./row.ts";

export type Level = { readonly price: Decimal; readonly size: Decimal };

/** `updated`: the book is good · `ignored`: nothing to do · `resync`: the book is lost, ask for a new snapshot. */
export type BookOutcome = { readonly kind: "updated" } | { readonly kind: "ignored" | "resync"; readonly reason: string };

const UPDATED: BookOutcome = { kind: "updated" };

export class OrderBook {
	readonly symbol: string;
	readonly #bids = new Ladder(1);
	readonly #asks = new Ladder(-1);
	#u: number | undefined;
	#seq: number | undefined;

	constructor(symbol: string) {
		this.symbol = symbol;
	}

	/** False before the first snapshot, and from a fault to the next one. */
	get ready(): boolean {
		return this.#u !== undefined;
	}

	get u(): number | undefined {
		return this.#u;
	}

	/** Orders frames of different depths; may skip. */
	get seq(): number | undefined {
		return this.#seq;
	}

	get bid(): Level | undefined {
		return this.#bids.best;
	}

	get ask(): Level | undefined {
		return this.#asks.best;
	}

	/** Levels from the best outwards. */
	get bids(): readonly Level[] {
		return this.#bids.levels();
	}

	get asks(): readonly Level[] {
		return this.#asks.levels();
	}

	get bidLevels(): number {
		return this.#bids.length;
	}

	get askLevels(): number {
		return this.#asks.length;
	}

	/** Takes one message's `type` and `data`. */
	apply(type: unknown, data: unknown): BookOutcome {
		if (!isObject(data)) return this.#lose("data is no object");
		if (data.s !== this.symbol) return this.#lose("s is another symbol");
		const u = asInteger(data.u);
		if (u === undefined) return this.#lose("u is missing or no whole number");
		if (type === "snapshot" || u === 1) {
			this.#bids.clear();
			this.#asks.clear();
		} else {
			if (type !== "delta") return this.#lose("type is neither snapshot nor delta");
			if (this.#u === undefined) return { kind: "ignored", reason: "a delta before the snapshot" };
			if (u === this.#u) return { kind: "ignored", reason: "a delta seen before" };
			if (u !== this.#u + 1) return this.#lose(`u went from ${this.#u} to ${u}`);
		}
		return this.#take(data, u);
	}

	/** Forgets everything until the next snapshot: the line was down. */
	reset(): void {
		this.#bids.clear();
		this.#asks.clear();
		this.#u = undefined;
	}

	#take(data: JsonObject, u: number): BookOutcome {
		if (!this.#bids.take(data.b)) return this.#lose("b holds an unreadable level");
		if (!this.#asks.take(data.a)) return this.#lose("a holds an unreadable level");
		if (this.#bids.bestPrice >= this.#asks.bestPrice) return this.#lose("the best bid reaches the best ask");
		this.#u = u;
		this.#seq = asInteger(data.seq);
		return UPDATED;
	}

	#lose(reason: string): BookOutcome {
		this.reset();
		return { kind: "resync", reason };
	}
}

/** One side, worst level first, so that changes at the top move little. `sign` is +1 where a higher price is better (bids). */
class Ladder {
	readonly #sign: 1 | -1;
	/** `sign` × price, ascending: the last is the best. */
	readonly #keys: number[] = [];
	readonly #levels: Level[] = [];

	constructor(sign: 1 | -1) {
		this.#sign = sign;
	}

	get length(): number {
		return this.#keys.length;
	}

	get best(): Level | undefined {
		return this.#levels.at(-1);
	}

	/** −∞ for no bids, +∞ for no asks: an empty side crosses nothing. */
	get bestPrice(): number {
		return this.#sign * (this.#keys.at(-1) ?? Number.NEGATIVE_INFINITY);
	}

	levels(): Level[] {
		return this.#levels.toReversed();
	}

	clear(): void {
		this.#keys.length = 0;
		this.#levels.length = 0;
	}

	/** Applies `[[price, size], …]`; false at the first pair that is no price and size. */
	take(pairs: unknown): boolean {
		if (!Array.isArray(pairs)) return false;
		for (const pair of pairs as readonly unknown[]) {
			if (!Array.isArray(pair)) return false;
			const price = asDecimal(pair[0]);
			const size = asDecimal(pair[1]);
			if (price === undefined || size === undefined) return false;
			const number = Number(price);
			const amount = Number(size);
			if (!(number > 0) || !(amount >= 0)) return false;
			this.#set(this.#sign * number, amount === 0 ? undefined : { price, size });
		}
		return true;
	}

	#set(key: number, level: Level | undefined): void {
		const i = this.#find(key);
		if (this.#keys[i] === key) {
			if (level !== undefined) this.#levels[i] = level;
			else {
				this.#keys.splice(i, 1);
				this.#levels.splice(i, 1);
			}
		} else if (level !== undefined) {
			this.#keys.splice(i, 0, key);
			this.#levels.splice(i, 0, level);
		}
	}

	/** The first place whose key is not below `key`. */
	#find(key: number): number {
		let low = 0;
		let high = this.#keys.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if (this.#keys[middle]! < key) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

export type BookSnapshot = { readonly symbol: string; readonly book: OrderBook; readonly at: Ms };

/** The result of GET /v5/market/orderbook: a snapshot by itself. */
export function decodeBook(result: unknown): { ok: true; value: BookSnapshot } | { ok: false; error: string } {
	if (!isObject(result) || typeof result.s !== "string" || result.s === "") return { ok: false, error: "s is missing" };
	const at = asInteger(result.ts);
	if (at === undefined) return { ok: false, error: "ts is missing" };
	const book = new OrderBook(result.s);
	const outcome = book.apply("snapshot", result);
	return outcome.kind === "updated" ? { ok: true, value: { symbol: result.s, book, at } } : { ok: false, error: outcome.reason };
}
