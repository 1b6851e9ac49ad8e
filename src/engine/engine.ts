// The engine: one event in, commands out, synchronously and from its own state alone. The backtest, the paper run and the live bot differ
// only in who feeds it and who takes its commands. Symbols run side by side, each in its own machine; the account and the guards are shared.

import type { Fact } from "../account/facts.ts";
import { maintenanceMargin } from "../account/margin.ts";
import { isFlat } from "../account/position.ts";
import { linkIdOf } from "../orders/ids.ts";
import { signOf } from "../orders/side.ts";
import { EquityTrack } from "../risk/equity-track.ts";
import type { Exposure } from "../risk/review.ts";
import { assert } from "../std/assert.ts";
import { addUsdt, usdtNumber } from "../units/grid.ts";
import type { Ms, Usdt } from "../units/unit.ts";
import type { Command, Note } from "./command.ts";
import type { Event } from "./event.ts";
import type { Desk } from "./internal/desk.ts";
import type { SavedState } from "./internal/saved.ts";
import { Machine } from "./machine.ts";
import type { EngineSettings } from "./settings.ts";

/** Plain data. */
export type SavedEngine = {
	readonly balance: Usdt;
	readonly peak: number;
	readonly halted: string | undefined;
	readonly paused: boolean;
	readonly machines: Readonly<Record<string, SavedState>>;
};

export class Engine implements Desk {
	readonly settings: EngineSettings;
	readonly #machines = new Map<string, Machine>();
	readonly #track: EquityTrack;
	#balance: Usdt;
	#halted: string | undefined;
	#paused = false;
	#clockOff = false;
	#errors = 0;
	#sequence = 0;
	#commands: Command[] = [];
	#consumed = 0;

	constructor(settings: EngineSettings) {
		this.settings = settings;
		this.#balance = settings.balance;
		this.#track = new EquityTrack({
			start: Math.max(usdtNumber(settings.balance), settings.peak ?? 0),
			maxDrawdownPct: settings.risk.maxDrawdownPct,
			curve: settings.curve,
		});
		for (const symbol of settings.symbols) this.#machines.set(symbol.instrument.symbol, new Machine(symbol, this));
	}

	/** Takes one event to its end and returns what follows from it, in order. */
	handle(event: Event): readonly Command[] {
		this.#dispatch(event);
		const commands = this.#commands;
		if (commands.length > 0) this.#commands = [];
		return commands;
	}

	/** The data ends at `at` (the last candle's end): open positions are valued and counted, the trades come in notes. */
	closeBooks(at: Ms): readonly Command[] {
		for (const machine of this.#machines.values()) machine.settle(at);
		const commands = this.#commands;
		this.#commands = [];
		return commands;
	}

	// ---- what is

	machine(symbol: string): Machine {
		const machine = this.#machines.get(symbol);
		assert(machine !== undefined, `the engine trades the symbol it is told about, and not ${symbol}`);
		return machine;
	}

	machines(): Iterable<Machine> {
		return this.#machines.values();
	}

	get balance(): Usdt {
		return this.#balance;
	}

	get halted(): string | undefined {
		return this.#halted;
	}

	get paused(): boolean {
		return this.#paused;
	}

	get clockOff(): boolean {
		return this.#clockOff;
	}

	get peak(): number {
		return this.#track.peak;
	}

	/** Rows of the latest `candles` event that were taken: fewer than told when a guard tripped in between, the rest is to be told again. */
	get consumed(): number {
		return this.#consumed;
	}

	/** Wallet plus unrealised profit at last prices, USDT. */
	equity(): number {
		let equity = usdtNumber(this.#balance);
		for (const machine of this.#machines.values()) equity += machine.unrealised();
		return equity;
	}

	// ---- what survives a restart

	saved(): SavedEngine {
		const machines = Object.fromEntries([...this.#machines].map(([symbol, machine]) => [symbol, machine.saved()]));
		return { balance: this.#balance, peak: this.peak, halted: this.#halted, paused: this.#paused, machines };
	}

	/** Goes on where an earlier life of the bot ended; symbols that are no longer traded are left out. */
	restore(saved: SavedEngine): void {
		this.#balance = saved.balance;
		this.#track.recall(saved.peak);
		this.#paused = saved.paused;
		this.#halted = saved.halted;
		if (saved.halted !== undefined) this.#track.trip();
		for (const [symbol, state] of Object.entries(saved.machines)) this.#machines.get(symbol)?.restore(state);
	}

	// ---- the desk that machines share

	emit(command: Command): void {
		this.#commands.push(command);
	}

	credit(amount: Usdt): void {
		this.#balance = addUsdt(this.#balance, amount);
	}

	exposure(symbol: string): Exposure {
		let totalHeld = 0;
		for (const machine of this.#machines.values()) totalHeld += machine.held;
		return { symbolHeld: this.machine(symbol).held, totalHeld };
	}

	behind(symbol: string): number {
		const feeRate = this.settings.costs.takerFee;
		let sum = usdtNumber(this.#balance);
		for (const { instrument, leverage } of this.settings.symbols) {
			const machine = this.machine(instrument.symbol);
			if (machine.symbol === symbol) continue;
			sum += machine.unrealised() - maintenanceMargin(machine.position, instrument, { mark: machine.last, leverage, feeRate });
		}
		return sum;
	}

	nextLinkId(symbol: string): string {
		return linkIdOf(this.settings.run, symbol, ++this.#sequence);
	}

	wouldBreak(balance: number): boolean {
		return this.#track.wouldBreak(balance);
	}

	/** Flatten, tell, stop: nothing is opened until a person resumes. */
	trip(guard: string, why: string, at: Ms): void {
		if (this.#halted !== undefined) return;
		this.#halted = `${guard}: ${why}`;
		this.#track.trip();
		this.#tell(at, { what: "tripped", guard, why });
		for (const machine of this.#machines.values()) machine.flatten(at, why);
	}

	// ---- events

	#dispatch(event: Event): void {
		switch (event.kind) {
			case "ticker":
				return this.machine(event.symbol).onTicker(event.at, event.ticker);
			case "candles":
				return this.#onCandles(event);
			case "closed":
				return this.machine(event.symbol).onClosed(event);
			case "history":
				event.candles.forEach((candle, i) => {
					this.machine(event.symbol).strategy.onCandle(candle, event.closeTimes[i] ?? event.at);
				});
				return;
			case "reference":
				return this.machine(event.symbol).strategy.rebuild(event.anchor, event);
			case "feed":
				return this.machine(event.symbol).onFeed(event.stale);
			case "transferred":
				this.credit(event.amount);
				return this.#track.shift(usdtNumber(event.amount));
			case "doubt":
				return this.machine(event.symbol).onDoubt(event.why);
			case "rebalance":
				return this.machine(event.symbol).rebalance(event.at);
			case "clock":
				this.#clockOff = event.off;
				return;
			case "call":
				return this.#onCall(event);
			case "operator":
				return this.#onOperator(event);
			case "wallet":
				this.#balance = event.balance;
				return;
			default:
				return this.#onFact(event);
		}
	}

	#onFact(fact: Extract<Fact, { symbol: string }>): void {
		this.machine(fact.symbol).onFact(fact);
	}

	/** Equity is taken at each close, before an evaluation at the same instant. */
	#onCandles(event: Extract<Event, { kind: "candles" }>): void {
		const { columns, from, to, symbol } = event;
		const machine = this.machine(symbol);
		let others = 0;
		for (const other of this.#machines.values()) if (other !== machine) others += other.unrealised();
		const { position } = machine;
		const { grid } = this.#settingsOf(symbol).instrument;
		const sign = isFlat(position) ? 0 : signOf(position.direction);
		const line = { wallet: usdtNumber(this.#balance), others, sign, qty: grid.qtyNumber(position.qty), cost: usdtNumber(position.cost) };
		const wasTripped = this.#track.tripped;
		const stopped = this.#track.advance(columns.close, from, to, line);
		const taken = stopped < to ? stopped + 1 : to;
		this.#consumed = taken - from;
		machine.onBase(columns, from, taken);
		if (wasTripped || !this.#track.tripped) return;
		const at = taken === to ? event.at : columns.openTime[taken]!;
		this.trip(
			"drawdown",
			`equity ${this.equity().toFixed(2)} is ${this.settings.risk.maxDrawdownPct} % or more below its peak ${this.peak.toFixed(2)}`,
			at,
		);
	}

	#settingsOf(symbol: string): EngineSettings["symbols"][number] {
		const settings = this.settings.symbols.find(({ instrument }) => instrument.symbol === symbol);
		assert(settings !== undefined, `the engine trades the symbol it is told about, and not ${symbol}`);
		return settings;
	}

	#onCall({ at, ok, fatal, what }: Extract<Event, { kind: "call" }>): void {
		if (ok) {
			this.#errors = 0;
			return;
		}
		this.#errors++;
		const { maxErrors } = this.settings.risk;
		if (fatal) this.trip("fatal", what, at);
		else if (maxErrors !== undefined && this.#errors >= maxErrors)
			this.trip("error streak", `${this.#errors} failed calls in a row, the last: ${what}`, at);
	}

	#onOperator(event: Extract<Event, { kind: "operator" }>): void {
		const { at, wish } = event;
		if (wish === "pause") {
			this.#paused = true;
			this.#tell(at, { what: "paused", only: undefined });
		} else if (wish === "close") {
			this.#tell(at, { what: "paused", only: event.symbol });
			this.machine(event.symbol).closeAndHold(at, "the operator wants it closed");
		} else if (wish === "flatten") {
			const why = "the operator wants everything closed";
			if (this.#halted === undefined) this.trip("operator", why, at);
			else for (const machine of this.#machines.values()) machine.flatten(at, why);
		} else {
			this.#paused = false;
			this.#errors = 0;
			for (const machine of this.#machines.values()) machine.release();
			if (this.#halted !== undefined) this.#track.resume(this.equity());
			this.#halted = undefined;
			this.#tell(at, { what: "resumed" });
		}
	}

	/** What is said of the whole account stands under the first symbol. */
	#tell(at: Ms, note: Note): void {
		const [first] = this.#machines.values();
		this.emit({ kind: "note", at, symbol: first?.symbol ?? "", note, cash: this.#balance, coin: first?.coins ?? 0 });
	}
}
