// Telegram's limits (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this): one message a second in a chat, twenty a
// minute in a group, thirty a second in all. Whoever sends takes a place first.

import type { Ms } from "../units/unit.ts";
import type { Timing } from "./message.ts";

type Limit = { readonly places: number; readonly within: Ms };

const CHAT: Limit = { places: 1, within: 1000 };
const GROUP: Limit = { places: 20, within: 60_000 };
const ALL: Limit = { places: 30, within: 1000 };

/** No place is ever taken so far ahead: the clock has been set back since. */
const TOO_FAR: Ms = 120_000;

export class Pace {
	readonly #timing: Timing;
	readonly #limits: readonly Limit[];
	/** When the latest places were or will be taken, ascending. */
	#taken: Ms[] = [];
	#shutUntil: Ms = 0;

	constructor(timing: Timing, chat: number) {
		this.#timing = timing;
		this.#limits = chat < 0 ? [CHAT, GROUP, ALL] : [CHAT, ALL];
	}

	/** Resolves when the place has come. */
	async take(signal: AbortSignal): Promise<void> {
		const now = this.#timing.now();
		if ((this.#taken.at(-1) ?? now) > now + TOO_FAR) this.#taken = [];
		let at = Math.max(now, this.#shutUntil);
		for (const { places, within } of this.#limits) at = Math.max(at, (this.#taken.at(-places) ?? Number.NEGATIVE_INFINITY) + within);
		this.#taken = [...this.#taken, at].slice(-ALL.places);
		if (at > now) await this.#timing.sleep(at - now, signal);
	}

	/** The server wants to be left alone for so long. */
	shut(time: Ms): void {
		this.#shutUntil = Math.max(this.#shutUntil, this.#timing.now() + time);
	}
}
