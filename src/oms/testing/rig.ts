// A trader in a test's hands: time, market, statements and answers are the story's. What the bot asks is answered at once out of `shown`,
// and its orders are accepted and filled there, unless the story holds calls of that kind back to answer them itself, or never.

import nodeAssert from "node:assert/strict";
import type { Command, Note } from "../../engine/command.ts";
import type { Event } from "../../engine/event.ts";
import type { EngineSettings, TradeSettings } from "../../engine/settings.ts";
import { columnsOf } from "../../market/candle.ts";
import { bundledInstrument } from "../../market/instrument.ts";
import { closing } from "../../orders/side.ts";
import type { RiskSettings } from "../../risk/settings.ts";
import { assert } from "../../std/assert.ts";
import { roundUsdt, usdtNumber } from "../../units/grid.ts";
import { MINUTE, type Ms } from "../../units/unit.ts";
import type { Answered, Call, CallFault } from "../call.ts";
import type { Execution, OrderStatement, PositionStatement } from "../statement.ts";
import { type SavedTrader, Trader } from "../trader.ts";
import type { Input, Memory } from "../trader-port.ts";
import { Shown } from "./shown.ts";

export const SYMBOL = "BTCUSDT";
/** Late enough in the day for the ticker's figures, on a minute. */
export const START: Ms = Date.UTC(2026, 0, 5, 12);
const instrument = bundledInstrument(SYMBOL)!; // bundled
export const { grid } = instrument;

type Kind = Call["kind"];
type CallOf<K extends Kind> = Extract<Call, { kind: K }>;

export type RigOptions = {
	readonly entry?: Partial<TradeSettings["entry"]>;
	readonly risk?: Partial<RiskSettings>;
	readonly afterTp1?: "keep" | "breakeven";
	readonly cooldown?: number;
	readonly trailing?: TradeSettings["exit"]["trailing"];
};

/** A journal of paper: what was not committed is lost with the process. */
export class Paper implements Memory {
	/** Commits fail as on a disk that is full. */
	full = false;
	readonly commands: Command[] = [];
	saved: SavedTrader | undefined;
	#waiting: Command[] = [];
	#state: SavedTrader | undefined;
	#inputs = 0;

	get waiting(): number {
		return this.#inputs + this.#waiting.length;
	}

	input(): void {
		this.#inputs++;
	}

	command(command: Command): void {
		this.#waiting.push(command);
	}

	keep(state: unknown): void {
		this.#state = structuredClone(state) as SavedTrader; // the trader's own
	}

	commit(): void {
		if (this.full) throw new Error("database or disk is full");
		this.commands.push(...this.#waiting);
		this.saved = this.#state ?? this.saved;
		this.lose();
	}

	lose(): void {
		this.#waiting = [];
		this.#state = undefined;
		this.#inputs = 0;
	}
}

/** Signals on minute closes: long above 20000, short below. An entry is 2010 USDT, 0.1 at 20100, with a stop 1 % away and TP1 3 %. */
export class Rig {
	now: Ms = START;
	last = 20_000;
	readonly shown: Shown;
	readonly paper = new Paper();
	/** Everything that left, of all lives. */
	readonly calls: Call[] = [];
	readonly notes: Note[] = [];
	readonly held = new Set<Kind>();
	/** Why it stopped for good. */
	stopped: string | undefined;
	trader: Trader;
	readonly #options: RigOptions;
	readonly #runs: string[] = [];
	#left: Call[] = [];
	#waiting: Call[] = [];

	/** It has begun, read the account and seen the market at 20000. */
	constructor(options: RigOptions = {}) {
		this.#options = options;
		this.shown = new Shown(SYMBOL, grid, { balance: 10_000, now: () => this.now });
		this.trader = this.#newTrader();
		this.begin();
	}

	// ---- lives

	/** The process dies as it is, and another one begins with what is on paper. */
	restart(away: Ms = 0): void {
		this.die();
		this.now += away;
		this.trader = this.#newTrader();
		this.begin();
	}

	die(): void {
		this.paper.lose();
		this.#waiting = [];
		this.#left = [];
	}

	begin(): void {
		this.trader.begin(this.paper.saved, this.now);
		this.#drain();
		const candle = this.#candle(20_000);
		this.event({ kind: "history", at: this.now, symbol: SYMBOL, candles: [candle, candle], closeTimes: [this.now, this.now] });
		this.tick(this.last);
	}

	// ---- time and market

	/** Time passes, and the bot is woken whenever it wants to be. */
	pass(ms: Ms): void {
		const end = this.now + ms;
		for (let times = 0; this.trader.wakeAt <= end; times++) {
			nodeAssert.ok(times < 20_000, `it wants to be woken for ever at ${this.trader.wakeAt - START}`);
			this.now = Math.max(this.now, this.trader.wakeAt);
			this.take({ kind: "time" });
		}
		this.now = end;
	}

	tick(last: number): void {
		this.last = last;
		const figures = { turnover24h: 20_000 * 24, volume24h: 24 };
		this.event({ kind: "ticker", at: this.now, symbol: SYMBOL, ticker: { last, mark: last, bid: last, ask: last + 0.1, ...figures } });
	}

	/** The minute ends at `close`, and the ticker on the boundary brings the evaluation. */
	minute(close: number): void {
		this.pass(MINUTE - (this.now % MINUTE));
		const candle = this.#candle(close);
		this.event({ kind: "candles", at: this.now, symbol: SYMBOL, columns: columnsOf([candle]), from: 0, to: 1 });
		this.event({ kind: "closed", at: this.now, symbol: SYMBOL, candle });
		this.tick(close);
	}

	event(event: Event): void {
		this.take({ kind: "event", event });
	}

	/** A long of 0.1 at 20100 stands, with its stop at 19899 and TP1 for 0.05 at 20703; everything agrees. */
	long(): void {
		this.minute(20_100);
		this.pass(2000);
		nodeAssert.deepEqual([this.position, this.trader.agreed, this.trader.engine.machine(SYMBOL).exiting], ["long 0.1", true, false]);
	}

	// ---- what the bot is told

	take(input: Input): void {
		this.trader.take(input, this.now);
		this.#drain();
	}

	execution(execution: Execution): void {
		this.take({ kind: "execution", execution });
	}

	order(order: OrderStatement): void {
		this.take({ kind: "order", order });
	}

	tellPosition(position: PositionStatement = this.shown.stated()): void {
		this.take({ kind: "position", position });
	}

	tellWallet(balance: number = usdtNumber(this.shown.balance)): void {
		this.take({ kind: "wallet", at: this.now, balance: roundUsdt(balance) });
	}

	line(up: boolean): void {
		this.take({ kind: "line", up });
	}

	// ---- calls

	/** Calls of these kinds wait for the story from now on. */
	hold(...kinds: Kind[]): void {
		for (const kind of kinds) this.held.add(kind);
	}

	/** From now on they are answered again; those that wait are answered now. */
	release(...kinds: Kind[]): void {
		for (const kind of kinds) this.held.delete(kind);
		this.#left.push(...this.#waiting.filter(({ kind }) => kinds.includes(kind)));
		this.#waiting = this.#waiting.filter(({ kind }) => !kinds.includes(kind));
		this.#drain();
	}

	/** The earliest call of the kind that waits: from here on the story's to answer. */
	asked<K extends Kind>(kind: K): CallOf<K> {
		const call = this.#waiting.find((waiting) => waiting.kind === kind);
		nodeAssert.ok(call !== undefined, `it has asked: ${kind}`);
		this.#waiting = this.#waiting.filter((waiting) => waiting !== call);
		return call as CallOf<K>; // found by its kind
	}

	waits(kind: Kind): number {
		return this.#waiting.filter((call) => call.kind === kind).length;
	}

	answer({ id }: Call, value: Answered = { kind: "done" }): void {
		this.take({ kind: "answer", answer: { id, ok: true, value } });
	}

	fail({ id, kind }: Call, fault: Partial<CallFault> & Pick<CallFault, "class">): void {
		this.take({ kind: "answer", answer: { id, ok: false, fault: { code: 0, reason: "said so", what: kind, ...fault } } });
	}

	// ---- what can be read

	/** As the bot believes: `long 0.1`, or `flat`. */
	get position(): string {
		const { direction, qty } = this.trader.engine.machine(SYMBOL).position;
		return qty === 0 ? "flat" : `${direction} ${grid.qtyNumber(qty)}`;
	}

	/** As the exchange has it, with its stop. */
	get really(): string {
		const { direction, qty } = this.shown.position;
		const { stop } = this.shown;
		return qty === 0 ? "flat" : `${direction} ${grid.qtyNumber(qty)} stop ${stop === undefined ? "none" : grid.priceNumber(stop)}`;
	}

	/** Orders that left: `entry buy 0.1`, `exit sell 0.1`, `target sell 0.05 at 20703`. */
	get placed(): string[] {
		return this.calls.flatMap((call) => (call.kind === "place" ? [orderText(call)] : []));
	}

	/** Notes of one kind. */
	said<W extends Note["what"]>(what: W): Extract<Note, { what: W }>[] {
		return this.notes.filter((note): note is Extract<Note, { what: W }> => note.what === what);
	}

	/** Names of the differences that were reported. */
	get differences(): string[] {
		return this.said("difference").map(({ name }) => name);
	}

	count(kind: Kind): number {
		return this.calls.filter((call) => call.kind === kind).length;
	}

	/** Everything agrees, to the cent. */
	assertAgrees(): void {
		nodeAssert.ok(this.trader.agreed, this.trader.oms.doubtOf(SYMBOL) ?? "the account is read in agreement");
		const { direction, qty } = this.shown.position;
		nodeAssert.equal(this.position, qty === 0 ? "flat" : `${direction} ${grid.qtyNumber(qty)}`);
		nodeAssert.equal(this.trader.engine.balance, this.shown.balance);
	}

	// ---- inside

	#newTrader(): Trader {
		const runs = [...this.#runs];
		const run = `r${runs.length + 1}`;
		this.#runs.push(run);
		return new Trader({
			settings: settings(run, this.#options),
			memory: this.paper,
			send: (call) => {
				this.calls.push(call);
				this.#left.push(call);
			},
			onNote: ({ note }) => this.notes.push(note),
			onStop: (why) => {
				this.stopped = why;
			},
			terms: { late: 7000, every: MINUTE, runs },
		});
	}

	/** Answers what left, and what that leads to, until nothing leaves any more. */
	#drain(): void {
		for (let call = this.#left.shift(); call !== undefined; call = this.#left.shift()) {
			if (this.held.has(call.kind)) this.#waiting.push(call);
			else this.#serve(call);
		}
	}

	#serve(call: Call): void {
		const { shown } = this;
		switch (call.kind) {
			case "place":
				return this.#place(call);
			case "amend": {
				const order = shown.orders.get(call.linkId);
				if (order === undefined) return this.fail(call, { class: "refused", code: 110001 });
				const { price = order.price, qty = order.qty, triggerPrice = order.triggerPrice } = call;
				this.order(shown.put({ ...order, price, qty, triggerPrice }));
				return this.answer(call);
			}
			case "cancel":
				if (!shown.open.some(({ linkId }) => linkId === call.linkId)) return this.fail(call, { class: "benign", code: 110001 });
				this.answer(call);
				return this.order(shown.end(call.linkId, "Cancelled", "CancelByUser"));
			case "protect":
				if (shown.position.qty === 0) return this.fail(call, { class: "refused", code: 10001 });
				shown.stop = call.stopLoss;
				return this.answer(call);
			case "find":
				return this.answer(call, shown.find(call.linkId));
			case "position":
				return this.answer(call, { kind: "position", position: shown.stated() });
			case "account":
				return this.answer(call, { kind: "account", account: shown.account(call.since) });
			case "ledger":
				return this.answer(call, shown.ledger(call.since));
		}
	}

	/** Accepted, and filled at the last price when it is at market. */
	#place(call: CallOf<"place">): void {
		const { order } = call;
		const { qty, direction } = this.shown.position;
		if (order.reduceOnly && (qty === 0 || order.side !== closing(direction)))
			return this.fail(call, { class: "refused", code: 110017, reason: "current position is zero, cannot fix reduce-only order qty" });
		this.shown.accept(order);
		this.answer(call);
		this.order(this.shown.order(order.linkId));
		if (order.type === "limit" || order.trigger !== undefined) return;
		this.execution(this.shown.fill(order.linkId, { price: this.last }));
		this.order(this.shown.order(order.linkId));
	}

	#candle(close: number) {
		return { openTime: this.now - MINUTE, open: close, high: close, low: close, close, volume: 1, turnover: close };
	}
}

function orderText({ order }: CallOf<"place">): string {
	const { reduceOnly, trigger, side, qty, price } = order;
	const purpose = !reduceOnly ? "entry" : trigger !== undefined ? "target" : "exit";
	const at = trigger?.price ?? price;
	return `${purpose} ${side} ${grid.qtyNumber(qty)}${at === undefined ? "" : ` at ${grid.priceNumber(at)}`}`;
}

export function settings(run: string, { entry, risk, afterTp1 = "keep", cooldown = 1, trailing }: RigOptions = {}): EngineSettings {
	const exit = { takeProfit: 0.03, fraction: 0.5, stop: 0.01 };
	assert(instrument.symbol === SYMBOL, "the rig trades its symbol");
	return {
		symbols: [
			{
				instrument,
				strategy: {
					name: "anchored-vwap",
					interval: "1",
					vwapSource: "ticker",
					anchor: {
						type: "price",
						price: 20_000,
						sessionStart: 0,
						time: undefined,
						lookback: 2,
						volumeMultiple: 3,
						rangeMultiple: 3,
						coldStart: "wait",
					},
					bands: { method: "std", length: 2, k: 0.01 },
					momentum: { lookback: 0 },
				},
				trade: {
					trigger: "close",
					entry: { order: "market", postOnly: false, repriceTicks: 1_000_000, timeout: 3_600_000, ...entry },
					exit: { long: exit, short: exit, afterTp1, trailing: trailing ?? { activation: 0, distance: undefined } },
					cooldown,
				},
				size: { mode: "fixed", value: 670 },
				leverage: 3,
			},
		],
		risk: {
			maxSymbolNotional: undefined,
			maxTotalNotional: undefined,
			maxLossPct: undefined,
			maxDrawdownPct: 15,
			maxErrors: 5,
			...risk,
		},
		guard: {
			maxSpreadPct: undefined,
			maxMovePct: undefined,
			moveWindowS: 60,
			staleS: 10,
			maxDivergencePct: undefined,
			minLiquidationDistancePct: undefined,
		},
		costs: { takerFee: 0.00055, makerFee: 0.0002, slippage: 0.0001 },
		marginMode: "isolated",
		baseInterval: "1",
		startAt: Number.NEGATIVE_INFINITY,
		run,
		balance: roundUsdt(10_000),
		narrate: false,
	};
}
