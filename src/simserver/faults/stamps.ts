// The times that a skewed exchange writes: when something happened, by its own clock as it was then. What it has scheduled (candles,
// funding, delivery) stays where it is, since a schedule is kept by the clock that is off.

import type { SimClock } from "../clock.ts";

/** Keys whose value is when something happened or was sent. */
const HAPPENED = new Set([
	...["ts", "cts", "time", "creationTime", "createdTime", "updatedTime", "updateTime", "execTime", "transactionTime", "openTime"],
	...["createAt", "T", "Timenow", "dateTimestamp", "startDateTimestamp", "endDateTimestamp", "publishTime"],
]);
/** Below this a number is no time in milliseconds: zero stands for none. */
const EARLIEST = 1e12;

/** Changes `value` in place. */
export function showTimes(value: unknown, clock: SimClock): void {
	if (Array.isArray(value)) {
		for (const each of value) showTimes(each, clock);
		return;
	}
	if (typeof value !== "object" || value === null) return;
	const object = value as Record<string, unknown>; // neither null nor a list
	for (const [key, held] of Object.entries(object)) {
		if (HAPPENED.has(key)) object[key] = shown(held, clock);
		else if (typeof held === "object") showTimes(held, clock);
	}
}

/** A frame's times: beside those of every object, the pong's own and that of a candle's last change. */
export function showFrameTimes(frame: Record<string, unknown>, clock: SimClock): void {
	showTimes(frame, clock);
	if (frame.op === "pong")
		for (const key of ["args", "data"]) if (Array.isArray(frame[key])) frame[key] = frame[key].map((each) => shown(each, clock));
	if (!String(frame.topic).startsWith("kline.") || !Array.isArray(frame.data)) return;
	for (const row of frame.data as Record<string, unknown>[]) row.timestamp = shown(row.timestamp, clock); // rows are objects
}

function shown(value: unknown, clock: SimClock): unknown {
	const at = typeof value === "number" || (typeof value === "string" && /^\d{13}$/.test(value)) ? Number(value) : 0;
	if (at < EARLIEST) return value;
	return typeof value === "number" ? clock.shown(at) : String(clock.shown(at));
}
