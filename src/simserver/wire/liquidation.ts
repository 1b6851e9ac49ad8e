// A liquidation as the public hears of it. Source: docs/v5/websocket/public/all-liquidation: S is the side of the position that was taken
// over, p its bankruptcy price.

import type { Instrument } from "../../market/instrument.ts";
import type { Fill } from "../../orders/fill.ts";
import { priceText, qtyText } from "./text.ts";

export function liquidationFrame(topic: string, fill: Fill, { grid }: Instrument): object {
	const S = fill.side === "sell" ? "Buy" : "Sell";
	const row = { T: fill.at, s: fill.symbol, S, v: qtyText(grid, fill.qty), p: priceText(grid, fill.price) };
	return { topic, type: "snapshot", ts: fill.at, data: [row] };
}
