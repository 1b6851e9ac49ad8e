// The lowest and highest of the last prices within a sliding window of time. Constant time per price: two monotonic queues.

import type { Ms } from "../units/unit.ts";

type Point = { readonly at: Ms; readonly price: number };

export class PriceWindow {
	readonly #length: Ms;
	#low: Point[] = [];
	#high: Point[] = [];

	constructor(length: Ms) {
		this.#length = length;
	}

	push(at: Ms, price: number): void {
		while (this.#low.length > 0 && this.#low.at(-1)!.price >= price) this.#low.pop();
		while (this.#high.length > 0 && this.#high.at(-1)!.price <= price) this.#high.pop();
		this.#low.push({ at, price });
		this.#high.push({ at, price });
		this.#forget(at);
	}

	/** Range of the prices after `at − length`; undefined when there is none. */
	range(at: Ms): { min: number; max: number } | undefined {
		this.#forget(at);
		const [low] = this.#low;
		const [high] = this.#high;
		return low === undefined || high === undefined ? undefined : { min: low.price, max: high.price };
	}

	#forget(at: Ms): void {
		while (this.#low.length > 0 && this.#low[0]!.at <= at - this.#length) this.#low.shift();
		while (this.#high.length > 0 && this.#high[0]!.at <= at - this.#length) this.#high.shift();
	}
}
