// Lists a page at a time, newest first. A cursor names the last row shown, so rows that arrive meanwhile shift nothing; like Bybit's it
// holds a percent sign. Who encodes it once more gets the same page as who sends it as it is, so that it arrives decoded (pybit does).

import type { Params } from "./params.ts";
import { invalid } from "./params.ts";

export type Page<T> = { readonly rows: T[]; readonly nextPageCursor: string };

/** `rows` are newest first and `numberOf` falls from row to row. */
export function pageOf<T>(
	rows: readonly T[],
	params: Params,
	{ numberOf, fallback, max }: { numberOf: (row: T) => number; fallback: number; max: number },
): Page<T> {
	const limit = params.count("limit", { fallback, max });
	const cursor = params.text("cursor");
	const below = cursor === undefined ? Number.POSITIVE_INFINITY : rowOf(cursor);
	const rest = rows.filter((row) => numberOf(row) < below);
	const page = rest.slice(0, limit);
	const last = page.at(-1);
	return { rows: page, nextPageCursor: last === undefined || rest.length <= limit ? "" : `row%3A${numberOf(last)}` };
}

function rowOf(cursor: string): number {
	const match = /^row(?:%3A|:)(\d{1,15})$/.exec(cursor);
	return match === null ? invalid("cursor") : Number(match[1]);
}
