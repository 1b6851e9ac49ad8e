// What a real process leaves of itself in its journal: a heartbeat once the exchange's time is known, one that says how it ended, and none
// of a process that was killed. Its jobs are counted beside its figures.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { JournalView } from "../src/journal/view.ts";
import type { Heartbeat } from "../src/report/heartbeat.ts";
import { Running, trading } from "./support/running.ts";

type Said = { readonly run: string; readonly failing: number; readonly equity: boolean; readonly end: string | undefined };

function beats(home: string): Said[] {
	const view = JournalView.open(join(home, "state"), "real");
	try {
		return view.newest(["note"], 1000).flatMap(({ run, body }) => {
			const beat = JSON.parse(body) as Heartbeat; // or another note
			return beat.what === "heartbeat" ? [{ run, failing: beat.failing.length, equity: beat.equity !== undefined, end: beat.end }] : [];
		});
	} finally {
		view.close();
	}
}

/** Until so many runs have said that they are well; what never does is ended by the test's own time limit. */
async function well(home: string, runs: number): Promise<void> {
	for (;;) {
		const said = beats(home).filter(({ failing, equity, end }) => failing === 0 && equity && end === undefined);
		if (new Set(said.map(({ run }) => run)).size === runs) return;
		await pause(50);
	}
}

test("a run that is stopped says so, one that is killed says nothing, and the jobs of a run are counted (G2, G7, G4, I7)", {
	timeout: 60_000,
}, async () => {
	const { home, bot, url } = await trading();
	await well(home, 1);
	const metrics = await (await fetch(`${url}/metrics`)).text();
	for (const job of ["health", "reconcile", "clock", "instruments", "backup", "forget", "year"]) {
		assert.match(metrics, new RegExp(`anchorwatch_jobs_total\\{job="${job}",result="failed"\\} 0\\n`));
		assert.match(metrics, new RegExp(`anchorwatch_job_success_timestamp_seconds\\{job="${job}"\\} 1\\d{9}(\\.\\d+)?\\n`));
	}
	assert.doesNotMatch(metrics, /job="(daily|weekly)"/, "without a phone there is nobody to report to");
	const { checks } = (await (await fetch(`${url}/healthz`)).json()) as { checks: Record<string, unknown> };
	assert.deepEqual(checks.jobs, { ok: true, detail: "none has failed" });
	bot.child.kill("SIGTERM");
	assert.equal(await bot.ended, 0, bot.text);
	const first = beats(home);
	assert.equal(first.at(-1)?.end, "stopped");
	assert.ok(
		first.slice(1).some(({ failing, equity }) => failing === 0 && equity),
		"it was well in between",
	);
	assert.equal(first.filter(({ end }) => end !== undefined).length, 1);

	const again = new Running(home, ["run"]);
	await well(home, 2);
	again.child.kill("SIGKILL");
	await again.ended;
	const [last] = beats(home).slice(-1);
	assert.notEqual(last?.run, first[0]?.run);
	assert.equal(last?.end, undefined);
});
