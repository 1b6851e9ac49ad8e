// One bot for one folder, whoever looks at its lock meanwhile.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InstanceLock } from "./instance-lock.ts";

const LOOKER = `
	const { InstanceLock } = await import(process.argv[1]);
	process.stdout.write("looks");
	for (;;) InstanceLock.holder(process.argv[2]);
`;

test("a bot that starts while another process looks at its lock has it, and no second one does (I3)", async () => {
	const dir = mkdtempSync(join(tmpdir(), "aw-lock-"));
	InstanceLock.take(dir, { pid: 1, run: "first" }).release();
	const lock = new URL("./instance-lock.ts", import.meta.url).href;
	const looker = spawn(process.execPath, ["--input-type=module", "-e", LOOKER, lock, dir], { stdio: ["ignore", "pipe", "inherit"] });
	try {
		await once(looker.stdout, "data");
		for (let times = 0; times < 300; times++) InstanceLock.take(dir, { pid: 1, run: `r${times}` }).release();
		const held = InstanceLock.take(dir, { pid: 7, run: "held" });
		assert.throws(() => InstanceLock.take(dir, { pid: 8, run: "second" }), /another bot is running on this folder \(process 7, run held\)/);
		held.release();
	} finally {
		looker.kill("SIGKILL");
		rmSync(dir, { recursive: true, force: true });
	}
});
