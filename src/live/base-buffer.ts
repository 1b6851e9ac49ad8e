// The latest base candles of one symbol in columns, as the engine reads them: a window that slides, never grows.

import { allocate, type Candle, COLUMN_NAMES, type Columns, put } from "../market/candle.ts";

const CAPACITY = 4096;

export class BaseBuffer {
	readonly #columns: Columns = allocate(CAPACITY);
	#length = 0;

	/** Open time of the newest candle; undefined while there is none. */
	get newest(): number | undefined {
		return this.#length === 0 ? undefined : this.#columns.openTime[this.#length - 1];
	}

	/** Appends a candle and says where it lies. */
	push(candle: Candle): { columns: Columns; from: number; to: number } {
		if (this.#length === CAPACITY) {
			const kept = CAPACITY / 2;
			for (const name of COLUMN_NAMES) this.#columns[name].copyWithin(0, CAPACITY - kept);
			this.#length = kept;
		}
		put(this.#columns, this.#length, candle);
		this.#length++;
		return { columns: this.#columns, from: this.#length - 1, to: this.#length };
	}
}
