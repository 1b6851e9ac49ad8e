// Numeric CSV: named columns into typed arrays, straight from the bytes, each number the double nearest to its decimal text.
// What a row means is not known here. The first cell that cannot be read ends the reading and is kept as the table's fault, so
// that a caller can complain about an earlier line first. Quoting is not supported: numbers need none.

import { UsageError } from "../../std/usage-error.ts";

export type Fault = { readonly line: number; readonly reason: string };

export type Table = {
	/** One array for each name asked for, in that order; undefined for an optional column that the file does not have. */
	readonly columns: readonly (Float64Array | undefined)[];
	readonly length: number;
	/** The line that row 0 stands on, counted from 1. */
	readonly firstLine: number;
	/** The text of the first comment line before the header, without its `#`. */
	readonly comment: string | undefined;
	readonly fault: Fault | undefined;
};

/** The columns that a file must have, and those that it may have. */
export type Wanted = { readonly required: readonly string[]; readonly optional?: readonly string[] };

/** V8 keeps a loop that is entered once at half speed; entered again and again it reaches full speed. */
const ROWS_PER_CALL = 4096;
const SAMPLE_BYTES = 65_536;
const SHOWN_CHARACTERS = 60;

const [TAB, NEWLINE, RETURN, SPACE, HASH, COMMA, POINT, ZERO] = [9, 10, 13, 32, 35, 44, 46, 48] as const;

/** So many digits add up in a 32-bit integer, which is twice as quick as in a double. */
const DIGITS_OF_INT = 9;

/** Powers of ten that a double holds exactly: a whole number below 2^53 over one of them is rounded once, to the nearest double. */
const POWERS = Float64Array.from({ length: DIGITS_OF_INT + 1 }, (_, i) => Number(`1e${i}`));
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function parseTable(input: Uint8Array, fileName: string, wanted: Wanted): Table {
	const bytes = endedByNewline(input);
	const head = readHead(bytes, fileName, wanted.required);
	const asked = [...wanted.required, ...(wanted.optional ?? [])];
	const end = endOfRows(bytes, head.end);
	let capacity = estimateRows(bytes, head.end, end);
	const reader: Reader = {
		bytes,
		names: head.names,
		targets: head.names.map((name) => (asked.includes(name) ? new Float64Array(capacity) : undefined)),
		firstLine: head.line + 1,
		at: head.end,
		row: 0,
		fault: undefined,
	};
	while (reader.at < end && reader.fault === undefined) {
		if (reader.row === capacity) {
			capacity = Math.ceil(capacity * 1.25) + 16;
			grow(reader.targets, capacity);
		}
		readRows(reader, { end, rowEnd: Math.min(capacity, reader.row + ROWS_PER_CALL) });
	}
	return {
		columns: asked.map((name) => reader.targets[head.names.indexOf(name)]?.subarray(0, reader.row)),
		length: reader.row,
		firstLine: reader.firstLine,
		comment: head.comment,
		fault: reader.fault,
	};
}

/** A fault as the one line that the operator reads. */
export function complain(fileName: string, { line, reason }: Fault): UsageError {
	return new UsageError(`${fileName}, line ${line}: ${reason}`);
}

type Reader = {
	readonly bytes: Uint8Array;
	readonly names: readonly string[];
	/** By the column's place in the file; undefined: not wanted. */
	readonly targets: (Float64Array | undefined)[];
	readonly firstLine: number;
	at: number;
	row: number;
	fault: Fault | undefined;
};

/** Reads rows until there are `rowEnd` of them, the bytes are used up, or one cannot be read. */
function readRows(reader: Reader, { end, rowEnd }: { end: number; rowEnd: number }): void {
	const { bytes, targets } = reader;
	const last = targets.length - 1;
	let { at, row } = reader;
	for (; at < end && row < rowEnd; row++) {
		for (let column = 0; column <= last; column++) {
			const start = at;
			let digit = bytes[at]! - ZERO;
			let sum = 0;
			while (digit >= 0 && digit <= 9 && at - start < DIGITS_OF_INT) {
				sum = (Math.imul(sum, 10) + digit) | 0;
				digit = bytes[++at]! - ZERO;
			}
			let mantissa = sum;
			while (digit >= 0 && digit <= 9) {
				mantissa = mantissa * 10 + digit;
				digit = bytes[++at]! - ZERO;
			}
			let decimals = 0;
			let points = 0;
			if (digit === POINT - ZERO) {
				points = 1;
				const first = ++at;
				sum = 0;
				digit = bytes[at]! - ZERO;
				while (digit >= 0 && digit <= 9) {
					sum = (Math.imul(sum, 10) + digit) | 0;
					digit = bytes[++at]! - ZERO;
				}
				decimals = at - first;
				mantissa = decimals > DIGITS_OF_INT ? Number.NaN : mantissa * POWERS[decimals]! + sum;
			}
			const length = at - start;
			if (bytes[at] === RETURN && bytes[at + 1] === NEWLINE) at++;
			const target = targets[column];
			const ends = bytes[at] === (column === last ? NEWLINE : COMMA);
			if (ends && length > points && mantissa <= Number.MAX_SAFE_INTEGER && target !== undefined) {
				target[row] = mantissa / POWERS[decimals]!;
			} else {
				at = readOddCell(reader, { start, column, row });
				if (at < 0) {
					reader.row = row;
					return;
				}
			}
			at++;
		}
	}
	reader.at = at;
	reader.row = row;
}

/** What the fast road leaves: no digits, a sign, an exponent, more digits than a double counts. Where the cell ends; -1 after a fault. */
function readOddCell(reader: Reader, { start, column, row }: { start: number; column: number; row: number }): number {
	const { bytes, names, targets } = reader;
	const fail = (reason: string): number => {
		reader.fault = { line: reader.firstLine + row, reason };
		return -1;
	};
	const end = endOfCell(bytes, start);
	const isLast = column === names.length - 1;
	if (bytes[end] === COMMA && isLast) return fail(`more cells than the ${names.length} of the header: remove what is too much`);
	if (bytes[end] === NEWLINE && !isLast) {
		if (column === 0 && decode(bytes, start, end).trim() === "") return fail("the line is empty: remove it");
		return fail(`${column + 1} cells where the header has ${names.length}: complete the row or remove it`);
	}
	const target = targets[column];
	if (target === undefined) return end;
	const text = end === start ? "" : decode(bytes, start, end).trim();
	const value = text === "" ? Number.NaN : Number(text) + 0;
	if (text !== "" && !(DECIMAL.test(text) && Number.isFinite(value))) {
		return fail(`${names[column]} is ${shown(text)}, no finite number: correct the cell`);
	}
	target[row] = value;
	return end;
}

type Head = {
	readonly names: readonly string[];
	readonly line: number;
	readonly end: number;
	readonly comment: string | undefined;
};

function readHead(bytes: Uint8Array, fileName: string, required: readonly string[]): Head {
	let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	let line = 1;
	let comment: string | undefined;
	for (; bytes[at] === HASH; line++) {
		const end = bytes.indexOf(NEWLINE, at);
		comment ??= decode(bytes, at + 1, end).trim();
		at = end + 1;
	}
	const end = bytes.indexOf(NEWLINE, at);
	const text = end < 0 ? "" : decode(bytes, at, end).trim();
	if (text === "") throw new UsageError(`${fileName}: it is empty: it must begin with the header ${required.join(",")}`);
	const names = text.split(",").map((name) => name.trim());
	const missing = required.find((name) => !names.includes(name));
	if (missing !== undefined) {
		throw complain(fileName, { line, reason: `no column ${missing} in the header ${shown(text)}: it must name ${required.join(",")}` });
	}
	const double = names.find((name, i) => names.indexOf(name) !== i && required.includes(name));
	if (double !== undefined) throw complain(fileName, { line, reason: `the header names ${double} twice: keep one` });
	return { names, line, end: end + 1, comment };
}

/** The position after the newline of the last row that is not blank. */
function endOfRows(bytes: Uint8Array, from: number): number {
	let at = bytes.length;
	while (at > from && [TAB, NEWLINE, RETURN, SPACE].includes(bytes[at - 1] as 9)) at--;
	return at === from ? from : bytes.indexOf(NEWLINE, at) + 1;
}

/** How many rows the bytes hold, a little too many rather than too few, from the length of the first ones. */
function estimateRows(bytes: Uint8Array, from: number, end: number): number {
	const sampleEnd = Math.min(end, from + SAMPLE_BYTES);
	let newlines = 0;
	for (let at = from; at < sampleEnd; at++) if (bytes[at] === NEWLINE) newlines++;
	return sampleEnd === end ? newlines : Math.ceil(((end - from) / (sampleEnd - from)) * newlines * 1.02) + 16;
}

function grow(targets: (Float64Array | undefined)[], capacity: number): void {
	targets.forEach((target, i) => {
		if (target === undefined) return;
		const larger = new Float64Array(capacity);
		larger.set(target);
		targets[i] = larger;
	});
}

function endedByNewline(bytes: Uint8Array): Uint8Array {
	if (bytes.length === 0 || bytes[bytes.length - 1] === NEWLINE) return bytes;
	const longer = new Uint8Array(bytes.length + 1);
	longer.set(bytes);
	longer[bytes.length] = NEWLINE;
	return longer;
}

function endOfCell(bytes: Uint8Array, start: number): number {
	let at = start;
	while (bytes[at] !== COMMA && bytes[at] !== NEWLINE) at++;
	return at;
}

function decode(bytes: Uint8Array, start: number, end: number): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}

/** A piece of the operator's file, short, in quotes, with nothing a terminal would act on. */
function shown(text: string): string {
	return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}
