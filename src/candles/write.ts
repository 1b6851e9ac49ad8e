// Candles as CSV text (spec §13): each number as the shortest decimal that reads back as the same one, so reading what was
// written gives the same candles, bit for bit.

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Columns } from "../market/candle.ts";
import { assert } from "../std/assert.ts";
import { plainDecimal } from "../units/decimal.ts";
import { CANDLE_HEADER } from "./csv.ts";
import { writeFault } from "./internal/bytes.ts";

const ROWS_PER_PIECE = 8192;

/** The note becomes the comment line before the header. */
export type FormatOptions = { readonly note?: string | undefined };

/** CSV, UTF-8, with a final newline. */
export function formatCandles(columns: Columns, { note }: FormatOptions = {}): Uint8Array {
	assert(note === undefined || !/[\r\n]/.test(note), "a note is one line");
	const pieces = [Buffer.from(`${note === undefined ? "" : `# ${note}\n`}${CANDLE_HEADER.join(",")}\n`)];
	for (let from = 0; from < columns.length; from += ROWS_PER_PIECE) {
		pieces.push(Buffer.from(formatRows(columns, from, Math.min(columns.length, from + ROWS_PER_PIECE)), "latin1"));
	}
	return Buffer.concat(pieces);
}

/** Writes a candle file, gzipped when the name ends in `.gz`. */
export function writeCandles(path: string, columns: Columns, options: FormatOptions = {}): void {
	const plain = formatCandles(columns, options);
	try {
		writeFileSync(path, path.endsWith(".gz") ? gzipSync(plain) : plain);
	} catch (error) {
		throw writeFault(path, error);
	}
}

function formatRows(columns: Columns, from: number, to: number): string {
	const { openTime, open, high, low, close, volume, turnover } = columns;
	let text = "";
	for (let i = from; i < to; i++) {
		text += `${openTime[i]},${cell(open[i]!)},${cell(high[i]!)},${cell(low[i]!)},${cell(close[i]!)},${cell(volume[i]!)},${cell(turnover[i]!)}\n`;
	}
	return text;
}

function cell(value: number): string {
	return Number.isNaN(value) ? "" : plainDecimal(value);
}
