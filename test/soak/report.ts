// The soak's report: what struck and what was done, what must stay flat, what the phone and the log got, and the program's own figures.

import type { JobState } from "../../src/schedule/scheduler.ts";
import { DAY } from "../../src/units/unit.ts";
import type { Verdict } from "../day/chat.ts";

export type Row = {
	readonly day: number;
	readonly heapMb: number;
	readonly rssMb: number;
	readonly handles: number;
	readonly lagMs: number;
};

export type Findings = {
	readonly days: number;
	readonly rows: readonly Row[];
	readonly counts: ReadonlyMap<string, number>;
	readonly named: ReadonlyMap<string, number>;
	readonly verdict: string;
	readonly exposed: number;
	readonly worst: number;
	readonly journalMb: number;
	readonly faultsSeen: number;
	readonly seconds: number;
	readonly chat: Verdict;
	readonly jobs: readonly JobState[];
	/** Seconds of the wall's clock that a line was down, each time. */
	readonly breaks: readonly number[];
	/** MB of each copy of the journal that is kept, oldest first. */
	readonly copies: readonly number[];
	readonly lines: number;
	readonly linesLost: number;
	readonly linesInFile: number;
	/** What `anchorwatch kpi` printed, and its exit code. */
	readonly tables: readonly { readonly window: string; readonly text: string; readonly status: number | null }[];
};

export function soakReport(found: Findings, seed: string): string {
	const { days, rows, counts, named, verdict, exposed, worst, journalMb, faultsSeen, seconds, chat, jobs, copies, breaks } = found;
	const down = breaks.reduce((sum, each) => sum + each, 0);
	const third = Math.max(1, Math.floor(rows.length / 3));
	const mean = (part: readonly Row[], of: (row: Row) => number): string =>
		(part.reduce((sum, row) => sum + of(row), 0) / Math.max(1, part.length)).toFixed(1);
	const [early, late] = [rows.slice(1, 1 + third), rows.slice(-third)];
	const flat = (name: string, of: (row: Row) => number): string =>
		`| ${name} | ${mean(early, of)} | ${mean(late, of)} | ${Math.max(...rows.map(of)).toFixed(1)} |`;
	const list = [...named].sort((a, b) => b[1] - a[1]).map(([name, count]) => `| ${name} | ${count} |`);
	return `# Soak

${days} days of market time over sockets in ${(seconds / 60).toFixed(1)} minutes, seed \`${seed}\`, exchange and bot in one process, journal and logs on disk, with the regular
jobs and the phone of a live run in market time, and Telegram's stand-in on the loopback. Made by
\`npm run soak -- --days ${days} --seed ${seed} --out docs/soak.md\`; what it draws, it draws from the seed, what it measures belongs to one machine and moment.

- ${faultsSeen} faults struck (lost and doubled messages, lost answers, server errors, cut sockets, restarts, vanished stops, price jumps);
  ${counts.get("flat") ?? 0} trades were made, ${counts.get("entered") ?? 0} entry fills, ${counts.get("exited") ?? 0} exit fills.
- ${verdict}.
- The position was seen without a stop for ${exposed.toFixed(1)} s of market time in all, ${worst.toFixed(1)} s at the longest.
- The journal held ${journalMb.toFixed(0)} MB at the end; ${copies.length} copies of it are kept, the newest of ${(copies.at(-1) ?? 0).toFixed(0)} MB.
- The log has ${found.linesInFile} lines in its file where ${found.lines} were written; ${found.linesLost} were lost.
- The journal tells ${chat.notes} notes to the phone and the outbox held ${chat.messages} messages with those of the bot itself. ${chat.wrong.length === 0 ? "All are in the chat, each once, in order" : `Wrong: ${chat.wrong.join("; ")}`}:
  ${chat.arrivals} posts, ${chat.digested} messages in digests, ${chat.repeated} came twice.

## What must stay flat

First third against last third of the days, and the highest of all:

| | first | last | highest |
|---|---:|---:|---:|
${flat("live heap after collection, MB", (row) => row.heapMb)}
${flat("resident memory, MB", (row) => row.rssMb)}
${flat("open handles", (row) => row.handles)}
${flat("event-loop lag p99, ms", (row) => row.lagMs)}

## What is measured against limits

What the program says of the journal, at its end: a journal of ${days} days knows no more of a year than these. Uptime leaves something out: while a line was down the
market was held, since it would have passed hours in the second or so of reconnecting. Lines were down ${breaks.length} times, ${(down / Math.max(1, breaks.length)).toFixed(1)} s each and ${Math.max(0, ...breaks).toFixed(1)} s at the
longest by the wall's clock: ${down.toFixed(0)} s in all, which is ${((100 * down * 1000) / (days * DAY)).toFixed(3)} % of ${days} days.

${found.tables.map(({ window, text, status }) => `\`anchorwatch kpi ${window}\` ended with ${status}:\n\n\`\`\`\n${text}\n\`\`\``).join("\n\n")}

## Regular jobs

| job | its latest run (UTC) | it ended |
|---|---|---|
${jobs.map(({ name, last }) => `| ${name} | ${last === undefined ? "–" : new Date(last.at).toISOString().slice(0, 16).replace("T", " ")} | ${last === undefined ? "–" : last.ok ? "well" : "badly"} |`).join("\n")}

## Differences that were found and settled

| difference | times |
|---|---|
${list.join("\n")}
`;
}
