// The exchange's time. It stands where the replay stands; at a real speed it runs on between two steps, so that a client that keeps step
// with it is not left behind. It also remembers where it stood a moment ago, by the wall: a request signed then is still fresh.

import type { Ms } from "../units/unit.ts";

export type Speed = number | "max" | "lockstep";
export type WallClock = () => Ms;

/** How far back the memory of past stands reaches, and how close together its points lie. */
const MEMORY_SAMPLES = 256;
const SAMPLE_EVERY: Ms = 50;

export class SimClock {
	/** How far the exchange's own clock was ahead of the market's, and since when; oldest first. */
	readonly #skews: { readonly from: Ms; readonly by: Ms }[] = [];
	#speed: Speed;
	readonly #wall: WallClock;
	#at: Ms;
	#movedWall: Ms;
	/** While running: market time `market` was at wall time `wall`, and must not reach `ceiling`. */
	#run: { market: Ms; wall: Ms; ceiling: Ms } | undefined;
	#memory: { wall: Ms; market: Ms }[];

	constructor(start: Ms, speed: Speed, wall: WallClock) {
		this.#speed = speed;
		this.#wall = wall;
		this.#at = start;
		this.#movedWall = wall();
		this.#memory = [{ wall: this.#movedWall, market: start }];
	}

	now(): Ms {
		if (this.#run === undefined) return this.#at;
		const { market, wall, ceiling } = this.#run;
		const speed = typeof this.#speed === "number" ? this.#speed : 1;
		const flowing = Math.floor(market + (this.#wall() - wall) * speed);
		return Math.max(this.#at, Math.min(flowing, ceiling));
	}

	/** How far the exchange's own clock is ahead of the market's: its stamps, and what it holds for fresh. */
	get skew(): Ms {
		return this.#skews.at(-1)?.by ?? 0;
	}

	set skew(by: Ms) {
		if (by !== this.skew) this.#skews.push({ from: this.now(), by });
	}

	/** Whether it was ever off: what it has stamped then stays so. */
	get skewed(): boolean {
		return this.#skews.length > 0;
	}

	/** What the exchange's own clock showed at a market time. */
	shown(at: Ms): Ms {
		return at + (this.#skews.findLast(({ from }) => from <= at)?.by ?? 0);
	}

	/** As if it had never been off. */
	forgetSkew(): void {
		this.#skews.length = 0;
	}

	get speed(): Speed {
		return this.#speed;
	}

	/** Stands where it is, and goes on at another speed when it is next told to run. */
	changeSpeed(speed: Speed): void {
		this.stand(this.now());
		this.#speed = speed;
	}

	/** Moves to `at` and stands there. Time never goes back. */
	stand(at: Ms): void {
		this.#run = undefined;
		if (at === this.#at) return;
		this.#at = Math.max(this.#at, at);
		const wall = this.#wall();
		this.#movedWall = wall;
		if (wall - (this.#memory.at(-1)?.wall ?? 0) < SAMPLE_EVERY) return;
		this.#memory.push({ wall, market: this.#at });
		if (this.#memory.length > MEMORY_SAMPLES) this.#memory = this.#memory.slice(-MEMORY_SAMPLES / 2);
	}

	/** Runs at the real speed, on the line through `(wall, market)`, up to just before `next`. */
	run(line: { market: Ms; wall: Ms }, next: Ms): void {
		this.#run = { ...line, ceiling: next - 1 };
	}

	/**
	 * The market times that a request may bear to be at most `window` old by the wall: Bybit's rule
	 * `now − window ≤ timestamp < now + 1000`, stretched by the speed. Where time stands still, a client's own clock runs on, and so does the upper end.
	 */
	fresh(window: Ms): { from: Ms; before: Ms } {
		const now = this.now();
		const wall = this.#wall();
		const stretch = typeof this.#speed === "number" ? Math.max(1, this.#speed) : 1;
		const from = typeof this.#speed === "number" ? now - window * stretch : Math.min(now - window, this.#stoodAt(wall - window));
		const idle = this.#run === undefined ? Math.max(0, wall - this.#movedWall) : 0;
		return { from: from + this.skew, before: now + 1000 * stretch + idle + this.skew };
	}

	/** What this clock will show after so long by the wall. */
	after(wall: Ms): Ms {
		return this.skew + Math.ceil(this.now() + wall * (typeof this.#speed === "number" ? this.#speed : 1));
	}

	wall(): Ms {
		return this.#wall();
	}

	#stoodAt(wall: Ms): Ms {
		const sample = this.#memory.findLast((entry) => entry.wall <= wall) ?? this.#memory[0];
		return sample?.market ?? this.#at;
	}
}
