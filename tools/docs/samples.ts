// One note of each kind and one thing of each kind that can happen to the bot, with figures that could be true: what the messages of the
// documentation are rendered from. A kind that is missing here is an error of types.

import type { Note } from "../../src/engine/command.ts";
import type { Happening } from "../../src/notify/happenings.ts";
import { type KpiEvidence, kpisOf } from "../../src/report/kpi.ts";
import type { Trade } from "../../src/report/trade.ts";
import type { Signal } from "../../src/strategy/port.ts";
import { roundUsdt } from "../../src/units/grid.ts";
import { DAY, HOUR, MINUTE, type Ms } from "../../src/units/unit.ts";

export const AT: Ms = Date.UTC(2026, 0, 14, 3, 12, 5);
export const SYMBOL = "BTCUSDT";
export const BALANCE = roundUsdt(10_240.18);

const SIGNAL: Signal = {
	direction: 1,
	why: "above the upper band",
	price: 65_012.3,
	reference: 64_180.5,
	upper: 64_912.4,
	lower: 63_448.6,
	sigma: 731.9,
	momentum: 402.1,
	anchoredAt: Date.UTC(2026, 0, 14),
};

const TRADE: Trade = {
	symbol: SYMBOL,
	direction: "long",
	signalAt: AT - 5 * HOUR,
	entryAt: AT - 5 * HOUR,
	entryPrice: 65_018.8,
	qty: 0.094,
	exits: [
		{ at: AT - HOUR, price: 66_969.4, qty: 0.047, reason: "take_profit" },
		{ at: AT, price: 66_102.7, qty: 0.047, reason: "opposite_signal" },
	],
	exitAt: AT,
	fees: roundUsdt(6.75),
	funding: roundUsdt(0.31),
	pnl: roundUsdt(135.56),
	balanceBefore: roundUsdt(10_104.62),
	balanceAfter: BALANCE,
	slippage: 1.2,
};

const KPIS = kpisOf(evidence());

export const NOTES: { readonly [What in Note["what"]]: Extract<Note, { what: What }> } = {
	evaluated: { what: "evaluated", signal: SIGNAL, phase: "flat" },
	skipped: { what: "skipped", why: "spread 0.120 % above 0.1 %", guard: "spread", signal: SIGNAL },
	entering: {
		what: "entering",
		direction: "long",
		qty: 0.094,
		price: 65_012.3,
		stop: 64_362.1,
		bound: "size",
		gain: 83.98,
		loss: 68.95,
		signal: SIGNAL,
	},
	entered: { what: "entered", direction: "long", qty: 0.094, price: 65_018.8, balance: roundUsdt(10_101.26) },
	protected: { what: "protected", stop: 64_368.6, takeProfit: 66_969.4, why: "filled" },
	exiting: { what: "exiting", reason: "opposite_signal", why: "below the lower band", qty: 0.047 },
	exited: {
		what: "exited",
		reason: "take_profit",
		qty: 0.047,
		price: 66_969.4,
		realised: roundUsdt(91.68),
		returnPct: 3,
		balance: roundUsdt(10_191.21),
		left: 0.047,
	},
	flat: { what: "flat", trade: TRADE },
	cancelling: { what: "cancelling", why: "the signal has left" },
	unfilled: { what: "unfilled", why: "entry.timeout_s has passed" },
	refused: { what: "refused", purpose: "entry", code: 110007, why: "ab not enough for new order" },
	noTp1: { what: "noTp1", why: "0.0005 is below the minimum quantity 0.001" },
	tripped: { what: "tripped", guard: "drawdown", why: "equity 8703.90 is 15 % or more below its peak 10240.18" },
	state: { what: "state", phase: "open" },
	resumed: { what: "resumed" },
	paused: { what: "paused", only: undefined },
	difference: { what: "difference", name: "no stop", text: "the position has none at the exchange: set at 64368.6" },
	doubted: { what: "doubted", why: "a position of 0.050 (long) is not of this bot" },
	agreed: { what: "agreed" },
	unprotected: { what: "unprotected", seconds: 2.4 },
	transferred: { what: "transferred", type: "TRANSFER_IN", amount: roundUsdt(500) },
	unexplained: { what: "unexplained", amount: roundUsdt(-1.25) },
	lateFunding: { what: "lateFunding", amount: roundUsdt(0.31) },
	confirmedFlat: { what: "confirmedFlat" },
};

export const HAPPENED: { readonly [Event in Happening["event"]]: Extract<Happening, { event: Event }> } = {
	started: {
		event: "started",
		environment: "mainnet",
		symbols: [SYMBOL],
		balance: 10_240.18,
		before: { how: "crash", away: 14_000 },
		took: 6200,
		holds: [{ symbol: SYMBOL, direction: "long", qty: 0.094, stop: 64_368.6, bare: false }],
		found: [],
	},
	stopped: { event: "stopped", why: undefined },
	outage: { event: "outage", stream: "private", seconds: 31, why: "no answer to a ping" },
	restored: { event: "restored", stream: "private", seconds: 74 },
	reconnected: { event: "reconnected", stream: "public", times: 1, seconds: 2, why: "closed by the exchange (1006)" },
	retrying: {
		event: "retrying",
		calls: 3,
		seconds: 12,
		what: "POST /v5/order/create",
		why: "no answer within 5000 ms: the exchange or the network is slow",
	},
	retried: { event: "retried", calls: 3, seconds: 19 },
	slow: { event: "slow", whose: "exchange", ms: 640, limit: 500 },
	quick: { event: "quick", whose: "exchange", ms: 210, seconds: 180 },
	funded: { event: "funded", symbol: SYMBOL, amount: roundUsdt(0.62), total: roundUsdt(1.24), balance: roundUsdt(10_239.56) },
	test: { event: "test" },
	job: { event: "job", job: "backup", problem: "ENOSPC: no space left on device" },
	rules: { event: "rules", symbol: SYMBOL, changes: ["tick 0.1 → 0.5"], heldBack: true },
	daily: {
		event: "daily",
		kpis: KPIS,
		positions: [{ symbol: SYMBOL, direction: "long", qty: 0.047, entry: 65_018.8, unrealised: 51.3 }],
		paused: false,
	},
	weekly: { event: "weekly", kpis: KPIS },
	health: { event: "health", failing: [{ name: "account", detail: "agreed 412 s ago" }], lasting: 2 * MINUTE },
	healthy: { event: "healthy", failed: ["account"], lasted: 4 * MINUTE },
};

/** A day of heartbeats with one trade in it. */
function evidence(): KpiEvidence {
	const from = AT - DAY;
	const beats = Array.from({ length: 289 }, (_, i) => {
		const equity = 10_104.62 + (135.56 * i) / 288;
		const at = from + i * 5 * MINUTE;
		const shown = { now: equity, high: equity + 12, low: equity - 9 };
		return { at, run: "sample", beat: { what: "heartbeat", failing: [], equity: shown, logLines: i * 40, logLinesLost: 0 } as const };
	});
	const channel = { channel: "telegram", written: 42, sent: 42, late: 0, failed: 0, waiting: 0, overdue: 0 };
	return {
		from,
		to: AT,
		before: undefined,
		beats,
		trades: [TRADE],
		movements: [],
		channels: [channel],
		unprotectedSeconds: 0.6,
		unexplained: [],
		lateFunding: roundUsdt(0),
		differences: [],
		tripped: [],
	};
}
