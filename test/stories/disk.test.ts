// The story of a full disk as the operator lives it: files of the program may not grow beyond a size, which is what a full disk looks like
// to it. It ends by itself, with one line that says what to do.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { minutes, wave } from "../../src/simserver/testing/candles.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../../src/simserver/testing/rig.ts";
import { MINUTE } from "../../src/units/unit.ts";

const PROGRAM = join(import.meta.dirname, "../../bin/anchorwatch.js");

/** Runs the bot; no file of it grows beyond so many blocks of 512 bytes. */
async function run(home: string, blocks: number): Promise<{ code: number | null; stdout: string; stderr: string }> {
	const env = { PATH: process.env.PATH ?? "", ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };
	const limited = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
	const child = spawn("sh", ["-c", limited, process.execPath, PROGRAM, "run"], { cwd: home, env });
	afterwards(() => child.kill("SIGKILL"));
	const said = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const)
		child[stream].on("data", (chunk) => {
			said[stream] += chunk;
		});
	const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
	return { code, ...said };
}

const NO_LIMITS = process.platform === "win32" && "there is no ulimit on Windows";

test("a disk that is full ends the program with one line, before it trades or while it does (I3)", { skip: NO_LIMITS }, async () => {
	const { sim } = await Rig.open({ markets: [market("BTCUSDT", minutes(wave(600, 20_000)))], speed: 60, autostart: false });
	await sim.control.step({ ms: 5 * MINUTE });
	sim.control.resume();
	for (const [blocks, code, line] of [
		[160, 2, /^anchorwatch: .*journal\.sqlite: cannot be (written|opened) \(.*\n$/],
		[400, 1, /^anchorwatch: the journal cannot be written \(.*\): trading ends here, .*free the disk and start again\n$/],
	] as const) {
		const home = mkdtempSync(join(tmpdir(), "anchorwatch-disk-"));
		afterwards(() => rmSync(home, { recursive: true, force: true }));
		writeFileSync(join(home, "config.yaml"), JSON.stringify({ endpoints: sim.addresses }));
		const ended = await run(home, blocks);
		assert.match(ended.stderr, line);
		assert.equal(ended.code, code);
		assert.equal(/trading BTCUSDT/.test(ended.stdout), code === 1);
	}
});
