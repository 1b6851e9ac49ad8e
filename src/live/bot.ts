// Engine ⇄ bybit: the bot over real sockets, whatever exchange is behind them. Start-up goes config → clock → streams → REST backfill →
// strategy (I5); then each message is journalled, handled to its end, and what follows from it is sent, all inside the message's own call.

import type { BybitClient } from "../bybit/client.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { Fault } from "../bybit/fault.ts";
import type { Command } from "../engine/command.ts";
import { Engine } from "../engine/engine.ts";
import type { Event } from "../engine/event.ts";
import type { EngineSettings, SymbolSettings } from "../engine/settings.ts";
import type { Journal } from "../journal/journal.ts";
import type { Instrument } from "../market/instrument.ts";
import { closeOf, type Interval, openOf } from "../market/interval.ts";
import type { Trade } from "../report/trade.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import type { StrategyState } from "../strategy/port.ts";
import { usdtNumber } from "../units/grid.ts";
import { DAY, type Ms } from "../units/unit.ts";
import { Sender } from "./send.ts";
import { checkAccount, closedCandles, findInstruments, must, prepareSymbol, sumsBetween } from "./start-up.ts";
import { Translator } from "./translate.ts";

export type NoteCommand = Extract<Command, { kind: "note" }>;

export type BotOptions = {
	/** Makes the client; its events come to `onEvent`. */
	readonly connect: (onEvent: (event: BybitEvent) => void) => BybitClient;
	/** The exchange's time as the bot knows it. */
	readonly now: () => Ms;
	/** Settings whose instruments, costs and balance are the venue's to say once it is connected. */
	readonly settingsFor: (found: { instruments: ReadonlyMap<string, Instrument> }) => Omit<EngineSettings, "balance">;
	readonly symbols: readonly string[];
	readonly intervals: ReadonlyMap<string, Interval>;
	readonly baseInterval: Interval;
	readonly journal: Journal | undefined;
	/** Peak equity, references and a guard's halt outlive the process: they are kept in the journal. */
	readonly durable: boolean;
	readonly onNote: (told: NoteCommand) => void;
	readonly onLine: (level: "debug" | "info" | "warn" | "error", text: string) => void;
	/** After each base candle of the first symbol. */
	readonly onEquity?: ((at: Ms, equity: number) => void) | undefined;
	/** Half the receive window: the corrected clock may be off by so much; undefined where the exchange's time runs its own way. */
	readonly clockTolerance?: Ms | undefined;
	/** Market data missing for so long, by the wall's clock, counts as stale; undefined where time is not the wall's. */
	readonly staleAfter?: Ms | undefined;
};

/** What the journal keeps over restarts. */
export const HALTED = "halted";
export const PEAK = "peak";
/** How long the streams may take to come up before the start is given up, wall ms. */
const START_PATIENCE: Ms = 30_000;
const STALE_CHECK: Ms = 1000;

export class Bot {
	readonly #options: BotOptions;
	readonly #client: BybitClient;
	#engine: Engine | undefined;
	#translator: Translator | undefined;
	#sender: Sender | undefined;
	/** Messages that come before the engine is ready; undefined once it is. */
	#waiting: BybitEvent[] | undefined = [];
	readonly #up = new Set<string>();
	readonly #topics = new Set<string>();
	readonly #trades: Trade[] = [];
	#wake: () => void = () => {};
	#fault: Fault | undefined;
	#heardAt = 0;
	#staleTimer: ReturnType<typeof setInterval> | undefined;
	#stale = false;
	#clockOff = false;
	#stopped = false;

	constructor(options: BotOptions) {
		this.#options = options;
		this.#client = options.connect((event) => this.#onEvent(event));
	}

	get engine(): Engine {
		if (this.#engine === undefined) throw new RangeError("the bot has been started");
		return this.#engine;
	}

	get trades(): readonly Trade[] {
		return this.#trades;
	}

	/** Connects, checks and warms up; from its end on the bot trades. What keeps it from starting is one clear error. */
	async start(): Promise<void> {
		const { onLine, now, symbols } = this.#options;
		const clock = must(await this.#client.start(), "the exchange does not answer");
		onLine(
			"info",
			`clock: ${clock.offsetMs >= 0 ? "+" : ""}${clock.offsetMs.toFixed(0)} ms against the exchange, round trip ${clock.roundTripMs.toFixed(0)} ms`,
		);
		await this.#until(() => this.#up.has("public") && this.#up.has("private"), "the streams did not come up");
		const instruments = await findInstruments(this.#client, symbols);
		const balance = await checkAccount(this.#client, (warning) => onLine("warn", warning));
		const settings = { ...this.#options.settingsFor({ instruments }), balance, peak: this.#recalledPeak() };
		for (const symbol of settings.symbols) await prepareSymbol(this.#client, symbol, settings.marginMode);
		this.#engine = new Engine(settings);
		this.#sender = new Sender({ client: this.#client, instruments, now, onEvent: (event) => this.#handle(event) });
		this.#translator = new Translator({
			instruments,
			baseInterval: this.#options.baseInterval,
			signalIntervals: this.#options.intervals,
			onOdd: (what) => onLine("warn", what),
		});
		const hold = this.#client.hold();
		const topics = symbols.flatMap((symbol) => this.#topicsOf(symbol));
		this.#client.subscribe(topics);
		await this.#until(() => topics.every((topic) => this.#topics.has(topic)), "the market-data topics were not confirmed");
		this.#recallReferences();
		for (const symbol of settings.symbols) await this.#warmUp(symbol);
		this.#release();
		hold();
		this.#watchFeed();
		onLine("info", `trading ${symbols.join(", ")} with ${usdtNumber(balance).toFixed(2)} USDT`);
	}

	/** Stops listening and closes every line. Positions stay as they are, with their stops at the venue. */
	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		clearInterval(this.#staleTimer);
		await this.#client.close();
		this.#options.journal?.flush();
	}

	/** The data has ended: what is open is valued at the last price and counted. */
	closeBooks(at: Ms): void {
		for (const command of this.engine.closeBooks(at)) this.#take(command);
	}

	// ---- start-up

	#topicsOf(symbol: string): string[] {
		const intervals = new Set([this.#options.baseInterval, this.#options.intervals.get(symbol) ?? this.#options.baseInterval]);
		return [`tickers.${symbol}`, `orderbook.1.${symbol}`, ...[...intervals].map((interval) => `kline.${interval}.${symbol}`)];
	}

	/** Closed signal candles before now, and the sums behind an anchor that has passed. */
	async #warmUp({ instrument: { symbol }, strategy: { interval, vwapSource } }: SymbolSettings): Promise<void> {
		const { now, baseInterval, onLine } = this.#options;
		const at = now();
		const candles = await closedCandles(this.#client, { symbol, interval, at });
		const newest = candles.at(-1);
		if (newest !== undefined) {
			this.#translator?.know(symbol, interval, newest.openTime);
			const closeTimes = candles.map((candle) => closeOf(interval, candle.openTime));
			this.#handle({ kind: "history", at, symbol, candles, closeTimes });
		}
		const anchor = this.engine.machine(symbol).strategy.missingAnchor(at);
		if (anchor === undefined) return;
		const [from, to] = vwapSource === "kline" ? [anchor, at] : [anchor - DAY, anchor];
		const sums = await sumsBetween(this.#client, { symbol, interval: baseInterval, from, to, at });
		if (sums === undefined) return;
		if (vwapSource === "kline") this.#translator?.know(symbol, baseInterval, openOf(baseInterval, at) - 1);
		onLine("info", `${symbol}: the reference of the anchor at ${new Date(anchor).toISOString()} was rebuilt from the exchange's candles`);
		this.#handle({ kind: "reference", at, symbol, anchor, ...sums });
	}

	/** Waits until something holds that the streams bring about. */
	async #until(holds: () => boolean, failing: string): Promise<void> {
		const timeout = setTimeout(() => this.#wake(), START_PATIENCE);
		const ends = Date.now() + START_PATIENCE;
		try {
			while (!holds()) {
				if (this.#fault?.class === "fatal") throw new UsageError(`${failing}: ${this.#fault.message}`);
				if (Date.now() >= ends) throw new RunFailure(`${failing} within ${START_PATIENCE / 1000} s; check the network and the endpoints`);
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
			}
		} finally {
			clearTimeout(timeout);
		}
	}

	#release(): void {
		const waiting = this.#waiting ?? [];
		this.#waiting = undefined;
		for (const event of waiting) this.#feed(event);
	}

	// ---- what outlives the process

	#recalledPeak(): number | undefined {
		const peak = this.#options.durable ? this.#options.journal?.recall(PEAK) : undefined;
		return typeof peak === "number" ? peak : undefined;
	}

	/** A restart continues with the references that were in force (spec §3). */
	#recallReferences(): void {
		const { durable, journal, symbols } = this.#options;
		if (!durable) return;
		for (const symbol of symbols) {
			const state = journal?.recall(`strategy ${symbol}`);
			if (typeof state === "object" && state !== null) this.engine.machine(symbol).strategy.restore(state as StrategyState); // written below
		}
	}

	#rememberState(): void {
		const { durable, journal } = this.#options;
		if (!durable || journal === undefined) return;
		journal.remember(PEAK, this.engine.peak);
		for (const machine of this.engine.machines()) journal.remember(`strategy ${machine.symbol}`, machine.strategy.state());
	}

	// ---- running

	#onEvent(event: BybitEvent): void {
		this.#watch(event);
		if (this.#waiting !== undefined) this.#waiting.push(event);
		else this.#feed(event);
	}

	/** Lines and topics, for start-up and the log. */
	#watch(event: BybitEvent): void {
		const { onLine } = this.#options;
		if (event.kind === "stream") {
			if (event.up) this.#up.add(event.stream);
			else this.#up.delete(event.stream);
			this.#fault = event.fault ?? this.#fault;
			if (!this.#stopped)
				onLine(event.up ? "info" : "warn", `${event.stream} stream ${event.up ? "up" : `down: ${event.reason ?? "no reason given"}`}`);
			this.#wake();
		} else if (event.kind === "topic") {
			if (event.up) this.#topics.add(event.topic);
			else onLine("warn", `topic ${event.topic}: ${event.reason ?? "lost"}`);
			this.#wake();
		} else if (event.kind === "clock") this.#judgeClock(event.estimate.movedMs);
		else if (event.kind === "malformed")
			onLine("warn", `unreadable ${event.stream} message${event.topic === undefined ? "" : ` of ${event.topic}`}: ${event.reason}`);
		else this.#heardAt = Date.now();
	}

	#feed(event: BybitEvent): void {
		for (const one of this.#translator?.translate(event) ?? []) this.#handle(one);
	}

	#handle(event: Event): void {
		const { journal } = this.#options;
		const engine = this.#engine;
		if (engine === undefined) return;
		journal?.input(event);
		const commands = engine.handle(event);
		if (commands.length > 0) {
			for (const command of commands) journal?.command(command);
			if (commands.some((command) => command.kind !== "note")) journal?.flush();
			for (const command of commands) this.#take(command);
		}
		if (event.kind === "candles" && event.symbol === this.#options.symbols[0]) {
			this.#options.onEquity?.(event.at, engine.equity());
			this.#rememberState();
		}
	}

	#take(command: Command): void {
		if (command.kind !== "note") {
			if (!this.#stopped) this.#sender?.send(command);
			return;
		}
		if (command.note.what === "flat") this.#trades.push(command.note.trade);
		if (command.note.what === "tripped" && this.#options.durable)
			this.#options.journal?.remember(HALTED, `${command.note.guard}: ${command.note.why}`);
		this.#options.onNote(command);
	}

	/** Between two measurements the corrected clock has drifted by so much: beyond the tolerance no entry, until a measurement finds it steady. */
	#judgeClock(moved: Ms | undefined): void {
		const { clockTolerance, onLine, now } = this.#options;
		if (clockTolerance === undefined || moved === undefined) return;
		const off = Math.abs(moved) > clockTolerance;
		if (off) void this.#client.syncClock();
		if (off === this.#clockOff) return;
		this.#clockOff = off;
		onLine(
			"warn",
			off ? `the clock was ${moved.toFixed(0)} ms off the exchange's: no new entries until it is steady` : "the clock is steady again",
		);
		this.#handle({ kind: "clock", at: now(), off });
	}

	/** Tells the engine when market data has stopped, and when it is back. */
	#watchFeed(): void {
		const { staleAfter, symbols, now, onLine } = this.#options;
		if (staleAfter === undefined) return;
		this.#heardAt = Date.now();
		this.#staleTimer = setInterval(() => {
			const stale = Date.now() - this.#heardAt > staleAfter;
			if (stale === this.#stale) return;
			this.#stale = stale;
			onLine("warn", stale ? `no market data for ${staleAfter / 1000} s: no new entries` : "market data is back");
			for (const symbol of symbols) this.#handle({ kind: "feed", at: now(), symbol, stale });
		}, STALE_CHECK);
	}
}
