// What the client tells: facts from the exchange, the state of its lines, and what it could not read. Plain data, except the book.

import type { Interval } from "../market/interval.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Ms } from "../units/unit.ts";
import type { ClockEstimate } from "./clock-sync.ts";
import type { BybitWallet } from "./decode/account.ts";
import type { Level, OrderBook } from "./decode/book.ts";
import type { BybitExecution, BybitOrder } from "./decode/order.ts";
import type { BybitPosition } from "./decode/position.ts";
import type { Kline, PublicTrade } from "./decode/public.ts";
import type { TickerRaw } from "./decode/ticker.ts";
import type { Fault } from "./fault.ts";
import type { Stream } from "./socket.ts";

/** `at` is the exchange's own time of the message. */
export type BybitEvent =
	| { readonly kind: "ticker"; readonly symbol: string; readonly at: Ms; readonly ticker: Ticker; readonly raw: TickerRaw }
	| {
			readonly kind: "book";
			readonly symbol: string;
			readonly depth: number;
			readonly at: Ms;
			readonly bid: Level | undefined;
			readonly ask: Level | undefined;
			/** Live: it changes with the next message. */
			readonly book: OrderBook;
	  }
	| { readonly kind: "kline"; readonly symbol: string; readonly interval: Interval; readonly at: Ms; readonly kline: Kline }
	| { readonly kind: "trade"; readonly symbol: string; readonly at: Ms; readonly trade: PublicTrade }
	| { readonly kind: "order"; readonly at: Ms; readonly order: BybitOrder }
	| { readonly kind: "execution"; readonly at: Ms; readonly execution: BybitExecution }
	| { readonly kind: "position"; readonly at: Ms; readonly position: BybitPosition }
	| { readonly kind: "wallet"; readonly at: Ms; readonly wallet: BybitWallet }
	/** A line came up (subscriptions follow) or went down; `fault` is set when authentication was refused or the certificate is not to be trusted. */
	| {
			readonly kind: "stream";
			readonly stream: Stream;
			readonly up: boolean;
			readonly reason: string | undefined;
			readonly fault: Fault | undefined;
	  }
	/** A subscription was confirmed, refused, or is being renewed because its data were lost. */
	| { readonly kind: "topic"; readonly stream: Stream; readonly topic: string; readonly up: boolean; readonly reason: string | undefined }
	/** A message, or a part of one, that could not be read; nothing of it was used. */
	| { readonly kind: "malformed"; readonly stream: Stream | "rest"; readonly topic: string | undefined; readonly reason: string }
	| { readonly kind: "clock"; readonly estimate: ClockEstimate }
	/** The exchange has shut this address out of requests: until that local time they are answered as never sent. Order entry by socket may go on. */
	| { readonly kind: "banned"; readonly until: Ms; readonly fault: Fault };

export type OnEvent = (event: BybitEvent) => void;
