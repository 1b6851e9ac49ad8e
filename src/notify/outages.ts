// Streams that go down and come back. A break that lasts is told at once, and its end too; short ones are gathered into one quiet message,
// so that a line which breaks all the time does not fill the phone.

import type { Ms } from "../units/unit.ts";
import type { Happening } from "./happenings.ts";

type Line = { up: boolean; since: Ms; why: string; told: boolean };
/** Short breaks that were not told yet, and when the last message about them was. */
type Breaks = { times: number; down: Ms; why: string; toldAt: Ms };

/** Between two messages about short breaks of one stream. */
const BREAKS_EVERY: Ms = 600_000;

export class Outages {
	readonly #after: Ms;
	readonly #tell: (happening: Happening) => void;
	readonly #lines = new Map<string, Line>();
	readonly #breaks = new Map<string, Breaks>();

	constructor(after: Ms, tell: (happening: Happening) => void) {
		this.#after = after;
		this.#tell = tell;
	}

	hear(stream: string, up: boolean, why: string, at: Ms): void {
		const line = this.#lines.get(stream);
		if (line?.up === up) return;
		if (up && line?.told === true) this.#tell({ event: "restored", stream, seconds: seconds(at - line.since) });
		else if (up && line !== undefined) this.#gather(stream, line, at);
		this.#lines.set(stream, { up, since: at, why, told: false });
	}

	/** To be asked from time to time. */
	look(now: Ms): void {
		for (const [stream, line] of this.#lines) {
			if (line.up || line.told || now - line.since < this.#after) continue;
			line.told = true;
			this.#tell({ event: "outage", stream, seconds: seconds(now - line.since), why: line.why });
		}
		for (const [stream, breaks] of this.#breaks) {
			if (breaks.times === 0 || now - breaks.toldAt < BREAKS_EVERY) continue;
			const { times, down, why } = breaks;
			this.#breaks.set(stream, { times: 0, down: 0, why: "", toldAt: now });
			this.#tell({ event: "reconnected", stream, times, seconds: seconds(down), why });
		}
	}

	streams(): { readonly name: string; readonly up: boolean; readonly since: Ms }[] {
		return [...this.#lines].map(([name, { up, since }]) => ({ name, up, since }));
	}

	#gather(stream: string, { since, why }: Line, at: Ms): void {
		const { times, down, toldAt } = this.#breaks.get(stream) ?? { times: 0, down: 0, toldAt: Number.NEGATIVE_INFINITY };
		this.#breaks.set(stream, { times: times + 1, down: down + at - since, why, toldAt });
	}
}

function seconds(time: Ms): number {
	return Math.round(time / 1000);
}
