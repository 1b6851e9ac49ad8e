// A text file written whole, or one clear line why it cannot be.

import { writeFileSync } from "node:fs";
import { UsageError } from "../std/usage-error.ts";

export function writeTextFile(path: string, text: string): void {
	try {
		writeFileSync(path, text);
	} catch (cause) {
		throw unwritten(path, cause);
	}
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "its folder does not exist",
	ENOTDIR: "its folder is a file",
	EISDIR: "is a folder",
	EACCES: "permission denied",
	EPERM: "permission denied",
	EROFS: "the disk is read-only",
	ENOSPC: "the disk is full",
};

export function unwritten(path: string, cause: unknown): UsageError {
	const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
	return new UsageError(`${path}: cannot be written: ${REASONS[code] ?? code}`, { cause });
}
