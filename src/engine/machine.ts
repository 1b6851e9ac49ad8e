// The position state machine of one symbol and strategy (spec §6): FLAT → ENTERING → OPEN → EXITING → COOLDOWN → FLAT. It decides and
// keeps the protection matched to the position; account, limits and guards are the desk's, which all symbols share.

import type { Fact } from "../account/facts.ts";
import { crossLiquidation, isolatedLiquidation } from "../account/margin.ts";
import { applyFill, FLAT, isFlat, type Position, unrealised } from "../account/position.ts";
import type { Columns } from "../market/candle.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Fill } from "../orders/fill.ts";
import type { OrderRequest } from "../orders/order.ts";
import { closing, type Direction, opening, signOf } from "../orders/side.ts";
import { type ExitReason, TradeRecorder } from "../report/trade.ts";
import { closedGuard, dangerOf, safeRange } from "../risk/guards.ts";
import { type Exposure, review } from "../risk/review.ts";
import { expectation, sizeEntry } from "../risk/size.ts";
import { assert } from "../std/assert.ts";
import type { Signal, Strategy } from "../strategy/port.ts";
import { makeStrategy } from "../strategy/registry.ts";
import { addUsdt, negate, scaleUsdt, usdtNumber } from "../units/grid.ts";
import type { Ms, Price, Qty } from "../units/unit.ts";
import type { Note, Phase, Purpose } from "./command.ts";
import type { Desk } from "./internal/desk.ts";
import { MoveWindow } from "./internal/move-window.ts";
import { breakEvenLevel, nearer, stopLevel, takeProfitLevel, trailingLevel } from "./levels.ts";
import type { ExitSettings, SymbolSettings } from "./settings.ts";

type Entry = {
	linkId: string;
	direction: Direction;
	qty: Qty;
	filled: Qty;
	price: Price | undefined;
	decidedAt: number;
	placedAt: Ms;
	signalAt: Ms;
	cancelling: boolean;
};
type Exit = { linkId: string; reason: ExitReason; byEvaluation: number | undefined; decidedAt: number };
type TakeProfit = { linkId: string; qty: Qty; price: Price; decidedAt: number };

/** Trigger price already passed when the order arrived. */
const ALREADY_PASSED = [110092, 110093];
const STOP_UNCHANGED = 34040;

export class Machine {
	readonly symbol: string;
	readonly #settings: SymbolSettings;
	readonly #desk: Desk;
	readonly #strategy: Strategy;
	readonly #window: MoveWindow;
	#ticker: Ticker | undefined;
	#last = Number.NaN;
	#stale = false;
	/** A closed signal candle whose evaluation waits for the first ticker at or after its close. */
	#due: { at: Ms; close: number } | undefined;
	#evaluation = -1;
	#direction: 1 | -1 | 0 = 0;
	#used = false;
	/** The evaluation at which the last position ended. */
	#endedAt = Number.NEGATIVE_INFINITY;
	/** A signal that came while something had to be closed or cancelled first. */
	#wish: { signal: Signal; at: Ms } | undefined;
	#position: Position = FLAT;
	#liquidation: number | undefined;
	#recorder: TradeRecorder | undefined;
	#entry: Entry | undefined;
	#exit: Exit | undefined;
	#retryExit: { reason: ExitReason; why: string } | undefined;
	#takeProfit: TakeProfit | undefined;
	#tookProfit = false;
	/** The stop that follows from the entry (or break-even), the one wanted now, and what the venue holds. */
	#fixedStop: Price | undefined;
	#stop: Price | undefined;
	#venueStop: Price | undefined;
	#trails = false;
	#best = Number.NaN;

	constructor(settings: SymbolSettings, desk: Desk) {
		this.symbol = settings.instrument.symbol;
		this.#settings = settings;
		this.#desk = desk;
		this.#strategy = makeStrategy(settings.strategy);
		this.#window = new MoveWindow(desk.settings.guard.moveWindowS * 1000, desk.settings.baseInterval);
	}

	// ---- what is

	get phase(): Phase {
		if (this.#exit !== undefined) return "exiting";
		if (!isFlat(this.#position)) return "open";
		if (this.#entry !== undefined) return "entering";
		return this.#evaluation + 1 < this.#endedAt + this.#settings.trade.cooldown ? "cooldown" : "flat";
	}

	get position(): Position {
		return this.#position;
	}

	get strategy(): Strategy {
		return this.#strategy;
	}

	get last(): number {
		return this.#last;
	}

	get recorder(): TradeRecorder | undefined {
		return this.#recorder;
	}

	get liquidation(): number | undefined {
		return this.#liquidation;
	}

	get stop(): Price | undefined {
		return this.#stop;
	}

	/** USDT of notional held and asked for, at the last price. */
	get held(): number {
		const { grid } = this.#settings.instrument;
		const held = grid.qtyNumber(this.#position.qty) * (isFlat(this.#position) ? 0 : this.#last);
		const entry = this.#entry;
		if (entry === undefined) return held;
		return held + grid.qtyNumber((entry.qty - entry.filled) as Qty) * entry.decidedAt; // what is left of an order
	}

	unrealised(): number {
		return unrealised(this.#position, this.#settings.instrument.grid, this.#last);
	}

	/** When a driver that skips quiet time must stop and show tickers: at every path point, or beyond a price. */
	interest(): { ticks: boolean; below: number; above: number } {
		const { trade } = this.#settings;
		const open = !isFlat(this.#position);
		const ticks =
			trade.trigger === "tick" ||
			this.#entry !== undefined ||
			(open && trade.exit.trailing.distance !== undefined) ||
			this.#retryExit !== undefined;
		return { ticks, ...safeRange(open ? this.#liquidation : undefined, this.#position.direction === "long", this.#desk.settings.guard) };
	}

	// ---- what the market shows

	onBase(columns: Columns, from: number, to: number): void {
		this.#last = columns.close[to - 1]!;
		this.#window.pushCandles(columns, from, to);
		this.#strategy.onBase(columns, from, to);
	}

	onClosed(event: { at: Ms; candle: Parameters<Strategy["onCandle"]>[0] }): void {
		this.#strategy.onCandle(event.candle, event.at);
		this.#due = { at: event.at, close: event.candle.close };
	}

	onFeed(stale: boolean): void {
		this.#stale = stale;
	}

	onTicker(at: Ms, ticker: Ticker): void {
		this.#ticker = ticker;
		this.#last = ticker.last;
		this.#window.pushPrice(at, ticker.last);
		this.#strategy.onTicker(at, ticker);
		const due = this.#due;
		const closes = due !== undefined && at >= due.at;
		if (closes) {
			this.#due = undefined;
			this.#evaluate("close", due.at, due.close);
		}
		this.#watchPosition(at);
		this.#watchEntry(at);
		if (!closes && this.#settings.trade.trigger === "tick") this.#evaluate("tick", at, ticker.last);
	}

	// ---- the evaluation

	#evaluate(kind: "close" | "tick", at: Ms, price: number): void {
		if (kind === "close") this.#evaluation++;
		this.#wish = undefined;
		const signal = this.#strategy.evaluate(at, price, kind);
		if (signal.direction !== this.#direction) {
			this.#direction = signal.direction;
			this.#used = false;
		}
		if (this.#desk.settings.narrate && kind === "close") this.#note(at, { what: "evaluated", signal, phase: this.phase });
		const entry = this.#entry;
		const leaves = entry !== undefined && signal.direction !== signOf(entry.direction);
		if (leaves) this.#cancelEntry(at, "the signal has left");
		const opposes = !isFlat(this.#position) && signal.direction === -signOf(this.#position.direction);
		if (opposes) this.#close(at, "opposite_signal", signal.why, this.#evaluation);
		if (signal.direction === 0) return;
		if (leaves || opposes) this.#wish = { signal, at };
		else if (isFlat(this.#position) && entry === undefined && this.#exit === undefined) this.#tryEnter(at, signal);
	}

	/** Enters on the signal of the evaluation at `at`, if everything allows; the order is sent `now`, later when something had to be closed first. */
	#tryEnter(at: Ms, signal: Signal, now: Ms = at): void {
		const { trade, size, instrument, leverage } = this.#settings;
		if (this.#used || signal.direction === 0 || this.#evaluation < this.#endedAt + trade.cooldown) return;
		const desk = this.#desk;
		const { risk, costs } = desk.settings;
		const guard = this.#closedGuard(at);
		if (guard !== undefined) {
			if (guard.name !== "start") this.#note(at, { what: "skipped", why: guard.why, guard: guard.name, signal });
			return;
		}
		const direction: Direction = signal.direction === 1 ? "long" : "short";
		const exits = trade.exit[direction];
		const exposure = desk.exposure(this.symbol);
		const inputs = { price: signal.price, balance: usdtNumber(desk.balance), leverage, stop: exits.stop, ...exposure };
		const sized = sizeEntry(inputs, { size, risk, costs, instrument });
		if (!sized.ok) {
			this.#note(at, { what: "skipped", why: sized.why, signal });
			return;
		}
		if (desk.wouldBreak(inputs.balance - sized.plannedLoss)) {
			desk.trip("drawdown", `an entry that may lose ${sized.plannedLoss.toFixed(2)} USDT would break max_drawdown_pct`, at);
			return;
		}
		const { grid } = instrument;
		const stop = stopLevel(signal.price, direction, exits.stop, grid);
		const limit = trade.entry.order === "limit" ? this.#bestPrice(direction) : undefined;
		const order: OrderRequest = {
			linkId: desk.nextLinkId(this.symbol),
			symbol: this.symbol,
			side: opening(direction),
			type: limit === undefined ? "market" : "limit",
			qty: sized.qty,
			price: limit,
			timeInForce: limit === undefined ? "IOC" : trade.entry.postOnly ? "PostOnly" : "GTC",
			reduceOnly: false,
			stopLoss: stop,
		};
		this.#used = true;
		this.#entry = {
			linkId: order.linkId,
			direction,
			qty: sized.qty,
			filled: 0 as Qty,
			price: limit,
			decidedAt: signal.price,
			placedAt: now,
			signalAt: at,
			cancelling: false,
		};
		this.#venueStop = stop;
		this.#note(at, {
			what: "entering",
			direction,
			qty: grid.qtyNumber(sized.qty),
			price: signal.price,
			stop: grid.priceNumber(stop),
			bound: sized.bound,
			...expectation(sized.notional, exits, costs),
			signal,
		});
		this.#place(now, order, "entry", signal.price, exposure);
	}

	#closedGuard(at: Ms): ReturnType<typeof closedGuard> {
		const { halted, paused, clockOff, settings } = this.#desk;
		const view = {
			halted,
			paused,
			clockOff,
			stale: this.#stale,
			beforeStart: at < settings.startAt,
			ticker: this.#ticker,
			range: this.#window.range(at),
		};
		return closedGuard(view, settings.guard);
	}

	/** The best bid for a long, the best ask for a short; without a quote, the last price on the grid. */
	#bestPrice(direction: Direction): Price {
		const { grid } = this.#settings.instrument;
		if (direction === "long") return grid.floorToTick(this.#ticker?.bid ?? this.#last);
		return grid.ceilToTick(this.#ticker?.ask ?? this.#last);
	}

	// ---- while something rests or is open

	#watchEntry(at: Ms): void {
		const entry = this.#entry;
		if (entry === undefined || entry.price === undefined || entry.cancelling) return;
		const { trade } = this.#settings;
		if (at - entry.placedAt >= trade.entry.timeout) return this.#cancelEntry(at, "entry.timeout_s has passed");
		const guard = this.#closedGuard(at);
		if (guard !== undefined) return this.#cancelEntry(at, guard.why);
		const best = this.#bestPrice(entry.direction);
		if (Math.abs(best - entry.price) < trade.entry.repriceTicks) return;
		entry.price = best;
		this.#desk.emit({ kind: "amend", at, symbol: this.symbol, linkId: entry.linkId, price: best });
	}

	#watchPosition(at: Ms): void {
		if (isFlat(this.#position) || this.#ticker === undefined || this.#exit !== undefined) return;
		if (this.#retryExit !== undefined) return this.#close(at, this.#retryExit.reason, this.#retryExit.why, undefined);
		const danger = dangerOf({ last: this.#last, mark: this.#ticker.mark, liquidation: this.#liquidation }, this.#desk.settings.guard);
		if (danger !== undefined) return this.#close(at, "guard", danger, undefined);
		this.#trail(at);
	}

	#trail(at: Ms): void {
		const { trailing } = this.#settings.trade.exit;
		const { direction } = this.#position;
		const entry = this.#recorder?.entryPrice;
		if (trailing.distance === undefined || entry === undefined || this.#fixedStop === undefined) return;
		if (Number.isNaN(this.#best) || signOf(direction) * (this.#last - this.#best) > 0) this.#best = this.#last;
		const level = trailingLevel(
			entry,
			direction,
			this.#best,
			{ activation: trailing.activation, distance: trailing.distance },
			this.#settings.instrument.grid,
		);
		if (level === undefined) return;
		const stop = nearer(direction, level, this.#stop ?? this.#fixedStop);
		if (stop === this.#stop) return;
		this.#trails = true;
		this.#protect(at, stop);
	}

	/** Closes all that is left at market. */
	#close(at: Ms, reason: ExitReason, why: string, byEvaluation: number | undefined): void {
		if (this.#entry !== undefined) this.#cancelEntry(at, why);
		if (isFlat(this.#position) || this.#exit !== undefined) return;
		this.#retryExit = undefined;
		const linkId = this.#desk.nextLinkId(this.symbol);
		const { direction, qty } = this.#position;
		this.#exit = { linkId, reason, byEvaluation, decidedAt: this.#last };
		this.#note(at, { what: "exiting", reason, why, qty: this.#settings.instrument.grid.qtyNumber(qty) });
		const order: OrderRequest = {
			linkId,
			symbol: this.symbol,
			side: closing(direction),
			type: "market",
			qty,
			timeInForce: "IOC",
			reduceOnly: true,
		};
		this.#place(at, order, "exit", this.#last);
	}

	/** Everything of ours on this symbol is cancelled and closed at market. */
	flatten(at: Ms, why: string): void {
		this.#wish = undefined;
		this.#close(at, "guard", why, undefined);
	}

	/** The data ends: what is open is valued at exactly the last close, pays the taker fee, and counts as a trade (spec §9). */
	settle(at: Ms): void {
		const recorder = this.#recorder;
		if (isFlat(this.#position) || recorder === undefined) return;
		const { grid } = this.#settings.instrument;
		const { qty, cost, direction } = this.#position;
		const value = grid.valueAt(qty, this.#last);
		const gross = direction === "long" ? addUsdt(value, negate(cost)) : addUsdt(cost, negate(value));
		const fee = scaleUsdt(value, this.#desk.settings.costs.takerFee);
		this.#desk.credit(addUsdt(gross, negate(fee)));
		recorder.settled({ at, price: this.#last, qty: grid.qtyNumber(qty), gross, fee });
		this.#position = FLAT;
		this.#note(at, { what: "flat", trade: recorder.finish(this.#desk.balance) });
		this.#recorder = undefined;
	}

	#cancelEntry(at: Ms, why: string): void {
		const entry = this.#entry;
		if (entry === undefined || entry.cancelling) return;
		entry.cancelling = true;
		this.#note(at, { what: "cancelling", why });
		this.#desk.emit({ kind: "cancel", at, symbol: this.symbol, linkId: entry.linkId });
	}

	// ---- what the venue tells

	onFact(fact: Extract<Fact, { symbol: string }>): void {
		switch (fact.kind) {
			case "filled":
				return this.#filled(fact.at, fact.fill);
			case "ended":
				return this.#ended(fact.at, fact.linkId, fact.reason);
			case "refused":
				return this.#refused(fact);
			case "funded":
				this.#desk.credit(negate(fact.amount));
				this.#recorder?.funded(fact.amount);
				return;
			case "protected":
				this.#venueStop = fact.stopLoss;
				return;
			case "unprotected":
				if (fact.code === STOP_UNCHANGED || isFlat(this.#position)) return;
				return this.#close(fact.at, "stop_loss", `the venue refused the stop (${fact.code} ${fact.reason})`, undefined);
			case "amended":
				if (this.#entry?.linkId === fact.linkId) this.#entry.price = fact.price;
				return;
			case "accepted":
				return;
		}
	}

	#filled(at: Ms, told: Fill): void {
		const desk = this.#desk;
		const { grid } = this.#settings.instrument;
		const before = desk.balance;
		const wasFlat = isFlat(this.#position);
		const change = applyFill(this.#position, told, grid);
		// What it realised follows from our own position: not every message of the venue states it.
		const fill: Fill = { ...told, closedQty: change.closedQty, realised: change.realised };
		this.#position = change.position;
		desk.credit(addUsdt(fill.realised, negate(fill.fee)));
		this.#reliquidate();
		if (change.closedQty > 0) return this.#reduced(at, fill);
		const entry = this.#entry?.linkId === fill.linkId ? this.#entry : undefined;
		const { direction } = this.#position;
		if (wasFlat || this.#recorder === undefined)
			this.#recorder = new TradeRecorder({ symbol: this.symbol, direction, signalAt: entry?.signalAt ?? at, grid, balance: before });
		this.#recorder.entered(fill, entry?.decidedAt ?? Number.NaN);
		this.#note(at, {
			what: "entered",
			direction,
			qty: grid.qtyNumber(fill.qty),
			price: grid.priceNumber(fill.price),
			balance: desk.balance,
		});
		if (entry !== undefined) {
			entry.filled = (entry.filled + fill.qty) as Qty; // both are steps of one order
			if (fill.leaves === 0) this.#entry = undefined;
		}
		this.#rebalance(at);
	}

	/** Stop and target are made to match what the entry has filled so far. */
	#rebalance(at: Ms): void {
		const { grid } = this.#settings.instrument;
		const { direction } = this.#position;
		const entry = this.#recorder?.entryPrice;
		assert(entry !== undefined, "a position has a trade that records it");
		const exits = this.#settings.trade.exit[direction];
		this.#fixedStop = stopLevel(entry, direction, exits.stop, grid);
		this.#protect(at, this.#fixedStop);
		this.#aim(at, entry, exits);
		const takeProfit = this.#takeProfit === undefined ? undefined : grid.priceNumber(this.#takeProfit.price);
		this.#note(at, { what: "protected", stop: grid.priceNumber(this.#fixedStop), takeProfit, why: "filled" });
	}

	/** TP1 for its fraction of what has filled; none below the minimum quantity. */
	#aim(at: Ms, entry: number, exits: ExitSettings): void {
		const { grid, minQty } = this.#settings.instrument;
		const { direction } = this.#position;
		const qty = grid.floorFraction(this.#recorder?.filled ?? (0 as Qty), exits.fraction);
		const price = takeProfitLevel(entry, direction, exits.takeProfit, grid);
		if (qty < minQty) {
			this.#note(at, { what: "noTp1", why: `${grid.formatQty(qty)} is below the minimum quantity ${grid.formatQty(minQty)}` });
			return;
		}
		const standing = this.#takeProfit;
		if (standing !== undefined) {
			if (standing.qty === qty && standing.price === price) return;
			standing.qty = qty;
			standing.price = price;
			standing.decidedAt = grid.priceNumber(price);
			this.#desk.emit({ kind: "amend", at, symbol: this.symbol, linkId: standing.linkId, qty, triggerPrice: price });
			return;
		}
		const linkId = this.#desk.nextLinkId(this.symbol);
		this.#takeProfit = { linkId, qty, price, decidedAt: grid.priceNumber(price) };
		const trigger = { price, direction: direction === "long" ? "rise" : "fall", by: "last" } as const;
		const order: OrderRequest = {
			linkId,
			symbol: this.symbol,
			side: closing(direction),
			type: "market",
			qty,
			timeInForce: "IOC",
			reduceOnly: true,
			trigger,
		};
		this.#place(at, order, "take_profit", this.#last);
	}

	#protect(at: Ms, stop: Price): void {
		this.#stop = stop;
		if (this.#venueStop === stop) return;
		this.#venueStop = stop;
		this.#desk.emit({ kind: "protect", at, symbol: this.symbol, stopLoss: stop });
	}

	#reduced(at: Ms, fill: Fill): void {
		const { reason, decidedAt, byEvaluation } = this.#explain(fill);
		const recorder = this.#recorder;
		assert(recorder !== undefined, "a fill that closes belongs to a trade");
		recorder.exited(fill, reason, decidedAt);
		const { grid } = this.#settings.instrument;
		const cost = usdtNumber(addUsdt(fill.value, negate(fill.realised))); // long: value − gain; near enough for a return in %
		this.#note(at, {
			what: "exited",
			reason,
			qty: grid.qtyNumber(fill.qty),
			price: grid.priceNumber(fill.price),
			realised: fill.realised,
			returnPct: (usdtNumber(fill.realised) / cost) * 100,
			balance: this.#desk.balance,
			left: grid.qtyNumber(this.#position.qty),
		});
		if (isFlat(this.#position)) return this.#finish(at, byEvaluation);
		if (reason === "take_profit") this.#afterTakeProfit(at, fill);
	}

	#explain(fill: Fill): { reason: ExitReason; decidedAt: number; byEvaluation: number | undefined } {
		const none = { byEvaluation: undefined };
		const { grid } = this.#settings.instrument;
		const stop = this.#stop === undefined ? Number.NaN : grid.priceNumber(this.#stop);
		if (fill.cause === "stopLoss" || fill.cause === "trailingStop")
			return { reason: this.#trails ? "trailing_stop" : "stop_loss", decidedAt: stop, ...none };
		if (fill.cause === "liquidation" || fill.cause === "adl")
			return { reason: "liquidation", decidedAt: this.#liquidation ?? Number.NaN, ...none };
		if (fill.cause === "takeProfit" || this.#takeProfit?.linkId === fill.linkId)
			return { reason: "take_profit", decidedAt: this.#takeProfit?.decidedAt ?? Number.NaN, ...none };
		if (this.#exit?.linkId === fill.linkId) return this.#exit;
		return { reason: "guard", decidedAt: Number.NaN, ...none }; // somebody else closed it
	}

	#afterTakeProfit(at: Ms, fill: Fill): void {
		if (fill.leaves > 0 || this.#tookProfit) return;
		this.#tookProfit = true;
		this.#takeProfit = undefined;
		const { trade, instrument } = this.#settings;
		const entry = this.#recorder?.entryPrice;
		if (trade.exit.afterTp1 !== "breakeven" || entry === undefined) return;
		const { direction } = this.#position;
		this.#fixedStop = breakEvenLevel(entry, direction, instrument.grid);
		const stop = nearer(direction, this.#fixedStop, this.#stop ?? this.#fixedStop);
		if (stop === this.#fixedStop) this.#trails = false;
		this.#protect(at, stop);
		this.#note(at, { what: "protected", stop: instrument.grid.priceNumber(stop), takeProfit: undefined, why: "break-even after TP1" });
	}

	#finish(at: Ms, byEvaluation: number | undefined): void {
		this.#endedAt = byEvaluation ?? this.#evaluation + 1;
		const trade = this.#recorder?.finish(this.#desk.balance);
		for (const linkId of [this.#takeProfit?.linkId, this.#entry?.linkId])
			if (linkId !== undefined && !(linkId === this.#entry?.linkId && this.#entry.cancelling))
				this.#desk.emit({ kind: "cancel", at, symbol: this.symbol, linkId });
		if (this.#entry !== undefined) this.#entry.cancelling = true;
		this.#recorder = undefined;
		this.#exit = undefined;
		this.#retryExit = undefined;
		this.#takeProfit = undefined;
		this.#tookProfit = false;
		this.#fixedStop = undefined;
		this.#stop = undefined;
		this.#venueStop = undefined;
		this.#trails = false;
		this.#best = Number.NaN;
		if (trade !== undefined) this.#note(at, { what: "flat", trade });
		this.#note(at, { what: "state", phase: this.phase });
		this.#grant(at);
	}

	/** A signal that had to wait until something was closed may enter now, if its evaluation is still the latest and cool-down allows. */
	#grant(now: Ms): void {
		const wish = this.#wish;
		if (wish === undefined || !isFlat(this.#position) || this.#entry !== undefined) return;
		this.#wish = undefined;
		this.#tryEnter(wish.at, wish.signal, now);
	}

	#ended(at: Ms, linkId: string, reason: string): void {
		if (this.#entry?.linkId === linkId) {
			this.#entry = undefined;
			if (!isFlat(this.#position)) return;
			this.#note(at, { what: "unfilled", why: reason });
			return this.#grant(at);
		}
		if (this.#exit?.linkId === linkId) {
			const { reason: why } = this.#exit;
			this.#exit = undefined;
			if (!isFlat(this.#position)) this.#retryExit = { reason: why, why: `the closing order ended: ${reason}` };
		}
		if (this.#takeProfit?.linkId === linkId) this.#takeProfit = undefined;
	}

	#refused(fact: Extract<Fact, { kind: "refused" }>): void {
		const { at, linkId, code, reason } = fact;
		const purpose: Purpose | undefined =
			this.#entry?.linkId === linkId
				? "entry"
				: this.#exit?.linkId === linkId
					? "exit"
					: this.#takeProfit?.linkId === linkId
						? "take_profit"
						: undefined;
		if (purpose === undefined) return;
		this.#note(at, { what: "refused", purpose, code, why: reason });
		const target = this.#takeProfit;
		this.#ended(at, linkId, reason);
		if (purpose !== "take_profit" || target === undefined || !ALREADY_PASSED.includes(code) || isFlat(this.#position)) return;
		// The price has already passed TP1: take it at market.
		const again = this.#desk.nextLinkId(this.symbol);
		this.#takeProfit = { ...target, linkId: again };
		const order: OrderRequest = {
			linkId: again,
			symbol: this.symbol,
			side: closing(this.#position.direction),
			type: "market",
			qty: target.qty,
			timeInForce: "IOC",
			reduceOnly: true,
		};
		this.#place(at, order, "take_profit", this.#last);
	}

	// ---- small things

	#place(at: Ms, order: OrderRequest, purpose: Purpose, price: number, exposure: Exposure = { symbolHeld: 0, totalHeld: 0 }): void {
		const approved = review(order, price, exposure, { risk: this.#desk.settings.risk, instrument: this.#settings.instrument });
		assert(approved.ok, `a sized order passes the review: ${approved.ok ? "" : approved.error}`);
		this.#desk.emit({ kind: "place", at, symbol: this.symbol, order: approved.value, purpose });
	}

	#reliquidate(): void {
		const { instrument, leverage } = this.#settings;
		const position = this.#position;
		if (isFlat(position)) this.#liquidation = undefined;
		else if (this.#desk.settings.marginMode === "isolated") this.#liquidation = isolatedLiquidation(position, instrument, leverage);
		else this.#liquidation = crossLiquidation(position, instrument, usdtNumber(this.#desk.balance));
	}

	#note(at: Ms, note: Note): void {
		this.#desk.emit({ kind: "note", at, symbol: this.symbol, note });
	}
}
