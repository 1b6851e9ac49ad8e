// Copies of the journal as the operator has them: by hand with and without a bot, on a disk that is full, and put back after a loss.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { backUp } from "../src/journal/backup.ts";
import { Journal } from "../src/journal/journal.ts";
import { MINUTE } from "../src/units/unit.ts";
import { LiveRig } from "./support/live-rig.ts";
import { RigJobs } from "./support/rig-jobs.ts";

const PROGRAM = join(import.meta.dirname, "../bin/anchorwatch.js");

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** `blocks`: no file of the program grows beyond so many blocks of 512 bytes. */
async function run(home: string, args: readonly string[], blocks?: number): Promise<Ended> {
	const limited = `trap '' XFSZ; ulimit -f ${blocks ?? "unlimited"}; exec "$0" "$@"`;
	const child = spawn("sh", ["-c", limited, process.execPath, PROGRAM, "journal", ...args], { cwd: home });
	const said = { stdout: "", stderr: "" };
	for (const stream of ["stdout", "stderr"] as const)
		child[stream].on("data", (chunk) => {
			said[stream] += chunk;
		});
	const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
	return { code, ...said };
}

function home(t: TestContext, config = ""): string {
	const dir = mkdtempSync(join(tmpdir(), "aw-backup-cli-"));
	t.after(() => rmSync(dir, { recursive: true, force: true }));
	writeFileSync(join(dir, "config.yaml"), `environment: testnet\n${config}`);
	return dir;
}

function filled(dir: string): Journal {
	const journal = new Journal(join(dir, "state"), { name: "one", started: 1, about: {} });
	for (let i = 0; i < 2000; i++) journal.command({ kind: "cancel", at: 1000 + i, symbol: "BTCUSDT", linkId: `aw-one-BTCUSDT-${i}` });
	journal.commit();
	return journal;
}

const NO_SHELL = process.platform === "win32" && "there is no ulimit on Windows";

test("journal backup copies with a bot and without, keeps so many in its own folder, and all elsewhere (I3, I7)", {
	skip: NO_SHELL,
}, async (t) => {
	const dir = home(t, "backup: {keep: 1}\n");
	const early = await run(dir, ["backup"]);
	assert.equal(early.code, 2);
	assert.match(early.stderr, /journal\.sqlite: there is no journal yet/);
	const journal = filled(dir);
	const running = await run(dir, ["backup"]);
	assert.equal(running.code, 0, running.stderr);
	assert.match(running.stdout, /^state\/backups\/journal-\d{8}T\d{6}Z\.sqlite: 2000 entries, 0\.\d MB, verified\n$/);
	journal.close();
	const { stdout, code } = await run(dir, ["backup", "--to", "elsewhere", "--json"]);
	assert.equal(code, 0);
	const { file, entries } = JSON.parse(stdout) as { file: string; entries: number };
	assert.deepEqual([entries, readdirSync(join(dir, "elsewhere"))], [2000, [file.slice("elsewhere/".length)]]);
	assert.equal(readdirSync(join(dir, "state/backups")).length, 1);
});

test("a copy that does not fit on the disk, or has no folder, is one line and leaves nothing (I3)", { skip: NO_SHELL }, async (t) => {
	const dir = home(t, "backup: {dir: null}\n");
	filled(dir).close();
	const none = await run(dir, ["backup"]);
	assert.deepEqual(
		[none.code, none.stderr],
		[2, "anchorwatch: backup.dir: is null, so there is no folder for copies; name one with --to\n"],
	);
	const full = await run(dir, ["backup", "--to", "full"], 100);
	assert.equal(full.code, 1);
	assert.match(full.stderr, /^anchorwatch: no copy was made: full\/journal-\w+\.sqlite: .*(full|I\/O).*\n$/);
	assert.deepEqual(readdirSync(join(dir, "full")), []);
});

test("a copy that fails is told, trading goes on, and the next one that succeeds is told, too (I7, I3)", async () => {
	const rig = await LiveRig.open({ closes: [20_100, ...Array.from({ length: 60 }, () => 20_100)], durable: true });
	const to = join(rig.dir, "backups");
	writeFileSync(to, "a file is in the way");
	const beside = new RigJobs(rig, {
		schedule: { backup: "* * * * *" },
		backup: { to, keep: 2 },
	});
	await beside.minutes(3);
	assert.equal(beside.lines.length, 1);
	assert.match(beside.lines[0] ?? "", /^error schedule: backup failed \(.*backups.*\); it is tried again at its next time$/);
	assert.deepEqual(
		beside.told.map((told) => [told.event, told.event === "job" && told.job, told.event === "job" && told.problem !== undefined]),
		[["job", "backup", true]],
	);
	assert.deepEqual([beside.counted.get("backup failed"), rig.position], [3, "long 0.1"]);
	assert.deepEqual(beside.jobs.health, { name: "jobs", ok: true, detail: "failed at their last time: backup" });
	rmSync(to);
	await beside.minutes(3);
	assert.deepEqual([beside.lines[1], beside.told.length], ["info schedule: backup succeeds again", 2]);
	assert.equal(readdirSync(to).length, 2);
	assert.equal(beside.jobs.figures.find(({ job }) => job === "backup")?.succeededAt, rig.sim.clock.now());
	rig.assertAgrees();
});

test("a bot that starts on a copy from before takes over what has happened since (I3, D5)", async (t) => {
	const rig = await LiveRig.open({
		closes: [20_100, 20_100, 20_150, 20_000, 19_800, ...Array.from({ length: 30 }, () => 19_800)],
		durable: true,
	});
	const to = mkdtempSync(join(tmpdir(), "aw-restore-"));
	t.after(() => rmSync(to, { recursive: true, force: true }));
	await rig.long();
	const { file } = await backUp({ dir: rig.dir, kind: "real", to, at: rig.sim.clock.now(), keep: undefined });
	const balance = rig.bot.engine.balance;
	await rig.minutes(4); // its stop is hit, and what it had opened is closed, with a loss that the copy does not know of
	assert.ok(rig.bot.trades.length >= 1 && rig.bot.engine.balance < balance);
	await rig.die();
	for (const end of ["-wal", "-shm"]) rmSync(join(rig.dir, `journal.sqlite${end}`), { force: true });
	copyFileSync(file, join(rig.dir, "journal.sqlite"));
	await rig.restart();
	await rig.step(MINUTE / 2);
	rig.assertAgrees();
	assert.ok(rig.bot.engine.balance < balance);
	assert.ok(rig.said("flat").length >= 2, "the end of the trade is told again, and booked in the journal that has lost it");
	await rig.minutes(3);
	rig.assertAgrees();
});
