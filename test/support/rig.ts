// Engine and venue face to face, the market in a test's hands: tickers with a quote and a mark of their own, signal candles at the hour,
// and whatever else may happen to a bot. For the rules that a candle simulation cannot show.

import assert from "node:assert/strict";
import { DeskLink } from "../../src/backtest/desk-link.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { Note } from "../../src/engine/command.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Event } from "../../src/engine/event.ts";
import { bundledInstrument } from "../../src/market/instrument.ts";
import type { Ticker } from "../../src/market/ticker.ts";
import { HOUR, type Ms } from "../../src/units/unit.ts";
import { Venue } from "../../src/venue/venue.ts";

export const SYMBOL = "BTCUSDT";
const START = Date.UTC(2024, 0, 2);

/** R is 20000, σ half the distance of the last two closes; nothing costs anything; 2010 USDT an entry. As in the rules' tables. */
const PLAIN = {
	strategy: { anchor: { type: "price", price: 20_000 }, bands: { length: 2 }, momentum: { lookback: 0 } },
	size: { mode: "fixed", value: 670 },
	sim: { slippage_bps: 0, taker_fee: 0, maker_fee: 0, funding_rate: 0 },
};

export class Rig {
	readonly engine: Engine;
	readonly venue: Venue;
	readonly notes: Note[] = [];
	now: Ms = START;
	readonly #link: DeskLink;

	/** `config`: whole sections of config.yaml beside the plain ones. A day at 20000 has passed. */
	constructor(config: object = {}) {
		const decoded = decodeConfig(JSON.stringify({ ...PLAIN, ...config }), "config.yaml");
		assert.ok(decoded.ok, decoded.ok ? "" : JSON.stringify(decoded.error));
		const { engine, venue } = settingsOf(decoded.value.config, decoded.value.resolved, bundledInstrument);
		const [entry] = engine.symbols;
		assert.ok(entry !== undefined);
		this.engine = new Engine({ ...engine, baseInterval: "1", run: "t", narrate: false });
		this.venue = new Venue([entry.instrument], venue);
		this.#link = new DeskLink(this.engine, this.venue, (_at, _symbol, note) => this.notes.push(note));
		const candle = { openTime: START - HOUR, open: 20_000, high: 20_000, low: 20_000, close: 20_000, volume: 1, turnover: 20_000 };
		const candles = [candle, candle, candle];
		this.show({ kind: "history", at: START, symbol: SYMBOL, candles, closeTimes: candles.map(() => START) });
		this.venue.open(SYMBOL, 20_000, START);
		this.tick(20_000);
	}

	show(event: Event): void {
		this.#link.show(event);
	}

	/** A second later the price is at `last`: what it meets fills, and a ticker tells. */
	tick(last: number, ticker: Partial<Ticker> = {}): void {
		this.now += 1000;
		while (!this.venue.advance(SYMBOL, last, this.now)) this.#link.pump();
		this.#link.pump();
		const quote = { bid: last, ask: last + 0.1 };
		this.show({
			kind: "ticker",
			at: this.now,
			symbol: SYMBOL,
			ticker: { last, mark: last, turnover24h: 20_000 * 24, volume24h: 24, ...quote, ...ticker },
		});
	}

	get nextHour(): Ms {
		return (Math.floor(this.now / HOUR) + 1) * HOUR;
	}

	/** The hour ends at `close`, and the ticker that brings the evaluation comes on the boundary. */
	hour(close: number, ticker: Partial<Ticker> = {}): void {
		const at = this.nextHour;
		const candle = { openTime: at - HOUR, open: close, high: close, low: close, close, volume: 1, turnover: 20_000 };
		this.show({ kind: "closed", at, symbol: SYMBOL, candle });
		this.now = at - 1000;
		this.tick(close, ticker);
	}

	/** `long 0.1 @ 20100 stop 19899`, or `flat`. */
	get held(): string {
		const { direction, qty, cost } = this.venue.position(SYMBOL);
		if (qty === 0) return "flat";
		const stop = this.venue.stopOf(SYMBOL);
		return `${direction} ${qty / 1000} @ ${cost / qty / 1e5} stop ${stop === undefined ? "none" : stop / 10}`;
	}

	/** Why entries were left out, by the guard's name. */
	get skipped(): (string | undefined)[] {
		return this.notes.flatMap((note) => (note.what === "skipped" ? [note.guard] : []));
	}

	/** Reasons of the exits. */
	get exits(): string[] {
		return this.notes.flatMap((note) => (note.what === "exited" ? [note.reason] : []));
	}
}
