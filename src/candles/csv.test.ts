import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { candleAt } from "../market/candle.ts";
import { UsageError } from "../std/usage-error.ts";
import { CANDLE_HEADER, type CandleFile, parseCandles, readCandles } from "./csv.ts";

const folder = mkdtempSync(join(tmpdir(), "anchorwatch-csv-"));
after(() => rmSync(folder, { recursive: true }));

const HEADER = CANDLE_HEADER.join(",");
const GOOD = "0,10,12,9,11,1,10\n60000,11,12,9,10,2,20\n";

function parse(text: string): CandleFile {
	return parseCandles(Buffer.from(text), "f.csv");
}

function refuses(act: () => unknown, message: string): void {
	assert.throws(
		act,
		(error) => error instanceof UsageError && !error.message.includes("\n") && assert.equal(error.message, message) === undefined,
	);
}

/** The rows, under the usual header, are refused with this message; they stand from line 2 on. */
function check(rows: string, message: string): void {
	refuses(() => parse(`${HEADER}\n${rows}`), `f.csv${message}`);
}

test("a file that is no table of candles is refused in one line that says what to do (H1)", () => {
	refuses(() => parse(""), `f.csv: it is empty: it must begin with the header ${HEADER}`);
	refuses(() => parse("\n\n"), `f.csv: it is empty: it must begin with the header ${HEADER}`);
	refuses(
		() => parse(`open_time_ms,open,high,low,close,volume\n${GOOD}`),
		`f.csv, line 1: no column turnover in the header "open_time_ms,open,high,low,close,volume": it must name ${HEADER}`,
	);
	refuses(() => parse(GOOD), `f.csv, line 1: no column open_time_ms in the header "0,10,12,9,11,1,10": it must name ${HEADER}`);
	refuses(() => parse(`${HEADER},open\n`), "f.csv, line 1: the header names open twice: keep one");
	check("", ": a header and no rows: a candle file needs at least two rows");
	check("0,10,12,9,11,1,10", ": one row alone has no spacing, and so no interval: a candle file needs at least two rows");
});

test("a cell that is no finite number is refused with its line and column (C6)", () => {
	check(`${GOOD}120000,NaN,12,9,10,2,20`, ', line 4: open is "NaN", no finite number: correct the cell');
	check(`${GOOD}120000,10,Infinity,9,10,2,20`, ', line 4: high is "Infinity", no finite number: correct the cell');
	check(`${GOOD}120000,10,1e999,9,10,2,20`, ', line 4: high is "1e999", no finite number: correct the cell');
	check(`${GOOD}120000,10,12,9,10,2,x`, ', line 4: turnover is "x", no finite number: correct the cell');
	check(`${GOOD}120000,10,1.2.3,9,10,2,20`, ', line 4: high is "1.2.3", no finite number: correct the cell');
	check(`${GOOD}120000,10,.,9,10,2,20`, ', line 4: high is ".", no finite number: correct the cell');
	check(`${GOOD}120000,0x10,12,9,10,2,20`, ', line 4: open is "0x10", no finite number: correct the cell');
	check(`${GOOD}2024-01-01,10,12,9,10,2,20`, ', line 4: open_time_ms is "2024-01-01", no finite number: correct the cell');
	check(`${GOOD}120000,,12,9,10,2,20`, ", line 4: open is empty: only volume and turnover may be");
	check(`${GOOD}1.5,10,12,9,10,2,20`, ", line 4: open_time_ms is 1.5, no whole number of milliseconds since 1970");
	check(`-60000,10,12,9,11,1,10\n${GOOD}`, ", line 2: open_time_ms is -60000, no whole number of milliseconds since 1970");
});

test("a row with too few or too many cells is refused with its line (C6)", () => {
	check(`${GOOD}120000,10,12`, ", line 4: 3 cells where the header has 7: complete the row or remove it");
	check(`${GOOD}120000,10,12,9,10,2,20,5`, ", line 4: more cells than the 7 of the header: remove what is too much");
	check(`0,10,12,9,11,1,10\n\n60000,11,12,9,10,2,20`, ", line 3: the line is empty: remove it");
});

test("a row that breaks a candle's rules is refused with its line (C6)", () => {
	check(`${GOOD}60000,11,12,9,10,2,20`, ", line 4: open_time_ms 60000 is that of the row before: remove one of the two");
	check(`${GOOD}30000,11,12,9,10,2,20`, ", line 4: open_time_ms 30000 comes after 60000: sort the rows by time");
	check(`${GOOD}120000,10,10.9,9,11,2,20`, ", line 4: high 10.9 is below open 10 or close 11: correct or remove the row");
	check(`${GOOD}120000,10,12,10.1,11,2,20`, ", line 4: low 10.1 is above open 10 or close 11: correct or remove the row");
	check(`${GOOD}120000,10,12,0,11,2,20`, ", line 4: a price of 0: prices are above zero");
	check(`${GOOD}120000,-10,12,-11,11,2,20`, ", line 4: a price of -11: prices are above zero");
	check(`${GOOD}120000,10,12,9,11,-2,20`, ", line 4: volume is -2: it is zero or more, and an empty cell where it was not recorded");
	check(`${GOOD}120000,10,12,9,11,2,-1`, ", line 4: turnover is -1: it is zero or more, and an empty cell where it was not recorded");
});

test("of two faults the earlier line is named, whatever their kinds", () => {
	check(`0,10,9,9,11,1,10\n60000,x`, ", line 2: high 9 is below open 10 or close 11: correct or remove the row");
	refuses(() => parse(`# a comment\r\n${HEADER}\r\n0,x`), "f.csv, line 3: 2 cells where the header has 7: complete the row or remove it");
});

test("a row off the boundary that the others keep is named, and so is a spacing that Bybit does not have", () => {
	const rows = (...times: number[]): string => times.map((time) => `${time},10,12,9,11,1,10\n`).join("");
	const hour = 3_600_000;
	check(
		rows(0, hour, 2 * hour, 2.5 * hour, 3 * hour, 4 * hour),
		", line 5: 1970-01-01T02:30:00.000Z is no boundary of the 1 h that most rows lie apart: correct or remove the row",
	);
	check(
		rows(30_000, 90_000, 150_000),
		", line 2: 1970-01-01T00:00:30.000Z is no boundary of the 1 m that most rows lie apart: correct or remove the row",
	);
	const list = "(1 3 5 15 30 60 120 240 360 720 D W M)";
	check(
		rows(1_700_000_040, 1_700_000_100),
		`: most rows lie 60 ms apart, no interval of Bybit's ${list}: the times look like seconds, and must be milliseconds`,
	);
	check(
		rows(1_700_000_040_000_000, 1_700_000_100_000_000),
		`: most rows lie 60000000 ms apart, no interval of Bybit's ${list}: the times look like microseconds, and must be milliseconds`,
	);
	check(
		rows(1_700_000_040_000, 1_700_000_160_000),
		`: most rows lie 120000 ms apart, no interval of Bybit's ${list}: aggregate them to one that it has`,
	);
});

test("gaps are reported with their range and the candles they lack, and every interval of Bybit's is recognised (C3)", () => {
	const at = (...times: number[]) => parse(`${HEADER}\n${times.map((time) => `${time},10,12,9,11,1,10\n`).join("")}`);
	const { interval, spacing, gaps } = at(0, 60_000, 180_000, 240_000, 600_000, 660_000);
	assert.deepEqual([interval, spacing], ["1", 60_000]);
	assert.deepEqual(gaps, [
		{ from: 120_000, to: 180_000, missing: 1 },
		{ from: 300_000, to: 600_000, missing: 5 },
	]);
	const months = [0, 1, 2, 4, 5].map((month) => Date.UTC(2024, month));
	assert.deepEqual(
		[at(...months).interval, at(...months).gaps],
		["M", [{ from: months[2]! + 31 * 86_400_000, to: months[3], missing: 1 }]],
	);
	assert.equal(at(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 8)).interval, "W");
	assert.equal(at(Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3)).interval, "D");
	assert.equal(at(0, 720 * 60_000).interval, "720");
});

test("columns are found by name in any order, and further ones are ignored", () => {
	const file = parse("close,trades,turnover,volume,low,high,open,open_time_ms,ignore\n11,5,10,1,9,12,10,0,x\n10,,20,2,9,12,11,60000,\n");
	assert.deepEqual(candleAt(file.columns, 0), { openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: 1, turnover: 10 });
	assert.deepEqual(candleAt(file.columns, 1), { openTime: 60_000, open: 11, high: 12, low: 9, close: 10, volume: 2, turnover: 20 });
});

test("CRLF, a byte order mark, blank lines at the end and a missing final newline change nothing", () => {
	const plain = parse(`${HEADER}\n${GOOD}`);
	const crlf = `${HEADER}\n${GOOD}`.replaceAll("\n", "\r\n");
	for (const text of [`${HEADER}\n${GOOD.trimEnd()}`, crlf, crlf.trimEnd(), `\uFEFF${HEADER}\n${GOOD}`, `${HEADER}\n${GOOD}\r\n \n`]) {
		assert.deepEqual(parse(text), plain);
	}
});

test("an empty volume or turnover is not recorded, never zero", () => {
	const partly = parse(`${HEADER}\n0,10,12,9,11,,10\n60000,11,12,9,10,2,\n`);
	assert.deepEqual([partly.hasVolume, partly.hasTurnover], [true, true]);
	assert.ok(Number.isNaN(partly.columns.volume[0]) && Number.isNaN(partly.columns.turnover[1]));
	const neither = parse(`${HEADER}\n0,10,12,9,11,,\r\n60000,11,12,9,10,,\r\n`);
	assert.deepEqual([neither.hasVolume, neither.hasTurnover], [false, false]);
});

test("a generated file says so in its first line, and the reader passes it on (J3)", () => {
	const file = parse(`# generated by anchorwatch: seed 7\n${HEADER}\n${GOOD}`);
	assert.deepEqual([file.origin, file.note], ["generated", "generated by anchorwatch: seed 7"]);
	assert.equal(parse(`# from my own archive\n${HEADER}\n${GOOD}`).origin, "recorded");
	assert.equal(parse(`${HEADER}\n${GOOD}`).note, undefined);
});

test("each number is the double nearest to its decimal text: what Number() gives", () => {
	const digits = (max: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: max });
	const decimal = fc.oneof(
		fc.tuple(digits(17), digits(17)).map(([whole, fraction]) => `${whole}.${fraction}`),
		digits(22),
		digits(12).map((fraction) => `.${fraction}`),
		digits(12).map((whole) => `${whole}.`),
		fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(String),
		fc.tuple(digits(5), fc.integer({ min: -30, max: 30 })).map(([whole, exponent]) => `+${whole}e${exponent}`),
	);
	fc.assert(
		fc.property(decimal, decimal, (volume, turnover) => {
			const { columns } = parse(`${HEADER}\n0,10,12,9,11,${volume},${turnover}\n60000,11,12,9,10,2,20\n`);
			assert.deepEqual([columns.volume[0], columns.turnover[0]], [Number(volume), Number(turnover)]);
		}),
		{ numRuns: 500 },
	);
});

test("whatever bytes a file holds, it is read or refused in one line (C6)", () => {
	const bytes = Buffer.from(`# note\n${HEADER}\r\n${GOOD}120000,10,12,9,10,1e1,\n`);
	const piece = fc.oneof(
		fc.uint8Array({ maxLength: 3 }),
		fc.constantFrom(...[",", "\n", "\r", "\n\n", "#", ".", "-", "e9", ""].map((text) => Buffer.from(text))),
	);
	fc.assert(
		fc.property(fc.nat(bytes.length), fc.nat(4), piece, (at, removed, put) => {
			const changed = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + removed)]);
			try {
				assert.ok(parseCandles(changed, "f.csv").columns.length >= 2);
			} catch (error) {
				assert.ok(error instanceof UsageError && !error.message.includes("\n"), String(error));
			}
		}),
		{ numRuns: 2000 },
	);
});

test("rows beyond the first estimate are read too", () => {
	const short = Array.from({ length: 9_000 }, (_, i) => `${i * 60_000},12345.5,12345.5,12345.5,12345.5,123456.789,123456789.125\n`);
	const long = Array.from({ length: 30_000 }, (_, i) => `${(i + 9_000) * 60_000},1,1,1,1,1,1\n`);
	const { columns, gaps } = parse(`${HEADER}\n${short.join("")}${long.join("")}`);
	assert.deepEqual([columns.length, columns.openTime.length, columns.openTime.at(-1), gaps], [39_000, 39_000, 38_999 * 60_000, []]);
});

test("gzip is recognised by its content, not by the name", () => {
	const text = `${HEADER}\n${GOOD}`;
	const path = join(folder, "packed.csv");
	writeFileSync(path, gzipSync(text));
	assert.deepEqual(readCandles(path), parse(text));
	const plain = join(folder, "plain.csv.gz");
	writeFileSync(plain, text);
	assert.deepEqual(readCandles(plain), parse(text));
});

test("what cannot be read as a file ends in one line, too", () => {
	const packed = gzipSync(`${HEADER}\n${GOOD}`);
	const write = (name: string, bytes: Uint8Array): string => {
		writeFileSync(join(folder, name), bytes);
		return join(folder, name);
	};
	const refused = (path: string, reason: string): void => refuses(() => readCandles(path), `${path}: ${reason}`);
	refused(folder, "this is a directory: name a file in it");
	refused(join(folder, "none.csv"), "there is no such file: check the path");
	refused(
		write("cut.csv.gz", packed.subarray(0, packed.length - 12)),
		"the gzip data ends too early: the copy is incomplete, fetch the file again",
	);
	refused(
		write(
			"bad.csv.gz",
			packed.map((byte, i) => (i > 20 ? byte ^ 0x55 : byte)),
		),
		"the gzip data is damaged: fetch the file again",
	);
	refused(write("candles.zip", Buffer.from("PK\x03\x04rest")), "this is a zip archive: unzip it and name the CSV file inside");
});
