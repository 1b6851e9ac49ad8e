// A text file written whole, or one clear line why it cannot be.

import { writeFileSync } from "node:fs";
import { UsageError } from "../std/usage-error.ts";

export function writeTextFile(path: string, text: string): void {
	try {
		writeFileSync(path, text);
	} catch (cause) {
		const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
		const why =
			code === "ENOENT" ? "its folder does not exist" : code === "EISDIR" ? "is a folder" : code === "EACCES" ? "permission denied" : code;
		throw new UsageError(`${path}: cannot be written: ${why}`, { cause });
	}
}
