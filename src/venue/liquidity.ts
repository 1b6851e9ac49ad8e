// What an order finds on the other side when it takes. With `candle`, the default, all of it fills at the last price made worse by the
// slippage (spec §9), and resting orders fill when the path trades through them. With a book, orders walk its levels, and resting orders
// fill by the volume of public trades (`Venue.trade`). What an order takes from a book is there again for the next: our size moves no market.

import type { Side } from "../orders/side.ts";
import type { Price, Qty } from "../units/unit.ts";

export type BookLevel = { readonly price: Price; readonly qty: Qty };

export type BookLiquidity = {
	/** What an order of `side` can take around a last price, best first: asks for a buy, bids for a sell. It may be lazy. */
	levels(symbol: string, side: Side, last: number): Iterable<BookLevel>;
};

export type Liquidity = "candle" | BookLiquidity;
