// A run of engine and venue that walks every candle and lets a test look after every step: the backtest without its short cuts. It keeps
// what went into the engine and what came out, so that the same inputs can be handed in again.

import assert from "node:assert/strict";
import { DeskLink } from "../../src/backtest/desk-link.ts";
import { SimTicker } from "../../src/backtest/sim-ticker.ts";
import { decodeConfig } from "../../src/config/decode.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Event } from "../../src/engine/event.ts";
import type { EngineSettings } from "../../src/engine/settings.ts";
import { inputText } from "../../src/journal/journal.ts";
import { aggregate } from "../../src/market/aggregate.ts";
import { type Columns, candleAt } from "../../src/market/candle.ts";
import { bundledInstrument } from "../../src/market/instrument.ts";
import { closeOf, fixedLength, type Interval } from "../../src/market/interval.ts";
import type { Trade } from "../../src/report/trade.ts";
import { DAY } from "../../src/units/unit.ts";
import type { PathPolicy } from "../../src/venue/path.ts";
import { Venue } from "../../src/venue/venue.ts";
import { fundingDue, walkCandle } from "../../src/venue/walk.ts";

/** One event that the engine took: itself, its text for a journal, and the text of what followed. */
export type Taken = { readonly event: Event; readonly input: string; readonly commands: string };

export type Desk = {
	readonly engine: Engine;
	readonly venue: Venue;
	readonly settings: EngineSettings;
	readonly taken: readonly Taken[];
	readonly trades: readonly Trade[];
};

export type Watch = {
	/** Before the engine takes an event. */
	readonly before?: (event: Event, engine: Engine) => void;
	/** Whenever both sides have said all they had to say. */
	readonly settled?: (desk: Desk) => void;
	/** After each base candle, at its close. */
	readonly closed?: (desk: Desk, row: number) => void;
};

/** Walks `columns` with the content of config.yaml; market data without gaps, anchors on the boundaries of base candles. */
export function walk(config: object, columns: Columns, base: Interval, watch: Watch = {}): Desk {
	const { engineSettings, venueTerms, policy, fundingRate } = settings(config, base);
	const [entry] = engineSettings.symbols;
	assert.ok(entry !== undefined);
	const { symbol, grid, fundingInterval } = entry.instrument;
	const taken: Taken[] = [];
	const trades: Trade[] = [];
	const engine = new Recording(engineSettings, taken, watch.before);
	const venue = new Venue([entry.instrument], venueTerms);
	const desk: Desk = { engine, venue, settings: engineSettings, taken, trades };
	const link = new DeskLink(engine, venue, (_at, _symbol, note) => {
		if (note.what === "flat") trades.push(note.trade);
	});
	const show = (event: Event): void => {
		link.show(event);
		watch.settled?.(desk);
	};
	const ticker = (at: number, last: number): void => {
		const quote = venue.quote(symbol);
		const [bid, ask] = quote === undefined ? [] : [grid.priceNumber(quote.bid), grid.priceNumber(quote.ask)];
		show({ kind: "ticker", at, symbol, ticker: new SimTicker({ columns, at, last, bid, ask }) });
	};
	const signals = aggregate(columns, base, entry.strategy.interval);
	let next = 0;
	for (let row = 0; row < columns.length; row++) {
		const candle = candleAt(columns, row);
		const { openTime } = candle;
		if (row > 0) {
			const before = columns.close[row - 1]!;
			if (signals.closeTime[next] === openTime) show({ kind: "closed", at: openTime, symbol, candle: candleAt(signals.columns, next++) });
			for (const _ of fundingDue(fundingInterval, columns.openTime[row - 1]!, openTime)) {
				venue.fund(symbol, { price: candle.open, rate: fundingRate }, openTime);
				link.pump();
			}
			ticker(openTime, before);
		}
		for (const step of walkCandle(venue, symbol, candle, { policy, length: fixedLength(base) ?? 28 * DAY })) {
			link.pump();
			watch.settled?.(desk);
			if (step.kind === "point") ticker(step.at, step.price);
		}
		link.pump();
		venue.passTo(symbol, candle.close);
		show({ kind: "candles", at: closeOf(base, openTime), symbol, columns, from: row, to: row + 1 });
		watch.closed?.(desk, row);
	}
	return desk;
}

/** A fresh engine of the same settings, which takes the events and tells the text of what follows from each. */
export function replay(settings: EngineSettings, events: Iterable<Event>): string[] {
	const engine = new Engine(settings);
	return Array.from(events, (event) => JSON.stringify(engine.handle(event)));
}

class Recording extends Engine {
	readonly #taken: Taken[];
	readonly #before: Watch["before"];

	constructor(settings: EngineSettings, taken: Taken[], before: Watch["before"]) {
		super(settings);
		this.#taken = taken;
		this.#before = before;
	}

	override handle(event: Event): ReturnType<Engine["handle"]> {
		this.#before?.(event, this);
		const input = inputText(event);
		const commands = super.handle(event);
		this.#taken.push({ event, input, commands: JSON.stringify(commands) });
		return commands;
	}
}

function settings(config: object, base: Interval) {
	const decoded = decodeConfig(JSON.stringify(config), "config.yaml");
	assert.ok(decoded.ok, decoded.ok ? "" : JSON.stringify(decoded.error));
	const { config: values, resolved } = decoded.value;
	const { engine, venue } = settingsOf(values, resolved, bundledInstrument);
	const engineSettings: EngineSettings = {
		...engine,
		guard: { ...engine.guard, maxSpreadPct: undefined },
		baseInterval: base,
		run: "t",
		narrate: true,
	};
	return { engineSettings, venueTerms: venue, policy: values.sim.path as PathPolicy, fundingRate: values.sim.funding_rate };
}
