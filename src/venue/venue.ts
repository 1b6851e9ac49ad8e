// The exchange's rules in process: accept, match, charge, settle, liquidate (spec §9). One account, many symbols. It serves the
// backtest, the paper run and the simulated exchange; it knows nothing of wires, files or clocks: time comes with each call.
// A price is moved by `open` and `advance`; what follows is told through `drain`. Fill rules are in the comments beside their lines.

import {
	bankruptcyPrice,
	crossLiquidation,
	initialMargin,
	isolatedLiquidation,
	type MarginMode,
	maintenanceMargin,
	orderCost,
} from "../account/margin.ts";
import { applyFill, FLAT, isFlat, type Position, unrealised } from "../account/position.ts";
import type { Instrument } from "../market/instrument.ts";
import { tierOf } from "../market/instrument.ts";
import type { FillCause } from "../orders/fill.ts";
import { isOpen, type OrderRequest } from "../orders/order.ts";
import { closing, directionOf, opening, type Side } from "../orders/side.ts";
import { assert } from "../std/assert.ts";
import { err, ok, type Result } from "../std/result.ts";
import { addUsdt, minusQty, NO_QTY, NO_USDT, negate, plusQty, scaleUsdt, shiftPrice, usdtNumber } from "../units/grid.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";
import type { CreateType, VenueEvent, VenueOrder } from "./event.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";

export type VenueTerms = {
	readonly takerFee: number;
	readonly makerFee: number;
	/** A market fill is this fraction worse than the price that triggered it. */
	readonly slippage: number;
	readonly marginMode: MarginMode;
	readonly balance: Usdt;
	/** Leverage of a symbol until set-leverage says otherwise. */
	readonly leverage: number;
	/** Names this run in order and execution ids; digits and a–f. */
	readonly idPrefix?: string;
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Order = Mutable<VenueOrder>;

/** The state of one symbol. */
type Market = {
	readonly instrument: Instrument;
	/** Last traded price; NaN until the first candle opens. Mark and index follow it. */
	last: number;
	/** Between candles nothing trades: market orders wait for the next open. */
	trading: boolean;
	/** The price stands at a candle's open and has not moved since: resting orders that the jump betters fill there. */
	jumped: boolean;
	/** Post-only orders accepted between candles: they arrive at the next open, and are turned away if it has passed their price. */
	arriving: Order[];
	position: Position;
	leverage: number;
	/** Live orders in the order of their arrival; the position's own stop is one of them. */
	orders: Order[];
	/** Where the position is liquidated; NaN when flat. Kept, not recomputed at each tick. */
	liquidation: number;
	realised: Usdt;
	realisedEver: Usdt;
	openedAt: Ms;
	/** Candles in which both a stop and a target lay within reach, so that the assumed path decided. */
	ambiguous: number;
};

/** Something that a moving price meets: at which level, how urgent at the same level, and what then happens. */
type Touch = { level: number; rank: number; order: Order | undefined; jumped: boolean };

const RANK = { liquidation: 0, stop: 1, conditional: 2, limit: 3 } as const;
const ACTIVE_MAX = 500;
const CONDITIONAL_MAX = 10;

export class Venue {
	readonly #terms: VenueTerms;
	readonly #markets = new Map<string, Market>();
	readonly #linkIds = new Set<string>();
	#wallet: Usdt;
	#marginMode: MarginMode;
	#sequence = 0;
	#events: VenueEvent[] = [];

	constructor(instruments: readonly Instrument[], terms: VenueTerms) {
		this.#terms = terms;
		this.#wallet = terms.balance;
		this.#marginMode = terms.marginMode;
		for (const instrument of instruments) {
			this.#markets.set(instrument.symbol, {
				instrument,
				last: Number.NaN,
				trading: false,
				jumped: false,
				arriving: [],
				position: FLAT,
				leverage: Math.min(terms.leverage, instrument.maxLeverage),
				orders: [],
				liquidation: Number.NaN,
				realised: NO_USDT,
				realisedEver: NO_USDT,
				openedAt: 0,
				ambiguous: 0,
			});
		}
	}

	// ---- what is

	get wallet(): Usdt {
		return this.#wallet;
	}

	get marginMode(): MarginMode {
		return this.#marginMode;
	}

	get terms(): VenueTerms {
		return this.#terms;
	}

	symbols(): string[] {
		return [...this.#markets.keys()];
	}

	instrument(symbol: string): Instrument | undefined {
		return this.#markets.get(symbol)?.instrument;
	}

	last(symbol: string): number {
		return this.#market(symbol).last;
	}

	position(symbol: string): Position {
		return this.#market(symbol).position;
	}

	leverage(symbol: string): number {
		return this.#market(symbol).leverage;
	}

	liquidationPrice(symbol: string): number {
		return this.#market(symbol).liquidation;
	}

	/** Net profit realised by the position that is open now, and by all of the symbol's so far. */
	realised(symbol: string): { current: Usdt; ever: Usdt; openedAt: Ms } {
		const market = this.#market(symbol);
		return { current: market.realised, ever: market.realisedEver, openedAt: market.openedAt };
	}

	/** Live orders, oldest first: snapshots. */
	openOrders(symbol: string): VenueOrder[] {
		return this.#market(symbol).orders.map((order) => ({ ...order }));
	}

	stopOf(symbol: string): Price | undefined {
		return stopLeg(this.#market(symbol))?.trigger?.price;
	}

	ambiguousCandles(): number {
		let sum = 0;
		for (const market of this.#markets.values()) sum += market.ambiguous;
		return sum;
	}

	/** Best bid and ask around a last price: one tick apart, the bid at the last price or just below it. */
	quote(symbol: string): { bid: Price; ask: Price } | undefined {
		const { last, instrument } = this.#market(symbol);
		if (Number.isNaN(last)) return undefined;
		const bid = instrument.grid.floorToTick(last);
		return { bid, ask: shiftPrice(bid, 1) };
	}

	/** Profit of all open positions at last prices, USDT. */
	unrealised(): number {
		let sum = 0;
		for (const { position, instrument, last } of this.#markets.values()) sum += unrealised(position, instrument.grid, last);
		return sum;
	}

	/** What margin is bound by positions and by resting orders. */
	bound(): { positions: Usdt; orders: Usdt } {
		let positions = NO_USDT;
		let orders = NO_USDT;
		for (const market of this.#markets.values()) {
			positions = addUsdt(positions, initialMargin(market.position, market.leverage, this.#terms.takerFee));
			for (const order of market.orders) orders = addUsdt(orders, this.#orderMargin(market, order));
		}
		return { positions, orders };
	}

	/** What a new order may bind: the wallet less what is bound; in cross mode the open profit or loss counts too. */
	available(): number {
		const { positions, orders } = this.bound();
		const open = this.#marginMode === "cross" ? this.unrealised() : 0;
		return usdtNumber(this.#wallet) + open - usdtNumber(addUsdt(positions, orders));
	}

	/** The events since the last call, in order. */
	drain(): VenueEvent[] {
		const events = this.#events;
		if (events.length > 0) this.#events = [];
		return events;
	}

	// ---- what is asked

	/** Accepts an order or says why not, by a ladder in the exchange's own order. Fills, if any, are told by `drain`. */
	submit(request: OrderRequest, at: Ms): Result<string, Refusal> {
		const market = this.#markets.get(request.symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		const refusal = this.#refuse(market, request);
		if (refusal !== undefined) return err(refusal);
		if (request.linkId !== "") this.#linkIds.add(request.linkId);
		const order = this.#create(market, request, at);
		market.orders.push(order);
		if (order.trigger !== undefined) {
			this.#set(order, { status: "Untriggered" }, at);
			return ok(order.orderId);
		}
		const crosses = order.type === "limit" && this.#crosses(market, order);
		if (order.timeInForce === "PostOnly" && crosses) {
			this.#end(market, order, { status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" }, at);
			return ok(order.orderId);
		}
		if (order.type === "market" && market.trading) {
			this.#execute(market, order, market.last, at);
			return ok(order.orderId);
		}
		if (crosses && market.trading) this.#takeLimit(market, order, at);
		else if (order.type === "limit" && order.timeInForce !== "GTC" && order.timeInForce !== "PostOnly")
			this.#end(market, order, { status: "Cancelled", rejectReason: "EC_NoImmediateQtyToFill" }, at);
		else this.#set(order, { status: "New" }, at);
		if (order.timeInForce === "PostOnly" && !market.trading) market.arriving.push(order);
		return ok(order.orderId);
	}

	/** Changes what a live order asks. Either id finds it; orderId wins. */
	amend(
		target: { symbol: string; orderId?: string | undefined; linkId?: string | undefined },
		change: { qty?: Qty | undefined; price?: Price | undefined; triggerPrice?: Price | undefined },
		at: Ms,
	): Result<VenueOrder, Refusal> {
		const found = this.#find(target);
		if (found === undefined) return err(REFUSALS.notFound);
		const { market, order } = found;
		const next = {
			qty: change.qty ?? order.qty,
			price: order.type === "limit" ? (change.price ?? order.price) : order.price,
			trigger: order.trigger && change.triggerPrice !== undefined ? { ...order.trigger, price: change.triggerPrice } : order.trigger,
		};
		if (next.qty === order.qty && next.price === order.price && next.trigger?.price === order.trigger?.price)
			return err(REFUSALS.notModified);
		if (next.qty <= order.filled) return err(REFUSALS.qtyFilled);
		if (next.qty < market.instrument.minQty) return err(REFUSALS.qtyMin);
		if (next.trigger !== undefined && next.trigger !== order.trigger) {
			const past = this.#alreadyPast(market, next.trigger);
			if (past !== undefined) return err(past);
		}
		this.#set(order, next, at);
		if (market.trading && order.status !== "Untriggered" && this.#crosses(market, order)) this.#takeLimit(market, order, at);
		return ok({ ...order });
	}

	cancel(target: { symbol: string; orderId?: string | undefined; linkId?: string | undefined }, at: Ms): Result<VenueOrder, Refusal> {
		const found = this.#find(target);
		if (found === undefined) return err(REFUSALS.notFound);
		this.#end(found.market, found.order, byUser(found.order), at);
		return ok({ ...found.order });
	}

	/** Cancels the symbol's live orders that `which` picks (all of them by default, the position's stop included). */
	cancelAll(symbol: string, at: Ms, which: (order: VenueOrder) => boolean = () => true): VenueOrder[] {
		const market = this.#market(symbol);
		const picked = market.orders.filter(which);
		for (const order of picked) this.#end(market, order, byUser(order), at);
		return picked.map((order) => ({ ...order }));
	}

	/** Sets, moves or (with undefined) removes the stop of the whole position: trading-stop in Full mode. */
	setStop(symbol: string, stopLoss: Price | undefined, at: Ms): Result<void, Refusal> {
		const market = this.#markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		if (isFlat(market.position)) return err(REFUSALS.zeroPosition);
		const leg = stopLeg(market);
		if (leg?.trigger?.price === stopLoss) return err(REFUSALS.stopUnchanged);
		if (stopLoss === undefined) {
			if (leg !== undefined) this.#end(market, leg, byUser(leg), at);
			this.#events.push({ kind: "position", at, symbol });
			return ok(undefined);
		}
		const stop = market.instrument.grid.priceNumber(stopLoss);
		if (market.position.direction === "long" ? stop >= market.last : stop <= market.last)
			return err(market.position.direction === "long" ? REFUSALS.stopLong : REFUSALS.stopShort);
		this.#placeStop(market, stopLoss, at);
		this.#events.push({ kind: "position", at, symbol });
		return ok(undefined);
	}

	setLeverage(symbol: string, leverage: number, at: Ms): Result<void, Refusal> {
		const market = this.#markets.get(symbol);
		if (market === undefined) return err(REFUSALS.symbol);
		if (!(leverage >= 1)) return err(REFUSALS.leverageMin);
		const tier = tierOf(market.instrument, market.position.cost);
		if (leverage > market.instrument.maxLeverage || leverage > tier.maxLeverage) return err(REFUSALS.leverageMax);
		if (leverage === market.leverage) return err(REFUSALS.leverageUnchanged);
		market.leverage = leverage;
		this.#reliquidate();
		this.#events.push({ kind: "position", at, symbol });
		return ok(undefined);
	}

	/** The account's margin mode; refused while a position or an order is open (docs silent: the cautious reading). */
	setMarginMode(mode: MarginMode): Result<void, Refusal> {
		if (mode === this.#marginMode) return ok(undefined);
		for (const market of this.#markets.values()) if (!isFlat(market.position) || market.orders.length > 0) return err(REFUSALS.modeBusy);
		this.#marginMode = mode;
		return ok(undefined);
	}

	// ---- what the market does

	/** Funding of the position held before the first price at that time: longs pay `qty × price × rate` when the rate is positive. */
	fund(symbol: string, funding: { price: number; rate: number }, at: Ms): void {
		const market = this.#market(symbol);
		const { position, instrument } = market;
		if (isFlat(position)) return;
		const owed = scaleUsdt(instrument.grid.valueAt(position.qty, funding.price), funding.rate);
		const amount = position.direction === "long" ? owed : negate(owed);
		this.#credit(market, negate(amount));
		this.#reliquidate();
		const seq = this.#next();
		const side = opening(position.direction);
		this.#events.push({ kind: "funding", at, symbol, side, qty: position.qty, ...funding, amount, execId: this.#id(seq), seq });
		this.#events.push({ kind: "position", at, symbol }, { kind: "wallet", at, balance: this.#wallet });
	}

	/** A candle opens: the price jumps there, and the market orders that waited fill at it (spec §9, order of things). */
	open(symbol: string, price: number, at: Ms): void {
		const market = this.#market(symbol);
		market.last = price;
		market.trading = true;
		market.jumped = true;
		for (const order of market.arriving)
			if (isOpen(order.status) && this.#betters(market, order))
				this.#end(market, order, { status: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" }, at);
		market.arriving = [];
		for (const order of market.orders.filter((waiting) => waiting.type === "market" && waiting.trigger === undefined))
			if (isOpen(order.status)) this.#execute(market, order, price, at);
	}

	/** The candle has ended; until the next open nothing trades. */
	close(symbol: string): void {
		this.#market(symbol).trading = false;
	}

	/** The price has moved to `price` without meeting anything: time that was passed over (see `levels`). */
	passTo(symbol: string, price: number): void {
		const market = this.#market(symbol);
		market.last = price;
		market.jumped = false;
	}

	/** Counts a candle whose assumed path decides: a level below and a level above the open are both within its range. */
	noteAmbiguity(symbol: string, candle: { low: number; high: number }): void {
		const market = this.#market(symbol);
		if (isFlat(market.position)) return;
		const { below, above } = this.levels(symbol);
		if (candle.low <= below && candle.high >= above) market.ambiguous++;
	}

	/**
	 * Moves the price continuously towards `target`, up to and including the next thing it meets. True when it has arrived with nothing
	 * left to meet; false after something happened: drain, let the other side react, and call again.
	 */
	advance(symbol: string, target: number, at: Ms): boolean {
		const market = this.#market(symbol);
		const passed = this.#nearest(market, market.last, market.last);
		if (passed !== undefined) {
			this.#meet(market, passed, market.last, at);
			return false;
		}
		market.jumped = false;
		const met = this.#nearest(market, market.last, target);
		if (met === undefined) {
			market.last = target;
			return true;
		}
		market.last = met.level;
		this.#meet(market, met, met.level, at);
		return false;
	}

	/** The nearest levels on either side at which something would happen: the price may move strictly between them unheeded. */
	levels(symbol: string): { below: number; above: number } {
		const market = this.#market(symbol);
		let below = Number.NEGATIVE_INFINITY;
		let above = Number.POSITIVE_INFINITY;
		for (const order of market.orders) {
			const level = this.#levelOf(market, order);
			if (level === undefined) return { below: Number.POSITIVE_INFINITY, above: Number.NEGATIVE_INFINITY };
			// An open between a limit price and the tick beyond it betters the order: the limit price itself is the safe level.
			const at = order.status !== "Untriggered" && order.price !== undefined ? market.instrument.grid.priceNumber(order.price) : level.at;
			if (level.falling) below = Math.max(below, at);
			else above = Math.min(above, at);
		}
		if (!isFlat(market.position)) {
			if (market.position.direction === "long") below = Math.max(below, market.liquidation);
			else above = Math.min(above, market.liquidation);
		}
		return { below, above };
	}

	// ---- accept

	#refuse(market: Market, request: OrderRequest): Refusal | undefined {
		const { instrument, position } = market;
		const { grid } = instrument;
		if (request.linkId !== "" && this.#linkIds.has(request.linkId)) return REFUSALS.duplicateLink;
		if (request.qty < instrument.minQty && !request.reduceOnly) return REFUSALS.qtyMin;
		if (request.qty <= 0) return REFUSALS.qtyMin;
		if (request.qty > (request.type === "market" ? instrument.maxMarketQty : instrument.maxQty)) return REFUSALS.qtyMax;
		if (request.type === "limit" && (request.price === undefined || request.price <= 0)) return REFUSALS.priceNeeded;
		if (request.type === "limit" && request.price !== undefined && request.price > instrument.maxPrice) return REFUSALS.priceRange;
		if (Number.isNaN(market.last)) return REFUSALS.noPrice;
		if (request.reduceOnly && request.stopLoss !== undefined) return REFUSALS.reduceOnlyStop;
		if (request.trigger !== undefined) {
			const conditional = market.orders.filter((order) => order.stopOrderType === "Stop").length;
			if (conditional >= CONDITIONAL_MAX) return REFUSALS.tooManyConditional;
			return this.#alreadyPast(market, request.trigger);
		}
		if (market.orders.length >= ACTIVE_MAX) return REFUSALS.tooManyActive;
		if (request.reduceOnly) {
			if (isFlat(position)) return REFUSALS.reduceOnlyFlat;
			if (position.direction === directionOf(request.side)) return REFUSALS.reduceOnlySame;
			return undefined;
		}
		const price = request.type === "limit" && request.price !== undefined ? grid.priceNumber(request.price) : market.last;
		const value = grid.valueAt(request.qty, price);
		if (value < instrument.minNotional) return REFUSALS.notional;
		if (request.stopLoss !== undefined) {
			const stop = grid.priceNumber(request.stopLoss);
			if (request.side === "buy" ? stop >= price : stop <= price) return request.side === "buy" ? REFUSALS.stopLong : REFUSALS.stopShort;
		}
		const opens = this.#openingValue(market, request.side, request.qty, value);
		if (usdtNumber(orderCost(opens, request.side, market.leverage, this.#terms.takerFee)) > this.available()) return REFUSALS.margin;
		return undefined;
	}

	#alreadyPast(market: Market, trigger: { price: Price; direction: "rise" | "fall" }): Refusal | undefined {
		const level = market.instrument.grid.priceNumber(trigger.price);
		if (trigger.direction === "rise" && level <= market.last) return REFUSALS.fallsPast;
		if (trigger.direction === "fall" && level >= market.last) return REFUSALS.risesPast;
		return undefined;
	}

	/** The notional of an order that would open rather than reduce: only that needs margin. */
	#openingValue(market: Market, side: Side, qty: Qty, value: Usdt): Usdt {
		const { position, instrument } = market;
		if (isFlat(position) || position.direction === directionOf(side)) return value;
		if (qty <= position.qty) return NO_USDT;
		return instrument.grid.valueAt(minusQty(qty, position.qty), usdtNumber(value) / instrument.grid.qtyNumber(qty));
	}

	/** What a resting order binds; conditional and reduce-only orders bind nothing. */
	#orderMargin(market: Market, order: Order): Usdt {
		if (order.reduceOnly || order.status === "Untriggered") return NO_USDT;
		const price = order.price === undefined ? market.last : market.instrument.grid.priceNumber(order.price);
		const left = minusQty(order.qty, order.filled);
		const value = this.#openingValue(market, order.side, left, market.instrument.grid.valueAt(left, price));
		return orderCost(value, order.side, market.leverage, this.#terms.takerFee);
	}

	#create(
		market: Market,
		request: OrderRequest,
		at: Ms,
		made: { createType: CreateType; stopOrderType: VenueOrder["stopOrderType"] } = BY_USER,
	): Order {
		return {
			orderId: this.#id(this.#next()),
			linkId: request.linkId,
			symbol: request.symbol,
			side: request.side,
			type: request.type,
			qty: request.qty,
			price: request.type === "limit" ? request.price : undefined,
			timeInForce: request.type === "market" ? "IOC" : request.timeInForce,
			reduceOnly: request.reduceOnly,
			closeOnTrigger: made.createType !== "CreateByUser",
			trigger: request.trigger,
			stopLoss: request.stopLoss,
			createType: made.createType,
			stopOrderType: made.stopOrderType === "" && request.trigger !== undefined ? "Stop" : made.stopOrderType,
			status: "New",
			cancelType: "UNKNOWN",
			rejectReason: "EC_NoError",
			filled: NO_QTY,
			filledValue: NO_USDT,
			fee: NO_USDT,
			realised: NO_USDT,
			lastPriceOnCreated: market.last,
			createdAt: at,
			updatedAt: at,
		};
	}

	// ---- match

	/** Where and in which direction a live order acts; undefined when it acts at once, wherever the price goes. */
	#levelOf(market: Market, order: Order): { at: number; falling: boolean } | undefined {
		const { grid } = market.instrument;
		if (order.trigger !== undefined && order.status === "Untriggered")
			return { at: grid.priceNumber(order.trigger.price), falling: order.trigger.direction === "fall" };
		if (order.type === "market" || order.price === undefined) return undefined;
		// A resting limit order fills when the path trades through it by at least one tick.
		const falling = order.side === "buy";
		return { at: grid.priceNumber(shiftPrice(order.price, falling ? -1 : 1)), falling };
	}

	/**
	 * What the price meets first on its way, its present place included. At the place where it stands (`from === to`) that is whatever an
	 * opening jump has passed: a level beyond the price, or a resting limit order that the open betters.
	 */
	#nearest(market: Market, from: number, to: number): Touch | undefined {
		const here = from === to;
		let best: Touch | undefined;
		const consider = (level: number, falling: boolean, rank: number, order: Order | undefined): void => {
			const reached = here
				? falling
					? level >= from
					: level <= from
				: falling
					? to < from && level >= to && level <= from
					: to > from && level <= to && level >= from;
			if (!reached) return;
			const nearer = best === undefined || (here ? rank < best.rank : Math.abs(level - from) < Math.abs(best.level - from));
			const sameButFirst = best !== undefined && !here && level === best.level && rank < best.rank;
			if (nearer || sameButFirst) best = { level, rank, order, jumped: here };
		};
		if (!isFlat(market.position)) consider(market.liquidation, market.position.direction === "long", RANK.liquidation, undefined);
		for (const order of market.orders) {
			const level = this.#levelOf(market, order);
			if (level === undefined) continue;
			if (order.status === "Untriggered") consider(level.at, level.falling, order.closeOnTrigger ? RANK.stop : RANK.conditional, order);
			else if (!here) consider(level.at, level.falling, RANK.limit, order);
			else if (market.jumped && this.#betters(market, order)) consider(from, level.falling, RANK.limit, order);
		}
		return best;
	}

	/** The price stands strictly better than a resting limit order asks. */
	#betters(market: Market, order: Order): boolean {
		if (order.price === undefined) return false;
		const limit = market.instrument.grid.priceNumber(order.price);
		return order.side === "buy" ? market.last < limit : market.last > limit;
	}

	#crosses(market: Market, order: Order): boolean {
		const quote = this.quote(market.instrument.symbol);
		if (quote === undefined || order.price === undefined || order.type !== "limit") return false;
		return order.side === "buy" ? order.price >= quote.ask : order.price <= quote.bid;
	}

	#meet(market: Market, touch: Touch, price: number, at: Ms): void {
		const { order } = touch;
		if (order === undefined) this.#liquidate(market, at);
		else if (order.status === "Untriggered") this.#trigger(market, order, price, at);
		else {
			// Resting: at its own price when traded through; where an opening jump offers better, at the open (rounded against the trader).
			const { grid } = market.instrument;
			const limit = order.price as Price; // resting orders are limit orders
			const offered = order.side === "buy" ? grid.ceilToTick(price) : grid.floorToTick(price);
			const better = order.side === "buy" ? Math.min(offered, limit) : Math.max(offered, limit);
			this.#fill(market, order, { price: touch.jumped ? (better as Price) : limit, maker: true }, at); // the better of two prices
		}
	}

	#trigger(market: Market, order: Order, price: number, at: Ms): void {
		if (order.type === "limit") {
			order.trigger = undefined;
			this.#set(order, { status: "New" }, at);
			if (this.#crosses(market, order)) this.#takeLimit(market, order, at);
			return;
		}
		this.#execute(market, order, price, at);
	}

	/** A market order at `price`, made worse by the slippage and rounded to the tick against the trader. */
	#execute(market: Market, order: Order, price: number, at: Ms): void {
		const { grid } = market.instrument;
		const { slippage } = this.#terms;
		const worse = order.side === "buy" ? grid.ceilToTick(price * (1 + slippage)) : grid.floorToTick(price * (1 - slippage));
		this.#fill(market, order, { price: worse, maker: false }, at);
	}

	/** A limit order that takes: at the market's price with slippage, never worse than its own. */
	#takeLimit(market: Market, order: Order, at: Ms): void {
		const { grid } = market.instrument;
		const { slippage } = this.#terms;
		const limit = order.price as Price; // only limit orders come here
		const worse = order.side === "buy" ? grid.ceilToTick(market.last * (1 + slippage)) : grid.floorToTick(market.last * (1 - slippage));
		const price = (order.side === "buy" ? Math.min(worse, limit) : Math.max(worse, limit)) as Price; // the better of two prices
		this.#fill(market, order, { price, maker: false }, at);
	}

	// ---- charge

	#fill(market: Market, order: Order, terms: { price: Price; maker: boolean }, at: Ms): void {
		const { instrument } = market;
		const wanted = minusQty(order.qty, order.filled);
		const qty = order.reduceOnly ? (Math.min(wanted, this.#reducible(market, order.side)) as Qty) : wanted; // the smaller of two quantities
		if (qty === 0) {
			this.#end(market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly", rejectReason: "EC_NoError" }, at);
			return;
		}
		const feeRate = terms.maker ? this.#terms.makerFee : this.#terms.takerFee;
		const value = instrument.grid.value(qty, terms.price);
		const fee = scaleUsdt(value, feeRate);
		const wasFlat = isFlat(market.position);
		const change = applyFill(market.position, { side: order.side, qty, price: terms.price }, instrument.grid);
		market.position = change.position;
		if (wasFlat) {
			market.realised = NO_USDT;
			market.openedAt = at;
		}
		this.#credit(market, addUsdt(change.realised, negate(fee)));
		this.#reliquidate();
		order.filled = plusQty(order.filled, qty);
		order.filledValue = addUsdt(order.filledValue, value);
		order.fee = addUsdt(order.fee, fee);
		order.realised = addUsdt(order.realised, change.realised);
		const complete = order.filled === order.qty;
		order.status = complete ? "Filled" : "PartiallyFilled";
		order.updatedAt = at;
		if (complete) remove(market, order);
		const seq = this.#next();
		const { symbol } = instrument;
		const leaves = minusQty(order.qty, order.filled);
		const cause = CAUSES[order.createType];
		const { orderId, linkId, side } = order;
		const { closedQty, realised } = change;
		const fill = {
			execId: this.#id(seq),
			orderId,
			linkId,
			symbol,
			side,
			qty,
			...terms,
			value,
			fee,
			cause,
			closedQty,
			realised,
			leaves,
			at,
		};
		const snapshot = { ...order };
		this.#events.push(
			{ kind: "execution", at, fill, order: snapshot, feeRate, mark: market.last, seq },
			{ kind: "order", at, order: snapshot },
		);
		if (!complete && order.type === "market") this.#end(market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
		if (isFlat(market.position)) this.#clearLegs(market, at);
		else if (order.stopLoss !== undefined && stopLeg(market) === undefined && market.position.direction === directionOf(order.side))
			this.#placeStop(market, order.stopLoss, at);
		else this.#resizeStop(market, at);
		this.#events.push({ kind: "position", at, symbol }, { kind: "wallet", at, balance: this.#wallet });
	}

	#credit(market: Market, amount: Usdt): void {
		this.#wallet = addUsdt(this.#wallet, amount);
		market.realised = addUsdt(market.realised, amount);
		market.realisedEver = addUsdt(market.realisedEver, amount);
	}

	/** How much an order of that side could reduce. */
	#reducible(market: Market, side: Side): Qty {
		return isFlat(market.position) || market.position.direction === directionOf(side) ? NO_QTY : market.position.qty;
	}

	// ---- the position's stop

	#placeStop(market: Market, stopLoss: Price, at: Ms): void {
		const { position, instrument } = market;
		const trigger = { price: stopLoss, direction: position.direction === "long" ? "fall" : "rise", by: "last" } as const;
		const leg = stopLeg(market);
		if (leg !== undefined) {
			this.#set(leg, { trigger, qty: position.qty }, at);
			return;
		}
		const request = {
			linkId: "",
			symbol: instrument.symbol,
			side: closing(position.direction),
			type: "market",
			qty: position.qty,
			timeInForce: "IOC",
			reduceOnly: true,
			trigger,
		} as const;
		const order = this.#create(market, request, at, { createType: "CreateByStopLoss", stopOrderType: "StopLoss" });
		market.orders.push(order);
		this.#set(order, { status: "Untriggered" }, at);
	}

	/** The stop covers the whole position, whatever its size has become. */
	#resizeStop(market: Market, at: Ms): void {
		const leg = stopLeg(market);
		if (leg === undefined || leg.qty === market.position.qty) return;
		if (leg.side !== closing(market.position.direction)) this.#clearLegs(market, at);
		else this.#set(leg, { qty: market.position.qty }, at);
	}

	#clearLegs(market: Market, at: Ms): void {
		for (const order of market.orders.filter((candidate) => candidate.createType !== "CreateByUser"))
			this.#end(market, order, { status: "Deactivated", cancelType: "CancelByTpSlTsClear" }, at);
		const excess = market.orders.filter((order) => order.reduceOnly && order.status !== "Untriggered");
		for (const order of excess) this.#end(market, order, { status: "Cancelled", cancelType: "CancelByReduceOnly" }, at);
	}

	// ---- liquidate

	/** Takes the position over at the price where its own margin is used up: nothing is left of it, and nothing more is owed. */
	#liquidate(market: Market, at: Ms): void {
		const { position, instrument, leverage } = market;
		for (const order of [...market.orders]) this.#end(market, order, { status: "Cancelled", cancelType: "CancelByPrepareLiq" }, at);
		const { grid } = instrument;
		const end =
			this.#marginMode === "isolated"
				? bankruptcyPrice(position, instrument, leverage)
				: crossLiquidation(position, { ...instrument, tiers: NO_TIERS }, this.#behind(market));
		const long = position.direction === "long";
		const floor = grid.priceNumber(instrument.minPrice);
		const price = long ? grid.floorToTick(Math.max(end, floor)) : grid.ceilToTick(end);
		const request = {
			linkId: "",
			symbol: instrument.symbol,
			side: closing(position.direction),
			type: "market",
			qty: position.qty,
			timeInForce: "IOC",
			reduceOnly: true,
		} as const;
		const order = this.#create(market, request, at, { createType: "CreateByTakeOver_PassThrough", stopOrderType: "" });
		market.orders.push(order);
		this.#fill(market, order, { price, maker: false }, at);
	}

	/** What stands behind one cross position: the wallet and the others' profit, less the others' maintenance margin. */
	#behind(market: Market): number {
		let sum = usdtNumber(this.#wallet);
		for (const other of this.#markets.values()) {
			if (other === market || isFlat(other.position)) continue;
			sum += unrealised(other.position, other.instrument.grid, other.last);
			sum -= maintenanceMargin(other.position, other.instrument, {
				mark: other.last,
				leverage: other.leverage,
				feeRate: this.#terms.takerFee,
			});
		}
		return sum;
	}

	#reliquidate(): void {
		for (const market of this.#markets.values()) {
			const { position, instrument, leverage } = market;
			if (isFlat(position)) market.liquidation = Number.NaN;
			else if (this.#marginMode === "isolated") market.liquidation = isolatedLiquidation(position, instrument, leverage);
			else market.liquidation = crossLiquidation(position, instrument, this.#behind(market));
		}
	}

	// ---- housekeeping

	#market(symbol: string): Market {
		const market = this.#markets.get(symbol);
		assert(market !== undefined, `the venue lists the symbol it is asked about, and not ${symbol}`);
		return market;
	}

	#find(target: {
		symbol: string;
		orderId?: string | undefined;
		linkId?: string | undefined;
	}): { market: Market; order: Order } | undefined {
		const market = this.#markets.get(target.symbol);
		const { orderId, linkId } = target;
		const order = market?.orders.find((candidate) =>
			orderId !== undefined ? candidate.orderId === orderId : linkId !== undefined && candidate.linkId === linkId,
		);
		return market === undefined || order === undefined ? undefined : { market, order };
	}

	#set(order: Order, change: Partial<Order>, at: Ms): void {
		Object.assign(order, change);
		order.updatedAt = at;
		this.#events.push({ kind: "order", at, order: { ...order } });
	}

	#end(market: Market, order: Order, how: Partial<Order>, at: Ms): void {
		remove(market, order);
		this.#set(order, how, at);
	}

	#next(): number {
		return ++this.#sequence;
	}

	/** Ids look like Bybit's UUIDs and are computed, so that a run repeats to the letter. */
	#id(sequence: number): string {
		const prefix = (this.#terms.idPrefix ?? "0").padStart(8, "0").slice(0, 8);
		return `${prefix}-0000-4000-8000-${sequence.toString(16).padStart(12, "0")}`;
	}
}

const NO_TIERS = [{ limit: Number.MAX_SAFE_INTEGER as Usdt, maintenance: 0, deduction: NO_USDT, maxLeverage: 1 }]; // the price at which equity is zero
const BY_USER = { createType: "CreateByUser", stopOrderType: "" } as const;

const CAUSES: Readonly<Record<CreateType, FillCause>> = {
	CreateByUser: "order",
	CreateByStopLoss: "stopLoss",
	CreateByTakeProfit: "takeProfit",
	CreateByTrailingStop: "trailingStop",
	CreateByLiq: "liquidation",
	CreateByTakeOver_PassThrough: "liquidation",
	CreateByAdl_PassThrough: "adl",
};

function byUser(order: Order): Partial<Order> {
	return order.status === "Untriggered"
		? { status: "Deactivated", cancelType: "CancelByUser", rejectReason: "EC_PerCancelRequest" }
		: { status: "Cancelled", cancelType: "CancelByUser", rejectReason: "EC_PerCancelRequest" };
}

function stopLeg(market: Market): Order | undefined {
	return market.orders.find((order) => order.stopOrderType === "StopLoss");
}

function remove(market: Market, order: Order): void {
	const index = market.orders.indexOf(order);
	if (index >= 0) market.orders.splice(index, 1);
}
