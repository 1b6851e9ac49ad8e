// A curve that may grow for months in bounded memory: when it is full, every second point goes and the steps double.

import type { Ms } from "../units/unit.ts";

const POINTS_MAX = 2048;

export class ThinCurve {
	#times: Ms[] = [];
	#values: number[] = [];
	#step: Ms = 0;

	add(at: Ms, value: number): void {
		const last = this.#times.at(-1);
		if (last !== undefined && at - last < this.#step) return;
		this.#times.push(at);
		this.#values.push(value);
		if (this.#times.length < POINTS_MAX) return;
		this.#times = this.#times.filter((_, i) => i % 2 === 0);
		this.#values = this.#values.filter((_, i) => i % 2 === 0);
		this.#step = ((this.#times.at(-1) ?? 0) - (this.#times[0] ?? 0)) / this.#times.length;
	}

	points(): { times: Float64Array; equity: Float64Array } {
		return { times: Float64Array.from(this.#times), equity: Float64Array.from(this.#values) };
	}
}
