// Messages to the operator, kept beside what they tell of: a message is written in the transaction of its note, so that both are on disk or
// neither, and each channel's delivery is a row of its own that only an answer of the channel ends.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Ms } from "../units/unit.ts";
import { sumOf } from "./sums.ts";

export const OUTBOX_SCHEMA = `
	CREATE TABLE IF NOT EXISTS messages (number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, body TEXT NOT NULL, sum TEXT) STRICT;
	CREATE TABLE IF NOT EXISTS deliveries (
		channel TEXT NOT NULL,
		number INTEGER NOT NULL,
		state TEXT NOT NULL CHECK (state IN ('waiting', 'under way', 'sent', 'failed')),
		ended REAL,
		PRIMARY KEY (channel, number)
	) STRICT, WITHOUT ROWID;
	CREATE INDEX IF NOT EXISTS open_deliveries ON deliveries (channel, number) WHERE ended IS NULL;
`;

/** A message of one channel that has no end yet. `tried`: it was under way when its answer was lost, and may have arrived. */
export type OutboxRow = { readonly number: number; readonly at: Ms; readonly body: string; readonly tried: boolean };

export type OutboxCounts = {
	readonly written: number;
	readonly waiting: number;
	readonly sent: number;
	readonly failed: number;
	/** Of those sent: more than `LATE` after what they tell of. */
	readonly late: number;
};

/** One channel's, for who watches: what has no end yet, since when the oldest of it waits, and what ended in this life. */
export type Backlog = {
	readonly channel: string;
	readonly waiting: number;
	readonly oldest: Ms | undefined;
	readonly sent: number;
	readonly failed: number;
};

export const LATE: Ms = 60_000;

/** How a journal lets its outbox write: inside its open transaction, which `commit` ends. */
export type OutboxDoor = { begin(): void; commit(): void };

export class Outbox {
	readonly #door: OutboxDoor;
	readonly #write: StatementSync;
	readonly #address: StatementSync;
	readonly #open: StatementSync;
	readonly #change: StatementSync;
	readonly #count: StatementSync;
	readonly #behind: StatementSync;
	readonly #ended = new Map<string, { sent: number; failed: number }>();
	#channels: readonly string[] = [];

	constructor(database: DatabaseSync, door: OutboxDoor) {
		this.#door = door;
		this.#write = database.prepare("INSERT INTO messages (at, body, sum) VALUES (?, ?, ?)");
		this.#address = database.prepare("INSERT INTO deliveries (channel, number, state) VALUES (?, ?, 'waiting')");
		this.#open = database.prepare(
			"SELECT number, at, body, state FROM deliveries JOIN messages USING (number) WHERE channel = ? AND ended IS NULL ORDER BY number LIMIT ?",
		);
		this.#change = database.prepare("UPDATE deliveries SET state = ?, ended = ? WHERE channel = ? AND number = ?");
		this.#behind = database.prepare(
			"SELECT count(*) AS waiting, min(at) AS oldest FROM deliveries JOIN messages USING (number) WHERE channel = ? AND ended IS NULL",
		);
		this.#count = database.prepare(
			`SELECT count(*) AS written, sum(ended IS NULL) AS waiting, sum(state = 'sent') AS sent, sum(state = 'failed') AS failed,
				sum(state = 'sent' AND ended - at > ${LATE}) AS late FROM deliveries JOIN messages USING (number) WHERE channel = ?`,
		);
	}

	/** Whom messages written from now on are for. */
	addressTo(channels: readonly string[]): void {
		this.#channels = channels;
	}

	/** On disk with what else is written until the next commit. */
	write(at: Ms, body: unknown): void {
		if (this.#channels.length === 0) return;
		this.#door.begin();
		const text = JSON.stringify(body);
		const number = this.#write.run(at, text, sumOf([at, text])).lastInsertRowid;
		for (const channel of this.#channels) this.#address.run(channel, number);
	}

	/** The oldest that are not delivered, at most so many. */
	waiting(channel: string, most: number): OutboxRow[] {
		return this.#open.all(channel, most).map((row) => ({
			number: Number(row.number),
			at: Number(row.at),
			body: String(row.body),
			tried: row.state === "under way",
		}));
	}

	/** Said, and on disk, before they leave. */
	leaves(channel: string, numbers: readonly number[]): void {
		this.#set(channel, numbers, "under way", null);
	}

	/** They are there, they will never be, or they certainly did not leave and wait again. */
	settle(channel: string, numbers: readonly number[], state: "sent" | "failed" | "waiting", at: Ms): void {
		this.#set(channel, numbers, state, state === "waiting" ? null : at);
		if (state === "waiting") return;
		const ended = this.#ended.get(channel) ?? { sent: 0, failed: 0 };
		ended[state] += numbers.length;
		this.#ended.set(channel, ended);
	}

	/** Of each channel that messages are written for. */
	get backlogs(): Backlog[] {
		return this.#channels.map((channel) => {
			const row = this.#behind.get(channel);
			const oldest = typeof row?.oldest === "number" ? row.oldest : undefined;
			return { channel, waiting: Number(row?.waiting), oldest, ...(this.#ended.get(channel) ?? { sent: 0, failed: 0 }) };
		});
	}

	counts(channel: string): OutboxCounts {
		const row = this.#count.get(channel);
		const [written, waiting, sent, failed, late] = [row?.written, row?.waiting, row?.sent, row?.failed, row?.late].map(Number);
		return { written: written ?? 0, waiting: waiting ?? 0, sent: sent ?? 0, failed: failed ?? 0, late: late ?? 0 };
	}

	#set(channel: string, numbers: readonly number[], state: string, ended: Ms | null): void {
		this.#door.begin();
		for (const number of numbers) this.#change.run(state, ended, channel, number);
		this.#door.commit();
	}
}
