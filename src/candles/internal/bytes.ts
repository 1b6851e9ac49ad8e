// The bytes of an operator's file, unpacked where its content (not its name) is gzip. What goes wrong here is the operator's to
// mend: a UsageError that names the file.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { UsageError } from "../../std/usage-error.ts";

const READ_FAULTS: Readonly<Record<string, string>> = {
	ENOENT: "there is no such file: check the path",
	EISDIR: "this is a directory: name a file in it",
	ENOTDIR: "a part of this path is a file, not a directory: check the path",
	EACCES: "it may not be read: check its permissions",
	EPERM: "it may not be read: check its permissions",
	ERR_FS_FILE_TOO_LARGE: "it is larger than 2 GiB: split it by time",
};

const GUNZIP_FAULTS: Readonly<Record<string, string>> = {
	Z_BUF_ERROR: "the gzip data ends too early: the copy is incomplete, fetch the file again",
	ERR_BUFFER_TOO_LARGE: "it is too large once unpacked: split it by time",
};

export function readBytes(path: string): Uint8Array {
	let packed: Uint8Array;
	try {
		packed = readFileSync(path);
	} catch (error) {
		throw new UsageError(`${path}: ${READ_FAULTS[codeOf(error)] ?? `it cannot be read (${codeOf(error)})`}`);
	}
	return unpack(packed, path);
}

/** Plain bytes as they are; gzip by its magic number; a zip archive is refused by name. */
function unpack(bytes: Uint8Array, fileName: string): Uint8Array {
	if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
		throw new UsageError(`${fileName}: this is a zip archive: unzip it and name the CSV file inside`);
	}
	if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
	try {
		return gunzipSync(bytes);
	} catch (error) {
		throw new UsageError(`${fileName}: ${GUNZIP_FAULTS[codeOf(error)] ?? "the gzip data is damaged: fetch the file again"}`);
	}
}

const WRITE_FAULTS: Readonly<Record<string, string>> = {
	ENOENT: "its directory does not exist: create it first",
	EISDIR: "this is a directory: name a file in it",
	EACCES: "it may not be written: check its permissions",
	EROFS: "its file system is read-only: name another place",
	ENOSPC: "the disk is full",
};

/** What the operator is told when `path` cannot be written. */
export function writeFault(path: string, error: unknown): UsageError {
	return new UsageError(`${path}: ${WRITE_FAULTS[codeOf(error)] ?? `it cannot be written (${codeOf(error)})`}`);
}

/** A failure's code (`ENOENT`, `Z_BUF_ERROR`). What is no such failure is not ours to explain, and goes on. */
export function codeOf(error: unknown): string {
	if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
	throw error;
}
