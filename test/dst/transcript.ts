// What happened in a seed: a running hash always, the text of every line when somebody wants to read it.

const PRIME = 0x01000193;

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
		for (let i = 0; i < value.length; i++) this.#hash = Math.imul(this.#hash ^ value.charCodeAt(i), PRIME);
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
