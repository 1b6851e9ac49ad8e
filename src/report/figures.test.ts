import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, HOUR, MINUTE } from "../units/unit.ts";
import { duration, grouped, money, percent, plain, signedMoney } from "./figures.ts";

test("numbers are grouped by thousands, and a rounded nothing has no sign", () => {
	const rows: readonly (readonly [value: number, decimals: number, text: string])[] = [
		[0, 2, "0.00"],
		[999, 0, "999"],
		[1000, 0, "1,000"],
		[-1234567.891, 2, "-1,234,567.89"],
		[-0.001, 2, "0.00"],
		[123456, 1, "123,456.0"],
	];
	for (const [value, decimals, text] of rows) assert.equal(grouped(value, decimals), text);
});

test("money below 10 cents shows two digits more, and a gain its sign where asked", () => {
	assert.deepEqual([0.1, 0.0999, -0.05, 0, 1234.5].map(money), ["0.10", "0.0999", "-0.0500", "0.00", "1,234.50"]);
	assert.deepEqual([12, -12, 0, 0.00001].map(signedMoney), ["+12.00", "-12.00", "0.00", "0.0000"]);
});

test("a figure that does not exist is a dash (H2)", () => {
	assert.deepEqual(
		[money(undefined), signedMoney(undefined), percent(undefined), plain(undefined, 2), duration(undefined)],
		Array(5).fill("–"),
	);
});

test("a duration shows its two largest units", () => {
	const rows: readonly (readonly [time: number, text: string])[] = [
		[12_000, "12 s"],
		[MINUTE, "1 m"],
		[59 * MINUTE + 29_000, "59 m"],
		[59 * MINUTE + 31_000, "1 h"],
		[5 * HOUR + 12 * MINUTE, "5 h 12 m"],
		[DAY, "1 d"],
		[3 * DAY + 4 * HOUR + 10 * MINUTE, "3 d 4 h"],
		[1500 * DAY, "1,500 d"],
	];
	for (const [time, text] of rows) assert.equal(duration(time), text);
});
