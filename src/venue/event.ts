// What the venue tells: orders as they change, executions, and that a position or the wallet has moved. The wire is made of these, and
// so are the facts that the engine reads in process.

import type { Fill } from "../orders/fill.ts";
import type { OrderStatus, OrderType, TimeInForce, Trigger } from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";

/** Why an order exists. Source: enum `createType`. */
export type CreateType =
	| "CreateByUser"
	| "CreateByStopLoss"
	| "CreateByTakeProfit"
	| "CreateByTrailingStop"
	| "CreateByLiq"
	| "CreateByTakeOver_PassThrough"
	| "CreateByAdl_PassThrough";

/** An order as the venue keeps it; a snapshot once it is in an event. */
export type VenueOrder = {
	readonly orderId: string;
	/** Empty for orders that the venue made itself. */
	readonly linkId: string;
	readonly symbol: string;
	readonly side: Side;
	readonly type: OrderType;
	readonly qty: Qty;
	readonly price: Price | undefined;
	readonly timeInForce: TimeInForce;
	readonly reduceOnly: boolean;
	readonly closeOnTrigger: boolean;
	readonly trigger: Trigger | undefined;
	readonly stopLoss: Price | undefined;
	readonly createType: CreateType;
	/** "" for plain orders, `Stop` for conditional ones, `StopLoss` … for the position's own legs. */
	readonly stopOrderType: "" | "Stop" | "StopLoss" | "TakeProfit" | "TrailingStop";
	readonly status: OrderStatus;
	readonly cancelType: string;
	readonly rejectReason: string;
	readonly filled: Qty;
	readonly filledValue: Usdt;
	readonly fee: Usdt;
	readonly realised: Usdt;
	readonly lastPriceOnCreated: number;
	readonly createdAt: Ms;
	readonly updatedAt: Ms;
};

export type VenueEvent =
	| { readonly kind: "order"; readonly at: Ms; readonly order: VenueOrder }
	| {
			readonly kind: "execution";
			readonly at: Ms;
			readonly fill: Fill;
			readonly order: VenueOrder;
			readonly feeRate: number;
			readonly mark: number;
			readonly seq: number;
	  }
	| {
			readonly kind: "funding";
			readonly at: Ms;
			readonly symbol: string;
			readonly side: Side;
			readonly qty: Qty;
			readonly price: number;
			readonly rate: number;
			/** Positive when paid. */
			readonly amount: Usdt;
			readonly execId: string;
			readonly seq: number;
	  }
	| { readonly kind: "position"; readonly at: Ms; readonly symbol: string }
	| { readonly kind: "wallet"; readonly at: Ms; readonly balance: Usdt };
