// Whether the public streams still speak of each symbol, by the wall's clock: a stream that is silent tells no time. Where none is spoken
// of, the line may look alive all the while: it is given up for a new one, and again as long as the new one says nothing either.

import type { Ms } from "../units/unit.ts";

/** How often REST is asked while the streams are silent, and how often their line is made anew. */
const POLL: Ms = 2000;
const RENEW: Ms = 30_000;

export type SilenceOptions = {
	readonly symbols: readonly string[];
	/** So long without market data is silence. */
	readonly staleAfter: Ms;
	readonly onChange: (symbol: string, stale: boolean) => void;
	readonly onRenew: () => void;
	readonly onPoll: () => void;
};

export class Silence {
	readonly #options: SilenceOptions;
	readonly #heardAt: Map<string, Ms>;
	readonly #silent = new Set<string>();
	#polledAt = Number.NEGATIVE_INFINITY;
	#renewedAt = Number.NEGATIVE_INFINITY;

	constructor(options: SilenceOptions) {
		this.#options = options;
		const now = Date.now();
		this.#heardAt = new Map(options.symbols.map((symbol) => [symbol, now]));
	}

	/** A message with market data. */
	heard(symbol: string): void {
		if (this.#heardAt.has(symbol)) this.#heardAt.set(symbol, Date.now());
	}

	/** To be called a few times a second. */
	look(): void {
		const { onRenew, onPoll } = this.#options;
		const wall = Date.now();
		for (const [symbol, heardAt] of this.#heardAt) this.#judge(symbol, wall - heardAt);
		if (this.#silent.size === 0) return;
		if (this.#silent.size === this.#heardAt.size && wall - this.#renewedAt >= RENEW) {
			this.#renewedAt = wall;
			onRenew();
		}
		if (wall - this.#polledAt < POLL) return;
		this.#polledAt = wall;
		onPoll();
	}

	#judge(symbol: string, quietFor: Ms): void {
		const stale = quietFor > this.#options.staleAfter;
		if (stale === this.#silent.has(symbol)) return;
		if (stale) this.#silent.add(symbol);
		else this.#silent.delete(symbol);
		this.#options.onChange(symbol, stale);
	}
}
