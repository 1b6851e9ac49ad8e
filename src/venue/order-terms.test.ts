// What an order's own terms make of it: self-match prevention, slippage tolerance, and reductions larger than one order may be.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instrument, makeInstrument } from "../market/instrument.ts";
import type { OrderRequest, SmpType, Tolerance } from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import { roundUsdt } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import type { VenueOrder } from "./event.ts";
import type { BookLevel } from "./liquidity.ts";
import { Venue, type VenueTerms } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const RATES = { takerFee: 0.00055, makerFee: 0.0002, slippage: 0 };
const TERMS: VenueTerms = { ...RATES, marginMode: "isolated", balance: roundUsdt(1_000_000), leverage: 10 };
const INSTRUMENT: Instrument = makeInstrument({
	symbol: SYMBOL,
	baseCoin: "BTC",
	tick: "0.1",
	step: "0.001",
	minQty: "0.001",
	maxQty: "0.1",
	maxMarketQty: "0.02",
	minNotional: 5,
	maxLeverage: 100,
	fundingHours: 8,
})!; // on its grid

/** Levels of 10 steps at 1, 2, … 5 dollars from the last price, so that there is room inside the spread. */
const BOOK = {
	levels(_symbol: string, side: Side, last: number): BookLevel[] {
		const sign = side === "buy" ? 1 : -1;
		return [1, 2, 3, 4, 5].map((n) => ({ price: usd(last + sign * n), qty: 10 as Qty }));
	},
};

const usd = (dollars: number): Price => Math.round(dollars * 10) as Price; // ticks of 0.1

let links = 0;
function submit(venue: Venue, over: Partial<OrderRequest>): { code: number; id: string } {
	const base = { symbol: SYMBOL, side: "buy", type: "market", qty: 10 as Qty, timeInForce: "GTC", reduceOnly: false } as const;
	const result = venue.submit({ ...base, linkId: `m-${++links}`, ...over }, 1);
	return result.ok ? { code: 0, id: result.value } : { code: result.error.code, id: "" };
}

function fresh(over: Partial<VenueTerms> = { liquidity: BOOK }): Venue {
	const venue = new Venue([INSTRUMENT], { ...TERMS, ...over });
	venue.open(SYMBOL, 20_000, 0);
	return venue;
}

const brief = ({ side, status, cancelType, filled, qty }: VenueOrder): string => `${side} ${status} ${cancelType} ${filled}/${qty}`;

/** The last word on each order that was told of since. */
function ends(venue: Venue): VenueOrder[] {
	const last = new Map<string, VenueOrder>();
	for (const event of venue.drain()) if (event.kind === "order") last.set(event.order.orderId, event.order);
	return [...last.values()];
}

function fills(venue: Venue): string[] {
	return venue
		.drain()
		.flatMap((event) =>
			event.kind === "execution" ? [`${event.fill.side} ${event.fill.qty} ${event.fill.price} ${event.fill.maker}`] : [],
		);
}

test("whom the flag of the taker cancels, and what the taker does with the rest", () => {
	const rows: [SmpType, string[]][] = [
		["None", ["buy Filled UNKNOWN 15/15", "sell Filled UNKNOWN 5/5"]],
		["CancelMaker", ["sell Cancelled CancelBySmp 0/5", "buy Filled UNKNOWN 15/15"]],
		["CancelTaker", ["buy Cancelled CancelBySmp 0/15"]],
		["CancelBoth", ["sell Cancelled CancelBySmp 0/5", "buy Cancelled CancelBySmp 0/15"]],
	];
	for (const [smp, expected] of rows) {
		const venue = fresh();
		const maker = submit(venue, { side: "sell", type: "limit", price: usd(20_000.5), qty: 5 as Qty, smp: "CancelBoth" }).id;
		venue.drain();
		const taker = submit(venue, { qty: 15 as Qty, smp }).id;
		const told = ends(venue);
		assert.deepEqual(told.map(brief).sort(), [...expected].sort(), smp);
		for (const order of told.filter(({ cancelType }) => cancelType === "CancelBySmp")) {
			assert.equal(order.smpOrderId, order.orderId === maker ? taker : maker);
			assert.equal(order.rejectReason, "EC_BySelfMatch");
		}
	}
});

test("without prevention the account trades with itself at the maker's price, and pays both fees", () => {
	const venue = fresh();
	submit(venue, { side: "sell", type: "limit", price: usd(20_000.5), qty: 5 as Qty });
	venue.drain();
	submit(venue, { qty: 15 as Qty });
	assert.deepEqual(fills(venue), ["buy 5 200005 false", "sell 5 200005 true", "buy 10 200010 false"]);
	assert.equal(venue.position(SYMBOL).qty, 10);
});

test("of a larger maker the rest stays, and of a larger taker the rest goes on", () => {
	const venue = fresh();
	submit(venue, { side: "sell", type: "limit", price: usd(20_000.5), qty: 20 as Qty });
	venue.drain();
	submit(venue, { qty: 5 as Qty });
	assert.deepEqual(ends(venue).map(brief), ["buy Filled UNKNOWN 5/5", "sell PartiallyFilled UNKNOWN 5/20"]);
	submit(venue, { qty: 20 as Qty });
	assert.deepEqual(ends(venue).map(brief), ["buy Filled UNKNOWN 20/20", "sell Filled UNKNOWN 20/20"]);
	assert.equal(venue.position(SYMBOL).qty, 5);
});

test("fill or kill is all or nothing when its own account stands behind others", () => {
	for (const smp of ["CancelTaker", "CancelBoth"] as const) {
		const venue = fresh();
		submit(venue, { side: "sell", type: "limit", price: usd(20_001.5), qty: 5 as Qty });
		venue.drain();
		submit(venue, { type: "limit", timeInForce: "FOK", qty: 15 as Qty, price: usd(20_002), smp });
		const [taker] = ends(venue).filter(({ side }) => side === "buy");
		assert.equal(taker && brief(taker), "buy Cancelled CancelBySmp 0/15");
		submit(venue, { type: "limit", timeInForce: "FOK", qty: 10 as Qty, price: usd(20_002), smp });
		assert.deepEqual(ends(venue).map(brief), ["buy Filled UNKNOWN 10/10"], "it never gets that far");
	}
});

test("a leg that was triggered is no leg any more: what fills across from it arms another", () => {
	const venue = fresh();
	submit(venue, { qty: 20 as Qty });
	assert(venue.setTradingStop(SYMBOL, { takeProfit: usd(20_010) }, 1).ok);
	while (!venue.advance(SYMBOL, 20_009.9, 2));
	submit(venue, { type: "limit", price: usd(20_009.5), qty: 5 as Qty, takeProfit: usd(20_020) });
	venue.drain();
	while (!venue.advance(SYMBOL, 20_010, 2));
	const told = ends(venue).map((order) => `${order.stopOrderType} ${brief(order)}`.trim());
	assert.deepEqual(told, ["TakeProfit sell Filled UNKNOWN 20/20", "buy Filled UNKNOWN 5/5", "TakeProfit sell Untriggered UNKNOWN 0/5"]);
	assert.equal(venue.protection(SYMBOL).takeProfit, usd(20_020));
});

test("better offers of others come first, and the taker's prevention strikes only when it gets there", () => {
	const venue = fresh();
	submit(venue, { side: "sell", type: "limit", price: usd(20_001.5), qty: 5 as Qty });
	venue.drain();
	submit(venue, { qty: 8 as Qty, smp: "CancelTaker" });
	assert.deepEqual(ends(venue).map(brief), ["buy Filled UNKNOWN 8/8"]);
	submit(venue, { qty: 18 as Qty, smp: "CancelTaker" });
	assert.deepEqual(ends(venue).map(brief), ["buy Cancelled CancelBySmp 10/18"]);
	assert.equal(venue.openOrders(SYMBOL).length, 1);
});

test("a limit order that would only meet its own takes it, is cancelled, or rests after it; post-only is turned away", () => {
	const crossing = { type: "limit", price: usd(20_000.5), qty: 5 as Qty } as const;
	const rows: [Partial<OrderRequest>, string[], number][] = [
		[{}, ["buy Filled UNKNOWN 5/5", "sell Filled UNKNOWN 5/5"], 0],
		[{ smp: "CancelTaker" }, ["buy Cancelled CancelBySmp 0/5"], 1],
		[{ smp: "CancelMaker" }, ["sell Cancelled CancelBySmp 0/5", "buy New UNKNOWN 0/5"], 1],
		[{ timeInForce: "PostOnly" }, ["buy Cancelled UNKNOWN 0/5"], 1],
		[{ timeInForce: "FOK" }, ["buy Filled UNKNOWN 5/5", "sell Filled UNKNOWN 5/5"], 0],
		[{ timeInForce: "FOK", qty: 6 as Qty }, ["buy Cancelled UNKNOWN 0/6"], 1],
		[{ timeInForce: "FOK", smp: "CancelMaker" }, ["buy Cancelled UNKNOWN 0/5"], 1],
		[{ timeInForce: "FOK", smp: "CancelTaker", price: usd(20_002) }, ["buy Cancelled CancelBySmp 0/5"], 1],
		[{ timeInForce: "IOC", smp: "CancelMaker" }, ["sell Cancelled CancelBySmp 0/5", "buy Cancelled UNKNOWN 0/5"], 0],
	];
	for (const [over, expected, live] of rows) {
		const venue = fresh();
		submit(venue, { ...crossing, side: "sell" });
		venue.drain();
		submit(venue, { ...crossing, ...over });
		assert.deepEqual(ends(venue).map(brief), expected, JSON.stringify(over));
		assert.equal(venue.openOrders(SYMBOL).length, live);
	}
});

test("without a book the account's own order at the best offer is met first", () => {
	const venue = fresh({});
	submit(venue, { side: "sell", type: "limit", price: usd(20_000.1), qty: 5 as Qty });
	submit(venue, { side: "sell", type: "limit", price: usd(20_000.2), qty: 5 as Qty });
	venue.drain();
	submit(venue, { smp: "CancelMaker" });
	assert.deepEqual(ends(venue).map(brief), ["sell Cancelled CancelBySmp 0/5", "buy Filled UNKNOWN 10/10"]);
	assert.equal(venue.openOrders(SYMBOL).length, 1);
});

test("an own order that the price has jumped over is the market's, not the account's", () => {
	const venue = fresh({});
	submit(venue, { type: "limit", price: usd(19_900), qty: 5 as Qty });
	venue.close(SYMBOL);
	submit(venue, { side: "sell", qty: 5 as Qty });
	venue.drain();
	venue.open(SYMBOL, 19_000, 2);
	assert.deepEqual(fills(venue), ["sell 5 190000 false"]);
});

test("a triggered order brings its flag along", () => {
	const venue = fresh();
	submit(venue, { type: "limit", price: usd(19_999.5), qty: 5 as Qty });
	submit(venue, { side: "sell", smp: "CancelBoth", trigger: { price: usd(19_999.9), direction: "fall", by: "last" } });
	venue.drain();
	while (!venue.advance(SYMBOL, 19_999.9, 2));
	assert.deepEqual(ends(venue).map(brief), ["buy Cancelled CancelBySmp 0/5", "sell Cancelled CancelBySmp 0/10"]);
});

test("a market order fills as far as it tolerates, from the best offer, and never beyond the band", () => {
	const rows: [Side, Tolerance | undefined, number, string][] = [
		["buy", undefined, 209_999, "Filled"], // the band: 5 % from the mark price
		["buy", { by: "TickSize", most: 10 }, 200_020, "Filled"],
		["buy", { by: "TickSize", most: 9 }, 200_019, "Cancelled"],
		["sell", { by: "TickSize", most: 1 }, 199_989, "Cancelled"],
		["buy", { by: "Percent", most: 0.01 }, 200_030, "Filled"], // 20001 × 1.0001 = 20003.0001
		["sell", { by: "Percent", most: 0.01 }, 199_971, "Filled"], // 19999 × 0.9999 = 19997.0001
		["buy", { by: "Percent", most: 10 }, 209_999, "Filled"],
	];
	for (const [side, tolerance, cap, status] of rows) {
		const venue = fresh();
		venue.setMark(SYMBOL, 19_999.96, 1);
		submit(venue, { side, qty: 20 as Qty, tolerance });
		const [order] = ends(venue);
		assert.deepEqual([order?.price, order?.status], [cap, status], JSON.stringify([side, tolerance]));
	}
});

test("without a book a market order that slips further than it tolerates fills at its limit", () => {
	const venue = fresh({ slippage: 0.001 });
	submit(venue, { tolerance: { by: "TickSize", most: 3 } });
	assert.deepEqual(fills(venue), ["buy 10 200004 false"]);
	submit(venue, { tolerance: { by: "Percent", most: 1 } });
	assert.deepEqual(fills(venue), ["buy 10 200200 false"]);
});

test("tolerances just inside and just outside of their ranges", () => {
	const rows: [Partial<OrderRequest>, number][] = [
		[{ tolerance: { by: "TickSize", most: 1 } }, 0],
		[{ tolerance: { by: "TickSize", most: 0 } }, 110108],
		[{ tolerance: { by: "TickSize", most: 1.5 } }, 110108],
		[{ tolerance: { by: "TickSize", most: 10_000 } }, 0],
		[{ tolerance: { by: "TickSize", most: 10_001 } }, 110108],
		[{ tolerance: { by: "Percent", most: 0.01 } }, 0],
		[{ tolerance: { by: "Percent", most: 0.009 } }, 110109],
		[{ tolerance: { by: "Percent", most: 0.015 } }, 110109],
		[{ tolerance: { by: "Percent", most: 10 } }, 0],
		[{ tolerance: { by: "Percent", most: 10.01 } }, 110109],
		[{ tolerance: { by: "Percent", most: -1 } }, 110109],
		[{ type: "limit", price: usd(20_000), tolerance: { by: "Percent", most: 1 } }, 10001],
		[{ trigger: { price: usd(21_000), direction: "rise", by: "last" }, tolerance: { by: "Percent", most: 1 } }, 10001],
	];
	for (const [over, code] of rows) assert.equal(submit(fresh(), over).code, code, JSON.stringify(over));
});

/** 50 steps long, where a market order may hold 20. */
function large(): Venue {
	const venue = fresh({});
	for (const qty of [20, 20, 10]) submit(venue, { qty: qty as Qty });
	assert.equal(venue.position(SYMBOL).qty, 50);
	venue.drain();
	return venue;
}

test("a reduction beyond what one order may hold is split; the first part bears the client's id", () => {
	assert.equal(submit(large(), { qty: 21 as Qty }).code, 10001);
	const venue = large();
	const { id } = submit(venue, { side: "sell", qty: 60 as Qty, reduceOnly: true, linkId: "mine" });
	const told = ends(venue);
	assert.deepEqual(told.map(brief), ["sell Filled UNKNOWN 20/20", "sell Filled UNKNOWN 20/20", "sell Filled UNKNOWN 10/10"]);
	assert.deepEqual(
		told.map(({ linkId, createType, orderId }) => [linkId, createType, orderId === id]),
		[
			["mine", "CreateByUser", true],
			["", "CreateByUser", false],
			["", "CreateByUser", false],
		],
	);
	const exact = large();
	submit(exact, { side: "sell", qty: 20 as Qty, reduceOnly: true });
	assert.equal(ends(exact).length, 1);
});

test("resting reductions are split likewise, by the larger limit of their kind", () => {
	const venue = large();
	for (const qty of [20, 20, 20]) submit(venue, { qty: qty as Qty });
	venue.drain();
	submit(venue, { side: "sell", type: "limit", price: usd(21_000), qty: 110 as Qty, reduceOnly: true });
	assert.deepEqual(ends(venue).map(brief), ["sell New UNKNOWN 0/100", "sell New UNKNOWN 0/10"]);
	while (!venue.advance(SYMBOL, 21_001, 2));
	assert.equal(venue.position(SYMBOL).qty, 0);
});

test("quantity zero closes no more than one order may hold, at once and when triggered", () => {
	const all = { side: "sell", qty: 0 as Qty, reduceOnly: true, closeOnTrigger: true } as const;
	const now = large();
	submit(now, all);
	assert.equal(now.position(SYMBOL).qty, 30);
	const later = large();
	submit(later, { ...all, trigger: { price: usd(19_000), direction: "fall", by: "last" } });
	while (!later.advance(SYMBOL, 19_000, 2));
	assert.equal(later.position(SYMBOL).qty, 30);
});

test("the stop of a position larger than an order closes all of it, in orders of its kind", () => {
	const venue = large();
	assert(venue.setStop(SYMBOL, usd(19_000), 1).ok);
	venue.drain();
	while (!venue.advance(SYMBOL, 19_000, 2));
	const told = ends(venue);
	assert.deepEqual(told.map(brief), ["sell Filled UNKNOWN 20/20", "sell Filled UNKNOWN 20/20", "sell Filled UNKNOWN 10/10"]);
	for (const order of told)
		assert.deepEqual([order.createType, order.stopOrderType, order.reduceOnly], ["CreateByStopLoss", "StopLoss", true]);
	assert.equal(venue.position(SYMBOL).qty, 0);
});
