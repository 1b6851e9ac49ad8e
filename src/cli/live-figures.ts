// What /metrics, /healthz, /readyz and the regular health check say of a running bot, read from it at the moment somebody asks.

import type { Stream } from "../bybit/socket.ts";
import type { Journal } from "../journal/journal.ts";
import type { Bot } from "../live/bot.ts";
import type { AccountFigures, Check, Figures } from "../observe/figures.ts";
import type { Trader } from "../oms/trader.ts";
import { usdtNumber } from "../units/grid.ts";
import type { Ms } from "../units/unit.ts";

export type Watched = {
	readonly bot: Bot;
	readonly journal: Pick<Journal, "problem" | "entries" | "outbox">;
	readonly log: LogCounts;
	/** The clock that the client goes by. */
	readonly localNow: () => Ms;
	/** Between two measurements the clock may have drifted by so much; undefined: by anything. */
	readonly clockTolerance: Ms | undefined;
	readonly symbols: readonly string[];
	/** Market data older than this is stale. */
	readonly staleAfter: Ms;
	/** The account should have been read in agreement within this. */
	readonly agreedWithin: Ms;
};

/** Lines of the log, as far as they can be counted. */
export type LogCounts = { readonly written: ReadonlyMap<string, number>; readonly lost: number; readonly failing: boolean };

export function figuresOf(watched: Watched, jobs: Figures["jobs"] = []): Figures {
	const { bot, journal, log } = watched;
	const { up, needed, client } = bot.view;
	const offset = client.clock.estimate?.offsetMs;
	return {
		account: accountOf(watched),
		streams: [...needed, ...(client.takesOrders ? ["trade"] : [])].map((stream) => ({
			stream,
			up: up.has(stream),
			quietFor: secondsSince(watched, client.lineHeardAt(stream as Stream)), // one of its own
		})),
		quiet: quietOf(watched),
		clockOffset: offset === undefined ? undefined : offset / 1000,
		limits: client.headroom.map(({ lane, cap, left, waiting }) => ({ lane, capacity: cap, left, waiting })),
		channels: journal.outbox.backlogs.map(({ oldest, ...backlog }) => ({ ...backlog, waitsFor: secondsSince(watched, oldest) ?? 0 })),
		journalEntries: journal.entries,
		logLines: log.written,
		logLinesLost: log.lost,
		logFailing: log.failing,
		jobs,
	};
}

/** The process is worth keeping: it answers, and its memory can be written. */
export function healthOf(watched: Watched): Check[] {
	return [
		{ name: "process", ok: true, detail: `up for ${process.uptime().toFixed(0)} s` },
		journalCheck(watched),
		// Trading goes on without a log, so a restart would not help.
		{ ...logCheck(watched), ok: true },
	];
}

/** It trades, or would at the next signal. */
export function readinessOf(watched: Watched): Check[] {
	const { trader } = watched.bot.view;
	return [
		streamsCheck(watched),
		accountCheck(watched),
		marketCheck(watched),
		{ name: "guards", ok: trader?.engine.halted === undefined, detail: trader?.engine.halted ?? "none has tripped" },
	];
}

/** It is well, and able to trade as far as it is its own matter: a guard that has stopped it is no illness. */
export function wellnessOf(watched: Watched): Check[] {
	return [
		streamsCheck(watched),
		clockCheck(watched),
		accountCheck(watched),
		marketCheck(watched),
		journalCheck(watched),
		logCheck(watched),
	];
}

function journalCheck({ journal: { problem, entries } }: Watched): Check {
	return { name: "journal", ok: problem === undefined, detail: problem ?? `${entries} entries` };
}

function logCheck({ log: { failing, lost } }: Watched): Check {
	return { name: "log", ok: !failing, detail: failing ? `cannot be written, ${lost} lines lost` : "written" };
}

function streamsCheck({ bot }: Watched): Check {
	const { up, needed } = bot.view;
	const down = needed.filter((stream) => !up.has(stream));
	return { name: "streams", ok: down.length === 0, detail: down.length === 0 ? "up" : `down: ${down.join(", ")}` };
}

function clockCheck({ bot, clockTolerance = Number.POSITIVE_INFINITY }: Watched): Check {
	const name = "clock";
	const { estimate } = bot.view.client.clock;
	if (estimate === undefined) return { name, ok: false, detail: "not measured yet" };
	const { offsetMs, movedMs = 0 } = estimate;
	const detail = `${offsetMs.toFixed(0)} ms against the exchange, moved by ${movedMs.toFixed(0)} ms`;
	return { name, ok: Math.abs(movedMs) <= clockTolerance, detail };
}

function accountCheck({ bot, symbols, agreedWithin }: Watched): Check {
	const name = "account";
	const { trader, client } = bot.view;
	if (trader === undefined) return { name, ok: false, detail: "not read yet" };
	const { oms } = trader;
	const doubtful = symbols.filter((symbol) => oms.doubtOf(symbol) !== undefined);
	if (doubtful.length > 0) return { name, ok: false, detail: `in doubt: ${doubtful.join(", ")}` };
	const ago = client.clock.serverNow() - oms.agreedAt;
	const detail = Number.isFinite(ago) ? `agreed ${(ago / 1000).toFixed(0)} s ago` : "never agreed";
	return { name, ok: ago <= agreedWithin, detail };
}

function marketCheck(watched: Watched): Check {
	const { symbols, staleAfter } = watched;
	const heard = new Map(quietOf(watched).map(({ symbol, seconds }) => [symbol, seconds]));
	const stale = symbols.filter((symbol) => (heard.get(symbol) ?? Number.POSITIVE_INFINITY) * 1000 > staleAfter);
	return { name: "market", ok: stale.length === 0, detail: stale.length === 0 ? "fresh" : `nothing heard of ${stale.join(", ")}` };
}

/** Undefined before the account was read. */
function accountOf({ bot, symbols }: Watched): AccountFigures | undefined {
	const { trader, client } = bot.view;
	if (trader === undefined) return undefined;
	const { engine } = trader;
	const now = client.clock.serverNow();
	const equity = engine.equity();
	const { maxDrawdownPct } = engine.settings.risk;
	const agreedAgo = (now - trader.oms.agreedAt) / 1000;
	return {
		equity,
		balance: usdtNumber(engine.balance),
		unrealised: equity - usdtNumber(engine.balance),
		peak: engine.peak,
		drawdown: engine.peak > 0 ? Math.max(0, (engine.peak - equity) / engine.peak) : 0,
		drawdownLimit: maxDrawdownPct === undefined ? undefined : maxDrawdownPct / 100,
		halted: engine.halted !== undefined,
		paused: engine.paused,
		ordersLive: trader.oms.live,
		agreedAgo: Number.isFinite(agreedAgo) ? Math.max(0, agreedAgo) : undefined,
		symbols: symbols.map((symbol) => symbolOf(trader, symbol, now)),
	};
}

function symbolOf({ engine, oms }: Trader, symbol: string, now: Ms): AccountFigures["symbols"][number] {
	const machine = engine.machine(symbol);
	const { grid } = engine.settings.symbols.find(({ instrument }) => instrument.symbol === symbol)?.instrument ?? {};
	const coins = grid?.qtyNumber(machine.position.qty) ?? 0;
	const bareSince = oms.exposedSince(symbol);
	return {
		symbol,
		exposure: machine.held,
		position: coins === 0 || machine.position.direction === "long" ? coins : -coins,
		unrealised: machine.unrealised(),
		inDoubt: oms.doubtOf(symbol) !== undefined,
		bareFor: bareSince === undefined ? 0 : Math.max(0, now - bareSince) / 1000,
	};
}

function quietOf(watched: Watched): { readonly symbol: string; readonly seconds: number }[] {
	const { bot, symbols } = watched;
	return symbols.flatMap((symbol) => {
		const seconds = secondsSince(watched, bot.view.client.quietSince(symbol));
		return seconds === undefined ? [] : [{ symbol, seconds }];
	});
}

function secondsSince({ localNow }: Watched, at: Ms | undefined): number | undefined {
	return at === undefined ? undefined : Math.max(0, localNow() - at) / 1000;
}
