// What comes before a take-over: margin that a position adds by itself, and the ladder down the risk tiers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instrument, makeInstrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import { roundUsdt, usdtNumber } from "../units/grid.ts";
import type { Price, Qty } from "../units/unit.ts";
import type { VenueEvent } from "./event.ts";
import type { BookLevel } from "./liquidity.ts";
import { Venue, type VenueTerms } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const TERMS: VenueTerms = {
	takerFee: 0,
	makerFee: 0,
	slippage: 0,
	marginMode: "isolated",
	balance: roundUsdt(1_000_000),
	leverage: 10,
};

/** Tiers of 10 000, 20 000 and 100 000 USDT. */
function tiered(tiers?: { limit: number; maintenance: number; maxLeverage: number }[]): Instrument {
	const [tick, step] = ["0.1", "0.001"];
	const limits = { minQty: "0.001", minNotional: 5, maxLeverage: 100, fundingHours: 8 };
	return makeInstrument({ symbol: SYMBOL, baseCoin: "BTC", tick, step, ...limits, ...(tiers === undefined ? {} : { tiers }) })!; // on its grid
}

const TIERS = [
	{ limit: 10_000, maintenance: 0.005, maxLeverage: 100 },
	{ limit: 20_000, maintenance: 0.01, maxLeverage: 50 },
	{ limit: 100_000, maintenance: 0.02, maxLeverage: 20 },
];

let links = 0;
function send(venue: Venue, over: Partial<OrderRequest>): string {
	const base = { symbol: SYMBOL, side: "buy", type: "market", qty: 3000 as Qty, timeInForce: "GTC", reduceOnly: false } as const;
	const result = venue.submit({ ...base, linkId: `l-${++links}`, ...over }, 1);
	assert(result.ok, result.ok ? "" : result.error.message);
	return result.value;
}

function held(over: Partial<VenueTerms> = {}, order: Partial<OrderRequest> = {}, instrument = tiered(TIERS)): Venue {
	const venue = new Venue([instrument], { ...TERMS, ...over });
	venue.open(SYMBOL, 10_000, 0);
	send(venue, order);
	venue.drain();
	return venue;
}

function executions(events: readonly VenueEvent[]): string[] {
	return events.flatMap((event) =>
		event.kind === "execution" ? [`${event.order.createType} ${event.fill.cause} ${event.fill.qty} at ${event.fill.price}`] : [],
	);
}

/** The price goes there; what was told on the way. */
function go(venue: Venue, price: number): readonly VenueEvent[] {
	while (!venue.advance(SYMBOL, price, 2));
	return venue.drain();
}

test("above the first tier a liquidation takes one rung at a time, and the take-over only what is left in the lowest", () => {
	const venue = held();
	assert.equal(venue.liquidationPrice(SYMBOL), (10_000 * 0.9 - 250 / 3) / 0.98, "3 BTC, third tier, deduction 250");
	const told = executions(go(venue, 8000));
	assert.deepEqual(told, [
		"CreateByLiq liquidation 1000 at 90986",
		"CreateByLiq liquidation 1000 at 90656",
		"CreateByTakeOver_PassThrough liquidation 1000 at 90000",
	]);
});

test("a rung is enough when the price turns, and the stop stays, cut to what is left", () => {
	const venue = held();
	assert(venue.setTradingStop(SYMBOL, { takeProfit: 110_000 as Price }, 1).ok);
	send(venue, { type: "limit", side: "buy", qty: 10 as Qty, price: 80_000 as Price });
	venue.drain();
	const told = go(venue, 9090);
	assert.deepEqual(
		venue.openOrders(SYMBOL).map(({ stopOrderType, qty }) => `${stopOrderType} ${qty}`),
		["TakeProfit 2000"],
	);
	const orders = told.flatMap((event) => (event.kind === "order" ? [`${event.order.createType} ${event.order.cancelType}`] : []));
	assert.equal(orders[0], "CreateByUser CancelByPrepareLiq", "what rests goes first");
	assert.deepEqual(executions(go(venue, 10_000)), [], "the rest stands");
});

test("in the first tier nothing has changed: taken over at once, whole", () => {
	const first = held({}, { qty: 999 as Qty });
	assert.deepEqual(executions(go(first, 8000)), ["CreateByTakeOver_PassThrough liquidation 999 at 90000"]);
	const one = held({}, {}, tiered());
	assert.deepEqual(executions(go(one, 8000)), ["CreateByTakeOver_PassThrough liquidation 3000 at 90000"]);
});

test("a rung is taken only where the rest would stand: tier one ends at 9045.2, and 1.105 BTC of tier two at 9045.2 as well", () => {
	const rows = [
		[1000, ["CreateByTakeOver_PassThrough"]],
		[1105, ["CreateByTakeOver_PassThrough"]],
		[1106, ["CreateByLiq", "CreateByTakeOver_PassThrough"]],
	] as const;
	for (const [qty, expected] of rows) {
		const told = executions(go(held({}, { qty: qty as Qty }), 8000));
		assert.deepEqual(
			told.map((text) => text.split(" ")[0]),
			expected,
		);
	}
});

test("a jump beyond every tier's liquidation price is a take-over, at the bankruptcy price", () => {
	const venue = held();
	venue.open(SYMBOL, 8500, 2);
	assert.deepEqual(executions(go(venue, 8500)), ["CreateByTakeOver_PassThrough liquidation 3000 at 90000"]);
});

test("with too little in the book the rung is killed, and all is taken over", () => {
	const thin = (qty: number) => ({
		levels: (_symbol: string, side: Side, last: number): BookLevel[] => [
			{ price: (Math.round(last * 10) + (side === "buy" ? 1 : -1)) as Price, qty: qty as Qty },
		],
	});
	const sums = (qty: number): string[] => {
		const venue = held({ liquidity: thin(3000) });
		Object.assign(venue.terms.liquidity ?? {}, thin(qty)); // the book thins out
		return executions(go(venue, 9090));
	};
	assert.deepEqual(
		sums(1001).map((text) => text.split(" ")[0]),
		["CreateByLiq"],
	);
	assert.deepEqual(
		sums(1000).map((text) => text.split(" ")[0]),
		["CreateByTakeOver_PassThrough"],
	);
});

test("a short one climbs down likewise, and in cross mode what a rung has cost is counted", () => {
	const short = executions(go(held({}, { side: "sell" }), 12_000)).map((text) => text.split(" ")[0]);
	assert.deepEqual(short, ["CreateByLiq", "CreateByLiq", "CreateByTakeOver_PassThrough"]);
	const cross = held({ marginMode: "cross", balance: roundUsdt(4000), takerFee: 0.00055 });
	const told = executions(go(cross, 8000)).map((text) => text.split(" ")[0]);
	assert.equal(told[0], "CreateByLiq");
	assert.equal(told.at(-1), "CreateByTakeOver_PassThrough");
	assert.ok(cross.wallet >= 0, `the wallet is ${cross.wallet}`);
});

test("margin is added by itself: as much as the initial margin, then all that is left, then the take-over (help centre's example)", () => {
	const instrument = tiered();
	const venue = new Venue([instrument], { ...TERMS, balance: roundUsdt(10_000) });
	venue.open(SYMBOL, 8000, 0);
	send(venue, { qty: 5000 as Qty });
	assert(venue.setAutoAddMargin(SYMBOL, true, 1).ok);
	venue.drain();
	const added = (): number => usdtNumber(venue.margin(SYMBOL).added);
	assert.equal(venue.available(), 6000);
	const before = venue.liquidationPrice(SYMBOL);
	const told = go(venue, before);
	assert.deepEqual(
		told.map(({ kind }) => kind),
		["position"],
	);
	assert.deepEqual([added(), venue.available()], [4000, 2000]);
	assert.ok(venue.liquidationPrice(SYMBOL) < before - 700);
	go(venue, venue.liquidationPrice(SYMBOL));
	assert.deepEqual([added(), venue.available()], [6000, 0]);
	assert.deepEqual(executions(go(venue, 5000)), ["CreateByTakeOver_PassThrough liquidation 5000 at 60000"]);
	assert.equal(usdtNumber(venue.wallet), 0, "what was added is lost with it");
});

test("added margin ends at a leverage of one, and is off unless asked for, and in cross mode refused", () => {
	const rich = held({ leverage: 2 }, { qty: 1000 as Qty }, tiered());
	assert(rich.setAutoAddMargin(SYMBOL, true, 1).ok);
	assert.equal(rich.autoAddMargin(SYMBOL), true);
	go(rich, 10);
	assert.equal(usdtNumber(rich.margin(SYMBOL).added), 5000, "5000 of its own, 5000 added: the whole value");
	assert.equal(rich.position(SYMBOL).qty, 1000, "a long one at one cannot be liquidated above nothing");
	const last = held({ leverage: 1.25 }, { qty: 1000 as Qty }, tiered());
	assert(last.setAutoAddMargin(SYMBOL, true, 1).ok);
	go(last, 10);
	assert.equal(usdtNumber(last.margin(SYMBOL).added), 2000, "not the 8000 of its initial margin");
	const off = held({ leverage: 2 }, { qty: 1000 as Qty }, tiered());
	go(off, 4000);
	assert.equal(off.position(SYMBOL).qty, 0);
	const cross = held({ marginMode: "cross" }).setAutoAddMargin(SYMBOL, true, 1);
	assert.equal(!cross.ok && cross.error.code, 110076);
});
