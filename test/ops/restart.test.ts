// The restart script with commands that end as bots do: killed, asked to stop, unable to begin.

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

const SCRIPT = join(import.meta.dirname, "../../ops/restart.sh");
const QUICK = { PATH: process.env.PATH, RESTART_DELAY: "0", RESTART_MAX: "3", RESTART_WINDOW: "600" };
const ON_UNIX = { skip: process.platform === "win32" && "a shell script" };

type End = { readonly code: number; readonly starts: number; readonly said: string };

/** The script over `sh -c command`, which writes a line into `$0` at each of its starts. */
function restart(t: TestContext, command: string, env: Readonly<Record<string, string>> = {}): Promise<End> {
	const file = counter(t);
	const words = ["sh", "-c", `echo $$ >> "$0"; ${command}`, file];
	return new Promise((resolve) => {
		execFile(SCRIPT, words, { env: { ...QUICK, ...env } }, (error, _out, said) => {
			resolve({ code: error === null ? 0 : Number(error.code), starts: lines(file).length, said });
		});
	});
}

function counter(t: TestContext): string {
	const dir = mkdtempSync(join(tmpdir(), "anchorwatch-restart-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	return join(dir, "starts");
}

function lines(file: string): string[] {
	return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

function ended(child: ChildProcess): Promise<number | null> {
	return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

test("a command that is killed is started again, until the brake: so many bad ends in the window (I3)", ON_UNIX, async (t) => {
	const { code, starts, said } = await restart(t, "kill -9 $$");
	assert.deepEqual([code, starts], [1, 3]);
	assert.match(said, /ended with 137; starting again in 0 s \(1 of 3\)[\s\S]*ended with 137, 3 times in 600 s: it is not started again/);
});

test("bad ends that lie outside the window are forgotten (I3)", ON_UNIX, async (t) => {
	const { code, starts } = await restart(t, '[ $(wc -l < "$0") -lt 6 ] && exit 1; exit 0', { RESTART_WINDOW: "0" });
	assert.deepEqual([code, starts], [0, 6]);
});

test("what has run for longer than the pause is started again at once, the rest of it is waited out otherwise (I3)", ON_UNIX, async (t) => {
	const bin = dirname(counter(t));
	// Seconds that pass between two looks at the clock; a nap is noted, not taken.
	const tools = (passed: number): string => {
		writeFileSync(
			join(bin, "date"),
			`#!/bin/sh\nat=$(cat ${bin}/at 2>/dev/null || echo 1000)\necho $at\necho $((at + ${passed})) > ${bin}/at\n`,
		);
		writeFileSync(join(bin, "sleep"), `#!/bin/sh\necho "$1" >> ${bin}/naps\n`);
		for (const name of ["date", "sleep"]) chmodSync(join(bin, name), 0o755);
		return `${bin}:${process.env.PATH}`;
	};
	for (const [passed, naps] of [
		[9, ["1", "1"]],
		[10, ["0", "0"]],
		[11, ["0", "0"]],
		[-3600, ["10", "10"]], // the machine's clock was set back
	] as const) {
		rmSync(join(bin, "naps"), { force: true });
		const { code, starts } = await restart(t, "kill -9 $$", { PATH: tools(passed), RESTART_DELAY: "10", RESTART_WINDOW: "100000" });
		assert.deepEqual([code, starts, lines(join(bin, "naps"))], [1, 3, naps], `${passed} s`);
	}
});

test("a command that came to its end, or could not begin, is left so (I3)", ON_UNIX, async (t) => {
	for (const end of [0, 2]) {
		const { code, starts } = await restart(t, `exit ${end}`);
		assert.deepEqual([code, starts], [end, 1]);
	}
});

test("a command that was killed once from outside runs again; a stop is handed on, and waited for (I3)", ON_UNIX, async (t) => {
	const file = counter(t);
	const command = 'trap "echo stopped >> \\"$0\\"; exit 0" TERM; echo $$ >> "$0"; while :; do sleep 1 & wait $!; done';
	const child = spawn(SCRIPT, ["sh", "-c", command, file], { env: QUICK, stdio: "ignore" });
	const end = ended(child);
	while (lines(file).length < 1) await turn();
	process.kill(Number(lines(file)[0]), "SIGKILL");
	while (lines(file).length < 2) await turn();
	child.kill("SIGTERM");
	assert.equal(await end, 0);
	assert.equal(lines(file).at(-1), "stopped");
	assert.equal(lines(file).length, 3);
});

test("wrong numbers and no command at all are said in one line (I3)", ON_UNIX, async (t) => {
	const { code, starts, said } = await restart(t, "exit 0", { RESTART_MAX: "many" });
	assert.deepEqual([code, starts], [2, 0]);
	assert.match(said, /^restart\.sh: .*not "many"\n$/);
});
