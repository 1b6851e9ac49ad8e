#!/usr/bin/env node
// The command line's door: what needs no program is told right here; else, on a recent Node, it runs the program, or lets the Node that
// the project pins run it.
import { fileURLToPath } from "node:url";
import { isRecentNode, runPinned } from "./pinned.js";
import { told } from "./told.js";

const args = process.argv.slice(2);
const text = told(args, process.stdout);
const start = new URL("./start.js", import.meta.url);
if (text !== undefined) {
	process.stdout.on("error", (error) => {
		if (error.code !== "EPIPE") process.exitCode = 1;
	});
	process.stdout.write(text);
} else if (isRecentNode()) await import(start.href);
else runPinned(["--disable-warning=ExperimentalWarning", fileURLToPath(start), ...args]);
