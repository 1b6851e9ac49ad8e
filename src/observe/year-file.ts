// A text file of one year in UTC, written a line at a time and at once: a crash loses no line, a killed process at most the one it was
// writing. What cannot be written now is let go, and the file is tried again a little later: trading waits for no log.

import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../std/message-of.ts";
import type { Ms } from "../units/unit.ts";

/** After a failure the file is left alone for so long. */
const RETRY: Ms = 5000;
const NEWLINE = 0x0a;

export class YearFile {
	readonly #dir: string;
	readonly #end: string;
	readonly #now: () => Ms;
	#fd: number | undefined;
	#year = Number.NaN;
	/** The last line has no end: of a process that was killed, or of a disk that was full. */
	#torn = false;
	#failedAt: Ms | undefined;

	/** `anchorwatch-YYYY.<end>` in `dir`. What is made here is its owner's alone: it tells of an account. */
	constructor(dir: string, end: string, now: () => Ms) {
		this.#dir = dir;
		this.#end = end;
		this.#now = now;
	}

	get path(): string {
		return this.#pathOf(new Date(this.#now()).getUTCFullYear());
	}

	/** Throws what the file system says. */
	open(): void {
		this.#openFor(new Date(this.#now()).getUTCFullYear());
	}

	/** Why the line, given without its end, could not be written; undefined when it was. `later`: it was not even tried. */
	write(line: string): string | undefined {
		const now = this.#now();
		if (this.#failedAt !== undefined && Math.abs(now - this.#failedAt) < RETRY) return "later";
		try {
			const year = new Date(now).getUTCFullYear();
			if (this.#fd === undefined || year !== this.#year) this.#openFor(year);
			this.#put(`${this.#torn ? "\n" : ""}${line}\n`);
			this.#failedAt = undefined;
			return undefined;
		} catch (cause) {
			this.close();
			this.#failedAt = now;
			return messageOf(cause);
		}
	}

	close(): void {
		if (this.#fd === undefined) return;
		const fd = this.#fd;
		this.#fd = undefined;
		try {
			closeSync(fd);
		} catch {
			// A disk that fails at the end has been told of, or has nothing of ours left to lose.
		}
	}

	#pathOf(year: number): string {
		return join(this.#dir, `anchorwatch-${year}.${this.#end}`);
	}

	#openFor(year: number): void {
		this.close();
		mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
		this.#fd = openSync(this.#pathOf(year), "a+", 0o600);
		this.#year = year;
		this.#torn = isTorn(this.#fd);
	}

	#put(text: string): void {
		const bytes = Buffer.from(text);
		for (let done = 0; done < bytes.length; ) {
			const count = writeSync(this.#fd as number, bytes, done); // it was opened above
			done += count;
			this.#torn = done < bytes.length;
		}
	}
}

function isTorn(fd: number): boolean {
	const stat = fstatSync(fd);
	if (!stat.isFile() || stat.size === 0) return false;
	const last = Buffer.alloc(1);
	readSync(fd, last, 0, 1, stat.size - 1);
	return last[0] !== NEWLINE;
}
