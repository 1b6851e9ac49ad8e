// How long things took, in buckets that grow by a tenth: cheap to add to, exact enough for percentiles, and never larger.

const SMALLEST = 0.001;
const GROWTH = Math.log(1.1);
const BUCKETS = 250;

export class Histogram {
	readonly #counts = new Float64Array(BUCKETS);
	#count = 0;
	#sum = 0;
	#max = 0;

	get count(): number {
		return this.#count;
	}

	get sum(): number {
		return this.#sum;
	}

	get max(): number {
		return this.#max;
	}

	/** `value` in milliseconds, or any other unit above 0.001. */
	add(value: number): void {
		const bucket = value <= SMALLEST ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(value / SMALLEST) / GROWTH));
		this.#counts[bucket]! += 1;
		this.#count++;
		this.#sum += value;
		this.#max = Math.max(this.#max, value);
	}

	/** The upper end of the bucket that holds that share of all values; NaN when there are none. */
	percentile(share: number): number {
		if (this.#count === 0) return Number.NaN;
		let seen = 0;
		for (let bucket = 0; bucket < BUCKETS; bucket++) {
			seen += this.#counts[bucket]!;
			if (seen >= share * this.#count) return Math.min(this.#max, SMALLEST * Math.exp(bucket * GROWTH));
		}
		return this.#max;
	}

	/** How many values were at most `bound`, to the width of a bucket. */
	atMost(bound: number): number {
		const last = bound <= SMALLEST ? 0 : Math.floor(Math.log(bound / SMALLEST) / GROWTH + 1e-9);
		let seen = 0;
		for (let bucket = 0; bucket <= Math.min(last, BUCKETS - 1); bucket++) seen += this.#counts[bucket]!;
		return seen;
	}

	text(): string {
		const [p50, p99] = [this.percentile(0.5), this.percentile(0.99)];
		return `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms, at most ${this.#max.toFixed(3)} ms, ${this.#count} orders`;
	}
}
