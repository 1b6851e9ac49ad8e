// A progress bar on a terminal, silence elsewhere: drawn on stderr, so that what a program prints stays clean.

const WIDTH = 30;
/** Redrawn at most this often, ms. */
const EVERY = 80;

export class Progress {
	readonly #label: string;
	readonly #total: number;
	readonly #live: boolean;
	#drawn = 0;

	constructor(label: string, total: number) {
		this.#label = label;
		this.#total = total;
		this.#live = process.stderr.isTTY === true && process.env.TERM !== "dumb";
	}

	/** `note` follows the percentage. */
	show(done: number, note = ""): void {
		if (!this.#live) return;
		const now = performance.now();
		if (now - this.#drawn < EVERY && done < this.#total) return;
		this.#drawn = now;
		const share = this.#total === 0 ? 1 : Math.min(1, done / this.#total);
		const full = Math.round(share * WIDTH);
		const text = `${this.#label} ${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${(share * 100).toFixed(0).padStart(3)} %${note === "" ? "" : `  ${note}`}`;
		process.stderr.write(`\r${text.slice(0, (process.stderr.columns ?? 100) - 1)}\u001b[K`);
	}

	/** Takes the bar away. */
	clear(): void {
		if (this.#live) process.stderr.write("\r\u001b[K");
	}
}
