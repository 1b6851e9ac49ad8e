// One id from the signal to the end of its trade: the id of the order that opened it. The order leaves just before its note is told, so
// an order is known by symbol until the note claims it, and holds for whatever is told of the symbol until the trade is over.

import type { Note } from "../engine/command.ts";
import type { Call } from "../oms/call.ts";

export class Trail {
	/** Entry orders that left and whose note is still to come. */
	readonly #left = new Map<string, string>();
	readonly #open: Map<string, string>;

	/** Goes on where an earlier life ended. */
	constructor(saved?: unknown) {
		const kept = typeof saved === "object" && saved !== null ? Object.entries(saved as Record<string, string>) : []; // as `saved` gave it
		this.#open = new Map(kept);
	}

	/** The trail that a call to the venue belongs to. */
	call(call: Call): string | undefined {
		if (!("symbol" in call)) return undefined;
		const { symbol } = call;
		if (call.kind !== "place" || call.order.reduceOnly) {
			const left = this.#left.get(symbol);
			return "linkId" in call && call.linkId === left ? left : this.of(symbol);
		}
		const { linkId } = call.order;
		if (this.#open.has(symbol)) this.#left.set(symbol, linkId);
		else this.#open.set(symbol, linkId);
		return linkId;
	}

	/** The trail that a note belongs to. */
	note(symbol: string, note: Note): string | undefined {
		if (note.what === "entering") this.#claim(symbol);
		const trail = this.#open.get(symbol);
		if (note.what === "flat" || note.what === "unfilled") this.#open.delete(symbol);
		return trail;
	}

	of(symbol: string): string | undefined {
		return this.#open.get(symbol) ?? this.#left.get(symbol);
	}

	/** Plain data. */
	saved(): Readonly<Record<string, string>> {
		return Object.fromEntries(this.#open);
	}

	#claim(symbol: string): void {
		const left = this.#left.get(symbol);
		if (left === undefined) return;
		this.#open.set(symbol, left);
		this.#left.delete(symbol);
	}
}
