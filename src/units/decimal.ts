// Decimal text and the numbers inside: exact roads between "20123.4" and a scaled integer. No float decides anything here.

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** `text` as a whole number of `10^-scale`, or undefined when it is no finite decimal, or has more digits than the scale holds. */
export function parseScaled(text: string, scale: number): bigint | undefined {
	const match = DECIMAL.exec(text);
	if (match === null) return undefined;
	const [, sign, whole = "", fraction = "", exponent = "0"] = match;
	if (whole === "" && fraction === "") return undefined;
	const shift = scale - fraction.length + Number(exponent);
	if (Math.abs(shift) > 400) return undefined;
	const digits = BigInt(whole + fraction);
	let magnitude: bigint;
	if (shift >= 0) magnitude = digits * 10n ** BigInt(shift);
	else {
		const divisor = 10n ** BigInt(-shift);
		if (digits % divisor !== 0n) return undefined;
		magnitude = digits / divisor;
	}
	return sign === "-" ? -magnitude : magnitude;
}

/** The same, with digits beyond the scale rounded half away from zero. */
export function parseScaledRounded(text: string, scale: number): bigint | undefined {
	const exact = parseScaled(text, scale + 24);
	if (exact === undefined) return undefined;
	const divisor = 10n ** 24n;
	const half = divisor / 2n;
	return exact >= 0n ? (exact + half) / divisor : -((-exact + half) / divisor);
}

/** A whole number of `10^-scale` as decimal text with exactly `scale` decimals. */
export function formatScaled(value: number | bigint, scale: number): string {
	const negative = value < 0;
	const digits = (negative ? -BigInt(value) : BigInt(value)).toString().padStart(scale + 1, "0");
	const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
	return negative ? `-${text}` : text;
}

/** Decimal text without trailing zeros ("12.500" → "12.5", "3.000" → "3"). */
export function trimZeros(text: string): string {
	return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** How many decimals `text` needs. */
export function decimalsOf(text: string): number {
	const trimmed = trimZeros(text);
	const point = trimmed.indexOf(".");
	return point < 0 ? 0 : trimmed.length - point - 1;
}

/** A finite number as decimal text without an exponent, the shortest that reads back as the same number. */
export function plainDecimal(value: number): string {
	const text = String(value);
	if (!text.includes("e")) return text;
	const [mantissa = "", exponent = "0"] = text.split("e");
	const decimals = Math.max(0, decimalsOf(mantissa) - Number(exponent));
	const scaled = parseScaled(text, decimals);
	return scaled === undefined ? text : formatScaled(scaled, decimals);
}
