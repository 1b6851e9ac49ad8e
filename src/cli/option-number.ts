// Numbers in options: plain decimals, without a sign.

import { UsageError } from "../std/usage-error.ts";

/** Above zero. `or` says what else the option takes. */
export function positive(name: string, text: string, or = ""): number {
	const value = numberOf(text);
	if (!(value > 0)) throw new UsageError(`${name} ${text}: it must be a number above 0${or}`);
	return value;
}

/** From zero to `most`. */
export function upTo(name: string, text: string, most: number): number {
	const value = numberOf(text);
	if (!(value <= most)) throw new UsageError(`${name} ${text}: it must be a number from 0 to ${most}`);
	return value;
}

function numberOf(text: string): number {
	const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
	return Number.isFinite(value) ? value : Number.NaN;
}
