// `npm run bench`: every bench in processes of its own, one after the other, and a table of what they found. A figure is the median over the
// processes, since V8 may compile the same code well in one and badly in the next. `npm run bench -- backtest engine` runs only those.

import { fork } from "node:child_process";
import { join } from "node:path";
import { UsageError } from "../src/std/usage-error.ts";
import { type Bench, type Figure, figureText, machine, median, passes } from "./figure.ts";

/** Name, and in how many processes. */
const BENCHES = [
	["load", 1],
	["backtest", 3],
	["engine", 3],
	["wire", 1],
	["sim", 1],
	["live", 1],
] as const;

async function run(wanted: readonly string[]): Promise<void> {
	const unknown = wanted.find((name) => BENCHES.every(([known]) => known !== name));
	if (unknown !== undefined) throw new UsageError(`there is no bench "${unknown}", only ${BENCHES.map(([name]) => name).join(", ")}`);
	console.log(`${machine()}\nThe machine may be shared: compare ratios, and times only within one table.`);
	for (const [name, processes] of BENCHES) {
		if (wanted.length > 0 && !wanted.includes(name)) continue;
		const runs: Bench[] = [];
		for (let k = 0; k < processes; k++) runs.push(await inProcess(name));
		print(name, runs);
	}
}

function inProcess(name: string): Promise<Bench> {
	return new Promise((resolve, reject) => {
		const child = fork(join(import.meta.dirname, `${name}.bench.ts`), { stdio: "inherit" });
		let found: Bench | undefined;
		child.on("message", (message) => {
			found = message as Bench; // what `main` of figure.ts sends
			child.disconnect();
		});
		child.on("error", reject);
		child.on("exit", (code) => {
			if (code === 0 && found !== undefined) resolve(found);
			else reject(new Error(`the bench "${name}" ended with code ${code}`));
		});
	});
}

function print(name: string, runs: readonly Bench[]): void {
	const [first] = runs;
	if (first === undefined) return;
	console.log(`\n${name}${runs.length > 1 ? ` (median of ${runs.length} processes)` : ""}\n  ${first.stake}`);
	first.figures.forEach((figure, k) => {
		const each = runs.map((one) => one.figures[k]?.value ?? Number.NaN);
		console.log(`  ${line({ ...figure, value: median(each) })}`);
	});
}

function line(figure: Figure): string {
	const text = `${figure.name.padEnd(64)} ${figureText(figure).padStart(20)}`;
	if (figure.mark === undefined) return text;
	return `${text}   mark: ${figure.mark.side} ${figure.mark.value}: ${passes(figure) ? "passed" : "not yet"}`;
}

try {
	await run(process.argv.slice(2));
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	console.error(error.message);
	process.exitCode = 2;
}
