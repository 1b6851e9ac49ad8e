// Equity at each base candle's close, its peak, and the drawdown guard (spec §8). One loop serves a single live candle and a million
// recorded ones: the rule is written once, and a quiet stretch costs a few nanoseconds a candle.

/** Equity as a line over a symbol's price: `wallet + others + sign · (qty · price − cost)`, USDT. */
export type EquityLine = {
	readonly wallet: number;
	readonly others: number;
	readonly sign: number;
	readonly qty: number;
	readonly cost: number;
};

export class EquityTrack {
	readonly #limit: number;
	#peak: number;
	#tripped = false;
	/** Where the equity of each close is written, when somebody wants the curve. */
	#curve: Float64Array | undefined;

	constructor(terms: { start: number; maxDrawdownPct: number | undefined; curve?: Float64Array | undefined }) {
		this.#limit = terms.maxDrawdownPct === undefined ? Number.POSITIVE_INFINITY : terms.maxDrawdownPct / 100;
		this.#peak = terms.start;
		this.#curve = terms.curve;
	}

	get peak(): number {
		return this.#peak;
	}

	get tripped(): boolean {
		return this.#tripped;
	}

	/** Goes on with the peak of an earlier life of the bot. */
	recall(peak: number): void {
		this.#peak = peak;
	}

	/** Money came into the account or went out of it: neither a profit nor a loss, so the peak goes with it. */
	shift(amount: number): void {
		this.#peak += amount;
	}

	/** Stops judging: the guard has tripped, the curve goes on. */
	trip(): void {
		this.#tripped = true;
	}

	/** A person resumes: a new peak starts at the equity of that moment. */
	resume(equity: number): void {
		this.#tripped = false;
		this.#peak = equity;
	}

	/** Would a balance that low be more than the limit below the peak? */
	wouldBreak(balance: number): boolean {
		return !this.#tripped && this.#peak - balance > this.#peak * this.#limit;
	}

	/** Takes the closes `[from, to)`; the first row at which the guard trips, else `to`. */
	advance(closes: Float64Array, from: number, to: number, { wallet, others, sign, qty, cost }: EquityLine): number {
		// What does not change along the line is computed before the loop: V8 then keeps it as plain doubles, and looks at no object inside.
		const base = wallet + others;
		if (qty === 0) {
			this.#curve?.fill(base, from, to);
			return this.#judge(base) && from < to ? from : to;
		}
		const [slope, offset] = [sign * qty, sign * cost];
		const curve = this.#curve;
		const limit = this.#tripped ? Number.POSITIVE_INFINITY : this.#limit;
		let peak = this.#peak;
		let allowed = peak * limit;
		for (let i = from; i < to; i++) {
			const equity = base + (slope * closes[i]! - offset);
			if (curve !== undefined) curve[i] = equity;
			if (equity > peak) {
				peak = equity;
				allowed = peak * limit;
			} else if (peak - equity >= allowed) {
				this.#peak = peak;
				this.#tripped = true;
				return i;
			}
		}
		this.#peak = peak;
		return to;
	}

	#judge(equity: number): boolean {
		if (equity > this.#peak) this.#peak = equity;
		if (this.#tripped || this.#peak - equity < this.#peak * this.#limit) return false;
		this.#tripped = true;
		return true;
	}
}
