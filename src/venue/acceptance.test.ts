// What the venue takes, what it turns away, and with which words: one row for each rung of its ladder.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instrument, makeInstrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import { roundUsdt } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";
import { Venue } from "./venue.ts";

const BTC = makeInstrument({
	symbol: "BTCUSDT",
	baseCoin: "BTC",
	tick: "0.1",
	step: "0.001",
	minQty: "0.001",
	maxQty: "10",
	maxMarketQty: "5",
	minNotional: 5,
	maxLeverage: 100,
	fundingHours: 8,
	tiers: [
		{ limit: 2_000_000, maintenance: 0.005, maxLeverage: 100 },
		{ limit: 4_000_000, maintenance: 0.01, maxLeverage: 50 },
	],
})!;
const CHEAP = makeInstrument({
	symbol: "CHEAPUSDT",
	baseCoin: "CHEAP",
	tick: "0.01",
	step: "0.1",
	minQty: "0.1",
	minNotional: 5,
	maxLeverage: 100,
	fundingHours: 8,
})!;

function price(usdt: number, instrument: Instrument = BTC): Price {
	return instrument.grid.floorToTick(usdt);
}

function qty(coins: number, instrument: Instrument = BTC): Qty {
	return instrument.grid.floorToStep(coins);
}

let sequence = 0;

function order(change: Partial<OrderRequest> = {}): OrderRequest {
	return {
		linkId: `id-${++sequence}`,
		symbol: "BTCUSDT",
		side: "buy",
		type: "market",
		qty: qty(0.1),
		timeInForce: "IOC",
		reduceOnly: false,
		...change,
	};
}

/** A venue with 10000 USDT whose prices stand at 20000 and 24.9. */
function venue(terms: { leverage?: number } = {}): Venue {
	const made = new Venue([BTC, CHEAP], {
		takerFee: 0.00055,
		makerFee: 0.0002,
		slippage: 0,
		marginMode: "isolated",
		balance: roundUsdt(10_000),
		leverage: 10,
		...terms,
	});
	made.open("BTCUSDT", 20_000, 0);
	made.advance("BTCUSDT", 20_000, 0);
	made.open("CHEAPUSDT", 24.9, 0);
	return made;
}

const long = (on: Venue): void => void on.submit(order(), 0);

type Row = { what: string; request: Partial<OrderRequest>; before?: (on: Venue) => void; expected: Refusal | undefined };

const LIMIT = { type: "limit", timeInForce: "GTC" } as const;
const ROWS: readonly Row[] = [
	{ what: "a symbol it does not list", request: { symbol: "DOGEUSDT" }, expected: REFUSALS.symbol },
	{
		what: "an id it has seen",
		request: { linkId: "twice" },
		before: (on) => void on.submit(order({ linkId: "twice" }), 0),
		expected: REFUSALS.duplicateLink,
	},
	{
		what: "an id it has seen, of an order long gone",
		request: { linkId: "gone" },
		before: (on) => {
			on.submit(order({ linkId: "gone", ...LIMIT, price: price(15_000) }), 0);
			on.cancel({ symbol: "BTCUSDT", linkId: "gone" }, 0);
		},
		expected: REFUSALS.duplicateLink,
	},
	{ what: "no quantity", request: { qty: 0 as Qty }, expected: REFUSALS.qtyMin },
	{ what: "the minimum quantity", request: { qty: qty(0.001) }, expected: undefined },
	{ what: "no quantity to reduce by", request: { qty: 0 as Qty, side: "sell", reduceOnly: true }, before: long, expected: REFUSALS.qtyMin },
	{ what: "a market order just within the maximum", request: { qty: qty(5) }, expected: REFUSALS.margin }, // further down the ladder
	{ what: "a market order above the maximum", request: { qty: qty(5.001) }, expected: REFUSALS.qtyMax },
	{ what: "a limit order just within the maximum", request: { ...LIMIT, price: price(1000), qty: qty(10) }, expected: undefined },
	{ what: "a limit order above the maximum", request: { ...LIMIT, price: price(1000), qty: qty(10.001) }, expected: REFUSALS.qtyMax },
	{ what: "a limit order without a price", request: LIMIT, expected: REFUSALS.priceNeeded },
	{ what: "a limit order at nothing", request: { ...LIMIT, price: 0 as Price }, expected: REFUSALS.priceNeeded },
	{
		what: "a price beyond the instrument's",
		request: { ...LIMIT, side: "sell", price: (BTC.maxPrice + 1) as Price },
		expected: REFUSALS.priceRange,
	},
	{
		what: "a reduce-only order that carries a stop",
		request: { side: "sell", reduceOnly: true, stopLoss: price(19_000) },
		before: long,
		expected: REFUSALS.reduceOnlyStop,
	},
	{ what: "reduce-only without a position", request: { side: "sell", reduceOnly: true }, expected: REFUSALS.reduceOnlyFlat },
	{
		what: "reduce-only on the position's own side",
		request: { side: "buy", reduceOnly: true },
		before: long,
		expected: REFUSALS.reduceOnlySame,
	},
	{ what: "reduce-only against the position", request: { side: "sell", reduceOnly: true }, before: long, expected: undefined },
	{
		what: "a rising trigger below the price",
		request: { trigger: { price: price(19_999.9), direction: "rise", by: "last" } },
		expected: REFUSALS.fallsPast,
	},
	{
		what: "a rising trigger at the price",
		request: { trigger: { price: price(20_000), direction: "rise", by: "last" } },
		expected: REFUSALS.fallsPast,
	},
	{
		what: "a rising trigger above the price",
		request: { trigger: { price: price(20_000.1), direction: "rise", by: "last" } },
		expected: undefined,
	},
	{
		what: "a falling trigger above the price",
		request: { trigger: { price: price(20_000.1), direction: "fall", by: "last" } },
		expected: REFUSALS.risesPast,
	},
	{
		what: "a falling trigger at the price",
		request: { trigger: { price: price(20_000), direction: "fall", by: "last" } },
		expected: REFUSALS.risesPast,
	},
	{
		what: "a falling trigger below the price",
		request: { trigger: { price: price(19_999.9), direction: "fall", by: "last" } },
		expected: undefined,
	},
	{
		what: "an eleventh conditional order",
		request: { trigger: { price: price(21_000), direction: "rise", by: "last" } },
		before: (on) => {
			for (let i = 0; i < 10; i++) on.submit(order({ trigger: { price: price(21_000), direction: "rise", by: "last" } }), 0);
		},
		expected: REFUSALS.tooManyConditional,
	},
	{
		what: "an order beyond five hundred active ones",
		request: { ...LIMIT, price: price(10_000), qty: qty(0.001) },
		before: (on) => {
			for (let i = 0; i < 500; i++) on.submit(order({ ...LIMIT, price: price(10_000), qty: qty(0.001) }), 0);
		},
		expected: REFUSALS.tooManyActive,
	},
	{ what: "a notional below 5 USDT", request: { symbol: "CHEAPUSDT", qty: qty(0.2, CHEAP) }, expected: REFUSALS.notional }, // 4.98
	{
		what: "a notional of 5 USDT",
		request: { symbol: "CHEAPUSDT", qty: qty(0.2, CHEAP), ...LIMIT, price: price(25, CHEAP) },
		expected: undefined,
	},
	{ what: "a long's stop at its price", request: { stopLoss: price(20_000) }, expected: REFUSALS.stopLong },
	{ what: "a long's stop a tick below its price", request: { stopLoss: price(19_999.9) }, expected: undefined },
	{ what: "a short's stop at its price", request: { side: "sell", stopLoss: price(20_000) }, expected: REFUSALS.stopShort },
	{ what: "a short's stop a tick above its price", request: { side: "sell", stopLoss: price(20_000.1) }, expected: undefined },
	{
		what: "a limit order's stop is judged against its own price",
		request: { ...LIMIT, price: price(19_000), stopLoss: price(19_500) },
		expected: REFUSALS.stopLong,
	},
	// Leverage 10: a coin costs 2000 + 11 + 0.9 · 11 = 2020.9 to buy, and 2000 + 11 + 1.1 · 11 = 2023.1 to sell; 10000 ÷ 2020.9 = 4.9482.
	{ what: "more margin than there is", request: { qty: qty(4.949) }, expected: REFUSALS.margin },
	{ what: "all the margin there is", request: { qty: qty(4.948) }, expected: undefined },
	{ what: "more margin than there is to sell", request: { side: "sell", qty: qty(4.943) }, expected: REFUSALS.margin },
	{ what: "all the margin there is to sell", request: { side: "sell", qty: qty(4.942) }, expected: undefined },
	{
		what: "more than resting orders leave",
		request: { qty: qty(0.949) },
		before: (on) => void on.submit(order({ ...LIMIT, price: price(19_999), qty: qty(4) }), 0),
		expected: REFUSALS.margin,
	},
	{
		what: "what a position bound, to close it",
		request: { side: "sell", qty: qty(4.9) },
		before: (on) => void on.submit(order({ qty: qty(4.9) }), 0),
		expected: undefined,
	},
	{
		what: "what goes beyond closing needs margin",
		request: { side: "sell", qty: qty(9.8), type: "limit", timeInForce: "GTC", price: price(20_100) },
		before: (on) => void on.submit(order({ qty: qty(4.9) }), 0),
		expected: REFUSALS.margin,
	},
];

for (const { what, request, before, expected } of ROWS) {
	test(`an order: ${what}, ${expected === undefined ? "taken" : `refused with ${expected.code}`} (D1)`, () => {
		const on = venue();
		before?.(on);
		on.drain();
		const result = on.submit(order(request), 1);
		if (expected === undefined) {
			assert.ok(result.ok, result.ok ? "" : result.error.message);
			assert.ok(on.drain().length > 0);
		} else {
			assert.deepEqual(result.ok ? "taken" : result.error, expected);
			assert.deepEqual(on.drain(), [], "a refusal leaves no trace");
		}
	});
}

test("before a first price nothing is taken (D1)", () => {
	const empty = new Venue([BTC], { takerFee: 0, makerFee: 0, slippage: 0, marginMode: "isolated", balance: roundUsdt(10), leverage: 1 });
	const result = empty.submit(order(), 0);
	assert.deepEqual(result.ok ? "taken" : result.error, REFUSALS.noPrice);
	assert.equal(empty.quote("BTCUSDT"), undefined);
});

const refusalOf = (result: { ok: true } | { ok: false; error: Refusal }): Refusal | "taken" => (result.ok ? "taken" : result.error);

test("amending: what is gone, unchanged, filled beyond, too small or past its trigger is refused (D3)", () => {
	const on = venue();
	const rest = { ...LIMIT, price: price(19_000) };
	on.submit(order({ linkId: "rest", ...rest }), 0);
	on.submit(order({ linkId: "wait", side: "sell", trigger: { price: price(21_000), direction: "rise", by: "last" } }), 0);
	const amend = (linkId: string, change: Parameters<Venue["amend"]>[1]) => refusalOf(on.amend({ symbol: "BTCUSDT", linkId }, change, 1));
	assert.deepEqual(amend("nobody", { price: price(19_100) }), REFUSALS.notFound);
	assert.deepEqual(refusalOf(on.amend({ symbol: "DOGEUSDT", linkId: "rest" }, { price: price(19_100) }, 1)), REFUSALS.notFound);
	assert.deepEqual(amend("rest", {}), REFUSALS.notModified);
	assert.deepEqual(amend("rest", { price: price(19_000), qty: qty(0.1) }), REFUSALS.notModified);
	assert.deepEqual(amend("rest", { qty: 0 as Qty }), REFUSALS.qtyFilled);
	assert.deepEqual(amend("wait", { triggerPrice: price(20_000) }), REFUSALS.fallsPast);
	assert.equal(amend("rest", { price: price(19_100), qty: qty(0.2) }), "taken");
	assert.equal(amend("wait", { triggerPrice: price(20_000.1) }), "taken");
	const [first, second] = on.openOrders("BTCUSDT");
	assert.deepEqual([first?.price, first?.qty, second?.trigger?.price], [191_000, 200, 200_001]);
	// Amended through the market, it takes: at its price or better.
	assert.equal(amend("rest", { price: price(20_100) }), "taken");
	assert.deepEqual(on.position("BTCUSDT"), { direction: "long", qty: 200, cost: roundUsdt(0.2 * 20_000) });
});

test("cancelling finds an order by either id, once (D3)", () => {
	const on = venue();
	const placed = on.submit(order({ linkId: "a", ...LIMIT, price: price(19_000) }), 0);
	on.submit(order({ linkId: "b", ...LIMIT, price: price(19_000) }), 0);
	assert.ok(placed.ok);
	assert.equal(refusalOf(on.cancel({ symbol: "BTCUSDT", orderId: placed.value }, 1)), "taken");
	assert.deepEqual(refusalOf(on.cancel({ symbol: "BTCUSDT", orderId: placed.value }, 1)), REFUSALS.notFound);
	assert.deepEqual(refusalOf(on.cancel({ symbol: "BTCUSDT", linkId: "a" }, 1)), REFUSALS.notFound);
	assert.equal(refusalOf(on.cancel({ symbol: "BTCUSDT", linkId: "b" }, 1)), "taken");
	assert.deepEqual(on.openOrders("BTCUSDT"), []);
});

test("a position's stop: without a position, unchanged, or on the wrong side of the price it is refused (D4)", () => {
	const on = venue();
	const stop = (usdt: number) => refusalOf(on.setStop("BTCUSDT", price(usdt), 1));
	assert.deepEqual(stop(19_000), REFUSALS.zeroPosition);
	assert.deepEqual(refusalOf(on.setStop("DOGEUSDT", price(1), 1)), REFUSALS.symbol);
	long(on);
	assert.deepEqual(refusalOf(on.setStop("BTCUSDT", undefined, 1)), REFUSALS.stopUnchanged);
	assert.deepEqual([stop(20_000.1), stop(20_000)], [REFUSALS.stopLong, REFUSALS.stopLong]);
	assert.equal(stop(19_999.9), "taken");
	assert.deepEqual(stop(19_999.9), REFUSALS.stopUnchanged);
	assert.equal(on.stopOf("BTCUSDT"), 199_999);
	assert.equal(refusalOf(on.setStop("BTCUSDT", undefined, 1)), "taken");
	assert.equal(on.stopOf("BTCUSDT"), undefined);
	const other = venue();
	other.submit(order({ side: "sell" }), 0);
	assert.deepEqual(
		[19_999.9, 20_000, 20_000.1].map((usdt) => refusalOf(other.setStop("BTCUSDT", price(usdt), 1))),
		[REFUSALS.stopShort, REFUSALS.stopShort, "taken"],
	);
});

test("leverage: below one, above the instrument's or the tier's, or unchanged is refused (B2)", () => {
	const on = venue();
	const set = (leverage: number) => refusalOf(on.setLeverage("BTCUSDT", leverage, 1));
	assert.deepEqual(refusalOf(on.setLeverage("DOGEUSDT", 5, 1)), REFUSALS.symbol);
	assert.deepEqual(
		[set(0.99), set(Number.NaN), set(100.01), set(10)],
		[REFUSALS.leverageMin, REFUSALS.leverageMin, REFUSALS.leverageMax, REFUSALS.leverageUnchanged],
	);
	assert.equal(set(100), "taken");
	assert.equal(set(1), "taken");
	assert.equal(on.leverage("BTCUSDT"), 1);
});

test("leverage moves the liquidation price of an open position (B2, D2)", () => {
	const on = venue();
	long(on);
	// 20000 · 0.9 ÷ 0.995 = 18090.45; with 5, 20000 · 0.8 ÷ 0.995 = 16080.40
	assert.equal(on.liquidationPrice("BTCUSDT").toFixed(2), "18090.45");
	on.setLeverage("BTCUSDT", 5, 1);
	assert.equal(on.liquidationPrice("BTCUSDT").toFixed(2), "16080.40");
});

test("the margin mode changes only while nothing is open or resting (B2)", () => {
	const on = venue();
	assert.equal(refusalOf(on.setMarginMode("isolated")), "taken");
	on.submit(order({ linkId: "rest", ...LIMIT, price: price(19_000) }), 0);
	assert.deepEqual(refusalOf(on.setMarginMode("cross")), REFUSALS.modeBusy);
	on.cancel({ symbol: "BTCUSDT", linkId: "rest" }, 1);
	long(on);
	assert.deepEqual(refusalOf(on.setMarginMode("cross")), REFUSALS.modeBusy);
	on.submit(order({ side: "sell", reduceOnly: true }), 1);
	assert.equal(refusalOf(on.setMarginMode("cross")), "taken");
	assert.equal(on.marginMode, "cross");
});

test("time in force: IOC and FOK that cross nothing end at once, post-only that crosses too, GTC rests (D1)", () => {
	for (const [timeInForce, usdt, status, reason] of [
		["IOC", 19_999, "Cancelled", "EC_NoImmediateQtyToFill"],
		["FOK", 19_999, "Cancelled", "EC_NoImmediateQtyToFill"],
		["GTC", 19_999, "New", "EC_NoError"],
		["PostOnly", 19_999, "New", "EC_NoError"],
		["PostOnly", 20_000, "New", "EC_NoError"], // the ask is a tick above
		["PostOnly", 20_000.1, "Cancelled", "EC_PostOnlyWillTakeLiquidity"],
		["IOC", 20_000.1, "Filled", "EC_NoError"],
		["GTC", 20_000.1, "Filled", "EC_NoError"],
	] as const) {
		const on = venue();
		on.submit(order({ type: "limit", timeInForce, price: price(usdt) }), 0);
		const last = on.drain().findLast((event) => event.kind === "order" && event.order.linkId !== "");
		assert.ok(last?.kind === "order");
		assert.deepEqual([last.order.status, last.order.rejectReason], [status, reason], `${timeInForce} at ${usdt}`);
	}
});
