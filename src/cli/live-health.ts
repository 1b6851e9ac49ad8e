// The regular check of a running bot, and its heartbeats in the journal. A check that fails twice running is told once, and that all is well
// again, too. Heartbeats are written at the start, when what fails has changed, from time to time, and at the end. The time is whoever drives it.

import type { Journal } from "../journal/journal.ts";
import type { Failing, Periodic } from "../notify/periodic.ts";
import { duration } from "../report/figures.ts";
import { HEARTBEAT_EVERY, type Heartbeat } from "../report/heartbeat.ts";
import type { Ms } from "../units/unit.ts";
import { type Watched, wellnessOf } from "./live-figures.ts";

/** A check that failed so many times running is told. */
const TIMES_TOLD = 2;

export type HealthOptions = {
	readonly watched: Watched;
	readonly journal: Pick<Journal, "beat">;
	/** The exchange's. */
	readonly now: () => Ms;
	readonly tell: (told: Periodic) => void;
	readonly onLine: (level: "info" | "warn", text: string) => void;
};

export class Health {
	readonly #options: HealthOptions;
	/** The checks that fail, as they were seen last. */
	#failing: readonly Failing[] = [];
	/** How often each check has failed running, at its regular time. */
	#times = new Map<string, number>();
	/** What was told to fail, and since when; undefined while all is well. */
	#ill: { readonly since: Ms; readonly failed: Set<string> } | undefined;
	#failsSince: Ms | undefined;
	#beatAt: Ms = Number.NEGATIVE_INFINITY;
	#equity: Heartbeat["equity"];

	constructor(options: HealthOptions) {
		this.#options = options;
	}

	begin(): void {
		this.#takeEquity();
		this.#see();
		this.#beat();
	}

	/** Often: equity has its highs and lows, and who is ill may be well again at any time. */
	look(): void {
		this.#takeEquity();
		const isDue = Math.abs(this.#options.now() - this.#beatAt) >= HEARTBEAT_EVERY;
		if (!isDue && this.#failing.length === 0) return;
		if (this.#see() || isDue) this.#beat();
	}

	/** At its regular time. */
	check(): void {
		if (this.#see()) this.#beat();
		const { now } = this.#options;
		const failing = this.#failing;
		this.#times = new Map(failing.map(({ name }) => [name, (this.#times.get(name) ?? 0) + 1]));
		if (failing.length === 0) {
			this.#failsSince = undefined;
			return this.#recovered();
		}
		this.#failsSince ??= now();
		const told = failing.filter(({ name }) => (this.#times.get(name) ?? 0) >= TIMES_TOLD);
		if (told.some(({ name }) => this.#ill?.failed.has(name) !== true)) this.#fell(told, this.#failsSince);
	}

	/** The last heartbeat, with what was known last: nothing is asked of a bot that may have been stopped. */
	end(how: NonNullable<Heartbeat["end"]>): void {
		this.#beat(how);
	}

	#fell(failing: readonly Failing[], since: Ms): void {
		const { now, tell, onLine } = this.#options;
		this.#ill ??= { since, failed: new Set() };
		for (const { name } of failing) this.#ill.failed.add(name);
		onLine("warn", `health: ${failing.map(({ name, detail }) => `${name}: ${detail}`).join("; ")}`);
		tell({ event: "health", failing, lasting: now() - since });
	}

	#recovered(): void {
		if (this.#ill === undefined) return;
		const { now, tell, onLine } = this.#options;
		const { since, failed } = this.#ill;
		this.#ill = undefined;
		const lasted = now() - since;
		onLine("info", `health: well again after ${duration(lasted)}`);
		tell({ event: "healthy", failed: [...failed], lasted });
	}

	/** Whether other checks fail than before. */
	#see(): boolean {
		const before = namesOf(this.#failing).join();
		this.#failing = wellnessOf(this.#options.watched).flatMap(({ name, detail, ok }) => (ok ? [] : [{ name, detail }]));
		return namesOf(this.#failing).join() !== before;
	}

	#takeEquity(): void {
		const { trader } = this.#options.watched.bot.view;
		if (trader === undefined || trader.oms.agreedAt === Number.NEGATIVE_INFINITY) return;
		const now = trader.engine.equity();
		const { high = now, low = now } = this.#equity ?? {};
		if (Number.isFinite(now)) this.#equity = { now, high: Math.max(high, now), low: Math.min(low, now) };
	}

	#beat(end?: Heartbeat["end"]): void {
		const { journal, now, watched } = this.#options;
		const at = now();
		let logLines = 0;
		for (const lines of watched.log.written.values()) logLines += lines;
		const beat = {
			what: "heartbeat",
			failing: namesOf(this.#failing),
			equity: this.#equity,
			logLines,
			logLinesLost: watched.log.lost,
		} as const;
		this.#beatAt = at;
		try {
			journal.beat(at, end === undefined ? beat : { ...beat, end });
		} catch {
			return; // the bot itself ends over a journal that cannot be written, and says so
		}
		if (this.#equity !== undefined) this.#equity = { now: this.#equity.now, high: this.#equity.now, low: this.#equity.now };
	}
}

function namesOf(failing: readonly Failing[]): string[] {
	return failing.map(({ name }) => name);
}
