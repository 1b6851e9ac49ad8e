// Waiting longer after each failure, with jitter, so that many clients do not come back at the same instant.

import type { Result } from "../std/result.ts";
import type { Ms } from "../units/unit.ts";
import type { Fault } from "./fault.ts";
import type { Timers } from "./ports.ts";

const BASE_MS: Ms = 1000;
const CAP_MS: Ms = 30_000;

/** Between half and all of 1 s · 2^attempt, at most 30 s; `random` draws from [0, 1). */
export function backoffMs(attempt: number, random: () => number): Ms {
	const full = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 10));
	return Math.round(full * (0.5 + random() / 2));
}

/** A wait that the exchange asks for and that is longer than this is the caller's to decide on (an address ban: 10 minutes). */
const WAIT_MAX_MS: Ms = 60_000;

export type RetryOptions = {
	/** Tries in all. */
	readonly attempts: number;
	readonly timers: Timers;
	readonly random: () => number;
	/** Hears of each wait before it begins, with how many tries are left. */
	readonly onWait?: ((fault: Fault, wait: { readonly ms: Ms; readonly left: number }) => void) | undefined;
};

/**
 * Repeats a call while its fault says that nothing happened and a later try may succeed. An ambiguous write is never repeated here:
 * its outcome has to be asked for first.
 */
export async function withRetry<T>(call: () => Promise<Result<T, Fault>>, options: RetryOptions): Promise<Result<T, Fault>> {
	for (let attempt = 0; ; attempt++) {
		const answer = await call();
		if (answer.ok || answer.error.retry === "never" || attempt + 1 >= options.attempts) return answer;
		const wait = Math.max(answer.error.retry === "now" ? 0 : backoffMs(attempt, options.random), answer.error.retryAfterMs ?? 0);
		if (wait > WAIT_MAX_MS) return answer;
		options.onWait?.(answer.error, { ms: wait, left: options.attempts - attempt - 1 });
		await new Promise<void>((resolve) => {
			options.timers.after(wait, resolve);
		});
	}
}
