// What the wire says becomes what the engine reads, and nothing else does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeExecution, decodeOrder } from "../bybit/decode/order.ts";
import { decodeKline } from "../bybit/decode/public.ts";
import type { BybitEvent } from "../bybit/events.ts";
import { bundledInstrument } from "../market/instrument.ts";
import type { Fill } from "../orders/fill.ts";
import { HOUR, MINUTE } from "../units/unit.ts";
import { Translator } from "./translate.ts";

const SYMBOL = "BTCUSDT";
const ODD: string[] = [];

function translator(): Translator {
	ODD.length = 0;
	const instrument = bundledInstrument(SYMBOL)!; // bundled
	return new Translator({
		instruments: new Map([[SYMBOL, instrument]]),
		baseInterval: "1",
		signalIntervals: new Map([[SYMBOL, "60"]]),
		onOdd: (what) => ODD.push(what),
	});
}

function value<T>(decoded: { ok: true; value: T } | { ok: false; error: string }): T {
	assert.ok(decoded.ok, decoded.ok ? "" : decoded.error);
	return decoded.value;
}

function kline(interval: "1" | "60", start: number, confirm: boolean): BybitEvent {
	const row = {
		start,
		end: start + 59_999,
		interval,
		open: "1",
		close: "2",
		high: "3",
		low: "1",
		volume: "4",
		turnover: "8",
		confirm,
		timestamp: start,
	};
	return { kind: "kline", symbol: SYMBOL, interval, at: start, kline: value(decodeKline(row)) };
}

function execution(change: object): BybitEvent {
	const row = {
		...{
			category: "linear",
			symbol: SYMBOL,
			orderId: "o",
			orderLinkId: "aw-r-BTCUSDT-1",
			side: "Buy",
			orderPrice: "20000",
			orderQty: "0.01",
		},
		...{
			leavesQty: "0",
			createType: "CreateByUser",
			orderType: "Market",
			stopOrderType: "",
			execFee: "0.11",
			execId: "e1",
			execPrice: "20000.5",
		},
		...{
			execQty: "0.01",
			execType: "Trade",
			execValue: "200.005",
			execTime: "5000",
			isMaker: false,
			feeRate: "0.00055",
			closedSize: "0",
			seq: 1,
		},
		...change,
	};
	return { kind: "execution", at: 5000, execution: value(decodeExecution(row)) };
}

function order(change: object): BybitEvent {
	const row = {
		...{
			category: "linear",
			symbol: SYMBOL,
			orderId: "o",
			orderLinkId: "aw-r-BTCUSDT-1",
			side: "Buy",
			orderType: "Limit",
			price: "20000.5",
			qty: "0.01",
		},
		...{
			orderStatus: "New",
			cumExecQty: "0",
			leavesQty: "0.01",
			timeInForce: "GTC",
			positionIdx: 0,
			reduceOnly: false,
			closeOnTrigger: false,
		},
		...{ cancelType: "UNKNOWN", rejectReason: "EC_NoError", stopOrderType: "", createdTime: "1", updatedTime: "2" },
		...change,
	};
	return { kind: "order", at: 5000, order: value(decodeOrder(row)) };
}

test("a candle is told once, when it is confirmed: base candles for equity, signal candles for the strategy (C3)", () => {
	const one = translator();
	const kinds = (event: BybitEvent): string[] =>
		one.translate(event).map((input) => (input.kind === "event" ? input.event.kind : input.kind));
	assert.deepEqual(kinds(kline("1", 0, false)), []);
	assert.deepEqual(kinds(kline("1", 0, true)), ["candles"]);
	assert.deepEqual(kinds(kline("1", 0, true)), []);
	assert.deepEqual(kinds(kline("60", 0, true)), ["closed"]);
	const [closed] = one.translate(kline("60", HOUR, true));
	assert.ok(closed?.kind === "event");
	assert.equal(closed.event.at, 2 * HOUR);
});

test("candles that are known already are not told again (C3)", () => {
	const one = translator();
	one.know(SYMBOL, "60", HOUR);
	assert.deepEqual(one.translate(kline("60", HOUR, true)), []);
	assert.equal(one.translate(kline("60", 2 * HOUR, true)).length, 1);
	one.know(SYMBOL, "1", 5 * MINUTE);
	assert.deepEqual(one.translate(kline("1", 5 * MINUTE, true)), []);
});

function fillOf(event: BybitEvent): Fill {
	const [input] = translator().translate(event);
	assert.ok(input?.kind === "execution" && input.execution.kind === "fill");
	return input.execution.fill;
}

test("an execution is told in whole ticks and steps (C4)", () => {
	const { price, qty, value: notional, fee, leaves, cause, at } = fillOf(execution({}));
	assert.deepEqual([price, qty, notional, fee, leaves, cause, at], [200_005, 10, 20_000_500_000, 11_000_000, 0, "order", 5000]);
});

for (const [createType, cause] of [
	["CreateByStopLoss", "stopLoss"],
	["CreateByTrailingStop", "trailingStop"],
	["CreateByTakeOver_PassThrough", "liquidation"],
	["CreateByAdl_PassThrough", "adl"],
	["SomethingNew", "order"],
] as const) {
	test(`a fill made by ${createType} is told as ${cause} (D4)`, () => {
		assert.equal(fillOf(execution({ createType, orderLinkId: "" })).cause, cause);
	});
}

test("funding is no fill: what the long paid is positive (C4)", () => {
	const [input] = translator().translate(execution({ execType: "Funding", execFee: "0.00867", orderLinkId: "" }));
	assert.partialDeepStrictEqual(input, { kind: "execution", execution: { kind: "funding", funding: { symbol: SYMBOL, amount: 867_000 } } });
});

test("numbers off the grid and unknown kinds of executions are reported, not rounded or guessed (C6)", () => {
	const one = translator();
	assert.deepEqual(one.translate(execution({ execPrice: "20000.55" })), []);
	assert.deepEqual(one.translate(execution({ execId: "e2", execType: "CorporateAction" })), []);
	assert.equal(ODD.length, 2);
	assert.match(ODD[0] ?? "", /off the grid of BTCUSDT/);
	assert.match(ODD[1] ?? "", /CorporateAction/);
});

test("an order is stated as it stands, the position's own protection by its kind (C4)", () => {
	const one = translator();
	const stated = (change: object): object => {
		const [input] = one.translate(order(change));
		assert.ok(input?.kind === "order");
		return input.order;
	};
	assert.partialDeepStrictEqual(stated({}), {
		linkId: "aw-r-BTCUSDT-1",
		status: "New",
		price: 200_005,
		qty: 10,
		filled: 0,
		isProtection: false,
	});
	assert.partialDeepStrictEqual(stated({ orderStatus: "Cancelled", rejectReason: "EC_PostOnlyWillTakeLiquidity" }), {
		status: "Cancelled",
		reason: "EC_PostOnlyWillTakeLiquidity",
	});
	const stop = { orderLinkId: "", stopOrderType: "StopLoss", orderStatus: "Untriggered", orderType: "Market", triggerPrice: "19800.0" };
	assert.partialDeepStrictEqual(stated(stop), { linkId: "", isProtection: true, triggerPrice: 198_000 });
});
