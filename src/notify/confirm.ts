// The second step before anything is closed: a code that holds once, for one wish, for one minute, for whoever asked.

import type { Ms } from "../units/unit.ts";
import type { Wish } from "./view.ts";

const HOLDS: Ms = 60_000;
/** After so many wrong codes the wish is dropped. */
const TRIES = 3;

type Pending = { readonly wish: Wish; readonly code: string; readonly until: Ms; wrong: number };

export type Judged = { readonly ok: true; readonly wish: Wish } | { readonly ok: false; readonly why: "nothing" | "late" | "wrong" };

export class Confirmations {
	readonly #pending = new Map<number, Pending>();
	readonly #newCode: () => string;

	constructor(newCode: () => string) {
		this.#newCode = newCode;
	}

	/** A wish takes the place of the one before. */
	ask(user: number, wish: Wish, now: Ms): string {
		const code = this.#newCode();
		this.#pending.set(user, { wish, code, until: now + HOLDS, wrong: 0 });
		return code;
	}

	take(user: number, code: string, now: Ms): Judged {
		const pending = this.#pending.get(user);
		if (pending === undefined) return { ok: false, why: "nothing" };
		if (now > pending.until) {
			this.#pending.delete(user);
			return { ok: false, why: "late" };
		}
		if (code !== pending.code) {
			if (++pending.wrong >= TRIES) this.#pending.delete(user);
			return { ok: false, why: "wrong" };
		}
		this.#pending.delete(user);
		return { ok: true, wish: pending.wish };
	}

	drop(user: number): boolean {
		return this.#pending.delete(user);
	}
}
