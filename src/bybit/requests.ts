// What we ask for: the bodies of order entry in the wire's own names, the same for REST and for the trade socket.
// Source: docs/v5/order/{create-order,amend-order,cancel-order,cancel-all}, docs/v5/position/trading-stop. Prices and quantities are
// decimal text on the instrument's grid (`Grid.formatPrice`, `Grid.formatQty`).

import { assert } from "../std/assert.ts";
import type { Urgency } from "./lane.ts";

/** Names and values as they stand in a query or a body; what is undefined is left out. */
export type Params = Readonly<Record<string, string | number | boolean | undefined>>;

export type WireSide = "Buy" | "Sell";
export type TriggerBy = "LastPrice" | "MarkPrice" | "IndexPrice";
type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

export type CreateOrder = {
	readonly symbol: string;
	readonly side: WireSide;
	readonly orderType: "Market" | "Limit";
	readonly qty: string;
	/** At most 36 of [A-Za-z0-9_-], used once ever. */
	readonly orderLinkId: string;
} & Optional<{
	price: string;
	timeInForce: "GTC" | "IOC" | "FOK" | "PostOnly";
	reduceOnly: boolean;
	closeOnTrigger: boolean;
	/** Makes it a conditional order. */
	triggerPrice: string;
	/** 1 rises to it, 2 falls to it. */
	triggerDirection: 1 | 2;
	triggerBy: TriggerBy;
	takeProfit: string;
	stopLoss: string;
	tpTriggerBy: TriggerBy;
	slTriggerBy: TriggerBy;
	tpslMode: "Full" | "Partial";
	tpOrderType: "Market" | "Limit";
	slOrderType: "Market" | "Limit";
	tpLimitPrice: string;
	slLimitPrice: string;
	slippageToleranceType: "TickSize" | "Percent";
	slippageTolerance: string;
	smpType: "None" | "CancelMaker" | "CancelTaker" | "CancelBoth";
}>;

/** One of the two ids; `orderId` wins. */
type OrderRef = Optional<{ orderId: string; orderLinkId: string }>;

export type AmendOrder = { readonly symbol: string } & OrderRef &
	Optional<{
		qty: string;
		price: string;
		triggerPrice: string;
		triggerBy: TriggerBy;
		tpslMode: "Full" | "Partial";
		/** "0" removes. */
		takeProfit: string;
		stopLoss: string;
		tpTriggerBy: TriggerBy;
		slTriggerBy: TriggerBy;
		tpLimitPrice: string;
		slLimitPrice: string;
	}>;

export type CancelOrder = { readonly symbol: string } & OrderRef;

export type CancelAll = Optional<{ symbol: string; orderFilter: "Order" | "StopOrder" | "OpenOrder"; stopOrderType: "Stop" }>;

export type TradingStop = { readonly symbol: string; readonly tpslMode: "Full" | "Partial" } & Optional<{
	takeProfit: string;
	stopLoss: string;
	/** A distance in USDT; "0" removes. */
	trailingStop: string;
	activePrice: string;
	tpTriggerBy: TriggerBy;
	slTriggerBy: TriggerBy;
	tpSize: string;
	slSize: string;
	tpLimitPrice: string;
	slLimitPrice: string;
	tpOrderType: "Market" | "Limit";
	slOrderType: "Market" | "Limit";
}>;

const ORDER_LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;

export function createBody(order: CreateOrder): Params {
	assert(ORDER_LINK_ID.test(order.orderLinkId), "an orderLinkId has 1 to 36 characters of A-Z a-z 0-9 _ -");
	return { category: "linear", positionIdx: 0, ...order };
}

export function amendBody(change: AmendOrder): Params {
	return { category: "linear", ...change };
}

export function cancelBody(order: CancelOrder): Params {
	return { category: "linear", ...order };
}

const PROTECTING = new Set(["/v5/order/cancel", "/v5/order/cancel-all", "/v5/position/trading-stop"]);

/** How urgent a request is when a rate limit is short: what makes a position smaller or safer goes before what makes it larger. */
export function urgencyOf(path: string, body: Params): Urgency {
	if (PROTECTING.has(path)) return "protect";
	if (path !== "/v5/order/create") return "adjust";
	return body.reduceOnly === true || body.closeOnTrigger === true ? "protect" : "enter";
}

/** A write that does no more when it is done twice: all but the stop for a part of a position, which is added anew each time. */
export function isRepeatable(path: string, body: Params): boolean {
	return path !== "/v5/position/trading-stop" || body.tpslMode === "Full";
}
