// Funding rates of one symbol in the store: a funding file as `--funding` reads it, whose first line also says which times it speaks for.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ms } from "../units/unit.ts";
import { readFunding } from "./funding.ts";
import { readBytes } from "./internal/bytes.ts";
import { alone, replaceFile } from "./internal/safe-write.ts";
import { inside, joined, type Range } from "./ranges.ts";

/** `rate` as decimal text, a fraction. */
export type FundingRow = { readonly at: Ms; readonly rate: string };

const COVERED = /^# covered ([\d, -]*)/;
const ROW = /^(\d+),([^,]+)$/;

/** Where the rates of a symbol lie, in the folder of an exchange. */
export function fundingPath(folder: string, symbol: string): string {
	return join(folder, symbol, "funding.csv");
}

/** The path, where any rate is stored; for whoever reads funding files. */
export function storedFundingPath(folder: string, symbol: string): string | undefined {
	const path = fundingPath(folder, symbol);
	return linesOf(path).some((line) => ROW.test(line)) ? path : undefined;
}

export function fundingCovered(folder: string, symbol: string): readonly Range[] {
	const [first = ""] = linesOf(fundingPath(folder, symbol));
	const ranges = COVERED.exec(first)?.[1] ?? "";
	return joined(
		ranges
			.split(", ")
			.filter((text) => text !== "")
			.map((text) => text.split("-").map(Number))
			.map(([from = 0, to = 0]): Range => [from, to]),
	);
}

/** Adds rates; where one is stored already, the new one holds. */
export async function addFunding(folder: string, symbol: string, rows: readonly FundingRow[], covered: readonly Range[]): Promise<void> {
	const path = fundingPath(folder, symbol);
	await alone(dirname(path), () => {
		const known = new Map<Ms, string>();
		for (const line of linesOf(path)) {
			const [, at, rate] = ROW.exec(line) ?? [];
			if (at !== undefined && rate !== undefined) known.set(Number(at), rate);
		}
		for (const { at, rate } of rows) if (inside(covered, [at, at + 1]).length > 0) known.set(at, rate);
		const ranges = joined([...fundingCovered(folder, symbol), ...covered]);
		const head = `# covered ${ranges.map(([from, to]) => `${from}-${to}`).join(", ")}\nfunding_time_ms,funding_rate\n`;
		const body = [...known].sort(([a], [b]) => a - b).map(([at, rate]) => `${at},${rate}\n`);
		replaceFile(path, Buffer.from(head + body.join("")));
	});
}

/** Checked as any funding file is, so that a damaged one is refused before anything is added to it. */
function linesOf(path: string): string[] {
	if (!existsSync(path)) return [];
	const lines = Buffer.from(readBytes(path)).toString("utf8").split("\n");
	if (lines.some((line) => ROW.test(line))) readFunding(path);
	return lines;
}
