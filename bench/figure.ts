// What a bench hands on: named figures, and with some of them the mark to pass. Times belong to a machine and a moment; ratios between
// figures of one process travel, so a bench runs what it compares by turns and takes medians.

import { cpus } from "node:os";

export type Figure = {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	/** A mark of docs/performance.md, and on which side of it the figure belongs. */
	readonly mark?: { readonly value: number; readonly side: "at least" | "at most" };
};

export type Bench = {
	/** One line on what regressing would cost. */
	readonly stake: string;
	readonly figures: readonly Figure[];
};

export function passes({ value, mark }: Figure): boolean {
	return mark === undefined || (mark.side === "at least" ? value >= mark.value : value <= mark.value);
}

/** The middle of the values; the upper one of two. */
export function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Runs the tasks by turns, `rounds` times, and returns the median ms of each over the rounds after the first `warmUp`. */
export function byTurns(tasks: readonly (() => void)[], { rounds, warmUp }: { rounds: number; warmUp: number }): number[] {
	const taken = tasks.map(() => [] as number[]);
	for (let round = 0; round < rounds; round++) {
		tasks.forEach((task, k) => {
			const before = performance.now();
			task();
			if (round >= warmUp) taken[k]!.push(performance.now() - before);
		});
	}
	return taken.map(median);
}

export function machine(): string {
	const processors = cpus();
	return `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores · Node ${process.version}`;
}

/** The number with three digits that count. */
export function figureText({ value, unit }: Figure): string {
	const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
	return `${value.toFixed(Math.min(digits, 6))} ${unit}`;
}

/** What a bench file does when it is started: prints its figures, and hands them to the process that started it, if one did. */
export async function main(name: string, bench: () => Promise<Bench> | Bench): Promise<void> {
	const result = await bench();
	if (process.send !== undefined) {
		process.send(result);
		return;
	}
	console.log(`${name}: ${machine()}\n  ${result.stake}`);
	for (const figure of result.figures) console.log(`  ${figure.name.padEnd(64)} ${figureText(figure).padStart(22)}`);
}
