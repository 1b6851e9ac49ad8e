import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InstanceLock } from "../instance-lock.ts";
import { makePrivate, makePrivateFolder } from "./private-file.ts";

const LOCK = new URL("../instance-lock.ts", import.meta.url).href;

test("what is made is its owner's alone, and a lock that is held outlives a second look at its file (A1, I3)", (t) => {
	const home = mkdtempSync(join(tmpdir(), "aw-private-"));
	t.after(() => rmSync(home, { recursive: true, force: true }));
	const dir = join(home, "state");
	makePrivateFolder(dir);
	const lock = InstanceLock.take(dir, { pid: process.pid, run: "one" });
	t.after(() => lock.release());
	makePrivate(join(dir, "instance.lock"));
	assert.equal(InstanceLock.tryTake(dir), undefined);
	const other = `import { InstanceLock } from ${JSON.stringify(LOCK)}; console.log(InstanceLock.tryTake(${JSON.stringify(dir)}) === undefined);`;
	assert.equal(execFileSync(process.execPath, ["--input-type=module", "-e", other], { encoding: "utf8" }), "true\n");
	if (process.platform === "win32") return;
	for (const path of [dir, join(dir, "instance.lock"), join(dir, "instance.json")]) assert.equal(statSync(path).mode & 0o077, 0, path);
});
