#!/usr/bin/env node
// The command line's door: on a recent Node it runs the program right here, else on the Node that the project pins.
import { fileURLToPath } from "node:url";
import { isRecentNode, runPinned } from "./pinned.js";

const start = new URL("./start.js", import.meta.url);
if (isRecentNode()) await import(start.href);
else runPinned(["--disable-warning=ExperimentalWarning", fileURLToPath(start), ...process.argv.slice(2)]);
