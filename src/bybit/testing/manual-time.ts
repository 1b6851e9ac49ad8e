// A clock and timers that move only when a test says so.

import type { Ms } from "../../units/unit.ts";
import type { Cancel, Clock, Timers } from "../ports.ts";

export class ManualTime implements Clock, Timers {
	#now: Ms;
	#sequence = 0;
	readonly #waiting = new Map<number, { at: Ms; run: () => void }>();

	constructor(now: Ms = 1_784_880_000_000) {
		this.#now = now;
	}

	now(): Ms {
		return this.#now;
	}

	/** Timers set and not yet run or cancelled. */
	get armed(): number {
		return this.#waiting.size;
	}

	after(delay: Ms, run: () => void): Cancel {
		this.#sequence += 1;
		const id = this.#sequence;
		this.#waiting.set(id, { at: this.#now + delay, run });
		return () => this.#waiting.delete(id);
	}

	/** Moves the clock, running what falls due on the way, in order. */
	advance(by: Ms): void {
		const end = this.#now + by;
		for (;;) {
			const due = [...this.#waiting].filter(([, { at }]) => at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
			if (due === undefined) break;
			const [id, { at, run }] = due;
			this.#waiting.delete(id);
			this.#now = Math.max(this.#now, at);
			run();
		}
		this.#now = end;
	}

	/** Sets the clock without running anything. */
	set(now: Ms): void {
		this.#now = now;
	}
}
