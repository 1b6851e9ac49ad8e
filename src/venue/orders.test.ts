// Orders at the venue beyond the candle's whole fills: reduce-only, closing, conditional, capped, and walking a book.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledInstrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import type { Price, Qty, Usdt } from "../units/unit.ts";
import type { VenueOrder } from "./event.ts";
import type { BookLevel } from "./liquidity.ts";
import { type Amendment, Venue, type VenueTerms } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const TERMS: VenueTerms = {
	takerFee: 0.00055,
	makerFee: 0.0002,
	slippage: 0,
	marginMode: "isolated",
	balance: 1e12 as Usdt,
	leverage: 10,
};

const usd = (dollars: number): Price => Math.round(dollars * 10) as Price; // ticks of 0.1
const coins = (milli: number): Qty => milli as Qty; // steps of 0.001

/** Five levels on either side of the last price, a dollar apart, of 10 steps each. */
const BOOK = {
	levels(_symbol: string, side: Side, last: number): BookLevel[] {
		const sign = side === "buy" ? 1 : -1;
		return [1, 2, 3, 4, 5].map((n) => ({ price: usd(last + sign * n), qty: coins(10) }));
	},
};

let links = 0;
function order(over: Partial<OrderRequest>): OrderRequest {
	const base = { symbol: SYMBOL, side: "buy", type: "market", qty: coins(10), timeInForce: "GTC", reduceOnly: false } as const;
	return { ...base, linkId: `o-${++links}`, ...over };
}

function fresh(over: Partial<VenueTerms> = {}): Venue {
	const instrument = bundledInstrument(SYMBOL);
	assert(instrument);
	const venue = new Venue([instrument], { ...TERMS, ...over });
	venue.open(SYMBOL, 20_000, 0);
	return venue;
}

function send(venue: Venue, over: Partial<OrderRequest>): string {
	const result = venue.submit(order(over), 1);
	assert(result.ok, result.ok ? "" : result.error.message);
	return result.value;
}

function refused(venue: Venue, over: Partial<OrderRequest>): number {
	const result = venue.submit(order(over), 1);
	return result.ok ? 0 : result.error.code;
}

function told(venue: Venue): VenueOrder[] {
	return venue.drain().flatMap((event) => (event.kind === "order" ? [event.order] : []));
}

function fills(venue: Venue): [number, number, boolean][] {
	return venue
		.drain()
		.flatMap((event) => (event.kind === "execution" ? [[event.fill.price, event.fill.qty, event.fill.maker] as const] : [])) as [
		number,
		number,
		boolean,
	][];
}

const brief = ({ status, cancelType, rejectReason, filled, qty }: VenueOrder): string =>
	`${status} ${cancelType} ${rejectReason} ${filled}/${qty}`;

function go(venue: Venue, price: number): void {
	while (!venue.advance(SYMBOL, price, 2));
}

test("a reduce-only order is cut to the position", () => {
	const venue = fresh();
	send(venue, {});
	venue.drain();
	send(venue, { side: "sell", qty: coins(25), reduceOnly: true });
	assert.deepEqual(told(venue).map(brief), ["Filled UNKNOWN EC_NoError 10/10"]);
});

test("quantity zero, reduce-only and close-on-trigger closes all, now or when triggered", () => {
	const all = { side: "sell", qty: coins(0), reduceOnly: true, closeOnTrigger: true } as const;
	const now = fresh();
	assert.equal(refused(now, all), 110017);
	send(now, {});
	send(now, all);
	assert.equal(now.position(SYMBOL).qty, 0);
	const later = fresh();
	send(later, {});
	send(later, { ...all, trigger: { price: usd(19_000), direction: "fall", by: "last" } });
	send(later, { qty: coins(7) });
	go(later, 19_000);
	assert.equal(later.position(SYMBOL).qty, 0);
	assert.equal(refused(later, { qty: coins(0) }), 10001);
});

test("when the position shrinks, the newest reduce-only orders go until the others fit", () => {
	const venue = fresh();
	send(venue, {});
	const resting = { side: "sell", type: "limit", reduceOnly: true } as const;
	const old = send(venue, { ...resting, qty: coins(4), price: usd(21_000) });
	send(venue, { ...resting, qty: coins(4), price: usd(22_000) });
	send(venue, { ...resting, qty: coins(2), price: usd(23_000) });
	venue.drain();
	send(venue, { side: "sell", qty: coins(5), reduceOnly: true });
	assert.deepEqual(told(venue).slice(1).map(brief), [
		"Cancelled CancelByReduceOnly EC_NoError 0/2",
		"Cancelled CancelByReduceOnly EC_NoError 0/4",
	]);
	assert.deepEqual(
		venue.openOrders(SYMBOL).map(({ orderId }) => orderId),
		[old],
	);
});

test("a market order's price is its cap, five per cent from the mark price cut to the tick inward", () => {
	const rows = [
		["buy", 66_472.02, undefined, 69_795.6],
		["sell", 51_850.1, undefined, 49_257.6],
		["buy", 64_617.3, undefined, 67_848.1],
		["sell", 95_901.48, 0.01, 94_942.5],
	] as const;
	for (const [side, mark, band, cap] of rows) {
		const venue = fresh(band === undefined ? {} : { marketBand: { [SYMBOL]: band } });
		venue.open(SYMBOL, mark, 1);
		send(venue, { side });
		assert.equal(told(venue)[0]?.price, usd(cap));
	}
});

test("beyond the cap nothing fills", () => {
	const venue = fresh();
	venue.setMark(SYMBOL, 19_000, 1);
	send(venue, {});
	assert.deepEqual(told(venue).map(brief), ["Cancelled UNKNOWN EC_ReachMarketPriceLimit 0/10"]);
});

test("a trigger on the wrong side of the price that it listens to is refused", () => {
	const venue = fresh();
	venue.setMark(SYMBOL, 21_000, 1);
	const at = (price: number, direction: "rise" | "fall", by: "last" | "mark" | "index"): number =>
		refused(venue, { trigger: { price: usd(price), direction, by } });
	assert.equal(at(20_500, "rise", "last"), 0);
	assert.equal(at(20_500, "rise", "mark"), 110092);
	assert.equal(at(20_500, "fall", "last"), 110093);
	assert.equal(at(20_500, "fall", "mark"), 0);
	assert.equal(at(20_000, "rise", "index"), 110092);
});

test("ten conditional orders may wait; one that was triggered waits no longer", () => {
	const venue = fresh();
	const waiting = { type: "limit", price: usd(18_000), trigger: { price: usd(21_000), direction: "rise", by: "last" } } as const;
	for (let i = 0; i < 10; i++) send(venue, waiting);
	assert.equal(refused(venue, waiting), 110009);
	go(venue, 21_000);
	assert.equal(refused(venue, { ...waiting, trigger: { ...waiting.trigger, price: usd(22_000) } }), 0);
});

test("a conditional order is cancelled when its margin is short at the trigger", () => {
	const venue = fresh({ balance: 100e8 as Usdt });
	send(venue, { qty: coins(100), trigger: { price: usd(21_000), direction: "rise", by: "last" } });
	venue.drain();
	go(venue, 21_000);
	assert.deepEqual(told(venue).map(brief), ["Cancelled UNKNOWN EC_Others 0/100"]);
});

test("an order walks the book: several executions, and what does not fit within its limit rests, ends, or prevents all of it", () => {
	const rows: [Partial<OrderRequest>, [number, number][], string | undefined][] = [
		[
			{ qty: coins(25) },
			[
				[20_001, 10],
				[20_002, 10],
				[20_003, 5],
			],
			"Filled UNKNOWN EC_NoError 25/25",
		],
		[
			{ qty: coins(60) },
			[20_001, 20_002, 20_003, 20_004, 20_005].map((price) => [price, 10]),
			"Cancelled UNKNOWN EC_CancelForNoFullFill 50/60",
		],
		[{ type: "limit", price: usd(20_001), qty: coins(15) }, [[20_001, 10]], undefined],
		[
			{ type: "limit", price: usd(20_001), qty: coins(15), timeInForce: "IOC" },
			[[20_001, 10]],
			"Cancelled UNKNOWN EC_CancelForNoFullFill 10/15",
		],
		[{ type: "limit", price: usd(20_001), qty: coins(15), timeInForce: "FOK" }, [], "Cancelled UNKNOWN EC_CancelForNoFullFill 0/15"],
		[
			{ type: "limit", price: usd(20_002), qty: coins(15), timeInForce: "FOK" },
			[
				[20_001, 10],
				[20_002, 5],
			],
			"Filled UNKNOWN EC_NoError 15/15",
		],
		[{ type: "limit", price: usd(20_000), timeInForce: "IOC" }, [], "Cancelled UNKNOWN EC_NoImmediateQtyToFill 0/10"],
		[{ type: "limit", price: usd(20_001), timeInForce: "PostOnly" }, [], "Cancelled UNKNOWN EC_PostOnlyWillTakeLiquidity 0/10"],
	];
	for (const [request, expected, end] of rows) {
		const venue = fresh({ liquidity: BOOK });
		send(venue, request);
		const events = venue.drain();
		const executed = events.flatMap((event) => (event.kind === "execution" ? [[event.fill.price / 10, event.fill.qty]] : []));
		assert.deepEqual(executed, expected, JSON.stringify(request));
		const last = events.flatMap((event) => (event.kind === "order" ? [event.order] : [])).at(-1);
		if (end !== undefined) assert.equal(last && brief(last), end);
		else assert.deepEqual(venue.openOrders(SYMBOL).map(brief), ["PartiallyFilled UNKNOWN EC_NoError 10/15"]);
	}
});

test("the band ends a walk through the book", () => {
	const venue = fresh({ liquidity: BOOK, marketBand: { [SYMBOL]: 0.0001 } });
	send(venue, { qty: coins(40) });
	assert.deepEqual(told(venue).map(brief).at(-1), "Cancelled UNKNOWN EC_ReachMarketPriceLimit 20/40");
});

test("public trades fill resting orders up to their size: the better price first, then the older order", () => {
	const venue = fresh({ liquidity: BOOK });
	for (const price of [19_990, 19_995, 19_995]) send(venue, { type: "limit", price: usd(price) });
	venue.drain();
	venue.trade(SYMBOL, { price: usd(19_996), qty: coins(50) }, 2);
	assert.deepEqual(fills(venue), []);
	venue.trade(SYMBOL, { price: usd(19_995), qty: coins(14) }, 2);
	assert.deepEqual(fills(venue), [
		[usd(19_995), 10, true],
		[usd(19_995), 4, true],
	]);
	venue.trade(SYMBOL, { price: usd(19_000), qty: coins(8), side: "buy" }, 2);
	assert.deepEqual(fills(venue), []);
	venue.trade(SYMBOL, { price: usd(19_000), qty: coins(8), side: "sell" }, 2);
	assert.deepEqual(fills(venue), [
		[usd(19_995), 6, true],
		[usd(19_990), 2, true],
	]);
});

test("in a book, the position of a closing order walks down with its fills, and the order does not cancel itself", () => {
	const venue = fresh({ liquidity: BOOK });
	send(venue, { qty: coins(30) });
	send(venue, { side: "sell", type: "limit", price: usd(21_000), qty: coins(20), reduceOnly: true });
	send(venue, { side: "sell", qty: coins(15), reduceOnly: true });
	assert.equal(venue.position(SYMBOL).qty, 15);
	assert.deepEqual(venue.openOrders(SYMBOL), []);
});

test("an amend changes each term on its own, and is refused where the exchange refuses", () => {
	const rows: [Partial<OrderRequest>, Amendment, number][] = [
		[{}, { qty: coins(20) }, 0],
		[{}, { price: usd(19_100) }, 0],
		[{}, {}, 10001],
		[{}, { price: usd(19_000) }, 10001],
		[{}, { price: 0 as Price }, 10001],
		[{}, { qty: coins(0) }, 110064],
		[{}, { qty: coins(20_000) }, 110007],
		[{}, { stopLoss: usd(18_000), takeProfit: usd(21_000), slTriggerBy: "mark" }, 0],
		[{}, { stopLoss: usd(19_000) }, 10001],
		[{ stopLoss: usd(18_000) }, { stopLoss: 0 as Price }, 0],
		[{}, { takeProfit: usd(21_000), tpLimitPrice: usd(21_000) }, 110060],
		[{}, { takeProfit: usd(21_000), tpLimitPrice: usd(21_000), tpslMode: "Partial" }, 0],
		[{ trigger: { price: usd(19_500), direction: "fall", by: "last" } }, { triggerPrice: usd(19_400), triggerBy: "mark" }, 0],
		[{ trigger: { price: usd(19_500), direction: "fall", by: "last" } }, { triggerPrice: usd(20_500) }, 110093],
	];
	for (const [request, change, code] of rows) {
		const venue = fresh();
		const orderId = send(venue, { type: "limit", price: usd(19_000), ...request });
		const result = venue.amend({ symbol: SYMBOL, orderId }, change, 2);
		assert.equal(result.ok ? 0 : result.error.code, code, JSON.stringify(change));
	}
});

test("the legs of a partly filled order are amended by their own ids; those of Full mode keep the position's size", () => {
	const venue = fresh({ liquidity: BOOK });
	const partly = send(venue, { type: "limit", price: usd(20_001), qty: coins(15), stopLoss: usd(19_000) });
	const of = (change: Amendment, orderId: string): number => {
		const result = venue.amend({ symbol: SYMBOL, orderId }, change, 2);
		return result.ok ? 0 : result.error.code;
	};
	assert.equal(of({ stopLoss: usd(18_000) }, partly), 110059);
	assert.equal(of({ qty: coins(10) }, partly), 110064);
	const leg = venue.openOrders(SYMBOL).find(({ stopOrderType }) => stopOrderType === "StopLoss");
	assert(leg);
	assert.equal(of({ qty: coins(5) }, leg.orderId), 110060);
	assert.equal(of({ triggerPrice: usd(19_100) }, leg.orderId), 0);
	assert.equal(venue.stopOf(SYMBOL), usd(19_100));
});

test("a post-only order that is amended to cross is cancelled", () => {
	const venue = fresh();
	const orderId = send(venue, { type: "limit", price: usd(19_000), timeInForce: "PostOnly" });
	venue.drain();
	assert(venue.amend({ symbol: SYMBOL, orderId }, { price: usd(20_001) }, 2).ok);
	assert.deepEqual(told(venue).map(brief), ["Cancelled UNKNOWN EC_PostOnlyWillTakeLiquidity 0/10"]);
});
