// npm run dst: many seeds on all cores, or one to read. A failing seed prints the rule it broke, the end of its transcript, and the command
// that runs it again.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { HAPPENINGS, type Happened } from "./faults.ts";
import { simulate } from "./simulate.ts";
import type { Failure, Progress, Work } from "./worker.ts";

const USAGE = `npm run dst -- [--seeds N] [--seed S] [--threads T] [--tail L] [--verbose]
  --seeds N    how many seeds (1000)
  --seed S     the first one (0); alone, without --seeds, that one is run here and its transcript's end printed
  --threads T  as many as there are cores
  --failures F after so many failures a thread ends (20)
  --tail L     lines of the transcript of a failing seed (60)
  --verbose    a line for each seed; with one seed, the whole transcript`;

const FAILURES_MAX = 20;

type Totals = {
	seeds: number;
	/** How often each thing happened, and in how many seeds. */
	readonly counts: Map<Happened, number>;
	readonly seen: Map<Happened, number>;
	readonly failures: Failure[];
};

function numberOf(text: string | undefined, name: string, least: number): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (Number.isSafeInteger(value) && value >= least) return value;
	console.error(`--${name}: a whole number from ${least}, not "${text}"`);
	process.exit(2);
}

function runOne(seed: number, terms: { verbose: boolean; tail: number }): boolean {
	const { lines, broken, hash, about } = simulate(seed, { writes: true });
	for (const line of terms.verbose ? lines : lines.slice(-terms.tail)) console.log(line);
	console.log(`seed ${seed}: ${broken === undefined ? "good" : `BROKEN ${broken.what}`} (${about}; transcript ${hash})`);
	return broken === undefined;
}

async function runMany(work: Work & { verbose: boolean }): Promise<Totals> {
	const totals: Totals = { seeds: 0, counts: new Map(), seen: new Map(), failures: [] };
	const threads = Array.from({ length: work.step }, (_, i) => runThread({ ...work, from: work.from + i, count: work.count - i }, totals));
	await Promise.all(threads);
	totals.failures.sort((a, b) => a.seed - b.seed);
	return totals;
}

function runThread(work: Work & { verbose: boolean }, totals: Totals): Promise<void> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: work });
		worker.on("message", (progress: Progress) => take(progress, totals));
		worker.on("error", reject);
		worker.on("exit", () => resolve());
	});
}

function take(progress: Progress, totals: Totals): void {
	switch (progress.kind) {
		case "seed":
			console.log(`${progress.seed} ${progress.hash} ${progress.rule ?? "good"}`);
			return;
		case "failed":
			totals.failures.push(progress.failure);
			console.log(`seed ${progress.failure.seed}: ${progress.failure.what.split("\n")[0]}`);
			return;
		case "done":
			totals.seeds += progress.seeds;
			add(totals.counts, progress.counts);
			add(totals.seen, progress.seen);
			return;
	}
}

function add(sums: Map<Happened, number>, more: ReadonlyMap<Happened, number>): void {
	for (const [name, times] of more) sums.set(name, (sums.get(name) ?? 0) + times);
}

/** How often each thing happened, and in how many seeds; what never happens in many seeds is a defect of the simulation. */
function table({ counts, seen, seeds }: Totals): string {
	const rows = HAPPENINGS.map((name) => {
		const times = counts.get(name) ?? 0;
		return `${name.padEnd(36)} ${String(times).padStart(10)} ${String(seen.get(name) ?? 0).padStart(9)}${times === 0 ? "   never" : ""}`;
	});
	return [`${"what happened".padEnd(36)} ${"times".padStart(10)} ${"seeds".padStart(9)}   of ${seeds}`, ...rows].join("\n");
}

function report(totals: Totals, seconds: number, tail: number): void {
	console.log(table(totals));
	const [first] = totals.failures;
	if (first !== undefined) {
		console.log(`\nthe end of seed ${first.seed}:`);
		runOne(first.seed, { verbose: false, tail });
	}
	const failed = new Map<string, number[]>();
	for (const { rule, seed } of totals.failures) failed.set(rule, [...(failed.get(rule) ?? []), seed]);
	for (const [rule, seeds] of failed) console.log(`BROKEN ${seeds.length} times: ${rule}: seeds ${seeds.slice(0, 10).join(" ")}`);
	if (first !== undefined) console.log(`again: npm run dst -- --seed ${first.seed}`);
	const rate = Math.round(totals.seeds / seconds);
	console.log(`${totals.seeds} seeds in ${seconds.toFixed(1)} s, ${rate} a second, ${totals.failures.length} broken`);
}

const options = {
	seeds: { type: "string" },
	seed: { type: "string" },
	threads: { type: "string" },
	tail: { type: "string" },
	failures: { type: "string" },
	verbose: { type: "boolean" },
	help: { type: "boolean" },
} as const;

const { values } = parseArgs({ options });
const seed = numberOf(values.seed, "seed", 0);
const seeds = numberOf(values.seeds, "seeds", 1);
const threads = numberOf(values.threads, "threads", 1) ?? availableParallelism();
const tail = numberOf(values.tail, "tail", 0) ?? 60;
const failuresMax = numberOf(values.failures, "failures", 1) ?? FAILURES_MAX;
const verbose = values.verbose === true;

if (values.help === true) console.log(USAGE);
else if (seed !== undefined && seeds === undefined) process.exitCode = runOne(seed, { verbose, tail }) ? 0 : 1;
else {
	const began = performance.now();
	const totals = await runMany({ from: seed ?? 0, count: seeds ?? 1000, step: threads, failuresMax, verbose });
	report(totals, (performance.now() - began) / 1000, tail);
	process.exitCode = totals.failures.length === 0 ? 0 : 1;
}
