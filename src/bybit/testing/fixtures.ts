// Made-up credentials and the recorded messages that tests share. Recordings stay where they are: tests on them need the variable
// ANCHORWATCH_DATA and skip visibly without it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Credentials } from "../ports.ts";

export const KEY = "SIMKEY0123456789ab";
export const SECRET = "simsecret0123456789abcdefghijklmnopqr";

/** The key pair of the worked signature vectors; it opens nothing. */
export const CREDENTIALS: Credentials = { key: { reveal: () => KEY }, secret: { reveal: () => SECRET } };

const folder = process.env.ANCHORWATCH_DATA;

/** `{ skip: reason }` without recordings, to be given to `test`. */
export const RECORDED = { skip: folder === undefined ? "ANCHORWATCH_DATA names no folder with recordings" : false } as const;

export function recordedText(name: string): string {
	if (folder === undefined) throw new Error("ANCHORWATCH_DATA is not set");
	return readFileSync(join(folder, "bybit-recorded", name), "utf8");
}

export function recordedLines(name: string): unknown[] {
	return recordedText(name)
		.trimEnd()
		.split("\n")
		.map((line): unknown => JSON.parse(line));
}
