// Funding (spec §9): what the position held before the first price at a funding time pays or receives.

import { isFlat } from "../../account/position.ts";
import { opening } from "../../orders/side.ts";
import { NO_USDT, negate, scaleUsdt } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import { type Account, idOf, type Market, nextSequence } from "./account.ts";
import { tellMoney } from "./charge.ts";
import { book } from "./wallet.ts";

/** Longs pay `qty × price × rate` when the rate is positive, shorts receive it. */
export function settleFunding(account: Account, market: Market, funding: { price: number; rate: number }, at: Ms): void {
	const { position, instrument } = market;
	if (isFlat(position)) return;
	const owed = scaleUsdt(instrument.grid.valueAt(position.qty, funding.price), funding.rate);
	const amount = position.direction === "long" ? owed : negate(owed);
	const seq = nextSequence(account);
	const execId = idOf(account, seq);
	const { direction, qty } = position;
	const side = opening(direction);
	const feeRate = direction === "long" ? funding.rate : -funding.rate;
	const money = { funding: negate(amount), fee: NO_USDT, cashFlow: NO_USDT };
	const ids = { tradeId: execId, orderId: execId, linkId: "" };
	const transaction = book(account, market, { type: "SETTLEMENT", side, qty, price: funding.price, feeRate, ...money, ...ids }, at);
	const { symbol } = instrument;
	account.events.push({ kind: "funding", at, symbol, side, qty, ...funding, amount, execId, seq });
	tellMoney(account, market, transaction, at);
}
