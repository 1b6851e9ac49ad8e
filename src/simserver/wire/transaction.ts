// A row of the account's transaction log. Source: docs/v5/account/transaction-log. Signs: fee positive when paid, funding positive when
// received, cash flow gross; change = cashFlow + funding − fee. A transfer has no symbol, and so neither category, side, price nor sizes.

import type { Instrument } from "../../market/instrument.ts";
import { plainDecimal } from "../../units/decimal.ts";
import type { Qty } from "../../units/unit.ts";
import type { Transaction } from "../../venue/event.ts";
import { moneyText, numberText, qtyText, sideText } from "./text.ts";

/** `instrument`: that of the row's symbol, which a transfer lacks. */
export function transactionRow(entry: Transaction, instrument: Instrument | undefined): object {
	const sizes = instrument === undefined ? { qty: "0", size: "0" } : sizesOf(entry, instrument);
	const traded = instrument !== undefined;
	return {
		id: `${entry.tradeId}_${traded ? entry.symbol : "USDT"}`,
		symbol: entry.symbol,
		category: traded ? "linear" : "",
		side: entry.side === undefined ? "None" : sideText(entry.side),
		transactionTime: String(entry.at),
		type: entry.type,
		transSubType: "",
		...sizes,
		currency: "USDT",
		tradePrice: traded ? numberText(entry.price) : "",
		funding: entry.type === "SETTLEMENT" ? moneyText(entry.funding) : "",
		fee: moneyText(entry.fee),
		cashFlow: moneyText(entry.cashFlow),
		change: moneyText(entry.change),
		cashBalance: moneyText(entry.balance),
		feeRate: traded ? plainDecimal(entry.feeRate) : "",
		bonusChange: "",
		tradeId: entry.tradeId,
		orderId: entry.orderId,
		orderLinkId: entry.linkId,
		extraFees: "",
	};
}

function sizesOf({ qty, held }: Transaction, { grid }: Instrument): { qty: string; size: string } {
	const sign = held < 0 ? "-" : "";
	return { qty: qtyText(grid, qty), size: `${sign}${qtyText(grid, Math.abs(held) as Qty)}` }; // the size of a quantity
}
