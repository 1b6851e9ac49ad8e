// Wakes its owner at a time of the owner's own clock, through one timer of the process.

import type { Ms } from "../units/unit.ts";

const NEVER: Ms = Number.POSITIVE_INFINITY;
/** No timer is set for longer: the owner's clock may be corrected meanwhile. */
const AT_MOST: Ms = 60_000;

export class Alarm {
	readonly #ring: () => void;
	#at = NEVER;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** It may ring early, and has to be set again each time. */
	constructor(ring: () => void) {
		this.#ring = ring;
	}

	/** One that is set for that time already is left as it is. */
	set(at: Ms, now: Ms): void {
		if (at === this.#at) return;
		this.clear();
		if (at === NEVER) return;
		this.#at = at;
		const wait = Math.max(1, Math.min(AT_MOST, at - now));
		this.#timer = setTimeout(() => {
			this.#at = NEVER;
			this.#ring();
		}, wait);
	}

	clear(): void {
		clearTimeout(this.#timer);
		this.#at = NEVER;
	}
}
