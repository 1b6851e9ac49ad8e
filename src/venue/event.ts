// What the venue tells: orders as they change, executions, and that a position or the wallet has moved. The wire is made of these, and
// so are the facts that the engine reads in process.

import type { Fill } from "../orders/fill.ts";
import type { Attached, OrderStatus, OrderType, SmpType, TimeInForce, Tolerance, Trigger } from "../orders/order.ts";
import type { Side } from "../orders/side.ts";
import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";

/** Why an order exists. Source: enum `createType`. */
export type CreateType =
	| "CreateByUser"
	| "CreateByStopLoss"
	| "CreateByTakeProfit"
	| "CreateByPartialStopLoss"
	| "CreateByPartialTakeProfit"
	| "CreateByTrailingStop"
	| "CreateByTrailingProfit"
	| "CreateByLiq"
	| "CreateByTakeOver_PassThrough"
	| "CreateByAdl_PassThrough";

/** What kind of waiting order it is: none, a conditional one, or a leg of the position. Source: enum `stopOrderType`. */
export type StopOrderType = "" | "Stop" | "StopLoss" | "TakeProfit" | "TrailingStop" | "PartialStopLoss" | "PartialTakeProfit";

/** A stop that follows the last price at a distance, once `activePrice` (if any) was reached. */
export type Trailing = { readonly distance: Price; readonly activePrice: Price | undefined; readonly active: boolean };

/** An order as the venue keeps it; a snapshot once it is in an event. */
export type VenueOrder = Attached & {
	readonly orderId: string;
	/** Empty for orders that the venue made itself. */
	readonly linkId: string;
	readonly symbol: string;
	readonly side: Side;
	readonly type: OrderType;
	readonly qty: Qty;
	/** A limit order's own; a market order's cap, the worst price at which it may fill; undefined while that waits for its trigger. */
	readonly price: Price | undefined;
	readonly timeInForce: TimeInForce;
	readonly reduceOnly: boolean;
	readonly closeOnTrigger: boolean;
	readonly trigger: Trigger | undefined;
	readonly stopLoss: Price | undefined;
	readonly trailing: Trailing | undefined;
	readonly createType: CreateType;
	readonly stopOrderType: StopOrderType;
	/** The order that a leg came with, by both of its ids; "" for legs of trading-stop, and for all that is no leg. */
	readonly parentId: string;
	readonly parentLinkId: string;
	/** The other leg of a pair, by its order id: it goes when this one is triggered. "" when there is none. */
	readonly pairedWith: string;
	readonly smp: SmpType;
	/** The order that it would have traded with, where self-match prevention has cancelled it; "" otherwise. */
	readonly smpOrderId: string;
	readonly tolerance: Tolerance | undefined;
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

export type TransactionType = "TRADE" | "SETTLEMENT" | "LIQUIDATION" | "ADL" | "TRANSFER_IN" | "TRANSFER_OUT";

/** Why the wallet holds what it holds: `change` = `cashFlow` + `funding` − `fee`. Source: docs/v5/account/transaction-log. */
export type Transaction = {
	readonly type: TransactionType;
	readonly at: Ms;
	/** "" for transfers, like the ids below. */
	readonly symbol: string;
	readonly side: Side | undefined;
	readonly qty: Qty;
	/** The position afterwards in steps, negative when short. */
	readonly held: number;
	readonly price: number;
	/** A fraction; of a settlement the funding rate, with its sign turned for a short position. */
	readonly feeRate: number;
	/** Positive when received. */
	readonly funding: Usdt;
	/** Positive when paid. */
	readonly fee: Usdt;
	/** Gross realised profit, or what was transferred. */
	readonly cashFlow: Usdt;
	readonly change: Usdt;
	readonly balance: Usdt;
	readonly tradeId: string;
	readonly orderId: string;
	readonly linkId: string;
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
	| { readonly kind: "wallet"; readonly at: Ms; readonly balance: Usdt; readonly transaction: Transaction };
