// Something that is done over and over, a pause after each time, until it is stopped: how couriers and the listener live.

import { messageOf } from "../std/message-of.ts";
import type { Ms } from "../units/unit.ts";
import type { Timing } from "./message.ts";

export type LoopOptions = {
	/** Does it once; gives how long to wait after it. */
	readonly round: (signal: AbortSignal) => Promise<Ms>;
	readonly timing: Timing;
	/** A round threw: there are no more of them. */
	readonly onBreak: (why: string) => void;
};

export class Loop {
	readonly #options: LoopOptions;
	readonly #ending = new AbortController();
	#running: Promise<void> = Promise.resolve();

	constructor(options: LoopOptions) {
		this.#options = options;
	}

	get signal(): AbortSignal {
		return this.#ending.signal;
	}

	start(): void {
		this.#running = this.#run();
	}

	/** Ends after what is under way. */
	async stop(): Promise<void> {
		this.#ending.abort();
		await this.#running;
	}

	async #run(): Promise<void> {
		const { round, timing, onBreak } = this.#options;
		try {
			while (!this.signal.aborted) await timing.sleep(await round(this.signal), this.signal);
		} catch (cause) {
			onBreak(messageOf(cause));
		}
	}
}

/** Longer after each failure, up to a limit, and never all at the same instant. */
export function backoff(failures: number, { first, most }: { readonly first: Ms; readonly most: Ms }, { random }: Timing): Ms {
	return Math.min(most, first * 2 ** Math.min(20, failures - 1)) * (0.5 + 0.5 * random());
}
