// What an operator wants of the bot: rows of the journal that a second process writes, and the bot takes. No run begins by it.

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { LogLevel } from "../std/log-level.ts";
import { UsageError } from "../std/usage-error.ts";
import type { Ms } from "../units/unit.ts";
import { unreadable } from "./unreadable.ts";
import { refuseNewer } from "./version.ts";

export const WISHES_SCHEMA = `
	CREATE TABLE IF NOT EXISTS wishes (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		at REAL NOT NULL,
		wish TEXT NOT NULL,
		done REAL
	) STRICT;
`;

/** What an operator wants of the bot, or of its next start. */
export type PlainWish = "pause" | "resume" | "flatten";
export type OperatorWish = { readonly wish: PlainWish } | { readonly wish: "close"; readonly symbol: string };
export type JournalWish = { readonly id: number; readonly at: Ms } & OperatorWish;
/** As it is given: a plain one may be its name alone. */
export type GivenWish = PlainWish | Extract<OperatorWish, { wish: "close" }>;

/** Of a wish that is about the log. */
export const LEVEL = "log-level";

export function wordsOf(wish: GivenWish): string {
	return typeof wish === "string" ? wish : `${wish.wish} ${wish.symbol}`;
}

/** Of what `wordsOf` gave. */
export function wishOf(words: string): OperatorWish {
	const [wish, symbol = ""] = words.split(" ");
	return wish === "close" ? { wish, symbol } : { wish: wish as PlainWish };
}

/** The wish's number. */
export function addWish(database: DatabaseSync, words: string, at: Ms): number {
	return Number(database.prepare("INSERT INTO wishes (at, wish) VALUES (?, ?)").run(at, words).lastInsertRowid);
}

export function isFulfilled(database: DatabaseSync, id: number): boolean {
	return database.prepare("SELECT done FROM wishes WHERE id = ?").get(id)?.done !== null;
}

/** The wishes of a journal, for a process that is not its bot. */
export class WishBox {
	readonly #database: DatabaseSync;

	/** `file`: that of the journal. */
	constructor(file: string) {
		if (!existsSync(file))
			throw new UsageError(`${file}: there is no journal yet; start the bot with "anchorwatch run", or check journal.dir and environment`);
		try {
			this.#database = new DatabaseSync(file);
			refuseNewer(this.#database, file);
			this.#database.exec(WISHES_SCHEMA);
		} catch (cause) {
			throw cause instanceof UsageError ? cause : unreadable(file, "opened", cause);
		}
	}

	wish(wish: GivenWish, at: Ms): number {
		return addWish(this.#database, wordsOf(wish), at);
	}

	/** How much the log of the bot is to tell from now on. */
	wishLevel(level: LogLevel, at: Ms): number {
		return addWish(this.#database, `${LEVEL} ${level}`, at);
	}

	isFulfilled(id: number): boolean {
		return isFulfilled(this.#database, id);
	}

	close(): void {
		this.#database.close();
	}
}
