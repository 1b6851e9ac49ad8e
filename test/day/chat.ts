// What arrived in the chat against what the journal holds: every note that is told is one message of the outbox, every message is in the chat
// once and in order, alone or as a line of a digest, with the headline and the time of what it tells of.

import { DatabaseSync } from "node:sqlite";
import { type JournalKind, journalFile } from "../../src/journal/journal.ts";
import { isTold, noteWords, type Told } from "../../src/notify/catalogue.ts";
import { type Happening, happeningWords } from "../../src/notify/happenings.ts";
import { timeText } from "../../src/notify/words.ts";
import type { Ms } from "../../src/units/unit.ts";

type Written = { readonly number: number; readonly at: Ms; readonly body: Told | Happening };

/** One message in the chat, of one number or of several; without its lines only the numbers are judged. */
export type Arrival = { readonly numbers: readonly number[]; readonly marked: boolean; readonly lines: readonly string[] | undefined };

export type Verdict = {
	/** Notes of the journal that the operator is to hear of, and all messages, those of the bot itself included. */
	readonly notes: number;
	readonly messages: number;
	readonly arrivals: number;
	/** How many messages came as lines of digests. */
	readonly digested: number;
	/** What arrived as "sent again", since an earlier answer was lost; and those of them that had indeed arrived before. */
	readonly marked: number;
	readonly repeated: number;
	/** Each a sentence; none is what is wanted. */
	readonly wrong: readonly string[];
};

export function judge(dir: string, kind: JournalKind, arrivals: readonly Arrival[]): Verdict {
	const { notes, written } = readBack(dir, kind);
	const wrong = [
		...outboxProblems(notes, written),
		...orderProblems(
			written.map(({ number }) => number),
			arrivals,
		),
		...textProblems(written, arrivals),
	];
	const numbers = arrivals.flatMap((arrival) => arrival.numbers);
	const marked = arrivals.filter((arrival) => arrival.marked).flatMap((arrival) => arrival.numbers);
	return {
		notes: notes.length,
		messages: written.length,
		arrivals: arrivals.length,
		digested: arrivals.filter(({ numbers }) => numbers.length > 1).flatMap((arrival) => arrival.numbers).length,
		marked: marked.length,
		repeated: numbers.length - new Set(numbers).size,
		wrong,
	};
}

function readBack(dir: string, kind: JournalKind): { notes: string[]; written: Written[] } {
	const database = new DatabaseSync(journalFile(dir, kind), { readOnly: true });
	try {
		const entries = database.prepare("SELECT at, body FROM entries WHERE kind = 'note' ORDER BY seq").all();
		const notes = entries.flatMap(({ at, body }) => {
			const { symbol, cash, coin, ...note } = JSON.parse(String(body)) as Told["note"] & Omit<Told, "note">; // written by the journal
			return isTold(note as Told["note"]) ? [JSON.stringify([at, symbol, cash, coin, note])] : [];
		});
		const rows = database.prepare("SELECT number, at, body FROM messages ORDER BY number").all();
		const written = rows.map(({ number, at, body }) => ({
			number: Number(number),
			at: Number(at),
			body: JSON.parse(String(body)) as Written["body"],
		})); // written by the outbox
		return { notes, written };
	} finally {
		database.close();
	}
}

/** Those of the texts that are messages: every message that is known by a number ends with it. */
export function arrivalsOf(texts: readonly string[]): Arrival[] {
	return texts.flatMap((text) => arrivalOf(text) ?? []);
}

function arrivalOf(text: string): Arrival | undefined {
	const lines = text.split("\n");
	const [, first, last, mark] = /#(\d+)(?:–#(\d+))?( ↻.*)?$/.exec(lines.at(-1) ?? "") ?? [];
	if (first === undefined) return undefined;
	const [from, to] = [Number(first), Number(last ?? first)];
	return { numbers: Array.from({ length: to - from + 1 }, (_, i) => from + i), marked: mark !== undefined, lines };
}

/** One message of the outbox for each note that is told, in the same order and with the same content. */
function outboxProblems(notes: readonly string[], written: readonly Written[]): string[] {
	const kept = written.flatMap(({ at, body }) =>
		"event" in body ? [] : [JSON.stringify([at, body.symbol, body.cash, body.coin, body.note])],
	);
	const at = notes.findIndex((note, i) => note !== kept[i]);
	if (at < 0 && notes.length === kept.length) return [];
	return [
		`the outbox holds ${kept.length} notes where the journal tells ${notes.length}; the first that differs: ${notes[at] ?? kept[notes.length]}`,
	];
}

/** Each of the numbers once and in order, or again where it says so. */
export function orderProblems(written: readonly number[], arrivals: readonly Arrival[]): string[] {
	const wrong: string[] = [];
	const seen = new Set<number>();
	let latest = 0;
	for (const { numbers, marked } of arrivals) {
		for (const number of numbers) {
			const again = seen.has(number);
			if (again && !marked) wrong.push(`#${number} came twice, and the second did not say so`);
			if (!again && number < latest) wrong.push(`#${number} came after #${latest}`);
			seen.add(number);
			latest = Math.max(latest, number);
		}
	}
	for (const number of written) if (!seen.has(number)) wrong.push(`#${number} never came`);
	if (seen.size > written.length) wrong.push("numbers came that the outbox does not know");
	return wrong;
}

/** A message alone ends with its time; a digest has its head, a line with the time for each, and the numbers. */
function textProblems(written: readonly Written[], arrivals: readonly Arrival[]): string[] {
	const known = new Map(written.map((message) => [message.number, message]));
	return arrivals.flatMap(({ numbers, lines }) => {
		if (lines === undefined) return [];
		const alone = numbers.length === 1;
		if (!alone && lines.length !== numbers.length + 2)
			return [`#${numbers[0]} and after: ${lines.length} lines for ${numbers.length} messages`];
		return numbers.flatMap((number, i) => {
			const message = known.get(number);
			if (message === undefined) return [];
			const time = timeText(message.at);
			const [titled, timed] = alone ? [lines[0], lines.at(-1)] : [lines[i + 1], lines[i + 1]];
			const { title } = wordsOf(message.body);
			const fits = titled?.includes(title) === true && timed?.includes(time) === true;
			return fits ? [] : [`#${number} should say "${title}" at ${time}: ${titled}`];
		});
	});
}

function wordsOf(body: Written["body"]): { readonly title: string } {
	return "event" in body ? happeningWords(body, "en") : noteWords(body, "en");
}
