// What the crash tests play: a short market on a simulated exchange whose time moves only while a bot listens, and the real program,
// `anchorwatch run`, on it, started as often as wanted with one journal.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isFlat } from "../../src/account/position.ts";
import { type Columns, columnsOf } from "../../src/market/candle.ts";
import type { Simulation } from "../../src/simserver/simulation.ts";
import { bundled, DAY_START } from "../../src/simserver/testing/candles.ts";
import { type Json, KEY, market, Rig, SECRET } from "../../src/simserver/testing/rig.ts";
import { DAY, MINUTE } from "../../src/units/unit.ts";
import { PROGRAM } from "../support/rig-bot.ts";

export const SYMBOL = "BTCUSDT";
const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const BOUNDARIES = new URL("./boundaries.ts", import.meta.url).href;
/** USDT of notional of one entry, and the cap that two together would break. */
const NOTIONAL = 2010;
const CAP = 2500;

export type Story = {
	/** Minutes after a quiet day at 20000. */
	readonly minutes: readonly (readonly [open: number, high: number, low: number, close: number])[];
	/** Of the section `strategy`, beside what all have. */
	readonly strategy: object;
};

/** A long takes its target and is stopped, the short is turned into a long that stands to the end. */
const AT_MARKET = [
	[20_000, 20_060, 20_000, 20_050], // its close enters a long
	[20_050, 20_200, 20_040, 20_180], // TP1; the stop goes to break-even
	[20_180, 20_180, 19_930, 19_940], // the stop; its close enters a short
	[19_940, 20_015, 19_935, 20_012], // its close turns the short into a long
	[20_012, 20_020, 20_005, 20_010],
] as const;

/** A limit to buy follows the price and is given up, one to sell fills, the short is turned and a second limit fills on the way. */
const AT_LIMITS = [
	[20_000, 20_060, 20_000, 20_050], // its close asks for a long
	[20_051, 20_080, 20_051, 20_080], // repriced, then given up
	[20_080, 20_080, 19_930, 19_940], // its close asks for a short
	[19_940, 19_960, 19_935, 19_945], // filled on the way up
	[19_945, 20_015, 19_940, 20_012], // its close turns it
	[20_012, 20_020, 20_005, 20_010],
] as const;

export const STORIES = {
	market: { minutes: AT_MARKET, strategy: {} },
	limits: { minutes: AT_LIMITS, strategy: { entry: { order: "limit", reprice_ticks: 20, timeout_s: 45 } } },
} satisfies Record<string, Story>;

const CONFIG = { ...PROGRAM, size: { mode: "fixed", value: NOTIONAL / 3 }, risk: { max_symbol_notional: CAP } };

function candles({ minutes }: Story): Columns {
	const still = [20_000, 20_000, 20_000, 20_000] as const;
	const rows = [...Array.from({ length: DAY / MINUTE + 1 }, () => still), ...minutes];
	return columnsOf(
		rows.map(([open, high, low, close], i) => ({
			openTime: DAY_START + i * MINUTE,
			open,
			high,
			low,
			close,
			volume: 10,
			turnover: 5 * (open + close),
		})),
	);
}

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The program's modules, compiled once for all lives. */
const CACHE = mkdtempSync(join(tmpdir(), "anchorwatch-crash-modules-"));
process.on("exit", () => rmSync(CACHE, { recursive: true, force: true }));

/** One life of the program. */
export class Life {
	output = "";
	errors = "";
	readonly ended: Promise<Ended>;
	readonly began = performance.now();
	/** Reconciled and trading, or at its end before that. */
	readonly ready: Promise<unknown>;
	/** Wall ms until it was reconciled and traded. */
	tradingAfter: number | undefined;
	readonly #child: ChildProcess;

	constructor(dir: string, env: Readonly<Record<string, string>>) {
		const keys = { ANCHORWATCH_API_KEY: KEY, ANCHORWATCH_API_SECRET: SECRET };
		this.#child = spawn(process.execPath, ["--import", BOUNDARIES, MAIN, "run", "--config", "config.yaml"], {
			cwd: dir,
			env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: CACHE, ...keys, ...env },
		});
		const trading = Promise.withResolvers<void>();
		this.#child.stdout?.on("data", (chunk) => {
			this.output += chunk;
			if (this.tradingAfter !== undefined || !this.output.includes(`trading ${SYMBOL} with`)) return;
			this.tradingAfter = performance.now() - this.began;
			trading.resolve();
		});
		this.#child.stderr?.on("data", (chunk) => {
			this.errors += chunk;
		});
		this.ended = new Promise((resolve, reject) => {
			this.#child.on("error", reject);
			this.#child.on("close", (code, signal) => resolve({ code, signal }));
		});
		this.ready = Promise.race([trading.promise, this.ended]);
	}

	signal(name: NodeJS.Signals): void {
		this.#child.kill(name);
	}
}

/** An exchange with a quiet day behind it, and a folder for the program. */
export class Scene {
	readonly dir: string;
	/** What must never be, as it was seen. */
	readonly wrongs: string[] = [];
	readonly #rig: Rig;
	readonly #lives: Life[] = [];

	private constructor(rig: Rig, dir: string) {
		this.#rig = rig;
		this.dir = dir;
	}

	static async open(story: Story = STORIES.market): Promise<Scene> {
		const dir = mkdtempSync(join(tmpdir(), "anchorwatch-crash-"));
		let scene: Scene | undefined;
		const rig = await Rig.open({ markets: [market(SYMBOL, candles(story))], autostart: false, onStep: () => scene?.look() });
		await rig.sim.control.step({ ms: DAY });
		rig.sim.control.resume();
		writeFileSync(
			join(dir, "config.yaml"),
			JSON.stringify({ ...CONFIG, strategy: { ...CONFIG.strategy, ...story.strategy }, endpoints: rig.sim.addresses }),
		);
		scene = new Scene(rig, dir);
		return scene;
	}

	get sim(): Simulation {
		return this.#rig.sim;
	}

	/** The rows of a list at the exchange, newest first. */
	async list(path: string): Promise<Json[]> {
		return await this.#rig.list(path, { category: "linear", symbol: SYMBOL, limit: "50" });
	}

	start(env: Readonly<Record<string, string>> = {}): Life {
		const life = new Life(this.dir, env);
		this.#lives.push(life);
		return life;
	}

	/** From then on until the data have ended; then it is asked to stop. */
	async toTheEnd(life: Life): Promise<Ended> {
		await life.ready;
		await Promise.race([this.sim.finished, life.ended]);
		life.signal("SIGTERM");
		const ended = await life.ended;
		this.look();
		return ended;
	}

	/** No position without a stop or an order that closes it, none above the cap. */
	look(): void {
		const { venue } = this.sim;
		const position = venue.position(SYMBOL);
		if (isFlat(position)) return;
		const { grid } = bundled(SYMBOL);
		const at = new Date(this.sim.clock.now()).toISOString();
		const held = grid.qtyNumber(position.qty) * venue.last(SYMBOL);
		if (held > CAP) this.wrongs.push(`${at}: ${held} USDT are held, the cap is ${CAP}`);
		const closing = venue.openOrders(SYMBOL).some((order) => order.reduceOnly && order.type === "market" && order.trigger === undefined);
		if (venue.stopOf(SYMBOL) === undefined && !closing) this.wrongs.push(`${at}: the position has no stop`);
	}

	async close(): Promise<void> {
		for (const life of this.#lives) life.signal("SIGKILL");
		await this.#rig.close();
		rmSync(this.dir, { recursive: true, force: true });
	}
}

export function assertStoppedCleanly(life: Life, { code }: Ended): void {
	assert.equal(code, 0, `${life.output}\n${life.errors}`);
}
