// Engine ⇄ bybit: the bot over real sockets, whatever exchange is behind them. Start-up goes config → clock → streams → REST backfill →
// strategy (I5); then each message is journalled, handled to its end, and what follows from it is sent, all inside the message's own call.

import type { BybitClient } from "../bybit/client.ts";
import { reviewKey } from "../bybit/decode/account.ts";
import { candleOf } from "../bybit/decode/public.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { Fault } from "../bybit/fault.ts";
import type { Command } from "../engine/command.ts";
import { Engine } from "../engine/engine.ts";
import type { Event } from "../engine/event.ts";
import type { EngineSettings, SymbolSettings } from "../engine/settings.ts";
import type { Journal } from "../journal/journal.ts";
import type { Instrument } from "../market/instrument.ts";
import { closeOf, type Interval } from "../market/interval.ts";
import type { Trade } from "../report/trade.ts";
import type { Result } from "../std/result.ts";
import { RunFailure } from "../std/run-failure.ts";
import { UsageError } from "../std/usage-error.ts";
import type { StrategyState } from "../strategy/port.ts";
import { parseUsdt, usdtNumber } from "../units/grid.ts";
import { DAY, MINUTE, type Ms, type Usdt } from "../units/unit.ts";
import { Sender } from "./send.ts";
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
/** Bybit's largest page of candles. */
const KLINE_PAGE = 1000;

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
		const instruments = await this.#instruments();
		const balance = await this.#account();
		const settings = { ...this.#options.settingsFor({ instruments }), balance, peak: this.#recalledPeak() };
		for (const symbol of settings.symbols) await this.#prepare(symbol, settings.marginMode);
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

	async #instruments(): Promise<Map<string, Instrument>> {
		const found = new Map<string, Instrument>();
		for (const symbol of this.#options.symbols) {
			const risks = must(await this.#client.rest.getRiskLimit(symbol), `risk limits of ${symbol}`);
			const [info] = must(await this.#client.rest.getInstruments({ symbol, risks }), `rules of ${symbol}`);
			if (info === undefined) throw new UsageError(`symbols: the exchange does not list ${symbol} as a USDT perpetual`);
			if (info.instrument.status !== "Trading")
				throw new UsageError(`symbols: ${symbol} is ${info.instrument.status} at the exchange, not Trading`);
			found.set(symbol, info.instrument);
		}
		return found;
	}

	/** Key permissions and wallet. */
	async #account(): Promise<Usdt> {
		const key = must(await this.#client.rest.getApiKey(), "the API key's permissions");
		const { refusals, warnings } = reviewKey(key);
		for (const warning of warnings) this.#options.onLine("warn", warning);
		if (refusals.length > 0) throw new UsageError(refusals.join("; "));
		const wallet = must(await this.#client.rest.getWallet("USDT"), "the wallet");
		const coin = wallet.coins.find((entry) => entry.coin === "USDT");
		const balance = coin === undefined ? undefined : parseUsdt(coin.walletBalance);
		if (balance === undefined) throw new UsageError("the account states no USDT balance: a unified account with USDT is needed");
		return balance;
	}

	/** Margin mode and leverage as configured; a foreign position is reported and keeps the symbol from being traded. */
	async #prepare({ instrument, leverage }: SymbolSettings, marginMode: "isolated" | "cross"): Promise<void> {
		const { rest } = this.#client;
		const { symbol } = instrument;
		const info = must(await rest.getAccountInfo(), "the account's settings");
		const wanted = marginMode === "isolated" ? "ISOLATED_MARGIN" : "REGULAR_MARGIN";
		if (info.marginMode !== wanted) must(await rest.setMarginMode(wanted), `margin mode ${marginMode}`);
		const set = await rest.setLeverage({ symbol, leverage: String(leverage) });
		if (!set.ok && set.error.class !== "benign") must(set, `leverage ${leverage} of ${symbol}`);
		const positions = must(await rest.getPositions({ symbol }), `positions of ${symbol}`);
		const open = positions.list.find((position) => Number(position.size) !== 0);
		if (open !== undefined)
			throw new UsageError(
				`${symbol} already has a position of ${open.size} that this run did not open; close it, or trade another symbol`,
			);
	}

	/** Closed signal candles before now, and the sums behind an anchor that has passed. */
	async #warmUp({ instrument: { symbol } }: SymbolSettings): Promise<void> {
		const { now, intervals, baseInterval, onLine } = this.#options;
		const interval = intervals.get(symbol) ?? baseInterval;
		const at = now();
		const rows = must(await this.#client.rest.getKline({ symbol, interval, limit: KLINE_PAGE }), `candles of ${symbol}`);
		const candles = rows.map(candleOf).filter((candle) => closeOf(interval, candle.openTime) <= at);
		if (candles.length > 0)
			this.#handle({ kind: "history", at, symbol, candles, closeTimes: candles.map((candle) => closeOf(interval, candle.openTime)) });
		const anchor = this.engine.machine(symbol).strategy.missingAnchor(at);
		if (anchor === undefined) return;
		const source = this.engine.settings.symbols.find((entry) => entry.instrument.symbol === symbol)?.strategy.vwapSource;
		const [from, to] = source === "kline" ? [anchor, at] : [anchor - DAY, anchor];
		const sums = await this.#sums(symbol, from, to);
		if (sums === undefined) return;
		onLine("info", `${symbol}: the reference of the anchor at ${new Date(anchor).toISOString()} was rebuilt from the exchange's candles`);
		this.#handle({ kind: "reference", at, symbol, anchor, ...sums });
	}

	/** Turnover and volume of the closed base candles that open in `[from, to)`; undefined when the exchange does not have them all. */
	async #sums(symbol: string, from: Ms, to: Ms): Promise<{ turnover: number; volume: number } | undefined> {
		const { baseInterval } = this.#options;
		let turnover = 0;
		let volume = 0;
		let next = from;
		while (next < to) {
			const rows = must(
				await this.#client.rest.getKline({
					symbol,
					interval: baseInterval,
					start: next,
					end: Math.min(to - 1, next + (KLINE_PAGE - 1) * MINUTE),
					limit: KLINE_PAGE,
				}),
				`candles of ${symbol}`,
			);
			const [first] = rows;
			if (first === undefined || first.start > next) return undefined;
			for (const row of rows) {
				if (closeOf(baseInterval, row.start) > this.#options.now()) return { turnover, volume };
				turnover += Number(row.turnover);
				volume += Number(row.volume);
				next = closeOf(baseInterval, row.start);
			}
		}
		return { turnover, volume };
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

/** The value, or the one line that says what failed and why. */
function must<T>(result: Result<T, Fault>, what: string): T {
	if (result.ok) return result.value;
	const text = `${what}: ${result.error.message} (${result.error.what})`;
	throw result.error.class === "fatal" || result.error.class === "refused" ? new UsageError(text) : new RunFailure(text);
}
