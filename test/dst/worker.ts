// One of the threads that run seeds: it is given a range, and tells what became of it.

import { parentPort, workerData } from "node:worker_threads";
import type { Happened } from "./faults.ts";
import { simulate } from "./simulate.ts";

export type Work = { readonly from: number; readonly count: number; readonly step: number; readonly failuresMax: number };

export type Failure = { readonly seed: number; readonly rule: string; readonly what: string };

export type Progress =
	| { readonly kind: "seed"; readonly seed: number; readonly hash: string; readonly rule: string | undefined }
	| { readonly kind: "failed"; readonly failure: Failure }
	| {
			readonly kind: "done";
			readonly seeds: number;
			readonly counts: ReadonlyMap<Happened, number>;
			readonly seen: ReadonlyMap<Happened, number>;
	  };

/** Every so many seeds one is run twice: the same seed gives the same transcript. */
const TWICE = 64;

function work({ from, count, step, failuresMax }: Work, tellsSeeds: boolean, tell: (progress: Progress) => void): void {
	const counts = new Map<Happened, number>();
	const seen = new Map<Happened, number>();
	let failures = 0;
	let seeds = 0;
	for (let seed = from; seed < from + count && failures < failuresMax; seed += step) {
		const verdict = simulate(seed);
		seeds++;
		for (const [name, times] of verdict.counts) {
			counts.set(name, (counts.get(name) ?? 0) + times);
			seen.set(name, (seen.get(name) ?? 0) + 1);
		}
		const again = seed % TWICE === 0 ? simulate(seed).hash : verdict.hash;
		const broken =
			again === verdict.hash
				? verdict.broken
				: { rule: "a seed repeats", what: `the transcript ${verdict.hash} was ${again} the second time` };
		if (tellsSeeds) tell({ kind: "seed", seed, hash: verdict.hash, rule: broken?.rule });
		if (broken === undefined) continue;
		failures++;
		tell({ kind: "failed", failure: { seed, ...broken } });
	}
	tell({ kind: "done", seeds, counts, seen });
}

if (parentPort !== null) {
	const port = parentPort;
	const { verbose, ...given } = workerData as Work & { verbose: boolean }; // as `main.ts` starts it
	work(given, verbose, (progress) => port.postMessage(progress));
}
