// The regular jobs of a live run beside a bot in a test's hands, in the market's time.

import { type JobsOptions, type JobTold, LiveJobs } from "../../src/cli/live-jobs.ts";
import { cronProblem } from "../../src/config/cron.ts";
import { defaultConfig } from "../../src/config/interview.ts";
import type { Config } from "../../src/config/schema.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { JournalView } from "../../src/journal/view.ts";
import type { Log } from "../../src/observe/log.ts";
import type { Heartbeat } from "../../src/report/heartbeat.ts";
import { assert } from "../../src/std/assert.ts";
import { MINUTE, type Ms } from "../../src/units/unit.ts";
import type { LiveRig } from "./live-rig.ts";
import { SYMBOL } from "./rig-bot.ts";

/** Reports come only where their times are named. */
export class RigJobs {
	readonly told: JobTold[] = [];
	readonly lines: string[] = [];
	readonly counted = new Map<string, number>();
	readonly log = { written: new Map([["info", 3]]), lost: 0, failing: false };
	readonly jobs: LiveJobs;
	readonly #rig: LiveRig;

	constructor(rig: LiveRig, change: { schedule?: Partial<Config["schedule"]>; backup?: JobsOptions["backup"]; log?: Log } = {}) {
		this.#rig = rig;
		const { journal, sim } = rig;
		assert(journal !== undefined, "a bot with jobs is durable");
		for (const cron of Object.values(change.schedule ?? {})) assert(cron === null || cronProblem(cron) === undefined, "a pattern");
		const now = (): Ms => sim.clock.now();
		this.jobs = new LiveJobs({
			schedule: { ...defaultConfig().schedule, daily: null, weekly: null, ...change.schedule },
			bot: rig.bot,
			journal,
			record: { dir: rig.dir, kind: "real" },
			backup: change.backup,
			log: change.log ?? this.log,
			symbols: [SYMBOL],
			now,
			limits: { localNow: now, clockTolerance: 2500, staleAfter: 2 * MINUTE, agreedWithin: 3 * MINUTE },
			tell: (told) => this.told.push(told),
			count: (job, result, by) => {
				const name = `${job} ${result}`;
				this.counted.set(name, (this.counted.get(name) ?? 0) + by);
			},
			onLine: (level, text) => {
				change.log?.line(level, text);
				if (level !== "debug") this.lines.push(`${level} ${text}`);
			},
		});
		this.jobs.look();
	}

	get journal(): Journal {
		const { journal } = this.#rig;
		assert(journal !== undefined, "it lives");
		return journal;
	}

	/** Market time passes, and the jobs are looked at once a minute, or as often as is said. */
	async minutes(count: number, every = 1): Promise<void> {
		for (let passed = 0; passed < count; passed += every) {
			await this.#rig.step(every * MINUTE);
			await this.look();
		}
	}

	async look(): Promise<void> {
		this.jobs.look();
		await this.jobs.settled();
	}

	/** Every heartbeat on disk, oldest first. */
	get beats(): (Heartbeat & { readonly at: Ms })[] {
		this.journal.commit();
		const view = JournalView.open(this.#rig.dir, "real");
		try {
			return view.notes({ what: ["heartbeat"] }).map(({ at, body }) => ({ ...(JSON.parse(body) as Heartbeat), at })); // as the journal wrote it
		} finally {
			view.close();
		}
	}
}
