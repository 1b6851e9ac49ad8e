// Rules of symbols that the bundled table does not have, or has otherwise: a saved answer of /v5/market/instruments-info, or the folder of
// a candle store, which keeps the rules of each symbol beside its candles.

import { readFileSync, statSync } from "node:fs";
import { decodeInstrument } from "../bybit/decode/instrument.ts";
import { isObject } from "../bybit/decode/row.ts";
import { storedRules } from "../candles/stored-instrument.ts";
import { bundledInstrument, type Instrument } from "../market/instrument.ts";
import { UsageError } from "../std/usage-error.ts";

const NO_ANSWER = "it is no answer of /v5/market/instruments-info: save one, as JSON";

/** Rules from `path` first, else from the bundled table. */
export function instrumentFinder(path: string | undefined): (symbol: string) => Instrument | undefined {
	if (path === undefined) return bundledInstrument;
	if (isFolder(path)) return (symbol) => storedRules(path, symbol)?.instrument ?? bundledInstrument(symbol);
	const rows = new Map(rowsOf(readText(path), path).map((row): [unknown, unknown] => [isObject(row) ? row.symbol : undefined, row]));
	return (symbol) => {
		const row = rows.get(symbol);
		if (row === undefined) return bundledInstrument(symbol);
		const read = decodeInstrument(row);
		if (!read.ok) throw new UsageError(`--instruments ${path}: ${symbol}: ${read.error}`);
		return read.value.instrument;
	};
}

/** A whole answer, its result, or its list alone. */
function rowsOf(text: string, path: string): readonly unknown[] {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new UsageError(`--instruments ${path}: ${NO_ANSWER}`);
	}
	if (isObject(value) && "result" in value) value = value.result;
	if (isObject(value) && "list" in value) value = value.list;
	if (!Array.isArray(value)) throw new UsageError(`--instruments ${path}: ${NO_ANSWER}`);
	return value as readonly unknown[];
}

function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readText(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException; // what a file system throws
		throw new UsageError(`--instruments ${path}: it cannot be read (${code ?? "unknown reason"})`);
	}
}
