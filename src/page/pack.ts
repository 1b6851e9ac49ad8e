// Long rows of whole numbers as short text: each number in as few bytes as it needs, deflated, in base64. `browser/unpack.js` is the way
// back.

import { deflateRawSync } from "node:zlib";
import { assert } from "../std/assert.ts";

const HALF = 2 ** 31;

/** The rows one behind the other; who reads them knows how many numbers each holds. */
export function pack(rows: readonly (readonly number[] | Float64Array)[]): string {
	const writer = new Writer(rows.reduce((sum, row) => sum + row.length, 0));
	for (const row of rows) for (let i = 0; i < row.length; i++) writer.put(row[i]!);
	return deflateRawSync(writer.bytes(), { level: 6 }).toString("base64");
}

/** Each number as its distance from the one before: small ones, where a row moves little. */
export function distances(row: readonly number[] | Float64Array): Float64Array {
	return Float64Array.from(row, (value, i) => (i === 0 ? value : value - row[i - 1]!));
}

class Writer {
	#buffer: Uint8Array;
	#length = 0;

	constructor(numbers: number) {
		this.#buffer = new Uint8Array(64 + 3 * numbers);
	}

	/** Seven bits a byte, lowest first; the sign is the lowest bit of all. */
	put(value: number): void {
		assert(Number.isSafeInteger(value) && Math.abs(value) < 2 ** 51, "what is packed is a whole number");
		if (this.#length + 8 > this.#buffer.length) this.#grow();
		let rest = value < 0 ? -2 * value - 1 : 2 * value;
		while (rest >= HALF) {
			this.#buffer[this.#length++] = (rest % 128) + 128;
			rest = Math.floor(rest / 128);
		}
		while (rest > 127) {
			this.#buffer[this.#length++] = (rest & 127) + 128;
			rest >>>= 7;
		}
		this.#buffer[this.#length++] = rest;
	}

	bytes(): Uint8Array {
		return this.#buffer.subarray(0, this.#length);
	}

	#grow(): void {
		const larger = new Uint8Array(2 * this.#buffer.length);
		larger.set(this.#buffer);
		this.#buffer = larger;
	}
}
