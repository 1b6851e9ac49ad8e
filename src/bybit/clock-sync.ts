// The server's clock, estimated from GET /v5/market/time: its answer was true half a round trip before it arrived.
// Of several samples the one with the shortest round trip counts: its error is at most half of that.
// The exchange refuses a timestamp 1 s ahead of its own clock, or `recvWindow` behind it (10002).

import { assert } from "../std/assert.ts";
import { ok, type Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import type { Fault } from "./fault.ts";
import type { Clock } from "./ports.ts";

export type ClockEstimate = {
	/** Server minus local. */
	readonly offsetMs: Ms;
	readonly roundTripMs: Ms;
	/** How far the offset moved since the estimate before; undefined for the first. */
	readonly movedMs: Ms | undefined;
	/** Local time of the estimate. */
	readonly at: Ms;
};

export type ClockSyncOptions = {
	readonly clock: Clock;
	readonly serverTime: () => Promise<Result<Ms, Fault>>;
	readonly samples?: number;
};

export class ClockSync {
	readonly #clock: Clock;
	readonly #serverTime: () => Promise<Result<Ms, Fault>>;
	readonly #samples: number;
	#estimate: ClockEstimate | undefined;
	#heard: Ms = Number.NEGATIVE_INFINITY;
	#running: Promise<Result<ClockEstimate, Fault>> | undefined;

	constructor(options: ClockSyncOptions) {
		this.#clock = options.clock;
		this.#serverTime = options.serverTime;
		this.#samples = options.samples ?? 3;
	}

	/** The last estimate; undefined before the first one. */
	get estimate(): ClockEstimate | undefined {
		return this.#estimate;
	}

	/** Whole milliseconds on the server's clock; the local clock before the first estimate. Never earlier than what the server has said since. */
	serverNow(): Ms {
		return Math.max(this.#heard, Math.floor(this.#clock.now() + (this.#estimate?.offsetMs ?? 0)));
	}

	/** The server stamped a message with that time: its clock has come so far, however fast it runs. The next measurement forgets it. */
	heard(at: Ms): void {
		if (at > this.#heard) this.#heard = at;
	}

	/** Measures anew. Calls while one is under way share it. */
	sync(): Promise<Result<ClockEstimate, Fault>> {
		this.#running ??= this.#measure().finally(() => {
			this.#running = undefined;
		});
		return this.#running;
	}

	async #measure(): Promise<Result<ClockEstimate, Fault>> {
		let best: { offsetMs: Ms; roundTripMs: Ms } | undefined;
		for (let i = 0; i < this.#samples; i++) {
			const sent = this.#clock.now();
			const answer = await this.#serverTime();
			if (!answer.ok) {
				if (best === undefined) return answer;
				break;
			}
			const roundTripMs = Math.max(0, this.#clock.now() - sent);
			if (best === undefined || roundTripMs < best.roundTripMs) best = { offsetMs: answer.value - (sent + roundTripMs / 2), roundTripMs };
		}
		assert(best !== undefined, "an estimate rests on at least one sample");
		const before = this.#estimate;
		this.#heard = Number.NEGATIVE_INFINITY;
		this.#estimate = { ...best, movedMs: before === undefined ? undefined : best.offsetMs - before.offsetMs, at: this.#clock.now() };
		return ok(this.#estimate);
	}
}
