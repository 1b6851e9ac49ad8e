// The figures in Prometheus's words: what is counted as it happens, and what is asked for when somebody reads. Labels name symbols,
// streams, endpoints and classes, and nothing that a person or an exchange wrote. docs/metrics.md explains each.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Figures } from "./figures.ts";

const PREFIX = "anchorwatch_";
const LATENCY_BUCKETS = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Read from the bot at each scrape. */
export const GAUGES = {
	build_info: ["Always 1; version, run and environment are its labels", ["version", "run", "environment", "node"]],
	equity_usdt: ["Wallet plus unrealised profit at last prices", []],
	balance_usdt: ["Wallet balance", []],
	unrealised_pnl_usdt: ["Unrealised profit of all positions", []],
	peak_equity_usdt: ["Highest equity, from which the drawdown is measured", []],
	drawdown_ratio: ["Fall of equity below its peak, as a share of the peak", []],
	drawdown_limit_ratio: ["risk.max_drawdown_pct as a share; absent when it is off", []],
	halted: ["1: a guard has stopped trading until a person resumes", []],
	paused: ["1: the operator has paused new entries", []],
	orders_live: ["Orders of the bot that are not over", []],
	agreement_age_seconds: ["Since the account was last read in agreement with the journal", []],
	exposure_usdt: ["Notional held and asked for", ["symbol"]],
	position_coins: ["Coins held, below zero for a short", ["symbol"]],
	symbol_unrealised_pnl_usdt: ["Unrealised profit", ["symbol"]],
	doubt: ["1: exchange and journal do not agree, nothing is opened", ["symbol"]],
	unprotected_seconds: ["How long the position has now been without a stop; 0 when it has one", ["symbol"]],
	stream_up: ["1: the stream is up", ["stream"]],
	stream_message_age_seconds: ["Since a stream's last sign of life, pongs included", ["stream"]],
	symbol_message_age_seconds: ["Since the last market data of a symbol", ["symbol"]],
	clock_offset_seconds: ["The exchange's clock minus this machine's", []],
	rate_limit_capacity: ["Requests that a limit allows in its window", ["lane"]],
	rate_limit_left: ["What is left of it", ["lane"]],
	rate_limit_waiting: ["Requests that wait for it", ["lane"]],
	messages_waiting: ["Messages to the operator that have not arrived", ["channel"]],
	message_wait_seconds: ["How long the oldest of them waits; 0 when there is none", ["channel"]],
	log_failing: ["1: the log files cannot be written", []],
	job_success_timestamp_seconds: [
		"When a regular job succeeded last, seconds since 1970; before its first time, when the run began",
		["job"],
	],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

export const COUNTERS = {
	trades_total: ["Trades that are over", ["symbol", "result"]],
	realised_profit_usdt_total: ["Net profit of the trades that won", ["symbol"]],
	realised_loss_usdt_total: ["Net loss of the trades that lost, positive", ["symbol"]],
	orders_sent_total: ["Calls that change something at the exchange", ["kind"]],
	faults_total: ["Requests that failed or were refused, by class", ["class"]],
	malformed_total: ["Messages that could not be read", ["stream"]],
	reconnects_total: ["Times a stream came up again", ["stream"]],
	unprotected_seconds_total: ["Time that positions were without a stop, told when it ends", ["symbol"]],
	unexplained_cash_usdt_total: ["Changes of the wallet that nothing explains, without sign", []],
	differences_total: ["Differences found between exchange and journal", ["name"]],
	journal_entries_total: ["Entries written to the journal", []],
	log_lines_total: ["Lines in the log files", ["level"]],
	log_lines_lost_total: ["Lines that could not be written", []],
	messages_sent_total: ["Messages that the channel took", ["channel"]],
	messages_failed_total: ["Messages that the channel refused for good", ["channel"]],
	jobs_total: ["Regular jobs that ended: ok or failed", ["job", "result"]],
} as const satisfies Record<string, readonly [string, readonly string[]]>;

export const HISTOGRAMS = {
	order_latency_seconds: ["From the arrival of the market's frame to the order's frame", [], LATENCY_BUCKETS],
	request_seconds: ["Time to an answer, by endpoint or socket operation", ["endpoint"], REQUEST_BUCKETS],
} as const satisfies Record<string, readonly [string, readonly string[], readonly number[]]>;

type Labels = Readonly<Record<string, string>>;

export class Metrics {
	readonly #registry = new Registry();
	readonly #gauges = new Map<string, Gauge>();
	readonly #counters = new Map<string, Counter>();
	readonly #histograms = new Map<string, Histogram>();

	constructor(about: { version: string; run: string; environment: string }) {
		collectDefaultMetrics({ register: this.#registry });
		for (const [name, [help, labelNames]] of Object.entries(COUNTERS))
			this.#counters.set(name, new Counter({ name: PREFIX + name, help, labelNames, registers: [this.#registry] }));
		for (const [name, [help, labelNames, buckets]] of Object.entries(HISTOGRAMS))
			this.#histograms.set(
				name,
				new Histogram({ name: PREFIX + name, help, labelNames, buckets: [...buckets], registers: [this.#registry] }),
			);
		this.#set("build_info", 1, { ...about, node: process.version });
	}

	count(name: keyof typeof COUNTERS, labels: Labels = {}, by = 1): void {
		this.#counters.get(name)?.inc(labels, by);
	}

	took(name: keyof typeof HISTOGRAMS, ms: number, labels: Labels = {}): void {
		this.#histograms.get(name)?.observe(labels, Math.max(0, ms) / 1000);
	}

	/** All of it as text. */
	text(figures: Figures): Promise<string> {
		this.#show(figures);
		return this.#registry.metrics();
	}

	#show(figures: Figures): void {
		const { account, streams, quiet, clockOffset, limits, channels, journalEntries, logLines, logLinesLost, logFailing, jobs } = figures;
		if (account !== undefined) this.#showAccount(account);
		for (const { stream, up, quietFor } of streams) {
			this.#set("stream_up", Number(up), { stream });
			if (quietFor !== undefined) this.#set("stream_message_age_seconds", quietFor, { stream });
		}
		for (const { symbol, seconds } of quiet) this.#set("symbol_message_age_seconds", seconds, { symbol });
		if (clockOffset !== undefined) this.#set("clock_offset_seconds", clockOffset);
		for (const { lane, capacity, left, waiting } of limits) {
			this.#set("rate_limit_capacity", capacity, { lane });
			this.#set("rate_limit_left", left, { lane });
			this.#set("rate_limit_waiting", waiting, { lane });
		}
		for (const { channel, waiting, waitsFor, sent, failed } of channels) {
			this.#set("messages_waiting", waiting, { channel });
			this.#set("message_wait_seconds", waitsFor, { channel });
			this.#total("messages_sent_total", sent, { channel });
			this.#total("messages_failed_total", failed, { channel });
		}
		this.#total("journal_entries_total", journalEntries);
		this.#total("log_lines_lost_total", logLinesLost);
		for (const [level, lines] of logLines) this.#total("log_lines_total", lines, { level });
		this.#set("log_failing", Number(logFailing));
		for (const { job, succeededAt } of jobs) this.#set("job_success_timestamp_seconds", succeededAt / 1000, { job });
	}

	#showAccount(account: NonNullable<Figures["account"]>): void {
		this.#set("equity_usdt", account.equity);
		this.#set("balance_usdt", account.balance);
		this.#set("unrealised_pnl_usdt", account.unrealised);
		this.#set("peak_equity_usdt", account.peak);
		this.#set("drawdown_ratio", account.drawdown);
		if (account.drawdownLimit !== undefined) this.#set("drawdown_limit_ratio", account.drawdownLimit);
		this.#set("halted", Number(account.halted));
		this.#set("paused", Number(account.paused));
		this.#set("orders_live", account.ordersLive);
		if (account.agreedAgo !== undefined) this.#set("agreement_age_seconds", account.agreedAgo);
		for (const { symbol, exposure, position, unrealised, inDoubt, bareFor } of account.symbols) {
			this.#set("exposure_usdt", exposure, { symbol });
			this.#set("position_coins", position, { symbol });
			this.#set("symbol_unrealised_pnl_usdt", unrealised, { symbol });
			this.#set("doubt", Number(inDoubt), { symbol });
			this.#set("unprotected_seconds", bareFor, { symbol });
		}
	}

	/** A gauge is made when it has something to show: what is not known yet is absent, not 0. */
	#set(name: keyof typeof GAUGES, value: number, labels: Labels = {}): void {
		let gauge = this.#gauges.get(name);
		if (gauge === undefined) {
			const [help, labelNames] = GAUGES[name];
			gauge = new Gauge({ name: PREFIX + name, help, labelNames, registers: [this.#registry] });
			this.#gauges.set(name, gauge);
		}
		gauge.set(labels, value);
	}

	#total(name: keyof typeof COUNTERS, value: number, labels: Labels = {}): void {
		const counter = this.#counters.get(name);
		counter?.remove(labels);
		counter?.inc(labels, value);
	}
}
