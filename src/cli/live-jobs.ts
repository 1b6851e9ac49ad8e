// What a bot does at regular times, beside trading: health, readings, clock, rules, reports, copies. It belongs to no way of running: it is
// given a bot with its journal and the time, and looks when it is told to, so that a year of market time has the same jobs as a live run.

import { setImmediate as turn } from "node:timers/promises";
import type { Config } from "../config/schema.ts";
import { backUp } from "../journal/backup.ts";
import type { Journal, JournalKind } from "../journal/journal.ts";
import { JournalView } from "../journal/view.ts";
import type { Bot } from "../live/bot.ts";
import type { Periodic } from "../notify/periodic.ts";
import type { Upkeep } from "../notify/upkeep.ts";
import type { Check, Figures } from "../observe/figures.ts";
import type { Heartbeat } from "../report/heartbeat.ts";
import { type Job, type JobEnd, type JobState, Scheduler } from "../schedule/scheduler.ts";
import { messageOf } from "../std/message-of.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { LogCounts, Watched } from "./live-figures.ts";
import { Health } from "./live-health.ts";
import { dailyReport, weeklyReport } from "./live-reports.ts";
import { LiveRules } from "./live-rules.ts";

export type JobName = keyof Config["schedule"];
export type JobTold = Periodic | Upkeep;

export type JobsOptions = {
	readonly schedule: Config["schedule"];
	readonly bot: Bot;
	readonly journal: Journal;
	/** Where the journal lies. */
	readonly record: { readonly dir: string; readonly kind: JournalKind };
	/** Where its copies go, and how many stay; undefined: none are made. */
	readonly backup: { readonly to: string; readonly keep: number } | undefined;
	readonly log: LogCounts;
	readonly symbols: readonly string[];
	/** The exchange's time: when jobs are due, and what heartbeats bear. */
	readonly now: () => Ms;
	/** What health is judged by. */
	readonly limits: Pick<Watched, "localNow" | "clockTolerance" | "staleAfter" | "agreedWithin">;
	/** The operator's phone; without it there are no reports. */
	readonly tell?: ((told: JobTold) => void) | undefined;
	readonly count?: ((job: string, result: "ok" | "failed", by: number) => void) | undefined;
	readonly onLine: (level: "debug" | "info" | "warn" | "error", text: string) => void;
};

/** Inputs of the engine, every ticker among them, are many: they are kept for a replay this long, commands and notes for good. */
const INPUTS_KEPT = 7 * DAY;
/** So many inputs are forgotten in one go: a few milliseconds, in which nothing else is done. */
const SLICE = 1000;
/** How often the wall's clock is asked. */
const LOOK: Ms = 500;
/** They are done once at the start when they were due while nothing ran. */
const CATCH_UP: readonly JobName[] = ["daily", "weekly", "backup", "forget"];
const BEGUN = "jobs begun";
const SUCCEEDED = "jobs succeeded";

export class LiveJobs {
	readonly watched: Watched;
	readonly #options: JobsOptions;
	readonly #health: Health;
	readonly #rules: LiveRules;
	/** Once the exchange's time is known: nothing is due before. */
	#scheduler: Scheduler | undefined;
	readonly #succeeded = new Map<string, Ms>();
	#timer: ReturnType<typeof setInterval> | undefined;
	/** A copy may take as long as a service manager waits for an end, and the next one is as good. */
	readonly #ending = new AbortController();
	#ended = false;

	constructor(options: JobsOptions) {
		const { bot, journal, log, symbols, now, limits, onLine, tell = () => {} } = options;
		this.#options = options;
		this.watched = { bot, journal, log, symbols, ...limits };
		this.#health = new Health({ watched: this.watched, journal, now, tell, onLine });
		this.#rules = new LiveRules({ bot, symbols, tell, onLine });
	}

	/** From now on by the wall's clock. */
	start(): void {
		this.look();
		this.#timer = setInterval(() => this.look(), LOOK);
	}

	/** The first time writes the first heartbeat, and what was missed is made up for. */
	look(): void {
		if (this.#ended || this.watched.bot.view.client.clock.estimate === undefined) return;
		if (this.#scheduler === undefined) this.#health.begin();
		else this.#health.look();
		this.#scheduler ??= this.#schedule();
		this.#scheduler.look();
	}

	get states(): JobState[] {
		return this.#scheduler?.states ?? [];
	}

	/** Trading goes on without them, so none of them makes a process unhealthy. */
	get health(): Check {
		const failed = this.states.flatMap(({ name, last }) => (last?.ok === false ? [name] : []));
		return { name: "jobs", ok: true, detail: failed.length === 0 ? "none has failed" : `failed at their last time: ${failed.join(", ")}` };
	}

	get figures(): Figures["jobs"] {
		return [...this.#succeeded].map(([job, succeededAt]) => ({ job, succeededAt }));
	}

	/** Until nothing is under way. */
	async settled(): Promise<void> {
		await this.#scheduler?.settled();
	}

	/** Begins nothing more, writes the last heartbeat, and waits for what is under way. The journal is still open. */
	async end(how: NonNullable<Heartbeat["end"]>): Promise<void> {
		clearInterval(this.#timer);
		if (this.#ended) return;
		this.#ended = true;
		if (this.#scheduler === undefined) return;
		this.#health.end(how);
		this.#ending.abort();
		await this.#scheduler.stop();
	}

	#schedule(): Scheduler {
		const { journal, now, onLine, count } = this.#options;
		const jobs = this.#jobs();
		const kept = journal.recall(SUCCEEDED) as Record<string, Ms> | undefined; // written below
		for (const { name } of jobs) {
			this.#succeeded.set(name, kept?.[name] ?? now());
			for (const result of ["ok", "failed"] as const) count?.(name, result, 0);
		}
		return new Scheduler({
			jobs,
			now,
			memory: { recall: () => journal.recall(BEGUN), remember: (begun) => journal.remember(BEGUN, begun) },
			onLine,
			onEnd: (ended) => this.#onEnd(ended),
		});
	}

	#jobs(): Job[] {
		const { schedule, bot, journal, backup, tell, now, onLine } = this.#options;
		const todo: { readonly [Name in JobName]: Job["run"] | undefined } = {
			health: () => this.#health.check(),
			reconcile: () => bot.readAccount(),
			clock: () => measureClock(bot),
			instruments: () => this.#rules.refresh(),
			daily: tell && ((due) => tell(this.#read((view) => dailyReport(view, bot.view.trader?.engine, due)))),
			weekly: tell && ((due) => tell(this.#read((view) => weeklyReport(view, due)))),
			backup: backup && (() => this.#copy(backup)),
			forget: () => forget(journal, now() - INPUTS_KEPT),
			year: () => onLine("info", `a new year: the log goes on in the files of ${new Date(now()).getUTCFullYear()}`),
		};
		return Object.entries(todo).flatMap(([name, run]) => {
			const cron = schedule[name as JobName]; // a key of `todo`
			return run === undefined || cron === null ? [] : [{ name, cron, run, catchesUp: CATCH_UP.includes(name as JobName) }];
		});
	}

	/** As the journal stands now. */
	#read<Value>(read: (view: JournalView) => Value): Value {
		const { journal, record } = this.#options;
		journal.commit();
		const view = JournalView.open(record.dir, record.kind);
		try {
			return read(view);
		} finally {
			view.close();
		}
	}

	async #copy(backup: NonNullable<JobsOptions["backup"]>): Promise<void> {
		const { record, now, onLine } = this.#options;
		const { file, entries, bytes } = await backUp({ ...record, ...backup, at: now(), signal: this.#ending.signal });
		onLine("debug", `the journal was copied to ${file}: ${entries} entries, ${bytes} bytes`);
	}

	#onEnd({ name, at, problem, isNews }: JobEnd): void {
		const { count, tell, journal, onLine } = this.#options;
		count?.(name, problem === undefined ? "ok" : "failed", 1);
		if (isNews) tell?.({ event: "job", job: name, problem });
		if (problem !== undefined) return;
		this.#succeeded.set(name, at);
		if (!CATCH_UP.includes(name as JobName)) return;
		try {
			journal.remember(SUCCEEDED, Object.fromEntries(CATCH_UP.map((job) => [job, this.#succeeded.get(job)])));
		} catch (cause) {
			onLine("error", `schedule: that ${name} succeeded could not be kept (${messageOf(cause)})`);
		}
	}
}

async function measureClock(bot: Bot): Promise<void> {
	const answer = await bot.view.client.syncClock();
	if (!answer.ok) throw new Error(`${answer.error.what}: ${answer.error.message}`);
}

/** A little at a time: trading comes in between. */
async function forget(journal: Journal, before: Ms): Promise<void> {
	while (journal.prune(before, SLICE) === SLICE) await turn();
}
