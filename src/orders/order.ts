// What may be asked of a venue, and the states an order passes through. Names follow Bybit v5 (create-order, enum).

import type { Price, Qty } from "../units/unit.ts";
import type { Side } from "./side.ts";

const ORDER_TYPES = ["market", "limit"] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "PostOnly"] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** Which price a trigger listens to. */
const TRIGGER_SOURCES = ["last", "mark", "index"] as const;
export type TriggerSource = (typeof TRIGGER_SOURCES)[number];

/** `Full`: the stop and target of the whole position, at market. `Partial`: legs sized by what the order fills, at market or limited. */
export const TPSL_MODES = ["Full", "Partial"] as const;
export type TpslMode = (typeof TPSL_MODES)[number];

/** A conditional order waits until the price of that kind rises or falls to `price`. */
export type Trigger = {
	readonly price: Price;
	readonly direction: "rise" | "fall";
	readonly by: TriggerSource;
};

/** What becomes of an order that would trade with another of the same account; the flag of the one that takes decides. Source: smp. */
export const SMP_TYPES = ["None", "CancelMaker", "CancelTaker", "CancelBoth"] as const;
export type SmpType = (typeof SMP_TYPES)[number];

/** How far beyond the best offer a market order may fill: whole ticks, or per cent of it. Source: create-order `slippageTolerance`. */
export type Tolerance = { readonly by: "TickSize" | "Percent"; readonly most: number };

/** Take-profit and stop-loss that come with an order, and begin as it fills. Source: create-order. */
export type Attached = {
	readonly takeProfit?: Price | undefined;
	readonly stopLoss?: Price | undefined;
	/** `Full` when not given. */
	readonly tpslMode?: TpslMode | undefined;
	/** `last` when not given. */
	readonly tpTriggerBy?: TriggerSource | undefined;
	readonly slTriggerBy?: TriggerSource | undefined;
	/** Makes the leg a limit order once it is triggered: in Partial mode only. */
	readonly tpLimitPrice?: Price | undefined;
	readonly slLimitPrice?: Price | undefined;
};

/** An order as the bot wishes it. `linkId` is ours, unique for ever; retrying reuses it. */
export type OrderRequest = Attached & {
	readonly linkId: string;
	readonly symbol: string;
	readonly side: Side;
	readonly type: OrderType;
	/** Zero, with `reduceOnly` and `closeOnTrigger`, closes all of the position. */
	readonly qty: Qty;
	/** Limit orders only. */
	readonly price?: Price | undefined;
	readonly timeInForce: TimeInForce;
	readonly reduceOnly: boolean;
	/** It closes whatever else waits: it only ever reduces, and needs no margin when it is triggered. */
	readonly closeOnTrigger?: boolean | undefined;
	readonly trigger?: Trigger | undefined;
	/** `None` when not given. */
	readonly smp?: SmpType | undefined;
	/** Market orders only. */
	readonly tolerance?: Tolerance | undefined;
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

const OPEN_STATUSES: readonly OrderStatus[] = ["New", "PartiallyFilled", "Untriggered", "Triggered"];

export function isOpen(status: OrderStatus): boolean {
	return OPEN_STATUSES.includes(status);
}
