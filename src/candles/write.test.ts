import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { COLUMN_NAMES, type Columns, columnsOf } from "../market/candle.ts";
import { UsageError } from "../std/usage-error.ts";
import { parseCandles, readCandles } from "./csv.ts";
import { formatCandles, writeCandles } from "./write.ts";

const folder = mkdtempSync(join(tmpdir(), "anchorwatch-write-"));
after(() => rmSync(folder, { recursive: true }));

const price = fc.double({ min: 1e-12, max: 1e15, noNaN: true });
const amount = fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1e15, noNaN: true }));
const candle = fc.record({ prices: fc.tuple(price, price, price, price), volume: amount, turnover: amount });

function columnsFrom(rows: readonly { prices: readonly number[]; volume: number; turnover: number }[]): Columns {
	return columnsOf(
		rows.map(({ prices, volume, turnover }, i) => ({
			openTime: i * 60_000,
			open: prices[0]!,
			close: prices[1]!,
			high: Math.max(...prices),
			low: Math.min(...prices),
			volume: volume + 0,
			turnover: turnover + 0,
		})),
	);
}

test("reading what was written gives the same candles, bit for bit", () => {
	fc.assert(
		fc.property(fc.array(candle, { minLength: 2, maxLength: 20 }), (rows) => {
			const columns = columnsFrom(rows);
			const read = parseCandles(formatCandles(columns), "f.csv").columns;
			for (const name of COLUMN_NAMES) assert.deepEqual(read[name], columns[name]);
		}),
	);
});

test("numbers are written without exponents, a NaN as an empty cell, the note as a comment", () => {
	const columns = columnsFrom([{ prices: [1e-7, 2, 3, 4], volume: Number.NaN, turnover: 1e21 }]);
	const text = Buffer.from(formatCandles(columns, { note: "from the archive" })).toString();
	assert.equal(
		text,
		"# from the archive\nopen_time_ms,open,high,low,close,volume,turnover\n0,0.0000001,4,0.0000001,2,,1000000000000000000000\n",
	);
});

test("a name ending in .gz is written gzipped, and reads the same", () => {
	const columns = columnsFrom(Array.from({ length: 10_000 }, (_, i) => ({ prices: [1 + i, 2, 3, 4], volume: i, turnover: i / 8 })));
	const [plain, packed] = [join(folder, "a.csv"), join(folder, "a.csv.gz")];
	writeCandles(plain, columns, { note: "both" });
	writeCandles(packed, columns, { note: "both" });
	assert.deepEqual([...readFileSync(packed).subarray(0, 2)], [0x1f, 0x8b]);
	assert.deepEqual(readCandles(packed), readCandles(plain));
});

test("a place that cannot be written ends in one line", () => {
	const columns = columnsFrom([{ prices: [1, 1, 1, 1], volume: 1, turnover: 1 }]);
	assert.throws(() => writeCandles(join(folder, "none", "a.csv"), columns), {
		name: UsageError.prototype.constructor.name,
		message: `${join(folder, "none", "a.csv")}: its directory does not exist: create it first`,
	});
});
