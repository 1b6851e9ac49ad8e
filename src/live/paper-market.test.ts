// A venue on public data: what moves its prices, what its orders meet, and when funding is settled.

import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderBook } from "../bybit/decode/book.ts";
import type { Decimal } from "../bybit/decode/decimal.ts";
import type { PublicTrade } from "../bybit/decode/public.ts";
import { bundledInstrument, type Instrument } from "../market/instrument.ts";
import type { Ticker } from "../market/ticker.ts";
import type { OrderRequest } from "../orders/order.ts";
import { roundUsdt, usdtNumber } from "../units/grid.ts";
import { HOUR, MINUTE, type Price, type Qty } from "../units/unit.ts";
import { Venue } from "../venue/venue.ts";
import { PaperMarket } from "./paper-market.ts";

const BTC = bundledInstrument("BTCUSDT") as Instrument;
const SYMBOL = "BTCUSDT";

function begun(): { venue: Venue; market: PaperMarket } {
	const venue = new Venue([BTC], {
		takerFee: 0,
		makerFee: 0,
		slippage: 0.001,
		marginMode: "isolated",
		balance: roundUsdt(100_000),
		leverage: 10,
		liquidity: { levels: (_symbol, side, last) => market.levels(side, last) },
	});
	const market: PaperMarket = new PaperMarket(BTC, venue);
	market.ticker(ticker(20_000), 0);
	return { venue, market };
}

function ticker(last: number, more: Partial<Ticker> = {}): Ticker {
	return { last, mark: last, ...more } as Ticker; // the fields that are read
}

function book(bids: [string, string][], asks: [string, string][]): OrderBook {
	const made = new OrderBook(SYMBOL);
	made.apply("snapshot", { s: SYMBOL, u: 1, b: bids, a: asks });
	return made;
}

const BOOK = book(
	[
		["19999.9", "0.1"],
		["19990", "0.2"],
	],
	[
		["20000.1", "0.1"],
		["20010", "0.2"],
	],
);

let ids = 0;
function order(more: Partial<OrderRequest> = {}): OrderRequest {
	const linkId = `t${++ids}`;
	return { linkId, symbol: SYMBOL, side: "buy", type: "market", qty: 100 as Qty, timeInForce: "IOC", reduceOnly: false, ...more };
}

function trade(price: string, size: string, more: Partial<PublicTrade> = {}): PublicTrade {
	return { symbol: SYMBOL, id: "x", at: 1, price: price as Decimal, size: size as Decimal, side: "sell", block: false, ...more };
}

/** `qty@price` of what has been executed since the last look. */
function fills(venue: Venue): string[] {
	return venue.drain().flatMap((event) => (event.kind === "execution" ? [`${event.fill.qty}@${event.fill.price}`] : []));
}

test("a market order takes level after level, and beyond what the book shows the rest at its last price made worse", () => {
	const { venue, market } = begun();
	market.book(BOOK, 1);
	assert.ok(venue.submit(order({ qty: 250 as Qty }), 2).ok);
	assert.deepEqual(fills(venue), ["100@200001", "150@200100"]);
	assert.ok(venue.submit(order({ side: "sell", qty: 400 as Qty }), 3).ok);
	assert.deepEqual(fills(venue), ["100@199999", "200@199900", "100@199700"]);
});

test("without a book an order fills at the last price made worse by the slippage", () => {
	const { venue } = begun();
	assert.ok(venue.submit(order(), 1).ok);
	assert.deepEqual(fills(venue), ["100@200200"]);
});

test("public trades fill a resting order up to their size, of the other side alone, and never those made outside the book", () => {
	const { venue, market } = begun();
	market.book(BOOK, 1);
	assert.ok(venue.submit(order({ type: "limit", price: 199_950 as Price, timeInForce: "GTC" }), 2).ok);
	market.trade(trade("19995.1", "5"), 3);
	market.trade(trade("19995", "5", { side: "buy" }), 4);
	market.trade(trade("19000", "5", { block: true }), 5);
	assert.deepEqual(fills(venue), []);
	assert.equal(venue.last(SYMBOL), 19_995);
	market.trade(trade("19995", "0.03"), 6);
	market.trade(trade("19994", "0.2"), 7);
	assert.deepEqual(fills(venue), ["30@199950", "70@199950"]);
});

test("a book that has come to a resting order fills it at its own price", () => {
	const { venue, market } = begun();
	market.book(BOOK, 1);
	assert.ok(venue.submit(order({ type: "limit", price: 199_950 as Price, timeInForce: "GTC" }), 2).ok);
	venue.drain();
	market.book(
		book(
			[["19980", "1"]],
			[
				["19995", "0.04"],
				["19996", "1"],
			],
		),
		3,
	);
	assert.deepEqual(fills(venue), ["40@199950"]);
});

test("a stop acts at the first price beyond it, and fills in the book of that moment", () => {
	const { venue, market } = begun();
	market.book(BOOK, 1);
	assert.ok(venue.submit(order({ stopLoss: 199_000 as Price }), 2).ok);
	venue.drain();
	market.ticker(ticker(19_900.1), 3);
	assert.deepEqual(fills(venue), []);
	market.book(book([["19850", "1"]], [["19851", "1"]]), 4);
	market.trade(trade("19880", "0.01"), 5);
	assert.deepEqual(fills(venue), ["100@198500"]);
});

test("a ticker older than the last trade moves the mark price and leaves the last one", () => {
	const { venue, market } = begun();
	market.trade(trade("20050", "1"), 10);
	market.ticker(ticker(20_000), 9);
	assert.deepEqual([venue.last(SYMBOL), venue.mark(SYMBOL)], [20_050, 20_000]);
	market.ticker(ticker(20_010), 10);
	assert.equal(venue.last(SYMBOL), 20_010);
});

test("funding is settled once at its time, at the rate and mark price told before it, for what was held then", () => {
	const { venue, market } = begun();
	const at = 8 * HOUR;
	market.ticker(ticker(20_000, { mark: 20_000, fundingRate: 0.0001, nextFundingTime: at }), 1);
	assert.ok(venue.submit(order({ qty: 1000 as Qty }), 2).ok);
	venue.drain();
	const before = venue.wallet;
	market.ticker(ticker(20_000, { mark: 20_100, fundingRate: 0.0002, nextFundingTime: at }), at - 1);
	assert.equal(venue.wallet, before);
	market.trade(trade("20000", "1"), at);
	assert.equal(before - venue.wallet, 402_000_000);
	market.ticker(ticker(20_000, { fundingRate: 0.0002, nextFundingTime: at }), at - 1);
	market.ticker(ticker(20_000, { fundingRate: 0.0002, nextFundingTime: at }), at + 1);
	market.settle(at + 2);
	assert.equal(before - venue.wallet, 402_000_000, "once, also when a ticker was overtaken by a trade");
});

test("a minute that was missed is walked with what was open: the stop before the target, and the funding at its beginning", () => {
	const { venue, market } = begun();
	assert.ok(venue.submit(order({ stopLoss: 199_000 as Price, takeProfit: 201_000 as Price }), 2).ok);
	venue.drain();
	const candle = { openTime: 8 * HOUR, open: 20_000, high: 20_200, low: 19_800, close: 20_150, volume: 40, turnover: 800_000 };
	market.walk(candle, 0.001);
	const told = venue.drain();
	const [funding] = told.flatMap((event) => (event.kind === "funding" ? [event] : []));
	assert.deepEqual([funding?.at, usdtNumber(funding?.amount ?? roundUsdt(0))], [8 * HOUR, 2]);
	const [fill] = told.flatMap((event) => (event.kind === "execution" ? [event] : []));
	assert.equal(fill?.fill.cause, "stopLoss");
	assert.ok(fill.fill.at < 8 * HOUR + MINUTE);
	assert.equal(venue.position(SYMBOL).qty, 0);
});
