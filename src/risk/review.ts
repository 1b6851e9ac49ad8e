// The last look before an order leaves: an unreviewed order has another type, so that none can be sent without it.

import type { Instrument } from "../market/instrument.ts";
import type { OrderRequest } from "../orders/order.ts";
import { err, ok, type Result } from "../std/result.ts";
import type { RiskSettings } from "./settings.ts";

declare const approved: unique symbol;
export type Approved<T> = T & { readonly [approved]: true };

/** Holdings in USDT of notional, this order not included. */
export type Exposure = { readonly symbolHeld: number; readonly totalHeld: number };

/** Half a step of slack: caps are checked on the size before, here they only catch a bug. */
const SLACK = 1.001;

export function review(
	order: OrderRequest,
	price: number,
	exposure: Exposure,
	terms: { risk: RiskSettings; instrument: Instrument },
): Result<Approved<OrderRequest>, string> {
	if (order.reduceOnly) return ok(order as Approved<OrderRequest>); // closing never needs permission
	const { risk, instrument } = terms;
	const notional = instrument.grid.qtyNumber(order.qty) * price;
	if (order.stopLoss === undefined) return err("an entry carries its stop");
	if (risk.maxSymbolNotional !== undefined && exposure.symbolHeld + notional > risk.maxSymbolNotional * SLACK)
		return err("above max_symbol_notional");
	if (risk.maxTotalNotional !== undefined && exposure.totalHeld + notional > risk.maxTotalNotional * SLACK)
		return err("above max_total_notional");
	return ok(order as Approved<OrderRequest>); // reviewed just now
}
