// What the client needs from the world: the time, timers, secrets. All are handed in, so that a test or a simulation drives them.

import type { Ms } from "../units/unit.ts";
import type { Fault } from "./fault.ts";

export type Clock = { now(): Ms };

/** Milliseconds and fractions since some fixed moment, never backwards: for measuring, not for telling the time. */
export type Stopwatch = () => number;

/** What became of a request: its endpoint or socket operation, how long that took, and the fault if there was one. Never what it carried. */
export type Asked = { readonly what: string; readonly ms: number; readonly fault: Fault | undefined };
export type OnAsked = (asked: Asked) => void;

/** Runs `run` once after `delay`; the answer cancels it. */
export type Timers = { after(delay: Ms, run: () => void): Cancel };
export type Cancel = () => void;

/** Text that is shown to nobody: it leaves its object only through `reveal`. */
export type Secret = { reveal(): string };
export type Credentials = { readonly key: Secret; readonly secret: Secret };

export const SYSTEM_STOPWATCH: Stopwatch = () => performance.now();

export const SYSTEM_TIMERS: Timers = {
	after(delay, run) {
		const handle = setTimeout(run, delay);
		return () => clearTimeout(handle);
	},
};
