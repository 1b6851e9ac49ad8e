// The story of a revoked key as the operator lives it: the program ends by itself, with one line and its exit code, and does not begin
// again before a person says so.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { minutes, still } from "../../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../../src/simserver/testing/rig.ts";
import { MINUTE } from "../../src/units/unit.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/anchorwatch.js");

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs the bot; `onText` hears its console as it grows. */
async function run(home: string, onText: (stdout: string) => void = () => {}): Promise<Ended> {
	const env = { PATH: process.env.PATH ?? "", ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };
	const child = spawn(process.execPath, [PROGRAM, "run"], { cwd: home, env });
	afterwards(() => child.kill("SIGKILL"));
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
		onText(stdout);
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
	return { code, stdout, stderr };
}

test("a key that is revoked ends the program with one line; it stays stopped until a person resumes (A3, F4)", async () => {
	const { sim } = await Rig.open({ markets: [market("BTCUSDT", minutes(still(600, 20_000)))], speed: 1, autostart: false });
	await sim.control.step({ ms: 5 * MINUTE });
	sim.control.resume();
	const home = mkdtempSync(join(tmpdir(), "anchorwatch-process-"));
	afterwards(() => rmSync(home, { recursive: true, force: true }));
	writeFileSync(join(home, "config.yaml"), JSON.stringify({ endpoints: sim.addresses }));

	const first = await run(home, (stdout) => {
		if (/trading BTCUSDT/.test(stdout) && sim.control.state().key === "valid") sim.control.setKey({ state: "revoked" });
	});
	assert.match(
		first.stderr,
		/^anchorwatch: trading ends here \(fatal: .*API key is invalid.*\): nothing is held; mend the key, then: anchorwatch resume\n$/,
	);
	assert.equal(first.code, 1);

	sim.control.heal();
	const second = await run(home);
	assert.match(second.stderr, /^anchorwatch: trading was stopped by a guard \(fatal: .*anchorwatch resume\n$/);
	assert.equal(second.code, 2);
});
