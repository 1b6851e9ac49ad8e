#!/usr/bin/env node
// The command line's door: on a recent Node it runs the program right here, else on the Node that the project pins.
import { fileURLToPath } from "node:url";
import { isRecentNode, runPinned } from "./pinned.js";

const main = new URL("../src/cli/main.ts", import.meta.url);
if (isRecentNode()) await import(main.href);
else runPinned(["--disable-warning=ExperimentalWarning", fileURLToPath(main), ...process.argv.slice(2)]);
