// Market time as the time of what runs beside the bot: whoever sleeps is woken when the embedded exchange has moved on far enough. Once its
// data have ended, time goes on by itself, so that what is still to be sent can be.

import { setImmediate as turn } from "node:timers/promises";
import type { Timing } from "../../src/notify/message.ts";
import { Prng } from "../../src/std/prng.ts";
import type { Ms } from "../../src/units/unit.ts";

type Sleeper = { readonly until: Ms; readonly wake: () => void };

/** After the data: so much market time at each tick of the wall's clock, which comes every millisecond or so. */
const STRIDE: Ms = 1000;

export class MarketTime {
	readonly #clock: { now(): Ms };
	readonly #sleepers = new Set<Sleeper>();
	readonly #onMoved: (at: Ms) => void;
	#beyond: Ms = 0;
	#ticks: ReturnType<typeof setInterval> | undefined;
	readonly timing: Timing;

	/** `onMoved` comes before anybody is woken. */
	constructor(clock: { now(): Ms }, seed: string, onMoved: (at: Ms) => void = () => {}) {
		this.#clock = clock;
		this.#onMoved = onMoved;
		const prng = new Prng(seed);
		this.timing = { now: () => this.now(), sleep: (time, signal) => this.#sleep(time, signal), random: () => prng.unit() };
	}

	now(): Ms {
		return this.#clock.now() + this.#beyond;
	}

	/** To be called whenever the exchange's time may have moved. */
	moved(): void {
		const now = this.now();
		this.#onMoved(now);
		for (const sleeper of this.#sleepers) if (sleeper.until <= now) sleeper.wake();
	}

	/** From now on, until `stop`, time passes without the exchange. */
	goOn(): void {
		this.#ticks ??= setInterval(() => {
			this.#beyond += STRIDE;
			this.moved();
		}, 1);
	}

	stop(): void {
		clearInterval(this.#ticks);
	}

	async #sleep(time: Ms, signal: AbortSignal): Promise<void> {
		if (signal.aborted) return;
		if (time <= 0) return void (await turn());
		await new Promise<void>((resolve) => {
			const wake = (): void => {
				this.#sleepers.delete(sleeper);
				signal.removeEventListener("abort", wake);
				resolve();
			};
			const sleeper = { until: this.now() + time, wake };
			this.#sleepers.add(sleeper);
			signal.addEventListener("abort", wake, { once: true });
		});
	}
}
