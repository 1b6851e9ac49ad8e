// When something was last heard: of each public topic, and through it of each symbol. A line that is up may have gone quiet all the same;
// whether that is odd for this market is the caller's judgement. Costs a look-up for each message, and no allocation.

import type { Ms } from "../units/unit.ts";

/** One place for a time, changed where it stands. */
type Mark = { at: Ms };
type Topic = { readonly own: Mark; readonly symbol: Mark | undefined };

export class Heard {
	readonly #topics = new Map<string, Topic>();
	readonly #symbols = new Map<string, Mark>();

	/** From here on the topic is expected to speak: until it does, it counts as heard now. */
	expect(topics: readonly string[], now: Ms): void {
		for (const topic of topics) {
			if (this.#topics.has(topic)) continue;
			const dot = topic.lastIndexOf(".");
			this.#topics.set(topic, { own: { at: now }, symbol: dot < 0 ? undefined : this.#symbol(topic.slice(dot + 1), now) });
		}
	}

	forget(topics: readonly string[]): void {
		for (const topic of topics) this.#topics.delete(topic);
		for (const symbol of this.#symbols.keys())
			if (![...this.#topics.keys()].some((topic) => topic.endsWith(`.${symbol}`))) this.#symbols.delete(symbol);
	}

	note(topic: string, now: Ms): void {
		const found = this.#topics.get(topic);
		if (found === undefined) return;
		found.own.at = now;
		if (found.symbol !== undefined) found.symbol.at = now;
	}

	/** The local time of the last message of a topic, or of any topic of a symbol; undefined when nothing is subscribed under that name. */
	at(name: string): Ms | undefined {
		return (this.#topics.get(name)?.own ?? this.#symbols.get(name))?.at;
	}

	/** Topics of which nothing has come since then. */
	quietSince(since: Ms): string[] {
		return [...this.#topics].filter(([, { own }]) => own.at <= since).map(([topic]) => topic);
	}

	#symbol(name: string, now: Ms): Mark {
		let mark = this.#symbols.get(name);
		if (mark === undefined) {
			mark = { at: now };
			this.#symbols.set(name, mark);
		}
		return mark;
	}
}
