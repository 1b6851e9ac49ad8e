// How often a topic is pushed at a real speed (bybit-v5.md §8): changes that come faster are told together when the topic's turn comes.
// Where time is not real there is no pacer, and each change is told at once.

import type { Ms } from "../units/unit.ts";
import type { WallClock } from "./clock.ts";

export const PUSH_EVERY = {
	tickers: 100,
	priceLimit: 300,
	orderbook: { 1: 10, 50: 20, 200: 100, 1000: 200 },
} as const;

export class Pacer {
	readonly #wall: WallClock;
	readonly #onDue: () => void;
	readonly #told = new Map<string, Ms>();
	#timer: NodeJS.Timeout | undefined;
	#due: Ms = Number.POSITIVE_INFINITY;

	/** `onDue` is called when a topic that had to wait may speak. */
	constructor(wall: WallClock, onDue: () => void) {
		this.#wall = wall;
		this.#onDue = onDue;
	}

	/** Whether the topic may be pushed now; if not, `onDue` will come. */
	ready(topic: string, every: Ms): boolean {
		const now = this.#wall();
		const due = (this.#told.get(topic) ?? Number.NEGATIVE_INFINITY) + every;
		if (now >= due) {
			this.#told.set(topic, now);
			return true;
		}
		this.#arm(due, now);
		return false;
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	#arm(due: Ms, now: Ms): void {
		if (due >= this.#due) return;
		clearTimeout(this.#timer);
		this.#due = due;
		this.#timer = setTimeout(() => {
			this.#due = Number.POSITIVE_INFINITY;
			this.#onDue();
		}, due - now);
		this.#timer.unref();
	}
}
