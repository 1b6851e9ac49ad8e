// What the exchange tells the public about one symbol: candles, ticker, book, trades. It follows the walk of the candles, which moves
// the venue's price, and publishes what anybody listens to. A frame that nobody hears is not made.

import { type Candle, type Columns, candleAt } from "../market/candle.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Interval } from "../market/interval.ts";
import type { Side } from "../orders/side.ts";
import { Prng } from "../std/prng.ts";
import { decimalsOf } from "../units/decimal.ts";
import { shiftPrice } from "../units/grid.ts";
import { DAY, HOUR, type Ms } from "../units/unit.ts";
import type { BookLevel } from "../venue/liquidity.ts";
import type { Venue } from "../venue/venue.ts";
import { fundingDue } from "../venue/walk.ts";
import { DayFigures } from "./day-figures.ts";
import type { Hub } from "./hub.ts";
import { type BookState, Ladder, type Level, type Sides } from "./ladder.ts";
import { type Pacer, PUSH_EVERY } from "./pacer.ts";
import { ReferenceFeed, type ReferenceKind } from "./reference-feed.ts";
import type { References } from "./references.ts";
import { ShownCandles } from "./shown-candles.ts";
import { type AnyDepth, DEPTHS, type Depth, type PublicTopic } from "./topics.ts";
import { klineFrame } from "./wire/kline.ts";
import { type PriceBand, type PriceLimit, priceBand, priceLimitOf } from "./wire/price-limit.ts";
import { numberText, qtyText } from "./wire/text.ts";
import { changedFields, type TickDirection, type TickerFields, tickerFields } from "./wire/ticker.ts";
import { type PublicTrade, tradeFrame } from "./wire/trade.ts";

/** One symbol of the replay: its rules, its candles, and the funding rates that go with them. */
export type SimMarket = {
	readonly instrument: Instrument;
	readonly interval: Interval;
	readonly candles: Columns;
	/** Made up rather than recorded: for the reader of a log. */
	readonly generated: boolean;
	readonly fundingRate: number;
	/** The recorded rate of a funding time, where there is one. */
	readonly rateAt?: (at: Ms) => number | undefined;
	/** Mark and index prices of their own; without them both are the last price. */
	readonly references?: References | undefined;
};

/** What candles are of. */
export type CandleKind = "last" | ReferenceKind;

/** So many of the latest trades are kept, and at most so many more before they are dropped together. */
const TRADES_KEPT = 1000;
const TRADES_SLACK = 100;
const PATH_POINTS = 4;
const TURNOVER_DECIMALS = 4;
/** Best prices that stand for so long are told again. */
export const REPEAT_AFTER: Ms = 3000;

export class Feed {
	readonly kind = "candles";
	readonly market: SimMarket;
	readonly symbol: string;
	readonly candles: ShownCandles;
	readonly #venue: Venue;
	readonly #hub: Hub;
	readonly #ladder: Ladder;
	readonly #openInterest: number;
	readonly #figures: DayFigures;
	readonly #references: ReferenceFeed | undefined;
	/** What was settled, where the rate follows the premium. */
	readonly #settled = new Map<Ms, number>();
	readonly #topics: {
		ticker: string;
		trade: string;
		priceLimit: string;
		books: ReadonlyMap<Depth, string>;
		klines: ReadonlyMap<Interval, string>;
	};
	/** The book that the listeners of each depth know, the number of the frame that told it, and when. */
	readonly #channels = new Map<Depth, { shown: BookState | undefined; update: number; toldAt: Ms }>(
		DEPTHS.map((depth) => [depth, { shown: undefined, update: 0, toldAt: 0 }]),
	);
	/** Undefined where time is not real: then each change is told at once. */
	pacer: Pacer | undefined;
	/** Nothing trades: the price stands, and the streams say nothing. */
	halted = false;
	/** The base candle under way was halted: it ends as far as it came. */
	#stood = false;
	/** Last trade; NaN before the first candle opens. */
	#last = Number.NaN;
	#direction: TickDirection = "ZeroPlusTick";
	#book: BookState | undefined;
	#sequence: number;
	/** What the listeners of the ticker know. */
	#told: TickerFields | undefined;
	#trades: PublicTrade[] = [];

	constructor(market: SimMarket, venue: Venue, hub: Hub) {
		const { symbol } = market.instrument;
		this.market = market;
		this.symbol = symbol;
		this.candles = new ShownCandles(market.candles, market.interval);
		this.#figures = new DayFigures(this.candles);
		this.#venue = venue;
		this.#hub = hub;
		const random = new Prng(`sim/${symbol}`);
		this.#ladder = new Ladder(market.instrument, { reference: market.candles.open[0] ?? 1, seed: random.uint32() });
		const { references, candles, interval, fundingRate } = market;
		if (references !== undefined)
			this.#references = new ReferenceFeed(references, { symbol, candles, interval, interest: fundingRate }, venue);
		this.#openInterest = 10_000 + random.below(90_000);
		this.#sequence = 1_000_000 + random.below(1_000_000);
		this.#topics = {
			ticker: `tickers.${symbol}`,
			trade: `publicTrade.${symbol}`,
			priceLimit: `priceLimit.${symbol}`,
			books: new Map(DEPTHS.map((depth) => [depth, `orderbook.${depth}.${symbol}`])),
			klines: new Map(this.candles.intervals.map((interval) => [interval, `kline.${interval}.${symbol}`])),
		};
	}

	get trades(): readonly PublicTrade[] {
		return this.#trades;
	}

	/** Coins, both sides together: a constant. */
	get openInterest(): number {
		return this.#openInterest;
	}

	/** The band of limit prices as it stands; undefined before the first price. */
	priceBand(): PriceBand | undefined {
		return priceBand(this.market.instrument, { mark: this.#venue.mark(this.symbol), index: this.#venue.index(this.symbol) });
	}

	priceLimit(): PriceLimit {
		return priceLimitOf(this.market.instrument, this.priceBand());
	}

	get beginning(): Ms {
		return this.market.candles.openTime[0] ?? 0;
	}

	/** Whether a candle is under way, so that the price can be moved by hand. */
	get moving(): boolean {
		return this.candles.running !== undefined;
	}

	/** Whether a price exists yet. */
	get open(): boolean {
		return this.#book !== undefined;
	}

	canShow(interval: Interval): boolean {
		return this.#topics.klines.has(interval);
	}

	/** Whether there is something to hear under a topic. */
	shows(topic: PublicTopic, name: string): boolean {
		if (topic.kind === "orderbook") return [...this.#topics.books.values()].includes(name);
		return topic.kind !== "kline" || this.canShow(topic.interval);
	}

	/** Candles of an interval that have opened by now, newest first. */
	newest(kind: CandleKind, interval: Interval, range: { start: Ms; end: Ms; limit: number; now: Ms }): Candle[] {
		if (kind !== "last" && this.#references !== undefined) return this.#references.candles(kind).newest(interval, range);
		const rows = this.candles.newest(interval, range);
		return kind === "premium" ? rows.map(({ openTime }) => withoutPremium(openTime)) : rows;
	}

	/** The rate of a funding time: recorded, settled, or as it stands. */
	rateFor(fundingTime: Ms): number {
		const { rateAt, fundingRate } = this.market;
		return rateAt?.(fundingTime) ?? this.#settled.get(fundingTime) ?? this.#references?.rate() ?? fundingRate;
	}

	/** Funding is due, where row `row` opens: at which mark price and rate. */
	settle(row: number, fundingTime: Ms): { price: number; rate: number } {
		const rate = this.rateFor(fundingTime);
		if (this.#references !== undefined) this.#settled.set(fundingTime, rate);
		this.#references?.settled();
		const standing = this.halted && this.open ? this.#venue.mark(this.symbol) : undefined;
		return { price: standing ?? this.#references?.opening(row) ?? this.market.candles.open[row]!, rate };
	}

	/** The base candle under way ends, if there is one. */
	close(): void {
		const asRun = this.#stood;
		if (this.candles.running !== undefined) this.candles.close({ asRun });
		this.#references?.close({ asRun });
		if (asRun) this.#figures.forget();
		this.#stood = false;
	}

	/** Row `row` goes on without a trade: what it has so far stands, or the price before it. */
	stand(row: number): void {
		const { openTime, open } = candleAt(this.market.candles, row);
		const price = Number.isNaN(this.#last) ? open : this.#last;
		this.candles.run(this.candles.running ?? { openTime, open: price, high: price, low: price, close: price, volume: 0, turnover: 0 });
		this.#references?.stand(row);
		this.#stood = true;
	}

	/** The candles that close at `at` are confirmed, the smaller intervals first. */
	confirm(at: Ms): void {
		if (this.halted) return;
		for (const [interval, topic] of this.#topics.klines) {
			if (!this.#hub.has(topic)) continue;
			const candle = this.candles.closedAt(interval, at);
			if (candle !== undefined) this.#hub.publish(topic, klineFrame(candle, { topic, interval, confirm: true, at }));
		}
	}

	/** The ticker alone, at a candle boundary; nothing before the first price. */
	publishTicker(at: Ms): void {
		const { ticker } = this.#topics;
		if (this.halted || !this.#hub.has(ticker) || this.#book === undefined) return;
		if (this.pacer?.ready(ticker, PUSH_EVERY.tickers) === false) return;
		const fields = this.tickerAt(at);
		const data = this.#told === undefined ? fields : changedFields(this.#told, fields);
		const type = this.#told === undefined ? "snapshot" : "delta";
		this.#told = fields;
		this.#hub.publish(ticker, { topic: ticker, type, data, cs: this.#sequence, ts: at });
	}

	/** The price has come to point `index` of base candle `row`: a trade, the book, the ticker, the candles under way. */
	arrive(row: number, { index, price, at }: { index: number; price: number; at: Ms }): void {
		const candle = candleAt(this.market.candles, row);
		const before = this.candles.running;
		const share = (index + 1) / PATH_POINTS;
		this.candles.run({
			openTime: candle.openTime,
			open: candle.open,
			high: Math.max(before?.high ?? price, price),
			low: Math.min(before?.low ?? price, price),
			close: price,
			volume: part(candle.volume, share, decimalsOf(this.market.instrument.grid.step)),
			turnover: part(candle.turnover, share, TURNOVER_DECIMALS),
		});
		this.#references?.arrive({ row, index, at });
		this.#trade(price, candle, at);
		this.#moveBook();
		this.#tell(at);
		for (const [interval, topic] of this.#topics.klines) {
			if (!this.#hub.has(topic)) continue;
			const running = this.candles.runningAt(interval, at);
			if (running !== undefined) this.#hub.publish(topic, klineFrame(running, { topic, interval, confirm: false, at }));
		}
	}

	/** The price has been moved by hand. */
	touch(price: number, at: Ms): void {
		this.arrive(this.candles.closedCount, { index: 0, price, at });
	}

	/** Between two points at a real speed: the best sizes change, so that a listener sees the stream alive. */
	stir(at: Ms): void {
		if (this.#book === undefined || this.halted) return;
		this.#moveBook();
		this.#tell(at);
	}

	/** The best prices once more, under the number they had, when nothing has changed for three seconds (bybit-v5.md §8.2). */
	repeatBest(at: Ms): void {
		const channel = this.#channels.get(1);
		const topic = this.#topics.books.get(1);
		if (this.halted || channel?.shown === undefined || topic === undefined) return;
		if (!this.#hub.has(topic) || at < channel.toldAt + REPEAT_AFTER) return;
		channel.toldAt = at;
		this.#hub.publish(topic, this.#bookFrame(topic, "snapshot", this.#ladder.levels(channel.shown, 1), { update: channel.update, at }));
	}

	/** What an order of `side` can take around a last price: the levels that the book shows. */
	offers(side: Side, last: number): Iterable<BookLevel> {
		const bid = this.market.instrument.grid.floorToTick(last);
		return this.#ladder.offers({ bid, ask: shiftPrice(bid, 1), update: this.#book?.update ?? 0 }, side);
	}

	/** Tells what had to wait for its turn. */
	catchUp(at: Ms): void {
		if (this.#book !== undefined && !this.halted) this.#tell(at);
	}

	/** The service starts anew: books count from one, and every listener of a ticker is told all of it. */
	restart(): void {
		if (this.#book !== undefined) this.#book = { ...this.#book, update: 1 };
		for (const channel of this.#channels.values()) channel.shown = undefined;
		this.#told = undefined;
	}

	/** What a new listener is told at once: the ticker and the book as they stand; a candle or a trade only when the next one comes. */
	greeting(topic: PublicTopic, name: string, at: Ms): object | undefined {
		if (this.#book === undefined) return undefined;
		if (topic.kind === "tickers") {
			if (this.#told === undefined || !this.#hub.has(name)) this.#told = this.tickerAt(at);
			return { topic: name, type: "snapshot", data: this.#told, cs: this.#sequence, ts: at };
		}
		if (topic.kind === "priceLimit") return { topic: name, ts: at, data: this.priceLimit() };
		return topic.kind === "orderbook" ? this.#bookGreeting(name, topic.depth, at) : undefined;
	}

	/** The ticker's fields as they stand. */
	tickerAt(at: Ms): TickerFields {
		const { market } = this;
		const [bid, ask] = this.#best();
		const nextFunding = fundingDue(market.instrument.fundingInterval, at, at + market.instrument.fundingInterval)[0] ?? at;
		return tickerFields({
			instrument: market.instrument,
			last: this.#last,
			mark: this.#venue.mark(this.symbol),
			index: this.#venue.index(this.symbol),
			tickDirection: this.#direction,
			rolling: this.#figures.rolling(at),
			...this.#figures.extremes(at, this.#last),
			prev24h: this.#figures.priceAt(at - DAY, this.#last),
			prev1h: this.#figures.priceAt(at - HOUR, this.#last),
			openInterest: this.#openInterest,
			fundingRate: this.rateFor(nextFunding),
			nextFunding,
			bid,
			ask,
		});
	}

	/** The book for REST; undefined before the first price. */
	bookAt(depth: number, at: Ms): object | undefined {
		if (this.#book === undefined) return undefined;
		const { bids, asks } = this.#ladder.levels(this.#book, depth);
		return { s: this.symbol, b: bids, a: asks, ts: at, u: this.#book.update, seq: this.#sequence, cts: at };
	}

	#trade(price: number, candle: Candle, at: Ms): void {
		const { grid } = this.market.instrument;
		const moved = Number.isNaN(this.#last) ? 0 : Math.sign(price - this.#last);
		const wasUp = this.#direction === "PlusTick" || this.#direction === "ZeroPlusTick";
		this.#direction = moved > 0 ? "PlusTick" : moved < 0 ? "MinusTick" : wasUp ? "ZeroPlusTick" : "ZeroMinusTick";
		this.#last = price;
		const seq = ++this.#sequence;
		const size = grid.floorToStep(Number.isFinite(candle.volume) ? candle.volume / PATH_POINTS : 0);
		if (size === 0) return;
		const up = this.#direction === "PlusTick" || this.#direction === "ZeroPlusTick";
		const trade: PublicTrade = {
			id: `00000000-0000-5000-8000-${seq.toString(16).padStart(12, "0")}`,
			symbol: this.symbol,
			at,
			price: numberText(price),
			size: qtyText(grid, size),
			side: up ? "Buy" : "Sell",
			direction: this.#direction,
			seq,
		};
		this.#venue.trade(this.symbol, { price: grid.nearestTick(price), qty: size, side: up ? "buy" : "sell" }, at);
		this.#trades.push(trade);
		if (this.#trades.length > TRADES_KEPT + TRADES_SLACK) this.#trades = this.#trades.slice(-TRADES_KEPT);
		const { trade: topic } = this.#topics;
		if (this.#hub.has(topic)) this.#hub.publish(topic, tradeFrame(topic, [trade], at));
	}

	#moveBook(): void {
		const quote = this.#venue.quote(this.symbol);
		if (quote === undefined) return;
		this.#book = { ...quote, update: (this.#book?.update ?? 0) + 1 };
		this.#sequence++;
	}

	#tell(at: Ms): void {
		for (const depth of DEPTHS) this.#tellBook(depth, at);
		this.publishTicker(at);
		this.#tellPriceLimit(at);
	}

	/** The numbers of one depth's frames rise by one from frame to frame; depth 1 is always told whole. */
	#tellBook(depth: Depth, at: Ms): void {
		const topic = this.#topics.books.get(depth);
		const channel = this.#channels.get(depth);
		const book = this.#book;
		if (topic === undefined || channel === undefined || book === undefined || !this.#hub.has(topic)) return;
		const { shown } = channel;
		if (shown === book || this.pacer?.ready(topic, PUSH_EVERY.orderbook[depth]) === false) return;
		channel.shown = book;
		channel.toldAt = at;
		channel.update = shown === undefined ? book.update : channel.update + 1;
		const whole = depth === 1 || shown === undefined;
		const sides = whole ? this.#ladder.levels(book, depth) : this.#ladder.delta(shown, book, depth);
		this.#hub.publish(topic, this.#bookFrame(topic, whole ? "snapshot" : "delta", sides, { update: channel.update, at }));
	}

	/** A first listener hears of the book as it stands, a later one what the others know, so that the next change fits both. */
	#bookGreeting(topic: string, depth: AnyDepth, at: Ms): object | undefined {
		const channel = this.#channels.get(depth as Depth); // undefined where it is none
		if (channel === undefined || this.#book === undefined) return undefined;
		if (channel.shown === undefined || !this.#hub.has(topic))
			Object.assign(channel, { shown: this.#book, update: this.#book.update, toldAt: at });
		return this.#bookFrame(topic, "snapshot", this.#ladder.levels(channel.shown ?? this.#book, depth), { update: channel.update, at });
	}

	#bookFrame(topic: string, type: "snapshot" | "delta", { bids, asks }: Sides, { update, at }: { update: number; at: Ms }): object {
		return { topic, type, ts: at, data: { s: this.symbol, b: bids, a: asks, u: update, seq: this.#sequence }, cts: at };
	}

	#tellPriceLimit(at: Ms): void {
		const { priceLimit: topic } = this.#topics;
		if (!this.#hub.has(topic) || this.pacer?.ready(topic, PUSH_EVERY.priceLimit) === false) return;
		this.#hub.publish(topic, { topic, ts: at, data: this.priceLimit() });
	}

	#best(): [bid: Level, ask: Level] {
		const none: Level = ["", ""];
		if (this.#book === undefined) return [none, none];
		const { bids, asks } = this.#ladder.levels(this.#book, 1);
		return [bids[0] ?? none, asks[0] ?? none];
	}
}

function withoutPremium(openTime: Ms): Candle {
	return { openTime, open: 0, high: 0, low: 0, close: 0, volume: 0, turnover: 0 };
}

/** What a candle under way has of a figure: in decimals that Bybit would write, and the whole of it unchanged at the end. */
function part(whole: number, share: number, decimals: number): number {
	return share === 1 ? whole : Number((whole * share).toFixed(decimals));
}
