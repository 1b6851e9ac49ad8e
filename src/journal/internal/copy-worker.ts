// The thread that copies a journal: one order, one answer.

import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../std/message-of.ts";
import { err, ok } from "../../std/result.ts";
import { type CopyOrder, copyJournal } from "./copy.ts";

try {
	parentPort?.postMessage(ok(copyJournal(workerData as CopyOrder))); // as `backUp` ordered it
} catch (cause) {
	parentPort?.postMessage(err(messageOf(cause)));
}
