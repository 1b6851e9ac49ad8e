// Reading a candle file of a million rows. What regressing would cost: every cold backtest begins with this, and at a second a
// file the wait would be longer than the whole computation. Measured against a reader that splits text, in the same process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readCandles } from "../src/candles/csv.ts";
import { formatCandles } from "../src/candles/write.ts";
import { allocate, COLUMN_NAMES, type Columns } from "../src/market/candle.ts";
import { assert } from "../src/std/assert.ts";
import { benchCandles, ROWS } from "./candles.ts";
import { type Bench, byTurns, main } from "./figure.ts";

const ROUNDS = { rounds: 5, warmUp: 1 };

function bench(): Bench {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-bench-"));
	try {
		const bytes = formatCandles(benchCandles());
		const plain = join(folder, "candles.csv");
		const packed = join(folder, "candles.csv.gz");
		writeFileSync(plain, bytes);
		writeFileSync(packed, gzipSync(bytes, { level: 1 }));
		const before = performance.now();
		whole(readCandles(plain).columns);
		const first = performance.now() - before;
		const [ours = 0, gzipped = 0, naive = 0] = byTurns(
			[() => whole(readCandles(plain).columns), () => whole(readCandles(packed).columns), () => whole(naiveRead(plain))],
			ROUNDS,
		);
		return {
			stake: "Every cold backtest begins with this: at a second a file the wait would be longer than the whole computation.",
			figures: [
				{ name: "own byte parser, all rules checked, first call", value: first, unit: "ms" },
				{ name: "the same, warm", value: ours, unit: "ms" },
				{ name: "the same, gzipped", value: gzipped, unit: "ms" },
				{ name: "naive split, nothing checked ÷ own byte parser", value: naive / ours, unit: "×" },
			],
		};
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function whole(columns: Columns): void {
	assert(columns.length === ROWS, "a reader reads every row");
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

if (import.meta.main) await main("load", bench);
