// Reading a candle file of a million rows, and the same candles from the local store. What regressing would cost: every cold backtest begins with this, and at a second a
// file the wait would be longer than the whole computation. Measured against a reader that splits text, in the same process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readCandles } from "../src/candles/csv.ts";
import { openCandles } from "../src/candles/open.ts";
import { CandleStore } from "../src/candles/store.ts";
import { formatCandles } from "../src/candles/write.ts";
import { allocate, COLUMN_NAMES, type Columns } from "../src/market/candle.ts";
import { assert } from "../src/std/assert.ts";
import { benchCandles, ROWS } from "./candles.ts";
import { type Bench, byTurns, main } from "./figure.ts";

const ROUNDS = { rounds: 5, warmUp: 1 };

async function bench(): Promise<Bench> {
	const folder = mkdtempSync(join(tmpdir(), "anchorwatch-bench-"));
	try {
		const candles = benchCandles();
		const store = new CandleStore(join(folder, "store"));
		const key = { symbol: "BTCUSDT", interval: "1" } as const;
		await store.add(key, { columns: candles, covered: [[candles.openTime[0]!, candles.openTime[ROWS - 1]! + 1]] });
		const stored = store.seriesFolder(key);
		const bytes = formatCandles(candles);
		const plain = join(folder, "candles.csv");
		const packed = join(folder, "candles.csv.gz");
		writeFileSync(plain, bytes);
		writeFileSync(packed, gzipSync(bytes, { level: 1 }));
		const before = performance.now();
		whole(readCandles(plain).columns);
		const first = performance.now() - before;
		const [ours = 0, gzipped = 0, naive = 0, fromStore = 0] = byTurns(
			[
				() => whole(readCandles(plain).columns),
				() => whole(readCandles(packed).columns),
				() => whole(naiveRead(plain)),
				() => whole(openCandles(stored).columns),
			],
			ROUNDS,
		);
		return {
			stake: "Every cold backtest begins with this: at a second a file the wait would be longer than the whole computation.",
			figures: [
				{ name: "own byte parser, all rules checked, first call", value: first, unit: "ms" },
				{ name: "the same, warm", value: ours, unit: "ms" },
				{ name: "the same, gzipped", value: gzipped, unit: "ms" },
				{ name: "candle store, checksums verified", value: fromStore, unit: "ms" },
				{ name: "own byte parser ÷ candle store", value: ours / fromStore, unit: "×", mark: { value: 1, side: "at least" } },
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
