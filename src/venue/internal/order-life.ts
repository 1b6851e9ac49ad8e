// The life of an order at the venue: it is created, it changes, it ends. Each change is told with a snapshot of the order.

import type { OrderRequest } from "../../orders/order.ts";
import { closing } from "../../orders/side.ts";
import { NO_QTY, NO_USDT } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import type { CreateType, VenueOrder } from "../event.ts";
import { type Account, idOf, type Market, nextSequence, type Order } from "./account.ts";
import { marketCap } from "./reference.ts";

/** Who made the order, and as which leg of a position. */
export type Origin = { readonly createType: CreateType; readonly stopOrderType: VenueOrder["stopOrderType"] };

export const BY_USER: Origin = { createType: "CreateByUser", stopOrderType: "" };

/** A new order in the list of the live ones; nothing is told of it until it is set, filled or ended. */
export function createOrder(account: Account, market: Market, request: OrderRequest, origin: Origin, at: Ms): Order {
	const { createType, stopOrderType } = origin;
	const order: Order = {
		orderId: idOf(account, nextSequence(account)),
		linkId: request.linkId,
		symbol: request.symbol,
		side: request.side,
		type: request.type,
		qty: request.qty,
		price: request.type === "limit" ? request.price : request.trigger === undefined ? marketCap(account, market, request) : undefined,
		timeInForce: request.type === "market" ? "IOC" : request.timeInForce,
		reduceOnly: request.reduceOnly || request.closeOnTrigger === true,
		closeOnTrigger: createType !== "CreateByUser" || request.closeOnTrigger === true,
		trigger: request.trigger,
		takeProfit: request.takeProfit,
		stopLoss: request.stopLoss,
		tpslMode: request.tpslMode,
		tpTriggerBy: request.tpTriggerBy,
		slTriggerBy: request.slTriggerBy,
		tpLimitPrice: request.tpLimitPrice,
		slLimitPrice: request.slLimitPrice,
		trailing: undefined,
		parentId: "",
		parentLinkId: "",
		pairedWith: "",
		boundTo: "",
		smp: request.smp ?? "None",
		smpOrderId: "",
		tolerance: request.tolerance,
		createType,
		stopOrderType: stopOrderType === "" && request.trigger !== undefined ? "Stop" : stopOrderType,
		status: "New",
		cancelType: "UNKNOWN",
		rejectReason: "EC_NoError",
		filled: NO_QTY,
		filledValue: NO_USDT,
		fee: NO_USDT,
		realised: NO_USDT,
		lastPriceOnCreated: market.last,
		createdAt: at,
		updatedAt: at,
	};
	market.orders.push(order);
	return order;
}

export function setOrder(account: Account, order: Order, change: Partial<Order>, at: Ms): void {
	Object.assign(order, change);
	order.updatedAt = at;
	account.events.push({ kind: "order", at, order: { ...order } });
}

/** Ends an order that leaves something unfilled. */
export function endOrder(account: Account, market: Market, order: Order, how: Partial<Order>, at: Ms): void {
	removeOrder(market, order);
	setOrder(account, order, how, at);
}

/** Who asked for it: the user, or the dead-man's switch that the user has set. */
export type CancelledBy = "CancelByUser" | "CancelByDCP";

export function cancelByUser(account: Account, market: Market, order: Order, at: Ms, cancelType: CancelledBy = "CancelByUser"): void {
	const status = order.status === "Untriggered" ? "Deactivated" : "Cancelled";
	endOrder(account, market, order, { status, cancelType, rejectReason: "EC_PerCancelRequest" }, at);
}

/** A leg of a pair that was never changed one-sidedly takes the other with it. Source: docs/v5/position/trading-stop. */
export function cancelWithPair(account: Account, market: Market, order: Order, at: Ms, by?: CancelledBy): void {
	cancelByUser(account, market, order, at, by);
	const other = market.orders.find(({ orderId, status }) => orderId === order.boundTo && status === "Untriggered");
	if (other !== undefined && other.boundTo === order.orderId) cancelByUser(account, market, other, at, by);
}

export function removeOrder(market: Market, order: Order): void {
	const index = market.orders.indexOf(order);
	if (index >= 0) market.orders.splice(index, 1);
}

/** An order of the venue's own that closes all of a position at market. */
export function closingRequest({ instrument, position }: Market): OrderRequest {
	return {
		linkId: "",
		symbol: instrument.symbol,
		side: closing(position.direction),
		type: "market",
		qty: position.qty,
		timeInForce: "IOC",
		reduceOnly: true,
	};
}
