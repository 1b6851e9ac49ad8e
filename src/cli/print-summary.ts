// The summary of a run on a stream, as that stream can show it: colour on a terminal that wants it, blocks where the locale has them.

import type { RunRecord } from "../report/metrics.ts";
import { summaryLines } from "../report/summary.ts";

/** What is used of `process.stdout`. */
export type SummaryStream = {
	readonly isTTY?: boolean | undefined;
	readonly columns?: number | undefined;
	write(text: string): unknown;
};

export type SummaryEnvironment = Readonly<Record<string, string | undefined>>;

/** Width of the page where no terminal says one: a file, a pipe. */
const COLUMNS = 100;

export function printSummary(
	run: RunRecord,
	stream: SummaryStream = process.stdout,
	options: { env?: SummaryEnvironment; drawdownLimitPct?: number | undefined } = {},
): void {
	const { env = process.env, drawdownLimitPct } = options;
	const width = stream.isTTY === true ? (stream.columns ?? COLUMNS) : COLUMNS;
	const lines = summaryLines(run, { width, colour: wantsColour(stream, env), unicode: hasBlocks(env), drawdownLimitPct });
	stream.write(`${lines.join("\n")}\n`);
}

/** Only on a terminal, and not where NO_COLOR (https://no-color.org) holds anything. */
function wantsColour(stream: SummaryStream, env: SummaryEnvironment): boolean {
	return stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}

/** A locale that is named and is no UTF-8 gets ASCII; a machine that names none is taken for a modern one. */
function hasBlocks(env: SummaryEnvironment): boolean {
	const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((each) => each !== undefined && each !== "");
	return locale === undefined || /utf-?8/i.test(locale);
}
