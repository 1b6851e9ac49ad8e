// One execution: what was traded, what it cost, and why. Source: execution topic, execution/list.

import type { Ms, Price, Qty, Usdt } from "../units/unit.ts";
import type { Side } from "./side.ts";

/** What made the order behind a fill: the bot, the position's stop, or the venue against us. */
const FILL_CAUSES = ["order", "stopLoss", "takeProfit", "trailingStop", "liquidation", "adl", "settlement"] as const;
export type FillCause = (typeof FILL_CAUSES)[number];

export type Fill = {
	readonly execId: string;
	readonly orderId: string;
	/** Empty for orders that the venue made itself. */
	readonly linkId: string;
	readonly symbol: string;
	readonly side: Side;
	readonly qty: Qty;
	readonly price: Price;
	/** Notional, always positive. */
	readonly value: Usdt;
	/** Positive when paid. */
	readonly fee: Usdt;
	readonly maker: boolean;
	readonly cause: FillCause;
	/** What of it reduced a position, and the gross profit realised by that. */
	readonly closedQty: Qty;
	readonly realised: Usdt;
	/** Left of the order afterwards. */
	readonly leaves: Qty;
	readonly at: Ms;
};
