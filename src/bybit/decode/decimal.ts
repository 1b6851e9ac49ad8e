// Decimal text as the exchange writes prices, sizes and money, checked once at the door and kept as text: no float decides anything.

import { formatScaled, parseScaled, plainDecimal } from "../../units/decimal.ts";

declare const decimal: unique symbol;
/** Plain decimal text without an exponent: "-0.0001", "61874.00". */
export type Decimal = string & { readonly [decimal]: true };

const LENGTH_MAX = 48;

/** Decimal text, or a JSON number where the exchange forgot the quotes; undefined for everything else. */
export function asDecimal(value: unknown): Decimal | undefined {
	if (typeof value === "string") return isPlain(value) ? (value as Decimal) : expanded(value);
	if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
	const text = plainDecimal(value);
	return isPlain(text) ? (text as Decimal) : undefined;
}

/** Digits with at most one point and a leading minus. A loop, not a pattern: it runs for each field of each ticker. */
function isPlain(text: string): boolean {
	const { length } = text;
	if (length === 0 || length > LENGTH_MAX) return false;
	let digits = 0;
	let points = 0;
	for (let i = text.charCodeAt(0) === 45 ? 1 : 0; i < length; i++) {
		const code = text.charCodeAt(i);
		if (code >= 48 && code <= 57) digits += 1;
		else if (code === 46 && points === 0) points = 1;
		else return false;
	}
	return digits > 0;
}

/** "0E-8" and its like, exactly, as plain text; undefined for what is no decimal at all. */
function expanded(text: string): Decimal | undefined {
	if (text.length > LENGTH_MAX) return undefined;
	const e = text.search(/[eE]/);
	if (e <= 0 || !isPlain(text.slice(0, e))) return undefined;
	const exponent = Number(text.slice(e + 1));
	if (!Number.isInteger(exponent) || Math.abs(exponent) > LENGTH_MAX) return undefined;
	const point = text.indexOf(".");
	const scale = Math.max(0, (point < 0 ? 0 : e - point - 1) - exponent);
	const scaled = parseScaled(text, scale);
	if (scaled === undefined) return undefined;
	const plain = formatScaled(scaled, scale);
	return isPlain(plain) ? (plain as Decimal) : undefined;
}
