// Somebody else with a key to the account: trades by hand, changes and cancels what the bot has placed, moves money. Tidies up when told to.

import { isFlat } from "../../src/account/position.ts";
import type { OrderRequest } from "../../src/orders/order.ts";
import { closing, opening, type Side } from "../../src/orders/side.ts";
import type { Prng } from "../../src/std/prng.ts";
import { roundUsdt, shiftPrice } from "../../src/units/grid.ts";
import type { Price, Qty } from "../../src/units/unit.ts";
import type { Exchange } from "./exchange.ts";
import type { StepFault } from "./faults.ts";
import type { World } from "./world.ts";

export class Person {
	readonly #world: World;
	readonly #random: Prng;
	readonly #exchange: Exchange;
	#links = 0;
	/** Orders that are this person's, by order id. */
	readonly orders = new Set<string>();
	botPlaced = false;

	constructor(world: World, random: Prng, exchange: Exchange) {
		this.#world = world;
		this.#random = random;
		this.#exchange = exchange;
	}

	/** Does what the faults say, if there is anything to do it to. Before the bot knows the account, no money is moved. */
	act(symbol: string, { elsewhere, isKnown }: { elsewhere: string; isKnown: boolean }): void {
		const { faults } = this.#world;
		const hits = (name: StepFault): boolean => faults.hits(name);
		if (hits("person closes a part")) this.#close(symbol, 0.1 + 0.8 * this.#random.unit());
		if (hits("person closes all")) this.#close(symbol, 1);
		if (hits("person adds")) this.#add(symbol, 1);
		if (hits("person trades against us")) this.#add(symbol, -1);
		if (hits("person rests an order")) this.#rest(symbol);
		if (hits("person cancels an order of ours")) this.#cancelOurs(symbol);
		if (hits("person amends an order of ours")) this.#amendOurs(symbol);
		if (hits("person moves the stop")) this.#moveStop(symbol);
		if (hits("person removes the stop")) this.#exchange.venue.setStop(symbol, undefined, this.#world.now);
		if (hits("person sets a target")) this.#setTarget(symbol);
		if (hits("person trades elsewhere")) this.#tradeElsewhere(elsewhere);
		if (isKnown && hits("money in")) this.#exchange.venue.transfer(roundUsdt(1 + this.#random.below(2000)), this.#world.now);
		if (isKnown && hits("money out")) this.#exchange.venue.transfer(roundUsdt(-1 - this.#random.below(1000)), this.#world.now);
		if (hits("another bot")) this.#otherBot(symbol);
		this.#exchange.pump(this.#world.now);
	}

	/** Closes what is not the bot's, and takes the own orders away. */
	tidy(foreign: ReadonlyMap<string, number>): void {
		const { venue } = this.#exchange;
		for (const symbol of venue.symbols())
			for (const order of venue.openOrders(symbol))
				if (this.orders.has(order.orderId)) venue.cancel({ symbol, orderId: order.orderId }, this.#world.now);
		for (const [symbol, steps] of foreign) if (steps !== 0) this.#market(symbol, steps > 0 ? "sell" : "buy", Math.abs(steps) as Qty, false);
		this.#exchange.pump(this.#world.now);
	}

	#close(symbol: string, share: number): void {
		const position = this.#exchange.venue.position(symbol);
		if (isFlat(position)) return;
		const qty = Math.max(1, Math.floor(position.qty * share)) as Qty;
		this.#market(symbol, closing(position.direction), qty, true);
	}

	#add(symbol: string, sign: 1 | -1): void {
		const position = this.#exchange.venue.position(symbol);
		const price = this.#exchange.venue.last(symbol);
		const { grid } = this.#exchange.venue.instrument(symbol)!;
		const usual = isFlat(position) ? grid.floorToStep(500 / price) : position.qty;
		const qty = Math.max(1, Math.floor(usual * (0.1 + this.#random.unit() * 0.8))) as Qty;
		const with_ = isFlat(position) ? (this.#random.chance(1, 2) ? "buy" : "sell") : opening(position.direction);
		this.#market(symbol, sign === 1 ? with_ : with_ === "buy" ? "sell" : "buy", qty, false);
	}

	#market(symbol: string, side: Side, qty: Qty, reduceOnly: boolean): void {
		this.#submit({ linkId: this.#link(), symbol, side, type: "market", qty, timeInForce: "IOC", reduceOnly });
	}

	#rest(symbol: string): void {
		const { venue } = this.#exchange;
		const { grid, minQty } = venue.instrument(symbol)!;
		const side = this.#random.chance(1, 2) ? "buy" : "sell";
		const away = venue.last(symbol) * (1 + (side === "buy" ? -1 : 1) * (0.001 + this.#random.below(50) / 1000));
		const qty = Math.max(minQty, grid.floorToStep(200 / venue.last(symbol))) as Qty;
		this.#submit({
			linkId: this.#link(),
			symbol,
			side,
			type: "limit",
			price: grid.floorToTick(away),
			qty,
			timeInForce: "GTC",
			reduceOnly: false,
		});
	}

	#submit(request: OrderRequest): void {
		const result = this.#exchange.venue.submit(request, this.#world.now);
		if (!result.ok) return;
		this.orders.add(result.value);
		this.#world.transcript.line(this.#world.now, "person", () => JSON.stringify(request));
	}

	#cancelOurs(symbol: string): void {
		const order = this.#ours(symbol);
		if (order !== undefined) this.#exchange.venue.cancel({ symbol, orderId: order.orderId }, this.#world.now);
	}

	#amendOurs(symbol: string): void {
		const order = this.#ours(symbol);
		if (order === undefined) return;
		const move = this.#random.below(200) - 100;
		const price = order.type === "limit" && order.price !== undefined ? shiftPrice(order.price, move) : undefined;
		const triggerPrice = order.trigger === undefined ? undefined : shiftPrice(order.trigger.price, move);
		this.#exchange.venue.amend({ symbol, orderId: order.orderId }, { price, triggerPrice }, this.#world.now);
	}

	#ours(symbol: string) {
		const orders = this.#exchange.venue.openOrders(symbol).filter(({ linkId }) => linkId.startsWith("aw-"));
		return orders[this.#random.below(Math.max(1, orders.length))];
	}

	#moveStop(symbol: string): void {
		const { venue } = this.#exchange;
		const stop = venue.stopOf(symbol);
		if (stop === undefined) return;
		venue.setStop(symbol, (stop + this.#random.below(400) - 200) as Price, this.#world.now);
	}

	#setTarget(symbol: string): void {
		const { venue } = this.#exchange;
		const position = venue.position(symbol);
		if (isFlat(position)) return;
		const sign = position.direction === "long" ? 1 : -1;
		const { grid } = venue.instrument(symbol)!;
		venue.setTradingStop(symbol, { takeProfit: grid.floorToTick(venue.last(symbol) * (1 + sign * 0.004)) }, this.#world.now);
	}

	#tradeElsewhere(symbol: string): void {
		if (this.#random.chance(1, 2)) this.#market(symbol, this.#random.chance(1, 2) ? "buy" : "sell", 1000 as Qty, false);
		else this.#rest(symbol);
	}

	#otherBot(symbol: string): void {
		const { venue } = this.#exchange;
		const { grid, minQty } = venue.instrument(symbol)!;
		const price = grid.floorToTick(venue.last(symbol) * 0.9);
		const qty = Math.max(minQty, grid.floorToStep(100 / venue.last(symbol))) as Qty;
		const linkId = `aw-stranger-${symbol}-${++this.#links}`;
		const result = venue.submit(
			{ linkId, symbol, side: "buy", type: "limit", price, qty, timeInForce: "GTC", reduceOnly: false },
			this.#world.now,
		);
		if (result.ok) this.botPlaced = true;
	}

	#link(): string {
		return this.#random.chance(1, 2) ? "" : `web-${++this.#links}`;
	}
}
