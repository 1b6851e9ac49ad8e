// The protection of a position: legs of Full and Partial mode, the trailing stop, what comes with an order, and how all of it ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledInstrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import type { Price, Qty, Usdt } from "../units/unit.ts";
import type { VenueOrder } from "./event.ts";
import type { TradingStop } from "./trading-stop.ts";
import { Venue, type VenueTerms } from "./venue.ts";

const SYMBOL = "BTCUSDT";
const TERMS: VenueTerms = {
	takerFee: 0.00055,
	makerFee: 0.0002,
	slippage: 0,
	marginMode: "isolated",
	balance: 1e12 as Usdt,
	leverage: 10,
};

const usd = (dollars: number): Price => (dollars * 10) as Price; // ticks of 0.1
const coins = (milli: number): Qty => milli as Qty; // steps of 0.001

let links = 0;
function order(over: Partial<OrderRequest>): OrderRequest {
	const base = { symbol: SYMBOL, side: "buy", type: "market", qty: coins(10), timeInForce: "GTC", reduceOnly: false } as const;
	return { ...base, linkId: `t-${++links}`, ...over };
}

function fresh(last = 20_000): Venue {
	const instrument = bundledInstrument(SYMBOL);
	assert(instrument);
	const venue = new Venue([instrument], TERMS);
	venue.open(SYMBOL, last, 0);
	return venue;
}

function long(over: Partial<OrderRequest> = {}): Venue {
	const venue = fresh();
	assert(venue.submit(order(over), 1).ok);
	venue.drain();
	return venue;
}

function go(venue: Venue, price: number, at = 2): void {
	while (!venue.advance(SYMBOL, price, at));
}

function told(venue: Venue): VenueOrder[] {
	return venue.drain().flatMap((event) => (event.kind === "order" ? [event.order] : []));
}

const brief = ({ stopOrderType, status, cancelType, qty }: VenueOrder): string => `${stopOrderType} ${status} ${cancelType} ${qty}`;

test("Full mode keeps one pair: a second call edits it, zero removes, and the same again is not modified", () => {
	const venue = long();
	const set = (stop: TradingStop): number => {
		const result = venue.setTradingStop(SYMBOL, stop, 2);
		return result.ok ? 0 : result.error.code;
	};
	assert.equal(set({ takeProfit: usd(21_000), stopLoss: usd(19_000) }), 0);
	assert.equal(set({ takeProfit: usd(21_000), stopLoss: usd(19_000) }), 34040);
	assert.equal(set({}), 34040);
	assert.equal(set({ stopLoss: usd(19_500) }), 0);
	assert.equal(venue.openOrders(SYMBOL).length, 2);
	assert.equal(venue.protection(SYMBOL).stopLoss, usd(19_500));
	assert.equal(set({ takeProfit: 0 as Price }), 0);
	assert.deepEqual(
		venue.openOrders(SYMBOL).map(({ stopOrderType }) => stopOrderType),
		["StopLoss"],
	);
});

test("refusals of trading-stop, one row for each", () => {
	const rows: [TradingStop, number, RegExp][] = [
		[{ stopLoss: usd(20_000) }, 10001, /lower than base_price/],
		[{ stopLoss: usd(20_001) }, 10001, /lower than base_price/],
		[{ takeProfit: usd(20_000) }, 10001, /TakeProfit set for Buy/],
		[{ takeProfit: usd(21_000), tpLimitPrice: usd(21_000) }, 110060, /full/],
		[{ takeProfit: usd(21_000), tpOrderType: "limit" }, 10001, /tpSlMode is empty/],
		[{ takeProfit: usd(21_000), tpslMode: "Partial", tpSize: coins(1), tpOrderType: "limit" }, 10001, /tpLimitPrice/],
		[{ takeProfit: usd(21_000), stopLoss: usd(19_000), tpslMode: "Partial", tpSize: coins(1), slSize: coins(2) }, 10001, /equal/],
		[{ takeProfit: usd(21_000), tpslMode: "Partial", tpSize: coins(0) }, 110058, /minimum/],
		[{ takeProfit: usd(21_000), tpslMode: "Partial" }, 34040, /not modified/],
		[{ trailingStop: usd(100), activePrice: usd(19_900) }, 10001, /TrailingProfit/],
	];
	for (const [stop, code, message] of rows) {
		const result = long().setTradingStop(SYMBOL, stop, 2);
		assert(!result.ok, JSON.stringify(stop));
		assert.equal(result.error.code, code);
		assert.match(result.error.message, message);
	}
	const flat = fresh().setTradingStop(SYMBOL, { stopLoss: usd(19_000) }, 2);
	assert.equal(!flat.ok && flat.error.message, "can not set tp/sl/ts for zero position");
});

test("Partial mode always adds, up to twenty pairs", () => {
	const venue = long({ qty: coins(100) });
	const pair: TradingStop = { tpslMode: "Partial", takeProfit: usd(21_000), stopLoss: usd(19_000), tpSize: coins(5), slSize: coins(5) };
	for (let i = 0; i < 20; i++) assert(venue.setTradingStop(SYMBOL, pair, 2).ok);
	const result = venue.setTradingStop(SYMBOL, pair, 2);
	assert.equal(!result.ok && result.error.code, 110061);
	assert.equal(venue.openOrders(SYMBOL).length, 40);
});

test("a partial leg that is triggered takes the other with it, and the position keeps the rest", () => {
	const rows = [
		[21_000, "PartialStopLoss Deactivated CancelByOCOSlCanceledByTpTriggered 4"],
		[19_000, "PartialTakeProfit Deactivated CancelByOCOTpCanceledBySlTriggered 4"],
	] as const;
	for (const [price, expected] of rows) {
		const venue = long();
		const size = coins(4);
		const stop: TradingStop = { tpslMode: "Partial", takeProfit: usd(21_000), stopLoss: usd(19_000), tpSize: size, slSize: size };
		assert(venue.setTradingStop(SYMBOL, stop, 2).ok);
		venue.drain();
		go(venue, price);
		assert(told(venue).map(brief).includes(expected));
		assert.equal(venue.position(SYMBOL).qty, 6);
		assert.deepEqual(venue.openOrders(SYMBOL), []);
	}
});

test("a partial limit leg rests once it is triggered, reduce-only, and fills as a maker", () => {
	const venue = long();
	const stop: TradingStop = { tpslMode: "Partial", takeProfit: usd(21_000), tpSize: coins(4), tpLimitPrice: usd(21_100) };
	assert(venue.setTradingStop(SYMBOL, stop, 2).ok);
	go(venue, 21_000);
	assert.deepEqual(venue.openOrders(SYMBOL).map(brief), ["PartialTakeProfit New UNKNOWN 4"]);
	venue.drain();
	go(venue, 21_200);
	const fills = venue.drain().flatMap((event) => (event.kind === "execution" ? [event.fill] : []));
	assert.deepEqual(
		fills.map(({ price, maker, cause }) => [price, maker, cause]),
		[[usd(21_100), true, "takeProfit"]],
	);
});

test("a closed position deactivates its legs, in the order in which they were made", () => {
	const venue = long();
	assert(venue.setTradingStop(SYMBOL, { takeProfit: usd(21_000), stopLoss: usd(19_000), trailingStop: usd(500) }, 2).ok);
	venue.drain();
	assert(venue.submit(order({ side: "sell", reduceOnly: true }), 3).ok);
	assert.deepEqual(told(venue).slice(1).map(brief), [
		"TakeProfit Deactivated CancelByTpSlTsClear 10",
		"StopLoss Deactivated CancelByTpSlTsClear 10",
		"TrailingStop Deactivated CancelByTpSlTsClear 10",
	]);
});

test("the trailing stop follows the best price, waits for its activation, and is told each time it moves", () => {
	const venue = long();
	assert(venue.setTradingStop(SYMBOL, { trailingStop: usd(100), activePrice: usd(20_500) }, 2).ok);
	const trigger = (): number | undefined => venue.openOrders(SYMBOL)[0]?.trigger?.price;
	assert.equal(trigger(), usd(20_500));
	go(venue, 20_400);
	go(venue, 19_800); // below where the stop would be: it is not active yet
	assert.equal(venue.position(SYMBOL).qty, 10);
	assert.deepEqual(venue.levels(SYMBOL).above, 20_500);
	venue.drain();
	go(venue, 20_600);
	assert.equal(trigger(), usd(20_500));
	assert.deepEqual(told(venue).map(brief), ["TrailingStop Untriggered UNKNOWN 10"]);
	assert.deepEqual(venue.levels(SYMBOL), { below: 20_500, above: 20_600 });
	go(venue, 20_550);
	go(venue, 20_700);
	assert.equal(trigger(), usd(20_600));
	venue.drain();
	go(venue, 20_000);
	const fills = venue.drain().flatMap((event) => (event.kind === "execution" ? [event.fill] : []));
	assert.deepEqual(
		fills.map(({ price, cause }) => [price, cause]),
		[[usd(20_600), "trailingStop"]],
	);
});

test("attached legs of Full mode become the position's pair as the order fills; a later order's replace them", () => {
	const venue = long({ takeProfit: usd(21_000), stopLoss: usd(19_000) });
	assert.deepEqual(venue.openOrders(SYMBOL).map(brief), ["TakeProfit Untriggered UNKNOWN 10", "StopLoss Untriggered UNKNOWN 10"]);
	assert(venue.submit(order({ qty: coins(5), stopLoss: usd(19_200) }), 3).ok);
	assert.deepEqual(venue.openOrders(SYMBOL).map(brief), ["TakeProfit Untriggered UNKNOWN 15", "StopLoss Untriggered UNKNOWN 15"]);
	assert.equal(venue.stopOf(SYMBOL), usd(19_200));
});

test("attached legs of Partial mode are sized by what their order filled, and know their parent", () => {
	const venue = long();
	const terms = { tpslMode: "Partial", takeProfit: usd(21_000), stopLoss: usd(19_000), slLimitPrice: usd(18_900) } as const;
	assert(venue.submit(order({ ...terms, linkId: "parent", qty: coins(3) }), 3).ok);
	const legs = venue.openOrders(SYMBOL);
	assert.deepEqual(legs.map(brief), ["PartialTakeProfit Untriggered UNKNOWN 3", "PartialStopLoss Untriggered UNKNOWN 3"]);
	assert.deepEqual(
		legs.map(({ parentLinkId, type, createType }) => [parentLinkId, type, createType]),
		[
			["parent", "market", "CreateByPartialTakeProfit"],
			["parent", "limit", "CreateByPartialStopLoss"],
		],
	);
});

test("an order that turns the position round brings its own stop", () => {
	const venue = long({ stopLoss: usd(19_000) });
	assert(venue.submit(order({ side: "sell", qty: coins(25), stopLoss: usd(21_000) }), 3).ok);
	const legs = venue.openOrders(SYMBOL);
	assert.deepEqual(legs.map(brief), ["StopLoss Untriggered UNKNOWN 15"]);
	assert.equal(legs[0]?.side, "buy");
	assert.equal(venue.stopOf(SYMBOL), usd(21_000));
});

test("a stop by mark price heeds the mark price alone", () => {
	const venue = long();
	venue.setMark(SYMBOL, 20_000, 2);
	assert(venue.setTradingStop(SYMBOL, { stopLoss: usd(19_500), slTriggerBy: "mark" }, 2).ok);
	go(venue, 19_000);
	assert.equal(venue.position(SYMBOL).qty, 10);
	go(venue, 19_800);
	venue.setMark(SYMBOL, 19_500.1, 3);
	assert.equal(venue.position(SYMBOL).qty, 10);
	venue.setMark(SYMBOL, 19_500, 3);
	assert.equal(venue.position(SYMBOL).qty, 0);
});

const PAIR: TradingStop = { takeProfit: usd(21_000), stopLoss: usd(19_000) };
const SIZED: TradingStop = { ...PAIR, tpslMode: "Partial", tpSize: coins(4), slSize: coins(4) };

/** Cancels the leg of that kind: what is told, and which kinds are left. */
function cancelLeg(venue: Venue, kind: VenueOrder["stopOrderType"]): [string[], string[]] {
	venue.drain();
	const leg = venue.openOrders(SYMBOL).find(({ stopOrderType }) => stopOrderType === kind);
	assert(leg && venue.cancel({ symbol: SYMBOL, orderId: leg.orderId }, 3).ok);
	return [told(venue).map(brief), venue.openOrders(SYMBOL).map(({ stopOrderType }) => stopOrderType)];
}

test("cancelling one leg of an unbroken pair takes the other with it", () => {
	const full = long();
	assert(full.setTradingStop(SYMBOL, PAIR, 2).ok);
	assert.deepEqual(cancelLeg(full, "TakeProfit"), [["TakeProfit Deactivated CancelByUser 10", "StopLoss Deactivated CancelByUser 10"], []]);
	const attached = long(PAIR);
	assert.deepEqual(cancelLeg(attached, "StopLoss")[1], []);
	const partial = long();
	for (let i = 0; i < 2; i++) assert(partial.setTradingStop(SYMBOL, SIZED, 2).ok);
	assert.deepEqual(cancelLeg(partial, "PartialStopLoss")[1], ["PartialTakeProfit", "PartialStopLoss"], "the other pair stays");
	assert.equal(partial.cancelAll(SYMBOL, 3).length, 2);
});

test("once one side was changed alone, each leg stands for itself, until both are set together", () => {
	const full = long();
	assert(full.setTradingStop(SYMBOL, PAIR, 2).ok);
	assert(full.setTradingStop(SYMBOL, { stopLoss: usd(19_500) }, 2).ok);
	assert.deepEqual(cancelLeg(full, "TakeProfit")[1], ["StopLoss"]);
	assert(full.setTradingStop(SYMBOL, PAIR, 2).ok);
	assert.deepEqual(cancelLeg(full, "StopLoss")[1], []);
	const partial = long();
	assert(partial.setTradingStop(SYMBOL, SIZED, 2).ok);
	const [target] = partial.openOrders(SYMBOL);
	assert(target && partial.amend({ symbol: SYMBOL, orderId: target.orderId }, { triggerPrice: usd(21_500) }, 2).ok);
	assert.deepEqual(cancelLeg(partial, "PartialStopLoss")[1], ["PartialTakeProfit"]);
	const removed = long();
	assert(removed.setTradingStop(SYMBOL, PAIR, 2).ok);
	assert(removed.setTradingStop(SYMBOL, { takeProfit: 0 as Price }, 2).ok);
	assert.equal(removed.protection(SYMBOL).stopLoss, usd(19_000), "trading-stop removes the side that it names");
});

test("a pair of which one side was changed is still one-cancels-the-other when it is triggered", () => {
	const venue = long();
	assert(venue.setTradingStop(SYMBOL, SIZED, 2).ok);
	const [target] = venue.openOrders(SYMBOL);
	assert(target && venue.amend({ symbol: SYMBOL, orderId: target.orderId }, { triggerPrice: usd(20_500) }, 2).ok);
	venue.drain();
	go(venue, 20_500);
	assert(told(venue).map(brief).includes("PartialStopLoss Deactivated CancelByOCOSlCanceledByTpTriggered 4"));
});

test("a trailing stop with an activation price is made by a trailing profit, one that trails at once by a trailing stop", () => {
	const venue = long();
	const created = (stop: TradingStop): unknown => {
		assert(venue.setTradingStop(SYMBOL, stop, 2).ok);
		return told(venue).at(-1)?.createType;
	};
	assert.equal(created({ trailingStop: usd(100) }), "CreateByTrailingStop");
	assert.equal(created({ trailingStop: usd(100), activePrice: usd(20_500) }), "CreateByTrailingProfit");
	go(venue, 20_600);
	venue.drain();
	go(venue, 20_400);
	const causes = venue.drain().flatMap((event) => (event.kind === "execution" ? [event.order.createType, event.fill.cause] : []));
	assert.deepEqual(causes, ["CreateByTrailingProfit", "trailingStop"]);
});
