// UTC calendar text of an instant, by counting days: "2024-02-29", "2024-02-29 08:00".

import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";

/** Days from 0000-03-01 to 1970-01-01, and in 400 Gregorian years. A year here begins on 1 March, so that a leap day ends it. */
const DAYS_TO_EPOCH = 719_468;
const DAYS_PER_ERA = 146_097;

export function utcDate(at: Ms): string {
	const days = Math.floor(at / DAY) + DAYS_TO_EPOCH;
	const era = Math.floor(days / DAYS_PER_ERA);
	const dayOfEra = days - era * DAYS_PER_ERA;
	const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
	const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
	const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
	const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
	const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
	return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

export function utcMinute(at: Ms): string {
	const inDay = at - Math.floor(at / DAY) * DAY;
	return `${utcDate(at)} ${two(Math.floor(inDay / HOUR))}:${two(Math.floor((inDay % HOUR) / MINUTE))}`;
}

function two(value: number): string {
	return String(value).padStart(2, "0");
}
