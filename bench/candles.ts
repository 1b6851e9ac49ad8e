// The million one-minute candles that benches run on: a generated market, kept as raw float64 columns in the system's temporary folder
// so that a second run starts at once. A kept file is never trusted beyond its name and size, which hold the seed and the row count.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateMarket } from "../src/candles/generate.ts";
import { COLUMN_NAMES, type Columns, slice } from "../src/market/candle.ts";

export const ROWS = 1_000_000;
/** A market whose default run trades to its end: on most others the drawdown guard stops it, and the rest would be empty time. */
const SEED = "bench 10";
const CELL = Float64Array.BYTES_PER_ELEMENT;

/** Where files of the benches live. */
export function benchFolder(): string {
	const folder = join(tmpdir(), "anchorwatch-bench");
	mkdirSync(folder, { recursive: true });
	return folder;
}

/** The same candles in every run and process: seven columns of `ROWS` cells each. */
export function benchCandles(): Columns {
	const file = join(benchFolder(), `candles-${SEED}-${ROWS}.f64`);
	return readColumns(file) ?? keepColumns(file, slice(generateMarket({ seed: SEED, days: Math.ceil(ROWS / 1440) }), 0, ROWS));
}

function readColumns(file: string): Columns | undefined {
	let bytes: Buffer;
	try {
		bytes = readFileSync(file);
	} catch {
		return undefined;
	}
	if (bytes.length !== COLUMN_NAMES.length * ROWS * CELL) return undefined;
	const column = (k: number): Float64Array => {
		const cells = new Float64Array(ROWS);
		new Uint8Array(cells.buffer).set(bytes.subarray(k * ROWS * CELL, (k + 1) * ROWS * CELL));
		return cells;
	};
	const [openTime, open, high, low, close, volume, turnover] = COLUMN_NAMES.map((_, k) => column(k)) as [Float64Array, ...Float64Array[]];
	return { length: ROWS, openTime, open, high, low, close, volume, turnover } as Columns; // as many columns as names
}

/** Written aside and renamed, so that a bench that starts meanwhile finds a whole file or none. */
function keepColumns(file: string, columns: Columns): Columns {
	const parts = COLUMN_NAMES.map((name) => new Uint8Array(columns[name].buffer, columns[name].byteOffset, ROWS * CELL));
	const aside = `${file}.${process.pid}`;
	writeFileSync(aside, Buffer.concat(parts));
	renameSync(aside, file);
	return columns;
}
