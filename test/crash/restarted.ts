// The real program under ops/restart.sh at a simulated exchange, with a Telegram of its own: it takes a position, is killed by SIGKILL, and comes
// back. What is seen of that, in which order, and how long after the kill.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as nap } from "node:timers/promises";
import { columnsOf } from "../../src/market/candle.ts";
import { TelegramServer } from "../../src/notify/testing/telegram-server.ts";
import { type Simulation, startSimulation } from "../../src/simserver/simulation.ts";
import { bundled, DAY_START } from "../../src/simserver/testing/candles.ts";
import { assert } from "../../src/std/assert.ts";
import { roundUsdt } from "../../src/units/grid.ts";
import { DAY, MINUTE, type Ms } from "../../src/units/unit.ts";
import { STRATEGY } from "../support/rig-bot.ts";

export const SYMBOL = "BTCUSDT";
const ROOT = join(import.meta.dirname, "../..");
const KEYS = { key: "RESTARTKEY01234567", secret: "restartsecret0123456789abcdefghijklmn" };
const TOKEN = "123456:AAE-restarted";
const TERMS = { takerFee: 0.00055, makerFee: 0.0002, slippage: 0.0001, marginMode: "isolated", leverage: 3 } as const;
/** How often what cannot be waited for is looked at. */
const LOOK: Ms = 5;

const CONFIG = {
	environment: "testnet",
	strategy: {
		...STRATEGY,
		bands: { length: 2, k: 0.001 },
		exit: { long: { take_profit_pct: 2, stop_loss_pct: 2 }, short: { take_profit_pct: 2, stop_loss_pct: 2 } },
	},
	size: { mode: "fixed", value: 1000 },
	backtest: { base_interval: "1" },
	metrics: { enabled: true, port: 0 },
};

export type Held = { readonly direction: string; readonly qty: number; readonly stop: number | undefined };

/** After the kill, ms. */
export type Times = {
	/** The script has said that it starts again. */
	readonly script: Ms;
	/** The new process takes the lock of its folder. */
	readonly process: Ms;
	/** The console's line: reconciled and trading, with the position. */
	readonly trading: Ms;
	readonly ready: Ms;
	/** The message is in the chat. */
	readonly told: Ms;
};

export class Restarted {
	readonly sim: Simulation;
	readonly telegram: TelegramServer;
	readonly home: string;
	/** Console of script and bot together. */
	text = "";
	readonly #child: ChildProcess;
	readonly #ended: Promise<unknown>;
	#isOver = false;

	private constructor(sim: Simulation, telegram: TelegramServer, home: string, env: Readonly<Record<string, string>>) {
		this.sim = sim;
		this.telegram = telegram;
		this.home = home;
		this.#child = spawn(join(ROOT, "ops/restart.sh"), [process.execPath, join(ROOT, "bin/anchorwatch.js"), "run"], {
			cwd: home,
			env: {
				PATH: process.env.PATH ?? "",
				ANCHORWATCH_API_KEY: KEYS.key,
				ANCHORWATCH_API_SECRET: KEYS.secret,
				ANCHORWATCH_TELEGRAM_TOKEN: TOKEN,
				...env,
			},
		});
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream?.on("data", (chunk) => {
				this.text += chunk;
			});
		this.#ended = new Promise((resolve) => {
			this.#child.on("close", resolve);
		}).then(() => {
			this.#isOver = true;
		});
	}

	/** A quiet day lies behind; the next minute's close will be a signal to buy, and all after it is quiet again. */
	static async open(env: Readonly<Record<string, string>> = {}): Promise<Restarted> {
		const quiet = (price: number): readonly number[] => [price, price, price, price];
		const rows = [
			...Array.from({ length: DAY / MINUTE + 1 }, () => quiet(20_000)),
			[20_000, 20_060, 20_000, 20_050],
			...Array.from({ length: 120 }, () => quiet(20_050)),
		];
		const candles = columnsOf(
			rows.map(([open = 0, high = 0, low = 0, close = 0], i) => ({
				openTime: DAY_START + i * MINUTE,
				...{ open, high, low, close },
				volume: 10,
				turnover: 5 * (open + close),
			})),
		);
		const sim = await startSimulation({
			markets: [{ instrument: bundled(SYMBOL), interval: "1", candles, generated: true, fundingRate: 0.0001 }],
			terms: { ...TERMS, balance: roundUsdt(10_000) },
			speed: 1,
			...KEYS,
			autostart: false,
			warn: () => {},
		});
		await sim.control.step({ ms: DAY });
		const telegram = await TelegramServer.open(TOKEN);
		const home = mkdtempSync(join(tmpdir(), "anchorwatch-restarted-"));
		const notify = { locale: "en", telegram: { enabled: true, chat_id: 42, api_root: telegram.url } };
		writeFileSync(join(home, "config.yaml"), JSON.stringify({ ...CONFIG, notify, endpoints: sim.addresses }));
		return new Restarted(sim, telegram, home, env);
	}

	/** Until the bot holds what the exchange holds, and has said so. */
	async enterPosition(): Promise<void> {
		await this.until(() => /trading BTCUSDT with/.test(this.text));
		await this.sim.control.step({ ms: 2 * MINUTE });
		this.sim.control.resume();
		await this.until(() => this.held?.stop !== undefined && this.telegram.texts.some((text) => /entered/.test(text)));
	}

	/** What the exchange shows; undefined when there is none. */
	get held(): Held | undefined {
		const { venue } = this.sim;
		const { grid } = bundled(SYMBOL);
		const { qty, direction } = venue.position(SYMBOL);
		const stop = venue.stopOf(SYMBOL);
		return qty === 0 ? undefined : { direction, qty: grid.qtyNumber(qty), stop: stop && grid.priceNumber(stop) };
	}

	/** The pid of the bot that took the folder last; the lock itself is left alone. */
	get pid(): number | undefined {
		try {
			return (JSON.parse(readFileSync(join(this.home, "state/instance.json"), "utf8")) as { pid: number }).pid; // as `InstanceLock` writes it
		} catch {
			return undefined; // it is not there yet, or just being written
		}
	}

	/** Kills the bot and waits until it is back and has said so. */
	async killAndWait(): Promise<Times> {
		const { pid } = this;
		assert(pid !== undefined, "a bot holds its folder");
		this.text = "";
		const messages = this.telegram.posts.length;
		const began = performance.now();
		const since = async (holds: () => boolean | Promise<boolean>): Promise<Ms> => {
			await this.until(holds);
			return performance.now() - began;
		};
		process.kill(pid, "SIGKILL");
		const [script, started, trading, ready, told] = await Promise.all([
			since(() => /restart\.sh: ended with 137; starting again/.test(this.text)),
			since(() => this.pid !== undefined && this.pid !== pid),
			since(() => /trading BTCUSDT with .*; goes on with a long position in BTCUSDT/.test(this.text)),
			since(() => this.isReady()),
			since(() => this.telegram.texts.slice(messages).some((text) => /restarted after a crash/.test(text))),
		]);
		return { script, process: started, trading, ready, told };
	}

	/** What `/readyz` of the latest bot answers. */
	async isReady(): Promise<boolean> {
		const url = [...this.text.matchAll(/health and readiness: (http:\S+)\/metrics/g)].at(-1)?.[1];
		if (url === undefined) return false;
		try {
			return (await fetch(`${url}/readyz`)).status === 200;
		} catch {
			return false; // it is not there yet
		}
	}

	/** The log for people, of all lives. */
	get log(): string {
		const dir = join(this.home, "logs");
		return readdirSync(dir)
			.filter((name) => name.endsWith(".log"))
			.map((name) => readFileSync(join(dir, name), "utf8"))
			.join("\n");
	}

	async until(holds: () => boolean | Promise<boolean>): Promise<void> {
		while (!(await holds())) {
			if (this.#isOver) throw new Error(`restart.sh has ended:\n${this.text}`);
			await nap(LOOK);
		}
	}

	async close(): Promise<void> {
		this.#child.kill("SIGTERM");
		await this.#ended;
		await this.telegram.close();
		await this.sim.close();
		rmSync(this.home, { recursive: true, force: true });
	}
}
