// What is held for later in market time: late messages, acts with a time, ends of what lasts. In order of time, then as it came.

import type { Ms } from "../../units/unit.ts";

/** When time ends before its time: a held message is delivered, an act that never came to its time does not happen. */
type AtEnd = "do" | "drop";
type Item = { readonly at: Ms; readonly act: () => void; readonly atEnd: AtEnd };

/** So much is held at most; what comes then is done at once. */
const HELD_MAX = 10_000;

export class Agenda {
	readonly #items: Item[] = [];
	/** When time ended; infinite while it goes on. */
	#end: Ms = Number.POSITIVE_INFINITY;
	/** Something was put before all else: whoever sleeps should look again. */
	onSooner: (() => void) | undefined;

	/** When the first is due; infinite when there is none. */
	get next(): Ms {
		return this.#items[0]?.at ?? Number.POSITIVE_INFINITY;
	}

	get size(): number {
		return this.#items.length;
	}

	add(at: Ms, act: () => void, atEnd: AtEnd = "do"): void {
		if (at > this.#end && atEnd === "drop") return;
		if (at > this.#end || this.#items.length >= HELD_MAX) return act();
		const sooner = at < this.next;
		let index = this.#items.length;
		while (index > 0 && this.#items[index - 1]!.at > at) index--;
		this.#items.splice(index, 0, { at, act, atEnd });
		if (sooner) this.onSooner?.();
	}

	/** Does everything due by `now`; whether there was anything. */
	run(now: Ms): boolean {
		let ran = false;
		while (this.next <= now) {
			ran = true;
			this.#items.shift()?.act();
		}
		return ran;
	}

	/** Does what is held and drops the acts, whenever they are due. */
	settle(): void {
		for (const { act, atEnd } of this.#items.splice(0)) if (atEnd === "do") act();
	}

	/** Time has ended at `now`: nothing is held for later any more. */
	end(now: Ms): void {
		this.#end = now;
		this.settle();
	}
}
