// What a running bot writes of itself into the journal at regular times: from these uptime, drawdown and lost log lines are known afterwards.

import { MINUTE, type Ms } from "../units/unit.ts";

/** At least so often, whatever happens: who hears nothing for twice as long takes the bot for gone. */
export const HEARTBEAT_EVERY: Ms = 5 * MINUTE;

/** Written when something of it changed, and from time to time when nothing did. */
export type Heartbeat = {
	readonly what: "heartbeat";
	/** Names of the health checks that fail. */
	readonly failing: readonly string[];
	/** USDT: now, and the highest and the lowest since the heartbeat before; undefined until the account was read. */
	readonly equity: { readonly now: number; readonly high: number; readonly low: number } | undefined;
	/** Lines that this run wrote to its log so far, and those it could not write. */
	readonly logLines: number;
	readonly logLinesLost: number;
	/** Of the last one of a run that was stopped or gave up; a run without it was killed. */
	readonly end?: "stopped" | "failed";
};

/** Without a log trading goes on; what it loses is counted by itself. */
const HARMLESS: ReadonlySet<string> = new Set(["log"]);

/** Whether checks of these names fail because the bot is unable to trade. */
export function cannotTrade(failing: readonly string[]): boolean {
	return failing.some((name) => !HARMLESS.has(name));
}
