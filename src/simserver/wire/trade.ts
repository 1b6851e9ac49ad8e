// A public trade on the wire. Source: docs/v5/websocket/public/trade, market/recent-trade.

import type { Ms } from "../../units/unit.ts";
import type { TickDirection } from "./ticker.ts";

export type PublicTrade = {
	readonly id: string;
	readonly symbol: string;
	readonly at: Ms;
	readonly price: string;
	readonly size: string;
	/** The taker's side. */
	readonly side: "Buy" | "Sell";
	readonly direction: TickDirection;
	readonly seq: number;
	/** Agreed outside the book. */
	readonly block?: boolean;
};

export function tradeFrame(topic: string, trades: readonly PublicTrade[], at: Ms): object {
	const data = trades.map(({ at: T, symbol: s, side: S, size: v, price: p, direction: L, id: i, seq, block = false }) => {
		return { T, s, S, v, p, L, i, BT: block, RPI: false, seq };
	});
	return { topic, type: "snapshot", ts: at, data };
}

export function recentTradeRow(trade: PublicTrade): object {
	const { id: execId, symbol, price, size, side, at, seq, block = false } = trade;
	return { execId, symbol, price, size, side, time: String(at), isBlockTrade: block, isRPITrade: false, seq: String(seq) };
}
