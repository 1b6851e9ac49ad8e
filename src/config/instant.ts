// Instants as people write them: ISO dates and times, or UTC milliseconds.

import type { Ms } from "../units/unit.ts";

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d\d:\d\d)?)?$/;
const LATEST: Ms = 8.64e15;

/**
 * An ISO date ("2024-01-31", its 00:00) or date and time, as UTC milliseconds; undefined when it is neither or names no real day.
 * Without a zone it is UTC, unless `zone` is "required": then it is refused.
 */
export function parseInstant(text: string, zone: "required" | "optional"): Ms | undefined {
	const match = ISO.exec(text.trim());
	if (match === null) return undefined;
	const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = "0", offset] = match;
	if (offset === undefined && zone === "required") return undefined;
	const parts = [year, month, day, hour, minute, second, fraction.padEnd(3, "0")].map(Number) as [number, ...number[]]; // digits, by the pattern
	const [y, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0] = parts;
	const local = new Date(0);
	local.setUTCFullYear(y, mo - 1, d);
	local.setUTCHours(h, mi, s, ms);
	const real = local.getUTCMonth() === mo - 1 && local.getUTCDate() === d && h < 24 && mi < 60 && s < 60;
	const shift = offsetMinutes(offset ?? "Z");
	return real && shift !== undefined ? local.getTime() - shift * 60_000 : undefined;
}

/** UTC milliseconds that a date can hold, from 1970 on. */
export function isInstant(ms: number): boolean {
	return Number.isInteger(ms) && ms >= 0 && ms <= LATEST;
}

/** `2024-01-31T00:00:00.000Z`; the opposite of `parseInstant`. */
export function formatInstant(at: Ms): string {
	return new Date(at).toISOString();
}

/** "09:30" as milliseconds after 00:00; undefined when it is no time of day. */
export function timeOfDay(text: string): Ms | undefined {
	const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
	return match === null ? undefined : (Number(match[1]) * 60 + Number(match[2])) * 60_000;
}

function offsetMinutes(zone: string): number | undefined {
	if (zone === "Z") return 0;
	const clock = timeOfDay(zone.slice(1));
	return clock === undefined ? undefined : ((zone[0] === "-" ? -1 : 1) * clock) / 60_000;
}
