// Reading a candle file of a million rows. What regressing would cost: every cold backtest begins with this, and at a second a
// file the wait would be longer than the whole computation. Measured against a reader that splits text, in the same process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readCandles } from "../src/candles/csv.ts";
import { generateMarket } from "../src/candles/generate.ts";
import { formatCandles } from "../src/candles/write.ts";
import { allocate, COLUMN_NAMES, type Columns, slice } from "../src/market/candle.ts";

const ROWS = 1_000_000;
const PASSES = 5;

export async function bench(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-bench-"));
	try {
		const bytes = formatCandles(slice(generateMarket({ seed: "bench", days: Math.ceil(ROWS / 1440) }), 0, ROWS));
		const plain = join(folder, "candles.csv");
		const packed = join(folder, "candles.csv.gz");
		writeFileSync(plain, bytes);
		writeFileSync(packed, gzipSync(bytes, { level: 1 }));

		console.log(`load: ${ROWS} rows, ${(bytes.length / 1e6).toFixed(0)} MB · ${cpus()[0]?.model.trim()} · Node ${process.version}`);
		const ours = time("own byte parser, all rules checked", () => readCandles(plain).columns);
		time("the same, gzipped", () => readCandles(packed).columns);
		const naive = time("naive split, nothing checked", () => naiveRead(plain));
		console.log(`  ${(naive / ours).toFixed(1)} times as fast as the naive reader`);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The best of some passes, in ms; the first, cold one is shown beside it. */
function time(name: string, read: () => Columns): number {
	const taken = Array.from({ length: PASSES }, () => {
		const before = performance.now();
		if (read().length !== ROWS) throw new Error(`${name} read another number of rows`);
		return performance.now() - before;
	});
	const best = Math.min(...taken);
	const rate = (ROWS / best / 1000).toFixed(2);
	console.log(`  ${name.padEnd(36)} ${best.toFixed(0).padStart(5)} ms (first ${taken[0]?.toFixed(0)} ms)  ${rate} M rows/s`);
	return best;
}

function naiveRead(path: string): Columns {
	const rows = readFileSync(path, "utf8").trimEnd().split("\n").slice(1);
	const columns = allocate(rows.length);
	const cells = COLUMN_NAMES.map((name) => columns[name]);
	for (let i = 0; i < rows.length; i++) {
		const parts = rows[i]!.split(",");
		for (let k = 0; k < cells.length; k++) cells[k]![i] = Number(parts[k]);
	}
	return columns;
}

if (import.meta.main) await bench();
