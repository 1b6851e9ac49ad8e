// The account at the venue: what positions bind, when they end, and that every change of the wallet is a transaction.

import assert from "node:assert/strict";
import { test } from "node:test";
import { breakEvenPrice } from "../account/break-even.ts";
import { bankruptcyPrice, crossInitialMargin, isolatedLiquidation, maintenanceMargin } from "../account/margin.ts";
import { bundledInstrument, type Instrument, makeInstrument } from "../market/instrument.ts";
import { Grid, roundUsdt } from "../units/grid.ts";
import type { Price, Qty, Usdt } from "../units/unit.ts";
import { Venue, type VenueTerms } from "./venue.ts";

const TERMS: VenueTerms = {
	takerFee: 0.00055,
	makerFee: 0.0002,
	slippage: 0,
	marginMode: "isolated",
	balance: roundUsdt(10_000),
	leverage: 10,
};
const BTC = "BTCUSDT";
const ETH = "ETHUSDT";
const TIERED = makeInstrument({
	symbol: BTC,
	baseCoin: "BTC",
	tick: "0.1",
	step: "0.001",
	minQty: "0.001",
	minNotional: 5,
	maxLeverage: 100,
	fundingHours: 8,
	tiers: [
		{ limit: 10_000, maintenance: 0.005, maxLeverage: 100 },
		{ limit: 100_000, maintenance: 0.01, maxLeverage: 20 },
	],
});

let links = 0;
function open(venue: Venue, symbol: string, side: "buy" | "sell", qty: number): number {
	const result = venue.submit(
		{ linkId: `a-${++links}`, symbol, side, type: "market", qty: qty as Qty, timeInForce: "IOC", reduceOnly: false },
		1,
	);
	return result.ok ? 0 : result.error.code;
}

function fresh(
	over: Partial<VenueTerms> = {},
	instruments: (Instrument | undefined)[] = [bundledInstrument(BTC), bundledInstrument(ETH)],
): Venue {
	const venue = new Venue(
		instruments.filter((instrument) => instrument !== undefined),
		{ ...TERMS, ...over },
	);
	for (const symbol of venue.symbols()) venue.open(symbol, symbol === BTC ? 20_000 : 1000, 0);
	return venue;
}

test("margins of a cross position are those of recorded frames", () => {
	const rows = [
		[{ tick: "0.01", step: "0.1" }, 2, 46.604, 233.029, 10, 0.005, 0.000649, 4.68780139, 0.26025039],
		[{ tick: "0.1", step: "0.001" }, 1, 66.4735, 66_472.02, 10, 0.004, 0.001, 6.70702815, 0.32571423],
		[{ tick: "0.0001", step: "1" }, 43, 16.03599989, 0.3702, 75, 0.0075, 0.00055, 0.22095, 0.128092],
	] as const;
	for (const [spec, steps, cost, mark, leverage, maintenance, feeRate, im, mm] of rows) {
		const instrument = { grid: new Grid(spec), tiers: [{ limit: 1e15 as Usdt, maintenance, deduction: 0 as Usdt, maxLeverage: 100 }] };
		const position = { direction: "long", qty: steps as Qty, cost: roundUsdt(cost) } as const;
		const terms = { mark, leverage, feeRate };
		assert.ok(Math.abs(crossInitialMargin(position, instrument as unknown as Instrument, terms) - im) < 5e-7); // margins read no more of it
		assert.ok(Math.abs(maintenanceMargin(position, instrument as unknown as Instrument, terms) - mm) < 5e-7);
	}
});

test("the break-even price is that of a recorded frame", () => {
	const position = { direction: "long", qty: 1 as Qty, cost: roundUsdt(66.4735) } as const;
	const price = breakEvenPrice(position, new Grid({ tick: "0.1", step: "0.001" }), { realised: roundUsdt(-0.0664735), feeRate: 0.001 });
	assert.equal(price.toFixed(8), "66606.58008008");
});

test("added margin moves bankruptcy and liquidation away, for long and short", () => {
	const instrument = bundledInstrument(BTC);
	assert(instrument);
	const long = { direction: "long", qty: 1000 as Qty, cost: roundUsdt(20_000) } as const;
	const short = { ...long, direction: "short" } as const;
	const added = { added: roundUsdt(100), feeRate: 0 };
	assert.equal(isolatedLiquidation(long, instrument, 50).toFixed(2), "19698.49");
	assert.equal(bankruptcyPrice(long, instrument, 50, added.added), 19_500);
	assert.equal(bankruptcyPrice(short, instrument, 50, added.added), 20_500);
	assert.equal(isolatedLiquidation(long, instrument, 50, added).toFixed(2), (19_500 / 0.995).toFixed(2));
	assert.equal(isolatedLiquidation(short, instrument, 50, added).toFixed(2), (20_500 / 1.005).toFixed(2));
});

test("add-margin: refusals, what it binds, and what a partial close releases", () => {
	const venue = fresh();
	const add = (amount: number): number => {
		const result = venue.addMargin(BTC, roundUsdt(amount), 2);
		return result.ok ? 0 : result.error.code;
	};
	assert.equal(add(10), 110033);
	open(venue, BTC, "buy", 100);
	const before = venue.liquidationPrice(BTC);
	assert.equal(add(0), 110027);
	assert.equal(add(0.00001), 10001);
	assert.equal(add(1e6), 110045);
	assert.equal(add(-1), 110015);
	assert.equal(add(50.0001), 0);
	assert(venue.liquidationPrice(BTC) < before);
	assert.equal(venue.margin(BTC).added, roundUsdt(50.0001));
	open(venue, BTC, "sell", 50);
	assert.equal(venue.margin(BTC).added, roundUsdt(25.00005));
	open(venue, BTC, "sell", 50);
	assert.equal(venue.margin(BTC).added, 0);
	const cross = fresh({ marginMode: "cross" });
	open(cross, BTC, "buy", 100);
	const refusal = cross.addMargin(BTC, roundUsdt(10), 2);
	assert.equal(!refusal.ok && refusal.error.code, 110076);
});

test("the risk tier bounds leverage: of the position, of its orders, and of an order that would pass it", () => {
	const venue = fresh({ leverage: 50 }, [TIERED]);
	assert.equal(open(venue, BTC, "buy", 600), 110090);
	assert.equal(open(venue, BTC, "buy", 500), 0);
	assert.equal(open(venue, BTC, "buy", 1), 110090);
	const low = fresh({ leverage: 10 }, [TIERED]);
	open(low, BTC, "buy", 600);
	const above = low.setLeverage(BTC, 21, 2);
	assert.equal(!above.ok && above.error.code, 110013);
	assert(low.setLeverage(BTC, 20, 2).ok);
});

test("an isolated position is liquidated by the mark price: its orders first, then the take-over at the bankruptcy price", () => {
	const venue = fresh();
	open(venue, BTC, "buy", 100);
	open(venue, ETH, "buy", 10);
	venue.setStop(BTC, 190_000 as Price, 1);
	venue.setMark(BTC, 20_000, 1);
	venue.drain();
	const liquidation = venue.liquidationPrice(BTC);
	while (!venue.advance(BTC, 19_100, 2));
	venue.setMark(BTC, liquidation + 0.01, 2);
	assert.equal(venue.position(BTC).qty, 100);
	assert.deepEqual(venue.drain(), []);
	venue.setMark(BTC, liquidation, 2);
	const told = venue.drain().map((event) => {
		if (event.kind === "order") return `${event.order.createType} ${event.order.status} ${event.order.cancelType}`;
		return event.kind === "execution" ? `${event.fill.cause} ${event.fill.price}` : event.kind;
	});
	assert.deepEqual(told, [
		"CreateByStopLoss Cancelled CancelByPrepareLiq",
		"liquidation 180000",
		"CreateByTakeOver_PassThrough Filled UNKNOWN",
		"position",
		"wallet",
	]);
	assert.equal(venue.position(ETH).qty, 10);
});

test("in cross mode one position's loss brings the other's liquidation nearer", () => {
	const venue = fresh({ marginMode: "cross", balance: roundUsdt(1000) });
	open(venue, BTC, "buy", 200);
	open(venue, ETH, "buy", 200);
	const before = venue.liquidationPrice(BTC);
	while (!venue.advance(ETH, 900, 2));
	const lost = 200 - 1; // and 1 USDT less maintenance margin on the smaller value
	assert.ok(Math.abs(venue.liquidationPrice(BTC) - before - lost / 0.2 / 0.995) < 1e-6);
});

test("auto-deleveraging closes a part at the price that it is told, and cancels what rests", () => {
	const venue = fresh();
	open(venue, BTC, "sell", 100);
	venue.submit(
		{
			linkId: "rest",
			symbol: BTC,
			side: "buy",
			type: "limit",
			qty: 10 as Qty,
			price: 190_000 as Price,
			timeInForce: "GTC",
			reduceOnly: false,
		},
		1,
	);
	venue.drain();
	assert(venue.deleverage(BTC, 40 as Qty, 195_000 as Price, 2).ok);
	const events = venue.drain();
	assert.deepEqual(
		events.flatMap((event) => (event.kind === "order" ? [`${event.order.createType} ${event.order.cancelType}`] : [])),
		["CreateByUser CancelAllBeforeAdl", "CreateByAdl_PassThrough UNKNOWN"],
	);
	assert.deepEqual(
		events.flatMap((event) => (event.kind === "wallet" ? [[event.transaction.type, event.transaction.held]] : [])),
		[["ADL", -60]],
	);
});

test("transfers come and go as transactions, out of what is free alone", () => {
	const venue = fresh();
	assert(venue.transfer(roundUsdt(500), 1).ok);
	assert(venue.transfer(roundUsdt(-10_500), 1).ok);
	const refusal = venue.transfer(-1 as Usdt, 1);
	assert.equal(!refusal.ok && refusal.error.code, 110045);
	const types = venue.drain().flatMap((event) => (event.kind === "wallet" ? [event.transaction.type] : []));
	assert.deepEqual(types, ["TRANSFER_IN", "TRANSFER_OUT"]);
});

test("funding: longs pay a positive rate and shorts receive it", () => {
	for (const [side, sign] of [
		["buy", -1],
		["sell", 1],
	] as const) {
		const venue = fresh();
		open(venue, BTC, side, 100);
		venue.drain();
		venue.fund(BTC, { price: 20_000, rate: 0.0001 }, 2);
		const rows = venue.drain().flatMap((event) => (event.kind === "wallet" ? [event.transaction] : []));
		assert.deepEqual(
			rows.map(({ type, funding, change }) => [type, funding, change]),
			[["SETTLEMENT", sign * roundUsdt(0.2), sign * roundUsdt(0.2)]],
		);
	}
});
