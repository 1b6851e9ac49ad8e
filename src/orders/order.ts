// What may be asked of a venue, and the states an order passes through. Names follow Bybit v5 (create-order, enum).

import type { Price, Qty } from "../units/unit.ts";
import type { Side } from "./side.ts";

export const ORDER_TYPES = ["market", "limit"] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "PostOnly"] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** A conditional order waits until the price of that kind rises or falls to `price`. */
export type Trigger = {
	readonly price: Price;
	readonly direction: "rise" | "fall";
	readonly by: "last" | "mark" | "index";
};

/** An order as the bot wishes it. `linkId` is ours, unique for ever; retrying reuses it. */
export type OrderRequest = {
	readonly linkId: string;
	readonly symbol: string;
	readonly side: Side;
	readonly type: OrderType;
	readonly qty: Qty;
	/** Limit orders only. */
	readonly price?: Price | undefined;
	readonly timeInForce: TimeInForce;
	readonly reduceOnly: boolean;
	readonly trigger?: Trigger | undefined;
	/** Attached stop of the position that this order opens: the whole of it, at market (tpslMode Full). */
	readonly stopLoss?: Price | undefined;
};

/** Source: enum `orderStatus`. */
export const ORDER_STATUSES = [
	"New",
	"PartiallyFilled",
	"Untriggered",
	"Triggered",
	"Filled",
	"Cancelled",
	"Rejected",
	"Deactivated",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const OPEN_STATUSES: readonly OrderStatus[] = ["New", "PartiallyFilled", "Untriggered", "Triggered"];

export function isOpen(status: OrderStatus): boolean {
	return OPEN_STATUSES.includes(status);
}
