// Takes messages from the outbox to one channel, oldest first, and ends each by the channel's own answer. It runs beside trading and never
// in its way: what is behind stays in the outbox, what had to wait is merged, and a channel that fails is asked again later and later.

import type { Ms } from "../units/unit.ts";
import { importanceOf, noteWords, type Told } from "./catalogue.ts";
import { type Happening, happeningImportance, happeningWords } from "./happenings.ts";
import { backoff, Loop } from "./loop.ts";
import { digestLine, escaped, TEXT_MAX } from "./markdown.ts";
import type { Importance, Locale, Message, Notifier, Sent, Timing, Words } from "./message.ts";
import { pickOf } from "./terms.ts";

/** The outbox, as a courier uses it; each change is on disk when the call returns. */
export interface Store {
	waiting(channel: string, most: number): { readonly number: number; readonly at: Ms; readonly body: string; readonly tried: boolean }[];
	leaves(channel: string, numbers: readonly number[]): void;
	settle(channel: string, numbers: readonly number[], state: "sent" | "failed" | "waiting", at: Ms): void;
}

export type CourierOptions = {
	readonly store: Store;
	readonly notifier: Notifier;
	readonly locale: Locale;
	readonly timing: Timing;
	readonly onLine: (level: "info" | "warn" | "error", text: string) => void;
};

/** From so many waiting on, they go out as one. */
const MERGE_FROM = 4;
const MERGE_MOST = 60;
/** How often an empty outbox is looked at. */
const IDLE: Ms = 500;
const BACKOFF = { first: 1000, most: 300_000 } as const;
const BARRED_PAUSE: Ms = 600_000;
/** What a channel's failures may fill a log with. */
const QUIET_AFTER = 3;
/** What is shown of a message that cannot be put into words. */
const UNREAD_MOST = 300;

type Row = ReturnType<Store["waiting"]>[number];

export class Courier {
	readonly #options: CourierOptions;
	readonly #loop: Loop;
	#failures = 0;
	/** The outbox itself has failed. */
	#broken = false;
	#said: string | undefined;
	/** So many go one by one, because all together they were refused. */
	#oneByOne = 0;

	constructor(options: CourierOptions) {
		this.#options = options;
		const { notifier, timing, onLine } = options;
		this.#loop = new Loop({
			round: (signal) => this.#round(signal),
			timing,
			onBreak: (why) => {
				this.#broken = true;
				onLine("error", `${notifier.name}: no more messages (${why})`);
			},
		});
	}

	start(): void {
		this.#loop.start();
	}

	/** Ends after what is under way; what waits stays in the outbox. */
	async stop(): Promise<void> {
		await this.#loop.stop();
	}

	/** Sends all that waits, as long as the channel takes it, within `patience`. */
	async drain(patience: Ms): Promise<void> {
		const { store, notifier, timing } = this.#options;
		const until = timing.now() + patience;
		while (timing.now() < until && this.#failures === 0 && !this.#broken && store.waiting(notifier.name, 1).length > 0)
			await timing.sleep(50, this.#loop.signal);
	}

	/** Sends what is next; gives how long to wait after it. */
	async #round(signal: AbortSignal): Promise<Ms> {
		const { store, notifier, timing } = this.#options;
		const rows = this.#next(store.waiting(notifier.name, MERGE_MOST));
		if (rows.length === 0) return IDLE;
		const numbers = rows.map(({ number }) => number);
		store.leaves(notifier.name, numbers);
		const sent = await notifier.send(this.#message(rows), signal);
		if (signal.aborted && !sent.ok) return 0; // how it ended is unknown, and so is it kept
		if (sent.ok || sent.kind === "refused") return this.#ended(numbers, sent);
		if (sent.kind !== "lost" && !rows.some(({ tried }) => tried)) store.settle(notifier.name, numbers, "waiting", timing.now());
		return this.#pause(sent);
	}

	/** The oldest, as many as go out together: all of them were tried before, or none. */
	#next(rows: readonly Row[]): Row[] {
		const [first] = rows;
		if (first === undefined) return [];
		const end = rows.findIndex(({ tried }) => tried !== first.tried);
		const alike = end < 0 ? rows : rows.slice(0, end);
		if (alike.length < MERGE_FROM || this.#oneByOne > 0) return [first];
		let room = TEXT_MAX - 300;
		const fits = alike.findIndex((row) => {
			room -= escaped(digestLine(row.at, wordsOf(row, this.#options.locale).words)).length + 1;
			return room < 0;
		});
		return fits < 0 ? [...alike] : alike.slice(0, Math.max(1, fits));
	}

	#message(rows: readonly Row[]): Message {
		const { locale } = this.#options;
		const told = rows.map((row) => ({ at: row.at, number: row.number, ...wordsOf(row, locale) }));
		const loudest = (["alarm", "news"] as const).find((level) => told.some(({ importance }) => importance === level));
		return {
			numbers: rows.map(({ number }) => number),
			importance: loudest ?? "quiet",
			repeated: rows.some(({ tried }) => tried),
			parts: told.map(({ at, number, words }) => ({ at, number, words })),
			locale,
		};
	}

	#ended(numbers: readonly number[], sent: Sent): Ms {
		const { store, notifier, timing, onLine } = this.#options;
		if (this.#failures > 0 && sent.ok) onLine("info", `${notifier.name}: messages arrive again`);
		this.#failures = 0;
		this.#said = undefined;
		if (!sent.ok && numbers.length > 1) {
			this.#oneByOne = numbers.length;
			store.settle(notifier.name, numbers, "waiting", timing.now());
			return 0;
		}
		this.#oneByOne = Math.max(0, this.#oneByOne - 1);
		store.settle(notifier.name, numbers, sent.ok ? "sent" : "failed", timing.now());
		if (!sent.ok) onLine("error", `${notifier.name}: message #${numbers[0]} cannot be sent: ${sent.why}`);
		return 0;
	}

	#pause(sent: Exclude<Sent, { ok: true }>): Ms {
		const { notifier, timing, onLine } = this.#options;
		this.#failures++;
		if (this.#failures <= QUIET_AFTER && sent.why !== this.#said)
			onLine("warn", `${notifier.name}: ${sent.why}; messages are kept, trading goes on`);
		this.#said = sent.why;
		if (sent.kind === "barred") return BARRED_PAUSE;
		return Math.max(sent.retryAfter ?? 0, backoff(this.#failures, BACKOFF, timing));
	}
}

type Worded = { readonly words: Words; readonly importance: Importance };

/** A row as words. One that this program cannot read, written by another version, is said to be so: those behind it must arrive. */
function wordsOf({ body }: Row, locale: Locale): Worded {
	try {
		return worded(JSON.parse(body) as Told | Happening, locale); // written by the journal, or by `Happening`'s writer
	} catch {
		const title = pickOf(locale)("이 버전이 읽지 못하는 알림", "A message that this version cannot read");
		return { importance: "news", words: { icon: "✉️", title, rows: [["", body.slice(0, UNREAD_MOST)]] } };
	}
}

/** Of a note, or of something that happened to the bot itself. */
function worded(told: Told | Happening, locale: Locale): Worded {
	if ("event" in told) return { words: happeningWords(told, locale), importance: happeningImportance(told) };
	return { words: noteWords(told, locale), importance: importanceOf(told.note) };
}
