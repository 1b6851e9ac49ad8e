// Calls to the exchange that fail and are made again: one that fails now and then is the log's business, one that goes on failing is told,
// once for all of them, and so is the end of it.

import type { Ms } from "../units/unit.ts";
import type { Happening } from "./happenings.ts";

/** What became of a call; `failed` says why, when trying again may help. */
export type Heard = { readonly what: string; readonly failed: string | undefined };

type Streak = { calls: number; readonly since: Ms; latest: Ms; why: string };

/** So many times in a row, or two of them over so long as a stream may be down. */
const MANY = 5;
/** A call that is not made any more has no end of its own. */
const FORGOTTEN: Ms = 600_000;

export class Retries {
	readonly #after: Ms;
	readonly #tell: (happening: Happening) => void;
	readonly #streaks = new Map<string, Streak>();
	/** Since it was told: when it had begun, and calls that failed. */
	#told: { readonly since: Ms; calls: number } | undefined;

	constructor(after: Ms, tell: (happening: Happening) => void) {
		this.#after = after;
		this.#tell = tell;
	}

	hear({ what, failed }: Heard, now: Ms): void {
		if (failed === undefined) {
			if (this.#streaks.size > 0 && this.#streaks.delete(what)) this.#endAt(now);
			return;
		}
		const streak = this.#streaks.get(what) ?? { calls: 0, since: now, latest: now, why: failed };
		streak.calls++;
		streak.latest = now;
		streak.why = failed;
		this.#streaks.set(what, streak);
		if (this.#told !== undefined) this.#told.calls++;
		else if (streak.calls >= MANY || (streak.calls > 1 && now - streak.since >= this.#after)) this.#begin(what, streak, now);
	}

	/** To be asked from time to time. */
	look(now: Ms): void {
		for (const [what, { latest }] of this.#streaks) if (now - latest >= FORGOTTEN) this.#streaks.delete(what);
		this.#endAt(now);
	}

	#begin(what: string, { calls, since, why }: Streak, now: Ms): void {
		this.#told = { since, calls };
		this.#tell({ event: "retrying", calls, seconds: seconds(now - since), what, why });
	}

	#endAt(now: Ms): void {
		if (this.#told === undefined || this.#streaks.size > 0) return;
		const { since, calls } = this.#told;
		this.#told = undefined;
		this.#tell({ event: "retried", calls, seconds: seconds(now - since) });
	}
}

function seconds(time: Ms): number {
	return Math.round(time / 1000);
}
