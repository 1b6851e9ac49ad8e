// A live line at the foot of a terminal, with events scrolling above it; on a pipe only the events, and a line at each tenth of the way.

const EVERY = 100;

export class StatusLine {
	readonly #live = process.stdout.isTTY === true && process.env.TERM !== "dumb";
	#text = "";
	#drawnAt = 0;
	#tenth = 0;

	/** The line's new text; `share` is how much is done, from 0 to 1. `text` is asked for only when it is drawn. */
	show(share: number, text: () => string): void {
		if (!this.#live) {
			const tenth = Math.floor(share * 10);
			if (tenth > this.#tenth) process.stdout.write(`${text()}\n`);
			this.#tenth = tenth;
			return;
		}
		const now = performance.now();
		if (now - this.#drawnAt < EVERY) return;
		this.#drawnAt = now;
		this.#text = text();
		this.#draw();
	}

	/** An event above the line. */
	print(text: string): void {
		if (this.#live) process.stdout.write("\r\u001b[K");
		process.stdout.write(`${text}\n`);
		if (this.#live) this.#draw();
	}

	clear(): void {
		if (this.#live) process.stdout.write("\r\u001b[K");
		this.#text = "";
	}

	#draw(): void {
		process.stdout.write(`\r${this.#text.slice(0, (process.stdout.columns ?? 100) - 1)}\u001b[K`);
	}
}
