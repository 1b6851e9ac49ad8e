// A row of closed-pnl: one for each closing order. Source: docs/v5/position/close-pnl. Funding is not in it.

import type { Instrument } from "../../market/instrument.ts";
import { plainDecimal } from "../../units/decimal.ts";
import { addUsdt, NO_USDT, negate } from "../../units/grid.ts";
import type { Usdt } from "../../units/unit.ts";
import type { ClosedProfit } from "../ledger.ts";
import { tradeType } from "./execution.ts";
import { shownPrice } from "./order.ts";
import { averageText, moneyText, qtyText, sideText } from "./text.ts";

/** Exit − entry value, signed by side, − the opening fees' share − the closing fee. */
export function netProfit(closed: ClosedProfit | undefined): Usdt {
	if (closed === undefined) return NO_USDT;
	const gain = addUsdt(closed.exitValue, negate(closed.entryValue));
	return addUsdt(closed.order.side === "sell" ? gain : negate(gain), negate(closed.openFee), negate(closed.closeFee));
}

export function closedProfitRow(closed: ClosedProfit, instrument: Instrument): object {
	const { order } = closed;
	const { grid } = instrument;
	return {
		symbol: order.symbol,
		orderId: order.orderId,
		side: sideText(order.side),
		qty: qtyText(grid, order.qty),
		orderPrice: shownPrice(order, instrument),
		orderType: order.type === "market" ? "Market" : "Limit",
		execType: tradeType(order.createType),
		closedSize: qtyText(grid, closed.closed),
		cumEntryValue: moneyText(closed.entryValue),
		avgEntryPrice: averageText(grid, closed.entryValue, closed.closed),
		cumExitValue: moneyText(closed.exitValue),
		avgExitPrice: averageText(grid, closed.exitValue, closed.closed),
		closedPnl: moneyText(netProfit(closed)),
		fillCount: String(closed.fills),
		leverage: plainDecimal(closed.leverage),
		openFee: moneyText(closed.openFee),
		closeFee: moneyText(closed.closeFee),
		createdTime: String(order.createdAt),
		updatedTime: String(closed.updatedAt),
	};
}
