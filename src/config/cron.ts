// Whether a text is a cron pattern that ever comes: the scheduler reads it by the same library.

import { Cron } from "croner";
import { messageOf } from "../std/message-of.ts";

/** What is wrong with a pattern; undefined when nothing is. */
export function cronProblem(pattern: string): string | undefined {
	try {
		return new Cron(pattern, { paused: true, timezone: "UTC" }).nextRun() === null ? "it never comes" : undefined;
	} catch (cause) {
		return messageOf(cause);
	}
}
