// Ten thousand random lives of an account: whatever is asked, and wherever the prices go, the books agree. Each life is drawn from its
// number, which the failure names: FROM and COUNT rerun one alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isFlat } from "../account/position.ts";
import { makeInstrument } from "../market/instrument.ts";
import { isOpen, type OrderRequest, SMP_TYPES, type Tolerance, type Trigger } from "../orders/order.ts";
import { closing, type Side } from "../orders/side.ts";
import { Prng } from "../std/prng.ts";
import { addUsdt, NO_USDT, negate, roundUsdt } from "../units/grid.ts";
import type { Price, Qty, Usdt } from "../units/unit.ts";
import type { VenueEvent, VenueOrder } from "./event.ts";
import type { BookLevel } from "./liquidity.ts";
import type { TradingStop } from "./trading-stop.ts";
import { Venue } from "./venue.ts";

const FROM = 0;
const COUNT = 10_000;
const STEPS = 60;
/** Tiers and largest quantities are such that the lives come to the ladder, and to reductions that must be split. */
const TIERS = [
	{ limit: 10_000, maintenance: 0.005, maxLeverage: 100 },
	{ limit: 25_000, maintenance: 0.02, maxLeverage: 50 },
	{ limit: 10_000_000, maintenance: 0.05, maxLeverage: 30 },
];
const LIMITS = { maxQty: "40", maxMarketQty: "20", minNotional: 5, maxLeverage: 100, fundingHours: 8, tiers: TIERS };
const INSTRUMENTS = [
	makeInstrument({ symbol: "BTCUSDT", baseCoin: "BTC", tick: "0.1", step: "0.001", minQty: "0.001", ...LIMITS })!,
	makeInstrument({ symbol: "ETHUSDT", baseCoin: "ETH", tick: "0.01", step: "0.01", minQty: "0.01", ...LIMITS })!,
];
const SYMBOLS = INSTRUMENTS.map(({ symbol }) => symbol);
const START = roundUsdt(10_000);
/** A stop that is passed when it comes may buy back from its own entry, bite by bite, until that is used up. */
const MEETINGS_MAX = 5000;

/** Without these, the lives would prove less than they seem to. */
const REACHED = [
	...["order", "stopLoss", "takeProfit", "trailingStop", "liquidation", "adl", "funding"],
	...["CancelByUser", "CancelByReduceOnly", "CancelByTpSlTsClear", "CancelByPrepareLiq", "CancelAllBeforeAdl"],
	...["CancelByOCOSlCanceledByTpTriggered", "CancelByOCOTpCanceledBySlTriggered", "CancelBySmp"],
	...["CreateByLiq", "CreateByTakeOver_PassThrough", "CreateByTrailingStop", "CreateByTrailingProfit"],
	...["split", "tolerance", "margin added by itself", "traded with itself"],
];

/** Ticks around the last price; both symbols live on 10 000 ticks at first. */
const BOOK = {
	levels(symbol: string, side: Side, last: number): BookLevel[] {
		const { grid } = INSTRUMENTS[SYMBOLS.indexOf(symbol)]!;
		const sign = side === "buy" ? 1 : -1;
		return [1, 2, 5].map((n) => ({ price: (grid.floorToTick(last) + sign * n) as Price, qty: (170 * n) as Qty }));
	},
};

class Life {
	readonly random: Prng;
	readonly venue: Venue;
	#at = 0;
	#links = 0;
	/** What the executions say is held, in steps, and what the transactions say is owned. */
	readonly held = new Map<string, number>();
	balance = START;
	readonly earned = new Map<string, Usdt>();
	readonly filled = new Map<string, number>();
	readonly over = new Set<string>();
	readonly seen = new Set<string>();
	readonly booked: boolean;

	constructor(seed: number) {
		this.random = new Prng(`venue/${seed}`);
		this.booked = this.chance(2);
		this.venue = new Venue(INSTRUMENTS, {
			takerFee: 0.00055,
			makerFee: 0.0002,
			slippage: 0.0001,
			marginMode: this.chance(2) ? "isolated" : "cross",
			balance: START,
			leverage: 1 + this.random.below(20),
			...(this.booked ? { liquidity: BOOK } : {}),
		});
		for (const symbol of SYMBOLS) this.venue.open(symbol, this.usdt(symbol, 10_000), 0);
	}

	chance(oneIn: number): boolean {
		return this.random.below(oneIn) === 0;
	}

	usdt(symbol: string, ticks: number): number {
		return INSTRUMENTS[SYMBOLS.indexOf(symbol)]!.grid.priceNumber(ticks as Price);
	}

	/** A price near the last one. */
	near(symbol: string, spread = 400): Price {
		const { grid } = INSTRUMENTS[SYMBOLS.indexOf(symbol)]!;
		return Math.max(1, grid.floorToTick(this.venue.last(symbol)) + this.random.below(2 * spread) - spread) as Price;
	}

	maybe<T>(value: T, oneIn = 3): T | undefined {
		return this.chance(oneIn) ? value : undefined;
	}

	pick<T>(values: readonly T[]): T {
		return values[this.random.below(values.length)]!;
	}

	step(): void {
		const symbol = this.pick(SYMBOLS);
		const at = ++this.#at;
		const { venue } = this;
		const order = this.pick([undefined, ...venue.openOrders(symbol)]);
		const by = this.pick(["last", "last", "mark", "index"] as const);
		switch (this.random.below(14)) {
			case 0:
			case 1:
			case 2:
				venue.submit(this.request(symbol), at);
				return;
			case 3:
				venue.setTradingStop(symbol, this.stop(symbol), at);
				return;
			case 4:
				if (order !== undefined) venue.cancel({ symbol, orderId: order.orderId }, at);
				return;
			case 5: {
				if (order === undefined) return;
				const change = { qty: this.maybe(this.size()), price: this.maybe(this.near(symbol)), triggerPrice: this.maybe(this.near(symbol)) };
				venue.amend({ symbol, orderId: order.orderId }, { ...change, stopLoss: this.maybe(this.near(symbol), 6) }, at);
				return;
			}
			case 6:
			case 7:
			case 8:
				return this.move(symbol, this.usdt(symbol, this.near(symbol, 600)), at);
			case 9:
				venue.close(symbol);
				if (this.chance(2)) venue.submit(this.request(symbol), at);
				return venue.open(symbol, this.usdt(symbol, this.near(symbol)), at);
			case 10:
				if (by === "index") return venue.setIndex(symbol, this.usdt(symbol, this.near(symbol)), at);
				return this.chance(3) ? venue.setMark(symbol, this.usdt(symbol, this.near(symbol)), at) : undefined;
			case 11:
				return venue.trade(symbol, { price: this.near(symbol, 50), qty: this.size() }, at);
			case 12:
				return venue.fund(symbol, { price: venue.last(symbol), rate: (this.random.below(200) - 100) / 1e5 }, at);
			default:
				this.administer(symbol, at);
		}
	}

	administer(symbol: string, at: number): void {
		const { venue } = this;
		switch (this.random.below(5)) {
			case 0:
				venue.addMargin(symbol, roundUsdt(this.random.below(200) - 50), at);
				return;
			case 1:
				venue.transfer(roundUsdt(this.random.below(2000) - 1000), at);
				return;
			case 2:
				venue.setLeverage(symbol, 1 + this.random.below(30), at);
				return;
			case 3:
				venue.setAutoAddMargin(symbol, this.chance(2), at);
				return;
			default:
				venue.deleverage(symbol, this.size(), this.near(symbol, 50), at);
		}
	}

	move(symbol: string, target: number, at: number): void {
		const before = this.venue.margin(symbol).added;
		for (let i = 0; !this.venue.advance(symbol, target, at); i++) assert(i < MEETINGS_MAX, "a price arrives");
		if (this.venue.margin(symbol).added > before) this.seen.add("margin added by itself");
	}

	size(): Qty {
		return (1 + this.random.below(this.chance(3) ? 100_000 : 1000)) as Qty;
	}

	request(symbol: string): OrderRequest {
		const type = this.pick(["market", "limit"] as const);
		const reduceOnly = this.chance(3);
		const side = this.pick(["buy", "sell"] as const);
		const closes = reduceOnly && this.chance(4);
		const trigger: Trigger = {
			price: this.near(symbol),
			direction: this.pick(["rise", "fall"]),
			by: this.pick(["last", "mark", "index"]),
		};
		return {
			linkId: this.chance(2) ? "" : `s-${++this.#links}`,
			symbol,
			side,
			type,
			qty: closes ? (0 as Qty) : this.size(),
			price: type === "limit" ? this.near(symbol, 100) : undefined,
			timeInForce: this.pick(["GTC", "GTC", "IOC", "FOK", "PostOnly"]),
			reduceOnly,
			closeOnTrigger: closes,
			trigger: this.maybe(trigger, 4),
			smp: this.maybe(this.pick(SMP_TYPES), 2),
			tolerance: type === "market" ? this.maybe(this.tolerance(), 4) : undefined,
			...(reduceOnly ? {} : this.legs(symbol)),
		};
	}

	tolerance(): Tolerance {
		return this.chance(2)
			? { by: "TickSize", most: 1 + this.random.below(50) }
			: { by: "Percent", most: (1 + this.random.below(1000)) / 100 };
	}

	legs(symbol: string): TradingStop {
		return {
			tpslMode: this.pick(["Full", "Partial", undefined]),
			takeProfit: this.maybe(this.near(symbol)),
			stopLoss: this.maybe(this.near(symbol)),
			tpLimitPrice: this.maybe(this.near(symbol), 6),
			slTriggerBy: this.maybe("mark", 4),
		};
	}

	stop(symbol: string): TradingStop {
		const size = this.size();
		const sized = this.chance(2) ? { tpSize: size, slSize: size } : {};
		const zero = 0 as Price;
		return {
			...this.legs(symbol),
			...sized,
			...(this.chance(6) ? { stopLoss: zero } : {}),
			trailingStop: this.maybe((1 + this.random.below(300)) as Price),
			activePrice: this.maybe(this.near(symbol)),
		};
	}

	check(): void {
		const events = this.venue.drain();
		for (const event of events) this.take(event);
		this.notice(events);
		assert.equal(this.balance, this.venue.wallet, "the wallet is what its transactions say");
		for (const symbol of SYMBOLS) this.checkSymbol(symbol);
	}

	take(event: VenueEvent): void {
		this.seen.add(event.kind === "execution" ? event.fill.cause : event.kind === "order" ? event.order.cancelType : event.kind);
		if (event.kind === "order") {
			assert(!this.over.has(event.order.orderId), "an order ends once");
			if (!isOpen(event.order.status)) this.over.add(event.order.orderId);
			assert(event.order.filled <= event.order.qty || event.order.qty === 0, "no order fills beyond its quantity");
			this.seen.add(event.order.createType);
			assert.equal(event.order.smpOrderId !== "", event.order.cancelType === "CancelBySmp", "prevention names the other order");
		}
		if (event.kind === "execution") {
			const { symbol, orderId, qty, side, closedQty } = event.fill;
			assert(!this.over.has(orderId), "nothing fills that is over");
			assert(!event.order.reduceOnly || closedQty === qty, "reduce-only never opens");
			if (event.order.tolerance !== undefined) {
				const beyond = side === "buy" ? event.fill.price > event.order.price! : event.fill.price < event.order.price!;
				assert(!beyond, "no market order fills beyond what it tolerates");
				this.seen.add("tolerance");
			}
			const filled = (this.filled.get(orderId) ?? 0) + qty;
			assert.equal(filled, event.order.filled, "executions sum to the order");
			this.filled.set(orderId, filled);
			this.held.set(symbol, (this.held.get(symbol) ?? 0) + (side === "buy" ? qty : -qty));
		}
		if (event.kind === "wallet") {
			const { symbol, change, cashFlow, funding, fee, balance } = event.transaction;
			assert.equal(change, addUsdt(cashFlow, funding, negate(fee)));
			this.balance = addUsdt(this.balance, change);
			assert.equal(this.balance, balance, "each transaction leaves the balance that it tells");
			this.earned.set(symbol, addUsdt(this.earned.get(symbol) ?? NO_USDT, change));
		}
	}

	/** What a step has come to that no single event tells. */
	notice(events: readonly VenueEvent[]): void {
		const executions = events.flatMap((event) => (event.kind === "execution" ? [event] : []));
		for (const [i, { fill, order }] of executions.entries()) {
			const next = executions[i + 1];
			if (next === undefined || next.fill.symbol !== fill.symbol || next.order.orderId === order.orderId) continue;
			const { maxMarketQty } = INSTRUMENTS[SYMBOLS.indexOf(fill.symbol)]!;
			const alike = next.order.createType === order.createType && next.order.reduceOnly && next.fill.side === fill.side;
			if (alike && order.type === "market" && order.qty === maxMarketQty && next.order.linkId === "") this.seen.add("split");
			if (next.fill.side !== fill.side && next.fill.maker && !fill.maker && next.fill.price === fill.price)
				this.seen.add("traded with itself");
		}
	}

	/** In a book that is always there, the account's own orders never stand across from each other. */
	checkUncrossed(orders: readonly VenueOrder[]): void {
		const resting = orders.filter(({ type, status }) => type === "limit" && status !== "Untriggered");
		const prices = (side: Side): number[] => resting.filter((order) => order.side === side).map(({ price }) => price!);
		assert(Math.max(...prices("buy"), Number.NEGATIVE_INFINITY) < Math.min(...prices("sell"), Number.POSITIVE_INFINITY), "uncrossed");
	}

	checkSymbol(symbol: string): void {
		const position = this.venue.position(symbol);
		const held = position.direction === "long" ? position.qty : -position.qty;
		assert.equal(held + 0, this.held.get(symbol) ?? 0, "executions sum to the position");
		assert.equal(this.venue.realised(symbol).ever, this.earned.get(symbol) ?? 0, "a symbol has earned what its transactions say");
		const orders = this.venue.openOrders(symbol);
		if (this.booked) this.checkUncrossed(orders);
		for (const order of orders) {
			assert(isOpen(order.status) && !this.over.has(order.orderId), "what is over is not alive");
			assert(order.filled < order.qty || order.qty === 0, "what is filled is not alive");
			if (order.stopOrderType !== "" && order.stopOrderType !== "Stop") this.checkLeg(order, orders);
			else if (order.reduceOnly && order.type === "limit" && order.status !== "Untriggered")
				assert(order.qty - order.filled <= position.qty, "what rests reduce-only fits the position");
		}
	}

	checkLeg(leg: VenueOrder, orders: readonly VenueOrder[]): void {
		const position = this.venue.position(leg.symbol);
		assert(!isFlat(position), "no leg outlives its position");
		assert.equal(leg.side, closing(position.direction));
		assert(leg.qty - leg.filled <= position.qty, "no leg is larger than the position");
		if (leg.stopOrderType.startsWith("Partial") || leg.status !== "Untriggered") return;
		assert.equal(leg.qty, position.qty, "the legs of Full mode match the position");
		assert.equal(orders.filter((other) => other.stopOrderType === leg.stopOrderType).length, 1, "one leg of a kind");
	}
}

test("in any life the books agree: orders, executions, positions, legs and money", () => {
	const seen = new Set<string>();
	for (let seed = FROM; seed < FROM + COUNT; seed++) {
		const life = new Life(seed);
		let step = 0;
		try {
			for (; step < STEPS; step++) {
				life.step();
				life.check();
			}
			for (const what of life.seen) seen.add(what);
		} catch (cause) {
			throw new Error(`life ${seed}, step ${step}: ${(cause as Error).message}`, { cause }); // assertions throw errors
		}
	}
	for (const what of REACHED) assert(seen.has(what), `the lives come to ${what}`);
});
