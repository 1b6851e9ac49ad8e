// The log: one JSON line an event in `anchorwatch-YYYY.jsonl`, by year in UTC. Lines are written at once, so that a crash loses none.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import type { Command, Note } from "../engine/command.ts";
import type { LogLevel } from "../std/log-level.ts";
import { UsageError } from "../std/usage-error.ts";
import { usdtNumber } from "../units/grid.ts";
import { noteText } from "./note-text.ts";

/** Notes that ask for somebody's attention, and those that only detail-seekers read. */
const NOTE_LEVELS: Partial<Record<Note["what"], LogLevel>> = {
	tripped: "error",
	refused: "warn",
	skipped: "debug",
	evaluated: "debug",
	state: "debug",
};

type NoteCommand = Extract<Command, { kind: "note" }>;

export class Log {
	readonly #logger: pino.Logger;
	readonly #stream: ReturnType<typeof pino.destination>;

	constructor(options: { dir: string; level: LogLevel; year: number; run: string; environment?: string }) {
		const file = join(options.dir, `anchorwatch-${options.year}.jsonl`);
		try {
			mkdirSync(options.dir, { recursive: true });
			this.#stream = pino.destination({ dest: file, sync: true });
		} catch (cause) {
			throw new UsageError(
				`${file}: cannot be written (${cause instanceof Error ? cause.message : String(cause)}); check log.dir and its permissions`,
				{ cause },
			);
		}
		const { run, environment } = options;
		const base = environment === undefined ? { run } : { run, environment };
		this.#logger = pino({ level: options.level, base, timestamp: pino.stdTimeFunctions.isoTime }, this.#stream);
	}

	line(level: LogLevel, text: string, fields: object = {}): void {
		this.#logger[level](fields, text);
	}

	/** `at` is the market's time, which in a simulation is not the wall's. */
	note({ at, symbol, note, cash, coin }: NoteCommand): void {
		this.line(NOTE_LEVELS[note.what] ?? "info", noteText(symbol, note) ?? note.what, { at, symbol, ...note, cash: usdtNumber(cash), coin });
	}

	close(): void {
		this.#stream.flushSync();
		this.#stream.end();
	}
}
