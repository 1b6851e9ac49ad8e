// How much the client still has in hand: requests in flight and whatever else is held. Idle means that everything received so far
// was dealt with, answers included, and that is what a socket-level pong promises (socket.ts).

import type { Ms } from "../units/unit.ts";
import type { Timers } from "./ports.ts";

/** A pong waits at most this long, so that a request without an answer never looks like a dead client. */
const PATIENCE_MS: Ms = 1000;

export class Work {
	readonly #timers: Timers;
	readonly #waiting = new Set<() => void>();
	#pending = 0;

	constructor(timers: Timers) {
		this.#timers = timers;
	}

	get pending(): number {
		return this.#pending;
	}

	/** Counts one piece of work. The answer, called once, ends it, after the promise continuations that wait for the result have run. */
	begin(): () => void {
		this.#pending += 1;
		let over = false;
		return () => {
			if (over) return;
			over = true;
			// Continuations run as microtasks, all of them before the next immediate; what they send is counted before this is taken off.
			setImmediate(() => {
				this.#pending -= 1;
				if (this.#pending === 0) this.#release();
			});
		};
	}

	/** Runs `callback` now when idle, else as soon as idle, at the latest after one second. */
	whenIdle(callback: () => void): void {
		if (this.#pending === 0) {
			callback();
			return;
		}
		const run = (): void => {
			cancel();
			if (this.#waiting.delete(run)) callback();
		};
		this.#waiting.add(run);
		const cancel = this.#timers.after(PATIENCE_MS, run);
	}

	/** Runs whatever waits. */
	#release(): void {
		for (const run of [...this.#waiting]) run();
	}

	/** Ends all waiting; leaves no timer behind. */
	close(): void {
		this.#release();
	}
}
