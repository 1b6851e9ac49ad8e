// Calls that fail and are made again: in the log without filling it, and handed on to whoever tells the operator.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Fault, FaultClass } from "../bybit/fault.ts";
import { Log } from "../observe/log.ts";
import { LiveWatch } from "./live-watch.ts";

const WHAT = "/v5/position/list";

function fault(reaction: FaultClass): Fault {
	return { kind: "timeout", class: reaction, retry: "after", ambiguous: false, message: "no answer in time", what: WHAT };
}

test("of calls that fail in a row the log tells the first, the tenth, the hundredth and the end; every one is handed on (D5, G1)", (t) => {
	const dir = mkdtempSync(join(tmpdir(), "aw-watch-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	const log = new Log({ dir, level: "info", run: "r", onTrouble: () => {} });
	const failed: (string | undefined)[] = [];
	const memory = { recall: () => undefined, remember: () => {} };
	const watch = new LiveWatch({ log, metrics: undefined, instrument: () => undefined, memory, onCall: (call) => failed.push(call.failed) });
	watch.onAsked({ what: WHAT, ms: 3, fault: undefined });
	for (let i = 0; i < 101; i++) watch.onAsked({ what: WHAT, ms: 5000, fault: fault(i % 2 === 0 ? "retry" : "ambiguous") });
	watch.onAsked({ what: "/v5/order/create", ms: 9, fault: fault("refused") });
	watch.onAsked({ what: WHAT, ms: 4, fault: undefined });
	watch.onAsked({ what: WHAT, ms: 4, fault: undefined });
	log.close();
	assert.equal(failed.filter((why) => why === "no answer in time").length, 101);
	assert.deepEqual([failed[0], failed.at(-3), failed.at(-1)], [undefined, undefined, undefined], "what was answered has not failed");
	const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.name.endsWith(".jsonl"));
	const lines = files.flatMap((file) => readFileSync(join(file.parentPath, file.name), "utf8").trim().split("\n"));
	const told = lines.map((line) => (JSON.parse(line) as { endpoint?: string; ms?: number }).ms); // as the log writes it
	assert.deepEqual(told, [5000, 5000, 5000, 4]);
});
