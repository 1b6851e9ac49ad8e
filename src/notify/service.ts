// Everything between the bot and the operator's phone, put together: couriers that take messages out of the journal's outbox, the listener
// that takes commands in, and the watch that tells of streams which stay down. Nothing of it is in trading's way.

import { randomInt } from "node:crypto";
import type { Note } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import type { Trade } from "../report/trade.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { isTold } from "./catalogue.ts";
import { Commands } from "./commands.ts";
import { Confirmations } from "./confirm.ts";
import { Courier, type Store } from "./courier.ts";
import type { Happening } from "./happenings.ts";
import { Listener } from "./listener.ts";
import type { Locale, Notifier, Timing } from "./message.ts";
import { Outages } from "./outages.ts";
import { Telegram } from "./telegram.ts";
import { ThinCurve } from "./thin-curve.ts";
import type { BotView, Counts, Wish } from "./view.ts";
import { Webhook } from "./webhook.ts";

/** The journal, as notifications use it. */
export interface Ledger {
	readonly outbox: Store & {
		write(at: Ms, body: unknown): void;
		counts(channel: string): Counts;
		/** Notes of that kind since then, as they were written. */
		since(at: Ms, what: string): unknown[];
	};
	tellTo(channels: readonly string[], tells: (note: Note) => boolean): void;
	commit(): void;
	wish(wish: Wish): void;
}

export type ServiceOptions = {
	readonly ledger: Ledger;
	readonly locale: Locale;
	readonly environment: string;
	readonly outageAfter: Ms | undefined;
	readonly telegram:
		| { readonly token: { reveal(): string }; readonly chat: number; readonly users: readonly number[]; readonly apiRoot: string }
		| undefined;
	readonly webhook: { readonly url: string; readonly secret: { reveal(): string } | undefined } | undefined;
	readonly timing: Timing;
	readonly engine: () => Engine | undefined;
	readonly latency: () => string;
	readonly onLine: (level: "info" | "warn" | "error", text: string) => void;
};

const LOG_KEPT = 200;
/** How often equity is looked at for the curve, and streams for outages. */
const LOOK: Ms = 5000;
/** How long the last messages may take when the bot stops. */
const FAREWELL: Ms = 3000;

export class NotifyService implements BotView {
	readonly environment: string;
	readonly startedAt: Ms;
	readonly #options: ServiceOptions;
	readonly #couriers: Courier[];
	readonly #listener: Listener | undefined;
	readonly #channels: string[];
	readonly #outages: Outages;
	readonly #curve = new ThinCurve();
	readonly #signals = new Map<string, { at: Ms; signal: Extract<Note, { what: "evaluated" }>["signal"]; skipped: string | undefined }>();
	readonly #log: string[] = [];
	#greeted = false;
	#looking: ReturnType<typeof setInterval> | undefined;

	constructor(options: ServiceOptions) {
		this.#options = options;
		this.environment = options.environment;
		this.startedAt = options.timing.now();
		const telegram = options.telegram && new Telegram({ ...options.telegram, timing: options.timing });
		const webhook = options.webhook && new Webhook({ ...options.webhook, now: options.timing.now });
		const notifiers: Notifier[] = [telegram, webhook].filter((each) => each !== undefined);
		this.#channels = notifiers.map(({ name }) => name);
		const { ledger, locale, timing, onLine } = options;
		this.#couriers = notifiers.map((notifier) => new Courier({ store: ledger.outbox, notifier, locale, timing, onLine }));
		this.#listener = telegram === undefined || options.telegram === undefined ? undefined : this.#listen(telegram, options.telegram);
		this.#outages = new Outages(options.outageAfter, (happening) => this.tell(happening));
		ledger.tellTo(this.#channels, isTold);
	}

	#listen(telegram: Telegram, { chat, users }: NonNullable<ServiceOptions["telegram"]>): Listener | undefined {
		const { ledger, locale, timing, onLine } = this.#options;
		if (users.length === 0) return undefined; // nobody may give commands
		const commands = new Commands({
			view: this,
			wish: (wish) => ledger.wish(wish),
			confirmations: new Confirmations(() => String(randomInt(100_000, 1_000_000))),
			locale,
			onLine,
		});
		return new Listener({ telegram, chat, users, commands, timing, onLine });
	}

	/** What an earlier life left unsent goes out first. */
	start(): void {
		for (const courier of this.#couriers) courier.start();
		this.#listener?.start();
		this.#looking = setInterval(() => this.look(), LOOK);
	}

	/** Something happened to the bot itself. */
	tell(happening: Happening): void {
		const { ledger, timing, onLine } = this.#options;
		try {
			ledger.outbox.write(timing.now(), happening);
			ledger.commit();
		} catch (cause) {
			onLine("error", `notify: a message was not kept (${cause instanceof Error ? cause.message : String(cause)})`);
		}
	}

	/** Sends what is still there, for a moment, and ends. The journal is still open. */
	async stop(why: string | undefined): Promise<void> {
		clearInterval(this.#looking);
		this.tell({ event: "stopped", why });
		await Promise.all(this.#couriers.map((courier) => courier.drain(FAREWELL)));
		await Promise.all([...this.#couriers.map((courier) => courier.stop()), this.#listener?.stop()]);
	}

	look(): void {
		const now = this.now();
		this.#outages.look(now);
		const engine = this.engine();
		if (engine === undefined) return;
		if (!this.#greeted) {
			const symbols = engine.settings.symbols.map(({ instrument }) => instrument.symbol);
			this.tell({ event: "started", environment: this.environment, symbols, balance: usdtNumber(engine.balance) });
		}
		this.#greeted = true;
		this.#curve.add(now, engine.equity());
	}

	// ---- what the bot tells

	onNote(at: Ms, symbol: string, note: Note): void {
		if (note.what === "evaluated" || note.what === "entering") this.#signals.set(symbol, { at, signal: note.signal, skipped: undefined });
		else if (note.what === "skipped") this.#signals.set(symbol, { at, signal: note.signal, skipped: note.why });
	}

	onStream(name: string, up: boolean, why: string): void {
		this.#outages.hear(name, up, why, this.now());
	}

	onLog(text: string): void {
		this.#log.push(text);
		if (this.#log.length > LOG_KEPT) this.#log.shift();
	}

	// ---- what commands see

	now(): Ms {
		return this.#options.timing.now();
	}

	engine(): Engine | undefined {
		return this.#options.engine();
	}

	latency(): string {
		return this.#options.latency();
	}

	signalOf(symbol: string): ReturnType<BotView["signalOf"]> {
		return this.#signals.get(symbol);
	}

	tradesSince(at: Ms): readonly Trade[] {
		return this.#options.ledger.outbox.since(at, "flat").map((body) => (body as { note: { trade: Trade } }).note.trade); // a `flat` note, as the journal wrote it
	}

	streams(): ReturnType<BotView["streams"]> {
		return this.#outages.streams();
	}

	deliveries(): ReturnType<BotView["deliveries"]> {
		return this.#channels.map((channel) => ({ channel, counts: this.#options.ledger.outbox.counts(channel) }));
	}

	log(lines: number): readonly string[] {
		return this.#log.slice(-lines);
	}

	curve(): { times: Float64Array; equity: Float64Array } {
		return this.#curve.points();
	}
}
