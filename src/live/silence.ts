// Whether the public streams still speak, by the wall's clock: a stream that is silent tells no time. Its line may look alive all the while,
// so it is given up for a new one, and again as long as the new one says nothing either.

import type { Ms } from "../units/unit.ts";

/** How often REST is asked while the streams are silent, and how often their line is made anew. */
const POLL: Ms = 2000;
const RENEW: Ms = 30_000;

export type SilenceOptions = {
	/** So long without market data is silence. */
	readonly staleAfter: Ms;
	readonly onChange: (stale: boolean) => void;
	readonly onRenew: () => void;
	readonly onPoll: () => void;
};

export class Silence {
	readonly #options: SilenceOptions;
	#heardAt = Date.now();
	#stale = false;
	#polledAt = Number.NEGATIVE_INFINITY;
	#renewedAt = Number.NEGATIVE_INFINITY;

	constructor(options: SilenceOptions) {
		this.#options = options;
	}

	/** A message with market data. */
	heard(): void {
		this.#heardAt = Date.now();
	}

	/** To be called a few times a second. */
	look(): void {
		const { staleAfter, onChange, onRenew, onPoll } = this.#options;
		const wall = Date.now();
		const stale = wall - this.#heardAt > staleAfter;
		if (stale !== this.#stale) {
			this.#stale = stale;
			onChange(stale);
		}
		if (!stale) return;
		if (wall - this.#renewedAt >= RENEW) {
			this.#renewedAt = wall;
			onRenew();
		}
		if (wall - this.#polledAt < POLL) return;
		this.#polledAt = wall;
		onPoll();
	}
}
