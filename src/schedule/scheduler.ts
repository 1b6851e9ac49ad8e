// Regular jobs at the times that cron patterns name, UTC. It is looked at often and given the time, so that market time may drive it as well
// as the wall's; a job never runs twice at once, and one that fails is told, counted and tried again at its next time.

import { Cron } from "croner";
import { messageOf } from "../std/message-of.ts";
import { MINUTE, type Ms } from "../units/unit.ts";

export type Job = {
	readonly name: string;
	/** In cron's words: five fields, or six with seconds in front. */
	readonly cron: string;
	/** `due` is the time at which it should have begun. */
	readonly run: (due: Ms) => void | Promise<void>;
	/** Was it due while nothing ran, it is done once at the start. */
	readonly catchesUp?: boolean;
};

export type JobState = {
	readonly name: string;
	readonly next: Ms | undefined;
	readonly last: { readonly at: Ms; readonly ok: boolean } | undefined;
};

export type SchedulerOptions = {
	readonly jobs: readonly Job[];
	readonly now: () => Ms;
	/** When jobs that catch up were begun last, over restarts. */
	readonly memory?: { recall(): unknown; remember(begun: Readonly<Record<string, Ms>>): void };
	readonly onLine: (level: "warn" | "error" | "info", text: string) => void;
	readonly onEnd?: (ended: JobEnd) => void;
};

export type JobEnd = {
	readonly name: string;
	readonly at: Ms;
	/** How long it took, wall ms. */
	readonly ms: Ms;
	/** Why it failed; undefined: it did not. */
	readonly problem: string | undefined;
	/** It went otherwise than the time before; one that failed at its first time is news, too. */
	readonly isNews: boolean;
};

/** How often the wall's clock is asked. */
const LOOK: Ms = 500;
/** A clock that goes back by more was wrong before: what is due is worked out anew. */
const STEP_BACK: Ms = MINUTE;

export class Scheduler {
	readonly #options: SchedulerOptions;
	readonly #plans: Plan[];
	readonly #begun: Record<string, Ms>;
	#timer: ReturnType<typeof setInterval> | undefined;
	#stopped = false;
	#lookedAt: Ms;

	constructor(options: SchedulerOptions) {
		this.#options = options;
		this.#begun = begunIn(options.memory?.recall());
		const now = options.now();
		this.#lookedAt = now;
		const lastOf = ({ name, catchesUp }: Job): Ms => (catchesUp === true ? Math.min(now, this.#begun[name] ?? now) : now);
		this.#plans = options.jobs.map((job) => new Plan(job, lastOf(job)));
		// One that is new counts from here, or who never runs at its time would never do it.
		const fresh = options.jobs.filter(({ name, catchesUp }) => catchesUp === true && this.#begun[name] === undefined);
		for (const { name } of fresh) this.#keepBegun(name, now);
	}

	/** By the wall's clock, until it is stopped. */
	start(): void {
		this.look();
		this.#timer = setInterval(() => this.look(), LOOK);
	}

	/** Begins what is due. */
	look(): void {
		if (this.#stopped) return;
		const now = this.#options.now();
		if (now < this.#lookedAt - STEP_BACK) for (const plan of this.#plans) plan.goOnFrom(now);
		this.#lookedAt = now;
		for (const plan of this.#plans) {
			const due = plan.due(now);
			if (due === undefined) continue;
			if (plan.running === undefined) this.#begin(plan, due);
			else this.#options.onLine("warn", `schedule: ${plan.job.name} has not ended since its last time: passed over`);
		}
	}

	get states(): JobState[] {
		return this.#plans.map(({ job, next, last }) => ({ name: job.name, next, last }));
	}

	/** Begins nothing more, and waits for what is under way; of that nothing is told any more. */
	async stop(): Promise<void> {
		this.#stopped = true;
		clearInterval(this.#timer);
		await this.settled();
	}

	async settled(): Promise<void> {
		await Promise.all(this.#plans.map(({ running }) => running));
	}

	#begin(plan: Plan, due: Ms): void {
		if (plan.job.catchesUp === true) this.#keepBegun(plan.job.name, due);
		plan.running = this.#run(plan, due).then(() => {
			plan.running = undefined;
		});
	}

	#keepBegun(name: string, at: Ms): void {
		const { memory, onLine } = this.#options;
		this.#begun[name] = at;
		try {
			memory?.remember(this.#begun);
		} catch (cause) {
			onLine("error", `schedule: that ${name} was begun could not be kept (${messageOf(cause)})`);
		}
	}

	async #run(plan: Plan, due: Ms): Promise<void> {
		const { now, onLine, onEnd } = this.#options;
		const { name, run } = plan.job;
		const began = performance.now();
		let problem: string | undefined;
		try {
			await run(due);
		} catch (cause) {
			problem = messageOf(cause);
		}
		const isNews = (problem === undefined) !== (plan.last?.ok ?? true);
		plan.last = { at: now(), ok: problem === undefined };
		if (this.#stopped) return;
		if (isNews && problem !== undefined) onLine("error", `schedule: ${name} failed (${problem}); it is tried again at its next time`);
		if (isNews && problem === undefined) onLine("info", `schedule: ${name} succeeds again`);
		onEnd?.({ name, at: plan.last.at, ms: performance.now() - began, problem, isNews });
	}
}

/** One job and when it comes next. */
class Plan {
	readonly job: Job;
	readonly #cron: Cron;
	next: Ms | undefined;
	running: Promise<void> | undefined;
	last: JobState["last"];

	constructor(job: Job, after: Ms) {
		this.job = job;
		this.#cron = new Cron(job.cron, { paused: true, timezone: "UTC" });
		this.next = this.#after(after);
	}

	/** The time that has come: the latest, once, however many of them were missed. */
	due(now: Ms): Ms | undefined {
		const { next } = this;
		if (next === undefined || now < next) return undefined;
		this.next = this.#after(now);
		const [latest] = this.#cron.previousRuns(1, new Date(now + 1));
		return Math.max(next, latest?.getTime() ?? next);
	}

	goOnFrom(now: Ms): void {
		this.next = this.#after(now);
	}

	#after(at: Ms): Ms | undefined {
		return this.#cron.nextRun(new Date(at))?.getTime();
	}
}

function begunIn(kept: unknown): Record<string, Ms> {
	if (typeof kept !== "object" || kept === null) return {};
	return Object.fromEntries(Object.entries(kept).filter((pair): pair is [string, Ms] => Number.isFinite(pair[1])));
}
