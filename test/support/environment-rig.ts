// A bot of another environment than testnet at a simulated exchange, both in a test's hands: market time moves in lockstep and every
// request is counted. On paper it sees the public side alone, and the addresses of the private side lead nowhere; on demo there is no trade
// socket.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BybitClient } from "../../src/bybit/client.ts";
import { resolveEndpoints } from "../../src/bybit/endpoints.ts";
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
import { DAY, MINUTE, type Ms } from "../../src/units/unit.ts";
import type { SavedVenue } from "../../src/venue/venue.ts";
import { botOptions, configured, positionOf, SYMBOL, startBot } from "./rig-bot.ts";

/** Nobody listens there. */
const NOWHERE = "ws://127.0.0.1:9";

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

	async start(): Promise<void> {
		await startBot(this.bot, this.exchange.sim, (ms) => this.step(ms));
	}

	get position(): string {
		return positionOf(this.bot);
	}

	/** What is kept of the account. */
	get kept(): SavedPaper {
		return this.#journal?.recall("paper") as SavedPaper; // as the account wrote it
	}

	#newBot(): Bot {
		const decoded = configured({ risk: { max_loss_pct: null, max_drawdown_pct: null }, ...this.#config });
		const { config, resolved } = decoded;
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
			...botOptions(decoded, run, journal),
			durable: true,
			wallTime: false,
			onNote: ({ note }) => {
				this.notes.push(note);
				if (note.what === "flat") this.trades.push(note.trade);
			},
			onLine: (_level, text) => this.lines.push(text),
		});
	}
}
