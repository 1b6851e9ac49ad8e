// What the venue remembers: one account, and the market of each symbol that it lists. Plain records; the rules that change them are the
// other files of this folder, and `Venue` alone owns an account.

import type { MarginMode } from "../../account/margin.ts";
import { FLAT, type Position } from "../../account/position.ts";
import type { Instrument } from "../../market/instrument.ts";
import { assert } from "../../std/assert.ts";
import { NO_USDT } from "../../units/grid.ts";
import type { Ms, Usdt } from "../../units/unit.ts";
import type { VenueEvent, VenueOrder } from "../event.ts";
import type { Liquidity } from "../liquidity.ts";

/** Fees and slippage as fractions. */
export type Rates = {
	readonly takerFee: number;
	readonly makerFee: number;
	/** A market fill is this fraction worse than the price that triggered it. */
	readonly slippage: number;
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** A live order. What leaves the venue is a snapshot of it. */
export type Order = Mutable<VenueOrder> & {
	/** Its attached legs of Full mode have become the position's. */
	armed?: boolean;
	/** The other leg of a pair that nobody has changed one-sidedly, by its order id: a cancel takes both. "" when there is none. */
	boundTo: string;
};

/** The state of one symbol. */
export type Market = {
	readonly instrument: Instrument;
	/** Last traded price; NaN until the first candle opens. */
	last: number;
	/** Undefined while they follow the last price: until they are told. */
	mark: number | undefined;
	index: number | undefined;
	/** Between candles nothing trades: market orders wait for the next open. */
	trading: boolean;
	/** The price stands at a candle's open and has not moved since: resting orders that the jump betters fill there. */
	jumped: boolean;
	/** Post-only orders accepted between candles: they arrive at the next open, and are turned away if it has passed their price. */
	arriving: Order[];
	position: Position;
	leverage: number;
	/** Margin added by hand: isolated positions only. */
	added: Usdt;
	/** An isolated position takes margin from what is free before it is liquidated. */
	autoAdd: boolean;
	/** Live orders in the order of their arrival; the position's own stop is one of them. */
	readonly orders: Order[];
	/** Where the position is liquidated; NaN when flat. Kept, not recomputed at each tick. */
	liquidation: number;
	/** Net profit realised by the position that is open now, and by all of the symbol's so far. */
	realised: Usdt;
	realisedEver: Usdt;
	openedAt: Ms;
	/** Candles in which both a stop and a target lay within reach, so that the assumed path decided. */
	ambiguous: number;
};

export type Account = {
	readonly rates: Rates;
	readonly liquidity: Liquidity;
	/** How far from the mark price a symbol's market orders may fill, a fraction, where it is not the default. */
	readonly bands: Readonly<Record<string, number>>;
	readonly markets: Map<string, Market>;
	/** Every client id ever accepted: each is good once. */
	readonly linkIds: Set<string>;
	wallet: Usdt;
	marginMode: MarginMode;
	/** Names this run in order and execution ids; digits and a–f. */
	readonly idPrefix: string;
	/** The number of the latest order or execution. */
	sequence: number;
	/** What has happened and was not told yet, in order. */
	events: VenueEvent[];
};

export function newMarket(instrument: Instrument, leverage: number): Market {
	return {
		instrument,
		last: Number.NaN,
		mark: undefined,
		index: undefined,
		trading: false,
		jumped: false,
		arriving: [],
		position: FLAT,
		leverage: Math.min(leverage, instrument.maxLeverage),
		added: NO_USDT,
		autoAdd: false,
		orders: [],
		liquidation: Number.NaN,
		realised: NO_USDT,
		realisedEver: NO_USDT,
		openedAt: 0,
		ambiguous: 0,
	};
}

/** The market of a symbol that the caller knows to be listed. */
export function marketOf(account: Account, symbol: string): Market {
	const market = account.markets.get(symbol);
	assert(market !== undefined, `the venue lists the symbol it is asked about, and not ${symbol}`);
	return market;
}

export function nextSequence(account: Account): number {
	return ++account.sequence;
}

/** Ids look like Bybit's UUIDs and are computed, so that a run repeats to the letter. */
export function idOf(account: Account, sequence: number): string {
	const prefix = account.idPrefix.padStart(8, "0").slice(0, 8);
	return `${prefix}-0000-4000-8000-${sequence.toString(16).padStart(12, "0")}`;
}
