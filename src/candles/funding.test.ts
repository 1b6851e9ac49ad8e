import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../std/usage-error.ts";
import { parseFunding, rateNear } from "./funding.ts";

const HEADER = "funding_time_ms,funding_rate";

function parse(text: string) {
	return parseFunding(Buffer.from(text), "f.csv");
}

/** The text is refused with this message. */
function check(text: string, message: string): void {
	assert.throws(
		() => parse(text),
		(error) => error instanceof UsageError && assert.equal(error.message, `f.csv${message}`) === undefined,
	);
}

test("funding files give times and rates, and mark prices where they have them (H1)", () => {
	const file = parse(`${HEADER},mark_price\n1739923200000,0.00007007,95621.9\n1739952000007,-1e-5,\n`);
	assert.deepEqual([...file.times], [1739923200000, 1739952000007]);
	assert.deepEqual([...file.rates], [0.00007007, -0.00001]);
	assert.deepEqual([...file.markPrices!], [95621.9, Number.NaN]);
	assert.equal(parse(`${HEADER}\n1,0.0001`).markPrices, undefined);
});

test("a funding file that is wrong is refused in one line with the line's number", () => {
	check("", `: it is empty: it must begin with the header ${HEADER}`);
	check("funding_time_ms,rate\n", `, line 1: no column funding_rate in the header "funding_time_ms,rate": it must name ${HEADER}`);
	check(`${HEADER}\n`, ": a header and no rows: leave the file out to use one rate throughout");
	check(`${HEADER}\n1,x`, ', line 2: funding_rate is "x", no finite number: correct the cell');
	check(`${HEADER}\n1,`, ", line 2: funding_rate is empty: give the rate or remove the row");
	check(`${HEADER}\n,0.1`, ", line 2: funding_time_ms is empty: give the time or remove the row");
	check(`${HEADER}\n1.5,0.1`, ", line 2: funding_time_ms is 1.5, no whole number of milliseconds since 1970");
	check(`${HEADER}\n2,0.1\n2,0.1`, ", line 3: funding_time_ms 2 is that of the row before: remove one of the two");
	check(`${HEADER}\n2,0.1\n1,0.1`, ", line 3: funding_time_ms 1 comes after 2: sort the rows by time");
	check(`${HEADER}\n2,1`, ", line 2: funding_rate is 1, more than the whole position: rates are fractions, 0.0001 for 0.01 %");
	check(`${HEADER},mark_price\n2,0.1,0`, ", line 2: mark_price is 0: prices are above zero");
	check(`${HEADER}\n2`, ", line 2: 1 cells where the header has 2: complete the row or remove it");
});

test("a rate belongs to the funding time nearest within a minute", () => {
	const times = Float64Array.of(100_000, 200_000, 210_000);
	const rates = Float64Array.of(1, 2, 3);
	const rows: [at: number, rate: number | undefined][] = [
		[39_999, undefined],
		[40_000, 1],
		[100_000, 1],
		[150_000, 1],
		[150_001, 2],
		[205_000, 2],
		[205_001, 3],
		[270_000, 3],
		[270_001, undefined],
	];
	for (const [at, rate] of rows) assert.equal(rateNear(times, rates, at), rate, `at ${at}`);
	assert.equal(rateNear(Float64Array.of(), Float64Array.of(), 0), undefined);
});
