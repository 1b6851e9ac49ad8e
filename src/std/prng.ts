// A seeded generator (sfc32), forked by name, so that a new draw in one component shifts nothing in another.

export class Prng {
	#a: number;
	#b: number;
	#c: number;
	#counter: number;
	readonly #seed: string;

	constructor(seed: string | number) {
		this.#seed = String(seed);
		let h = 0x811c9dc5;
		const next = (): number => {
			h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
			h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
			h ^= h >>> 15;
			return h >>> 0;
		};
		for (let i = 0; i < this.#seed.length; i++) h = Math.imul(h ^ this.#seed.charCodeAt(i), 0x01000193);
		this.#a = next();
		this.#b = next();
		this.#c = next();
		this.#counter = 1;
		for (let i = 0; i < 15; i++) this.uint32();
	}

	/** An independent generator for the component of that name. */
	fork(name: string): Prng {
		return new Prng(`${this.#seed}/${name}`);
	}

	/** A whole number in [0, 2^32). */
	uint32(): number {
		const t = (this.#a + this.#b + this.#counter) | 0;
		this.#counter = (this.#counter + 1) | 0;
		this.#a = this.#b ^ (this.#b >>> 9);
		this.#b = (this.#c + (this.#c << 3)) | 0;
		this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
		this.#c |= 0;
		return t >>> 0;
	}

	/** A number in [0, 1) with 53 random bits. */
	unit(): number {
		return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000;
	}

	/** A whole number in [0, bound). */
	below(bound: number): number {
		return Math.floor(this.unit() * bound);
	}

	/** True once in `outOf` draws, on average `times` of them. */
	chance(times: number, outOf: number): boolean {
		return this.below(outOf) < times;
	}

	/** A standard normal draw (Marsaglia's polar method). */
	normal(): number {
		for (;;) {
			const u = 2 * this.unit() - 1;
			const v = 2 * this.unit() - 1;
			const s = u * u + v * v;
			if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
		}
	}
}
