// How long a bot is away that is killed in a position and brought back by ops/restart.sh: so many times, after a life longer than the script's
// pause, as after any healthy one. `node bin/node.js test/crash/measure.ts --times 10` prints a table.

import { setTimeout as nap } from "node:timers/promises";
import { parseArgs } from "node:util";
import { assert } from "../../src/std/assert.ts";
import { Restarted, type Times } from "./restarted.ts";

const { values: options } = parseArgs({ options: { times: { type: "string", default: "10" } } });
const times = Number(options.times);
assert(Number.isInteger(times) && times > 0, "--times is a whole number above zero");

/** The script's pause lies between two starts. */
const LIFE_S = 11;

const NAMES: { readonly [Name in keyof Times]: string } = {
	script: "the script has seen it",
	process: "the new process holds the folder",
	ready: "`/readyz` says 200",
	trading: "the console says: trading, with the position",
	told: "the message is in the chat",
};

const found: Times[] = [];
for (let i = 0; i < times; i++) {
	const scene = await Restarted.open();
	try {
		await scene.enterPosition();
		await nap(LIFE_S * 1000);
		const { held } = scene;
		found.push(await scene.killAndWait());
		assert(JSON.stringify(scene.held) === JSON.stringify(held), "position and stop are as they were");
	} finally {
		await scene.close();
	}
}
const rows = Object.entries(NAMES).map(([name, words]) => {
	const sorted = found.map((one) => one[name as keyof Times]).sort((a, b) => a - b); // a key of `NAMES`
	const seconds = (at: number): string => ((sorted[at] ?? Number.NaN) / 1000).toFixed(2);
	return `| ${words} | ${seconds(0)} | ${seconds(Math.floor((sorted.length - 1) / 2))} | ${seconds(sorted.length - 1)} |`;
});
process.stdout.write(`| s after the kill, ${times} times | min | median | max |\n|---|---:|---:|---:|\n${rows.join("\n")}\n`);
