// Bybit's candle intervals and their UTC boundaries: weeks begin on Monday 00:00, months on the first (spec §1).

import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";

export const INTERVALS = ["1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M"] as const;
export type Interval = (typeof INTERVALS)[number];

/** 1970-01-05 was the first Monday. */
const FIRST_MONDAY: Ms = 4 * DAY;

/** Days from 0000-03-01 to 1970-01-01, and in 400 Gregorian years. */
const DAYS_TO_EPOCH = 719_468;
const DAYS_PER_ERA = 146_097;

/** Length in ms; undefined for a month, which has no fixed one. */
export function fixedLength(interval: Interval): Ms | undefined {
	if (interval === "M") return undefined;
	if (interval === "W") return 7 * DAY;
	if (interval === "D") return DAY;
	return Number(interval) * MINUTE;
}

/** The open of the interval that holds `at`. */
export function openOf(interval: Interval, at: Ms): Ms {
	if (interval === "M") return monthOpen(at, 0);
	const length = fixedLength(interval) ?? DAY;
	const offset = interval === "W" ? FIRST_MONDAY : 0;
	return Math.floor((at - offset) / length) * length + offset;
}

/** The open of the interval after the one that opens at `open`: where that one closes. */
export function closeOf(interval: Interval, open: Ms): Ms {
	if (interval === "M") return monthOpen(open, 1);
	return open + (fixedLength(interval) ?? DAY);
}

/** Candles of `base` fill candles of `interval` without remainder. A week does not fill a month. */
export function divides(base: Interval, interval: Interval): boolean {
	if (base === interval) return true;
	const length = fixedLength(base);
	if (length === undefined) return false;
	if (interval === "M") return base !== "W";
	const whole = fixedLength(interval) ?? 0;
	return whole % length === 0;
}

/** The interval of rows that lie `spacing` ms apart, if Bybit has it. */
export function intervalOfSpacing(spacing: Ms): Interval | undefined {
	return INTERVALS.find((interval) => fixedLength(interval) === spacing);
}

export function intervalName(interval: Interval): string {
	const length = fixedLength(interval);
	if (length === undefined) return "1 month";
	if (length < HOUR) return `${length / MINUTE} m`;
	if (length < DAY) return `${length / HOUR} h`;
	return interval === "W" ? "1 week" : "1 day";
}

/** The first of the month that lies `later` months after the one holding `at`. Gregorian, by counting days in 400-year eras from 1 March. */
function monthOpen(at: Ms, later: number): Ms {
	const days = Math.floor(at / DAY) + DAYS_TO_EPOCH;
	const era = Math.floor(days / DAYS_PER_ERA);
	const dayOfEra = days - era * DAYS_PER_ERA;
	const yearOfEra = Math.floor(
		(dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
	);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const march = Math.floor((5 * dayOfYear + 2) / 153) + later;
	const year = yearOfEra + era * 400 + Math.floor(march / 12);
	const month = march % 12;
	const firstOfMonth = Math.floor((153 * month + 2) / 5);
	const eraOfYear = Math.floor(year / 400);
	const inEra = year - eraOfYear * 400;
	const day = inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + firstOfMonth;
	return (eraOfYear * DAYS_PER_ERA + day - DAYS_TO_EPOCH) * DAY;
}
