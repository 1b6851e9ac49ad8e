// A plausible book around the venue's quote: a size for every tick, drawn once from the seed, so that a level that stays in sight keeps its
// size; only the best levels change with every frame. The matching core fills against the quote alone, unless it is told to walk this book.

import type { Instrument } from "../market/instrument.ts";
import type { Side } from "../orders/side.ts";
import { decimalsOf } from "../units/decimal.ts";
import type { Grid } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import type { BookLevel } from "../venue/liquidity.ts";
import type { Depth } from "./topics.ts";

/** A price and its size, as the wire writes them; size "0" deletes. */
export type Level = readonly [string, string];
export type Sides = { readonly bids: Level[]; readonly asks: Level[] };

/** What a level holds at most, in USDT at the reference price. */
const LEVEL_VALUE = 200_000;

/** The deepest level that is ever shown. */
const OFFERS_MAX = 1000;

/** Where the book stands: its best prices, and the number of the frame that showed them. */
export type BookState = { readonly bid: Price; readonly ask: Price; readonly update: number };

export class Ladder {
	readonly #grid: Grid;
	readonly #priceDecimals: number;
	readonly #qtyDecimals: number;
	readonly #seed: number;
	readonly #sizeMax: number;

	constructor(instrument: Instrument, { reference, seed }: { reference: number; seed: number }) {
		const { grid } = instrument;
		this.#grid = grid;
		this.#priceDecimals = decimalsOf(grid.tick);
		this.#qtyDecimals = decimalsOf(grid.step);
		this.#seed = seed;
		this.#sizeMax = Math.max(2, grid.floorToStep(LEVEL_VALUE / reference));
	}

	/** The best `depth` levels of each side, best first. */
	levels(state: BookState, depth: number): Sides {
		const bids: Level[] = [];
		const asks: Level[] = [];
		for (let i = 0; i < depth; i++) {
			if (state.bid - i >= 1) bids.push(this.#level(state.bid - i, state));
			asks.push(this.#level(state.ask + i, state));
		}
		return { bids, asks };
	}

	/** What an order of `side` can take, best first: the same sizes in numbers, as far as prices go. */
	*offers(state: BookState, side: Side): Generator<BookLevel, void, void> {
		for (let i = 0; i < OFFERS_MAX; i++) {
			const tick = side === "buy" ? state.ask + i : state.bid - i;
			if (tick < 1) return;
			yield { price: tick as Price, qty: this.#size(tick, state) }; // a whole tick by construction
		}
	}

	/** What turns the book of `before` into that of `after`: each level that left, came or changed. */
	delta(before: BookState, after: BookState, depth: Depth): Sides {
		const down = (state: BookState) => ({ low: Math.max(1, state.bid - depth + 1), high: state.bid as number });
		const up = (state: BookState) => ({ low: state.ask as number, high: state.ask + depth - 1 });
		const changed = (old: Range, now: Range): Level[] => {
			const levels: Level[] = [];
			for (let tick = old.high; tick >= old.low; tick--) if (tick < now.low || tick > now.high) levels.push([this.#price(tick), "0"]);
			for (let tick = now.high; tick >= now.low; tick--)
				if (tick < old.low || tick > old.high || this.#size(tick, before) !== this.#size(tick, after))
					levels.push(this.#level(tick, after));
			return levels;
		};
		return { bids: changed(down(before), down(after)), asks: changed(up(before), up(after)).reverse() };
	}

	/** With all the grid's decimals, as Bybit's book has them. */
	#level(tick: number, state: BookState): Level {
		return [this.#price(tick), this.#grid.qtyNumber(this.#size(tick, state)).toFixed(this.#qtyDecimals)];
	}

	#price(tick: number): string {
		return this.#grid.priceNumber(tick as Price).toFixed(this.#priceDecimals); // a whole tick by construction
	}

	/** At least one step. */
	#size(tick: number, state: BookState): Qty {
		const best = tick === state.bid || tick === state.ask;
		return (1 + (mix(this.#seed ^ tick, best ? state.update : 0) % this.#sizeMax)) as Qty; // whole steps by construction
	}
}

type Range = { readonly low: number; readonly high: number };

/** Two whole numbers to one that looks drawn (murmur3's finish). */
function mix(a: number, b: number): number {
	let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
	h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
	h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
	return (h ^ (h >>> 16)) >>> 0;
}
