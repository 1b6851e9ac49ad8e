// Ids seen lately: what comes again is known, what is old enough is forgotten.

import type { Ms } from "../../units/unit.ts";

/** Whatever its age, the newest so many are kept. */
const KEPT_MIN = 16;

export class Recent {
	readonly #seen = new Map<string, Ms>();
	readonly #keepFor: Ms;

	constructor(keepFor: Ms, saved: readonly (readonly [string, Ms])[] = []) {
		this.#keepFor = keepFor;
		for (const [id, at] of saved) this.#seen.set(id, at);
	}

	has(id: string): boolean {
		return this.#seen.has(id);
	}

	/** True when the id is new. */
	add(id: string, at: Ms): boolean {
		if (this.#seen.has(id)) return false;
		this.#seen.set(id, at);
		this.forget(at - this.#keepFor);
		return true;
	}

	saved(): [string, Ms][] {
		return [...this.#seen];
	}

	/** Lets go what is older. */
	forget(before: Ms): void {
		if (this.#seen.size <= KEPT_MIN) return;
		for (const [id, at] of this.#seen) {
			if (this.#seen.size <= KEPT_MIN || at >= before) return;
			this.#seen.delete(id);
		}
	}
}
