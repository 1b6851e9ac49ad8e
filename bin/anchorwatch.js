#!/usr/bin/env node
// The command line's door: what needs no program is told right here; else, on a recent Node, it runs the program, or lets the Node that
// the project pins run it.
import { told } from "./told.js";

const args = process.argv.slice(2);
const text = told(args, process.stdout);
if (text === undefined) await run();
else {
	process.stdout.on("error", (error) => {
		if (error.code !== "EPIPE") process.exitCode = 1;
	});
	process.stdout.write(text);
}

async function run() {
	const { isRecentNode, runPinned } = await import("./pinned.js");
	if (isRecentNode()) return await import("./start.js");
	const { fileURLToPath } = await import("node:url");
	return runPinned(["--disable-warning=ExperimentalWarning", fileURLToPath(new URL("./start.js", import.meta.url)), ...args]);
}
