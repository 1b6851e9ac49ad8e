#!/usr/bin/env node
// Runs the pinned Node (see optionalDependencies) with the arguments given, whatever Node started this file.
// Plain JavaScript on purpose: it must run on any Node that a fresh machine has.
import { runPinned } from "./pinned.js";

runPinned(process.argv.slice(2));
