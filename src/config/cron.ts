// Whether a text is a cron pattern that ever comes: the scheduler reads it by the same library.

import { Cron } from "croner";

/** What is wrong with a pattern; undefined when nothing is. */
export function cronProblem(pattern: string): string | undefined {
	try {
		return new Cron(pattern, { paused: true, timezone: "UTC" }).nextRun() === null ? "it never comes" : undefined;
	} catch (cause) {
		return cause instanceof Error ? cause.message : String(cause);
	}
}
