// Numbers as a person reads them: thousands apart, two decimals for money, and a dash where there is no figure.

import { DAY, HOUR, MINUTE, type Ms } from "../units/unit.ts";

/** Stands for a figure that does not exist. */
export const NONE = "–";

/** `value` with `decimals` decimals and thousands separators: 1234567.8 → "1,234,567.80". */
export function grouped(value: number, decimals: number): string {
	const text = Math.abs(value).toFixed(decimals);
	const [whole = "", fraction] = text.split(".");
	const sign = value < 0 && Number(text) !== 0 ? "-" : "";
	const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
	return fraction === undefined ? `${sign}${digits}` : `${sign}${digits}.${fraction}`;
}

/** USDT: to the cent, and below 10 cents two digits more. */
export function money(value: number | undefined): string {
	if (value === undefined) return NONE;
	return grouped(value, Math.abs(value) < 0.1 && value !== 0 ? 4 : 2);
}

/** The same with its sign when it is a gain, too. */
export function signedMoney(value: number | undefined): string {
	return signed(money(value), value);
}

/** Two decimals, or one from 100 on: "12.35 %". */
export function percent(value: number | undefined): string {
	return value === undefined ? NONE : `${grouped(value, Math.abs(value) < 100 ? 2 : 1)} %`;
}

export function signedPercent(value: number | undefined): string {
	return signed(percent(value), value);
}

export function plain(value: number | undefined, decimals: number): string {
	return value === undefined ? NONE : grouped(value, decimals);
}

export function signedPlain(value: number | undefined, decimals: number): string {
	return signed(plain(value, decimals), value);
}

/** The two largest units: "3 d 4 h", "5 h 12 m", "45 m", "12 s". */
export function duration(time: Ms | undefined): string {
	if (time === undefined) return NONE;
	const minutes = Math.round(time / MINUTE);
	if (minutes < 1) return `${Math.round(time / 1000)} s`;
	if (minutes * MINUTE < HOUR) return `${minutes} m`;
	if (minutes * MINUTE < DAY) return pair(minutes, 60, ["h", "m"]);
	return pair(Math.round(minutes / 60), 24, ["d", "h"]);
}

function pair(amount: number, perLarge: number, names: readonly [large: string, small: string]): string {
	const rest = amount % perLarge;
	const whole = `${grouped(Math.floor(amount / perLarge), 0)} ${names[0]}`;
	return rest === 0 ? whole : `${whole} ${rest} ${names[1]}`;
}

function signed(text: string, value: number | undefined): string {
	return value !== undefined && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}
