// The exchange as a program in Python's standard library sees it. Skipped, visibly, where there is no python3.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { KEY, SECRET } from "./testing/rig.ts";
import { standing } from "./testing/standing.ts";

const SCRIPT = fileURLToPath(new URL("testing/client.py", import.meta.url));
const python = spawnSync("python3", ["--version"]).status === 0;

test("a Python program signs, listens and trades (A4, B1, C1, C4, D1)", { skip: python ? false : "python3 is not installed" }, async () => {
	const rig = await standing();
	const { rest, public: stream, private: account, trade } = rig.sim.addresses;
	const given = JSON.stringify({ rest, public: stream, private: account, trade, key: KEY, secret: SECRET });
	const { stdout } = await promisify(execFile)("python3", [SCRIPT, given], { timeout: 60_000 });
	assert.deepEqual(JSON.parse(stdout), {
		time: rig.sim.clock.now(),
		last: "20000",
		leverage: 0,
		subscribed: true,
		book: ["snapshot", 50, 50],
		authenticated: [true, 0],
		placed: [0, "python"],
		told: ["python", "New"],
		listed: [[true, "19000"]],
		amended: 0,
		cancelled: [0, 110001],
		filled: ["Sell", "0.1", "1.09989"],
		held: ["Sell", "0.1", "20500", "5"],
		stranger: 10004,
	});
	assert.deepEqual(rig.warnings, []);
});
