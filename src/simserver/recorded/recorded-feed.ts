// What the exchange tells the public about one symbol of a recording. Recorded messages go out as they came and move the venue's prices;
// topics that were not recorded (other depths, other intervals, the ticker) are told from what was. A frame that nobody hears is not made.

import type { Candle } from "../../market/candle.ts";
import { closeOf, type Interval } from "../../market/interval.ts";
import type { Side } from "../../orders/side.ts";
import { assert } from "../../std/assert.ts";
import { DAY, HOUR, type Ms } from "../../units/unit.ts";
import type { BookLevel } from "../../venue/liquidity.ts";
import type { Venue } from "../../venue/venue.ts";
import { fundingDue } from "../../venue/walk.ts";
import { type CandleKind, REPEAT_AFTER } from "../feed.ts";
import type { Hub } from "../hub.ts";
import { type Pacer, PUSH_EVERY } from "../pacer.ts";
import { DEPTHS, type PublicTopic } from "../topics.ts";
import { klineFrame } from "../wire/kline.ts";
import { type PriceBand, type PriceLimit, priceBand, priceLimitOf } from "../wire/price-limit.ts";
import { priceText } from "../wire/text.ts";
import { changedFields, type TickerFields, tickerFields } from "../wire/ticker.ts";
import type { PublicTrade } from "../wire/trade.ts";
import { GrowingCandles } from "./growing-candles.ts";
import { Merged } from "./merged.ts";
import { PriceDrive, RANK } from "./price-drive.ts";
import { RecordedBook, shownOf } from "./recorded-book.ts";
import type { RecordedFrame, RecordedMarket } from "./recording.ts";
import { ShownBooks } from "./shown-books.ts";

const TRADES_KEPT = 1000;
const TRADES_SLACK = 100;
/** Coins: where no ticker was recorded. */
const OPEN_INTEREST = 50_000;

export class RecordedFeed {
	readonly kind = "recorded";
	readonly market: RecordedMarket;
	readonly symbol: string;
	readonly beginning: Ms;
	readonly candles: GrowingCandles;
	readonly #venue: Venue;
	readonly #hub: Hub;
	readonly #merged: Merged;
	readonly #books: ShownBooks;
	readonly #book: RecordedBook;
	readonly #drive: PriceDrive;
	/** Recorded candles of other intervals than the base. */
	readonly #klines = new Map<Interval, GrowingCandles>();
	/** Made of the prices of recorded tickers. */
	readonly #references = { mark: new GrowingCandles("1"), index: new GrowingCandles("1"), premium: new GrowingCandles("1") };
	readonly #unrecorded: ReadonlyMap<Interval, string>;
	readonly #settled = new Map<Ms, number>();
	/** Undefined where time is not real. */
	pacer: Pacer | undefined;
	/** The candle that is made of prices has moved since it was told. */
	#candlesMoved = false;
	#sequence = 1_000_000;
	#toldLimit = "";
	#told: TickerFields | undefined;
	#trades: PublicTrade[] = [];

	constructor(market: RecordedMarket, venue: Venue, hub: Hub) {
		const { instrument, topics } = market;
		const { symbol } = instrument;
		this.market = market;
		this.symbol = symbol;
		this.candles = new GrowingCandles(market.interval, market.history);
		this.beginning = Math.min(market.begin, this.candles.first ?? market.begin);
		this.#venue = venue;
		this.#hub = hub;
		this.#merged = new Merged(instrument);
		const depths = DEPTHS.filter((depth) => !topics.has(`orderbook.${depth}.${symbol}`));
		this.#books = new ShownBooks(symbol, depths, { hub, look: (depth) => this.#book.to(depth, this.#drive.last) });
		this.#book = new RecordedBook(market, this.#merged);
		this.#drive = new PriceDrive(instrument, venue, this.#book);
		const names = this.candles.intervals.map((interval): [Interval, string] => [interval, `kline.${interval}.${symbol}`]);
		this.#unrecorded = new Map(names.filter(([, name]) => !topics.has(name)));
	}

	// ---- what stands

	/** Whether a price exists yet. */
	get open(): boolean {
		return !Number.isNaN(this.#drive.last);
	}

	/** Whether the price can be moved by hand. */
	get moving(): boolean {
		return this.open;
	}

	get trades(): readonly PublicTrade[] {
		return this.#trades;
	}

	/** Coins, both sides together. */
	get openInterest(): number {
		return Number(this.#merged.ticker?.fields.openInterest ?? OPEN_INTEREST);
	}

	priceBand(): PriceBand | undefined {
		return priceBand(this.market.instrument, { mark: this.#venue.mark(this.symbol), index: this.#venue.index(this.symbol) });
	}

	priceLimit(): PriceLimit {
		return priceLimitOf(this.market.instrument, this.priceBand());
	}

	canShow(interval: Interval): boolean {
		return this.candles.intervals.includes(interval) || this.market.topics.has(`kline.${interval}.${this.symbol}`);
	}

	/** Whether there is something to hear under a topic. */
	shows(topic: PublicTopic, name: string): boolean {
		if (this.market.topics.has(name)) return true;
		if (topic.kind === "orderbook") return this.#books.shows(topic.depth);
		return topic.kind !== "kline" || this.canShow(topic.interval);
	}

	/** The rate that was settled, or the one that stands. */
	rateFor(fundingTime: Ms): number {
		return this.#settled.get(fundingTime) ?? this.#merged.numbers?.fundingRate ?? this.market.fundingRate;
	}

	/** Candles of an interval, newest first: recorded ones where there are any; of mark and index price as far as tickers tell them. */
	newest(kind: CandleKind, interval: Interval, range: { start: Ms; end: Ms; limit: number; now: Ms }): Candle[] {
		const kept = kind === "last" ? (this.#klines.get(interval) ?? this.candles) : this.#references[kind];
		return kept.newest(interval, range);
	}

	/** The ticker's fields as they stand: the recorded ones, and for the others what can be known. */
	tickerAt(at: Ms): TickerFields {
		const { market, symbol, candles } = this;
		const { last } = this.#drive;
		const nextFunding = fundingDue(market.instrument.fundingInterval, at, at + market.instrument.fundingInterval)[0] ?? at;
		const day = candles.extremes(at - DAY);
		const volumes = candles.volumes(at - DAY, at);
		const best = this.#book.to(1, this.#drive.last);
		const derived = tickerFields({
			instrument: market.instrument,
			last,
			mark: this.#venue.mark(symbol),
			index: this.#venue.index(symbol),
			tickDirection: this.#drive.direction,
			rolling: volumes === undefined ? undefined : { volume24h: volumes.volume, turnover24h: volumes.turnover },
			high24h: day?.high ?? last,
			low24h: day?.low ?? last,
			prev24h: candles.priceAt(at - DAY) ?? last,
			prev1h: candles.priceAt(at - HOUR) ?? last,
			openInterest: this.openInterest,
			fundingRate: this.rateFor(nextFunding),
			nextFunding,
			bid: best?.bids[0] ?? ["", ""],
			ask: best?.asks[0] ?? ["", ""],
		});
		return { ...derived, ...this.#merged.ticker?.fields };
	}

	/** The book for REST; undefined before the first price. */
	bookAt(depth: number, at: Ms): object | undefined {
		const shown = this.#book.to(depth, this.#drive.last);
		if (shown === undefined) return undefined;
		const recorded = this.#book.deepest;
		const [ts, u] = [recorded?.ts ?? at, recorded?.book.u ?? this.#sequence];
		return { s: this.symbol, b: shown.bids, a: shown.asks, ts, u, seq: shown.seq, cts: shown.cts };
	}

	/** What an order of `side` can take around a last price. */
	offers(side: Side, last: number): Iterable<BookLevel> {
		return this.#book.offers(side, last);
	}

	// ---- what happens

	/** A recorded message: the venue's prices follow it, its listeners hear it as it came. */
	take({ topic, name, text }: RecordedFrame, at: Ms): void {
		const taken = this.#merged.take(topic, JSON.parse(text) as Record<string, unknown>); // read once before
		assert(taken.ok, "a message of a recording was checked when it was read");
		this.#sequence++;
		this.#book.pass();
		const update = taken.value;
		if (update.kind === "ticker") {
			const { last, mark, index } = update.ticker;
			if (index !== undefined) this.#venue.setIndex(this.symbol, index, at);
			this.#venue.setMark(this.symbol, mark, at);
			this.#say(RANK.ticker, last, at);
			this.#refer(mark, index, at);
		} else if (update.kind === "trades") for (const trade of update.trades) this.#trade(trade, at);
		else if (update.kind === "book") this.#meetBook(update.depth, at);
		else if (update.kind === "kline") for (const each of update.candles) this.#takeCandle(update.interval, each, at);
		this.#hub.relay(name, text);
		this.#tell(at);
	}

	/** A base candle ends, where candles are made of prices. */
	boundary(at: Ms): void {
		for (const candles of Object.values(this.#references)) candles.turn(at);
		if (this.#candlesRecorded) return;
		this.candles.turn(at);
		this.#confirm(at, at);
	}

	/** Funding is due: at the mark price and the rate that was told last. */
	fund(at: Ms): void {
		const price = this.#venue.mark(this.symbol);
		if (Number.isNaN(price)) return;
		const rate = this.rateFor(at);
		this.#settled.set(at, rate);
		this.#venue.fund(this.symbol, { price, rate }, at);
	}

	/** The price has been moved by hand. */
	touch(price: number, at: Ms): void {
		this.#grow(price, 0, at);
		const { fields } = this.#merged.ticker ?? {};
		const name = `tickers.${this.symbol}`;
		if (fields !== undefined) {
			fields.lastPrice = priceText(this.market.instrument.grid, this.market.instrument.grid.nearestTick(price));
			const data = { symbol: this.symbol, lastPrice: fields.lastPrice };
			this.#hub.publish(name, { topic: name, type: "delta", data, cs: this.#merged.ticker?.cs, ts: at });
		}
		this.#tell(at);
	}

	/** What a new listener is told at once: the ticker and the book as recorded so far. */
	greeting(topic: PublicTopic, name: string, at: Ms): object | undefined {
		if (!this.open) return undefined;
		if (topic.kind === "priceLimit") return { topic: name, ts: at, data: this.priceLimit() };
		const recorded = this.market.topics.has(name);
		if (topic.kind === "tickers") return recorded ? this.#tickerGreeting(name) : this.#derivedTicker(name, at);
		if (topic.kind !== "orderbook") return undefined;
		return recorded ? this.#bookGreeting(topic.depth, name) : this.#books.greeting(topic.depth, at);
	}

	/** The recording is all that stirs here. */
	stir(): void {}

	catchUp(at: Ms): void {
		if (this.open) this.#tell(at);
	}

	repeatBest(at: Ms): void {
		this.#books.repeat(at, REPEAT_AFTER);
	}

	restart(): void {
		this.#books.restart();
		this.#told = undefined;
	}

	// ---- prices

	/** Whether the base candles themselves were recorded. */
	get #candlesRecorded(): boolean {
		return this.market.topics.has(`kline.${this.market.interval}.${this.symbol}`);
	}

	/** A source says what the last price is. */
	#say(rank: number, price: number, at: Ms): void {
		if (this.#drive.say(rank, price, at)) this.#grow(price, 0, at);
	}

	/** Candles are made of prices and what was traded at them, where they were not recorded. */
	#grow(price: number, volume: number, at: Ms): void {
		if (this.#candlesRecorded) return;
		this.candles.add(price, volume, at);
		this.#candlesMoved = true;
	}

	#refer(mark: number, index: number | undefined, at: Ms): void {
		this.#references.mark.add(mark, 0, at);
		if (index === undefined) return;
		this.#references.index.add(index, 0, at);
		this.#references.premium.add(Math.round((this.#drive.last / index - 1) * 1e8) / 1e8, 0, at);
	}

	#trade(trade: PublicTrade, at: Ms): void {
		this.#trades.push(trade);
		if (this.#trades.length > TRADES_KEPT + TRADES_SLACK) this.#trades = this.#trades.slice(-TRADES_KEPT);
		if (trade.block === true) return; // agreed outside the book: it meets nothing there, and no candle shows it
		this.#grow(Number(trade.price), Number(trade.size), at);
		this.#drive.trade(trade, at);
	}

	#meetBook(depth: number, at: Ms): void {
		if (depth !== this.market.depth) return;
		const heard = this.#drive.meetBook(at);
		if (heard !== undefined) this.#grow(heard, 0, at);
	}

	#takeCandle(interval: Interval, { candle, confirm }: { candle: Candle; confirm: boolean }, at: Ms): void {
		if (interval !== this.market.interval) {
			const kept = this.#klines.get(interval) ?? new GrowingCandles(interval);
			kept.put(candle, confirm);
			this.#klines.set(interval, kept);
		} else {
			this.candles.put(candle, confirm);
			this.#candlesMoved = true;
			if (confirm) this.#confirm(closeOf(interval, candle.openTime), at);
		}
		this.#say(RANK.kline, candle.close, at);
	}

	// ---- what is told beside the recording

	#tell(at: Ms): void {
		if (!this.open) return;
		this.#books.tell(at, this.pacer);
		this.#tellTicker(at);
		this.#tellPriceLimit(at);
		if (!this.#candlesMoved) return;
		this.#candlesMoved = false;
		for (const [interval, topic] of this.#unrecorded) {
			if (!this.#hub.has(topic)) continue;
			const candle = this.candles.runningAt(interval, at);
			if (candle !== undefined) this.#hub.publish(topic, klineFrame(candle, { topic, interval, confirm: false, at }));
		}
	}

	/** What closed at `end` is told now. */
	#confirm(end: Ms, at: Ms): void {
		for (const [interval, topic] of this.#unrecorded) {
			const candle = this.#hub.has(topic) ? this.candles.closedAt(interval, end) : undefined;
			if (candle !== undefined) this.#hub.publish(topic, klineFrame(candle, { topic, interval, confirm: true, at }));
		}
	}

	#tellTicker(at: Ms): void {
		const topic = `tickers.${this.symbol}`;
		if (this.market.topics.has(topic) || !this.#hub.has(topic) || this.pacer?.ready(topic, PUSH_EVERY.tickers) === false) return;
		const fields = this.tickerAt(at);
		const data = this.#told === undefined ? fields : changedFields(this.#told, fields);
		const type = this.#told === undefined ? "snapshot" : "delta";
		this.#told = fields;
		if (type === "snapshot" || Object.keys(data).length > 1) this.#hub.publish(topic, { topic, type, data, cs: this.#sequence, ts: at });
	}

	#tellPriceLimit(at: Ms): void {
		const topic = `priceLimit.${this.symbol}`;
		if (this.market.topics.has(topic) || !this.#hub.has(topic) || this.pacer?.ready(topic, PUSH_EVERY.priceLimit) === false) return;
		const data = this.priceLimit();
		const told = `${data.buyLmt} ${data.sellLmt}`;
		if (told !== this.#toldLimit) this.#hub.publish(topic, { topic, ts: at, data });
		this.#toldLimit = told;
	}

	#tickerGreeting(topic: string): object | undefined {
		const { ticker } = this.#merged;
		return ticker === undefined ? undefined : { topic, type: "snapshot", data: ticker.fields, cs: ticker.cs, ts: ticker.ts };
	}

	#derivedTicker(topic: string, at: Ms): object {
		if (this.#told === undefined || !this.#hub.has(topic)) this.#told = this.tickerAt(at);
		return { topic, type: "snapshot", data: this.#told, cs: this.#sequence, ts: at };
	}

	/** With the number of the message before, so that the next recorded one fits. */
	#bookGreeting(depth: Parameters<Merged["book"]>[0], topic: string): object | undefined {
		const merged = this.#merged.book(depth);
		if (merged === undefined) return undefined;
		const { bids, asks, seq, cts } = shownOf(merged, depth);
		return { topic, type: "snapshot", ts: merged.ts, data: { s: this.symbol, b: bids, a: asks, u: merged.book.u, seq }, cts };
	}
}
