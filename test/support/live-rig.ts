// The live bot over real sockets at a simulated exchange with faults, both in a test's hands: market time moves in steps, in lockstep, so
// that after each step everything that was said has been dealt with. Timers of the client run when the test says so; nothing sleeps.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BybitClient } from "../../src/bybit/client.ts";
import { resolveEndpoints } from "../../src/bybit/endpoints.ts";
import type { BybitEvent } from "../../src/bybit/events.ts";
import type { Timers } from "../../src/bybit/ports.ts";
import type { Note } from "../../src/engine/command.ts";
import { Journal } from "../../src/journal/journal.ts";
import { Bot, type BotOptions } from "../../src/live/bot.ts";
import type { FaultInput } from "../../src/simserver/faults/scenario.ts";
import type { Simulation } from "../../src/simserver/simulation.ts";
import { minutes, type Row, still } from "../../src/simserver/testing/candles.ts";
import { afterwards, type Json, KEY, market, Rig, SECRET } from "../../src/simserver/testing/rig.ts";
import { turns, until } from "../../src/simserver/testing/standing.ts";
import { DAY, MINUTE, type Ms } from "../../src/units/unit.ts";
import { botOptions, configured, positionOf, SYMBOL, startBot } from "./rig-bot.ts";

export type LiveOptions = {
	/** Closes of the minutes after a day at 20000; they go straight from one to the next. */
	readonly closes: readonly number[];
	/** Whole sections of config.yaml beside the plain ones. */
	readonly config?: object;
	/** It keeps a journal, which a second life goes on with. */
	readonly durable?: boolean;
	/** By the wall's clock. */
	readonly staleAfter?: Ms;
	readonly clockTolerance?: Ms;
	/** While it says so, wallet messages state a balance of zero. */
	readonly zeroWallet?: () => boolean;
	readonly simulation?: Parameters<typeof Rig.open>[0] extends infer Options ? Partial<Options> : never;
};

/** Timers that run when the test says so, all that are set up to a length. */
export class Hand implements Timers {
	readonly #set = new Set<{ delay: number; run: () => void }>();

	after(delay: number, run: () => void): () => void {
		const entry = { delay, run };
		this.#set.add(entry);
		return () => void this.#set.delete(entry);
	}

	fire(delayMax: number): void {
		for (const entry of [...this.#set]) if (entry.delay <= delayMax && this.#set.delete(entry)) entry.run();
	}
}

export class LiveRig {
	readonly exchange: Rig;
	readonly notes: Note[] = [];
	/** What the operator reads, of all lives. */
	readonly lines: string[] = [];
	readonly hand = new Hand();
	/** How far the bot's own clock is ahead of the exchange's. */
	skew: Ms = 0;
	bot: Bot;
	client: BybitClient | undefined;
	journal: Journal | undefined;
	/** The line with which the bot has ended by itself. */
	failed: Error | undefined;
	readonly #options: LiveOptions;
	readonly #dir: string | undefined;
	#lives = 0;

	private constructor(exchange: Rig, options: LiveOptions) {
		this.exchange = exchange;
		this.#options = options;
		if (options.durable === true) {
			const dir = mkdtempSync(join(tmpdir(), "anchorwatch-story-"));
			this.#dir = dir;
			afterwards(() => rmSync(dir, { recursive: true, force: true }));
		}
		this.bot = this.#newBot();
		afterwards(() => this.die());
	}

	/** The bot trades, a day after the market began, in the first second of a minute at 20000. */
	static async open(options: LiveOptions): Promise<LiveRig> {
		const candles = minutes([...still(DAY / MINUTE + 1, 20_000), ...rows(options.closes)]);
		const { simulation = {} } = options;
		const exchange = await Rig.open({ markets: [market(SYMBOL, candles)], autostart: false, ...simulation });
		await exchange.sim.control.step({ ms: DAY });
		const rig = new LiveRig(exchange, options);
		await rig.start();
		return rig;
	}

	/** The folder of the journal; only a durable bot has one. */
	get dir(): string {
		assert.ok(this.#dir !== undefined, "a durable bot has a folder");
		return this.#dir;
	}

	get sim(): Simulation {
		return this.exchange.sim;
	}

	// ---- lives

	async start(): Promise<void> {
		await startBot(this.bot, this.sim, (ms) => this.stepLoosely(ms));
	}

	/** The process ends as by a signal. */
	async die(): Promise<void> {
		await this.bot.stop();
		this.journal?.close();
		this.journal = undefined;
	}

	/** The next life, with the same journal. */
	async restart(): Promise<void> {
		await this.die();
		this.failed = undefined;
		this.bot = this.#newBot();
		await this.start();
	}

	// ---- time

	/** Market time passes, to the end of everything that follows from it. */
	async step(ms: Ms): Promise<void> {
		await this.sim.control.step({ ms });
	}

	async minutes(count = 1): Promise<void> {
		await this.step(count * MINUTE);
	}

	/** Time passes while something of the client's own is waited for: its timers up to a second run out all the while. */
	async stepLoosely(ms: Ms): Promise<void> {
		let over = false;
		const stepping = this.step(ms).finally(() => {
			over = true;
		});
		while (!over) {
			await turns(20);
			this.hand.fire(1000);
		}
		await stepping;
	}

	/** Time passes, and when the fault has struck so often the client's timers up to `fires` run out. */
	async stepThrough(ms: Ms, fault: string, { times = 1, fires = 10_000 } = {}): Promise<void> {
		const stepping = this.step(ms);
		await until(() => this.sim.control.count(fault) >= times);
		this.hand.fire(fires);
		await stepping;
	}

	inject(fault: FaultInput): number {
		return this.sim.control.inject(fault);
	}

	/** A long of 0.1 stands with its stop and TP1, and everything agrees: the minute after the first closed at 20100. */
	async long(): Promise<void> {
		await this.minutes(2);
		await this.step(MINUTE / 2);
		assert.deepEqual([this.position, this.bot.trader.agreed], ["long 0.1", true]);
		assert.equal(this.exposed, false);
	}

	// ---- what can be read

	/** As the bot believes: `long 0.1`, or `flat`. */
	get position(): string {
		return positionOf(this.bot);
	}

	/** As the exchange has it: `long 0.1 stop 19900.2`, or `flat`. */
	get really(): string {
		const position = this.sim.control.state().symbols[SYMBOL]?.position;
		if (position === null || position === undefined) return "flat";
		return `${position.side === "Buy" ? "long" : "short"} ${Number(position.size)} stop ${position.stopLoss === "" ? "none" : position.stopLoss}`;
	}

	/** A position stands at the exchange without a stop. */
	get exposed(): boolean {
		return this.really.endsWith("stop none");
	}

	/** Our orders that rest at the exchange, beside the position's own legs. */
	get resting(): string[] {
		const orders = this.sim.control.state().symbols[SYMBOL]?.orders ?? [];
		return orders.filter(({ orderLinkId }) => orderLinkId.startsWith("aw-")).map(({ side, qty }) => `${side} ${Number(qty)}`);
	}

	/** What was traded on the account, oldest first: `Buy 0.1`, and `Funding` for what was paid. */
	async executed(): Promise<string[]> {
		const rows = await this.exchange.list("/v5/execution/list", { category: "linear", symbol: SYMBOL, limit: "100" });
		return rows.reverse().map(({ side, execQty, execType }) => (execType === "Trade" ? `${side} ${Number(execQty)}` : String(execType)));
	}

	/** An order that is not the bot's. */
	async byHand(order: Json): Promise<void> {
		await this.exchange.done("/v5/order/create", { category: "linear", symbol: SYMBOL, orderType: "Market", ...order });
	}

	said<W extends Note["what"]>(what: W): Extract<Note, { what: W }>[] {
		return this.notes.filter((note): note is Extract<Note, { what: W }> => note.what === what);
	}

	/** Bot and exchange agree, to the cent. */
	assertAgrees(): void {
		assert.ok(this.bot.trader.agreed, this.bot.trader.oms.doubtOf(SYMBOL) ?? "the account is read in agreement");
		assert.equal(this.really.startsWith(this.position), true, `${this.position} believed, ${this.really} there`);
		assert.equal(this.bot.engine.balance, this.sim.venue.wallet);
	}

	// ---- inside

	#newBot(): Bot {
		const { config = {}, durable = false, staleAfter, clockTolerance } = this.#options;
		const endpoints = resolveEndpoints("testnet", this.sim.addresses);
		assert.ok(endpoints.ok);
		const run = `life${++this.#lives}`;
		const dir = this.#dir;
		this.journal = dir === undefined ? undefined : new Journal(dir, { name: run, started: this.#lives, about: {} });
		const options: BotOptions = {
			connect: (onEvent) => {
				this.client = new BybitClient({
					endpoints: endpoints.value,
					credentials: { key: { reveal: () => KEY }, secret: { reveal: () => SECRET } },
					clock: { now: () => this.sim.clock.now() + this.skew },
					timers: this.hand,
					random: () => 0.5,
					onEvent: (event) => onEvent(this.#options.zeroWallet?.() === true ? emptied(event) : event),
					paced: false,
				});
				return this.client;
			},
			now: () => this.client?.clock.serverNow() ?? this.sim.clock.now(),
			...botOptions(configured(config), run, this.journal),
			durable,
			staleAfter,
			wallTime: staleAfter !== undefined,
			clockTolerance,
			onNote: ({ note }) => this.notes.push(note),
			onLine: (_level, text) => this.lines.push(text),
		};
		const bot = new Bot(options);
		bot.failure.catch((cause: Error) => {
			this.failed = cause;
		});
		return bot;
	}
}

function emptied(event: BybitEvent): BybitEvent {
	if (event.kind !== "wallet") return event;
	return {
		...event,
		wallet: { ...event.wallet, coins: event.wallet.coins.map((coin) => ({ ...coin, walletBalance: "0" as typeof coin.walletBalance })) },
	};
}

function rows(closes: readonly number[]): Row[] {
	let open = 20_000;
	return closes.map((close) => {
		const row = { open, high: Math.max(open, close), low: Math.min(open, close), close };
		open = close;
		return row;
	});
}
