// The real journal as a seed's memory. When the process dies, the next life finds the files as they lay on the disk at that moment: what was
// not committed is not in them.

import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../src/engine/command.ts";
import type { Event } from "../../src/engine/event.ts";
import { Journal, readRun } from "../../src/journal/journal.ts";
import type { Ms } from "../../src/units/unit.ts";

export class Disk {
	readonly #folder: string;
	readonly #runs: string[] = [];
	#journal: Journal | undefined;
	#lives = 0;

	/** An empty folder. */
	constructor(folder: string) {
		this.#folder = folder;
	}

	/** A life of that name begins. */
	begin(run: string, at: Ms): void {
		this.#journal = new Journal(this.#here, { name: run, started: at, about: {} });
		this.#runs.push(run);
	}

	/** The process is gone. */
	crash(): void {
		const before = this.#here;
		this.#lives++;
		cpSync(before, this.#here, { recursive: true });
		this.#journal?.close(); // what it still writes, it writes to the folder that nobody reads any more
		this.#journal = undefined;
	}

	kept(): unknown {
		return this.#journal?.kept();
	}

	input(event: Event): void {
		this.#journal?.input(event);
	}

	command(command: Command): void {
		this.#journal?.command(command);
	}

	keep(state: unknown): void {
		this.#journal?.keep(state);
	}

	commit(): void {
		this.#journal?.commit();
	}

	/** What the notes of all lives are about, in order, as the journal has them. */
	notes(): string[] {
		return this.#runs.flatMap((run) =>
			readRun(this.#here, run)
				.filter(({ kind }) => kind === "note")
				.map(({ body }) => (JSON.parse(body) as { what: string }).what),
		);
	}

	close(): void {
		this.#journal?.close();
		this.#journal = undefined;
	}

	get #here(): string {
		return join(this.#folder, String(this.#lives));
	}
}
