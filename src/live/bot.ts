// The trader ⇄ bybit: the bot over real sockets, whatever exchange is behind them. Start-up goes config → clock → account (REST names what
// is wrong with a key, the private stream does not) → streams → REST backfill → strategy (I5); then each message is taken to its end, and
// what follows from it is sent, all inside the message's own call. What fails here ends the run with one line; positions keep their stops.

import type { BybitClient } from "../bybit/client.ts";
import { candleOf } from "../bybit/decode/public.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { Fault } from "../bybit/fault.ts";
import type { Engine } from "../engine/engine.ts";
import type { Event } from "../engine/event.ts";
import type { EngineSettings } from "../engine/settings.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Answer } from "../oms/call.ts";
import { type NoteCommand, type SavedTrader, Trader } from "../oms/trader.ts";
import type { Input } from "../oms/trader-port.ts";
import type { Trade } from "../report/trade.ts";
import { messageOf } from "../std/message-of.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import type { StrategyState } from "../strategy/port.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import { type AccountSide, ExchangeAccount, type Tools } from "./account-side.ts";
import { Alarm } from "./alarm.ts";
import type { BotOptions } from "./bot-options.ts";
import { CLOCK_TODO, clockText, clockWrong } from "./clock-words.ts";
import { MarketData } from "./market-data.ts";
import { Rounds } from "./rounds.ts";
import { findInstruments } from "./start-gate.ts";
import { ask, knock } from "./start-up.ts";
import { Translator } from "./translate.ts";
import { warmUp } from "./warm-up.ts";

export type { NoteCommand } from "../oms/trader.ts";
export type { BotOptions } from "./bot-options.ts";

/** How long the streams may take to come up before the start is given up, wall ms. */
const START_PATIENCE: Ms = 30_000;
const START_NUDGE: Ms = 50;

export class Bot {
	readonly #options: BotOptions;
	readonly #client: BybitClient;
	readonly #account: AccountSide;
	#trader: Trader | undefined;
	#translator: Translator | undefined;
	#market: MarketData | undefined;
	/** Messages that come before the trader is ready; undefined once it is. */
	#waiting: BybitEvent[] | undefined = [];
	readonly #up = new Set<string>();
	readonly #topics = new Set<string>();
	readonly #trades: Trade[] = [];
	#wake: () => void = () => {};
	#fault: Fault | undefined;
	#rounds: Rounds | undefined;
	readonly #alarm = new Alarm(() => this.#take({ kind: "time" }));
	#clockOff = false;
	/** Nothing is taken any more. */
	#stopped = false;
	#closed = false;
	#fail: (cause: Error) => void = () => {};
	/** Rejects when the bot can go on no longer. */
	readonly failure: Promise<never>;

	constructor(options: BotOptions) {
		this.#options = options;
		this.failure = new Promise((_resolve, reject) => {
			this.#fail = reject;
		});
		this.failure.catch(() => {}); // whoever waits for it hears of it
		this.#client = options.connect((event) => this.#onEvent(event));
		const tools: Tools = {
			client: this.#client,
			now: options.now,
			onInput: (input) => this.#take(input),
			onLine: options.onLine,
			onBreak: (cause) => this.#break(cause),
		};
		this.#account = options.account?.(tools) ?? new ExchangeAccount(tools);
	}

	/** What onlookers see: the trader once it has begun, lines that are up, and those that must be before anything is traded. */
	get view(): {
		readonly client: BybitClient;
		readonly trader: Trader | undefined;
		readonly up: ReadonlySet<string>;
		readonly needed: readonly string[];
	} {
		return { client: this.#client, trader: this.#trader, up: this.#up, needed: this.#account.streams };
	}

	get trader(): Trader {
		if (this.#trader === undefined) throw new RangeError("the bot has been started");
		return this.#trader;
	}

	get engine(): Engine {
		return this.trader.engine;
	}

	get trades(): readonly Trade[] {
		return this.#trades;
	}

	/**
	 * Connects, checks and warms up; from its end on the bot trades. What keeps it from starting is one clear error. A bot that has traded
	 * before waits for an exchange that is away; false: `signal` ended that wait.
	 */
	async start(signal?: AbortSignal): Promise<boolean> {
		const { onLine, symbols, patient } = this.#options;
		const told = (text: string): void => onLine("warn", text);
		const [call, what] = [() => this.#client.start(), "the exchange does not answer"] as const;
		const clock = patient === true ? await knock(call, { what, signal, onLine: told }) : await ask(call, what, told);
		if (clock === undefined) return false;
		// An exchange on this machine may live in another time.
		const wrong = this.#options.clockTolerance === undefined ? undefined : clockWrong(clock.offsetMs);
		if (wrong === undefined) onLine("info", `clock: ${clockText(clock)}`);
		else onLine("warn", `clock: ${clockText(clock)}: ${wrong}; ${CLOCK_TODO}`);
		const instruments = await findInstruments(this.#client.rest, symbols, this.#options.now(), (text) => onLine("warn", text));
		const balance = await this.#account.open(instruments);
		await this.#until(() => this.#account.streams.every((stream) => this.#up.has(stream)), "the streams did not come up");
		const configured = { ...this.#options.settingsFor({ instruments }), balance };
		const settings = { ...configured, costs: await this.#account.costs(configured) };
		await this.#account.prepare(settings);
		const hold = this.#client.hold();
		this.#begin(settings, instruments);
		await this.#until(() => this.trader.agreed || this.trader.oms.isInDoubt, "the account could not be read");
		const topics = symbols.flatMap((symbol) => this.#topicsOf(symbol));
		this.#client.subscribe(topics);
		await this.#until(() => topics.every((topic) => this.#topics.has(topic)), "the market-data topics were not confirmed");
		this.#recallReferences();
		const tools = {
			...this.#options,
			client: this.#client,
			engine: this.engine,
			translator: this.#translator,
			onEvent: (event: Event) => this.#take({ kind: "event", event }),
		};
		for (const symbol of settings.symbols) await warmUp(tools, symbol);
		this.#release();
		hold();
		this.#goRound();
		onLine("info", `trading ${symbols.join(", ")} with ${usdtNumber(this.engine.balance).toFixed(2)} USDT${this.#held()}`);
		return true;
	}

	/** Stops listening and closes every line. Positions stay as they are, with their stops at the venue. */
	async stop(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		const ended = this.#stopped; // by itself: what was worth keeping has been kept, or cannot be
		this.#end();
		this.#account.close(ended);
		await this.#client.close();
		if (ended) return;
		if (this.#options.durable) this.#keepState();
		this.#options.journal?.commit();
	}

	/** Has the whole account read, and compared with what was meant. */
	readAccount(): void {
		this.#trader?.oms.read();
		this.#take({ kind: "time" });
	}

	/** Nothing new is opened of that symbol until the next start; what is held keeps its protection. */
	holdBack(symbol: string, why: string): void {
		this.#take({ kind: "event", event: { kind: "doubt", at: this.#options.now(), symbol, why } });
	}

	/** The data has ended: what is open is valued at the last price and counted. */
	closeBooks(at: Ms): void {
		this.trader.closeBooks(at);
	}

	// ---- start-up

	#begin(settings: EngineSettings, instruments: ReadonlyMap<string, Instrument>): void {
		const { journal, durable, now, onLine, terms, baseInterval, intervals, symbols } = this.#options;
		const trader = new Trader({
			settings,
			memory: journal,
			send: (call) => {
				if (!this.#stopped) this.#account.carry(call);
			},
			onNote: (told) => this.#onNote(told),
			onStop: (why) => this.#fail(new RunFailure(why)),
			terms,
		});
		this.#trader = trader;
		for (const { symbol, grid } of instruments.values()) journal?.remember(`grid ${symbol}`, { tick: grid.tick, step: grid.step });
		this.#translator = new Translator({ instruments, baseInterval, signalIntervals: intervals, onOdd: (what) => onLine("warn", what) });
		this.#market = new MarketData({
			client: this.#client,
			translator: this.#translator,
			symbols,
			baseInterval,
			signalIntervals: intervals,
			now,
			onInput: (input) => {
				if (input.kind === "event" && input.event.kind === "ticker") this.#account.polled(input.event.symbol, input.event.ticker, now());
				this.#take(input);
			},
			onLine,
		});
		const saved = durable ? (journal?.kept() as SavedTrader | undefined) : undefined; // written by `keep`
		trader.begin(saved, now());
		this.#setAlarm();
	}

	#held(): string {
		const held = [...this.engine.machines()].filter(({ position }) => position.qty > 0);
		return held.length === 0
			? ""
			: `; goes on with ${held.map(({ symbol, position }) => `a ${position.direction} position in ${symbol}`).join(", ")}`;
	}

	#topicsOf(symbol: string): string[] {
		const intervals = new Set([this.#options.baseInterval, this.#options.intervals.get(symbol) ?? this.#options.baseInterval]);
		return [
			...this.#account.topicsOf(symbol),
			`tickers.${symbol}`,
			`orderbook.1.${symbol}`,
			...[...intervals].map((interval) => `kline.${interval}.${symbol}`),
		];
	}

	/** Waits until something holds that the streams and answers bring about. */
	async #until(holds: () => boolean, failing: string): Promise<void> {
		const timeout = setTimeout(() => this.#wake(), START_PATIENCE);
		const nudges = this.#options.wallTime ? undefined : setInterval(() => this.#nudge(), START_NUDGE);
		const ends = Date.now() + START_PATIENCE;
		try {
			while (!holds()) {
				if (this.#fault?.class === "fatal") throw new UsageError(`${failing}: ${this.#fault.message}`);
				if (Date.now() >= ends) throw new RunFailure(`${failing} within ${START_PATIENCE / 1000} s; check the network and the endpoints`);
				await Promise.race([
					this.failure,
					new Promise<void>((resolve) => {
						this.#wake = resolve;
					}),
				]);
			}
		} finally {
			clearTimeout(timeout);
			clearInterval(nudges);
		}
	}

	/** Before market time moves nothing else tells the trader that its pauses are over. */
	#nudge(): void {
		const wakeAt = this.#trader?.wakeAt ?? Number.POSITIVE_INFINITY;
		if (wakeAt !== Number.POSITIVE_INFINITY) this.#take({ kind: "time" }, wakeAt);
	}

	#release(): void {
		const waiting = this.#waiting ?? [];
		this.#waiting = undefined;
		for (const event of waiting) this.#feed(event);
	}

	// ---- what outlives the process, beside what the trader keeps itself

	/** A restart continues with the references that were in force (spec §3). */
	#recallReferences(): void {
		const { durable, journal, symbols } = this.#options;
		if (!durable) return;
		for (const symbol of symbols) {
			const state = journal?.recall(`strategy ${symbol}`);
			if (typeof state === "object" && state !== null) this.engine.machine(symbol).strategy.restore(state as StrategyState); // written below
		}
	}

	#keepState(): void {
		const { durable, journal } = this.#options;
		if (!durable || journal === undefined || this.#trader === undefined) return;
		for (const machine of this.engine.machines()) journal.remember(`strategy ${machine.symbol}`, machine.strategy.state());
		this.#trader.commit();
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
		if (event.kind === "stream") this.#watchLine(event);
		else if (event.kind === "topic") {
			if (event.up) this.#topics.add(event.topic);
			else onLine("warn", `topic ${event.topic}: ${event.reason ?? "lost"}`);
			this.#wake();
		} else if (event.kind === "clock") this.#onClock(event.estimate.movedMs);
		else if (event.kind === "malformed")
			onLine("warn", `unreadable ${event.stream} message${event.topic === undefined ? "" : ` of ${event.topic}`}: ${event.reason}`);
		else if (event.kind === "ticker" || event.kind === "kline" || event.kind === "book") this.#rounds?.heard(event.symbol);
	}

	#watchLine(event: Extract<BybitEvent, { kind: "stream" }>): void {
		if (event.up) this.#up.add(event.stream);
		else this.#up.delete(event.stream);
		this.#fault = event.fault ?? this.#fault;
		if (!this.#stopped)
			this.#options.onLine(
				event.up ? "info" : "warn",
				`${event.stream} stream ${event.up ? "up" : `down: ${event.reason ?? "no reason given"}`}`,
			);
		if (event.up && event.stream === "public" && this.#waiting === undefined) void this.#market?.catchUp();
		this.#wake();
	}

	#feed(event: BybitEvent): void {
		this.#account.hear(event);
		for (const one of this.#translator?.translate(event) ?? []) this.#take(one);
		if (event.kind === "kline" && event.kline.confirm && event.interval === this.#options.intervals.get(event.symbol))
			this.#market?.streamed(event.symbol, candleOf(event.kline));
	}

	#take(input: Input, now = this.#options.now()): void {
		const trader = this.#trader;
		if (trader === undefined || this.#stopped) return;
		const wasHalted = trader.engine.halted !== undefined;
		try {
			trader.take(input, now);
			if (input.kind === "event" && input.event.kind === "candles" && input.event.symbol === this.#options.symbols[0]) {
				this.#options.onEquity?.(input.event.at, trader.engine.equity());
				this.#keepState();
			}
		} catch (cause) {
			return this.#break(cause);
		}
		if (input.kind !== "event") this.#wake();
		if (input.kind === "answer") this.#judgeKey(input.answer, wasHalted);
		this.#setAlarm();
	}

	/** The key opens nothing any more, and an attempt to close what is held has come to nothing: there is nothing left to do here. */
	#judgeKey(answer: Answer, wasHalted: boolean): void {
		const { halted } = this.engine;
		if (!wasHalted || answer.ok || answer.fault.class !== "fatal" || halted?.startsWith("fatal") !== true) return;
		if (answer.fault.what.includes("cancel")) return; // the closing order's own answer decides
		this.#end();
		const held = [...this.engine.machines()].some(({ position }) => position.qty > 0);
		const stays = held ? "positions stay open, with their stops at the exchange" : "nothing is held";
		this.#fail(new RunFailure(`trading ends here (${halted}): ${stays}; mend the key, then: anchorwatch resume`));
	}

	/** What could not be put on disk must not be sent, and a bug must not trade on. */
	#break(cause: unknown): void {
		this.#end();
		const text = messageOf(cause);
		const isDisk = /disk|database|sqlite/i.test(text);
		this.#fail(
			isDisk
				? new RunFailure(
						`the journal cannot be written (${text}): trading ends here, positions keep their stops at the exchange; free the disk and start again`,
					)
				: cause instanceof Error
					? cause
					: new Error(text),
		);
	}

	#onNote(told: NoteCommand): void {
		if (told.note.what === "flat") this.#trades.push(told.note.trade);
		this.#options.onNote(told);
	}

	/** Where time is the wall's, the trader is woken when it wants to be, and looks round. */
	#setAlarm(): void {
		const { wallTime, now } = this.#options;
		if (wallTime && !this.#stopped) this.#alarm.set(this.trader.wakeAt, now());
	}

	#goRound(): void {
		const market = this.#market;
		if (!this.#options.wallTime || market === undefined) return;
		this.#rounds = new Rounds({
			...this.#options,
			client: this.#client,
			market,
			onEvent: (event) => this.#take({ kind: "event", event }),
			onBreak: (cause) => this.#break(cause),
		});
	}

	#end(): void {
		this.#stopped = true;
		this.#rounds?.stop();
		this.#alarm.clear();
	}

	/** What the alarm is set for comes sooner or later now. */
	#onClock(moved: Ms | undefined): void {
		this.#alarm.clear();
		if (this.#trader !== undefined) this.#setAlarm();
		this.#judgeClock(moved);
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
		this.#take({ kind: "event", event: { kind: "clock", at: now(), off } });
	}
}
