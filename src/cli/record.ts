// What the journal says the bot is, holds and has done, as plain rows: for `status`, `positions` and `trades`, and for programs as JSON.

import { isFlat, unrealised } from "../account/position.ts";
import type { Note } from "../engine/command.ts";
import { InstanceLock } from "../journal/instance-lock.ts";
import type { JournalKind } from "../journal/journal.ts";
import { isStorageError, unreadable } from "../journal/unreadable.ts";
import { JournalView } from "../journal/view.ts";
import { bundledInstrument } from "../market/instrument.ts";
import { noteText } from "../observe/note-text.ts";
import type { SavedTrader } from "../oms/trader.ts";
import type { Trade } from "../report/trade.ts";
import { addUsdt, Grid, negate, usdtNumber } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { RunConfig } from "./run-config.ts";

/** The journal that the configuration's environment writes. */
export function recordKind({ config }: RunConfig): JournalKind {
	if (config.environment === "sim") return "simulated";
	return config.environment === "paper" ? "paper" : "real";
}

/** Calls `read` with the journal of that configuration. */
export function withRecord<Value>(config: RunConfig, read: (view: JournalView) => Value): Value {
	const view = JournalView.open(config.config.journal.dir, recordKind(config));
	try {
		return read(view);
	} catch (cause) {
		throw isStorageError(cause) ? unreadable(view.file, "read as a journal", cause) : cause;
	} finally {
		view.close();
	}
}

/** Quantities in coins, prices in USDT per coin. `price` is null for what is sent at market. */
export type OrderRow = {
	readonly link_id: string;
	readonly symbol: string;
	readonly purpose: string;
	readonly side: string;
	readonly qty: number;
	readonly filled: number;
	readonly price: number | null;
	readonly state: string;
	readonly sent_ms: Ms;
};

/** `pnl` is what the trade has realised so far, net of fees and funding; `stop_at_exchange` that the exchange holds the wanted stop. */
export type PositionRow = {
	readonly symbol: string;
	readonly direction: "long" | "short";
	readonly qty: number;
	readonly entry: number;
	readonly last: number | null;
	readonly stop: number | null;
	readonly stop_at_exchange: boolean;
	readonly stop_trails: boolean;
	readonly target: { readonly price: number; readonly qty: number } | null;
	readonly unrealised: number;
	readonly realised: number;
	readonly fees: number;
	readonly funding: number;
	readonly opened_ms: Ms | null;
};

export type Holdings = { readonly positions: readonly PositionRow[]; readonly orders: readonly OrderRow[] };

type SavedMachine = SavedTrader["engine"]["machines"][string];

export function savedIn(view: JournalView): SavedTrader | undefined {
	return view.recall("state") as SavedTrader | undefined; // written by the trader
}

export function holdingsIn(view: JournalView): Holdings {
	const saved = savedIn(view);
	if (saved === undefined) return { positions: [], orders: [] };
	const grids = new Map(Object.keys(saved.engine.machines).map((symbol) => [symbol, gridOf(view, symbol)]));
	const positions = Object.entries(saved.engine.machines).flatMap(([symbol, machine]) => {
		const grid = grids.get(symbol);
		return grid === undefined || isFlat(machine.position) ? [] : [positionRow(symbol, machine, grid)];
	});
	const orders = saved.oms.intents.flatMap((intent): OrderRow[] => {
		const grid = grids.get(intent.symbol);
		const machine = saved.engine.machines[intent.symbol];
		if (grid === undefined || machine === undefined) return [];
		const price = [machine.entry, machine.protection.takeProfit].find((order) => order?.linkId === intent.linkId)?.price;
		return [
			{
				link_id: intent.linkId,
				symbol: intent.symbol,
				purpose: intent.purpose,
				side: intent.side,
				qty: grid.qtyNumber(intent.qty),
				filled: grid.qtyNumber(intent.filled),
				price: price === undefined ? null : grid.priceNumber(price),
				state: intent.state,
				sent_ms: intent.sentAt,
			},
		];
	});
	return { positions, orders };
}

/** As the exchange stated it to the bot; a journal from before that was kept has the bundled one. */
function gridOf(view: JournalView, symbol: string): Grid | undefined {
	const kept = view.recall(`grid ${symbol}`) as { tick: string; step: string } | undefined; // written by the bot
	return kept === undefined ? bundledInstrument(symbol)?.grid : new Grid(kept);
}

function positionRow(symbol: string, { position, trade, protection, last }: SavedMachine, grid: Grid): PositionRow {
	const { stop, venueStop, takeProfit, trails } = protection;
	const shown = stop ?? venueStop;
	return {
		symbol,
		direction: position.direction,
		qty: grid.qtyNumber(position.qty),
		entry: grid.averagePrice(position.cost, position.qty),
		last: Number.isFinite(last) ? last : null,
		stop: shown === undefined ? null : grid.priceNumber(shown),
		stop_at_exchange: shown !== undefined && shown === venueStop,
		stop_trails: trails,
		target: takeProfit === undefined ? null : { price: grid.priceNumber(takeProfit.price), qty: grid.qtyNumber(takeProfit.qty) },
		unrealised: last !== null && Number.isFinite(last) ? unrealised(position, grid, last) : 0,
		realised: trade === undefined ? 0 : usdtNumber(addUsdt(trade.gross, negate(trade.fees), negate(trade.funding))),
		fees: usdtNumber(trade?.fees ?? (0 as Usdt)),
		funding: usdtNumber(trade?.funding ?? (0 as Usdt)),
		opened_ms: trade?.entryAt ?? null,
	};
}

export type NoteRow = { readonly at_ms: Ms; readonly symbol: string; readonly what: string; readonly text: string };

export type StatusRow = Holdings & {
	readonly environment: string;
	readonly journal: string;
	/** Null when no bot holds the folder. */
	readonly running: { readonly pid: number | null; readonly run: string | null } | null;
	readonly last_run: { readonly run: string; readonly started_ms: Ms } | null;
	/** The newest entry: what is said below was so then. */
	readonly as_of_ms: Ms | null;
	/** The guard that stopped trading, and why. */
	readonly halted: string | null;
	readonly paused: boolean;
	/** Symbols that a person closed and holds back. */
	readonly held_back: readonly string[];
	readonly flattening: boolean;
	/** What an operator wants and the bot has not done yet. */
	readonly wishes: readonly string[];
	readonly balance: number | null;
	readonly equity: number | null;
	readonly peak: number | null;
	readonly drawdown_pct: number | null;
	readonly notes: readonly NoteRow[];
	readonly trades: readonly TradeRow[];
};

const NOTES_SHOWN = 8;
const TRADES_SHOWN = 3;
/** What became of things: evaluations, states and intentions are many, and say little afterwards. */
const TOLD = [
	...["entered", "exited", "unfilled", "refused", "tripped", "resumed", "paused"],
	...["difference", "doubted", "agreed", "unprotected", "transferred", "unexplained", "lateFunding", "confirmedFlat"],
] as const satisfies readonly Note["what"][];

export function statusOf(config: RunConfig): StatusRow {
	const { environment, journal } = config.config;
	return withRecord(config, (view) => {
		const holder = InstanceLock.holder(journal.dir);
		const run = view.lastRun();
		const engine = savedIn(view)?.engine;
		const holdings = holdingsIn(view);
		const balance = engine === undefined ? null : usdtNumber(engine.balance);
		const equity = balance === null ? null : holdings.positions.reduce((sum, row) => sum + row.unrealised, balance);
		const peak = engine?.peak ?? null;
		return {
			environment,
			journal: view.file,
			running: holder === undefined ? null : { pid: holder.pid ?? null, run: holder.run ?? null },
			last_run: run === undefined ? null : { run: run.run, started_ms: run.started },
			as_of_ms: view.lastAt() ?? null,
			halted: engine?.halted ?? null,
			paused: engine?.paused ?? false,
			held_back: Object.entries(engine?.machines ?? {}).flatMap(([symbol, { held }]) => (held === true ? [symbol] : [])),
			flattening: savedIn(view)?.oms.flattening ?? false,
			wishes: view.wishes(),
			balance,
			equity,
			peak,
			drawdown_pct: equity === null || peak === null || peak <= 0 ? null : Math.max(0, (1 - equity / peak) * 100),
			...holdings,
			notes: noteRows(view, { what: TOLD, last: NOTES_SHOWN }),
			trades: tradesIn(view, { last: TRADES_SHOWN }),
		};
	});
}

export function noteRows(view: JournalView, wanted: Parameters<JournalView["notes"]>[0]): NoteRow[] {
	return view.notes(wanted).flatMap(({ at, body }) => {
		const { symbol = "", ...note } = JSON.parse(body) as Note & { symbol?: string }; // written by the journal
		const text = noteText(symbol, note);
		return text === undefined ? [] : [{ at_ms: at, symbol, what: note.what, text }];
	});
}

/** Money in USDT; `fees` and `funding` are costs, positive when paid, and `pnl` is net of both. */
export type TradeRow = {
	readonly symbol: string;
	readonly direction: "long" | "short";
	readonly entry_ms: Ms;
	readonly exit_ms: Ms;
	readonly qty: number;
	readonly entry: number;
	/** Average over the exits. */
	readonly exit: number | null;
	readonly reason: string;
	readonly pnl: number;
	readonly fees: number;
	readonly funding: number;
	readonly balance_after: number;
};

/** Trades that are over, oldest first: the last so many of those that ended at or after `since`. */
export function tradesIn(view: JournalView, wanted: { readonly since?: Ms; readonly last?: number }): TradeRow[] {
	return view.notes({ what: ["flat"], ...wanted }).map(({ body }) => tradeRow((JSON.parse(body) as { trade: Trade }).trade)); // written by the journal
}

/** Funding that came after its trade had been counted, USDT, positive when paid. */
export function lateFundingIn(view: JournalView, since: Ms): number {
	const amounts = view.notes({ what: ["lateFunding"], since }).map(({ body }) => (JSON.parse(body) as { amount: Usdt }).amount); // written by the journal
	return usdtNumber(addUsdt(...amounts));
}

function tradeRow(trade: Trade): TradeRow {
	const { symbol, direction, entryAt, exitAt, qty, entryPrice, exits, pnl, fees, funding, balanceAfter } = trade;
	const closed = exits.reduce((sum, exit) => sum + exit.qty, 0);
	const value = exits.reduce((sum, exit) => sum + exit.qty * exit.price, 0);
	return {
		symbol,
		direction,
		entry_ms: entryAt,
		exit_ms: exitAt,
		qty,
		entry: entryPrice,
		exit: closed > 0 ? value / closed : null,
		reason: [...new Set(exits.map(({ reason }) => reason))].join(", "),
		pnl: usdtNumber(pnl),
		fees: usdtNumber(fees),
		funding: usdtNumber(funding),
		balance_after: usdtNumber(balanceAfter),
	};
}
