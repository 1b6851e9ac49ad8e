// Orders in the wire's words: every parameter of each kind of order that the bot sends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledInstrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import type { Price, Qty } from "../units/unit.ts";
import { wireOrder } from "./link.ts";

const BASE: OrderRequest = {
	linkId: "aw-r-BTCUSDT-1",
	symbol: "BTCUSDT",
	side: "buy",
	type: "market",
	qty: 12 as Qty,
	timeInForce: "IOC",
	reduceOnly: false,
};

function check(change: Partial<OrderRequest>, expected: object): void {
	const instrument = bundledInstrument("BTCUSDT")!; // bundled
	assert.deepEqual(wireOrder({ ...BASE, ...change }, instrument), {
		symbol: "BTCUSDT",
		qty: "0.012",
		orderLinkId: "aw-r-BTCUSDT-1",
		...expected,
	});
}

test("a market entry carries its stop for the whole position, by last price (J1, D4)", () => {
	check(
		{ stopLoss: 198_000 as Price },
		{
			...{ side: "Buy", orderType: "Market", timeInForce: "IOC", reduceOnly: false },
			...{ stopLoss: "19800.0", slTriggerBy: "LastPrice", tpslMode: "Full", slOrderType: "Market" },
		},
	);
});

test("a post-only entry carries its price (J1, D1)", () => {
	check(
		{ type: "limit", price: 200_005 as Price, timeInForce: "PostOnly" },
		{ side: "Buy", orderType: "Limit", price: "20000.5", timeInForce: "PostOnly", reduceOnly: false },
	);
});

test("TP1 of a long is a reduce-only sell that waits for the price to rise (J1, D1)", () => {
	const trigger = { price: 206_000 as Price, direction: "rise", by: "last" } as const;
	check(
		{ side: "sell", reduceOnly: true, trigger },
		{
			...{ side: "Sell", orderType: "Market", timeInForce: "IOC", reduceOnly: true },
			...{ triggerPrice: "20600.0", triggerDirection: 1, triggerBy: "LastPrice" },
		},
	);
	check(
		{ reduceOnly: true, trigger: { ...trigger, direction: "fall" } },
		{
			...{ side: "Buy", orderType: "Market", timeInForce: "IOC", reduceOnly: true },
			...{ triggerPrice: "20600.0", triggerDirection: 2, triggerBy: "LastPrice" },
		},
	);
});
