// What systemd's helper is called with, over the life of a bot; the helper of these tests writes its words into a file.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { serviceNotice } from "./service-notice.ts";

function folder(t: TestContext): string {
	const path = mkdtempSync(join(tmpdir(), "anchorwatch-notice-"));
	t.after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

/** Resolves once `holds`; the runner's own time-out ends a wait that is in vain. */
async function until(holds: () => boolean): Promise<void> {
	while (!holds()) await turn();
}

test("systemd hears that the bot is ready, then beats of its event loop, then that it stops (I3)", async (t) => {
	const dir = folder(t);
	const told = join(dir, "told");
	writeFileSync(join(dir, "systemd-notify"), `#!/bin/sh\necho "$@" "to $NOTIFY_SOCKET" >> "${told}"\n`);
	chmodSync(join(dir, "systemd-notify"), 0o755);
	const lines = (): string[] => (existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : []);
	const beats: { ms: number; beat: () => void }[] = [];
	let cleared = false;
	const every = (ms: number, beat: () => void): (() => void) => {
		beats.push({ ms, beat });
		return () => {
			cleared = true;
		};
	};
	const env = { PATH: `${dir}:/usr/bin:/bin`, NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "60000000" };
	const notice = serviceNotice(assert.fail, env, { every });
	notice.ready();
	await until(() => lines().length === 1);
	beats[0]?.beat();
	await until(() => lines().length === 2);
	notice.stopping();
	await until(() => lines().length === 3);
	assert.deepEqual(lines(), ["--ready --status=trading to /run/x", "WATCHDOG=1 to /run/x", "STOPPING=1 to /run/x"]);
	assert.deepEqual(
		beats.map(({ ms }) => ms),
		[20_000],
	);
	assert.ok(cleared, "the beat ends with the bot");
});

test("a helper that is missing is said once, and stops nobody (I3)", async (t) => {
	const said: string[] = [];
	const notice = serviceNotice((text) => said.push(text), { PATH: folder(t), NOTIFY_SOCKET: "/run/x" });
	notice.ready();
	notice.stopping();
	await until(() => said.length > 0);
	await turn();
	assert.equal(said.length, 1);
	assert.match(said[0] ?? "", /systemd-notify does not run \(ENOENT\)/);
});

test("without systemd nothing is run (I3)", (t) => {
	const notice = serviceNotice(assert.fail, { PATH: folder(t), WATCHDOG_USEC: "1000" }, { every: () => assert.fail("no beat") });
	notice.ready();
	notice.stopping();
});
