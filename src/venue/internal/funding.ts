// Funding (spec §9): what the position held before the first price at a funding time pays or receives.

import { isFlat } from "../../account/position.ts";
import { opening } from "../../orders/side.ts";
import { negate, scaleUsdt } from "../../units/grid.ts";
import type { Ms } from "../../units/unit.ts";
import { type Account, idOf, type Market, nextSequence } from "./account.ts";
import { credit, tellMoney } from "./charge.ts";

/** Longs pay `qty × price × rate` when the rate is positive, shorts receive it. */
export function settleFunding(account: Account, market: Market, funding: { price: number; rate: number }, at: Ms): void {
	const { position, instrument } = market;
	if (isFlat(position)) return;
	const owed = scaleUsdt(instrument.grid.valueAt(position.qty, funding.price), funding.rate);
	const amount = position.direction === "long" ? owed : negate(owed);
	credit(account, market, negate(amount));
	const seq = nextSequence(account);
	const { symbol } = instrument;
	const { direction, qty } = position;
	account.events.push({ kind: "funding", at, symbol, side: opening(direction), qty, ...funding, amount, execId: idOf(account, seq), seq });
	tellMoney(account, market, at);
}
