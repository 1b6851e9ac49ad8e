// Streams that go down and come back: short breaks are nobody's business, longer ones are told, and their end too.

import type { Ms } from "../units/unit.ts";
import type { Happening } from "./happenings.ts";

type Line = { up: boolean; since: Ms; why: string; told: boolean };

export class Outages {
	readonly #after: Ms;
	readonly #tell: (happening: Happening) => void;
	readonly #lines = new Map<string, Line>();

	constructor(after: Ms | undefined, tell: (happening: Happening) => void) {
		this.#after = after ?? Number.POSITIVE_INFINITY;
		this.#tell = tell;
	}

	hear(stream: string, up: boolean, why: string, at: Ms): void {
		const line = this.#lines.get(stream);
		if (line?.up === up) return;
		if (up && line?.told === true) this.#tell({ event: "restored", stream, seconds: seconds(at - line.since) });
		this.#lines.set(stream, { up, since: at, why, told: false });
	}

	/** To be asked from time to time. */
	look(now: Ms): void {
		for (const [stream, line] of this.#lines) {
			if (line.up || line.told || now - line.since < this.#after) continue;
			line.told = true;
			this.#tell({ event: "outage", stream, seconds: seconds(now - line.since), why: line.why });
		}
	}

	streams(): { readonly name: string; readonly up: boolean; readonly since: Ms }[] {
		return [...this.#lines].map(([name, { up, since }]) => ({ name, up, since }));
	}
}

function seconds(time: Ms): number {
	return Math.round(time / 1000);
}
