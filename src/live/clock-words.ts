// A clock of this machine that is not kept, in words: the bot goes by the exchange's, but a person and a log go by this one.

import { HOUR, MINUTE, type Ms } from "../units/unit.ts";

const SECOND: Ms = 1000;

/** One so large is no delay of the network. */
const OFFSET_MAX: Ms = SECOND;

export const CLOCK_TODO = "let this machine keep its time by NTP, such as timedatectl set-ntp true; until then the bot corrects it";

export function clockText({ offsetMs, roundTripMs }: { readonly offsetMs: Ms; readonly roundTripMs: Ms }): string {
	return `${offsetMs >= 0 ? "+" : ""}${offsetMs.toFixed(0)} ms against the exchange, round trip ${roundTripMs.toFixed(0)} ms`;
}

/** Undefined while it is right. `offset` is the exchange's time minus ours. */
export function clockWrong(offset: Ms): string | undefined {
	if (Math.abs(offset) <= OFFSET_MAX) return undefined;
	return `this machine's clock is ${long(Math.abs(offset))} ${offset > 0 ? "slow" : "fast"}`;
}

function long(ms: Ms): string {
	if (ms >= 2 * HOUR) return `${(ms / HOUR).toFixed(0)} hours`;
	return ms >= 2 * MINUTE ? `${(ms / MINUTE).toFixed(0)} minutes` : `${(ms / SECOND).toFixed(0)} seconds`;
}
