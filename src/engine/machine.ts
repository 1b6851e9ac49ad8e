// The position state machine of one symbol and strategy (spec §6): FLAT → ENTERING → OPEN → EXITING → COOLDOWN → FLAT. It decides and
// keeps the protection matched to the position; account, limits and guards are the desk's, which all symbols share. Here is what goes
// in and what can be read; evaluation, entry, protection, exit, fills and the venue's other answers are files of `internal/`.

import type { Fact } from "../account/facts.ts";
import { isFlat, type Position, unrealised } from "../account/position.ts";
import type { Candle, Columns } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Direction } from "../orders/side.ts";
import type { TradeRecorder } from "../report/trade.ts";
import { type GuardState, guardStates, safeRange } from "../risk/guards.ts";
import type { Strategy } from "../strategy/port.ts";
import type { Ms, Price, Qty } from "../units/unit.ts";
import type { Phase } from "./command.ts";
import type { Desk } from "./internal/desk.ts";
import { entryView, watchEntry } from "./internal/entry.ts";
import { evaluate } from "./internal/evaluation.ts";
import { closeAll, settleAtEnd, watchPosition } from "./internal/exit.ts";
import { onFact } from "./internal/facts.ts";
import { liquidationOf } from "./internal/liquidation.ts";
import { aim, cancelTakeProfit, trail } from "./internal/protection.ts";
import { restoreState, type SavedState, savedOf } from "./internal/saved.ts";
import { coinsOf, newState, phaseOf, type SymbolState } from "./internal/state.ts";
import type { SymbolSettings } from "./settings.ts";

export class Machine {
	readonly #state: SymbolState;

	constructor(settings: SymbolSettings, desk: Desk) {
		this.#state = newState(settings, desk);
	}

	// ---- what is

	get symbol(): string {
		return this.#state.symbol;
	}

	get phase(): Phase {
		return phaseOf(this.#state);
	}

	get position(): Position {
		return this.#state.position;
	}

	/** Coins held, signed. */
	get coins(): number {
		return coinsOf(this.#state);
	}

	get strategy(): Strategy {
		return this.#state.strategy;
	}

	get last(): number {
		return this.#state.last;
	}

	get recorder(): TradeRecorder | undefined {
		return this.#state.recorder;
	}

	get liquidation(): number | undefined {
		return this.#state.liquidation;
	}

	/** The latest candle's close that was judged; −∞ before the first. */
	get judgedAt(): Ms {
		return this.#state.episode.judgedAt;
	}

	/** The stop that the position should have at the venue. */
	get stop(): Price | undefined {
		return this.#state.protection.stop;
	}

	/** The target that stands, as its order should be. */
	get takeProfit(): { readonly linkId: string; readonly qty: Qty; readonly price: Price } | undefined {
		return this.#state.protection.takeProfit;
	}

	/** A closing order of ours is under way. */
	get exiting(): boolean {
		return this.#state.exit !== undefined;
	}

	/** The order that opens a position, while it is under way. */
	get entry():
		| { readonly linkId: string; readonly direction: Direction; readonly qty: Qty; readonly filled: Qty; readonly price: Price | undefined }
		| undefined {
		return this.#state.entry;
	}

	/** A person has closed it, and holds it back. */
	get isHeldBack(): boolean {
		return this.#state.held;
	}

	/** Every guard that an entry of this moment would pass. */
	guards(at: Ms): GuardState[] {
		return guardStates(entryView(this.#state, at), this.#state.desk.settings.guard);
	}

	/** USDT of notional held and asked for, at the last price. */
	get held(): number {
		const { position, last, entry, settings } = this.#state;
		const { grid } = settings.instrument;
		const held = isFlat(position) ? 0 : grid.qtyNumber(position.qty) * last;
		if (entry === undefined) return held;
		return held + grid.qtyNumber((entry.qty - entry.filled) as Qty) * entry.decidedAt; // what is left of an order
	}

	unrealised(): number {
		const { position, settings, last } = this.#state;
		return unrealised(position, settings.instrument.grid, last);
	}

	/** When a driver that skips quiet time must stop and show tickers: at every path point, or beyond a price. */
	interest(): { ticks: boolean; below: number; above: number } {
		const { settings, entry, retryExit, position, liquidation, desk } = this.#state;
		const { trigger, exit } = settings.trade;
		const open = !isFlat(position);
		const trails = open && exit.trailing.distance !== undefined;
		const ticks = trigger === "tick" || entry !== undefined || trails || retryExit !== undefined;
		return { ticks, ...safeRange(open ? liquidation : undefined, position.direction === "long", desk.settings.guard) };
	}

	// ---- what the market shows

	/** Base candles `[from, to)` have closed. */
	onBase(columns: Columns, from: number, to: number): void {
		const state = this.#state;
		state.last = columns.close[to - 1]!;
		state.window.pushCandles(columns, from, to);
		state.strategy.onBase(columns, from, to);
	}

	/** A signal candle has closed; it is evaluated at the first ticker from then on. */
	onClosed({ at, candle, late = false }: { at: Ms; candle: Candle; late?: boolean }): void {
		const state = this.#state;
		// No ticker came since the candle before: it is evaluated by what was known then, before this one is.
		if (state.due !== undefined) evaluate(state, { kind: "close", ...state.due });
		state.strategy.onCandle(candle, at);
		state.due = { at, close: candle.close, late };
	}

	onDoubt(why: string | undefined): void {
		this.#state.doubt = why;
	}

	/** Aims the target anew, where one is missing. */
	rebalance(at: Ms): void {
		const { position, protection, exit, retryExit, desk } = this.#state;
		if (isFlat(position) || protection.takeProfit !== undefined || exit !== undefined || retryExit !== undefined) return;
		if (desk.halted === undefined) aim(this.#state, at);
	}

	onFeed(stale: boolean): void {
		this.#state.stale = stale;
	}

	/** A due evaluation comes first, then what is open or rests is looked after, then the evaluation of the tick itself. */
	onTicker(at: Ms, ticker: Ticker): void {
		const state = this.#state;
		const { due } = state;
		state.ticker = ticker;
		state.last = ticker.last;
		state.window.pushPrice(at, ticker.last);
		state.strategy.onTicker(at, ticker);
		if (state.desk.settings.marginMode === "cross") state.liquidation = liquidationOf(state);
		const closes = due !== undefined && at >= due.at;
		if (closes) {
			state.due = undefined;
			evaluate(state, { kind: "close", ...due });
		}
		watchPosition(state, at);
		trail(state, at);
		watchEntry(state, at);
		if (!closes && state.settings.trade.trigger === "tick") evaluate(state, { kind: "tick", at, close: ticker.last, late: false });
	}

	// ---- what the venue tells, and the end

	onFact(fact: Extract<Fact, { symbol: string }>): void {
		onFact(this.#state, fact);
	}

	/** Everything of ours on this symbol is cancelled and closed at market. */
	flatten(at: Ms, why: string): void {
		this.#state.wish = undefined;
		cancelTakeProfit(this.#state, at);
		closeAll(this.#state, at, { reason: "guard", why });
	}

	/** The same of this symbol alone, by a person; nothing of it is opened until it is released. */
	closeAndHold(at: Ms, why: string): void {
		this.#state.held = true;
		this.flatten(at, why);
	}

	release(): void {
		this.#state.held = false;
	}

	// ---- what survives a restart

	saved(): SavedState {
		return savedOf(this.#state);
	}

	restore(saved: SavedState): void {
		restoreState(this.#state, saved);
		this.#state.liquidation = liquidationOf(this.#state);
	}

	/** The data ends: what is open is valued, and counts as a trade. */
	settle(at: Ms): void {
		settleAtEnd(this.#state, at);
	}
}
