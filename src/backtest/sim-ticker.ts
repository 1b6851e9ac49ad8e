// The ticker of a candle simulation (spec §2): last price, mark = last, the quote around it, and the 24 h figures, summed only when read.

import type { Columns } from "../market/candle.ts";
import { type Rolling24h, rolling24h } from "../market/rolling.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Ms } from "../units/unit.ts";

export class SimTicker implements Ticker {
	readonly last: number;
	readonly mark: number;
	readonly bid: number | undefined;
	readonly ask: number | undefined;
	readonly #columns: Columns;
	readonly #at: Ms;
	#figures: Rolling24h | undefined;
	#summed = false;

	constructor(terms: { columns: Columns; at: Ms; last: number; bid: number | undefined; ask: number | undefined }) {
		this.last = terms.last;
		this.mark = terms.last;
		this.bid = terms.bid;
		this.ask = terms.ask;
		this.#columns = terms.columns;
		this.#at = terms.at;
	}

	get turnover24h(): number | undefined {
		return this.#sums()?.turnover24h;
	}

	get volume24h(): number | undefined {
		return this.#sums()?.volume24h;
	}

	#sums(): Rolling24h | undefined {
		if (!this.#summed) this.#figures = rolling24h(this.#columns, this.#at);
		this.#summed = true;
		return this.#figures;
	}
}
