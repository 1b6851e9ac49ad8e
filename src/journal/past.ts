// What the journal knows of the past, for questions of the operator to a running bot: closed trades of all runs, what was noted of one of
// them, equity from heartbeats, and how the life before ended. Read only, on a connection of its own that lives as long as a question.

import { DatabaseSync } from "node:sqlite";
import type { Note } from "../engine/command.ts";
import type { Heartbeat } from "../report/heartbeat.ts";
import type { Trade } from "../report/trade.ts";
import type { Signal } from "../strategy/port.ts";
import { addUsdt } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import { type JournalKind, journalFile } from "./journal.ts";

type Noted<What extends Note["what"]> = { readonly at: Ms; readonly symbol: string } & Extract<Note, { what: What }>;
type Window = { readonly from: Ms; readonly to?: Ms; readonly most?: number };

/** Among the last notes of a life is its last heartbeat. */
const LAST_NOTES = 20;
/** A message of a stop is written when everything else has been. */
const LAST_MESSAGES = 5;
/** The outbox tells the time by this machine's clock, entries by the exchange's. */
const CLOCKS_DIFFER: Ms = 60_000;

export class Past {
	readonly #database: DatabaseSync;

	private constructor(database: DatabaseSync) {
		this.#database = database;
	}

	/** Asks one thing and lets go of the file. */
	static ask<Answer>(dir: string, kind: JournalKind, question: (past: Past) => Answer): Answer {
		const database = new DatabaseSync(journalFile(dir, kind), { readOnly: true });
		try {
			return question(new Past(database));
		} finally {
			database.close();
		}
	}

	/** Closed in the window, oldest first; with `most` the newest of them. */
	trades(window: Window): Trade[] {
		return this.#outcomes("flat", window).map(({ trade }) => trade);
	}

	/** Funding that came after its trade had been counted, in sum: positive when paid. */
	lateFunding(window: Window): Usdt {
		return addUsdt(...this.#outcomes("lateFunding", window).map(({ amount }) => amount));
	}

	/** Notes of that kind on one symbol, oldest first. */
	notes<What extends Note["what"]>(what: What, symbol: string, window: Window): Noted<What>[] {
		return this.#notes(what, window).filter((note) => note.symbol === symbol);
	}

	/** The latest evaluation of a symbol since then, and why its signal was passed over. */
	signal(symbol: string, since: Ms): { readonly at: Ms; readonly signal: Signal; readonly skipped: string | undefined } | undefined {
		const row = this.#database
			.prepare(
				`SELECT at, body FROM entries WHERE kind = 'note' AND at >= ? AND body ->> 'what' IN ('evaluated', 'entering', 'skipped')
					AND body ->> 'symbol' = ? ORDER BY at DESC, seq DESC LIMIT 1`,
			)
			.get(since, symbol);
		if (row === undefined) return undefined;
		const note = JSON.parse(String(row.body), known) as Noted<"evaluated" | "entering" | "skipped">; // as the bot wrote it
		return { at: Number(row.at), signal: note.signal, skipped: note.what === "skipped" ? note.why : undefined };
	}

	/** Equity at heartbeats, USDT, oldest first. */
	equity({ from }: Pick<Window, "from">): { readonly at: Ms; readonly low: number; readonly high: number; readonly now: number }[] {
		return this.#database
			.prepare(
				`SELECT at, body -> '$.equity' AS equity FROM entries INDEXED BY beats
					WHERE kind = 'note' AND body ->> 'what' = 'heartbeat' AND at >= ? ORDER BY at, seq`,
			)
			.all(from)
			.flatMap(({ at, equity }) => {
				const figures = equity === null ? undefined : (JSON.parse(String(equity)) as NonNullable<Heartbeat["equity"]>); // as the bot wrote it
				return figures === undefined ? [] : [{ at: Number(at), ...figures }];
			});
	}

	/** The life before that run, by its newest entry; undefined when there was none. */
	lifeBefore(run: string): { readonly how: "crash" | "failed" | "stopped"; readonly at: Ms } | undefined {
		const life = this.#lifeWithHeart(run);
		const last = this.#newestOf(life, run);
		if (last === undefined) return undefined;
		const at = Number(last.at);
		const how = life === undefined ? this.#farewell(at) : this.#endOf(life);
		return { how: how ?? "crash", at };
	}

	/**
	 * A process that only closes everything (`flatten`) writes entries, and is no life: it has no heartbeats. In their order, not by their
	 * times: a clock that was wrong once may have dated one into the future.
	 */
	#lifeWithHeart(run: string): string | undefined {
		const beat = this.#database
			.prepare(
				`SELECT run FROM entries NOT INDEXED WHERE kind = 'note' AND body ->> 'what' = 'heartbeat' AND run <> ?
					ORDER BY seq DESC LIMIT 1`,
			)
			.get(run);
		return beat === undefined ? undefined : String(beat.run);
	}

	/** Of that life, or, in a journal from before heartbeats, of any other than ours. */
	#newestOf(life: string | undefined, ours: string): Record<string, unknown> | undefined {
		const whose = life === undefined ? "run <> ?" : "run = ?";
		return this.#database.prepare(`SELECT run, at FROM entries WHERE ${whose} ORDER BY seq DESC LIMIT 1`).get(life ?? ours);
	}

	/** By the heartbeat with which a life ends. */
	#endOf(run: string): "failed" | "stopped" | undefined {
		const notes = this.#database
			.prepare("SELECT body FROM entries NOT INDEXED WHERE kind = 'note' AND run = ? ORDER BY seq DESC LIMIT ?")
			.all(run, LAST_NOTES);
		for (const { body } of notes) {
			const note = JSON.parse(String(body)) as Heartbeat | Note; // as the bot wrote it
			if (note.what === "heartbeat" && note.end !== undefined) return note.end;
		}
		return undefined;
	}

	/** By what was told of it: journals from before heartbeats have no other sign. */
	#farewell(since: Ms): "failed" | "stopped" | undefined {
		const messages = this.#database.prepare("SELECT at, body FROM messages ORDER BY number DESC LIMIT ?").all(LAST_MESSAGES);
		for (const { at, body } of messages) {
			const told = JSON.parse(String(body)) as { event?: string; why?: string }; // as the bot wrote it
			if (told.event === "stopped" && Number(at) > since - CLOCKS_DIFFER) return told.why === undefined ? "stopped" : "failed";
		}
		return undefined;
	}

	/** Trades and funding after them: an index of their own finds them without going through every evaluation. */
	#outcomes<What extends "flat" | "lateFunding">(what: What, { from, to = Number.MAX_SAFE_INTEGER, most = -1 }: Window): Noted<What>[] {
		return this.#database
			.prepare(
				`SELECT at, body FROM entries INDEXED BY outcomes WHERE kind = 'note' AND body ->> 'what' IN ('flat', 'lateFunding')
					AND body ->> 'what' = ? AND at >= ? AND at < ? ORDER BY at DESC, seq DESC LIMIT ?`,
			)
			.all(what, from, to, most)
			.map(({ at, body }) => ({ ...(JSON.parse(String(body)) as Noted<What>), at: Number(at) })) // as the bot wrote it
			.reverse();
	}

	#notes<What extends Note["what"]>(what: What, { from, to = Number.MAX_SAFE_INTEGER, most = -1 }: Window): Noted<What>[] {
		return this.#database
			.prepare(
				"SELECT at, body FROM entries WHERE kind = 'note' AND body ->> 'what' = ? AND at >= ? AND at < ? ORDER BY at DESC, seq DESC LIMIT ?",
			)
			.all(what, from, to, most)
			.map(({ at, body }) => ({ ...(JSON.parse(String(body)) as Noted<What>), at: Number(at) })) // as the bot wrote it
			.reverse();
	}
}

/** JSON knows no NaN: a figure that was none is absent. */
function known(_key: string, value: unknown): unknown {
	return value === null ? undefined : value;
}
