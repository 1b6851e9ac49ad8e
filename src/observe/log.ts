// The log: each event as a JSON line in `anchorwatch-YYYY.jsonl` and as a line for people in `anchorwatch-YYYY.log`, by year in UTC, and what
// is said on the console. Everything that leaves here has gone through `mask`, so that no secret is told whoever handed it in. A file that
// cannot be written any more is told of once, counted, and tried again; only at the start it is an error.

import pino from "pino";
import type { Command, Note } from "../engine/command.ts";
import type { LogLevel } from "../std/log-level.ts";
import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { noteText } from "./note-text.ts";
import { YearFile } from "./year-file.ts";

/** Notes that ask for somebody's attention, and those that only detail-seekers read. */
const NOTE_LEVELS: Partial<Record<Note["what"], LogLevel>> = {
	tripped: "error",
	refused: "warn",
	difference: "warn",
	doubted: "warn",
	unprotected: "warn",
	unexplained: "warn",
	skipped: "debug",
	evaluated: "debug",
	state: "debug",
};

type NoteCommand = Extract<Command, { kind: "note" }>;

/** What a line may carry beside its text; an error belongs under `err`. */
export type Fields = {
	readonly symbol?: string | undefined;
	/** The entry order's id: the same from the signal to the end of the trade. */
	readonly trail?: string | undefined;
	readonly err?: unknown;
	readonly [name: string]: unknown;
};

export type LogOptions = {
	readonly dir: string;
	readonly level: LogLevel;
	readonly run: string;
	readonly environment?: string;
	/** Hides what must not be told. */
	readonly mask?: (text: string) => string;
	/** Writes to the console. */
	readonly print?: (line: string) => void;
	/** The files can be written no more, or again; told once each time. */
	readonly onTrouble?: (level: "error" | "info", text: string) => void;
	readonly now?: () => Ms;
};

export class Log {
	readonly #options: LogOptions;
	readonly #mask: (text: string) => string;
	readonly #now: () => Ms;
	readonly #logger: pino.Logger;
	readonly #json: YearFile;
	readonly #plain: YearFile;
	readonly #written = new Map<LogLevel, number>();
	#lost = 0;
	/** Lines lost since the files could last be written; undefined while they can. */
	#losing: number | undefined;
	#problem: string | undefined;

	constructor(options: LogOptions) {
		this.#options = options;
		this.#mask = options.mask ?? ((text) => text);
		this.#now = options.now ?? Date.now;
		this.#json = new YearFile(options.dir, "jsonl", this.#now);
		this.#plain = new YearFile(options.dir, "log", this.#now);
		for (const file of [this.#json, this.#plain]) openFirst(file);
		const { run, environment } = options;
		const base = environment === undefined ? { run } : { run, environment };
		const timestamp = (): string => `,"time":"${new Date(this.#now()).toISOString()}"`;
		this.#logger = pino({ level: options.level, base, timestamp }, { write: (line: string) => this.#put(this.#json, line.trimEnd()) });
	}

	get level(): LogLevel {
		return this.#logger.level as LogLevel; // never set to anything else
	}

	set level(level: LogLevel) {
		this.#logger.level = level;
	}

	/** Lines that are in both files, by level. */
	get written(): ReadonlyMap<LogLevel, number> {
		return this.#written;
	}

	/** Lines that are not in both files. */
	get lost(): number {
		return this.#lost;
	}

	get failing(): boolean {
		return this.#losing !== undefined;
	}

	line(level: LogLevel, text: string, fields: Fields = {}): void {
		if (!this.#logger.isLevelEnabled(level)) return;
		this.#problem = undefined;
		this.#logger[level](fields, text);
		this.#put(this.#plain, this.#plainLine(level, text, fields));
		this.#judge(level);
	}

	/** `at` is the market's time, which in a simulation is not the wall's. */
	note({ at, symbol, note, cash, coin }: NoteCommand, trail?: string): void {
		this.line(NOTE_LEVELS[note.what] ?? "info", noteText(symbol, note) ?? note.what, {
			at,
			symbol,
			trail,
			...note,
			cash: usdtNumber(cash),
			coin,
		});
	}

	/** A line on the console alone. */
	say(text: string): void {
		this.#options.print?.(this.#mask(oneLine(text)));
	}

	close(): void {
		this.#json.close();
		this.#plain.close();
	}

	#plainLine(level: LogLevel, text: string, { symbol, trail, err }: Fields): string {
		const time = new Date(this.#now()).toISOString().replace("T", " ");
		const about = typeof symbol === "string" && !text.startsWith(symbol) ? `${symbol} ` : "";
		const cause = err === undefined ? "" : `: ${messageOf(err)}`;
		return `${time}  ${level.toUpperCase().padEnd(5)}  ${about}${oneLine(text + cause)}${trail === undefined ? "" : `  [${trail}]`}`;
	}

	#put(file: YearFile, line: string): void {
		this.#problem = file.write(this.#mask(line)) ?? this.#problem;
	}

	#judge(level: LogLevel): void {
		const problem = this.#problem;
		if (problem === undefined) {
			this.#written.set(level, (this.#written.get(level) ?? 0) + 1);
			return this.#recovered();
		}
		this.#lost++;
		const isNews = this.#losing === undefined;
		this.#losing = (this.#losing ?? 0) + 1;
		if (isNews)
			this.#options.onTrouble?.("error", `the log cannot be written (${problem}): trading goes on, and it is tried again; check log.dir`);
	}

	#recovered(): void {
		if (this.#losing === undefined) return;
		const count = this.#losing;
		this.#losing = undefined;
		this.#options.onTrouble?.("info", `the log is written again; ${count} of its lines were lost`);
	}
}

function openFirst(file: YearFile): void {
	try {
		file.open();
	} catch (cause) {
		throw new UsageError(`${file.path}: cannot be written (${messageOf(cause)}); check log.dir and its permissions`, { cause });
	}
}

/** Text from outside makes no lines of its own, and moves no cursor. */
function oneLine(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
	return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}
