// An exchange that is asked for public data: each call repeated while that may help, paced by the client, and ended at once when the
// operator wants to stop. What cannot be had is one clear line: ours to mend (code 2), or worth another try (code 1).

import { withRetry } from "../bybit/backoff.ts";
import type { BybitRest } from "../bybit/calls.ts";
import { BybitClient } from "../bybit/client.ts";
import type { Fault } from "../bybit/fault.ts";
import { SYSTEM_TIMERS, type Timers } from "../bybit/ports.ts";
import { err, type Result } from "../std/result.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import { MINUTE, type Ms } from "../units/unit.ts";
import type { Source } from "./source.ts";

export type ExchangeOptions = {
	readonly source: Source;
	readonly timers?: Timers;
	readonly random?: () => number;
	readonly signal?: AbortSignal | undefined;
	/** What of an answer could not be read, and was left out. */
	readonly onOdd?: (text: string) => void;
};

/** So often is a call tried in all; the first one, which tells whether there is anybody, less often. */
const ATTEMPTS = 7;
const ATTEMPTS_FIRST = 2;

export class Exchange {
	readonly source: Source;
	readonly #client: BybitClient;
	readonly #timers: Timers;
	readonly #random: () => number;
	readonly #signal: AbortSignal | undefined;
	readonly #onAbort = (): void => void this.close();

	private constructor({ source, timers = SYSTEM_TIMERS, random = Math.random, signal, onOdd }: ExchangeOptions) {
		this.source = source;
		this.#timers = hurried(timers, signal);
		this.#random = random;
		this.#signal = signal;
		this.#client = new BybitClient({
			endpoints: source.endpoints,
			clock: { now: Date.now },
			random,
			onEvent: (event) => {
				if (event.kind === "malformed") onOdd?.(`${event.topic ?? event.stream}: ${event.reason}`);
			},
		});
		signal?.addEventListener("abort", this.#onAbort);
	}

	/** Measures the exchange's clock; so whoever cannot be reached is found out here. */
	static async open(options: ExchangeOptions): Promise<Exchange> {
		const exchange = new Exchange(options);
		try {
			await exchange.#ask("the exchange's clock", () => exchange.#client.syncClock(), ATTEMPTS_FIRST);
		} catch (error) {
			await exchange.close();
			throw error;
		}
		return exchange;
	}

	/** On the exchange's clock. */
	now(): Ms {
		return this.#client.clock.serverNow();
	}

	/** The answer to a call. `what` begins the line that says what could not be had. */
	ask<T>(what: string, call: (rest: BybitRest) => Promise<Result<T, Fault>>): Promise<T> {
		return this.#ask(what, () => call(this.#client.rest), ATTEMPTS);
	}

	async close(): Promise<void> {
		this.#signal?.removeEventListener("abort", this.#onAbort);
		await this.#client.close();
	}

	async #ask<T>(what: string, call: () => Promise<Result<T, Fault>>, attempts: number): Promise<T> {
		const stop = (): Result<T, Fault> | undefined => (this.#signal?.aborted === true ? err(STOPPED) : undefined);
		const answer = await withRetry(async () => stop() ?? (await call()), { attempts, timers: this.#timers, random: this.#random });
		if (answer.ok) return answer.value;
		throw this.#signal?.aborted === true ? stoppedBy(this.#signal) : this.#failure(what, answer.error);
	}

	#failure(what: string, fault: Fault): Error {
		const { rest } = this.source.endpoints;
		if (fault.class === "retry" && (fault.retryAfterMs ?? 0) > MINUTE)
			return new RunFailure(
				`${rest} has shut this address out for asking too often: try again in ${Math.ceil(fault.retryAfterMs! / MINUTE)} minutes`,
			);
		const isGone = fault.kind === "network" || fault.kind === "offline" || fault.kind === "timeout";
		const text = isGone ? `${rest} cannot be reached: ${fault.message}` : `${what}: ${fault.message} (${fault.what} at ${rest})`;
		return fault.class === "fatal" || fault.class === "refused" ? new UsageError(text) : new RunFailure(text);
	}
}

const STOPPED: Fault = { kind: "offline", class: "refused", retry: "never", ambiguous: false, message: "stopped", what: "stopped" };

/** What a download that was asked to stop ends with. */
function stoppedBy(signal: AbortSignal): RunFailure {
	return new RunFailure(`stopped by ${String(signal.reason)}: what was fetched is stored, and the same command goes on from there`);
}

/** Timers that run out at once when the operator wants to stop. */
function hurried(timers: Timers, signal: AbortSignal | undefined): Timers {
	const waiting = new Set<() => void>();
	signal?.addEventListener("abort", () => {
		for (const go of [...waiting]) go();
	});
	return {
		after(delay, run) {
			const end = (): void => {
				waiting.delete(go);
				cancel();
			};
			const go = (): void => {
				if (!waiting.has(go)) return;
				end();
				run();
			};
			waiting.add(go);
			const cancel = timers.after(delay, go);
			if (signal?.aborted === true) queueMicrotask(go);
			return end;
		},
	};
}
