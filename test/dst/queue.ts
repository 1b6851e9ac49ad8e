// What is to happen, in the one order (at, sequence): the only clock of the simulation.

import type { Ms } from "../../src/units/unit.ts";

type Due = { readonly at: Ms; readonly sequence: number; readonly run: () => void };

export class Queue {
	readonly #heap: Due[] = [];
	#sequence = 0;

	get size(): number {
		return this.#heap.length;
	}

	/** When the next thing happens; Infinity when nothing does. */
	get next(): Ms {
		return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
	}

	push(at: Ms, run: () => void): void {
		const heap = this.#heap;
		const due = { at, sequence: this.#sequence++, run };
		let place = heap.length;
		heap.push(due);
		while (place > 0) {
			const above = (place - 1) >> 1;
			const parent = heap[above]!;
			if (!precedes(due, parent)) break;
			heap[place] = parent;
			place = above;
		}
		heap[place] = due;
	}

	pop(): (() => void) | undefined {
		const heap = this.#heap;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined) return undefined;
		if (heap.length > 0) sink(heap, last);
		return first.run;
	}
}

function sink(heap: Due[], due: Due): void {
	let place = 0;
	for (;;) {
		let below = 2 * place + 1;
		if (below >= heap.length) break;
		if (below + 1 < heap.length && precedes(heap[below + 1]!, heap[below]!)) below++;
		if (!precedes(heap[below]!, due)) break;
		heap[place] = heap[below]!;
		place = below;
	}
	heap[place] = due;
}

function precedes(a: Due, b: Due): boolean {
	return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
