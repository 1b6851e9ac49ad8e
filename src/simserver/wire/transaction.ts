// A row of the account's transaction log. Source: docs/v5/account/transaction-log. Signs: fee positive when paid, funding positive when
// received, cash flow gross; change = cashFlow + funding − fee.

import type { Instrument } from "../../market/instrument.ts";
import { plainDecimal } from "../../units/decimal.ts";
import { addUsdt, NO_USDT, negate } from "../../units/grid.ts";
import type { Qty, Usdt } from "../../units/unit.ts";
import type { ExecutionEvent } from "./execution.ts";
import { moneyText, numberText, priceText, qtyText, sideText } from "./text.ts";

export type TransactionType = "TRADE" | "SETTLEMENT" | "LIQUIDATION" | "ADL";

export function transactionType(event: ExecutionEvent): TransactionType {
	if (event.kind === "funding") return "SETTLEMENT";
	if (event.fill.cause === "liquidation") return "LIQUIDATION";
	return event.fill.cause === "adl" ? "ADL" : "TRADE";
}

/** What the event does to the wallet. */
export function changeOf(event: ExecutionEvent): Usdt {
	return event.kind === "funding" ? negate(event.amount) : addUsdt(event.fill.realised, negate(event.fill.fee));
}

/** `held`: the position afterwards in steps, negative when short; `balance`: the wallet afterwards. */
export function transactionRow(event: ExecutionEvent, instrument: Instrument, { held, balance }: { held: number; balance: Usdt }): object {
	const { grid } = instrument;
	const funding = event.kind === "funding";
	const size = `${held < 0 ? "-" : ""}${qtyText(grid, Math.abs(held) as Qty)}`; // the size of a quantity
	return {
		id: `${event.seq}_${instrument.symbol}`,
		symbol: instrument.symbol,
		category: "linear",
		side: sideText(funding ? event.side : event.fill.side),
		transactionTime: String(event.at),
		type: transactionType(event),
		transSubType: "",
		qty: qtyText(grid, funding ? event.qty : event.fill.qty),
		size,
		currency: "USDT",
		tradePrice: funding ? numberText(event.price) : priceText(grid, event.fill.price),
		funding: funding ? moneyText(negate(event.amount)) : "",
		fee: moneyText(funding ? NO_USDT : event.fill.fee),
		cashFlow: moneyText(funding ? NO_USDT : event.fill.realised),
		change: moneyText(changeOf(event)),
		cashBalance: moneyText(balance),
		feeRate: plainDecimal(funding ? (event.side === "buy" ? event.rate : -event.rate) : event.feeRate),
		bonusChange: "",
		tradeId: funding ? event.execId : event.fill.execId,
		orderId: funding ? event.execId : event.fill.orderId,
		orderLinkId: funding ? "" : event.fill.linkId,
		extraFees: "",
	};
}
