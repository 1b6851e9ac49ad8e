// What happened in a seed: a running hash always, the text of every line when somebody wants to read it.

const PRIME = 0x01000193;

/** The hashes of the few texts that come again and again. */
const CODES = new Map<string, number>();
const CODES_MAX = 1000;

function codeOf(text: string): number {
	const known = CODES.get(text);
	if (known !== undefined) return known;
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
	if (CODES.size < CODES_MAX) CODES.set(text, hash);
	return hash;
}

export class Transcript {
	readonly lines: string[] = [];
	readonly #writes: boolean;
	#hash = 0x811c9dc5;

	constructor(writes: boolean) {
		this.#writes = writes;
	}

	get writes(): boolean {
		return this.#writes;
	}

	get hash(): string {
		return (this.#hash >>> 0).toString(16).padStart(8, "0");
	}

	/** Goes into the hash alone. */
	number(value: number): void {
		this.#hash = Math.imul(this.#hash ^ (value | 0), PRIME);
		this.#hash = Math.imul(this.#hash ^ ((value / 0x100000000) | 0), PRIME);
	}

	text(value: string): void {
		this.#hash = Math.imul(this.#hash ^ codeOf(value), PRIME);
	}

	/** `what` goes into the hash, the rest is only told. */
	line(at: number, what: string, more?: () => string): void {
		this.number(at);
		this.text(what);
		if (this.#writes) this.lines.push(`${clock(at)} ${what}${more === undefined ? "" : ` ${more()}`}`);
	}
}

function clock(at: number): string {
	return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 23) : "never       ";
}
