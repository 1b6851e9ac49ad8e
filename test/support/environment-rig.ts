// A bot of another environment than testnet at a simulated exchange, both in a test's hands: market time moves in lockstep and every
// request is counted. On paper it sees the public side alone, and the addresses of the private side lead nowhere; on demo there is no trade
// socket.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BybitClient } from "../../src/bybit/client.ts";
import { resolveEndpoints } from "../../src/bybit/endpoints.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { Note } from "../../src/engine/command.ts";
import { Journal } from "../../src/journal/journal.ts";
import { Bot } from "../../src/live/bot.ts";
import { PaperAccount } from "../../src/live/paper-account.ts";
import type { SavedDesk } from "../../src/live/venue-desk.ts";
import type { Columns } from "../../src/market/candle.ts";
import { bundledInstrument } from "../../src/market/instrument.ts";
import type { Trade } from "../../src/report/trade.ts";
import { afterwards, KEY, market, Rig, SECRET } from "../../src/simserver/testing/rig.ts";
import { turns } from "../../src/simserver/testing/standing.ts";
import { DAY, MINUTE, type Ms } from "../../src/units/unit.ts";
import type { SavedVenue } from "../../src/venue/venue.ts";

export const SYMBOL = "BTCUSDT";
/** Nobody listens there. */
const NOWHERE = "ws://127.0.0.1:9";

/** Long when a minute closes above 20000, short below: 2010 USDT an entry, stop 1 % and TP1 3 % away. */
const PLAIN = {
	strategy: { interval: "1", anchor: { type: "price", price: 20_000 }, bands: { length: 2, k: 0.01 }, momentum: { lookback: 0 } },
	size: { mode: "fixed", value: 670 },
	guard: { max_move_pct: null, max_spread_pct: null, max_divergence_pct: null, min_liquidation_distance_pct: null },
	risk: { max_loss_pct: null, max_drawdown_pct: null },
};

/** Of the calls that demo trading lacks, those that the simulated exchange has. */
const DEMO_LACKS = ["/v5/account/fee-rate", "/v5/order/pre-check"];

export type SavedPaper = { readonly venue: SavedVenue; readonly desk: SavedDesk };

export class EnvironmentRig {
	readonly exchange: Rig;
	readonly notes: Note[] = [];
	readonly trades: Trade[] = [];
	readonly lines: string[] = [];
	readonly asked: () => string[];
	bot: Bot;
	#journal: Journal | undefined;
	readonly #config: object;
	readonly #environment: "paper" | "demo";
	#dir: string;
	#lives = 0;

	private constructor(exchange: Rig, config: object, environment: "paper" | "demo") {
		this.exchange = exchange;
		this.#config = config;
		this.#environment = environment;
		this.#dir = mkdtempSync(join(tmpdir(), "anchorwatch-paper-"));
		afterwards(() => rmSync(this.#dir, { recursive: true, force: true }));
		const { control } = exchange.sim;
		// Strikes every answer, harmlessly, and so counts them; on demo orders by REST, and what demo does not have.
		const counts =
			environment === "paper"
				? [control.inject({ fault: "unknown-fields" })]
				: [
						control.inject({ fault: "unknown-fields", endpoint: "/v5/order/create" }),
						...DEMO_LACKS.map((endpoint) =>
							control.inject({ fault: "refusal", endpoint, code: 10032, message: "Demo trading are not supported." }),
						),
					];
		this.asked = () => control.log.flatMap(({ id, hit }) => (counts.includes(id) ? [hit] : []));
		this.bot = this.#newBot();
		afterwards(() => this.die());
	}

	/** It trades, a day after the market began. */
	static async open(candles: Columns, config: object = {}, environment: "paper" | "demo" = "paper"): Promise<EnvironmentRig> {
		const exchange = await Rig.open({ markets: [market(SYMBOL, candles)], autostart: false });
		await exchange.sim.control.step({ ms: DAY });
		const rig = new EnvironmentRig(exchange, config, environment);
		await rig.start();
		return rig;
	}

	async minutes(count: number): Promise<void> {
		await this.step(count * MINUTE);
	}

	async step(ms: Ms): Promise<void> {
		await this.exchange.sim.control.step({ ms });
	}

	/** As by a signal. */
	async die(): Promise<void> {
		await this.bot.stop();
		this.#journal?.close();
		this.#journal = undefined;
	}

	/** The process is killed: what was not committed is lost. */
	async kill(): Promise<void> {
		const left = mkdtempSync(join(tmpdir(), "anchorwatch-paper-"));
		afterwards(() => rmSync(left, { recursive: true, force: true }));
		cpSync(this.#dir, left, { recursive: true });
		await this.die();
		this.#dir = left;
	}

	async live(): Promise<void> {
		this.bot = this.#newBot();
		await this.start();
	}

	/** It begins while market time goes on: what it wants to ask again a little later it is woken for. */
	async start(): Promise<void> {
		let over = false;
		const starting = this.bot.start().finally(() => {
			over = true;
		});
		starting.catch(() => {}); // awaited below
		for (; !over; await turns(50)) {
			const wait = this.#wakeAt - this.exchange.sim.clock.now();
			if (!(wait > 0 && wait < MINUTE)) continue;
			await this.step(wait);
			if (!over) this.bot.trader.take({ kind: "time" }, this.exchange.sim.clock.now());
		}
		await starting;
	}

	get #wakeAt(): Ms {
		try {
			return this.bot.trader.wakeAt;
		} catch {
			return Number.POSITIVE_INFINITY; // not begun yet
		}
	}

	get position(): string {
		const { direction, qty } = this.bot.engine.machine(SYMBOL).position;
		return qty === 0 ? "flat" : `${direction} ${qty / 1000}`;
	}

	/** What is kept of the account. */
	get kept(): SavedPaper {
		return this.#journal?.recall("paper") as SavedPaper; // as the account wrote it
	}

	#newBot(): Bot {
		const decoded = decodeConfig(JSON.stringify({ ...PLAIN, ...this.#config }), "config.yaml");
		assert.ok(decoded.ok, decoded.ok ? "" : JSON.stringify(decoded.error));
		const { config, resolved } = decoded.value;
		const { sim } = this.exchange;
		const isPaper = this.#environment === "paper";
		const endpoints = isPaper
			? resolveEndpoints("mainnet", { ...sim.addresses, private: `${NOWHERE}/private`, trade: `${NOWHERE}/trade` })
			: resolveEndpoints("demo", { ...sim.addresses, trade: undefined });
		const credentials = isPaper ? undefined : { key: { reveal: () => KEY }, secret: { reveal: () => SECRET } };
		assert.ok(endpoints.ok);
		const run = `paper${++this.#lives}`;
		const journal = new Journal(this.#dir, { name: run, started: this.#lives, about: {} }, "paper");
		this.#journal = journal;
		let client: BybitClient | undefined;
		return new Bot({
			connect: (onEvent) => {
				client = new BybitClient({ endpoints: endpoints.value, credentials, clock: sim.clock, random: () => 0.5, onEvent, paced: false });
				return client;
			},
			now: () => client?.clock.serverNow() ?? sim.clock.now(),
			account: isPaper
				? (tools) =>
						new PaperAccount(tools, {
							terms: settingsOf(config, resolved, bundledInstrument).venue,
							memory: { recall: () => journal.recall("paper"), remember: (state) => journal.remember("paper", state) },
						})
				: undefined,
			settingsFor: ({ instruments }) => ({
				...settingsOf(config, resolved, (symbol) => instruments.get(symbol)).engine,
				startAt: Number.NEGATIVE_INFINITY,
				baseInterval: "1",
				run,
				narrate: false,
			}),
			symbols: [SYMBOL],
			intervals: new Map([[SYMBOL, "1" as const]]),
			baseInterval: "1",
			journal,
			durable: true,
			terms: { late: 7000, every: MINUTE, runs: journal.runs() },
			wallTime: false,
			onNote: ({ note }) => {
				this.notes.push(note);
				if (note.what === "flat") this.trades.push(note.trade);
			},
			onLine: (_level, text) => this.lines.push(text),
		});
	}
}
