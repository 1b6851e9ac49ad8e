// The local candle store: what was downloaded from one exchange, a folder for each symbol and interval, a file for each month (candles under
// an hour) or year. Each file also says which times it speaks for, so that a missing candle is told from one never asked for.
// Layout and format: docs/candle-store.md.

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { allocate, type Columns, lowerBound, slice } from "../market/candle.ts";
import { fixedLength, INTERVALS, type Interval } from "../market/interval.ts";
import { assert } from "../std/assert.ts";
import { UsageError } from "../std/usage-error.ts";
import { DAY, HOUR, type Ms } from "../units/unit.ts";
import type { CandleFile } from "./csv.ts";
import { codeOf, readBytes } from "./internal/bytes.ts";
import { copyRows, decodeChunk, decodeHead, encodeChunk } from "./internal/chunk.ts";
import { alone, replaceFile } from "./internal/safe-write.ts";
import { Disagreement, merged, outside } from "./merge.ts";
import { inside, joined, type Range } from "./ranges.ts";
import { gapsOf } from "./spacing.ts";

const CHUNK_ENDING = ".candles";

/** Candles, and the times that were asked for: a covered time without a row is a candle that the exchange does not have. */
export type Series = { readonly columns: Columns; readonly covered: readonly Range[] };

export type Key = { readonly symbol: string; readonly interval: Interval };

export class CandleStore {
	/** The folder of one exchange. */
	readonly folder: string;

	constructor(folder: string) {
		this.folder = folder;
	}

	seriesFolder({ symbol, interval }: Key): string {
		return join(this.folder, symbol, interval);
	}

	/** All there is; damaged files are the operator's to delete. */
	read(key: Key): Series {
		return readSeries(this.seriesFolder(key), key);
	}

	/** What is covered, without the candles. */
	covered(key: Key): readonly Range[] {
		const folder = this.seriesFolder(key);
		return joined(chunkNames(folder).flatMap((name) => headOf(join(folder, name), key).head.covered));
	}

	/**
	 * Adds candles, all of which open in `covered`. Where a stored one differs a UsageError says so and nothing is changed in that file,
	 * unless `replace` says that the new ones hold.
	 */
	async add(key: Key, fresh: Series, { replace = false } = {}): Promise<void> {
		const folder = this.seriesFolder(key);
		for (const chunk of chunksOf(key.interval, fresh.covered)) {
			const { columns } = fresh;
			const part = slice(columns, lowerBound(columns, chunk.from), lowerBound(columns, chunk.to));
			const covered = inside(fresh.covered, [chunk.from, chunk.to]);
			await alone(folder, () => addToChunk(join(folder, chunk.name), key, { columns: part, covered }, replace));
		}
	}
}

/** A folder of the store, or one of its files, as a candle file: for `--data`. */
export function readStored(path: string): CandleFile | undefined {
	const names = chunkNames(path);
	if (names.length > 0) {
		const interval = INTERVALS.find((each) => each === basename(path));
		const key = interval === undefined ? headOf(join(path, names[0]!)).head : { symbol: basename(dirname(path)), interval };
		return candleFile(readSeries(path, key).columns, key.interval, path);
	}
	if (!path.endsWith(CHUNK_ENDING)) return undefined;
	const chunk = decodeChunk(readBytes(path));
	if (!chunk.ok) throw new UsageError(`${path}: ${chunk.error}: delete it and download it again`);
	return candleFile(chunk.value.columns, chunk.value.interval, path);
}

/** Stored candles as a reader of files hands them on. Only complete candles are stored. */
export function candleFile(columns: Columns, interval: Interval, path: string): CandleFile {
	if (columns.length === 0) throw new UsageError(`${path}: no candle is stored there`);
	const gaps = gapsOf(columns.openTime.subarray(0, columns.length), interval);
	assert(!("reason" in gaps), "stored candles lie on their interval's boundaries");
	const spacing = fixedLength(interval) ?? 28 * DAY;
	return { columns, origin: "recorded", hasVolume: true, hasTurnover: true, spacing, interval, gaps };
}

function readSeries(folder: string, key: Key): Series {
	const files = chunkNames(folder).map((name) => headOf(join(folder, name), key));
	const columns = allocate(files.reduce((sum, { head }) => sum + head.rows, 0));
	let row = 0;
	for (const { bytes, head } of files) {
		copyRows(bytes, head, columns, row);
		row += head.rows;
	}
	return { columns, covered: joined(files.flatMap(({ head }) => head.covered)) };
}

function headOf(path: string, key?: Key) {
	const bytes = readBytes(path);
	const head = decodeHead(bytes);
	if (!head.ok) throw new UsageError(`${path}: ${head.error}: delete it and download it again`);
	const { symbol, interval } = head.value;
	if (key !== undefined && (symbol !== key.symbol || interval !== key.interval))
		throw new UsageError(`${path}: it holds ${symbol} ${interval}, which belongs into another folder: move it there or delete it`);
	return { bytes, head: head.value };
}

/** In the order of time, which is that of their names. */
function chunkNames(folder: string): string[] {
	try {
		return readdirSync(folder)
			.filter((name) => name.endsWith(CHUNK_ENDING))
			.sort();
	} catch (error) {
		const code = codeOf(error);
		if (code === "ENOENT" || code === "ENOTDIR") return [];
		throw new UsageError(`${folder}: it cannot be read (${code}): check its permissions`);
	}
}

function addToChunk(path: string, key: Key, fresh: Series, replace: boolean): void {
	const before = storedChunk(path, key);
	const kept = replace ? outside(before.columns, fresh.covered) : before.columns;
	try {
		const columns = merged(kept, fresh.columns);
		const covered = joined([...before.covered, ...fresh.covered]);
		if (!replace && columns.length === before.columns.length && sameRanges(covered, before.covered)) return;
		replaceFile(path, encodeChunk({ ...key, columns, covered }));
	} catch (error) {
		if (!(error instanceof Disagreement)) throw error;
		throw new UsageError(
			`${path}: the candle of ${new Date(error.at).toISOString()} differs from the exchange's (${error.what}); take the exchange's with download --refetch`,
		);
	}
}

function storedChunk(path: string, key: Key): Series {
	const name = basename(path);
	if (!chunkNames(dirname(path)).includes(name)) return { columns: allocate(0), covered: [] };
	const { bytes, head } = headOf(path, key);
	const columns = allocate(head.rows);
	copyRows(bytes, head, columns, 0);
	return { columns, covered: head.covered };
}

function sameRanges(a: readonly Range[], b: readonly Range[]): boolean {
	return a.length === b.length && a.every(([from, to], i) => from === b[i]?.[0] && to === b[i]?.[1]);
}

type ChunkSpan = { readonly name: string; readonly from: Ms; readonly to: Ms };

/** The files that the ranges touch. */
function chunksOf(interval: Interval, ranges: readonly Range[]): ChunkSpan[] {
	const chunks = new Map<string, ChunkSpan>();
	for (const [from, to] of ranges)
		for (let at = from; at < to; ) {
			const chunk = chunkAt(interval, at);
			chunks.set(chunk.name, chunk);
			at = chunk.to;
		}
	return [...chunks.values()].sort((a, b) => a.from - b.from);
}

function chunkAt(interval: Interval, at: Ms): ChunkSpan {
	const date = new Date(at);
	const year = date.getUTCFullYear();
	const text = String(year).padStart(4, "0");
	if ((fixedLength(interval) ?? DAY) >= HOUR) return { name: `${text}${CHUNK_ENDING}`, from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) };
	const month = date.getUTCMonth();
	const name = `${text}-${String(month + 1).padStart(2, "0")}${CHUNK_ENDING}`;
	return { name, from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
}
