// The account of a paper run: a venue in this process that lives on the exchange's public data. It is asked as the exchange would be, and
// takes as long to answer; nothing private is ever asked and no key is needed. What it holds is kept in the journal, in one commit with
// what the bot knows of it, so that a run goes on after a restart with what happened meanwhile.

import type { BybitEvent } from "../bybit/events.ts";
import { exchangeFault } from "../bybit/fault.ts";
import { SYSTEM_TIMERS, type Timers } from "../bybit/ports.ts";
import type { EngineSettings } from "../engine/settings.ts";
import type { Instrument } from "../market/instrument.ts";
import type { Ticker } from "../market/ticker.ts";
import type { Answer, Answered, Call } from "../oms/call.ts";
import type { Input } from "../oms/trader-port.ts";
import type { Result } from "../std/result.ts";
import { UsageError } from "../std/usage-error.ts";
import { usdtNumber } from "../units/grid.ts";
import { MINUTE, type Ms, type Usdt } from "../units/unit.ts";
import type { Refusal } from "../venue/refusal.ts";
import { type SavedVenue, Venue, type VenueTerms } from "../venue/venue.ts";
import type { AccountSide, Tools } from "./account-side.ts";
import { callFault } from "./link.ts";
import { missedCandles, missedRates } from "./missed.ts";
import { PaperMarket } from "./paper-market.ts";
import { checkSize } from "./start-gate.ts";
import { ask } from "./start-up.ts";
import { type SavedDesk, VenueDesk } from "./venue-desk.ts";

/** Where the account is kept between two runs: with what the bot keeps, in one commit. */
export type PaperMemory = { recall(): unknown; remember(state: unknown): void };

/** Plain data. */
type SavedPaper = { readonly venue: SavedVenue; readonly desk: SavedDesk; readonly seenAt: Ms };

export type PaperOptions = {
	/** Balance, fees and slippage of a new account. */
	readonly terms: Omit<VenueTerms, "liquidity">;
	readonly memory: PaperMemory | undefined;
	readonly timers?: Timers | undefined;
};

/** Executions, orders and ledger rows that are kept: far more than is ever asked for again. */
const KEPT = 500;
/** Words and codes of the exchange, for a refusal of the venue. */
const PATHS = {
	place: "/v5/order/create",
	amend: "/v5/order/amend",
	cancel: "/v5/order/cancel",
	protect: "/v5/position/trading-stop",
} as const;

export class PaperAccount implements AccountSide {
	readonly streams = ["public"] as const;
	readonly #tools: Tools;
	readonly #options: PaperOptions;
	readonly #timers: Timers;
	readonly #markets = new Map<string, PaperMarket>();
	#desk: VenueDesk | undefined;
	/** Statements that are told once they are kept. */
	#told: Input[] = [];
	/** Calls on their way. */
	readonly #underWay = new Set<() => void>();
	#seenAt: Ms = Number.NEGATIVE_INFINITY;
	#keptAt: Ms = Number.NEGATIVE_INFINITY;
	#closed = false;

	constructor(tools: Tools, options: PaperOptions) {
		this.#tools = tools;
		this.#options = options;
		this.#timers = options.timers ?? SYSTEM_TIMERS;
	}

	topicsOf(symbol: string): readonly string[] {
		return [`orderbook.50.${symbol}`, `publicTrade.${symbol}`];
	}

	async open(instruments: ReadonlyMap<string, Instrument>): Promise<Usdt> {
		const { terms, memory } = this.#options;
		const { client, onLine, now } = this.#tools;
		const venue = new Venue([...instruments.values()], {
			...terms,
			liquidity: { levels: (symbol, side, last) => this.#markets.get(symbol)?.levels(side, last) ?? [] },
		});
		for (const [symbol, instrument] of instruments) this.#markets.set(symbol, new PaperMarket(instrument, venue));
		const saved = memory?.recall() as SavedPaper | undefined; // written by `#keep`
		const unfit = saved === undefined ? undefined : venue.restore(saved.venue);
		if (unfit !== undefined)
			throw new UsageError(
				`the paper account cannot go on: ${unfit}; trade as before, or begin anew by moving paper.sqlite out of journal.dir`,
			);
		const listener = { stated: (statement: Input) => void this.#told.push(statement) };
		this.#desk = new VenueDesk({ venue, symbols: [...instruments.keys()], listener, saved: saved?.desk });
		onLine("info", `no key is read and no order leaves: fills are simulated on the exchange's public data`);
		if (saved !== undefined) await this.#catchUp(venue, saved.seenAt);
		for (const [symbol, market] of this.#markets) {
			const [view] = await ask(() => client.rest.getTickers(symbol), `the price of ${symbol}`);
			if (view !== undefined) market.ticker(view.ticker, now());
		}
		this.#opened().pump(now());
		this.#seenAt = now();
		this.#keep();
		this.#told = []; // the bot reads the account as a whole when it begins
		onLine("info", `${saved === undefined ? "a new account" : "the account goes on"} with ${usdtNumber(venue.wallet).toFixed(2)} USDT`);
		return venue.wallet;
	}

	async costs({ costs }: EngineSettings): Promise<EngineSettings["costs"]> {
		return costs;
	}

	async prepare(settings: EngineSettings): Promise<void> {
		const { venue } = this.#opened();
		const { client, now, onLine } = this.#tools;
		if (!venue.setMarginMode(settings.marginMode).ok)
			throw new UsageError(`margin_mode: the paper account holds a position or an order in ${venue.marginMode} mode; flatten first`);
		for (const entry of settings.symbols) {
			const { symbol } = entry.instrument;
			const set = entry.leverage === venue.leverage(symbol) ? undefined : venue.setLeverage(symbol, entry.leverage, now());
			if (set?.ok === false) throw new UsageError(`leverage ${entry.leverage} of ${symbol}: ${set.error.message}`);
			const holds = venue.position(symbol).qty > 0;
			await checkSize(client.rest, entry, settings, { holds, warn: (text) => onLine("warn", text) });
		}
		venue.drain();
		this.#keep();
	}

	hear(event: BybitEvent): void {
		if (event.kind === "ticker") this.polled(event.symbol, event.ticker, event.at);
		else if (event.kind === "trade") this.#with(event.symbol, event.at, (market) => market.trade(event.trade, event.at));
		else if (event.kind === "book" && event.depth > 1) this.#with(event.symbol, event.at, (market) => market.book(event.book, event.at));
	}

	polled(symbol: string, ticker: Ticker, at: Ms): void {
		this.#with(symbol, at, (market) => market.ticker(ticker, at));
	}

	/** It arrives a round trip later, at a market as much older than what is heard: what an order meets at the exchange is seen here then. */
	carry(call: Call): void {
		const { client } = this.#tools;
		const release = client.hold();
		const arrive = (): void => {
			if (!this.#underWay.delete(arrive)) return;
			this.#arrive(call);
			release();
		};
		this.#underWay.add(arrive);
		this.#timers.after(client.clock.estimate?.roundTripMs ?? 0, arrive);
	}

	/** What is on its way arrives, and its answers are lost. */
	close(ended: boolean): void {
		if (this.#desk !== undefined && !ended && !this.#closed) {
			for (const arrive of [...this.#underWay]) arrive();
			this.#keep();
		}
		this.#closed = true;
	}

	// ---- inside

	#opened(): VenueDesk {
		if (this.#desk === undefined) throw new RangeError("the paper account has been opened");
		return this.#desk;
	}

	#with(symbol: string, at: Ms, act: (market: PaperMarket) => void): void {
		const market = this.#markets.get(symbol);
		if (market === undefined || this.#desk === undefined) return;
		this.#guarded(() => {
			act(market);
			this.#seenAt = Math.max(this.#seenAt, at);
			this.#publish();
		});
	}

	#arrive(call: Call): void {
		const { onInput, now } = this.#tools;
		this.#guarded(() => {
			for (const market of this.#markets.values()) market.settle(now());
			const answer = this.#answer(call);
			this.#publish(() => onInput({ kind: "answer", answer }));
		});
	}

	/** What cannot be kept, or is a bug, ends the bot. */
	#guarded(act: () => void): void {
		if (this.#closed) return;
		try {
			act();
		} catch (cause) {
			this.#closed = true;
			this.#tools.onBreak(cause);
		}
	}

	/** First it is kept, then it is told: a commit holds both, or neither. */
	#publish(first: () => void = () => {}): void {
		const happened = this.#opened().pump(this.#tools.now());
		if (happened || this.#seenAt - this.#keptAt >= MINUTE) this.#keep();
		const told = this.#told;
		this.#told = [];
		first();
		for (const statement of told) this.#tools.onInput(statement);
	}

	#keep(): void {
		const { venue } = this.#opened();
		this.#opened().forget(KEPT);
		this.#keptAt = this.#seenAt;
		const state: SavedPaper = { venue: venue.saved(), desk: this.#opened().saved(), seenAt: this.#seenAt };
		this.#options.memory?.remember(state);
	}

	#answer(call: Call): Answer {
		const { id } = call;
		const result = this.#ask(call);
		if (result.ok) return { id, ok: true, value: result.value };
		const path = PATHS[call.kind as keyof typeof PATHS]; // only what changes something is refused
		const { code: retCode, message } = result.error;
		return { id, ok: false, fault: callFault(exchangeFault({ what: `POST ${path}`, access: "write" }, { retCode, message })) };
	}

	#ask(call: Call): Result<Answered, Refusal> {
		const desk = this.#opened();
		const { venue } = desk;
		const at = this.#tools.now();
		switch (call.kind) {
			case "place":
				return done(venue.submit(call.order, at));
			case "amend": {
				const { symbol, linkId, price, qty, triggerPrice } = call;
				return done(venue.amend({ symbol, linkId }, { price, qty, triggerPrice }, at));
			}
			case "cancel":
				return done(venue.cancel({ symbol: call.symbol, linkId: call.linkId }, at));
			case "protect":
				return done(venue.setStop(call.symbol, call.stopLoss, at));
			case "find": {
				const { linkId } = call;
				return { ok: true, value: { kind: "found", order: desk.orderByLink(linkId), executions: desk.executionsOf(linkId) } };
			}
			case "position":
				return { ok: true, value: { kind: "position", position: desk.position(call.symbol, at) } };
			case "account":
				return { ok: true, value: desk.account(call.since, at) };
			case "ledger":
				return { ok: true, value: { kind: "ledger", transactions: desk.transactionsSince(call.since), balance: venue.wallet } };
		}
	}

	/** What the exchange would have done meanwhile, by its minutes and funding rates: only where something was held or open. */
	async #catchUp(venue: Venue, since: Ms): Promise<void> {
		const { client, now, onLine } = this.#tools;
		const at = now();
		for (const [symbol, market] of this.#markets) {
			if (venue.position(symbol).qty === 0 && venue.openOrders(symbol).length === 0) continue;
			const rates = await missedRates(client, { symbol, since, at });
			const candles = await missedCandles(client, { symbol, since, at });
			for (const candle of candles) {
				market.walk(candle, rates.get(candle.openTime));
				this.#opened().pump(candle.openTime + MINUTE);
			}
			if (candles.length > 0)
				onLine("info", `${symbol}: ${candles.length} minutes since the last run were gone through with what was open`);
		}
	}
}

function done(result: Result<unknown, Refusal>): Result<Answered, Refusal> {
	return result.ok ? { ok: true, value: { kind: "done" } } : result;
}
