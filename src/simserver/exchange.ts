// The simulated exchange behind its wire: one venue, its symbols' feeds, its clock, its books. What the venue tells is taken into the
// ledger at once and waits here until it is published, because an answer comes before the frames that it causes.

import type { Ms } from "../units/unit.ts";
import type { VenueEvent } from "../venue/event.ts";
import type { BookLiquidity } from "../venue/liquidity.ts";
import type { Refusal } from "../venue/refusal.ts";
import { Venue, type VenueTerms } from "../venue/venue.ts";
import { ApiKey, type KeyTerms, type Need } from "./api-key.ts";
import type { Keys } from "./auth.ts";
import type { SimClock } from "./clock.ts";
import { DeadMan } from "./dead-man.ts";
import { Feed, type SimMarket } from "./feed.ts";
import { Hub } from "./hub.ts";
import { isTakeOver, Ledger } from "./ledger.ts";
import { type LimitSettings, Limits } from "./limits.ts";
import type { MarketFeed } from "./market-feed.ts";
import { Notices } from "./notices.ts";
import { RecordedFeed } from "./recorded/recorded-feed.ts";
import type { Recording } from "./recorded/recording.ts";
import { Settings } from "./settings.ts";
import type { PrivateTopic, PublicTopic } from "./topics.ts";
import { adlEntry, insuranceEntry } from "./wire/adl.ts";
import { netProfit } from "./wire/closed-profit.ts";
import { executionType, fastExecution, streamExecution } from "./wire/execution.ts";
import { liquidationFrame } from "./wire/liquidation.ts";
import { streamOrder } from "./wire/order.ts";
import { streamPosition } from "./wire/position.ts";
import { walletRow } from "./wire/wallet.ts";

export const USER_ID = "100000001";
/** The price at one place meets no more than the book holds orders; this is above any book's. */
export const MEETINGS_MAX = 10_000;

export class Exchange {
	readonly clock: SimClock;
	readonly keys: Keys;
	/** What the key may do. */
	readonly apiKey: ApiKey;
	readonly hub = new Hub();
	readonly notices = new Notices(this.hub);
	readonly settings = new Settings();
	readonly limits: Limits;
	readonly venue: Venue;
	readonly ledger: Ledger;
	readonly feeds: ReadonlyMap<string, MarketFeed>;
	readonly recording: Recording | undefined;
	readonly start: Ms;
	/** Symbols that are closed to trading for now. */
	readonly halted = new Set<string>();
	readonly deadMan: DeadMan;
	readonly #outbox: VenueEvent[] = [];

	constructor(
		markets: readonly SimMarket[],
		terms: VenueTerms,
		edge: {
			clock: SimClock;
			keys: Keys;
			keyTerms?: KeyTerms | undefined;
			limits?: LimitSettings | undefined;
			liquidity?: "candle" | "book" | undefined;
			recording?: Recording | undefined;
		},
	) {
		this.clock = edge.clock;
		this.keys = edge.keys;
		this.start = edge.clock.now();
		this.apiKey = new ApiKey(this.start, edge.keyTerms);
		this.limits = new Limits(edge.limits, () => edge.clock.wall());
		this.recording = edge.recording;
		const recorded = this.recording?.markets ?? [];
		this.venue = new Venue(
			[...markets, ...recorded].map(({ instrument }) => instrument),
			edge.liquidity === "book" || recorded.length > 0 ? { ...terms, liquidity: this.#shownBooks() } : terms,
		);
		this.ledger = new Ledger(this.venue);
		this.deadMan = new DeadMan(this.venue, this.hub, () => this.clock.now());
		const feeds: MarketFeed[] = [
			...markets.map((market) => new Feed(market, this.venue, this.hub)),
			...recorded.map((market) => new RecordedFeed(market, this.venue, this.hub)),
		];
		this.feeds = new Map(feeds.map((feed) => [feed.symbol, feed]));
	}

	/** Orders walk the books that are shown. */
	#shownBooks(): BookLiquidity {
		return { levels: (symbol, side, last) => this.feeds.get(symbol)?.offers(side, last) ?? [] };
	}

	/** How an endpoint's limit stands; the reset is "now" unless nothing is left. */
	limitHeaders(endpoint: string, limit: number): Record<string, string> {
		const { limit: most, left, wait } = this.limits.standing(endpoint, limit);
		return {
			"X-Bapi-Limit": String(most),
			"X-Bapi-Limit-Status": String(left),
			"X-Bapi-Limit-Reset-Timestamp": String(this.clock.after(wait)),
		};
	}

	/** Why the key may not do that from there; undefined when it may. Without a need: whether it opens at all. */
	refusesKey(need: Need | undefined, address: string): Refusal | undefined {
		const shut = this.apiKey.shut(address, this.clock.now() + this.clock.skew);
		return shut ?? (need === undefined ? undefined : this.apiKey.refuses(need));
	}

	/** Whether there is something to hear under a topic. */
	shows(topic: PublicTopic, name: string): boolean {
		return topic.kind === "adlAlert" || this.feeds.get(topic.symbol)?.shows(topic, name) === true;
	}

	/** What a new listener of a topic is told at once. */
	greeting(topic: PublicTopic, name: string): object | undefined {
		const at = this.clock.now();
		if (topic.kind !== "adlAlert") return this.feeds.get(topic.symbol)?.greeting(topic, name, at);
		const symbols = topic.coin === "USDT" ? [...this.feeds.keys()] : [];
		const entry = topic.insurance ? insuranceEntry : adlEntry;
		const data = symbols.map((symbol) => entry(this.ledger.insurance, symbol, at));
		return { topic: name, type: "snapshot", ts: at, data };
	}

	/** Topics that had to wait may speak now. */
	catchUp(): void {
		const at = this.clock.now();
		for (const feed of this.feeds.values()) feed.catchUp(at);
		this.hub.flush();
	}

	/** Candles have ended: their markets stay open at the last price, and what waits for it fills there. */
	standOpen(): void {
		const at = this.clock.now();
		for (const { symbol, kind } of this.feeds.values()) {
			const price = this.venue.last(symbol);
			if (kind !== "candles" || Number.isNaN(price) || this.halted.has(symbol)) continue;
			this.venue.open(symbol, price, at);
			for (let i = 0; i < MEETINGS_MAX && !this.venue.advance(symbol, price, at); i++);
		}
	}

	/** Takes what the venue has to tell into the ledger. */
	absorb(): void {
		for (const event of this.venue.drain()) {
			this.ledger.take(event);
			this.#outbox.push(event);
		}
	}

	/** Tells the private streams what has happened since, in its order. Neighbours of one kind share a frame. */
	publish(): void {
		this.absorb();
		const events = this.#outbox.splice(0);
		for (let from = 0; from < events.length; ) {
			let to = from + 1;
			while (to < events.length && topicOf(events[to]!) === topicOf(events[from]!)) to++;
			this.#publishRun(events.slice(from, to));
			from = to;
		}
		for (const symbol of quietlyChanged(events)) this.#publishRun([{ kind: "position", at: this.clock.now(), symbol }]);
	}

	#publishRun(events: readonly VenueEvent[]): void {
		const name = topicOf(events[0]!);
		if (name === "execution") this.#publishFast(events);
		const topics: PrivateTopic[] = name === "wallet" ? [name] : [name, `${name}.linear`];
		if (!topics.some((topic) => this.hub.has(topic))) return;
		const creationTime = this.clock.now();
		const data = events.map((event) => this.#render(event));
		for (const topic of topics) this.hub.publish(topic, { id: frameId(events[0]!, creationTime), topic, creationTime, data });
	}

	/** The short form of executions, and the public's view of a liquidation. */
	#publishFast(events: readonly VenueEvent[]): void {
		const executions = events.filter((event) => event.kind === "execution");
		for (const { fill } of executions) {
			const topic = `allLiquidation.${fill.symbol}`;
			if (fill.cause === "liquidation" && this.hub.has(topic))
				this.hub.publish(topic, liquidationFrame(topic, fill, this.ledger.instrument(fill.symbol)));
		}
		if (executions.some(({ order }) => isTakeOver(order))) this.#publishPool();
		const traded = executions.filter((event) => executionType(event) === "Trade");
		if (traded.length === 0) return;
		for (const topic of ["execution.fast", "execution.fast.linear"] as const) {
			if (!this.hub.has(topic)) continue;
			const data = traded.map((event) => fastExecution(event, this.ledger.instrument(event.fill.symbol)));
			this.hub.publish(topic, { topic, creationTime: this.clock.now(), data });
		}
	}

	/** What the insurance pool holds has changed. */
	#publishPool(): void {
		for (const [name, insurance] of [
			["adlAlert.USDT", false],
			["insurance.USDT", true],
		] as const) {
			const frame = this.hub.has(name) ? this.greeting({ kind: "adlAlert", coin: "USDT", insurance }, name) : undefined;
			if (frame !== undefined) this.hub.publish(name, frame);
		}
	}

	#render(event: VenueEvent): object {
		const { ledger, venue } = this;
		switch (event.kind) {
			case "order":
				return streamOrder(event.order, ledger.instrument(event.order.symbol), netProfit(ledger.closedProfitOf(event.order.orderId)));
			case "execution":
				return streamExecution(event, ledger.instrument(event.fill.symbol));
			case "funding":
				return streamExecution(event, ledger.instrument(event.symbol));
			case "position":
				return streamPosition(this, event.symbol);
			case "wallet":
				return walletRow(venue, event.balance);
		}
	}
}

function topicOf(event: VenueEvent): "order" | "execution" | "position" | "wallet" {
	return event.kind === "funding" ? "execution" : event.kind;
}

/** Observed: order and execution `{uid}_{symbol}_{seq}`, position and wallet `{uid}_{topic}_{ms}`. */
function frameId(event: VenueEvent, at: Ms): string {
	switch (event.kind) {
		case "execution":
			return `${USER_ID}_${event.fill.symbol}_${event.seq}`;
		case "funding":
			return `${USER_ID}_${event.symbol}_${event.seq}`;
		case "order":
			return `${USER_ID}_${event.order.symbol}_${event.order.updatedAt}`;
		default:
			return `${USER_ID}_${event.kind}_${at}`;
	}
}

/** Symbols whose orders changed without the position: Bybit pushes the position then, too. */
function quietlyChanged(events: readonly VenueEvent[]): Set<string> {
	const symbols = new Set<string>();
	for (const event of events) if (event.kind === "order") symbols.add(event.order.symbol);
	for (const event of events) if (event.kind === "position") symbols.delete(event.symbol);
	return symbols;
}
