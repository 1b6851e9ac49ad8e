// `run` at a real exchange: testnet, demo trading or mainnet, or whatever endpoints the configuration names. Trades until it is told to stop.

import { createInterface } from "node:readline/promises";
import { BybitClient, RECV_WINDOW_DEFAULT } from "../bybit/client.ts";
import { resolveEndpoints } from "../bybit/endpoints.ts";
import { isLoopback } from "../config/address.ts";
import { readSecrets } from "../config/load.ts";
import { shown } from "../config/render.ts";
import { settingsOf } from "../config/settings.ts";
import { InstanceLock } from "../journal/instance-lock.ts";
import { Journal } from "../journal/journal.ts";
import { Bot } from "../live/bot.ts";
import { Log } from "../observe/log.ts";
import { isHeadline, noteText } from "../observe/note-text.ts";
import type { SavedTrader } from "../oms/trader.ts";
import { grouped, signedMoney } from "../report/figures.ts";
import { utcMinute } from "../report/utc.ts";
import { UsageError } from "../std/usage-error.ts";
import { addUsdt, usdtNumber } from "../units/grid.ts";
import { DAY, type Ms } from "../units/unit.ts";
import type { RunConfig } from "./run-config.ts";
import { runName } from "./run-name.ts";
import type { RunOptions } from "./run-options.ts";
import { stopped, stopSignal } from "./stop-signal.ts";

/** Inputs of the engine, every ticker among them, are many: they are kept for a replay this long, commands and notes for good. */
const INPUTS_KEPT = 7 * DAY;
/** A request is refused when it arrives later than the receive window; the clocks may differ by so much. */
const LATENESS: Ms = 2000;
/** How often the whole account is read although nothing seems wrong. */
const READ_EVERY: Ms = 60_000;

export async function live(config: RunConfig, options: RunOptions): Promise<void> {
	const { environment, endpoints: named, log: logging, journal: keeping, guard, backtest } = config.config;
	if (environment === "paper" || environment === "sim")
		throw new UsageError(`environment: ${environment} cannot trade at an exchange; use sim with run --data, or testnet`);
	const endpoints = resolveEndpoints(environment, {
		rest: named.rest ?? undefined,
		public: named.public ?? undefined,
		private: named.private ?? undefined,
		trade: named.trade ?? undefined,
	});
	if (!endpoints.ok) throw new UsageError(`endpoints: ${endpoints.error}`);
	const { secrets, warnings } = readSecrets(config, process.env);
	for (const warning of warnings) process.stderr.write(`anchorwatch: ${warning.message}\n`);
	const { api_key: key, api_secret: secret } = secrets;
	if (key === undefined || secret === undefined)
		throw new UsageError(
			`${environment} needs an API key: set ANCHORWATCH_API_KEY and ANCHORWATCH_API_SECRET in the environment or in .env (with no config.yaml, "anchorwatch run" shows a demo without one)`,
		);
	if (environment === "mainnet") await confirmMainnet(options);

	const run = runName();
	const lock = InstanceLock.take(keeping.dir, { pid: process.pid, run });
	const log = new Log({ dir: logging.dir, level: logging.level, year: new Date().getUTCFullYear(), run });
	const journal = new Journal(keeping.dir, { name: run, started: Date.now(), about: { config: shown(config.config) } });
	const halted = haltedBy(journal);
	if (halted !== undefined && !journal.wishes().some(({ wish }) => wish === "resume")) {
		journal.close();
		log.close();
		lock.release();
		throw new UsageError(
			`trading was stopped by a guard (${halted}); look at what happened, then let it trade again with: anchorwatch resume`,
		);
	}
	const forget = (): void => journal.prune(Date.now() - INPUTS_KEPT);
	forget();
	const forgetting = setInterval(forget, DAY);
	const { signal, release } = stopSignal();
	const say = (text: string): void => void process.stdout.write(`${new Date().toISOString().slice(0, 19)}Z  ${text}\n`);
	const intervals = new Map(config.resolved.symbols.map((entry) => [entry.symbol, entry.strategy.interval]));
	const [firstInterval] = intervals.values();
	const baseInterval = backtest.base_interval ?? firstInterval ?? "1";
	let client: BybitClient | undefined;
	const bot = new Bot({
		connect: (onEvent) => {
			client = new BybitClient({
				endpoints: endpoints.value,
				credentials: { key, secret },
				clock: { now: Date.now },
				random: Math.random,
				onEvent,
			});
			return client;
		},
		now: () => client?.clock.serverNow() ?? Date.now(),
		settingsFor: ({ instruments }) => ({
			...settingsOf(config.config, config.resolved, (symbol) => instruments.get(symbol)).engine,
			startAt: Number.NEGATIVE_INFINITY,
			baseInterval,
			run,
			narrate: true,
		}),
		symbols: [...intervals.keys()],
		intervals,
		baseInterval,
		journal,
		durable: true,
		terms: { late: RECV_WINDOW_DEFAULT + LATENESS, every: READ_EVERY, runs: journal.runs() },
		clockTolerance: isLoopback(new URL(endpoints.value.rest).hostname) ? undefined : RECV_WINDOW_DEFAULT / 2,
		staleAfter: guard.stale_s === null ? undefined : guard.stale_s * 1000,
		onLine: (level, text) => {
			log.line(level, text);
			if (level !== "debug") say(text);
		},
		onNote: (told) => {
			log.note(told);
			const { symbol, note } = told;
			const text = isHeadline(note) ? noteText(symbol, note) : undefined;
			if (text !== undefined) say(text);
		},
	});
	try {
		say(`anchorwatch on ${environment}: ${config.resolved.symbols.map((entry) => entry.symbol).join(", ")}`);
		await bot.start();
		await Promise.race([stopped(signal), bot.failure]);
		closingWords(bot, say);
	} finally {
		release();
		clearInterval(forgetting);
		await bot.stop();
		journal.close();
		log.close();
		lock.release();
	}
}

/** The guard that stopped the bot, and why; undefined when none did. */
export function haltedBy(journal: Journal): string | undefined {
	const saved = journal.kept() as SavedTrader | undefined; // written by the trader
	return saved?.engine.halted;
}

/** What this run did, and what it leaves at the exchange. */
function closingWords(bot: Bot, say: (text: string) => void): void {
	const pnl = usdtNumber(addUsdt(...bot.trades.map((trade) => trade.pnl)));
	say(
		`stopped: ${bot.trades.length} trades, ${signedMoney(pnl)} USDT; equity ${grouped(bot.engine.equity(), 2)} USDT at ${utcMinute(Date.now())}`,
	);
	for (const machine of bot.engine.machines())
		if (machine.position.qty > 0)
			say(`${machine.symbol}: a ${machine.position.direction} position stays open at the exchange, with its stop there`);
}

async function confirmMainnet({ yesMainnet }: RunOptions): Promise<void> {
	if (yesMainnet === true) return;
	if (process.stdin.isTTY !== true)
		throw new UsageError("mainnet trades real money: start it on a terminal to confirm, or with --yes-mainnet");
	const ask = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await ask.question("This is mainnet: real money. Type yes to trade: ");
	ask.close();
	if (answer.trim().toLowerCase() !== "yes") throw new UsageError("not confirmed: nothing was started");
}
