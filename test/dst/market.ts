// The markets: prices that wander around where they began, quick enough for a signal every few minutes, told to the bot as tickers and closed
// candles in the order of things at one instant. The public line may fall silent, with the candles told later or never.

import type { Event } from "../../src/engine/event.ts";
import { allocate, type Candle, type Columns, put } from "../../src/market/candle.ts";
import type { Instrument } from "../../src/market/instrument.ts";
import type { Ticker } from "../../src/market/ticker.ts";
import type { Prng } from "../../src/std/prng.ts";
import { MINUTE, type Ms, type Price, type Qty } from "../../src/units/unit.ts";
import type { Exchange } from "./exchange.ts";
import { startPrice } from "./plan.ts";
import type { World } from "./world.ts";

/** Candles that a life is shown at its start. */
const HISTORY = 6;

type Candles = { open: number; high: number; low: number; close: number };

export class Market {
	readonly instrument: Instrument;
	readonly #world: World;
	readonly #random: Prng;
	readonly #exchange: Exchange;
	readonly #home: number;
	readonly #history: Candle[] = [];
	#volatility: number;
	#price: number;
	#openTime: Ms;
	#candle: Candles;

	constructor(world: World, random: Prng, exchange: Exchange, terms: { instrument: Instrument; volatility: number; openTime: Ms }) {
		this.instrument = terms.instrument;
		this.#world = world;
		this.#random = random;
		this.#exchange = exchange;
		this.#volatility = terms.volatility;
		this.#home = startPrice(terms.instrument.symbol);
		this.#price = this.#home;
		this.#openTime = terms.openTime;
		this.#candle = { open: this.#price, high: this.#price, low: this.#price, close: this.#price };
		for (let i = HISTORY; i > 0; i--) this.#history.push(candleOf(terms.openTime - i * MINUTE, this.#wander()));
	}

	get symbol(): string {
		return this.instrument.symbol;
	}

	get price(): number {
		return this.#price;
	}

	shake(factor: number): void {
		this.#volatility *= factor;
	}

	/** The price takes a step, and with a book somebody trades at it. */
	step(): void {
		const drift = ((this.#home - this.#price) / this.#home) * 0.08;
		this.goTo(this.#price * (1 + drift + this.#volatility * (2 * this.#random.unit() - 1) * 1.7));
	}

	goTo(price: number): void {
		const { grid } = this.instrument;
		const ticks = Math.max(10, grid.floorToTick(price)) as Price;
		this.#price = grid.priceNumber(ticks);
		const candle = this.#candle;
		candle.high = Math.max(candle.high, this.#price);
		candle.low = Math.min(candle.low, this.#price);
		candle.close = this.#price;
		const { now } = this.#world;
		this.#exchange.move(this.symbol, this.#price, now);
		this.#exchange.venue.trade(
			this.symbol,
			{ price: ticks, qty: Math.max(1, grid.floorToStep((300 * this.#random.unit()) / this.#price)) as Qty },
			now,
		);
		this.#exchange.pump(now);
	}

	ticker(): Event {
		const { symbol } = this;
		const { grid } = this.instrument;
		const quote = this.#exchange.venue.quote(symbol);
		const ticker: Ticker = {
			last: this.#price,
			mark: this.#price,
			turnover24h: this.#home,
			volume24h: 1,
			...(quote === undefined ? {} : { bid: grid.priceNumber(quote.bid), ask: grid.priceNumber(quote.ask) }),
		};
		return { kind: "ticker", at: this.#world.now, symbol, ticker };
	}

	/** The minute is over: what its end tells. */
	close(): Event[] {
		const { symbol } = this;
		const candle = candleOf(this.#openTime, this.#candle);
		this.#history.push(candle);
		this.#openTime += MINUTE;
		const at = this.#openTime;
		this.#candle = { open: this.#price, high: this.#price, low: this.#price, close: this.#price };
		return [
			{ kind: "candles", at, symbol, columns: columnOf(candle), from: 0, to: 1 },
			{ kind: "closed", at, symbol, candle },
		];
	}

	history(): Event {
		const candles = this.#history.slice(-HISTORY);
		return {
			kind: "history",
			at: this.#world.now,
			symbol: this.symbol,
			candles,
			closeTimes: candles.map(({ openTime }) => openTime + MINUTE),
		};
	}

	#wander(): Candles {
		const spread = this.#home * this.#volatility;
		const close = this.#home + spread * (2 * this.#random.unit() - 1);
		return { open: this.#home, high: Math.max(this.#home, close), low: Math.min(this.#home, close), close };
	}
}

function candleOf(openTime: Ms, { open, high, low, close }: Candles): Candle {
	return { openTime, open, high, low, close, volume: 1, turnover: close };
}

function columnOf(candle: Candle): Columns {
	const columns = allocate(1);
	put(columns, 0, candle);
	return columns;
}
