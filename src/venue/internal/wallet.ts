// The wallet: every change of it is one transaction, told with the balance that it leaves.

import { addUsdt, NO_QTY, NO_USDT, negate, usdtNumber } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import type { Transaction, TransactionType } from "../event.ts";
import { REFUSALS, type Refusal } from "../refusal.ts";
import { type Account, idOf, type Market, nextSequence } from "./account.ts";
import { reliquidate } from "./liquidation.ts";
import { availableMargin } from "./margin-use.ts";

export type Entry = Omit<Transaction, "at" | "symbol" | "held" | "change" | "balance">;

/** Books what a market has brought, or taken when negative; liquidation prices follow. Nothing is told yet. */
export function book(account: Account, market: Market, entry: Entry, at: Ms): Transaction {
	const change = addUsdt(entry.cashFlow, entry.funding, negate(entry.fee));
	account.wallet = addUsdt(account.wallet, change);
	market.realised = addUsdt(market.realised, change);
	market.realisedEver = addUsdt(market.realisedEver, change);
	reliquidate(account);
	const { direction, qty } = market.position;
	const held = direction === "long" ? qty : -qty;
	return { ...entry, at, symbol: market.instrument.symbol, held: held === 0 ? 0 : held, change, balance: account.wallet };
}

export function tellWallet(account: Account, transaction: Transaction, at: Ms): void {
	account.events.push({ kind: "wallet", at, balance: transaction.balance, transaction });
}

/** Money comes in, or goes out when negative: no more than is free. */
export function transferFunds(account: Account, amount: Usdt, at: Ms): Refusal | undefined {
	if (amount < 0 && usdtNumber(negate(amount)) > availableMargin(account)) return REFUSALS.balance;
	account.wallet = addUsdt(account.wallet, amount);
	reliquidate(account);
	const type: TransactionType = amount < 0 ? "TRANSFER_OUT" : "TRANSFER_IN";
	const nothing = { symbol: "", side: undefined, qty: NO_QTY, held: 0, price: 0, feeRate: 0, funding: NO_USDT, fee: NO_USDT } as const;
	const ids = { tradeId: idOf(account, nextSequence(account)), orderId: "", linkId: "" };
	tellWallet(account, { ...nothing, ...ids, type, at, cashFlow: amount, change: amount, balance: account.wallet }, at);
	return undefined;
}
