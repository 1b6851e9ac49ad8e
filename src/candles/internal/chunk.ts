// One file of the candle store as bytes: what it holds and which times it speaks for, then seven columns of doubles, under a checksum.
// Layout (docs/candle-store.md): magic, CRC-32 of all that follows it, length of the header, header as JSON padded to whole doubles, columns.

import { endianness } from "node:os";
import { crc32 } from "node:zlib";
import { allocate, COLUMN_NAMES, type Columns } from "../../market/candle.ts";
import { INTERVALS, type Interval } from "../../market/interval.ts";
import { assert } from "../../std/assert.ts";
import { err, ok, type Result } from "../../std/result.ts";
import { joined, type Range } from "../ranges.ts";

export type Chunk = {
	readonly symbol: string;
	readonly interval: Interval;
	readonly columns: Columns;
	/** Times that were asked for: where they have no row, the exchange had no candle. */
	readonly covered: readonly Range[];
};

/** Where a chunk's parts lie in its bytes; the columns are read later, into larger ones. */
export type ChunkHead = Omit<Chunk, "columns"> & { readonly rows: number; readonly at: number };

const MAGIC = Buffer.from("AWCNDL1\n", "latin1");
const CRC_AT = MAGIC.length;
const LENGTH_AT = CRC_AT + 4;
const HEADER_AT = LENGTH_AT + 4;
const CELL = Float64Array.BYTES_PER_ELEMENT;

function isChunk(bytes: Uint8Array): boolean {
	return MAGIC.equals(bytes.subarray(0, MAGIC.length));
}

export function encodeChunk({ symbol, interval, columns, covered }: Chunk): Uint8Array {
	assert(endianness() === "LE", "the machine writes its doubles with the low byte first, as the files have them");
	const { length } = columns;
	const text = JSON.stringify({ symbol, interval, rows: length, covered });
	const header = text.padEnd(Math.ceil(text.length / CELL) * CELL);
	const bytes = Buffer.alloc(HEADER_AT + header.length + COLUMN_NAMES.length * length * CELL);
	MAGIC.copy(bytes);
	bytes.writeUInt32LE(header.length, LENGTH_AT);
	bytes.write(header, HEADER_AT, "latin1");
	COLUMN_NAMES.forEach((name, k) => {
		bytes.set(bytesOf(columns[name], 0, length), HEADER_AT + header.length + k * length * CELL);
	});
	bytes.writeUInt32LE(crc32(bytes.subarray(LENGTH_AT)), CRC_AT);
	return bytes;
}

/** The error says what is wrong with the bytes. */
export function decodeHead(bytes: Uint8Array): Result<ChunkHead, string> {
	if (!isChunk(bytes) || bytes.length < HEADER_AT) return err("it is no file of the candle store");
	const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
	if (crc32(view.subarray(LENGTH_AT)) !== view.readUInt32LE(CRC_AT)) return err("it is damaged (its checksum is wrong)");
	const at = HEADER_AT + view.readUInt32LE(LENGTH_AT);
	// The checksum says that these are the bytes that `encodeChunk` wrote.
	const { symbol, interval, rows, covered } = JSON.parse(view.toString("latin1", HEADER_AT, at)) as Omit<ChunkHead, "at">;
	if (!INTERVALS.includes(interval) || bytes.length !== at + COLUMN_NAMES.length * rows * CELL)
		return err("it was written by another version of Anchorwatch");
	return ok({ symbol, interval, covered, rows, at });
}

/** Copies a chunk's rows into `target` from its row `row` on. */
export function copyRows(bytes: Uint8Array, { rows, at }: ChunkHead, target: Columns, row: number): void {
	COLUMN_NAMES.forEach((name, k) => {
		bytesOf(target[name], row, row + rows).set(bytes.subarray(at + k * rows * CELL, at + (k + 1) * rows * CELL));
	});
}

export function decodeChunk(bytes: Uint8Array): Result<Chunk, string> {
	const head = decodeHead(bytes);
	if (!head.ok) return head;
	const { symbol, interval, covered, rows } = head.value;
	const columns = allocate(rows);
	copyRows(bytes, head.value, columns, 0);
	return ok({ symbol, interval, columns, covered: joined(covered) });
}

function bytesOf(cells: Float64Array, from: number, to: number): Uint8Array {
	return new Uint8Array(cells.buffer, cells.byteOffset + from * CELL, (to - from) * CELL);
}
