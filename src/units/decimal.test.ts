import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimalsOf, formatScaled, parseScaled, parseScaledRounded, plainDecimal, trimZeros } from "./decimal.ts";

test("decimal text becomes a whole number of 10^-scale, exactly or not at all", () => {
	const rows: readonly (readonly [text: string, scale: number, expected: bigint | undefined])[] = [
		["20123.4", 1, 201234n],
		["20123.4", 3, 20123400n],
		["20123.45", 1, undefined], // more digits than the scale holds
		["20123.40", 1, 201234n], // but zeros are no digits
		["-0.00000001", 8, -1n],
		["+5", 0, 5n],
		[".5", 1, 5n],
		["5.", 1, 50n],
		["1e3", 0, 1000n],
		["1.5E-3", 4, 15n],
		["1.5e-3", 3, undefined],
		["9007199254740993", 0, 9007199254740993n], // beyond 2^53
		["", 0, undefined],
		[".", 0, undefined],
		["-", 0, undefined],
		["1,5", 2, undefined],
		["0x10", 0, undefined],
		["NaN", 0, undefined],
		["Infinity", 0, undefined],
		[" 1", 0, undefined],
		["1e401", 0, undefined], // no price has so many digits
	];
	for (const [text, scale, expected] of rows) assert.equal(parseScaled(text, scale), expected, `"${text}" at ${scale}`);
});

test("digits beyond the scale are rounded half away from zero", () => {
	const rows: readonly (readonly [text: string, expected: bigint | undefined])[] = [
		["0.0049", 0n],
		["0.005", 1n],
		["0.0051", 1n],
		["-0.0049", 0n],
		["-0.005", -1n],
		["-0.0149999", -1n],
		["-0.015", -2n],
		["text", undefined],
	];
	for (const [text, expected] of rows) assert.equal(parseScaledRounded(text, 2), expected, text);
});

test("formatting is the way back: parse(format(x)) is x, with exactly as many decimals as the scale", () => {
	fc.assert(
		fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat({ max: 18 }), (value, scale) => {
			const text = formatScaled(value, scale);
			assert.equal(parseScaled(text, scale), value);
			assert.equal(text.split(".")[1]?.length ?? 0, scale);
		}),
	);
	const rows: readonly (readonly [value: number, scale: number, text: string])[] = [
		[0, 0, "0"],
		[0, 2, "0.00"],
		[5, 2, "0.05"],
		[-5, 2, "-0.05"],
		[12345, 2, "123.45"],
	];
	for (const [value, scale, text] of rows) assert.equal(formatScaled(value, scale), text);
});

test("zeros at the end go, those before the point stay", () => {
	for (const [text, expected] of [
		["12.500", "12.5"],
		["3.000", "3"],
		["100", "100"],
		["0.0", "0"],
		["0.10", "0.1"],
	] as const)
		assert.equal(trimZeros(text), expected);
	for (const [text, decimals] of [
		["0.1", 1],
		["0.010", 2],
		["5", 0],
		["10", 0],
	] as const)
		assert.equal(decimalsOf(text), decimals);
});

test("a number as plain decimal text reads back as the same number, and has no exponent", () => {
	fc.assert(
		fc.property(fc.double({ min: -1e25, max: 1e25, noNaN: true }), (value) => {
			const text = plainDecimal(value);
			assert.equal(Number(text), value === 0 ? 0 : value);
			if (Math.abs(value) > 1e-300 || value === 0) assert.doesNotMatch(text, /e/i);
		}),
	);
	assert.equal(plainDecimal(1e-7), "0.0000001");
	assert.equal(plainDecimal(1.25e21), "1250000000000000000000");
});
