// The bot at a real exchange, or on paper beside one, as the configuration names it: its lock, log, journal, keys and client together,
// so that `run` and `flatten` trade through the very same thing.

import { readFileSync } from "node:fs";
import { BybitClient, RECV_WINDOW_DEFAULT } from "../bybit/client.ts";
import { type Endpoints, resolveEndpoints } from "../bybit/endpoints.ts";
import type { BybitEvent } from "../bybit/events.ts";
import type { Credentials } from "../bybit/ports.ts";
import { isLoopback } from "../config/address.ts";
import { readSecrets } from "../config/load.ts";
import { masked } from "../config/mask.ts";
import { printProblem } from "../config/problem.ts";
import { shown } from "../config/render.ts";
import { settingsOf } from "../config/settings.ts";
import { backupFolder } from "../journal/backup.ts";
import { InstanceLock } from "../journal/instance-lock.ts";
import { Journal, type JournalKind } from "../journal/journal.ts";
import { ExchangeAccount } from "../live/account-side.ts";
import { Bot, type NoteCommand } from "../live/bot.ts";
import { seenBy } from "../live/onlooker.ts";
import { PaperAccount, type PaperMemory } from "../live/paper-account.ts";
import type { NotifyService } from "../notify/service.ts";
import { HealthServer } from "../observe/health-server.ts";
import { Log } from "../observe/log.ts";
import { Metrics } from "../observe/metrics.ts";
import { isHeadline, noteText } from "../observe/note-text.ts";
import { Histogram } from "../std/histogram.ts";
import { messageOf } from "../std/message-of.ts";
import { UsageError } from "../std/usage-error.ts";
import { roundUsdt } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";
import type { VenueTerms } from "../venue/venue.ts";
import { refuseOtherGrids } from "./kept-grids.ts";
import { figuresOf, healthOf, readinessOf } from "./live-figures.ts";
import { type JobTold, LiveJobs } from "./live-jobs.ts";
import { candlesAround, openNotify } from "./live-notify.ts";
import { LiveWatch } from "./live-watch.ts";
import type { RunConfig } from "./run-config.ts";
import { runName } from "./run-name.ts";

/** A request is refused when it arrives later than the receive window; the clocks may differ by so much. */
const LATENESS: Ms = 2000;
/** How often the whole account is read although nothing seems wrong, where the schedule does not have it read more often. */
const READ_EVERY: Ms = 120_000;
/** Should the account not have been read in agreement within this, it is not well. */
const AGREED_WITHIN: Ms = 180_000;

/** What counts as stale for readiness where guard.stale_s is off. */
const STALE_S = 60;
const LEVEL_ROUND: Ms = 500;
/** Where the ids of open trades are kept. */
const TRAILS = "trails";
const { version: VERSION } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }; // ours

export type LiveBot = {
	readonly bot: Bot;
	readonly journal: Journal;
	readonly say: (text: string) => void;
	/** From the frame on the public socket to the order frame on the trade socket, ms. */
	readonly latency: Histogram;
	/** To be told when it trades: reconciled and warmed up. */
	trading(): void;
	/** Ends everything, in order; because of `cause`, where it ends badly. */
	close(cause?: unknown): Promise<void>;
};

export function addressesOf({ config }: RunConfig): Endpoints {
	const { environment, endpoints: named } = config;
	if (environment === "sim") throw new UsageError("environment: sim has no account at an exchange; use run, or testnet");
	const endpoints = resolveEndpoints(environment === "paper" ? "mainnet" : environment, {
		rest: named.rest ?? undefined,
		public: named.public ?? undefined,
		private: named.private ?? undefined,
		trade: named.trade ?? undefined,
	});
	if (!endpoints.ok) throw new UsageError(`endpoints: ${endpoints.error}`);
	return endpoints.value;
}

/** Said once, however often they are read. */
const WARNED = new Set<string>();

/** Undefined on paper, where none are needed and none are read. */
export function credentialsOf(config: RunConfig): Credentials | undefined {
	if (config.config.environment === "paper") return undefined;
	const { secrets, warnings } = readSecrets(config, process.env);
	for (const line of warnings.map(printProblem).filter((text) => !WARNED.has(text))) {
		WARNED.add(line);
		process.stderr.write(`anchorwatch: ${line}\n`);
	}
	const { api_key: key, api_secret: secret } = secrets;
	if (key === undefined || secret === undefined)
		throw new UsageError(
			`${config.config.environment} needs an API key: set ANCHORWATCH_API_KEY and ANCHORWATCH_API_SECRET in the environment or in .env, or make a key file with anchorwatch keys add (environment: paper needs none, and with no config.yaml "anchorwatch run" shows a demo)`,
		);
	return { key, secret };
}

/** The journal of the configuration's environment: the paper account has one of its own. */
export function journalKind({ config }: RunConfig): JournalKind {
	return config.environment === "paper" ? "paper" : "real";
}

/** What is held in one environment is not held in another: each has a journal of its own. */
function keepApart(journal: Journal, { environment, journal: { dir } }: RunConfig["config"]): void {
	const before = journal.recall("environment");
	if (before !== undefined && before !== environment) {
		journal.close();
		throw new UsageError(`${dir}: its journal is that of ${String(before)}; give ${environment} a journal.dir of its own`);
	}
	journal.remember("environment", environment);
	journal.commit(); // while the exchange is waited for, a second process can put wishes in
}

/** `regular`: with its regular jobs; true when not given. */
export type OpenOptions = { readonly onNote?: (told: NoteCommand) => void; readonly regular?: boolean };

export function openLive(config: RunConfig, options: OpenOptions = {}): LiveBot {
	const { log: logging, journal: keeping, metrics: metering, environment } = config.config;
	const endpoints = addressesOf(config);
	const credentials = credentialsOf(config);
	const { regular = true } = options;
	const run = runName();
	const lock = InstanceLock.take(keeping.dir, { pid: process.pid, run });
	let phone: NotifyService | undefined;
	const mark = environment === "paper" ? "PAPER  " : "";
	const say = (text: string): void => log.say(`${new Date().toISOString().slice(0, 19)}Z  ${mark}${text}`);
	const onLine = (level: "debug" | "info" | "warn" | "error", text: string): void => {
		log.line(level, `${mark}${text}`);
		if (level === "debug") return;
		say(text);
		phone?.onLog(`${level} ${text}`);
	};
	const log = new Log({
		dir: logging.dir,
		level: logging.level,
		run,
		environment,
		mask: masked,
		print: (line) => void process.stdout.write(`${line}\n`),
		onTrouble: onLine,
	});
	const about = { config: shown(config.config) };
	const journal = new Journal(keeping.dir, { name: run, started: Date.now(), about }, journalKind(config));
	keepApart(journal, config.config);
	const latency = new Histogram();
	phone = openNotify(config, {
		journal,
		kind: journalKind(config),
		run,
		latency,
		bot: () => bot,
		now: () => client.clock.serverNow(),
		candles: (asked) => candlesAround(client.rest, asked),
		onLine,
	});
	const metrics = metering.enabled ? new Metrics({ version: VERSION, run, environment }) : undefined;
	const watch = new LiveWatch({
		log,
		metrics,
		instrument: (symbol) => bot.engine.settings.symbols.find(({ instrument }) => instrument.symbol === symbol)?.instrument,
		memory: { recall: () => journal.recall(TRAILS), remember: (trails) => journal.remember(TRAILS, trails) },
		onCall: (call) => phone?.onCall(call),
	});
	const { bot, client } = makeBot(config, {
		endpoints,
		credentials,
		journal,
		run,
		regular,
		latency,
		metrics,
		watch,
		onLine,
		onOrderSent: (ms) => phone?.onOrderSent(ms),
		onStream: ({ stream, up, reason }) => phone?.onStream(stream, up, reason ?? ""),
		onNote: (told) => {
			watch.onNote(told);
			const { at, symbol, note } = told;
			phone?.onNote(at, symbol, note);
			const text = isHeadline(note) ? noteText(symbol, note) : undefined;
			if (text !== undefined) say(text);
			options.onNote?.(told);
		},
	});
	let ended: string | undefined;
	const lastWords = (cause: unknown): void => log.line("error", "the run ends", { err: cause });
	bot.failure.catch((cause: unknown) => {
		ended = messageOf(cause);
		lastWords(cause);
	});
	process.on("uncaughtExceptionMonitor", lastWords);
	phone?.start();
	const levels = setInterval(() => heedLevel(journal, log, say), LEVEL_ROUND);
	const tell = phone && ((told: JobTold): void => phone?.tell(told));
	const jobs = makeJobs(config, { bot, client, journal, log, metrics, tell, onLine });
	if (regular) jobs.start();
	const server = metrics && serveMetrics(config, { metrics, jobs, onLine });
	const close = async (cause?: unknown): Promise<void> => {
		clearInterval(levels);
		ended ??= cause === undefined ? undefined : messageOf(cause);
		const jobsEnded = regular ? jobs.end(ended === undefined ? "stopped" : "failed") : undefined;
		await Promise.all([bot.stop(), server?.close(), jobsEnded]);
		await phone?.stop(ended);
		process.off("uncaughtExceptionMonitor", lastWords);
		if (latency.count > 0) log.line("info", `latency from ticker to order: ${latency.text()}`);
		journal.close();
		log.close();
		lock.release();
	};
	const trading = (): void => phone?.onTrading(process.uptime() * 1000);
	return { bot, journal, say, latency, trading, close };
}

type Parts = {
	readonly endpoints: Endpoints;
	readonly credentials: Credentials | undefined;
	readonly journal: Journal;
	readonly run: string;
	readonly regular: boolean;
	readonly latency: Histogram;
	readonly metrics: Metrics | undefined;
	readonly watch: LiveWatch;
	readonly onLine: (level: "debug" | "info" | "warn" | "error", text: string) => void;
	/** The bot's own share of it, ms. */
	readonly onOrderSent: (ms: number) => void;
	readonly onStream: (event: Extract<BybitEvent, { kind: "stream" }>) => void;
	readonly onNote: (told: NoteCommand) => void;
};

function makeBot(config: RunConfig, parts: Parts): { readonly bot: Bot; readonly client: BybitClient } {
	const { guard, backtest, environment } = config.config;
	const { endpoints, credentials, journal, run, regular, latency, metrics, watch, onLine, onOrderSent, onStream, onNote } = parts;
	const intervals = new Map(config.resolved.symbols.map((entry) => [entry.symbol, entry.strategy.interval]));
	const [firstInterval] = intervals.values();
	const baseInterval = backtest.base_interval ?? firstInterval ?? "1";
	let client: BybitClient | undefined;
	const bot = new Bot({
		connect: (onEvent: (event: BybitEvent) => void) => {
			client = new BybitClient({
				endpoints,
				credentials,
				clock: { now: Date.now },
				clockSyncEveryMs: null, // by schedule
				random: Math.random,
				onEvent: (event) => {
					if (event.kind === "stream") onStream(event);
					watch.onEvent(event);
					onEvent(event);
				},
				onOrderSent: (frameAt, sentAt) => {
					if (frameAt === undefined) return;
					onOrderSent(sentAt - frameAt);
					latency.add(sentAt - frameAt);
					metrics?.took("order_latency_seconds", sentAt - frameAt);
				},
				onAsked: watch.onAsked,
			});
			return client;
		},
		now: () => client?.clock.serverNow() ?? Date.now(),
		account: seenBy(watch, (tools) =>
			environment === "paper"
				? new PaperAccount(tools, { terms: paperTerms(config), memory: paperMemory(journal) })
				: new ExchangeAccount(tools),
		),
		settingsFor: ({ instruments }) => {
			refuseOtherGrids(journal, instruments.values());
			return {
				...settingsOf(config.config, config.resolved, (symbol) => instruments.get(symbol)).engine,
				startAt: Number.NEGATIVE_INFINITY,
				baseInterval,
				run,
				narrate: true,
			};
		},
		symbols: [...intervals.keys()],
		intervals,
		baseInterval,
		journal,
		durable: true,
		patient: regular && journal.kept() !== undefined,
		terms: { late: RECV_WINDOW_DEFAULT + LATENESS, every: READ_EVERY, runs: journal.runs() },
		clockTolerance: clockTolerance(endpoints),
		wallTime: true,
		staleAfter: guard.stale_s === null ? undefined : guard.stale_s * 1000,
		onLine,
		onNote,
	});
	if (client === undefined) throw new RangeError("a bot connects when it is made");
	return { bot, client };
}

/** What a second process wished; where the journal cannot be written, the bot itself says so. */
function heedLevel(journal: Journal, log: Log, say: (text: string) => void): void {
	try {
		const level = journal.takeLevel(Date.now());
		if (level === undefined) return;
		journal.commit();
		log.level = level;
		log.line("info", `the log tells ${level} from now on: by the operator`);
		say(`log level ${level}: by the operator`);
	} catch (err) {
		log.line("error", "the wished log level could not be read", { err });
	}
}

/** A simulated exchange's time runs its own way. */
function clockTolerance({ rest }: Endpoints): Ms | undefined {
	return isLoopback(new URL(rest).hostname) ? undefined : RECV_WINDOW_DEFAULT / 2;
}

type JobParts = Pick<Parts, "journal" | "metrics" | "onLine"> & {
	readonly bot: Bot;
	readonly client: BybitClient;
	readonly log: Log;
	readonly tell: ((told: JobTold) => void) | undefined;
};

function makeJobs(config: RunConfig, { client, metrics, ...parts }: JobParts): LiveJobs {
	const { schedule, guard, backup, journal } = config.config;
	return new LiveJobs({
		...parts,
		record: { dir: journal.dir, kind: journalKind(config) },
		backup: backup.dir === null ? undefined : { to: backupFolder(journal.dir, backup.dir), keep: backup.keep },
		schedule,
		symbols: config.resolved.symbols.map(({ symbol }) => symbol),
		now: () => client.clock.serverNow(),
		limits: {
			localNow: Date.now,
			clockTolerance: clockTolerance(addressesOf(config)),
			staleAfter: (guard.stale_s ?? STALE_S) * 1000,
			agreedWithin: AGREED_WITHIN,
		},
		count: (job, result, by) => metrics?.count("jobs_total", { job, result }, by),
	});
}

type Served = { readonly metrics: Metrics; readonly jobs: LiveJobs; readonly onLine: Parts["onLine"] };

/** Listens beside the bot's start: neither waits for the other. */
function serveMetrics(config: RunConfig, { metrics, jobs, onLine }: Served): HealthServer {
	const { host, port } = config.config.metrics;
	const { watched } = jobs;
	const pages = {
		metrics: () => metrics.text(figuresOf(watched, jobs.figures)),
		health: () => [...healthOf(watched), jobs.health],
		ready: () => readinessOf(watched),
	};
	const server = new HealthServer({ host, port, pages, mask: masked, onLine });
	void server.start();
	return server;
}

/** A new paper account: the balance, fees and slippage of `sim`. */
function paperTerms({ config }: RunConfig): Omit<VenueTerms, "liquidity"> {
	const { initial_balance, taker_fee: takerFee, maker_fee: makerFee, slippage_bps } = config.sim;
	return {
		takerFee,
		makerFee,
		slippage: slippage_bps / 10_000,
		marginMode: config.margin_mode,
		balance: roundUsdt(initial_balance),
		leverage: config.leverage,
	};
}

function paperMemory(journal: Journal): PaperMemory {
	return { recall: () => journal.recall("paper"), remember: (state) => journal.remember("paper", state) };
}
