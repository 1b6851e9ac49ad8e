// Everything between the bot and the operator's phone, put together: couriers that take messages out of the journal's outbox, the listener
// that takes commands in, and the watch that tells of streams which stay down. Nothing of it is in trading's way.

import { randomInt } from "node:crypto";
import type { Agent } from "node:http";
import { isFlat } from "../account/position.ts";
import type { Note } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";
import { messageOf } from "../std/message-of.ts";
import { usdtNumber } from "../units/grid.ts";
import { DAY, type Ms } from "../units/unit.ts";
import { machines, signedCoins } from "./answers.ts";
import { isTold, noteWords } from "./catalogue.ts";
import { Commands } from "./commands.ts";
import { Confirmations } from "./confirm.ts";
import { Courier, type Store } from "./courier.ts";
import { Fundings } from "./fundings.ts";
import type { Before, Found, Happening, Holding } from "./happenings.ts";
import { Listener } from "./listener.ts";
import { digestLine } from "./markdown.ts";
import type { Locale, Notifier, Timing } from "./message.ts";
import { Outages } from "./outages.ts";
import { Retries } from "./retries.ts";
import { Slowness } from "./slowness.ts";
import { Telegram } from "./telegram.ts";
import { ThinCurve } from "./thin-curve.ts";
import type { BotView, Counts, Judged, Past, Wish } from "./view.ts";
import { Webhook } from "./webhook.ts";
import { timeText } from "./words.ts";

/** The journal, as notifications use it. */
export interface Ledger {
	readonly outbox: Store & {
		write(at: Ms, body: unknown): void;
		counts(channel: string): Counts;
	};
	tellTo(channels: readonly string[], tells: (note: Note) => boolean): void;
	commit(): void;
	wish(wish: Wish): void;
}

export type ServiceOptions = {
	readonly ledger: Ledger;
	readonly past: Past;
	/** How the life before ended, and its last moment; undefined when this is the first one. */
	readonly before: { readonly how: Before["how"]; readonly at: Ms } | undefined;
	readonly locale: Locale;
	readonly environment: string;
	/** Streams that are down, and calls that fail, for longer than this are told of. */
	readonly outageAfter: Ms;
	/** Times above this for a while are told of, ms; undefined: never. */
	readonly latencyLimit: number | undefined;
	readonly telegram:
		| {
				readonly token: { reveal(): string };
				readonly chat: number;
				readonly users: readonly number[];
				readonly apiRoot: string;
				readonly agent?: Agent | undefined;
		  }
		| undefined;
	readonly webhook:
		| { readonly url: string; readonly secret: { reveal(): string } | undefined; readonly agent?: Agent | undefined }
		| undefined;
	readonly timing: Timing;
	/** The exchange's time. */
	readonly now: () => Ms;
	readonly engine: () => Engine | undefined;
	/** The position of that symbol has no stop at the exchange. */
	readonly isBare: (symbol: string) => boolean;
	readonly latency: () => string;
	readonly onLine: (level: "info" | "warn" | "error", text: string) => void;
	/** Hides what must not be told. */
	readonly mask?: (text: string) => string;
};

const LOG_KEPT = 200;
/** After a restart an evaluation of the life before is told of, unless it is older. */
const SIGNALS_KEPT: Ms = 7 * DAY;
/** How often equity is looked at for the curve, and streams for outages. */
const LOOK: Ms = 5000;
/** How long the last messages may take when the bot stops. */
const FAREWELL: Ms = 3000;
const same = (text: string): string => text;

export class NotifyService implements BotView {
	readonly environment: string;
	readonly past: Past;
	readonly #startedAt: Ms;
	readonly #options: ServiceOptions;
	readonly #couriers: Courier[];
	readonly #listener: Listener | undefined;
	readonly #channels: string[];
	readonly #telegram: Telegram | undefined;
	readonly #outages: Outages;
	readonly #retries: Retries;
	readonly #fundings: Fundings;
	readonly #slowness: Slowness;
	readonly #checking = new AbortController();
	readonly #curve = new ThinCurve();
	readonly #signals = new Map<string, Judged>();
	readonly #log: string[] = [];
	/** What differed until trading began; undefined from then on. */
	#found: Found[] | undefined = [];
	#warned: string | undefined;
	#looking: ReturnType<typeof setInterval> | undefined;

	constructor(options: ServiceOptions) {
		this.#options = options;
		this.environment = options.environment;
		this.past = options.past;
		this.#startedAt = options.timing.now();
		const telegram =
			options.telegram && new Telegram({ ...options.telegram, offers: options.telegram.users.length > 0, timing: options.timing });
		this.#telegram = telegram;
		const webhook = options.webhook && new Webhook({ ...options.webhook, now: options.timing.now });
		const notifiers: Notifier[] = [telegram, webhook].filter((each) => each !== undefined);
		this.#channels = notifiers.map(({ name }) => name);
		const { ledger, locale, timing } = options;
		const onLine: ServiceOptions["onLine"] = (level, text) => this.#say(level, text);
		this.#couriers = notifiers.map((notifier) => new Courier({ store: ledger.outbox, notifier, locale, timing, onLine }));
		this.#listener = telegram === undefined || options.telegram === undefined ? undefined : this.#listen(telegram, options.telegram);
		const tell = (happening: Happening): void => this.tell(happening);
		this.#outages = new Outages(options.outageAfter, tell);
		this.#fundings = new Fundings(tell);
		this.#retries = new Retries(options.outageAfter, tell);
		this.#slowness = new Slowness(options.latencyLimit, tell);
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
		return new Listener({ telegram, chat, users, commands, timing, now: () => this.now(), onLine });
	}

	/** What an earlier life left unsent goes out first. */
	start(): void {
		for (const courier of this.#couriers) courier.start();
		this.#listener?.start();
		this.#looking = setInterval(() => this.look(), LOOK);
		void this.#check();
	}

	/** Whether messages will arrive, said at the start and not only with the first of them. */
	async #check(): Promise<void> {
		const { telegram } = this.#options;
		if (this.#telegram === undefined) return;
		const checked = await this.#telegram.check(this.#checking.signal);
		if (this.#checking.signal.aborted) return;
		if (!checked.ok) this.#say("warn", `telegram: ${checked.why}; messages are kept, trading goes on`);
		else
			this.#say(
				"info",
				`telegram: ${checked.value}${telegram?.users.length === 0 ? "; notify.telegram.user_ids is empty: commands are taken from nobody" : ""}`,
			);
	}

	/** The check and a courier may find the same wrong: it is one line. */
	#say(level: "info" | "warn" | "error", text: string): void {
		if (level === "warn" && text === this.#warned) return;
		this.#warned = level === "warn" ? text : undefined;
		this.#options.onLine(level, text);
	}

	/** Something happened to the bot itself. */
	tell(happening: Happening): void {
		const { ledger, timing, mask = same, onLine } = this.#options;
		try {
			ledger.outbox.write(timing.now(), maskedCopy(happening, mask));
			ledger.commit();
		} catch (cause) {
			onLine("error", `notify: a message was not kept (${messageOf(cause)})`);
		}
	}

	/** Sends what is still there, for a moment, and ends. The journal is still open. A stop is told of what traded, or came to grief. */
	async stop(why: string | undefined): Promise<void> {
		clearInterval(this.#looking);
		this.#checking.abort();
		if (this.#found === undefined || why !== undefined) this.tell({ event: "stopped", why });
		await Promise.all(this.#couriers.map((courier) => courier.drain(FAREWELL)));
		await Promise.all([...this.#couriers.map((courier) => courier.stop()), this.#listener?.stop()]);
	}

	look(): void {
		const now = this.now();
		this.#outages.look(now);
		this.#retries.look(now);
		const engine = this.engine();
		if (engine === undefined) return;
		this.#curve.add(now, engine.equity());
		this.#fundings.look(engine);
	}

	/** Reconciled, warmed up and trading, so long after the process began. */
	onTrading(took: Ms): void {
		const { before } = this.#options;
		const engine = this.engine();
		if (engine === undefined) return;
		this.tell({
			event: "started",
			environment: this.environment,
			symbols: engine.settings.symbols.map(({ instrument }) => instrument.symbol),
			balance: usdtNumber(engine.balance),
			before: before && { how: before.how, away: Math.max(0, this.now() - before.at) },
			took,
			holds: this.#holds(engine),
			found: this.#found,
		});
		this.#found = undefined;
		this.look();
	}

	#holds(engine: Engine): Holding[] {
		return engine.settings.symbols.flatMap(({ instrument: { symbol, grid } }) => {
			const { position, stop } = engine.machine(symbol);
			if (isFlat(position)) return [];
			const { direction, qty } = position;
			const at = stop && grid.priceNumber(stop);
			return [{ symbol, direction, qty: grid.qtyNumber(qty), stop: at, bare: this.#options.isBare(symbol) }];
		});
	}

	// ---- what the bot tells

	onNote(at: Ms, symbol: string, note: Note): void {
		this.#logNote(at, symbol, note);
		if (note.what === "evaluated" || note.what === "entering") this.#signals.set(symbol, { at, signal: note.signal, skipped: undefined });
		else if (note.what === "skipped") this.#signals.set(symbol, { at, signal: note.signal, skipped: note.why });
		else if (note.what === "difference") this.#found?.push({ symbol, name: note.name, text: note.text });
	}

	/** A call to the exchange, what it took and what became of it; `failed` says why, where trying again may help. */
	onCall({ what, ms, failed }: { readonly what: string; readonly ms: number; readonly failed: string | undefined }): void {
		this.#retries.hear({ what, failed }, this.now());
		if (failed === undefined) this.#slowness.add("exchange", ms, this.now());
	}

	/** What the bot itself took from a price to an order. */
	onOrderSent(ms: number): void {
		this.#slowness.add("bot", ms, this.now());
	}

	onStream(name: string, up: boolean, why: string): void {
		this.#outages.hear(name, up, why, this.now());
	}

	onLog(text: string): void {
		this.#keepLine(`${timeText(this.now())} ${text}`);
	}

	/** What is a message is a line of the log, too. */
	#logNote(at: Ms, symbol: string, note: Note): void {
		const engine = this.engine();
		if (engine === undefined || !isTold(note)) return;
		const machine = machines(engine).find((each) => each.symbol === symbol);
		const coin = machine === undefined ? 0 : signedCoins(engine, machine);
		this.#keepLine(digestLine(at, noteWords({ symbol, note, cash: engine.balance, coin }, this.#options.locale)));
	}

	#keepLine(line: string): void {
		this.#log.push((this.#options.mask ?? same)(line));
		if (this.#log.length > LOG_KEPT) this.#log.shift();
	}

	// ---- what commands see

	now(): Ms {
		return this.#options.now();
	}

	upFor(): Ms {
		return this.#options.timing.now() - this.#startedAt;
	}

	engine(): Engine | undefined {
		return this.#options.engine();
	}

	latency(): string {
		return this.#options.latency();
	}

	signalOf(symbol: string): ReturnType<BotView["signalOf"]> {
		return this.#signals.get(symbol) ?? this.past.signal(symbol, this.now() - SIGNALS_KEPT);
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

/** A copy whose every text went through `mask`. */
function maskedCopy(happening: Happening, mask: (text: string) => string): unknown {
	return JSON.parse(JSON.stringify(happening), (_name, value: unknown) => (typeof value === "string" ? mask(value) : value));
}
