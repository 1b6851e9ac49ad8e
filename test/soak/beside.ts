// What `run` puts around a live bot, around an embedded one: logs of every call and note, regular jobs with heartbeats and copies, and the
// phone. All of it in market time.

import { join } from "node:path";
import type { BybitEvent } from "../../src/bybit/events.ts";
import { LiveJobs } from "../../src/cli/live-jobs.ts";
import { LiveWatch } from "../../src/cli/live-watch.ts";
import type { Beside } from "../../src/cli/simulated-run.ts";
import type { Decoded } from "../../src/config/decode.ts";
import type { Journal } from "../../src/journal/journal.ts";
import type { Bot, NoteCommand } from "../../src/live/bot.ts";
import type { Onlooker } from "../../src/live/onlooker.ts";
import { Log } from "../../src/observe/log.ts";
import type { Simulation } from "../../src/simserver/simulation.ts";
import { HOUR, type Ms } from "../../src/units/unit.ts";
import { MarketTime } from "../day/market-time.ts";
import { Phone } from "../day/phone.ts";

export type Around = {
	readonly config: Pick<Decoded, "config" | "resolved">;
	readonly dir: string;
	readonly seed: string;
	/** Where Telegram is. */
	readonly url: string;
};

type Parts = { readonly bot: Bot; readonly simulation: Simulation; readonly journal: Journal };

const TRAILS = "trails";

export function copiesIn(dir: string): string {
	return join(dir, "backups");
}

export class LiveAround implements Beside, Onlooker {
	readonly log: Log;
	readonly phone: Phone;
	/** How long lines were down, each time, seconds of the wall's clock. */
	readonly breaks: number[] = [];
	readonly #jobs: LiveJobs;
	readonly #watch: LiveWatch;
	readonly #time: MarketTime;
	readonly #bot: Bot;
	/** Ends the hold of each line that is down. */
	readonly #down = new Map<string, () => void>();

	constructor({ config, dir, seed, url }: Around, { bot, simulation, journal }: Parts) {
		const time = new MarketTime(simulation.clock, seed);
		const now = (): Ms => time.now();
		const log = new Log({ dir: join(dir, "logs"), level: config.config.log.level, run: "soak", environment: "sim", now });
		const onLine = (level: "debug" | "info" | "warn" | "error", text: string): void => log.line(level, text);
		const symbols = config.resolved.symbols.map(({ symbol }) => symbol);
		this.log = log;
		this.#bot = bot;
		this.#time = time;
		this.phone = new Phone({ bot, journal, dir, time, url, lineState: () => "open", onLine });
		this.#watch = new LiveWatch({
			log,
			metrics: undefined,
			instrument: (symbol) => bot.engine.settings.symbols.find(({ instrument }) => instrument.symbol === symbol)?.instrument,
			memory: { recall: () => journal.recall(TRAILS), remember: (trails) => journal.remember(TRAILS, trails) },
			onCall: (call) => this.phone.service.onCall(call),
		});
		this.#jobs = new LiveJobs({
			schedule: config.config.schedule,
			bot,
			journal,
			log,
			symbols,
			now,
			limits: { localNow: () => simulation.clock.now(), clockTolerance: undefined, staleAfter: HOUR, agreedWithin: 3 * HOUR },
			tell: (told) => this.phone.service.tell(told),
			onLine,
			record: { dir, kind: "simulated" },
			backup: { to: copiesIn(dir), keep: config.config.backup.keep },
		});
	}

	/** To be called whenever the exchange's time may have moved. */
	moved(): void {
		this.#time.moved();
		this.phone.look(this.#time.now());
		this.#jobs.look();
	}

	now(): Ms {
		return this.#time.now();
	}

	get jobs(): LiveJobs["states"] {
		return this.#jobs.states;
	}

	readonly onNote = (told: NoteCommand): void => {
		this.#watch.onNote(told);
		this.phone.onNote(told.at, told.symbol, told.note);
	};

	/** A line comes back within a second or so of the wall's clock; the market is held meanwhile, or it would pass hours of its own. */
	readonly onEvent = (event: BybitEvent): void => {
		if (event.kind === "stream") this.#hold(event.stream, event.up);
		this.#watch.onEvent(event);
		this.phone.onEvent(event);
	};

	#hold(stream: string, up: boolean): void {
		this.#down.get(stream)?.();
		this.#down.delete(stream);
		if (up) return;
		const since = performance.now();
		const release = this.#bot.view.client.hold();
		this.#down.set(stream, () => {
			release();
			this.breaks.push((performance.now() - since) / 1000);
		});
	}

	readonly onCall: Onlooker["onCall"] = (call) => this.#watch.onCall(call);
	readonly onAnswer: Onlooker["onAnswer"] = (answer) => this.#watch.onAnswer(answer);

	async end(): Promise<void> {
		await this.#jobs.end("stopped");
		await this.phone.end();
		this.log.close();
	}
}
