// The production notifications beside an embedded run, in market time: what `run` puts around a live bot, and a count of what was tried.

import type { BybitEvent } from "../../src/bybit/events.ts";
import { phonePast } from "../../src/cli/phone-past.ts";
import type { Beside } from "../../src/cli/simulated-run.ts";
import type { Note } from "../../src/engine/command.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { Past } from "../../src/journal/past.ts";
import type { Bot } from "../../src/live/bot.ts";
import { type Ledger, NotifyService } from "../../src/notify/service.ts";
import type { Ms } from "../../src/units/unit.ts";
import type { LineState } from "./line.ts";
import type { MarketTime } from "./market-time.ts";

export const TOKEN = "123456:AAE-day_and_soak";
const CHANNEL = "telegram";
const [CHAT, USER] = [42, 7];
const LOOK: Ms = 5000;

/** Attempts to send, by how the line was when they began. */
export type Attempts = Readonly<Record<LineState, number>>;

export type PhoneParts = {
	readonly bot: Bot;
	readonly journal: Journal;
	/** Its folder. */
	readonly dir: string;
	readonly time: MarketTime;
	/** Where Telegram is. */
	readonly url: string;
	readonly lineState: () => LineState;
	readonly onLine?: (level: "info" | "warn" | "error", text: string) => void;
};

export class Phone implements Beside {
	readonly service: NotifyService;
	readonly attempts: Record<LineState, number> = { open: 0, refused: 0, failing: 0, silent: 0 };
	/** From a message's note to its arrival. */
	longestWait: Ms = 0;
	readonly #parts: PhoneParts;
	readonly #began = performance.now();
	#lookAt: Ms | undefined;

	constructor(parts: PhoneParts) {
		this.#parts = parts;
		const { bot, journal, dir, time, url, onLine = () => {} } = parts;
		this.service = new NotifyService({
			ledger: this.#ledger(),
			past: phonePast(
				(question) => Past.ask(dir, "simulated", question),
				async () => [],
			),
			before: undefined,
			locale: "en",
			environment: "sim",
			outageAfter: 60_000,
			latencyLimit: undefined,
			telegram: { token: { reveal: () => TOKEN }, chat: CHAT, users: [USER], apiRoot: url },
			webhook: undefined,
			timing: time.timing,
			now: () => time.timing.now(),
			engine: () => bot.view.trader?.engine,
			isBare: (symbol) => bot.view.trader?.oms.exposedSince(symbol) !== undefined,
			latency: () => "–",
			onLine,
		});
		journal.commit();
		this.service.start();
	}

	get waiting(): number {
		return this.#parts.journal.outbox.counts(CHANNEL).waiting;
	}

	/** What the service's own timer does every five seconds of the wall's clock; the first time says that the bot trades. */
	look(now: Ms): void {
		if (this.#lookAt === undefined) this.service.onTrading(performance.now() - this.#began);
		else if (now < this.#lookAt) return;
		this.#lookAt = now + LOOK;
		this.service.look();
	}

	onNote(at: Ms, symbol: string, note: Note): void {
		this.service.onNote(at, symbol, note);
	}

	onEvent(event: BybitEvent): void {
		if (event.kind === "stream") this.service.onStream(event.stream, event.up, event.reason ?? "");
	}

	/** The data have ended: what waits is sent, as time goes on; then the service says goodbye. */
	async end(): Promise<void> {
		const { journal, time } = this.#parts;
		journal.commit();
		time.goOn();
		const { signal } = new AbortController();
		while (this.waiting > 0) await time.timing.sleep(1000, signal);
		await this.service.stop(undefined);
		time.stop();
	}

	#ledger(): Ledger {
		const { journal, time, lineState } = this.#parts;
		const { outbox } = journal;
		const written = new Map<number, Ms>();
		return {
			outbox: {
				write: (at, body) => outbox.write(at, body),
				counts: (channel) => outbox.counts(channel),
				waiting: (channel, most) => {
					const rows = outbox.waiting(channel, most);
					for (const { number, at } of rows) written.set(number, at);
					return rows;
				},
				leaves: (channel, numbers) => {
					this.attempts[lineState()]++;
					outbox.leaves(channel, numbers);
				},
				settle: (channel, numbers, state, at) => {
					if (state === "sent")
						for (const number of numbers) this.longestWait = Math.max(this.longestWait, at - (written.get(number) ?? at));
					outbox.settle(channel, numbers, state, at);
				},
			},
			tellTo: (names, tells) => journal.tellTo(names, tells),
			commit: () => journal.commit(),
			wish: (wish) => void journal.wish(wish.wish === "close" ? wish : wish.wish, time.now()),
		};
	}
}
